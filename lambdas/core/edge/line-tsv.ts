import type { BadLine } from './bad-line';
import type { Spans } from './spans';
import { spanOfField } from './spans';

/**
 * Reads the line that begins at `start` into spans, and says in `spans.end` where it ends, `limit` at
 * the latest. Undefined means that it could.
 */
export type LineParser = (bytes: Uint8Array, start: number, limit: number) => BadLine | undefined;

/**
 * Makes the parser for lines of delimited columns (CloudFront real-time and standard logs), by the
 * names of the columns in the order in which they stand. More columns than names are harmless: AWS
 * adds fields. Fewer mean a cut line. This loop sees every byte of every line, so it is flat, and it
 * looks for the end of the line on its way.
 */
export function makeColumnParser(
  fields: readonly string[],
  spans: Spans,
  delimiter = 0x09,
): LineParser {
  const realtime = fields.includes('cs-host') || !fields.includes('cs(Host)');
  const columns = fields.length;
  // Behind the last column there is one for all that is too much.
  const spanOf = Int8Array.from([...fields.map((name) => spanOfField(name, realtime)), -1]);
  const { at } = spans;
  // Tab and newline are below all else that stands in a line: one comparison for most bytes.
  const highest = Math.max(delimiter, NEWLINE);
  // A good line writes every span of its fields; the others stay absent.
  at.fill(-1);
  return (bytes, start, limit) => {
    spans.bytes = bytes;
    let column = 0;
    let from = start;
    let p = start;
    for (; p < limit; p += 1) {
      const byte = bytes[p]!;
      if (byte > highest) continue;
      if (byte === NEWLINE) break;
      if (byte !== delimiter) continue;
      const n = spanOf[column]!;
      if (n >= 0) {
        at[2 * n] = from;
        at[2 * n + 1] = p;
      }
      from = p + 1;
      if (column < columns) column += 1;
    }
    spans.end = p;
    if (column < columns - 1) return 'too_few_fields';
    const n = spanOf[column]!;
    if (n >= 0) {
      at[2 * n] = from;
      at[2 * n + 1] = p > from && bytes[p - 1] === RETURN ? p - 1 : p;
    }
    return undefined;
  };
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
