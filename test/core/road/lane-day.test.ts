import { serialiseState } from '../../../lambdas/core/audience/lane-state';
import { ContentTable } from '../../../lambdas/core/edge/content-table';
import { Changes } from '../../../lambdas/core/road/changes';
import { LaneDay, type LaneDayProps, type SavedDay } from '../../../lambdas/core/road/lane-day';
import { type StoredDay, blobsOf } from '../../../lambdas/core/road/lane-head';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import { DAYS, type SeenViewer, entriesOf } from '../../support/lane-entries';
import { Prng, seeds } from '../../support/prng';
import { ItemMap } from '../../support/road-in-memory';
import { viewersOf } from '../../support/views-of-recount';

/**
 * Goal: the state of a lane's day that is put back from blobs is the state that was at hand, and what was
 * told in steps is what it tells at once, whatever the bounds threw out and whoever was sealed and came
 * back. Method: random folds under small bounds, each version put back and compared as bytes; a teller
 * of its own that knows nothing of steps.
 */

const DAY = 20_781;
/** Blobs and items of one day, as a lane and its tables would hold them. */
class Rig {
  readonly items = new ItemMap();
  readonly blobs = new Map<string, Uint8Array>();
  readonly written: string[] = [];
  stored: StoredDay | undefined;
  atHand: LaneDay;
  version = 0;

  constructor(private readonly props: Partial<LaneDayProps> = {}) {
    this.atHand = this.make();
  }

  /** One version: the entries of some packets joined, told, and saved. */
  fold(packets: readonly (readonly SeenViewer[])[], minute: number): SavedDay {
    const changes = new Changes();
    for (const viewers of packets) this.atHand.fold(entriesOf(DAY, viewers), changes);
    this.atHand.tell(changes);
    for (const update of changes.updates(this.atHand.audience.contents.list, 0)) {
      this.items.apply(update);
    }
    this.version += 1;
    const saved = this.atHand.save(this.stored, minute, (sort) => `${this.version}${sort}`);
    for (const { id, data } of saved.writes) {
      expect(this.blobs.has(id)).toBe(false);
      this.blobs.set(id, data);
      this.written.push(id);
    }
    for (const { id } of saved.removed) expect(this.blobs.delete(id)).toBe(true);
    this.stored = saved.stored;
    expect([...this.blobs.keys()].sort()).toEqual(
      blobsOf(this.stored)
        .map(({ id }) => id)
        .sort(),
    );
    return saved;
  }

  restored(minute: number): LaneDay {
    const day = this.make();
    day.restore(this.stored!, this.blobs, minute);
    return day;
  }

  private make(): LaneDay {
    const { thresholds } = DEFAULT_SETTINGS;
    return new LaneDay({
      day: DAY,
      contents: new ContentTable(DEFAULT_SETTINGS),
      days: DAYS,
      limits: { ...thresholds, viewersMax: 1e6, waitingMax: 1e6 },
      pagesPerDayMax: 800,
      ...this.props,
    });
  }
}

const stateOf = ({ audience }: LaneDay) => ({
  bytes: Buffer.from(serialiseState(audience)).toString('hex'),
  keyLimits: audience.keyLimits,
  over: [...audience.over].map(([n, over]) => [audience.contents.list[n]!.id, over]).sort(),
});

/** Counters of viewers, without those that came back to 0. */
function countersOf(
  items: Iterable<{ pk: string; sk: string; values: ReadonlyMap<string, unknown> }>,
) {
  const counters: Record<string, unknown> = {};
  for (const { pk, sk, values } of items) {
    for (const [name, n] of values)
      if (n !== 0 && sk !== 'now') counters[`${pk} ${sk} ${name}`] = n;
  }
  return counters;
}

function expectWhole(rig: Rig, minute: number): void {
  const atHand = stateOf(rig.atHand);
  expect(stateOf(rig.restored(minute))).toEqual(atHand);
  const told = { audience: rig.atHand.audience, settings: DEFAULT_SETTINGS };
  expect(countersOf(rig.items.items.values())).toEqual(countersOf(viewersOf(told)));
  for (const [content, { hits, slots }] of rig.atHand.audience.over) {
    const { id } = rig.atHand.audience.contents.list[content]!;
    const values = rig.items.items.get(`s:${id}#0\nnow`)?.values;
    expect([values?.get('oh') ?? 0, values?.get('os') ?? 0]).toEqual([hits, slots]);
  }
}

