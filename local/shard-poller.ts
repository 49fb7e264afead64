import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as KinesisRecord,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import type { KinesisStreamRecord } from 'aws-lambda';
import { type Batch, makeBatcher } from './batcher';
import type { Checkpoints } from './checkpoints';
import { makeEventRecords } from './kinesis-event';

/** What one invocation was, told when it has ended. */
export interface InvocationReport {
  readonly shardId: string;
  readonly records: number;
  /** of the event as JSON */
  readonly bytes: number;
  /** 1 for the first delivery of the batch */
  readonly attempt: number;
  readonly ms: number;
  /** from the arrival of the last record to the end of the invocation */
  readonly iteratorAgeMs: number;
  readonly error?: Error;
}

export interface PollerProps {
  readonly kinesis: Pick<KinesisClient, 'send'>;
  readonly stream: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly pollMs: number;
  readonly retryMs: { readonly first: number; readonly max: number };
  readonly checkpoints: Checkpoints;
  readonly invoke: (event: { Records: readonly KinesisStreamRecord[] }) => Promise<unknown>;
  /** Whether the shard takes no records any more, as far as is known. */
  readonly isClosed: () => boolean;
  /** A moment for `onCaughtUp`: taken before a read. */
  readonly tick: () => number;
  /** Nothing waits, and the read that began at that moment found nothing. */
  readonly onCaughtUp: (moment: number) => void;
  readonly onInvocation: (report: InvocationReport) => void;
  readonly onError: (error: Error) => void;
  readonly stopping: AbortSignal;
  /** After that an invocation that comes back is not written down. */
  readonly abandoned: AbortSignal;
}

/** Lambda's bound of the event, as JSON. */
export const EVENT_BYTES_MAX = 6 * 1024 * 1024;
/**
 * GetRecords answers at most 10 MiB; kinesalite knows no such bound. So that a shard of large records
 * does not come in one answer, reads begin small and grow by what the last one weighed.
 */
const READ_BYTES_MAX = 10 * 1024 * 1024;
const READ_RECORDS_FIRST = 500;
const READ_RECORDS_MAX = 10_000;
const READ_GROWTH = 4;

/**
 * Feeds one shard to a function, one invocation at a time, in order. A batch that fails is delivered
 * again, whole, for ever. Ends at the end of a closed shard, or when it is stopped.
 */
export async function pollShard(props: PollerProps): Promise<void> {
  const { shardId, checkpoints, stopping, pollMs } = props;
  const batcher = makeBatcher<KinesisStreamRecord>({
    batchSize: props.batchSize,
    windowMs: props.windowMs,
    bytesMax: EVENT_BYTES_MAX,
  });
  const eventRecordOf = makeEventRecords(props);
  const reader = makeReader(props);
  let isAtEnd = false;

  while (!stopping.aborted) {
    const batch = batcher.take(Date.now(), isAtEnd);
    if (batch) {
      await deliver(batch, props);
      continue;
    }
    if (isAtEnd) {
      checkpoints.save(shardId, { ...checkpoints.of(shardId), isEnd: true });
      return;
    }
    const moment = props.tick();
    const wanted = props.batchSize - batcher.size;
    const read = await reader.read(wanted).catch((error: Error) => props.onError(error));
    if (read) {
      const readAtMs = Date.now();
      for (const record of read.records) batcher.add({ ...eventRecordOf(record), readAtMs });
      isAtEnd = read.isEnd;
      if (batcher.size === 0) props.onCaughtUp(moment);
      if (read.isEnd || read.isMore) continue;
    }
    await pause(Math.min(pollMs, batcher.dueInMs(Date.now()) ?? pollMs), stopping);
  }
}

async function deliver(
  { records, bytes }: Batch<KinesisStreamRecord>,
  { shardId, checkpoints, invoke, onInvocation, retryMs, stopping, abandoned }: PollerProps,
): Promise<void> {
  const { kinesis: last } = records.at(-1)!;
  for (let attempt = 1; !stopping.aborted; attempt += 1) {
    const beginMs = Date.now();
    let error: Error | undefined;
    try {
      await invoke({ Records: records });
      if (abandoned.aborted) return;
      checkpoints.save(shardId, { after: last.sequenceNumber, isEnd: false });
    } catch (thrown) {
      error = thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    const nowMs = Date.now();
    onInvocation({
      shardId,
      records: records.length,
      bytes,
      attempt,
      ms: nowMs - beginMs,
      iteratorAgeMs: nowMs - last.approximateArrivalTimestamp * 1_000,
      ...(error && { error }),
    });
    if (!error) return;
    await pause(Math.min(retryMs.max, retryMs.first * 2 ** (attempt - 1)), stopping);
  }
}

interface Read {
  readonly records: readonly KinesisRecord[];
  /** The shard is closed, and this was the last of it. */
  readonly isEnd: boolean;
  /** The answer was as large as was asked for: more may be there at once. */
  readonly isMore: boolean;
}

function makeReader({ kinesis, stream, shardId, checkpoints, isClosed }: PollerProps) {
  let { after } = checkpoints.of(shardId);
  let iterator: string | undefined;
  let recordsMax = READ_RECORDS_FIRST;

  async function openIterator(): Promise<string | undefined> {
    const from =
      after === ''
        ? { ShardIteratorType: 'TRIM_HORIZON' as const }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: after };
    const where = { StreamName: stream, ShardId: shardId, ...from };
    return (await kinesis.send(new GetShardIteratorCommand(where))).ShardIterator;
  }

  return {
    async read(wanted: number): Promise<Read> {
      const Limit = Math.min(wanted, recordsMax, READ_RECORDS_MAX);
      const ShardIterator = iterator ?? (await openIterator());
      iterator = undefined; // it may be what fails: it lives for five minutes
      const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator, Limit }));
      const records = answer.Records ?? [];
      const last = records.at(-1);
      if (last) {
        after = last.SequenceNumber!;
        const bytes = records.reduce((sum, { Data }) => sum + (Data?.length ?? 0), 0);
        const fitting = Math.floor((READ_BYTES_MAX * records.length) / Math.max(1, bytes));
        recordsMax = Math.max(1, Math.min(recordsMax * READ_GROWTH, fitting));
      }
      // kinesalite's iterator behind an empty read can pass the very first record of a shard, if that
      // is being written as the second turns. So an untouched shard is begun again until it is closed.
      if (after !== '' || isClosed()) iterator = answer.NextShardIterator;
      const isEnd = answer.NextShardIterator === undefined;
      return { records, isEnd, isMore: records.length === Limit };
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined); // stopped is as good as over
}
