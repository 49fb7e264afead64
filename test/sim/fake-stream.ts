import { createHash } from 'node:crypto';
import {
  HASH_KEYS,
  holdsKey,
  makeShard,
  sequenceOf,
  trimShard,
  type FakeRecord,
  type FakeShard,
} from './fake-shard';

/** A stream of the double of Kinesis: which shards there are, and which of them takes a record. */
export class FakeStream {
  /** Open and closed ones that have not expired, in the order they were made. */
  readonly shards = new Map<string, FakeShard>();
  private shardCount = 0;
  private sequenceCount = 0;
  /** The open shard of a hash key, until shards change. */
  private readonly routes = new Map<string, FakeShard>();

  constructor(
    shardCount: number,
    private readonly now: () => number,
  ) {
    const total = BigInt(shardCount);
    for (let n = 0n; n < total; n += 1n) {
      this.open([(HASH_KEYS * n) / total, (HASH_KEYS * (n + 1n)) / total - 1n], []);
    }
  }

  put(entry: {
    data: Uint8Array;
    partitionKey: string;
    hashKey: string | undefined;
  }): FakeRecord & {
    readonly shardId: string;
  } {
    const { data, partitionKey, hashKey } = entry;
    const shard = this.route(hashKey ?? hashKeyOf(partitionKey));
    const sequence = this.nextSequence();
    // Two records of one shard never go back in time, though the clock may.
    const arrivalMs = Math.max(this.now(), shard.records.at(-1)?.arrivalMs ?? 0);
    const record = { sequence, partitionKey, data: data.slice(), arrivalMs };
    shard.records.push(record);
    return { ...record, shardId: shard.id };
  }

  /** Splits an open shard in two at a hash key. @default in the middle */
  split(shardId: string, at?: bigint): [FakeShard, FakeShard] {
    const shard = this.openShard(shardId);
    const key = at ?? (shard.firstHashKey + shard.lastHashKey + 1n) / 2n;
    if (key <= shard.firstHashKey || key > shard.lastHashKey) {
      throw new Error(`hash key ${key} does not split ${shardId}`);
    }
    this.close(shard);
    return [
      this.open([shard.firstHashKey, key - 1n], [shard.id]),
      this.open([key, shard.lastHashKey], [shard.id]),
    ];
  }

  merge(shardId: string, adjacentId: string): FakeShard {
    const shards = [this.openShard(shardId), this.openShard(adjacentId)];
    const [low, high] = shards.sort((a, b) => (a.firstHashKey < b.firstHashKey ? -1 : 1));
    if (low!.lastHashKey + 1n !== high!.firstHashKey) {
      throw new Error(`${shardId} and ${adjacentId} are not adjacent`);
    }
    this.close(low!);
    this.close(high!);
    return this.open([low!.firstHashKey, high!.lastHashKey], [shardId, adjacentId]);
  }

  /** What arrived before has expired, and with it the shards that were closed before. */
  trim(beforeMs: number): void {
    for (const shard of this.shards.values()) {
      trimShard(shard, beforeMs);
      if (shard.closed !== undefined && shard.closed.atMs < beforeMs) this.shards.delete(shard.id);
    }
  }

  private open(range: readonly [bigint, bigint], parents: readonly string[]): FakeShard {
    const startSequence = this.nextSequence();
    const shard = makeShard({ n: this.shardCount, range, parents, startSequence });
    this.shardCount += 1;
    this.shards.set(shard.id, shard);
    this.routes.clear();
    return shard;
  }

  private close(shard: FakeShard): void {
    shard.closed = { sequence: this.nextSequence(), atMs: this.now() };
    this.routes.clear();
  }

  private openShard(shardId: string): FakeShard {
    const shard = this.shards.get(shardId);
    if (shard === undefined || shard.closed !== undefined)
      throw new Error(`${shardId} is not open`);
    return shard;
  }

  private route(hashKey: string): FakeShard {
    const known = this.routes.get(hashKey);
    if (known !== undefined) return known;
    const key = BigInt(hashKey);
    for (const shard of this.shards.values()) {
      if (shard.closed !== undefined || !holdsKey(shard, key)) continue;
      if (this.routes.size > 10_000) this.routes.clear();
      this.routes.set(hashKey, shard);
      return shard;
    }
    throw new Error(`hash key ${hashKey} is in no shard, expected 0 to 2^128 - 1`);
  }

  private nextSequence(): string {
    this.sequenceCount += 1;
    return sequenceOf(this.sequenceCount);
  }
}

function hashKeyOf(partitionKey: string): string {
  return BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`).toString();
}
