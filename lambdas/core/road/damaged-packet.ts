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
