import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KinesisClient, ListShardsCommand, type Shard } from '@aws-sdk/client-kinesis';
import type { KinesisStreamRecord } from 'aws-lambda';
import { type Checkpoints, openCheckpoints } from './checkpoints';
import { type InvocationReport, pollShard } from './shard-poller';

/** Of an event-source mapping, as the stack and the rig both read it. */
export interface EventSourceSettings {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly parallelizationFactor: number;
  readonly retryAttempts: number;
  readonly maxRecordAgeSeconds: number;
  readonly startingPosition: string;
  readonly bisectOnError: boolean;
}

export interface EventSourceOptions extends EventSourceSettings {
  readonly kinesis: Pick<KinesisClient, 'send'>;
  readonly stream: string;
  readonly invoke: (event: { Records: readonly KinesisStreamRecord[] }) => Promise<unknown>;
  /** Directory in which it is written up to where each shard was processed. @default in memory */
  readonly checkpointDir?: string;
  /** Between two reads of a shard that has nothing new; AWS: 1,000. @default 200 */
  readonly pollMs?: number;
  /** Between two looks for new shards. @default 1,000 */
  readonly listMs?: number;
  /** Before a batch is delivered again; doubles from the first to the max. @default 200 to 10,000 */
  readonly retryMs?: { readonly first: number; readonly max: number };
  readonly onInvocation?: (report: InvocationReport) => void;
  /** A read that failed; it is tried again. */
  readonly onError?: (error: Error) => void;
}

export interface EventSource {
  /**
   * Resolves when all that was in the stream at the call is processed; not while a batch fails.
   * Rejects when the source is stopped before.
   */
  drain(): Promise<void>;
  /** Begins nothing new, gives what is under way so long to end, then leaves it unacknowledged. */
  stop(graceMs?: number): Promise<void>;
}

const POLL_MS_DEFAULT = 200;
const LIST_MS_DEFAULT = 1_000;
const RETRY_MS_DEFAULT = { first: 200, max: 10_000 };
const GRACE_MS_DEFAULT = 5_000;
const REGION = 'us-east-1';
const ACCOUNT = '000000000000';

export function kinesisArnOf(stream: string): string {
  return `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/${stream}`;
}

/** What is emulated of a mapping: the rest of Lambda's settings Turnout does not use. */
const EMULATED = {
  parallelizationFactor: 1,
  retryAttempts: -1,
  maxRecordAgeSeconds: -1,
  startingPosition: 'TRIM_HORIZON',
  bisectOnError: false,
} as const;

interface ShardState {
  shard: Shard;
  isPolled: boolean;
  /** the moment of the last read that found nothing, with nothing waiting */
  caughtUpAt: number;
}

interface Drain {
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Lambda's event-source mapping for Kinesis: reads each shard from its beginning, parents to their end
 * before children, makes batches by size, window and 6 MB, invokes once at a time per shard, and goes on
 * only after success. No bisecting, failure destination, partial batch response or filter: Turnout uses
 * none.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  for (const [name, expected] of Object.entries(EMULATED)) {
    const got = options[name as keyof typeof EMULATED];
    if (got === expected) continue;
    throw new Error(`event source of ${options.stream}: ${name} is ${got}, expected ${expected}`);
  }
  const mapping = new Mapping(options);
  const listing = mapping.listForever();
  return {
    drain: () => mapping.drain(),
    async stop(graceMs = GRACE_MS_DEFAULT) {
      mapping.beginNothing();
      const grace = new AbortController();
      const isOver = sleep(graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
      const done = Promise.all([listing, ...mapping.polls]);
      await Promise.race([done, isOver]);
      grace.abort();
      mapping.abandoned.abort();
      mapping.refuseDrains();
    },
  };
}

class Mapping {
  readonly stopping = new AbortController();
  readonly abandoned = new AbortController();
  readonly polls = new Set<Promise<void>>();
  private readonly shards = new Map<string, ShardState>();
  private readonly checkpoints: Checkpoints;
  private readonly onError: (error: Error) => void;
  private drains: Drain[] = [];
  /** Counts moments: what began at a later moment has seen all that was there before. */
  private clock = 0;
  private listedAt = 0;
  private wakeLister = () => {};

