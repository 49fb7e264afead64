import { LINE_BYTES_MAX } from './bad-line';
import type { LineParser } from './line-tsv';
import { SCRATCH, SCRATCH_BYTES } from './scanner';
import type { Spans } from './spans';
import { SPAN_COUNT, bytesText, endLine, spanOfField } from './spans';

const ENCODER = new TextEncoder();

/**
 * Makes the parser for CloudFront standard logs v2 as JSON lines. Values are text whatever their
 * meaning; a number is taken as well. Values are copied behind one another into the scanner's scratch
 * room, so that all that follows reads spans. Not a hot path: JSON.parse is most of it.
 */
export function makeJsonParser(spans: Spans): LineParser {
  const { at, bytes } = spans;
  // Written out, a line of the longest kind takes at most three times its bytes.
  const room = bytes.subarray(SCRATCH, SCRATCH + SCRATCH_BYTES);
  return (start) => {
    const end = endLine(spans, start);
    at.fill(-1, 0, 2 * SPAN_COUNT);
    if (end - start > LINE_BYTES_MAX) return 'too_long';
    const fields = tryParseObject(bytesText(bytes, start, end));
    if (fields === undefined) return 'bad_json';
    const realtime = 'cs-host' in fields;
    let from = 0;
    for (const [name, value] of Object.entries(fields)) {
      const n = spanOfField(name, realtime);
      if (n < 0 || (typeof value !== 'string' && typeof value !== 'number')) continue;
      const { written } = ENCODER.encodeInto(String(value), room.subarray(from));
      at[2 * n] = SCRATCH + from;
      at[2 * n + 1] = SCRATCH + from + written;
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
