import type { Spans } from './spans';
import { SPAN, bytesText } from './spans';
import { decodeEscapes, fnv1a, parseDigits } from './values';

/**
 * What a player says of a request (CTA-5004), as far as Turnout uses it. The fields of the log win
 * over the query argument `CMCD=`. It is the client's own word: the id is bounded by a modulus
 * (I2_session_id), the duration by the content's segment length (P1_media_proves).
 */
export interface Cmcd {
  /** -1 without a credible id, else hash(sid) mod K */
  session: number;
  /** object duration in ms, 0 if not said */
  durationMs: number;
  /** first letters of the object type, '' if not said */
  type: string;
}

const SESSION_CHARS_MIN = 8;
const SESSION_CHARS_MAX = 64;
const ENCODER = new TextEncoder();

export function readCmcd(spans: Spans, sessionIdsMax: number, out: Cmcd): void {
  const { bytes, at } = spans;
  out.session = -1;
  out.durationMs = 0;
  out.type = '';
  const id = at[2 * SPAN.sessionId]!;
  if (id >= 0) out.session = sessionOf(bytes, id, at[2 * SPAN.sessionId + 1]!, sessionIdsMax);
  const duration = at[2 * SPAN.objectDuration]!;
  if (duration >= 0) {
    const ms = parseDigits(bytes, duration, at[2 * SPAN.objectDuration + 1]!);
    if (ms > 0) out.durationMs = ms;
  }
  const type = at[2 * SPAN.objectType]!;
  if (type >= 0) out.type = typeOf(bytes, type, at[2 * SPAN.objectType + 1]!);
  // A duration is said of media alone; of the rest nothing is missing then.
  const needsDuration = out.type !== 'm' && out.type !== 'i';
  if (out.session >= 0 && out.type !== '' && (out.durationMs > 0 || !needsDuration)) return;
  const query = findQuery(spans);
  if (query !== undefined) readArgument(query, sessionIdsMax, out);
}

function typeOf(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start;
  if (length < 1 || length > 2 || bytes[start] === 0x2d) return '';
  const first = String.fromCharCode(bytes[start]!);
  return length === 1 ? first : first + String.fromCharCode(bytes[start + 1]!);
}

/** I2_session_id: -1 for an id that is not credible. */
function sessionOf(bytes: Uint8Array, start: number, end: number, sessionIdsMax: number): number {
  let from = start;
  let to = end;
  if (bytes[from] === 0x22 && bytes[to - 1] === 0x22) {
    from += 1;
    to -= 1;
  }
  for (let p = from; p < to; p += 1) {
    if (bytes[p]! === 0x25 || bytes[p]! > 0x7f) {
      return sessionOfText(bytesText(bytes, from, to), sessionIdsMax);
    }
  }
  if (to - from < SESSION_CHARS_MIN || to - from > SESSION_CHARS_MAX) return -1;
  return fnv1a(bytes, from, to) % sessionIdsMax;
}

function sessionOfText(text: string, sessionIdsMax: number): number {
  const id = decodeEscapes(text).replace(/^"(.*)"$/, '$1');
  const chars = [...id].length;
  if (chars < SESSION_CHARS_MIN || chars > SESSION_CHARS_MAX) return -1;
  const bytes = ENCODER.encode(id);
  return fnv1a(bytes, 0, bytes.length) % sessionIdsMax;
}

/** The text of the argument CMCD of the query, still escaped. */
function findQuery({ bytes, at }: Spans): string | undefined {
  let start = at[2 * SPAN.query]!;
  let end = at[2 * SPAN.query + 1]!;
  if (start < 0 || end - start < 6) {
    start = at[2 * SPAN.path]!;
    end = at[2 * SPAN.path + 1]!;
    if (start < 0) return undefined;
    while (start < end && bytes[start] !== 0x3f) start += 1;
    start += 1;
  }
  for (let p = start; p + 5 < end; p += 1) {
    if (bytes[p] !== 0x43 || bytes[p + 1] !== 0x4d || bytes[p + 2] !== 0x43) continue;
    if (bytes[p + 3] !== 0x44 || bytes[p + 4] !== 0x3d) continue;
    if (p > start && bytes[p - 1] !== 0x26 && bytes[p - 1] !== 0x3f) continue;
    let to = p + 5;
    while (to < end && bytes[to] !== 0x26) to += 1;
    return bytesText(bytes, p + 5, to);
  }
  return undefined;
}

function readArgument(escaped: string, sessionIdsMax: number, out: Cmcd): void {
  const text = decodeEscapes(escaped);
  // Values are tokens, numbers or quoted text; a comma inside quotes does not end one.
  for (const [, key, value] of text.matchAll(
    /(?:^|,)([a-z0-9-]{1,32})=("[^"]{0,256}"|[^,"]{0,256})/gi,
  )) {
    if (key === 'sid' && out.session < 0) out.session = sessionOfText(value!, sessionIdsMax);
    else if (key === 'od' && out.durationMs === 0) {
      const ms = Number(value);
      if (ms > 0 && Number.isFinite(ms)) out.durationMs = Math.floor(ms);
    } else if (key === 'ot' && out.type === '') out.type = value!.slice(0, 2);
  }
}
