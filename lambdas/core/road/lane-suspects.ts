import type { Days } from '../audience/day';
import { LaneGuard, type Mark } from '../guard/lane-guard';
import { withOrigins } from '../guard/origin';
import type { Rhythm } from '../guard/rules';
import type { SourceCell } from '../guard/source-cells';
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

/** Packets that are remembered: more than are under way at once. */
const PACKETS_MAX = 4_096;

/**
 * The guard of a lane beside its viewers, in memory alone. It outlives the lane that it came with: who loads the lane
 * anew, because another process had it meanwhile, goes on with what it saw itself. A packet whose commit failed comes
 * again, and is added once.
 */
export class LaneSuspects {
  private readonly guard: LaneGuard;
  private readonly added = new Set<string>();

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

  /** The commit of the last fold failed: what it would have told was not told. */
  untell(): void {
    this.guard.untell();
  }

  /** Judges the sources, and makes the viewers of suspects invalid. Returns the days that it changed. */
  fold(step: GuardStep): { batch: SuspectBatch | undefined; days: number[] } {
    const { packets, atHand, version, newestMs } = step;
    const { days, rhythm } = this.props;
    const isKnown = (packet: Packet) => this.added.has(nameOf(packet));
    const known = packets.filter(isKnown).flatMap(({ sources }) => sources);
    const news = packets.filter((packet) => !isKnown(packet));
    const cells = news.flatMap(({ sources }) => sources);
    const mediaHits = news.reduce((sum, packet) => sum + packet.mediaHits, 0);
    for (const packet of packets) this.added.add(nameOf(packet));
    for (const name of this.added) {
      if (this.added.size <= PACKETS_MAX) break;
      this.added.delete(name);
    }
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
    const isCut = packets.some(({ sourcesDropped }) => sourcesDropped > 0);
    const told = { version, newestMs, mediaHits, isCut, known };
    const { batch, marks } = this.guard.fold(cells, lookup, told);
    const changed = new Set<number>();
    for (const mark of marks) {
      const { day } = days.at(mark.atMs);
      const viewers = viewersOf(day);
      if (viewers === undefined) continue;
      if (this.mark(mark, viewers, atHand.get(day)!, step.changes) > 0) changed.add(day);
    }
    return { batch: batch && withOrigin(batch, [...cells, ...known]), days: [...changed] };
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

function withOrigin(batch: SuspectBatch, cells: readonly SourceCell[]): SuspectBatch {
  return { ...batch, suspects: withOrigins(batch.suspects, cells) };
}

function nameOf({ shardId, ordinal }: Packet): string {
  return `${shardId} ${ordinal}`;
}
