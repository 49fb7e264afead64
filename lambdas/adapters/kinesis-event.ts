import type { KinesisStreamEvent } from 'aws-lambda';
import type { SourceRecord } from '../core/road/ports';

/** A batch of one shard, as Lambda delivers it. */
export interface Batch {
  readonly shardId: string;
  readonly records: readonly SourceRecord[];
}

/**
 * Reads the event. A record without data is a record all the same, and empty; one without a place in its
 * shard cannot be counted exactly once, and stops.
 */
export function decodeBatch({ Records }: KinesisStreamEvent): Batch {
  const [shardId] = Records[0]!.eventID.split(':');
  const place = `${shardId}:`;
  const records = Records.map(({ eventID, kinesis }) => {
    const sequence = eventID.slice(place.length);
    if (!eventID.startsWith(place) || sequence === '' || sequence.includes(':')) {
      throw new Error(`event has record ${eventID}, expected ${shardId}:<sequence number>`);
    }
    const data = typeof kinesis.data === 'string' ? Buffer.from(kinesis.data, 'base64') : EMPTY;
    return {
      sequence,
      data,
      arrivalMs: Math.round(kinesis.approximateArrivalTimestamp * 1_000),
    };
  });
  return { shardId: shardId!, records };
}

const EMPTY = new Uint8Array(0);