  constructor(private readonly options: EventSourceOptions) {
    this.checkpoints = openCheckpoints(options.checkpointDir);
    this.onError = options.onError ?? (() => undefined);
    setMaxListeners(0, this.stopping.signal); // each shard waits on it
  }

  drain(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.stopping.signal.aborted) {
        reject(new Error(`${this.options.stream} is not read any more`));
        return;
      }
      this.drains.push({ since: this.tick(), resolve, reject });
      this.wakeLister();
    });
  }

  beginNothing(): void {
    this.stopping.abort();
    this.wakeLister();
  }

  refuseDrains(): void {
    const error = new Error(`${this.options.stream} was stopped before it was drained`);
    for (const { reject } of this.drains) reject(error);
    this.drains = [];
  }

  async listForever(): Promise<void> {
    const { signal } = this.stopping;
    const listMs = this.options.listMs ?? LIST_MS_DEFAULT;
    while (!signal.aborted) {
      const woken = new AbortController();
      this.wakeLister = () => woken.abort();
      await this.list().catch(this.onError);
      await sleep(listMs, undefined, { signal: woken.signal }).catch(() => undefined);
    }
  }

  private async list(): Promise<void> {
    const moment = this.tick();
    const StreamName = this.options.stream;
    // One answer holds 1,000 shards, more than the emulator makes.
    const { Shards = [] } = await this.options.kinesis.send(new ListShardsCommand({ StreamName }));
    for (const shard of Shards) {
      const id = shard.ShardId!;
      const known = this.shards.get(id);
      if (known) known.shard = shard;
      else this.shards.set(id, { shard, caughtUpAt: 0, isPolled: false });
    }
    this.listedAt = moment;
    this.pollWhatMay();
  }

  /** A shard may be read when its parents are processed, or have expired. */
  private pollWhatMay(): void {
    for (const [id, state] of this.shards) {
      const { ParentShardId, AdjacentParentShardId } = state.shard;
      const parents = [ParentShardId, AdjacentParentShardId].filter((it) => it !== undefined);
      const isFree = parents.every((it) => !this.shards.has(it) || this.checkpoints.of(it).isEnd);
      if (state.isPolled || !isFree || this.checkpoints.of(id).isEnd) continue;
      if (this.stopping.signal.aborted) break;
      state.isPolled = true;
      const poll = this.poll(id, state).finally(() => this.polls.delete(poll));
      this.polls.add(poll);
    }
    this.settleDrains();
  }

  private async poll(shardId: string, state: ShardState): Promise<void> {
    const { options } = this;
    try {
      await pollShard({
        kinesis: options.kinesis,
        stream: options.stream,
        streamArn: kinesisArnOf(options.stream),
        shardId,
        batchSize: options.batchSize,
        windowMs: options.windowSeconds * 1_000,
        pollMs: options.pollMs ?? POLL_MS_DEFAULT,
        retryMs: options.retryMs ?? RETRY_MS_DEFAULT,
        checkpoints: this.checkpoints,
        invoke: options.invoke,
        isClosed: () => state.shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
        tick: () => this.tick(),
        onCaughtUp: (moment) => {
          state.caughtUpAt = moment;
          this.settleDrains();
        },
        onInvocation: options.onInvocation ?? (() => undefined),
        onError: this.onError,
        stopping: this.stopping.signal,
        abandoned: this.abandoned.signal,
      });
    } catch (error) {
      // Not a read or an invocation: those are tried again. The next listing begins anew from the checkpoint.
      state.isPolled = false;
      this.onError(error as Error);
      return;
    }
    this.wakeLister(); // its children may be there already
  }

  private settleDrains(): void {
    const states = [...this.shards];
    const isDone = ({ since }: Drain) =>
      this.listedAt >= since &&
      states.every(([id, it]) => it.caughtUpAt >= since || this.checkpoints.of(id).isEnd);
    const done = this.drains.filter(isDone);
    this.drains = this.drains.filter((it) => !done.includes(it));
    for (const { resolve } of done) resolve();
  }

  private tick(): number {
    this.clock += 1;
    return this.clock;
  }
}
