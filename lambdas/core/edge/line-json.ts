import type { LineParser } from './line-tsv';
import type { Spans } from './spans';
import { SPAN_COUNT, bytesText, endLine, spanOfField } from './spans';

const ENCODER = new TextEncoder();

/**
 * Makes the parser for CloudFront standard logs v2 as JSON lines. Values are text whatever their
 * meaning; a number is taken as well. Values are copied behind one another into a buffer of the
 * parser, so that all that follows reads spans. Not a hot path: JSON.parse is most of it.
 */
export function makeJsonParser(spans: Spans): LineParser {
  const { at } = spans;
  let room = new Uint8Array(4_096);
  return (bytes, start, limit) => {
    const end = endLine(spans, bytes, start, limit);
    at.fill(-1, 0, 2 * SPAN_COUNT);
    const fields = tryParseObject(bytesText(bytes, start, end));
    if (fields === undefined) return 'bad_json';
    const realtime = 'cs-host' in fields;
    const needed = 3 * (end - start);
    if (room.length < needed) room = new Uint8Array(2 * needed);
    spans.bytes = room;
    let from = 0;
    for (const [name, value] of Object.entries(fields)) {
      const n = spanOfField(name, realtime);
      if (n < 0 || (typeof value !== 'string' && typeof value !== 'number')) continue;
      const { written } = ENCODER.encodeInto(String(value), room.subarray(from));
      at[2 * n] = from;
      at[2 * n + 1] = from + written;
      from += written;
    }
    return undefined;
  };
}

function tryParseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
