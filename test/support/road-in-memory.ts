/** The pure road without its adapters: records in, items of Views out. */
import type {
  SourceRecord,
  StoredHead,
  ViewerKeys,
  ViewsItem,
  ViewsUpdate,
} from '../../lambdas/core/road/ports';
import { makeDays } from '../../lambdas/core/audience/day';
import { IntervalReader } from '../../lambdas/core/road/interval';
import { LANE_LIMITS, Lane, type LaneProps } from '../../lambdas/core/road/lane';
import { blobsOf } from '../../lambdas/core/road/lane-head';
import { decodePacket, encodePacket } from '../../lambdas/core/road/packet';
import type { Settings } from '../../lambdas/core/settings';
import type { Prng } from './prng';

export const TEST_KEYS: ViewerKeys = {
  lane: new Uint8Array(16).fill(7),
  ofDay: (day) => new Uint8Array(16).map((_, n) => (day >>> (8 * (n % 3))) & 0xff),
};

/** Views as a map of maps. */
export class ItemMap {
  readonly items = new Map<
    string,
    { pk: string; sk: string; values: Map<string, number | string> }
  >();

  apply({ pk, sk, add, set }: ViewsUpdate): void {
    const key = `${pk}\n${sk}`;
    let item = this.items.get(key);
    if (item === undefined) this.items.set(key, (item = { pk, sk, values: new Map() }));
    for (const [name, delta] of add) {
      item.values.set(name, Number(item.values.get(name) ?? 0) + delta);
    }
    for (const [name, value] of set) item.values.set(name, value);
  }

  of(pick: (pk: string) => boolean): ViewsItem[] {
    return [...this.items.values()].filter(({ pk }) => pick(pk));
  }
}

export interface PlayOptions {
  readonly settings: Settings;
  readonly prng: Prng;
  readonly recordsMax: number;
  /** of 100 folds so many begin from the stored blobs */
  readonly restartPercent: number;
  readonly limits?: Partial<LaneProps['limits']>;
}

/** Plays records (of one shard) through intake and tally without faults. */
export function playRoad(records: readonly SourceRecord[], options: PlayOptions): ItemMap {
  const { settings, prng, recordsMax, restartPercent } = options;
  const { lanes, timeZone, dayStartHour, thresholds } = settings;
  const rules = { lanes, timeZone, dayStartHour, pagesPerDayMax: thresholds.pagesPerDayMax };
  const limits = { ...thresholds, ...LANE_LIMITS, ...options.limits };
  const days = makeDays(timeZone, dayStartHour);
  const reader = new IntervalReader({ settings, lanes, keys: TEST_KEYS });
  const items = new ItemMap();
  const atHand = new Map<number, Lane>();
  const blobs = new Map<string, Uint8Array>();
  const heads = new Map<string, StoredHead>();
  const last = Array<number>(lanes).fill(0);
  let ordinal = 0;
  for (let at = 0; at < records.length;) {
    const part = records.slice(at, at + prng.between(1, recordsMax));
    at += part.length;
    ordinal += 1;
    for (const [lane, facts] of reader.read(part, 3).packets) {
      const identity = { lane, shardId: 'shardId-000000000003', previous: last[lane]!, ordinal };
      last[lane] = ordinal;
      const packet = decodePacket(encodePacket(identity, lanes, facts));
      let state = atHand.get(lane) ?? new Lane({ lane, rules, limits, days });
      if (state.version > 0 && prng.int(100) < restartPercent) {
        state = new Lane({ lane, rules, limits, days }, heads.get(`${lane}`)!);
      }
      const { fresh } = state.place([packet]);
      for (const [day, stored] of state.missingDays(fresh)) {
        const own = blobsOf(stored).map(({ id }) => [id, blobs.get(`${lane} ${id}`)!] as const);
        state.restoreDay(day, new Map(own));
      }
      const { head, updates, writes, removed } = state.fold(fresh, [], 'w');
      for (const { id, data } of writes) blobs.set(`${lane} ${id}`, data);
      for (const { id } of removed) blobs.delete(`${lane} ${id}`);
      for (const update of updates) items.apply(update);
      heads.set(`${lane}`, head);
      atHand.set(lane, new Lane({ lane, rules, limits, days }, head, state));
    }
  }
  return items;
}
