/**
 * Where the fields of one line stand. Every format is read into the same places, so that what comes
 * after does not know formats. A span is [start, end) in `bytes`; start -1 means that the line does
 * not have the field. One object is made for each reader and written over line by line: that is the
 * bargain for reading a line without allocating. All of it lies in the scanner's memory.
 */

/** The fields that Turnout reads, whatever their name in a format. Order is position in `Spans.at`. */
export const SPAN = {
  timestamp: 0,
  date: 1,
  clock: 2,
  ip: 3,
  status: 4,
  bytes: 5,
  method: 6,
  host: 7,
  otherHost: 8,
  path: 9,
  query: 10,
  agent: 11,
  contentType: 12,
  rangeStart: 13,
  rangeEnd: 14,
  detail: 15,
  country: 16,
  asn: 17,
  objectDuration: 18,
  objectType: 19,
  sessionId: 20,
  edge: 21,
} as const;
export type SpanName = keyof typeof SPAN;
export const SPAN_COUNT = 22;

export interface Spans {
  readonly bytes: Uint8Array;
  /** start of span n at 2n, end at 2n + 1 */
  readonly at: Int32Array;
  /** where the newline of the line that was read stands */
  end: number;
}

/**
 * The place of a CloudFront field name. In real-time logs `cs-host` is the Host header and
 * `x-host-header` the distribution; in standard logs `cs(Host)` is the distribution and
 * `x-host-header` the Host header (CloudFront Developer Guide,
 * "real-time logs" and "standard logs reference").
 */
export function spanOfField(name: string, realtime: boolean): number {
  switch (name) {
    case 'timestamp':
    case 'timestamp(ms)':
      return SPAN.timestamp;
    case 'date':
      return SPAN.date;
    case 'time':
      return SPAN.clock;
    case 'c-ip':
      return SPAN.ip;
    case 'sc-status':
      return SPAN.status;
    case 'cs-method':
      return SPAN.method;
    case 'cs-host':
      return SPAN.host;
    case 'cs(Host)':
      return SPAN.otherHost;
    case 'x-host-header':
      return realtime ? SPAN.otherHost : SPAN.host;
    case 'cs-uri-stem':
      return SPAN.path;
    case 'cs-uri-query':
      return SPAN.query;
    case 'cs-user-agent':
    case 'cs(User-Agent)':
      return SPAN.agent;
    case 'sc-content-type':
      return SPAN.contentType;
    case 'sc-range-start':
      return SPAN.rangeStart;
    case 'sc-range-end':
      return SPAN.rangeEnd;
    case 'x-edge-detailed-result-type':
      return SPAN.detail;
    case 'c-country':
      return SPAN.country;
    case 'asn':
      return SPAN.asn;
    case 'cmcd-object-duration':
      return SPAN.objectDuration;
    case 'cmcd-object-type':
      return SPAN.objectType;
    case 'cmcd-session-id':
      return SPAN.sessionId;
    case 'x-edge-location':
      return SPAN.edge;
    default:
      return -1;
  }
}

/**
 * Finds the newline of the line that begins at `start`, says it in `spans.end`, and returns where the
 * line ends without the carriage return that some tools leave.
 */
export function endLine(spans: Spans, start: number): number {
  const { bytes } = spans;
  spans.end = bytes.indexOf(0x0a, start);
  return spans.end > start && bytes[spans.end - 1] === 0x0d ? spans.end - 1 : spans.end;
}

/** Whether the line does not have span n, or has `-`. */
export function isAbsent({ bytes, at }: Spans, n: number): boolean {
  const start = at[2 * n]!;
  const length = at[2 * n + 1]! - start;
  return start < 0 || length === 0 || (length === 1 && bytes[start] === 0x2d);
}

/** Span n as text; '' if the line does not have the field or has `-`. */
export function spanText({ bytes, at }: Spans, n: number): string {
  const start = at[2 * n]!;
  const end = at[2 * n + 1]!;
  if (start < 0 || start === end || (end - start === 1 && bytes[start] === 0x2d)) return '';
  return bytesText(bytes, start, end);
}

/** Bytes as text; bytes that are no UTF-8 become U+FFFD, nothing throws. */
export function bytesText(bytes: Uint8Array, start: number, end: number): string {
  return DECODER.decode(bytes.subarray(start, end));
}

const DECODER = new TextDecoder('utf-8', { fatal: false });

/** Whether span n is exactly the given ASCII text. */
export function spanIs({ bytes, at }: Spans, n: number, text: string): boolean {
  const start = at[2 * n]!;
  if (start < 0 || at[2 * n + 1]! - start !== text.length) return false;
  for (let i = 0; i < text.length; i += 1) {
    if (bytes[start + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
