import type { EventSettings } from '../settings';
import type { GuardList, KnownSet } from './guard-set';
import type { ModeOrder } from './modes';
import type { BlockMemory } from './plan';

/** When each CIDR was free again, or will be, as far as it is known. */
export function endsOf(
  memory: Readonly<Record<GuardList, readonly BlockMemory[]>>,
  sets: readonly KnownSet[],
): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  const add = (cidr: string, endMs = 0) => ends.set(cidr, Math.max(ends.get(cidr) ?? 0, endMs));
  for (const { cidr, endsMs } of memory.block) add(cidr, endsMs.at(-1));
  for (const { cidr, endsMs } of memory.count) add(cidr, endsMs.at(-1));
  for (const { truth } of sets) {
    for (const { cidr, block } of truth.records.values()) add(cidr, block?.untilMs);
  }
  return ends;
}

/** When time alone changes what is to be held. What people said of CIDRs ends as news. */
export function nextEndMs(
  events: readonly EventSettings[],
  order: ModeOrder | undefined,
  sets: readonly KnownSet[],
  nowMs: number,
): number {
  let nextMs = order !== undefined && order.untilMs > nowMs ? order.untilMs : Infinity;
  for (const { startAtMs, endAtMs } of events) {
    for (const edgeMs of [startAtMs, endAtMs]) {
      if (edgeMs > nowMs) nextMs = Math.min(nextMs, edgeMs);
    }
  }
  for (const { truth } of sets) {
    for (const { block } of truth.records.values()) {
      if (block !== undefined) nextMs = Math.min(nextMs, block.untilMs);
    }
  }
  return nextMs;
}
