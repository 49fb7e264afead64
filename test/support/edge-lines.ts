/** Writes log lines in the four formats that Turnout reads, from named fields or a known line. */
import type { OracleLine } from '../reference/oracle-line';

/** The fields of a CloudFront real-time line, in the order of delivery. */
export const REALTIME_FIELDS = [
  ...'timestamp c-ip s-ip time-to-first-byte sc-status sc-bytes cs-method cs-protocol'.split(' '),
  ...'cs-host cs-uri-stem cs-bytes x-edge-location x-edge-request-id x-host-header'.split(' '),
  ...'time-taken cs-protocol-version c-ip-version cs-user-agent cs-referer cs-cookie'.split(' '),
  ...'cs-uri-query x-edge-response-result-type x-forwarded-for ssl-protocol ssl-cipher'.split(' '),
  ...'x-edge-result-type fle-encrypted-fields fle-status sc-content-type'.split(' '),
  ...'sc-content-len sc-range-start sc-range-end c-port x-edge-detailed-result-type'.split(' '),
  ...'c-country cs-accept-encoding cs-accept cache-behavior-path-pattern cs-headers'.split(' '),
  ...'cs-header-names cs-headers-count primary-distribution-id'.split(' '),
  ...'primary-distribution-dns-name origin-fbl origin-lbl asn cmcd-encoded-bitrate'.split(' '),
  ...'cmcd-buffer-length cmcd-buffer-starvation cmcd-content-id cmcd-object-duration'.split(' '),
  ...'cmcd-deadline cmcd-measured-throughput cmcd-next-object-request'.split(' '),
  ...'cmcd-next-range-request cmcd-object-type cmcd-playback-rate'.split(' '),
  ...'cmcd-requested-maximum-throughput cmcd-streaming-format cmcd-session-id'.split(' '),
  ...'cmcd-stream-type cmcd-startup cmcd-top-bitrate cmcd-version r-host sr-reason'.split(' '),
  ...'x-edge-mqcs distribution-tenant-id connection-id viewer-request-log-data'.split(' '),
  'viewer-response-log-data',
] as const;

const W3C_FIELDS = [
  ...'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status'.split(' '),
  ...'cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type'.split(' '),
  ...'x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for'.split(' '),
  ...'ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version'.split(' '),
  ...'fle-status fle-encrypted-fields c-port time-to-first-byte'.split(' '),
  ...'x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start'.split(' '),
  'sc-range-end',
] as const;

export const W3C_HEADER = `#Version: 1.0\n#Fields: ${W3C_FIELDS.join(' ')}`;

/** By field name, as they stand in the log; a field that is not named is `-`. */
export type Fields = Readonly<Record<string, string>>;

const DISTRIBUTION = 'd111111abcdef8.cloudfront.net';

/** Values that every line of a quiet distribution has. Nothing that Turnout counts by. */
const COMMON: Fields = {
  's-ip': '203.0.113.200',
  'time-to-first-byte': '0.012',
  'sc-bytes': '1024',
  'cs-protocol': 'https',
  'cs-bytes': '120',
  'x-host-header': DISTRIBUTION,
  'time-taken': '0.025',
  'cs-protocol-version': 'HTTP/2.0',
  'x-edge-result-type': 'Hit',
  'x-edge-response-result-type': 'Hit',
  'c-port': '40000',
  'cs-headers-count': '9',
};

export function realtimeLine(fields: Fields, list: readonly string[] = REALTIME_FIELDS): string {
  // One piece after the other: crowds write a million lines.
  let line = '';
  for (const name of list) line += `${fields[name] ?? COMMON[name] ?? '-'}\t`;
  return line.slice(0, -1);
}

/** Belongs below W3C_HEADER. */
export function w3cLine(fields: Fields): string {
  return W3C_FIELDS.map((name) => fields[name] ?? COMMON[name] ?? '-').join('\t');
}

