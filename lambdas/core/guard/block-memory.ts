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

/** What is remembered of each CIDR. */
export interface Remembered {
  readonly get: (cidr: string) => BlockMemory | undefined;
  /** sorted by CIDR */
  readonly list: readonly BlockMemory[];
}

interface Slot {
  /** undefined if nothing is left to remember */
  own: BlockMemory | undefined;
  isInForce: boolean;
}

/** The memory with what is in force written into it, and without what is older than a day. */
export function rememberBlocks(
  memory: readonly BlockMemory[],
  current: readonly Block[],
  nowMs: number,
): Remembered {
  const slots = new Map<string, Slot>();
  for (const own of memory) slots.set(own.cidr, { own, isInForce: false });
  for (const block of current) {
    const slot = slots.get(block.cidr);
    if (slot === undefined) {
      slots.set(block.cidr, { own: withBlock(undefined, block, nowMs), isInForce: true });
    } else {
      slot.own = withBlock(slot.own, block, nowMs);
      slot.isInForce = true;
    }
  }
  const list: BlockMemory[] = [];
  for (const slot of slots.values()) {
    slot.own = endedBy(slot.own!, slot.isInForce, nowMs);
    if (slot.own !== undefined) list.push(slot.own);
  }
  list.sort((a, b) => (a.cidr < b.cidr ? -1 : 1));
  return { list, get: (cidr) => slots.get(cidr)?.own };
}

function withBlock(
  old: BlockMemory | undefined,
  { cidr, untilMs, verifiedViewers }: Block,
  nowMs: number,
): BlockMemory {
  if (old !== undefined && old.verifiedViewers === verifiedViewers) {
    // So it is in nearly all passes of nearly all blocks.
    if (old.endsMs.length === 1 && old.endsMs[0] === untilMs) return old;
  }
  // A CIDR has one block at a time; of people's blocks the end may have been moved.
  const ended = (old?.endsMs ?? []).filter((ms) => ms <= nowMs && ms !== untilMs);
  return { cidr, endsMs: [...ended, untilMs].slice(-ENDS_MAX), verifiedViewers };
}

/** What is no longer in force and has not ended was taken out before its time; what is a day old is forgotten. */
function endedBy(own: BlockMemory, isInForce: boolean, nowMs: number): BlockMemory | undefined {
  const oldestMs = nowMs - STRIKE_MS;
  let isSame = own.endsMs.length > 0;
  for (const ms of own.endsMs) isSame &&= ms > oldestMs && (isInForce || ms <= nowMs);
  if (isSame) return own;
  const ends = isInForce ? own.endsMs : own.endsMs.map((ms) => Math.min(ms, nowMs));
  const endsMs = ends.filter((ms) => ms > oldestMs);
  return endsMs.length === 0 ? undefined : { ...own, endsMs };
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
