import type { Audience } from '../audience/audience';
import { ByteReader, ByteWriter } from '../audience/byte-stream';
import { serialiseEntries } from '../audience/lane-state';
import type { ContentTable } from '../edge/content-table';
import { readContent, writeContent } from './content-bytes';

/**
 * A blob of a lane's state of one broadcast day, as bytes, version 1:
 *
 *   'T' 'N' 'B', version (1 byte)
 *   count contents, each: text id, byte kind, count segmentMs
 *   count gone, each: word keyHi, word keyLo, count content: entries that are no more
 *   block entries (lane-state.ts)
 */
export interface GoneEntry {
  readonly keyHi: number;
  readonly keyLo: number;
  /** content number */
  readonly content: number;
}

const MAGIC = [0x54, 0x4e, 0x42, 1] as const;

export function encodeBlob(
  audience: Audience,
  entries: number[],
  gone: readonly GoneEntry[],
): Uint8Array {
  const out = new ByteWriter();
  for (const byte of MAGIC) out.byte(byte);
  const positions = new Map<number, number>();
  for (const { content } of gone) {
    if (!positions.has(content)) positions.set(content, positions.size);
  }
  out.count(positions.size);
  for (const content of positions.keys()) writeContent(out, audience.contents.list[content]!);
  out.count(gone.length);
  for (const { keyHi, keyLo, content } of gone) {
    out.word(keyHi);
    out.word(keyLo);
    out.count(positions.get(content)!);
  }
  const options = { lane: 0, lanes: 1, isSorted: false, over: new Map() };
  out.block(serialiseEntries(audience, entries, options));
  return out.finish();
}

export interface Blob {
  readonly gone: readonly GoneEntry[];
  /** for restoreState, once the gone were taken out */
  readonly entries: Uint8Array;
}

/** Reads a blob; contents that are new get numbers. */
export function decodeBlob(contents: ContentTable, bytes: Uint8Array): Blob {
  const input = new ByteReader(bytes, 'blob');
  input.expect(MAGIC);
  const numbers = input.list(() => {
    const { id, kind, segmentMs } = readContent(input);
    return contents.numberOf(id, kind, segmentMs);
  });
  const gone = input.list(() => ({
    keyHi: input.word(),
    keyLo: input.word(),
    content: numbers[input.count()]!,
  }));
  const entries = input.block();
  if (!input.isAtEnd) throw new Error('blob has bytes behind its end');
  return { gone, entries };
}
