import type { GuardReader } from '../../lambdas/adapters/guard-reader';
import type { ManualStore } from '../../lambdas/adapters/manual-store';
import { forEachParallel } from '../../lambdas/adapters/parallel';
import { type PassStatus, countSets, parseStatus } from '../../lambdas/api/block-list';
import { ExcessMemory, type ExcessReport } from '../../lambdas/core/guard/excess';
import type { GuardList } from '../../lambdas/core/guard/guard-set';
import { whyMode } from '../../lambdas/core/guard/modes';
import { SUSPECTS_MAX } from '../../lambdas/core/guard/suspect-memory';
import type { Settings } from '../../lambdas/core/settings';

/** The guard at one moment. */
export interface GuardMoment {
  readonly mode: string;
  /** entries of ours in the sets of each list */
  readonly blocks: Readonly<Record<GuardList, number>>;
  readonly waiting: number;
  /** of the suspects that lanes told in the last minute */
  readonly excess: ExcessReport;
  readonly status: PassStatus | undefined;
}

export interface GuardWatchProps {
  readonly guard: GuardReader;
  readonly manual: Pick<ManualStore, 'load'>;
  readonly settings: Settings;
  readonly now: () => number;
}

export interface GuardWatch {
  look(): Promise<GuardMoment>;
}

const LANES_AT_ONCE = 16;
/** Parts that are read of a lane at one look; tally writes at most some in a second. */
const PARTS_MAX = 60;

/** Remembers what was read of lanes, so that each look reads only what is new. */
export function makeGuardWatch({ guard, manual, settings, now }: GuardWatchProps): GuardWatch {
  const lanes = Array.from({ length: settings.lanes }, () => '');
  const told = new ExcessMemory(SUSPECTS_MAX);

  async function readLane(lane: number): Promise<void> {
    const parts = await guard.loadBatches(lane, { after: lanes[lane]!, partsMax: PARTS_MAX });
    for (const { part } of parts) {
      for (const suspect of part?.suspects ?? []) told.take(suspect, part!.atMs);
    }
    lanes[lane] = parts[0]?.sk ?? lanes[lane]!;
  }

  return {
    async look() {
      const nowMs = now();
      const numbers = lanes.map((_, lane) => lane);
      const [sets, status, entries] = await Promise.all([
        guard.loadSets(),
        guard.loadStatus(),
        manual.load(nowMs),
        forEachParallel(numbers, LANES_AT_ONCE, readLane),
      ]);
      const counts = countSets(sets);
      const of = (list: GuardList) => countSets(sets.filter((set) => set.list === list)).ours;
      return {
        mode: whyMode(settings, entries.mode, nowMs).mode,
        blocks: { block: of('block'), count: of('count') },
        waiting: counts.waiting,
        excess: told.report(nowMs),
        status: parseStatus(status),
      };
    },
  };
}