export function jsonLine(fields: Fields): string {
  return JSON.stringify({ ...COMMON, ...fields });
}

export function combinedLine(line: OracleLine): string {
  const [, month, day, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/
    .exec(new Date(line.tMs).toUTCString())!
    .map((part, n, all) => (n === 1 ? all[2]! : n === 2 ? all[1]! : part));
  const query = line.query === undefined ? '' : `?${line.query}`;
  const request = `"${line.method} ${line.path}${query} HTTP/1.1"`;
  const when = `[${day}/${month}/${year}:${time} +0000]`;
  return `${line.ip} - - ${when} ${request} ${line.status} 1024 "-" "${line.userAgent}"`;
}

const ESCAPED = new Map<string, string>();

/** CloudFront's table for URL-encoded values, which leaves most of ASCII alone. */
export function escapeField(text: string): string {
  if (text === '') return '-';
  // Agents and ids come again and again.
  const known = ESCAPED.get(text);
  if (known !== undefined) return known;
  const escaped = text.replace(/[^!$&()*+,\-./0-9:;=?@A-Z_a-z]/gu, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
  if (ESCAPED.size === 1000) ESCAPED.clear();
  ESCAPED.set(text, escaped);
  return escaped;
}

/** The line as CloudFront's real-time log has it. `id` tells equal requests apart. */
export function renderRealtime(line: OracleLine, id: string, list?: readonly string[]): string {
  return realtimeLine(
    {
      ...sharedFields(line, id),
      timestamp: (line.tMs / 1000).toFixed(3),
      'c-ip-version': line.ip.includes(':') ? 'IPv6' : 'IPv4',
      'cs-host': line.host,
      // The trap of real-time logs: the stem holds the query as well.
      'cs-uri-stem': line.query === undefined ? line.path : `${line.path}?${line.query}`,
      'cs-user-agent': escapeField(line.userAgent),
      'c-country': line.country === '' ? '-' : line.country,
      ...(line.objectDurationMs !== undefined && {
        'cmcd-object-duration': String(line.objectDurationMs),
      }),
      ...(line.objectType !== undefined && { 'cmcd-object-type': line.objectType }),
      ...(line.sessionId !== undefined && { 'cmcd-session-id': escapeField(line.sessionId) }),
    },
    list,
  );
}

/** Standard log: whole seconds, no country, no CMCD. */
export function renderW3c(line: OracleLine, id: string): string {
  const [date, time] = new Date(line.tMs).toISOString().slice(0, 19).split('T');
  return w3cLine({ ...sharedFields(line, id), ...standardHosts(line), date: date!, time: time! });
}

/** Standard log v2: every value is text. */
export function renderJson(line: OracleLine, id: string): string {
  return jsonLine({
    ...sharedFields(line, id),
    ...standardHosts(line),
    'timestamp(ms)': String(line.tMs),
    'c-country': line.country === '' ? '-' : line.country,
  });
}

function sharedFields(line: OracleLine, id: string): Fields {
  return {
    'c-ip': line.ip,
    'sc-status': line.status,
    'cs-method': line.method,
    'cs-uri-stem': line.path,
    'cs-uri-query': line.query ?? '-',
    'x-edge-location': line.edge,
    'x-edge-request-id': id,
    'x-edge-detailed-result-type': line.detailedResult ?? 'Hit',
    'sc-content-type': line.contentType ?? '-',
    asn: line.asn ?? '-',
    ...(line.rangeStart !== undefined && { 'sc-range-start': String(line.rangeStart) }),
    ...(line.rangeEnd !== undefined && { 'sc-range-end': String(line.rangeEnd) }),
  };
}

/** The trap of standard logs: the Host header is x-host-header. */
function standardHosts(line: OracleLine): Fields {
  return {
    'cs(Host)': DISTRIBUTION,
    'x-host-header': line.host,
    'cs(User-Agent)': escapeField(line.userAgent),
  };
}
