import type { BadLine } from './bad-line';
import { COLUMNS_MAX, type Scanner } from './scanner';
import type { Spans } from './spans';
import { spanOfField } from './spans';

/**
 * Reads the line that begins at `start` of the spans' bytes, and says in `spans.end` where it ends; a
 * newline must stand there. Undefined means that it could.
 */
export type LineParser = (start: number) => BadLine | undefined;

/**
 * Makes the parser for lines of delimited columns (CloudFront real-time and standard logs), by the
 * names of the columns in the order in which they stand. More columns than names are harmless: AWS
 * adds fields. Fewer mean a cut line.
 */
export function makeColumnParser(
  fields: readonly string[],
  { scanner, spans }: { scanner: Scanner; spans: Spans },
  delimiter = 0x09,
): LineParser {
  const realtime = fields.includes('cs-host') || !fields.includes('cs(Host)');
  const columns = Math.min(fields.length, COLUMNS_MAX);
  // A good line writes every span of its fields; the others stay absent.
  scanner.setColumns(fields.map((name) => spanOfField(name, realtime)));
  return (start) => {
    spans.end = scanner.scanColumns(start, columns, delimiter);
    return scanner.columnsSeen < columns - 1 ? 'too_few_fields' : undefined;
  };
}