const SMALL = { viewersPerAddressMax: 4, waitingPerAddressMax: 2, viewersMax: 12, waitingMax: 6 };

function someViewers(prng: Prng, second: number): SeenViewer[] {
  return Array.from({ length: prng.between(1, 6) }, () => {
    const person = prng.int(40);
    // The key spreads over all 32 bits, so that B2 has something to cut.
    const key = Math.imul(person + 1, 0x9e3779b1) >>> 0;
    return {
      key,
      address: ((person % 3) << 16) | (person % 5),
      content: prng.pick(['live', 'live', 'other']),
      atSecond: Math.max(0, second - prng.int(30)),
      playsSeconds: prng.pick([0, 0, 6, 12, 60]),
      rank: person % 7,
      viewerClass: prng.pick([0, 0, 1, 2]),
      hits: prng.between(1, 3),
    };
  });
}

describe('LaneDay', () => {
  it.each(seeds(70))('puts back what was at hand, and told it all (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const bounds = prng.pick([
      {},
      { limits: SMALL },
      { limits: { ...SMALL, viewersPerAddressMax: 1 } },
    ]);
    const rig = new Rig({ ...bounds, sealedEntriesMin: prng.pick([1, 2, 5]) });
    let second = 3_600;
    for (let n = prng.between(5, 50); n > 0; n -= 1) {
      second += prng.pick([1, 30, 120, 600, 2_200]);
      const packets = Array.from({ length: prng.between(1, 3) }, () => someViewers(prng, second));
      const minute = Math.floor((DAYS.startOf(DAY) / 1_000 + second) / 60);
      rig.fold(packets, minute);
      if (prng.bool(0.3)) rig.atHand = rig.restored(minute);
      if (n % 7 === 0 || n === 1) expectWhole(rig, minute);
    }
  });

  it('writes nothing when nothing changed', () => {
    const rig = new Rig();
    rig.fold([[{ key: 1, atSecond: 10 }]], 100);
    const before = rig.stored;
    expect(rig.fold([], 101)).toEqual({ stored: before, writes: [], removed: [] });
  });

  it('joins up to eight deltas of one base, and then makes a new base', () => {
    const rig = new Rig();
    const shapes: string[] = [];
    for (let n = 1; n <= 12; n += 1) {
      rig.fold([[{ key: n, atSecond: n }]], 100);
      const { base, deltas } = rig.stored!;
      shapes.push(`${base === undefined ? '-' : base.id} ${deltas.length}`);
    }
    expect(shapes).toEqual([
      ...['- 1', '2b 0', '2b 1', '2b 2', '2b 3', '2b 4', '2b 5', '2b 6', '2b 7', '2b 8'],
      ...['11b 0', '11b 1'],
    ]);
  });

  it.each([
    ['36 minutes', 36, 1_000, ['137s', '137b']],
    ['35 minutes', 35, 1_000, ['136b']],
    ['36 minutes, but are too few', 36, 999, ['137b']],
  ])('seals viewers who have not changed for %s', (_, after, viewers, expected) => {
    const rig = new Rig();
    const crowd = Array.from({ length: viewers }, (__, key) => ({ key, atSecond: 10 }));
    // Versions are called after their minutes.
    rig.version = 99;
    rig.fold([crowd], 100);
    rig.version = 100 + after;
    rig.fold([[{ key: 1_000_000, atSecond: 2_200 }]], 100 + after);
    expect(rig.written.slice(1)).toEqual(expected);
  });

  it('never writes sealed viewers again, but for those that come back', () => {
    const rig = new Rig();
    const crowd = Array.from({ length: 1_020 }, (_, key) => ({ key, atSecond: 10 }));
    rig.fold([crowd], 100);
    rig.fold([[{ key: 1_000_000, atSecond: 2_200 }]], 140);
    const [sealed] = rig.stored!.sealed;
    const bytes = Buffer.from(rig.blobs.get(sealed!.id)!);
    const before = rig.written.length;
    for (let n = 0; n < 40; n += 1) {
      rig.fold([[{ key: n, atSecond: 3_000 + n, playsSeconds: 6 }]], 140 + n);
    }
    expect(rig.stored!.sealed).toEqual([sealed]);
    expect(Buffer.compare(rig.blobs.get(sealed!.id)!, bytes)).toBe(0);
    // What was written since holds 41 viewers at most.
    for (const id of rig.written.slice(before)) {
      expect(rig.blobs.get(id)?.length ?? 0).toBeLessThan(41 * 80);
    }
    expect(rig.atHand.audience.table.count).toBe(1_021);
    expectWhole(rig, 180);
  });

  it('keeps whoever was thrown out while sealed, came back, and was sealed again', () => {
    const limits = { ...SMALL, waitingPerAddressMax: 1 };
    const rig = new Rig({ limits, sealedEntriesMin: 1 });
    const first = { key: 50, rank: 50, atSecond: 10 };
    rig.fold([[first]], 100);
    rig.fold([[{ key: 7, address: 0x00020000, atSecond: 20 }]], 140);
    expect(rig.stored!.sealed).toHaveLength(1);
    // Better ranked at the same address: the first has no place; then the better starts, and it has one.
    rig.fold([[{ key: 9, rank: 9, atSecond: 30 }]], 141);
    rig.fold([[{ key: 9, rank: 9, atSecond: 31, playsSeconds: 6 }]], 142);
    rig.fold([[{ ...first, atSecond: 40 }]], 143);
    expectWhole(rig, 143);
    // Enough versions for a new base, in which it is sealed again, and for another.
    for (let minute = 180; minute < 200; minute += 1) {
      rig.fold([[{ key: 8, address: 0x00030000, atSecond: 60 * minute }]], minute);
      expectWhole(rig, minute);
    }
    expect(rig.stored!.sealed).toHaveLength(2);
    expect(
      rig.atHand.audience.table.find(50, (50 ^ 0x5bd1e995) >>> 0, 1, DAY),
    ).toBeGreaterThanOrEqual(0);
  });

  it('tells what is over the bounds once, also after it was put back', () => {
    const rig = new Rig({ limits: { ...SMALL, waitingPerAddressMax: 1 } });
    const fold = (key: number) => rig.fold([[{ key, rank: 1, atSecond: 10, hits: 5 }]], 100);
    const over = () => rig.items.items.get('s:live#0\nnow')?.values.get('oh') ?? 0;
    fold(1);
    expect(over()).toBe(0);
    fold(2);
    expect(over()).toBe(5);
    rig.atHand = rig.restored(100);
    rig.fold([[{ key: 1, rank: 1, atSecond: 11 }]], 100);
    expect(over()).toBe(5);
    fold(3);
    expect(over()).toBe(10);
  });

  it.each([
    [63, 63, 0],
    [64, 64, 0],
    [65, 64, 1],
    [500, 64, 436],
  ])('tells what is over of %i contents: %i apart, %i as (other)', (contents, apart, other) => {
    const rig = new Rig({ limits: { ...SMALL, waitingPerAddressMax: 1, waitingMax: 1e6 } });
    const hitsOf = () =>
      [...rig.items.items.values()]
        .filter(({ sk }) => sk === 'now')
        .map(({ pk, values }) => [pk === 'p:(other)#0', Number(values.get('oh'))] as const);
    const expected = (hits: number) => ({
      apart: apart * hits,
      count: apart,
      other: other * hits,
    });
    for (let n = 1; n <= 3; n += 1) {
      // At each content one viewer has a place, and another has none.
      const viewers = [1, 2].flatMap((key) =>
        Array.from({ length: contents }, (_, at) => ({
          key: key * 1_000,
          rank: key,
          content: `content-${at}`,
          atSecond: 10,
        })),
      );
      rig.fold([viewers], 100);
      const told = hitsOf();
      const sumOf = (isOther: boolean) =>
        told.reduce((sum, [own, hits]) => sum + (own === isOther ? hits : 0), 0);
      expect({
        apart: sumOf(false),
        count: told.filter(([isOther]) => !isOther).length,
        other: sumOf(true),
      }).toEqual(expected(n));
      rig.atHand = rig.restored(100);
    }
  });

  it.each([
    ['the day goes on', 20 * 3_600, 0],
    ['an old log is played again a month later', 30 * 86_400, 30 * 86_400 - 86_400],
  ])('lets blobs live ten days from the end of the day, or from now: %s', (_, second, more) => {
    const rig = new Rig();
    const startSeconds = DAYS.startOf(DAY) / 1_000;
    const { writes } = rig.fold([[{ key: 1, atSecond: 10 }]], (startSeconds + second) / 60);
    expect(writes[0]!.expiresAtSeconds).toBe(startSeconds + 86_400 + 10 * 86_400 + more);
  });
});
