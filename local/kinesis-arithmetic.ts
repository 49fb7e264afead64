import { createHash } from 'node:crypto';
import db, { type SequenceParts } from 'kinesalite/db';

/**
 * kinesalite reckons its sequence numbers and hash keys with a library for decimal numbers, which takes
 * a third of the processor that a record costs. These are the same functions with BigInt.
 */

const exact = { ...db };

/** The form of today's sequence numbers: their first and last hexadecimal digit. */
const CURRENT = /^2[0-9a-f]{45}2$/;
const SHARD_BIT = 0x8000_0000;

export function parseSequence(sequence: string): SequenceParts {
  const hex = BigInt(sequence).toString(16);
  const shardIx = parseInt(hex.slice(38, 46), 16);
  if (!CURRENT.test(hex) || shardIx >= SHARD_BIT) return exact.parseSequence(sequence);
  return {
    shardCreateTime: parseInt(hex.slice(1, 10), 16) * 1_000,
    seqIx: BigInt(`0x${hex.slice(11, 27)}`).toString(),
    byte1: hex.slice(27, 29),
    seqTime: parseInt(hex.slice(29, 38), 16) * 1_000,
    shardIx,
    version: 2,
  };
}

export function stringifySequence(parts: SequenceParts): string {
  const { shardCreateTime, shardIx = 0, seqIx, byte1 = '00', seqTime, version } = parts;
  if (version !== undefined && version !== 2) return exact.stringifySequence(parts);
  const seconds = (ms: number) =>
    Math.floor(ms / 1_000)
      .toString(16)
      .padStart(9, '0');
  const index = BigInt(seqIx ?? 0)
    .toString(16)
    .padStart(16, '0');
  const shard = shardIx.toString(16);
  const hex = `2${seconds(shardCreateTime)}${shard.slice(-1)}${index}${byte1}${seconds(seqTime || shardCreateTime)}${shard.padStart(8, '0')}2`;
  return BigInt(`0x${hex}`).toString();
}

const bounds = new Map<string, bigint>();
const BOUNDS_MAX = 4_096;

function boundOf(text: string): bigint {
  const known = bounds.get(text);
  if (known !== undefined) return known;
  if (bounds.size >= BOUNDS_MAX) bounds.clear();
  const bound = BigInt(text);
  bounds.set(text, bound);
  return bound;
}

/** All that kinesalite asks of it is to be compared with the bounds of shards, which come as text. */
export function partitionKeyToHashKey(key: string) {
  const hash = BigInt(`0x${createHash('md5').update(key, 'utf8').digest('hex')}`);
  return {
    comparedTo(text: string) {
      const bound = boundOf(text);
      return hash < bound ? -1 : hash > bound ? 1 : 0;
    },
    toFixed: () => hash.toString(),
  };
}

export function useFastArithmetic(): void {
  Object.assign(db, { parseSequence, stringifySequence, partitionKeyToHashKey });
}
