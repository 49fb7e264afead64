import { GetRecordsCommand, GetShardIteratorCommand, type _Record } from '@aws-sdk/client-kinesis';
import type { RecordReader, SourceRecord } from '../core/road/ports';
import { compareSequence } from '../core/road/sequence';
import { nameOf, REAL_PATIENCE, retryThrottled, type Patience } from './backoff';
import type { Kinesis } from './clients';

/** Of up to 10 MB and 10,000 records each, and some empty: an interval is at most one batch of 6 MB. */
const ROUNDS_MAX = 200;

/**
 * Reads an interval of the source stream once more. Shards are read by the event source at the same
 * time, and 5 reads a second are all that a shard takes, so being throttled is ordinary here.
 */
export function makeRecordReader(
  kinesis: Kinesis,
  stream: string,
  patience: Patience = REAL_PATIENCE,
): RecordReader {
  const findPlace = (shardId: string, after: string) =>
    retryThrottled(patience, () => getIterator(kinesis, { stream, shardId, after }));

  return {
    async readBetween(shardId, after, upTo) {
      const records: SourceRecord[] = [];
      let iterator: string | undefined = await findPlace(shardId, after);
      for (let round = 1; round <= ROUNDS_MAX; round += 1) {
        const from: string = iterator;
        const answer = await retryThrottled(patience, () => getRecords(kinesis, stream, from));
        if (answer === 'expired_iterator') {
          iterator = await findPlace(shardId, records.at(-1)?.sequence ?? after);
          continue;
        }
        for (const record of answer.records) {
          const toEnd = compareSequence(record.sequence, upTo);
          if (toEnd > 0) return records;
          if (compareSequence(record.sequence, after) > 0) records.push(record);
          if (toEnd === 0) return records;
        }
        const isAtTip = answer.records.length === 0 && answer.behindMs === 0;
        iterator = answer.next;
        if (isAtTip || iterator === undefined) return records;
      }
      throw new Error(
        `${shardId} of ${stream} gave no end of (${after}, ${upTo}] in ${ROUNDS_MAX} rounds`,
      );
    },
  };
}

interface Place {
  readonly stream: string;
  readonly shardId: string;
  readonly after: string;
}

async function getIterator(kinesis: Kinesis, { stream, shardId, after }: Place): Promise<string> {
  const shard = { StreamName: stream, ShardId: shardId };
  if (after !== '') {
    try {
      const answer = await kinesis.send(
        new GetShardIteratorCommand({
          ...shard,
          ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
          StartingSequenceNumber: after,
        }),
      );
      return answer.ShardIterator!;
    } catch (error) {
      // Kinesis may know an expired record no more. What is left of the shard begins behind it, and
      // what is not asked for is left out by its number.
      if (nameOf(error) !== 'InvalidArgumentException') throw error;
    }
  }
  const answer = await kinesis.send(
    new GetShardIteratorCommand({ ...shard, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  return answer.ShardIterator!;
}

interface RoundAnswer {
  readonly records: readonly SourceRecord[];
  readonly behindMs: number;
  /** none where a closed shard ends */
  readonly next: string | undefined;
}

async function getRecords(
  kinesis: Kinesis,
  stream: string,
  iterator: string,
): Promise<RoundAnswer | 'expired_iterator'> {
  try {
    const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator: iterator }));
    return {
      records: (answer.Records ?? []).map((record) => parseRecord(record, stream)),
      behindMs: answer.MillisBehindLatest ?? 0,
      next: answer.NextShardIterator,
    };
  } catch (error) {
    // An iterator lives 5 minutes.
    if (nameOf(error) === 'ExpiredIteratorException') return 'expired_iterator';
    throw error;
  }
}

function parseRecord(record: _Record, stream: string): SourceRecord {
  const { SequenceNumber, Data, ApproximateArrivalTimestamp } = record;
  if (SequenceNumber === undefined || Data === undefined || !ApproximateArrivalTimestamp) {
    throw new Error(`record ${SequenceNumber} of ${stream} lacks its number, data or time`);
  }
  return {
    sequence: SequenceNumber,
    data: Data,
    arrivalMs: ApproximateArrivalTimestamp.getTime(),
  };
}
