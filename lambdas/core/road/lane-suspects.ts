import type { Days } from '../audience/day';
import { LaneGuard, type Mark } from '../guard/lane-guard';
import type { Rhythm } from '../guard/rules';
import type { SuspectBatch } from '../guard/suspect';
import { ViewersByAddress, conformingOf, makeViewerLookup } from '../guard/viewers-by-address';
import type { Changes } from './changes';
import type { LaneDay } from './lane-day';
import type { Packet } from './packet';

export interface LaneSuspectsProps {
  readonly lane: number;
  readonly rhythm: Rhythm;
  readonly days: Days;
  /** @default 8,192 */
  readonly sourcesMax?: number;
}

/** What one fold of a lane has for its guard. */
export interface GuardStep {
  readonly packets: readonly Packet[];
  /** by broadcast day, with the packets joined */
  readonly atHand: ReadonlyMap<number, LaneDay>;
  readonly version: number;
  readonly newestMs: number;
  readonly changes: Changes;
}

/**
 * The guard of a lane beside its viewers. It lives in memory alone: a lane that is thrown away takes its
 * guard along, so no packet is judged twice.
 */
export class LaneSuspects {
  private readonly guard: LaneGuard;

  constructor(private readonly props: LaneSuspectsProps) {
    this.guard = new LaneGuard(props);
  }

  get bytesUsed(): number {
    return this.guard.table.bytesUsed;
  }

  /** Sources and slots that had no place, here or in packets. */
  get dropped(): number {
    return this.guard.table.dropped;
  }

  /** Judges the sources, and makes the viewers of suspects invalid. Returns the days that it changed. */
  fold(step: GuardStep): { batch: SuspectBatch | undefined; days: number[] } {
    const { packets, atHand, version, newestMs } = step;
    const { days, rhythm } = this.props;
    const cells = packets.flatMap(({ sources }) => sources);
    const byDay = new Map<number, ViewersByAddress>();
    const viewersOf = (day: number) => {
      const laneDay = atHand.get(day);
      if (laneDay === undefined) return undefined;
      let viewers = byDay.get(day);
      if (viewers === undefined) {
        viewers = new ViewersByAddress(laneDay.audience, (n) => days.startOf(n));
        byDay.set(day, viewers);
      }
      return viewers;
    };
    const lookup = makeViewerLookup(viewersOf, days, rhythm);
    const { batch, marks } = this.guard.fold(cells, lookup, { version, newestMs });
    const changed = new Set<number>();
    for (const mark of marks) {
      const { day } = days.at(mark.atMs);
      const viewers = viewersOf(day);
      if (viewers === undefined) continue;
      if (this.mark(mark, viewers, atHand.get(day)!, step.changes) > 0) changed.add(day);
    }
    return { batch, days: [...changed] };
  }

  private mark(
    { address, atMs, isNew }: Mark,
    viewers: ViewersByAddress,
    laneDay: LaneDay,
    changes: Changes,
  ): number {
    const { days, rhythm } = this.props;
    const entries = viewers.entriesOf(address, days.at(atMs).day);
    const conforming = new Set(conformingOf(viewers, entries, rhythm));
    const guilty = entries.filter(
      (entry) => !conforming.has(entry) && (isNew || viewers.isIdle(entry)),
    );
    let marked = 0;
    for (const entry of guilty) {
      if (!laneDay.markSuspect(entry, changes)) continue;
      changes.addCorrection(laneDay.audience.table.contentOf(entry));
      marked += 1;
    }
    return marked;
  }
}
