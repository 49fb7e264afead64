/** Batches of one shard as Lambda hands them over. */
import type { KinesisStreamEvent } from 'aws-lambda';
import type { SourceRecord } from '../lambdas/core/road/ports';
import type { Chance } from './edge-log';

const ACCOUNT = '123456789012';

export function makeEvent(
  shardId: string,
  records: readonly SourceRecord[],
  stream = 'turnout-edge-lines',
): KinesisStreamEvent {
  return {
    Records: records.map(({ sequence, data, arrivalMs }) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: sequence.slice(-10),
        sequenceNumber: sequence,
        data: Buffer.from(data).toString('base64'),
        approximateArrivalTimestamp: arrivalMs / 1_000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${sequence}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: `arn:aws:iam::${ACCOUNT}:role/turnout-intake-role`,
      awsRegion: 'us-east-1',
      eventSourceARN: `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/${stream}`,
    })),
  };
}

export function shardIdOf(n: number): string {
  return `shardId-${String(n).padStart(12, '0')}`;
}

/** The edge stream: deals lines to its shards, and knows where each of them stands. */
export class EdgeShards {
  private readonly sequences: number[];

  constructor(
    private readonly shards: number,
    private readonly chance: Chance,
  ) {
    this.sequences = Array<number>(shards).fill(0);
  }

  /** One batch for each shard that gets something. */
  deal(rows: readonly string[], arrivalMs: number): KinesisStreamEvent[] {
    const byShard = Array.from({ length: this.shards }, (): string[] => []);
    for (const row of rows) byShard[Math.floor(this.chance() * this.shards)]!.push(row);
    return byShard.flatMap((own, shard) =>
      own.length === 0 ? [] : [this.batch(shard, own, arrivalMs)],
    );
  }

  batch(shard: number, rows: readonly string[], arrivalMs: number): KinesisStreamEvent {
    const records = rows.map((row) => ({
      sequence: this.nextSequence(shard),
      data: Buffer.from(`${row}\n`, 'latin1'),
      arrivalMs,
    }));
    return makeEvent(shardIdOf(shard), records);
  }

  /** 56 digits, as real ones have. */
  private nextSequence(shard: number): string {
    this.sequences[shard]! += 1;
    return `496${String(this.sequences[shard]).padStart(53, '0')}`;
  }
}
