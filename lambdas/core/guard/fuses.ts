import { byWeight } from './assign';
import type { Block, Removed } from './plan';
import { parsePrefix, prefixText, widen } from './prefix';

/** The fuses that the plan does not hold itself: docs/GUARD.md, "Fuses". */

export interface Change {
  readonly blocks: readonly Block[];
  /** additions and removals that wait for the next pass */
  readonly deferred: number;
}

/**
 * F2: at most `max` CIDRs change in one pass. What people want, what ends, and what must go because it hits
 * viewers or the exempt is no such change. Removals that make room have up to half, or both would wait
 * for each other.
 */
export function limitChange(
  current: ReadonlyMap<string, Block>,
  { blocks, removed }: { blocks: readonly Block[]; removed: readonly Removed[] },
  max: number,
): Change {
  const isFresh = (block: Block) => block.rule !== 'manual' && !current.has(block.cidr);
  const fresh = blocks.filter(isFresh);
  const leaving = removed.filter(({ why }) => why === 'room' || why === 'wider');
  if (fresh.length + leaving.length <= max) return { blocks, deferred: 0 };
  const forRemovals = Math.min(leaving.length, Math.floor(max / 2));
  const allowed = new Set([...fresh].sort(byWeight).slice(0, max - forRemovals));
  const staying = blocks.filter((block) => !isFresh(block) || allowed.has(block));
  const cidrs = new Set(staying.map(({ cidr }) => cidr));
  const mayLeave = leaving.filter(({ block, why }) => why === 'room' || isCovered(block, cidrs));
  // The least of them go first: the worst are held longest.
  const byLeast = mayLeave.map(({ block }) => block).sort((a, b) => byWeight(b, a));
  const gone = new Set(byLeast.slice(0, max - allowed.size));
  const kept = leaving.map(({ block }) => block).filter((block) => !gone.has(block));
  return {
    blocks: [...staying, ...kept],
    deferred: fresh.length - allowed.size + kept.length,
  };
}

/** Whether the wider block that was to take its place is there. */
function isCovered({ cidr }: Block, cidrs: ReadonlySet<string>): boolean {
  const prefix = parsePrefix(cidr);
  if (prefix === undefined) return false;
  for (let { bits } = prefix; bits > 0; bits -= 1) {
    if (cidrs.has(prefixText(widen(prefix, bits)))) return true;
  }
  return false;
}

/** Verified viewers by lane, as they were last told. */
export type Presence = ReadonlyMap<number, { readonly viewers: number; readonly atMs: number }>;

/** Below this a fall is chance. */
const PRESENCE_MIN = 20;
/** So long after a push. */
export const ROLLBACK_MS = 30_000;

/** F3: whether verified presence fell after a push. Only lanes that spoke since are compared. */
export function hasPresenceFallen(
  { atMs, presence }: { readonly atMs: number; readonly presence: Presence },
  now: Presence,
  fallPercent: number,
): boolean {
  let [before, after] = [0, 0];
  for (const [lane, told] of now) {
    const known = presence.get(lane);
    if (known === undefined || told.atMs <= atMs || told.atMs > atMs + ROLLBACK_MS) continue;
    before += known.viewers;
    after += told.viewers;
  }
  return before >= PRESENCE_MIN && (before - after) * 100 >= fallPercent * before;
}
