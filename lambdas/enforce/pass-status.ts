import type { Decision } from '../core/guard/decide';
import { type KnownSet, setKeyOf } from '../core/guard/guard-set';
import type { GuardMode } from '../core/settings';

/** What people are told of the last pass: the status item of Blocks. */
export function statusOf(
  { plan, noRoom }: Decision,
  { atMs, mode, sets }: { atMs: number; mode: GuardMode; sets: readonly KnownSet[] },
): object {
  return {
    atMs,
    mode,
    overflow: (plan?.overflow.length ?? 0) + noRoom.length,
    spared: plan?.spared.length ?? 0,
    cut: plan?.collateral.cut ?? 0,
    sets: Object.fromEntries(sets.map((set) => [setKeyOf(set), set.truth.records.size])),
  };
}

/** Suspects that found no room. */
export function waitingOf({ plan, noRoom }: Decision): ReadonlySet<string> {
  return new Set([...(plan?.overflow ?? []), ...noRoom].map(({ cidr }) => cidr));
}
