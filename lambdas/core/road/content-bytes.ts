import type { ByteReader, ByteWriter } from '../audience/byte-stream';
import { KINDS } from '../edge/classes';
import type { ContentFacts } from '../edge/content-table';

/** A content in all formats of the road: text id, byte kind (position in KINDS), count segmentMs. */
export function writeContent(out: ByteWriter, { id, kind, segmentMs }: ContentFacts): void {
  out.text(id);
  out.byte(KINDS.indexOf(kind));
  out.count(segmentMs);
}

export function readContent(input: ByteReader): ContentFacts {
  const id = input.text();
  const n = input.byte();
  const kind = KINDS[n];
  if (kind === undefined) throw new Error(`content has kind ${n}, expected below ${KINDS.length}`);
  return { id, kind, segmentMs: input.count() };
}
