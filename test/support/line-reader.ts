import { INPUT, Scanner } from '../../lambdas/core/edge/scanner';
import type { Spans } from '../../lambdas/core/edge/spans';

/** A scanner with its spans, and a way to put one line where parsers read it. */
export function makeLineReader(tables: ConstructorParameters<typeof Scanner>[0] = []) {
  const scanner = new Scanner(tables);
  const spans: Spans = { bytes: scanner.bytes, at: scanner.spans, end: 0 };
  return {
    scanner,
    spans,
    /** Puts a line into the input, at an offset and with something behind it; returns where. */
    put(line: string | Uint8Array, offset = 0): number {
      const bytes = typeof line === 'string' ? new TextEncoder().encode(line) : line;
      const start = INPUT + offset;
      spans.bytes.set(bytes, start);
      spans.bytes.set([10, 0x2d, 9, 10], start + bytes.length);
      return start;
    },
  };
}
