import { EDGE_FIELDS } from './edge-fields';
import { makeCombinedParser } from './line-combined';
import { makeJsonParser } from './line-json';
import { type LineParser, makeColumnParser } from './line-tsv';
import type { Scanner } from './scanner';
import { type Spans, bytesText } from './spans';

/** Lines of columns with their names, and the byte between them. */
export interface ColumnFormat {
  readonly kind: 'columns';
  readonly fields: readonly string[];
  readonly delimiter: number;
}

/** The format of a log, found out from its first lines. */
export type Format = ColumnFormat | { readonly kind: 'json' } | { readonly kind: 'combined' };

/** What an error says was looked for. */
const FORMATS_KNOWN =
  'CloudFront real-time lines (tab-separated, beginning with an epoch time), CloudFront standard ' +
  'logs with #Fields (or beginning with a date and a time), CloudFront standard logs v2 as JSON ' +
  'lines, Apache/nginx combined';

/**
 * The columns of CloudFront's standard log v1, for files without header lines (CloudFront Developer
 * Guide, "standard logs reference").
 */
export const STANDARD_FIELDS: readonly string[] = (
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) ' +
  'cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header ' +
  'cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher ' +
  'x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port ' +
  'time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start ' +
  'sc-range-end'
).split(' ');

/** The console's default of 2023: the first 46 without s-ip and the distribution's names. */
const CONSOLE_FIELDS = EDGE_FIELDS.slice(0, 46).filter(
  (name) => name !== 's-ip' && !name.startsWith('primary-distribution'),
);
/** The fields of 2020, before origin times and networks were added. */
const FIELDS_2020 = CONSOLE_FIELDS.slice(0, 40);

const LINES_LOOKED_AT = 20;

/** Finds the format of a log from its beginning; undefined if it is none of the known. */
export function detectFormat(
  head: Uint8Array,
  realtimeFields: readonly string[],
): Format | undefined {
  const lines = bytesText(head, 0, head.length)
    .split('\n')
    .slice(0, LINES_LOOKED_AT + 10);
  // The last line of the head may be cut.
  if (lines.length > 1) lines.pop();
  const data = lines
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));
  const header = lines.find((line) => line.startsWith('#Fields:'));
  if (header !== undefined) return formatOfHeader(header, usualOf(data));
  for (const line of data.slice(0, LINES_LOOKED_AT)) {
    const format = formatOfLine(line, data, realtimeFields);
    if (format !== undefined) return format;
  }
  return undefined;
}

/** The format that a `#Fields:` line tells; the delimiter is what the first record uses. */
export function formatOfHeader(header: string, record: string): ColumnFormat {
  const fields = header
    .slice('#Fields:'.length)
    .trim()
    .split(/[\s,]+/);
  const delimiter =
    record.includes('\t') || record === '' ? '\t' : record.includes(',') ? ',' : ' ';
  return { kind: 'columns', fields, delimiter: delimiter.charCodeAt(0) };
}

/** A record with as many columns as most of the first have: one that is damaged must not stand for all. */
function usualOf(data: readonly string[]): string {
  const byColumns = new Map<number, string[]>();
  for (const line of data.slice(0, LINES_LOOKED_AT)) {
    const columns = line.split('\t').length;
    byColumns.set(columns, [...(byColumns.get(columns) ?? []), line]);
  }
  const [usual] = [...byColumns].sort(([m, a], [n, b]) => b.length - a.length || n - m);
  return usual?.[1][0] ?? '';
}

function formatOfLine(
  line: string,
  data: readonly string[],
  realtimeFields: readonly string[],
): Format | undefined {
  if (/^\d{10}(\.\d*)?\t|^\d{13}\t/.test(line)) return realtimeFormat(data, realtimeFields);
  if (/^\d{4}-\d\d-\d\d\t\d\d:\d\d:\d\d\t/.test(line)) {
    const fields = STANDARD_FIELDS.slice(0, usualOf(data).split('\t').length);
    return { kind: 'columns', fields, delimiter: 9 };
  }
  if (line.startsWith('{')) return isCloudFrontJson(line) ? { kind: 'json' } : undefined;
  if (/^\S+ \S+ .*\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d( [+-]\d{4})?\] "/.test(line)) {
    return { kind: 'combined' };
  }
  return undefined;
}

/** Real-time lines carry no names: of the lists that may be meant, the one that fits the lines best. */
function realtimeFormat(data: readonly string[], realtimeFields: readonly string[]): Format {
  const lists = [realtimeFields, EDGE_FIELDS, CONSOLE_FIELDS, FIELDS_2020];
  const rows = data.slice(0, LINES_LOOKED_AT).map((line) => line.split('\t'));
  const scores = lists.map((list) => {
    const fits = rows.filter((row) => fitsList(row, list)).length;
    // Equal but for the number of columns: the exact one is meant.
    return fits + rows.filter((row) => row.length === list.length).length / (2 * rows.length);
  });
  const best = scores.indexOf(Math.max(...scores));
  return { kind: 'columns', fields: lists[best]!, delimiter: 9 };
}

function fitsList(row: readonly string[], list: readonly string[]): boolean {
  if (row.length < list.length) return false;
  const value = (name: string) => row[list.indexOf(name)] ?? '-';
  return (
    /^[\da-fA-F.:]{2,45}$/.test(value('c-ip')) &&
    /^\d{3}$/.test(value('sc-status')) &&
    /^([A-Z]{3,10}|-)$/.test(value('cs-method')) &&
    /^(\/|-|http)/.test(value('cs-uri-stem')) &&
    /^([A-Z]{3}\d|-)/.test(value('x-edge-location')) &&
    /^([A-Z]{2}|-)$/.test(value('c-country'))
  );
}

function isCloudFrontJson(line: string): boolean {
  try {
    const fields = JSON.parse(line) as Record<string, unknown>;
    const timed = 'timestamp(ms)' in fields || 'timestamp' in fields || 'date' in fields;
    return timed && 'c-ip' in fields && 'sc-status' in fields;
  } catch {
    return false;
  }
}

/** Error of a log that is none of the known formats; says what was looked for. */
export function unknownFormatError(name: string, head: Uint8Array): Error {
  const first = bytesText(head, 0, Math.min(head.length, 200)).split('\n')[0]!;
  const shown = [...first]
    .map((c) => (c < ' ' || c === '\ufffd' ? '.' : c))
    .join('')
    .slice(0, 80);
  return new Error(
    `${name} is no log of a known format; looked for ${FORMATS_KNOWN}; it begins with: ${shown}`,
  );
}

/** The parser of a format. */
export function makeLineParser(
  format: Format,
  { scanner, spans }: { scanner: Scanner; spans: Spans },
): LineParser {
  switch (format.kind) {
    case 'columns':
      return makeColumnParser(format.fields, { scanner, spans }, format.delimiter);
    case 'json':
      return makeJsonParser(spans);
    case 'combined':
      return makeCombinedParser(spans);
  }
}
