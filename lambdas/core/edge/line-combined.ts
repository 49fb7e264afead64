import type { LineParser } from './line-tsv';
import type { Spans } from './spans';
import { SPAN, SPAN_COUNT, endLine } from './spans';

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Makes the parser for Apache and nginx "combined" lines:
 * `ip ident user [day/Mon/year:h:m:s +zone] "METHOD target PROTOCOL" status bytes "referer" "agent" ...`
 * What follows the agent is harmless; an agent whose closing quote is missing ends with the line.
 * A request that is no HTTP (a TLS hello on a plain port) leaves method and path empty: still a hit.
 */
export function makeCombinedParser(spans: Spans): LineParser {
  const { at, bytes } = spans;
  const put = (n: number, start: number, end: number) => {
    at[2 * n] = start;
    at[2 * n + 1] = end;
  };
  return (start) => {
    const end = endLine(spans, start);
    at.fill(-1, 0, 2 * SPAN_COUNT);
    const ipEnd = find(bytes, SPACE, start, end);
    const open = find(bytes, 0x5b, ipEnd, end);
    const close = find(bytes, 0x5d, open, end);
    const quote = find(bytes, QUOTE, close, end);
    const unquote = findQuote(bytes, quote + 1, end);
    if (unquote >= end || quote - close > 2) return 'bad_layout';
    put(SPAN.ip, start, ipEnd);
    put(SPAN.timestamp, open + 1, close);
    putRequest(bytes, quote + 1, unquote, put);
    const status = unquote + 2;
    const statusEnd = find(bytes, SPACE, status, end);
    if (status >= end) return 'too_few_fields';
    put(SPAN.status, status, statusEnd);
    const size = statusEnd + 1;
    if (size < end) put(SPAN.bytes, size, find(bytes, SPACE, size, end));
    const referer = find(bytes, QUOTE, size, end);
    const agent = find(bytes, QUOTE, findQuote(bytes, referer + 1, end) + 1, end);
    if (agent < end) put(SPAN.agent, agent + 1, findQuote(bytes, agent + 1, end));
    return undefined;
  };
}

type Put = (n: number, start: number, end: number) => void;

function putRequest(bytes: Uint8Array, start: number, end: number, put: Put): void {
  const methodEnd = find(bytes, SPACE, start, end);
  if (methodEnd >= end) return;
  put(SPAN.method, start, methodEnd);
  // The target may hold spaces when a client sends them raw; the protocol is what follows the last.
  let targetEnd = end;
  for (let p = end - 1; p > methodEnd; p -= 1) {
    if (bytes[p] === SPACE) {
      targetEnd = p;
      break;
    }
  }
  let target = methodEnd + 1;
  // Absolute form (proxies): http://host/path
  if (bytes[target] === 0x68 && bytes[target + 4] !== undefined) {
    const colon = find(bytes, 0x3a, target, Math.min(targetEnd, target + 6));
    if (bytes[colon] === 0x3a && bytes[colon + 1] === 0x2f && bytes[colon + 2] === 0x2f) {
      const hostEnd = find(bytes, 0x2f, colon + 3, targetEnd);
      put(SPAN.host, colon + 3, hostEnd);
      target = hostEnd;
    }
  }
  put(SPAN.path, target, targetEnd);
}

/** The first place of `byte` in [from, end), or end. */
function find(bytes: Uint8Array, byte: number, from: number, end: number): number {
  for (let p = from; p < end; p += 1) if (bytes[p] === byte) return p;
  return end;
}

/** The first quote in [from, end) that is not escaped by a backslash, or end. */
function findQuote(bytes: Uint8Array, from: number, end: number): number {
  for (let p = from; p < end; p += 1) {
    if (bytes[p] === BACKSLASH) p += 1;
    else if (bytes[p] === QUOTE) return p;
  }
  return end;
}
