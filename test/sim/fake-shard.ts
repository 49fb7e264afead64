import { compareSequence } from '../../lambdas/core/road/sequence';

export const HASH_KEYS = 1n << 128n;

export interface FakeRecord {
  readonly sequence: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  readonly arrivalMs: number;
}

/** A shard of the double of Kinesis: a range of hash keys, and its records in order. */
export interface FakeShard {
  readonly id: string;
  readonly firstHashKey: bigint;
  readonly lastHashKey: bigint;
  /** none, one (after a split) or two (after a merge) */
  readonly parents: readonly string[];
  readonly startSequence: string;
  records: FakeRecord[];
  /** Set when the shard was closed by a split or a merge; it takes no more records. */
  closed: { readonly sequence: string; readonly atMs: number } | undefined;
  /** The last record that has expired; '' if none has. */
  trimmedTo: string;
}

export function makeShard(facts: {
  n: number;
  range: readonly [first: bigint, last: bigint];
  parents: readonly string[];
  startSequence: string;
}): FakeShard {
  return {
    id: shardIdOf(facts.n),
    firstHashKey: facts.range[0],
    lastHashKey: facts.range[1],
    parents: facts.parents,
    startSequence: facts.startSequence,
    records: [],
    closed: undefined,
    trimmedTo: '',
  };
}

export function shardIdOf(n: number): string {
  return `shardId-${String(n).padStart(12, '0')}`;
}

/** 56 digits, as real ones have; they rise over all shards of a stream. */
export function sequenceOf(n: number): string {
  return `496${String(n).padStart(53, '0')}`;
}

/** The place of the first record behind a sequence number. */
export function placeAfter({ records }: FakeShard, sequence: string): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareSequence(records[middle]!.sequence, sequence) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Takes away what arrived before. */
export function trimShard(shard: FakeShard, beforeMs: number): void {
  const kept = shard.records.findIndex(({ arrivalMs }) => arrivalMs >= beforeMs);
  const gone = kept === -1 ? shard.records.length : kept;
  if (gone === 0) return;
  shard.trimmedTo = shard.records[gone - 1]!.sequence;
  shard.records = shard.records.slice(gone);
}

export function holdsKey(shard: FakeShard, hashKey: bigint): boolean {
  return shard.firstHashKey <= hashKey && hashKey <= shard.lastHashKey;
}
