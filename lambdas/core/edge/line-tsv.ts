import type { BadLine } from './bad-line';
import type { Spans } from './spans';
import { SPAN_COUNT, spanOfField } from './spans';

/** Reads the line [start, end) of `bytes` into spans; undefined means that it could. */
export type LineParser = (bytes: Uint8Array, start: number, end: number) => BadLine | undefined;

/**
 * Makes the parser for lines of delimited columns (CloudFront real-time and standard logs), by the
 * names of the columns in the order in which they stand. More columns than names are harmless: AWS
 * adds fields. Fewer mean a cut line. This loop sees every byte of every line, so it is flat.
 */
export function makeColumnParser(
  fields: readonly string[],
  spans: Spans,
  delimiter = 0x09,
): LineParser {
  const realtime = fields.includes('cs-host') || !fields.includes('cs(Host)');
  const columns = fields.length;
  const spanOf = Int8Array.from(fields, (name) => spanOfField(name, realtime));
  const { at } = spans;
  // The delimiter is below every other byte of a line (tab), or at most a comma.
  return (bytes, start, end) => {
    spans.bytes = bytes;
    at.fill(-1, 0, 2 * SPAN_COUNT);
    let column = 0;
    let from = start;
    for (let p = start; p < end; p += 1) {
      if (bytes[p]! !== delimiter) continue;
      const n = spanOf[column]!;
      if (n >= 0) {
        at[2 * n] = from;
        at[2 * n + 1] = p;
      }
      from = p + 1;
      column += 1;
      if (column === columns) return undefined;
    }
    if (column < columns - 1) return 'too_few_fields';
    const n = spanOf[column]!;
    if (n >= 0) {
      at[2 * n] = from;
      at[2 * n + 1] = end;
    }
    return undefined;
  };
}
