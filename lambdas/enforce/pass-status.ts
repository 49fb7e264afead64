import type { Telemetry } from '../adapters/telemetry';
import type { Decision } from '../core/guard/decide';
import { type ExcessReport, largestHits } from '../core/guard/excess';
import { type KnownSet, setKeyOf } from '../core/guard/guard-set';
import { GUARD_MODES, type GuardMode } from '../core/settings';

/** What people are told of the last pass: the status item of Blocks. */
export function statusOf(
  { plan, noRoom }: Decision,
  facts: { atMs: number; mode: GuardMode; sets: readonly KnownSet[]; excess: ExcessReport },
): object {
  const { atMs, mode, sets, excess } = facts;
  return {
    atMs,
    mode,
    overflow: (plan?.overflow.length ?? 0) + noRoom.length,
    spared: plan?.spared.length ?? 0,
    cut: plan?.collateral.cut ?? 0,
    excess,
    sets: Object.fromEntries(sets.map((set) => [setKeyOf(set), set.truth.records.size])),
  };
}

export function reportPass(
  telemetry: Telemetry,
  { plan, noRoom, deferred }: Decision,
  mode: GuardMode,
  excess: ExcessReport,
): void {
  telemetry.value('GuardMode', GUARD_MODES.length - 1 - GUARD_MODES.indexOf(mode), 'Count');
  telemetry.value('ExcessHits', excess.hits, 'Count');
  telemetry.value('ExcessNetworkHits', largestHits(excess.byNetwork), 'Count');
  telemetry.value('ExcessContentHits', largestHits(excess.byContent), 'Count');
  if (deferred > 0) telemetry.count('ChangesDeferred', deferred);
  if (plan === undefined) return;
  const overflow = plan.overflow.length + noRoom.length;
  telemetry.value('BlocksWanted', plan.blocks.length, 'Count');
  telemetry.value('BlocksOverflow', overflow, 'Count');
  telemetry.value('BlocksSpared', plan.spared.length, 'Count');
  telemetry.value('ViewersCovered', plan.collateral.viewers, 'Count');
  telemetry.value('ViewersCut', plan.collateral.cutViewers, 'Count');
  if (overflow > 0) telemetry.error('suspects found no room', { overflow });
}

/** Suspects that found no room. */
export function waitingOf({ plan, noRoom }: Decision): ReadonlySet<string> {
  return new Set([...(plan?.overflow ?? []), ...noRoom].map(({ cidr }) => cidr));
}
