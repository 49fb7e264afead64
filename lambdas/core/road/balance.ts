import type { Journal } from './journal';
import type { LaneHead } from './lane-head';

/** Holes that are remembered; an alarm needs one, and the snapshot is one item. */
const HOLES_MAX = 1_000;

/** What watch remembers from one minute to the next, as JSON. */
export interface Snapshot {
  readonly atMs: number;
  /** lines promised or forwarded, by source shard */
  readonly forwarded: Readonly<Record<string, number>>;
  /** lines folded, by source shard */
  readonly folded: Readonly<Record<string, number>>;
  /** holes that were open, as `lane shard from-to`, the first of them in the order of their names */
  readonly holes: readonly string[];
}

export interface Balance {
  /** holes that were open a minute ago and still are */
  readonly openHoles: readonly string[];
  /** lines that were forwarded a minute ago and are folded in no lane, by source shard */
  readonly unfolded: ReadonlyMap<string, number>;
  /** lines folded a minute ago that were never forwarded: counted twice. By source shard */
  readonly surplus: ReadonlyMap<string, number>;
  readonly forwardedLines: number;
  readonly foldedLines: number;
  readonly snapshot: Snapshot;
}

/**
 * Compares what was forwarded with what was folded, shard by shard. What is under way is no difference,
 * so holes and lines count only if they were there in the snapshot before, too.
 */
export function balanceRoad(
  journals: ReadonlyMap<string, Journal>,
  heads: ReadonlyMap<number, LaneHead>,
  before: Snapshot | undefined,
  nowMs: number,
): Balance {
  const folded = new Map<string, number>();
  const holes: string[] = [];
  for (const [lane, { chains }] of heads) {
    for (const [shardId, chain] of chains) {
      if (isOfJournal(journals.get(shardId), lane)) {
        folded.set(shardId, (folded.get(shardId) ?? 0) + chain.lines);
      }
      for (const [from, to] of chain.holes) holes.push(`${lane} ${shardId} ${from}-${to}`);
    }
  }
  const forwarded: Record<string, number> = {};
  const sums: Record<string, number> = {};
  const unfolded = new Map<string, number>();
  const surplus = new Map<string, number>();
  let forwardedLines = 0;
  let foldedLines = 0;
  for (const [shardId, { lines, cut }] of journals) {
    const all = lines + (cut?.lines ?? 0);
    const got = folded.get(shardId) ?? 0;
    forwarded[shardId] = all;
    sums[shardId] = got;
    forwardedLines += all;
    foldedLines += got;
    const missing = (before?.forwarded[shardId] ?? 0) - got;
    if (missing > 0) unfolded.set(shardId, missing);
    const twice = (before?.folded[shardId] ?? 0) - all;
    if (twice > 0) surplus.set(shardId, twice);
  }
  const open = new Set(before?.holes);
  return {
    openHoles: holes.filter((hole) => open.has(hole)),
    unfolded,
    surplus,
    forwardedLines,
    foldedLines,
    snapshot: {
      atMs: nowMs,
      forwarded,
      folded: sums,
      holes: holes.sort().slice(0, HOLES_MAX),
    },
  };
}

/** A journal that expired in a quiet month began anew, and knows nothing of what chains had before. */
function isOfJournal(journal: Journal | undefined, lane: number): boolean {
  if (journal === undefined) return false;
  return journal.last[lane]! > 0 || journal.cut?.lanesWith.includes(lane) === true;
}
