import type { KinesisStreamEvent } from 'aws-lambda';
import type { SourceRecord } from '../../lambdas/core/road/ports';

/** Records of a shard as Lambda hands them to a function. */
export function eventOf(
  shardId: string,
  records: readonly (SourceRecord & { readonly partitionKey?: string })[],
): KinesisStreamEvent {
  return {
    Records: records.map(({ sequence, data, arrivalMs, partitionKey = 'any' }) => ({
      awsRegion: 'us-east-1',
      eventID: `${shardId}:${sequence}`,
      eventName: 'aws:kinesis:record',
      eventSource: 'aws:kinesis',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:123456789012:stream/any',
      eventVersion: '1.0',
      invokeIdentityArn: 'arn:aws:iam::123456789012:role/any',
      kinesis: {
        approximateArrivalTimestamp: arrivalMs / 1_000,
        data: Buffer.from(data).toString('base64'),
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber: sequence,
      },
    })),
  };
}
