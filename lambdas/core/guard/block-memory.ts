/** How often and how long: the rules P7 and P10 of docs/GUARD.md. */
import type { Block, BlockMemory, PlanSettings } from './plan';

const MINUTE_MS = 60_000;
/** For so long a block counts as a strike after its end. */
export const STRIKE_MS = 24 * 60 * MINUTE_MS;
/** For so long after the end of a block viewers are taken to be on their way back. */
export const FROZEN_MS = 10 * MINUTE_MS;
/** A block is shortened by up to this. */
export const JITTER_PERCENT_MAX = 10;
/** Of one CIDR. 2^15 minutes is longer than any block may last. */
const ENDS_MAX = 16;

/** The memory with what is in force written into it, and without what is older than a day. */
export function rememberBlocks(
  memory: readonly BlockMemory[],
  current: readonly Block[],
  nowMs: number,
): Map<string, BlockMemory> {
  const inForce = new Map(current.map((block) => [block.cidr, block]));
  const known = new Map<string, BlockMemory>();
  for (const old of memory) {
    // What is no longer in force and has not ended was taken out before its time.
    const endsMs = inForce.has(old.cidr) ? old.endsMs : old.endsMs.map((ms) => Math.min(ms, nowMs));
    known.set(old.cidr, { ...old, endsMs });
  }
  for (const { cidr, untilMs, verifiedViewers } of current) {
    const before = known.get(cidr)?.endsMs ?? [];
    // A CIDR has one block at a time; of people's blocks the end may have been moved.
    const ended = before.filter((ms) => ms <= nowMs && ms !== untilMs);
    known.set(cidr, { cidr, endsMs: [...ended, untilMs].slice(-ENDS_MAX), verifiedViewers });
  }
  const cidrs = [...known.keys()].sort();
  return new Map(
    cidrs.flatMap((cidr) => {
      const own = known.get(cidr)!;
      const endsMs = own.endsMs.filter((ms) => ms > nowMs - STRIKE_MS);
      return endsMs.length === 0 ? [] : [[cidr, { ...own, endsMs }] as const];
    }),
  );
}

/** Whether G is still that of before the first block. */
export function isFrozen({ endsMs }: BlockMemory, nowMs: number): boolean {
  return endsMs.at(-1)! > nowMs - FROZEN_MS;
}

/** How long a block lasts: the same for the same CIDR and strike, and different for its neighbours. */
export function blockMs(cidr: string, strikes: number, settings: PlanSettings): number {
  const { firstMinutes, longestMinutes } = settings;
  const minutes = Math.min(longestMinutes, firstMinutes * 2 ** (strikes - 1));
  const shorter = (JITTER_PERCENT_MAX / 100) * (hashOf(`${cidr}#${strikes}`) / 2 ** 32);
  return Math.round(minutes * MINUTE_MS * (1 - shorter));
}

/** FNV-1a, its bits mixed once more: neighbours differ in their last letters only. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
