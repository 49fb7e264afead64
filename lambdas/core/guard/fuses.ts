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
 * viewers or the exempt is no such change. Removals that make room have up to half, and wider blocks that take the
 * place of others go before all, or in a full list each would wait for the other for ever.
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
  const makers = makersOfRoom(fresh, leaving);
  const order = [...fresh].sort(
    (a, b) => Number(makers.has(b.cidr)) - Number(makers.has(a.cidr)) || byWeight(a, b),
  );
  const allowed = new Set(order.slice(0, max - forRemovals));
  const staying = blocks.filter((block) => !isFresh(block) || allowed.has(block));
  const cidrs = new Set(staying.map(({ cidr }) => cidr));
  const mayLeave = leaving.filter(
    ({ block, why }) => why === 'room' || coverOf(block, cidrs) !== undefined,
  );
  // The least of them go first: the worst are held longest.
  const byLeast = mayLeave.map(({ block }) => block).sort((a, b) => byWeight(b, a));
  const gone = new Set(byLeast.slice(0, max - allowed.size));
  const kept = leaving.map(({ block }) => block).filter((block) => !gone.has(block));
  return {
    blocks: [...staying, ...kept],
    deferred: fresh.length - allowed.size + kept.length,
  };
}

/** New blocks that take the place of others. */
function makersOfRoom(fresh: readonly Block[], leaving: readonly Removed[]): ReadonlySet<string> {
  const cidrs = new Set(fresh.map(({ cidr }) => cidr));
  const makers = new Set<string>();
  for (const { block, why } of leaving) {
    const cover = why === 'wider' ? coverOf(block, cidrs) : undefined;
    if (cover !== undefined) makers.add(cover);
  }
  return makers;
}

/** The wider block that was to take its place, if it is there. */
function coverOf({ cidr }: Block, cidrs: ReadonlySet<string>): string | undefined {
  const prefix = parsePrefix(cidr);
  if (prefix === undefined) return undefined;
  for (let { bits } = prefix; bits > 0; bits -= 1) {
    const cover = prefixText(widen(prefix, bits));
    if (cidrs.has(cover)) return cover;
  }
  return undefined;
}

/** Verified viewers of one lane, as they were last told. */
export interface LanePresence {
  readonly viewers: number;
  /** of them, those behind sources that are refused */
  readonly refused: number;
  /** newest arrival that the lane had folded */
  readonly atMs: number;
}

export type Presence = ReadonlyMap<number, LanePresence>;

/** Below this it is chance. */
const REFUSED_MIN = 20;
/** So long after a push. */
export const ROLLBACK_MS = 30_000;

/**
 * F3: whether verified viewers vanished from what is served because of a push: so many more of them are refused since.
 * Who leaves at a final whistle, or because the origin fails, is refused by nobody. Only lanes that spoke since
 * are compared; what it is a share of is all that was known of before.
 */
export function hasPresenceFallen(
  { atMs, presence }: { readonly atMs: number; readonly presence: Presence },
  now: Presence,
  fallPercent: number,
): boolean {
  let [before, grown] = [0, 0];
  for (const { viewers } of presence.values()) before += viewers;
  for (const [lane, told] of now) {
    if (told.atMs <= atMs || told.atMs > atMs + ROLLBACK_MS) continue;
    const known = presence.get(lane);
    grown += told.refused - (known?.refused ?? 0);
    // Whoever said nothing before is known by what it says now: who is refused counts for a minute.
    if (known === undefined) before += told.viewers;
  }
  return grown >= REFUSED_MIN && grown * 100 >= fallPercent * before;
}
