import type { Journal } from './journal';
import type { LaneHead } from './lane-head';

/** What watch remembers from one minute to the next, as JSON. */
export interface Snapshot {
  readonly atMs: number;
  /** lines promised or forwarded, by source shard */
  readonly forwarded: Readonly<Record<string, number>>;
  /** holes that were open, as `lane shard from-to` */
  readonly holes: readonly string[];
}

export interface Balance {
  /** holes that were open a minute ago and still are */
  readonly openHoles: readonly string[];
  /** lines that were forwarded a minute ago and are folded in no lane, by source shard */
  readonly unfolded: ReadonlyMap<string, number>;
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
      folded.set(shardId, (folded.get(shardId) ?? 0) + chain.lines);
      for (const [from, to] of chain.holes) holes.push(`${lane} ${shardId} ${from}-${to}`);
    }
  }
  const forwarded: Record<string, number> = {};
  const unfolded = new Map<string, number>();
  let forwardedLines = 0;
  let foldedLines = 0;
  for (const [shardId, { lines, cut }] of journals) {
    const all = lines + (cut?.lines ?? 0);
    const got = folded.get(shardId) ?? 0;
    forwarded[shardId] = all;
    forwardedLines += all;
    foldedLines += got;
    const missing = (before?.forwarded[shardId] ?? 0) - got;
    if (missing > 0) unfolded.set(shardId, missing);
  }
  const known = new Set(before?.holes);
  return {
    openHoles: holes.filter((hole) => known.has(hole)),
    unfolded,
    forwardedLines,
    foldedLines,
    snapshot: { atMs: nowMs, forwarded, holes },
  };
}
