import { checkStateVersion } from '../audience/lane-state';
import type { Changes } from './changes';
import type { LaneDay } from './lane-day';
import type { Packet } from './packet';

/**
 * A packet whose viewers cannot be read. The lane that met it is half changed and must be thrown away;
 * without the packet it can be counted, with a hole that stays open.
 */
export class DamagedPacket extends Error {
  constructor(
    readonly packet: Packet,
    cause: unknown,
  ) {
    const { lane, shardId, ordinal } = packet;
    super(`packet ${ordinal} of ${shardId} to lane ${lane} is damaged: ${String(cause)}`);
  }
}

/** Joins entries of a packet. Throws DamagedPacket if they cannot be read. */
export function foldEntries(
  laneDay: LaneDay,
  packet: Packet,
  entries: Uint8Array,
  changes: Changes,
): void {
  // Entries of another version are whole, and are to be read by who can.
  checkStateVersion(entries);
  try {
    laneDay.fold(entries, changes);
  } catch (error) {
    throw new DamagedPacket(packet, error);
  }
}
