import {
  PutRecordsCommand,
  type PutRecordsCommandOutput,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import type { OutgoingPacket, PacketWriter } from '../core/road/ports';
import { backoffMs, isThrottling, nameOf, THROTTLED_ATTEMPTS_MAX, type Patience } from './backoff';
import type { Kinesis } from './clients';
import { forEachParallel } from './parallel';

/** Limits of PutRecords; a record's bytes are its data and its partition key. */
export const RECORDS_PER_CALL_MAX = 500;
export const CALL_BYTES_MAX = 10 * 1_024 * 1_024;
export const RECORD_BYTES_MAX = 1_024 * 1_024;
const PARALLEL_MAX = 4;
const HASH_KEYS = 1n << 128n;

export interface PacketWriterProps extends Patience {
  readonly kinesis: Kinesis;
  /** A name, not an ARN: emulators know streams by name. */
  readonly stream: string;
  readonly lanes: number;
}

/**
 * Puts packets on the second stream, each on the shard of its lane. What Kinesis refuses is sent again
 * alone, after a while; there is no order to keep, because no two packets are of one lane.
 */
export function makePacketWriter(props: PacketWriterProps): PacketWriter {
  const { kinesis, stream, lanes, pause, random } = props;

  async function sendCall(call: readonly PutRecordsRequestEntry[]): Promise<void> {
    let left = call;
    let refusal = '';
    for (let attempt = 1; attempt <= THROTTLED_ATTEMPTS_MAX; attempt += 1) {
      if (attempt > 1) await pause(backoffMs(attempt - 1, random));
      try {
        const command = new PutRecordsCommand({ StreamName: stream, Records: [...left] });
        const refused = refusedOf(await kinesis.send(command), left.length);
        if (refused.size === 0) return;
        left = left.filter((_, n) => refused.has(n));
        refusal = [...refused.values()].at(-1)!;
      } catch (error) {
        if (!isThrottling(error)) throw error;
        refusal = nameOf(error);
      }
    }
    throw new Error(
      `${stream} refused ${left.length} of ${call.length} packets in ${THROTTLED_ATTEMPTS_MAX} attempts, the last with ${refusal}`,
    );
  }

  return {
    async send(packets) {
      checkLanes(packets, lanes);
      const entries = packets.map(({ lane, data }) => ({
        Data: data,
        PartitionKey: partitionKeyOf(lane),
        ExplicitHashKey: hashKeyOfLane(lane, lanes),
      }));
      await forEachParallel(planCalls(entries), PARALLEL_MAX, sendCall);
    },
  };
}

/**
 * The middle of a lane's equal share of all hash keys. So lanes spread over any number of shards, and
 * the ends of the range, where emulators are wrong by one or fail, are not touched.
 */
export function hashKeyOfLane(lane: number, lanes: number): string {
  return ((HASH_KEYS * BigInt(2 * lane + 1)) / BigInt(2 * lanes)).toString();
}

const partitionKeyOf = (lane: number) => `lane-${lane}`;

function checkLanes(packets: readonly OutgoingPacket[], lanes: number): void {
  const seen = new Set<number>();
  for (const { lane, data } of packets) {
    if (!(Number.isInteger(lane) && lane >= 0 && lane < lanes)) {
      throw new Error(`packet is of lane ${lane}, expected 0 to ${lanes - 1}`);
    }
    if (seen.has(lane)) throw new Error(`lane ${lane} has two packets in one call`);
    seen.add(lane);
    const bytes = data.length + partitionKeyOf(lane).length;
    if (bytes > RECORD_BYTES_MAX) {
      throw new Error(
        `packet of lane ${lane} has ${bytes} bytes with its key, expected at most ${RECORD_BYTES_MAX}`,
      );
    }
  }
}

function planCalls(entries: readonly PutRecordsRequestEntry[]): PutRecordsRequestEntry[][] {
  const calls: PutRecordsRequestEntry[][] = [];
  let bytes = Infinity; // so that the first entry begins a call
  for (const entry of entries) {
    const size = entry.Data!.length + entry.PartitionKey!.length;
    const call = calls.at(-1);
    if (
      call !== undefined &&
      call.length < RECORDS_PER_CALL_MAX &&
      bytes + size <= CALL_BYTES_MAX
    ) {
      call.push(entry);
      bytes += size;
    } else {
      calls.push([entry]);
      bytes = size;
    }
  }
  return calls;
}

/** Which records were refused, by place, with the code of each. */
function refusedOf(answer: PutRecordsCommandOutput, sent: number): Map<number, string> {
  const records = answer.Records ?? [];
  if (records.length !== sent) {
    throw new Error(`PutRecords answered for ${records.length} records, expected ${sent}`);
  }
  const refused = new Map<number, string>();
  records.forEach(({ ErrorCode, SequenceNumber }, n) => {
    if (ErrorCode || !SequenceNumber) refused.set(n, ErrorCode || 'no code');
  });
  return refused;
}
