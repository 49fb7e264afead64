/** One lane with its head and blobs, fed with packets that were put together by hand. */
import { type Commit, LANE_LIMITS, Lane, type LaneProps } from '../../lambdas/core/road/lane';
import { blobsOf, decodeHead } from '../../lambdas/core/road/lane-head';
import { type Packet, type PacketLedger, emptyFacts } from '../../lambdas/core/road/packet';
import type { StoredHead } from '../../lambdas/core/road/ports';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { DAYS, type SeenViewer, entriesOf } from './lane-entries';
import { ItemMap } from './road-in-memory';

export const LANE = 1;
export const LANE_RULES = { lanes: 16, timeZone: 'UTC', dayStartHour: 6, pagesPerDayMax: 800 };

export interface PacketOptions {
  readonly shardId?: string;
  readonly previous?: number;
  /** @default the time of arrival, as intake does */
  readonly ordinal?: number;
  readonly arrivalMs: number;
  /** by broadcast day */
  readonly viewers?: Readonly<Record<number, readonly SeenViewer[]>>;
  readonly ledger?: Partial<PacketLedger>;
}

export function packetOf(options: PacketOptions): Packet {
  const { arrivalMs, viewers = {}, ledger = {}, previous = 0, ordinal = arrivalMs } = options;
  const facts = emptyFacts(arrivalMs);
  return {
    ...facts,
    ...{ lanes: 16, lane: LANE, shardId: options.shardId ?? 'shardId-000000000000' },
    ...{ previous, ordinal },
    ledger: { ...facts.ledger, ...ledger },
    days: Object.entries(viewers).map(([day, seen]) => ({
      day: Number(day),
      entries: entriesOf(Number(day), seen),
    })),
  };
}

export class LaneRig {
  readonly items = new ItemMap();
  readonly blobs = new Map<string, Uint8Array>();
  stored: StoredHead | undefined;
  lane: Lane;

  constructor(private readonly props: Partial<LaneProps> = {}) {
    this.lane = this.make();
  }

  /** What tally does with packets, all in one version. */
  fold(...packets: readonly Packet[]): Commit & { readonly loaded: readonly number[] } {
    const { fresh, duplicates } = this.lane.place(packets);
    const loaded: number[] = [];
    for (const [day, stored] of this.lane.missingDays(fresh)) {
      const own = blobsOf(stored).map(({ id }) => [id, this.blobs.get(id)!] as const);
      this.lane.restoreDay(day, new Map(own));
      loaded.push(day);
    }
    const commit = this.lane.fold(fresh, duplicates, 'w');
    for (const { id, data } of commit.writes) this.blobs.set(id, data);
    for (const { id } of commit.removed) this.blobs.delete(id);
    for (const update of commit.updates) this.items.apply(update);
    this.stored = commit.head;
    this.lane = new Lane(this.laneProps, this.stored, this.lane);
    return { ...commit, loaded };
  }

  /** What a new process finds. */
  restart(props: Partial<LaneProps> = {}): void {
    this.lane = new Lane({ ...this.laneProps, ...props }, this.stored);
  }

  get head() {
    return decodeHead(this.stored!.body);
  }

  /** Counters of the ledger, over all hours. */
  get ledger(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { values } of this.items.of((pk) => pk.startsWith('ledger#'))) {
      for (const [name, n] of values) sums[name] = (sums[name] ?? 0) + Number(n);
    }
    return sums;
  }

  private make(): Lane {
    return new Lane(this.laneProps);
  }

  private get laneProps(): LaneProps {
    const limits = { ...DEFAULT_SETTINGS.thresholds, ...LANE_LIMITS };
    return { lane: LANE, rules: LANE_RULES, limits, days: DAYS, ...this.props };
  }
}
