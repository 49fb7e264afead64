import { ByteReader, ByteWriter } from '../audience/byte-stream';
import type { BlockMemory } from './plan';
import { readCidr, writeCidr } from './set-record';

/**
 * What is remembered of the blocks of 24 hours as bytes, version 1; an item of the table Blocks holds the
 * CIDRs of one part, so that a part can be written alone and nothing moves between two.
 *
 *   'T' 'N' 'M', version (1 byte)
 *   count entries, in the order of their text, each
 *     CIDR as in set-record.ts, count verifiedViewers, count ends
 *     first end in ms, then each end - end before (signed)
 */
const MAGIC = [0x54, 0x4e, 0x4d, 1] as const;

export const MEMORY_PARTS = 16;
/** Some 25 bytes each: a part stays below the 400 KB of an item. */
const PART_ENTRIES_MAX = 10_000;
const ENDS_MAX = 64;

/** Parts by number. What has no room, the oldest first, is forgotten: its next block is a first one. */
export function encodeMemory(memory: readonly BlockMemory[]): Uint8Array<ArrayBuffer>[] {
  const parts = Array.from({ length: MEMORY_PARTS }, (): BlockMemory[] => []);
  for (const entry of memory) parts[partOf(entry.cidr)]!.push(entry);
  return parts.map((entries) => {
    const lastEnd = ({ endsMs }: BlockMemory) => endsMs.at(-1) ?? 0;
    if (entries.length > PART_ENTRIES_MAX) entries.sort((a, b) => lastEnd(b) - lastEnd(a));
    return encodePart(entries.slice(0, PART_ENTRIES_MAX));
  });
}

function encodePart(entries: BlockMemory[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  for (const byte of MAGIC) out.byte(byte);
  out.count(entries.length);
  for (const { cidr, endsMs, verifiedViewers } of entries.sort((a, b) =>
    a.cidr < b.cidr ? -1 : 1,
  )) {
    writeCidr(out, cidr);
    out.count(Math.round(verifiedViewers));
    const ends = endsMs.slice(-ENDS_MAX);
    out.count(ends.length);
    ends.forEach((endMs, n) => (n === 0 ? out.count(endMs) : out.signed(endMs - ends[n - 1]!)));
  }
  return out.finish();
}

export function decodeMemory(bytes: Uint8Array): BlockMemory[] {
  const input = new ByteReader(bytes, 'memory of blocks');
  input.expect(MAGIC);
  return input.list(() => {
    const cidr = readCidr(input);
    const verifiedViewers = input.count();
    let endMs = 0;
    let n = 0;
    const endsMs = input.list(() => (endMs = n++ === 0 ? input.count() : endMs + input.signed()));
    return { cidr, endsMs, verifiedViewers };
  });
}

function partOf(cidr: string): number {
  let hash = 0;
  for (let n = 0; n < cidr.length; n += 1) hash = (Math.imul(hash, 31) + cidr.charCodeAt(n)) | 0;
  return ((hash ^ (hash >>> 15)) >>> 0) % MEMORY_PARTS;
}
