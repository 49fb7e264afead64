import type { _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import type { KinesisStreamRecord } from 'aws-lambda';

/** Where records come from, as the event names it. */
export interface EventOrigin {
  /** arn:aws:kinesis:<region>:<account>:stream/<name> */
  readonly streamArn: string;
  readonly shardId: string;
}

/** Makes the records of Lambda's Kinesis event, and knows their length as JSON without writing it. */
export function makeEventRecords({ streamArn, shardId }: EventOrigin) {
  const [, , , awsRegion = '', account] = streamArn.split(':');
  const invokeIdentityArn = `arn:aws:iam::${account}:role/rig`;

  const recordOf = (
    partitionKey: string,
    sequenceNumber: string,
    data: string,
    approximateArrivalTimestamp: number,
  ): KinesisStreamRecord => ({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
      data,
      approximateArrivalTimestamp,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${shardId}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn,
    awsRegion,
    eventSourceARN: streamArn,
  });
  /** All but the partition key with its quotes, the two sequence numbers, the data and the time. */
  const emptyBytes = Buffer.byteLength(JSON.stringify(recordOf('', '', '', 0))) - '""0'.length;

  return (record: KinesisRecord): { record: KinesisStreamRecord; bytes: number } => {
    const {
      PartitionKey: key,
      SequenceNumber: sequence,
      Data,
      ApproximateArrivalTimestamp,
    } = record;
    if (key === undefined || sequence === undefined || Data === undefined) {
      throw new Error(`record ${sequence} of ${shardId} has no key or no data, expected both`);
    }
    const data = Buffer.from(Data.buffer, Data.byteOffset, Data.byteLength).toString('base64');
    const seconds = (ApproximateArrivalTimestamp?.getTime() ?? 0) / 1_000;
    const bytes =
      emptyBytes +
      Buffer.byteLength(JSON.stringify(key)) +
      2 * sequence.length +
      data.length +
      String(seconds).length;
    return { record: recordOf(key, sequence, data, seconds), bytes };
  };
}
