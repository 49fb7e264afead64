import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSourceSettings } from './event-source';
import type { TableWrite } from './table-writes';

/**
 * The stream of a table and the event source that reads it, as DynamoDB and Lambda have them: one shard, a window that
 * begins with the first record, one invocation at a time, and the same records again while the mapping
 * allows it. It lives in memory: what a rig that ends has not delivered is left to the schedule.
 */
export interface TableStream {
  take(write: TableWrite): void;
  /**
   * Resolves when all that was taken at the call is through or given up. Rejects when the stream is
   * stopped before.
   */
  drain(): Promise<void>;
  /** Begins nothing new, and gives what is under way so long to end. */
  stop(graceMs?: number): Promise<void>;
}

export interface TableStreamOptions {
  readonly table: string;
  readonly invoke: (event: TableStreamEvent) => Promise<unknown>;
  readonly plan: Pick<
    EventSourceSettings,
    'batchSize' | 'windowSeconds' | 'retryAttempts' | 'maxRecordAgeSeconds'
  >;
  /** Before a batch is delivered again; doubles from the first to the max. @default 200 to 10,000 */
  readonly retryMs?: { readonly first: number; readonly max: number };
  /** An invocation that failed; it is tried again, or it says that the records are given up. */
  readonly onError?: (error: Error) => void;
}

export interface TableStreamEvent {
  readonly Records: readonly TableStreamRecord[];
}

export interface TableStreamRecord {
  readonly eventID: string;
  readonly eventName: TableWrite['eventName'];
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: TableWrite['keys'];
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: 'KEYS_ONLY';
  };
  readonly eventSourceARN: string;
}

interface Drain {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const RETRY_MS_DEFAULT = { first: 200, max: 10_000 };
const GRACE_MS_DEFAULT = 5_000;
const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
const LABEL = '2026-01-01T00:00:00.000';
const SEQUENCE_DIGITS = 21;

export function tableStreamArnOf(table: string): string {
  return `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${table}/stream/${LABEL}`;
}

export function startTableStream(options: TableStreamOptions): TableStream {
  const shard = new Shard(options);
  return {
    take: (write) => shard.take(write),
    drain: () => shard.drain(),
    stop: (graceMs = GRACE_MS_DEFAULT) => shard.stop(graceMs),
  };
}

class Shard {
  private readonly stopping = new AbortController();
  private readonly waiting: TableStreamRecord[] = [];
  private drains: Drain[] = [];
  private taken = 0;
  private done = 0;
  private isRunning = false;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: TableStreamOptions) {}

  take(write: TableWrite): void {
    if (this.stopping.signal.aborted) return;
    this.taken += 1;
    this.waiting.push(recordOf(this.options.table, write, this.taken));
    if (!this.isRunning) this.running = this.run();
  }

  drain(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.done === this.taken) resolve();
      else if (this.stopping.signal.aborted) reject(this.stopped());
      else this.drains.push({ upTo: this.taken, resolve, reject });
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    const grace = new AbortController();
    const isOver = sleep(graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
    await Promise.race([this.running, isOver]);
    grace.abort();
    for (const { reject } of this.drains) reject(this.stopped());
    this.drains = [];
  }

  private async run(): Promise<void> {
    const { batchSize, windowSeconds } = this.options.plan;
    this.isRunning = true;
    while (this.waiting.length > 0 && !this.stopping.signal.aborted) {
      if (this.waiting.length < batchSize) await this.pause(windowSeconds * 1_000);
      if (this.stopping.signal.aborted) break;
      const batch = this.waiting.splice(0, batchSize);
      if ((await this.deliver(batch)) === 'stopped') break;
      this.done += batch.length;
      for (const { resolve } of this.drains.filter(({ upTo }) => upTo <= this.done)) resolve();
      this.drains = this.drains.filter(({ upTo }) => upTo > this.done);
    }
    this.isRunning = false; // in the same breath as the look that found nothing waiting
  }

  /** Throws nothing: what is given up is told and behind us, as what has arrived is. */
  private async deliver(Records: readonly TableStreamRecord[]): Promise<'done' | 'stopped'> {
    const { invoke, onError, plan, table, retryMs = RETRY_MS_DEFAULT } = this.options;
    const beganAtMs = Date.now();
    let waitMs = retryMs.first;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await invoke({ Records });
        return 'done';
      } catch (error) {
        onError?.(error as Error);
      }
      const isOver = plan.retryAttempts !== -1 && attempt > plan.retryAttempts;
      const ageMs = Date.now() - beganAtMs;
      const isOld = plan.maxRecordAgeSeconds !== -1 && ageMs > plan.maxRecordAgeSeconds * 1_000;
      if (isOver || isOld) {
        const what = `${Records.length} record(s) of ${table}`;
        onError?.(new Error(`${what} are given up after attempt ${attempt}`));
        return 'done';
      }
      await this.pause(waitMs);
      if (this.stopping.signal.aborted) return 'stopped';
      waitMs = Math.min(retryMs.max, waitMs * 2);
    }
  }

  /** Unless it is stopped before. */
  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private stopped(): Error {
    return new Error(`the stream of ${this.options.table} was stopped before it was drained`);
  }
}

function recordOf(
  table: string,
  { eventName, keys }: TableWrite,
  sequence: number,
): TableStreamRecord {
  return {
    eventID: `${table}-${sequence}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1_000),
      Keys: keys,
      SequenceNumber: String(sequence).padStart(SEQUENCE_DIGITS, '0'),
      SizeBytes: Buffer.byteLength(JSON.stringify(keys)),
      StreamViewType: 'KEYS_ONLY',
    },
    eventSourceARN: tableStreamArnOf(table),
  };
}
