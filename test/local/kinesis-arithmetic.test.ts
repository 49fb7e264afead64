import db from 'kinesalite/db';
import {
  parseSequence,
  partitionKeyToHashKey,
  stringifySequence,
  useFastArithmetic,
} from '../../local/kinesis-arithmetic';
import { Prng } from '../support/prng';

const exact = { ...db };
const prng = new Prng(3);

/** Sequence numbers as the emulator makes them, and those at the ends of what it can make. */
const PARTS = [
  { shardCreateTime: 0 },
  { shardCreateTime: 1_790_000_000_999, shardIx: 0, seqIx: 0, seqTime: 1_790_000_000_999 },
  { shardCreateTime: 1_790_000_000_000, shardIx: 4_095, seqIx: '9223372036854775807' },
  { shardCreateTime: 16_025_174_999_000, shardIx: 2_147_483_647, seqIx: 1, seqTime: 1_000 },
  ...Array.from({ length: 500 }, () => ({
    shardCreateTime: prng.int(2_000_000_000) * 1_000,
    shardIx: prng.int(500),
    seqIx: prng.int(1_000_000_000),
    seqTime: prng.int(2_000_000_000) * 1_000 + prng.int(1_000),
  })),
];

describe('the arithmetic with BigInt', () => {
  it('writes and reads sequence numbers as kinesalite does', () => {
    for (const parts of PARTS) {
      const sequence = stringifySequence(parts);
      expect(sequence).toBe(exact.stringifySequence(parts));
      expect(parseSequence(sequence)).toEqual(exact.parseSequence(sequence));
    }
  });

  it('leaves other versions, and what is refused, to kinesalite', () => {
    const old = {
      shardCreateTime: 1_300_000_000_000,
      shardIx: 3,
      version: 1,
      seqTime: 1_300_000_001_000,
    };
    expect(stringifySequence(old)).toBe(exact.stringifySequence(old));
    for (const text of [exact.stringifySequence(old), '0', '5', (2n ** 185n).toString()]) {
      const outcome = (parse: typeof parseSequence) => {
        try {
          return parse(text);
        } catch (error) {
          return (error as Error).message;
        }
      };
      expect(outcome(parseSequence)).toEqual(outcome(exact.parseSequence));
    }
  });

  it('compares the hash of a key with the bounds of shards as kinesalite does', () => {
    const bounds = ['0', '85070591730234615865843651857942052863', (2n ** 128n - 1n).toString()];
    for (const key of ['', '0', 'ä', ...Array.from({ length: 200 }, (_, n) => `key ${n}`)]) {
      const [fast, slow] = [partitionKeyToHashKey(key), exact.partitionKeyToHashKey(key)];
      expect(fast.toFixed()).toBe(slow.toFixed());
      for (const bound of [...bounds, slow.toFixed()]) {
        expect(fast.comparedTo(bound)).toBe(slow.comparedTo(bound));
      }
    }
  });

  it('is what kinesalite then uses', () => {
    useFastArithmetic();
    expect(db.parseSequence).toBe(parseSequence);
  });
});
