import type { Journal } from './journal';
import type { SourceRecord } from './ports';
import { compareSequence } from './sequence';

/** Records of one interval hold at most so many bytes together (one record always fits). */
export const INTERVAL_BYTES_MAX = 4_194_304;

/** The number in a shard id: shardId-000000000017 is 17. */
export function numberOfShard(shardId: string): number {
  const [, digits] = /-(\d+)$/.exec(shardId) ?? [];
  if (digits === undefined)
    throw new Error(`shard is called ${shardId}, expected shardId-<number>`);
  return Number(digits);
}

/** The lane that carries what belongs to no viewer of a source shard: lines that could not be read. */
export function homeLaneOf(shardId: string, lanes: number): number {
  return numberOfShard(shardId) % lanes;
}

/** Cuts records into intervals of bounded size. */
export function splitRecords(records: readonly SourceRecord[]): SourceRecord[][] {
  const parts: SourceRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    bytes += record.data.length;
    if (bytes > INTERVAL_BYTES_MAX) {
      parts.push([]);
      bytes = record.data.length;
    }
    parts.at(-1)!.push(record);
  }
  return parts;
}

/**
 * Whether records may have expired between the last that was read and `first`, which lies behind it: the
 * last is older than the stream remembers, and `first` at the edge of what it remembers. How many they
 * were cannot be known.
 */
export function expiredUnread(
  { cut }: Journal,
  first: SourceRecord,
  { now, retentionMs }: { now: () => number; retentionMs: number },
): boolean {
  if (cut === undefined || compareSequence(first.sequence, cut.to) <= 0) return false;
  const nowMs = now();
  return nowMs - cut.arrivalMs > retentionMs && nowMs - first.arrivalMs > retentionMs * 0.95;
}
