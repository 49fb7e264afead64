import { CHAIN_LIVES_MS } from '../../../lambdas/core/road/chain';
import { DAYS_KEPT, OUTBOX_BYTES_MAX } from '../../../lambdas/core/road/lane';
import { decodeOutbox } from '../../../lambdas/core/road/outbox';
import { DAYS } from '../../support/lane-entries';
import { LANE_RULES, LaneRig, packetOf } from '../../support/lane-rig';

/**
 * Goal: a lane lives for years: days, chains, blobs and outboxes come and go, and nothing is lost, doubled or
 * kept for ever by it. Method: packets put together by hand, on both sides of each span of time.
 */

const DAY = 20_781;
const DAY_MS = 86_400_000;
const msOf = (day: number) => DAYS.startOf(day) + 3_600_000;
const seen = (key: number, hits = 1) => ({ key, atSecond: 3_600, hits });

describe('days of a lane', () => {
  it.each([
    [DAYS_KEPT - 1, 0, 2],
    [DAYS_KEPT, 7, 1],
    [DAYS_KEPT + 1, 7, 1],
    [300, 7, 1],
  ])('joins viewers who come %i days late, or counts their hits', (late, hits, held) => {
    const rig = new LaneRig();
    rig.fold(packetOf({ arrivalMs: msOf(DAY), viewers: { [DAY]: [seen(1)] } }));
    const old = DAY - late;
    rig.fold(packetOf({ arrivalMs: msOf(DAY) + 1, viewers: { [old]: [seen(2, 3), seen(3, 4)] } }));
    expect(rig.ledger['late'] ?? 0).toBe(hits);
    expect(rig.head.days.size).toBe(held);
  });

  it('counts late hits of more viewers than an address may have', () => {
    const limits = {
      viewersPerAddressMax: 1,
      waitingPerAddressMax: 1,
      viewersMax: 9,
      waitingMax: 9,
    };
    const rig = new LaneRig({ limits });
    rig.fold(packetOf({ arrivalMs: msOf(DAY), viewers: { [DAY]: [seen(1)] } }));
    const crowd = Array.from({ length: 50 }, (_, key) => seen(key, 2));
    rig.fold(packetOf({ arrivalMs: msOf(DAY) + 1, viewers: { [DAY - 20]: crowd } }));
    expect(rig.ledger['late']).toBe(100);
  });

  it('drops a day with its blobs when it is too old, and loads it no more', () => {
    const rig = new LaneRig();
    rig.fold(packetOf({ arrivalMs: msOf(DAY), viewers: { [DAY]: [seen(1)] } }));
    const [first] = [...rig.blobs.keys()];
    const later = (days: number) => {
      const viewers = { [DAY + days]: [seen(2)] };
      return rig.fold(packetOf({ arrivalMs: msOf(DAY + days), viewers }));
    };
    later(DAYS_KEPT - 1);
    expect(rig.blobs.has(first!)).toBe(true);
    const { removed } = later(DAYS_KEPT);
    expect(removed.map(({ id }) => id)).toEqual([first]);
    expect([...rig.head.days.keys()]).toEqual([DAY + DAYS_KEPT - 1, DAY + DAYS_KEPT]);
    rig.restart();
    const arrivalMs = msOf(DAY + DAYS_KEPT) + 1;
    const late = rig.fold(packetOf({ arrivalMs, viewers: { [DAY]: [seen(1, 5)] } }));
    expect(late.loaded).toEqual([]);
    expect(rig.ledger['late']).toBe(5);
  });

  it.each([
    ['is still known', 10 * DAY_MS - 1, [DAY]],
    ['begins anew', 10 * DAY_MS, []],
  ])(
    'an old day that is played again after a silence in which blobs expire %s',
    (_, silence, loaded) => {
      // A log of last year, played on a stack that counts, twice.
      const rig = new LaneRig();
      const arrivalMs = msOf(DAY + 365);
      rig.fold(packetOf({ arrivalMs, viewers: { [DAY]: [seen(1)] } }));
      rig.restart();
      const again = packetOf({ arrivalMs: arrivalMs + silence, viewers: { [DAY]: [seen(2)] } });
      expect(rig.fold(again).loaded).toEqual(loaded);
      expect(rig.head.days.get(DAY)!.deltas.length).toBe(loaded.length === 0 ? 1 : 0);
      expect(rig.ledger['late'] ?? 0).toBe(0);
    },
  );

  it('loads only the days that packets speak of', () => {
    const rig = new LaneRig();
    for (const day of [DAY, DAY + 1, DAY + 2]) {
      rig.fold(packetOf({ arrivalMs: msOf(day), viewers: { [day]: [seen(1)] } }));
    }
    rig.restart();
    const arrivalMs = msOf(DAY + 2) + 1;
    expect(rig.fold(packetOf({ arrivalMs, viewers: { [DAY + 1]: [seen(2)] } })).loaded).toEqual([
      DAY + 1,
    ]);
  });
});

describe('chains of a lane', () => {
  const begin = (rig: LaneRig, shardId: string, arrivalMs: number) =>
    rig.fold(packetOf({ shardId, arrivalMs, ledger: { lines: 10, hits: 10 } }));

  it.each([
    ['lasts', CHAIN_LIVES_MS - 1, true],
    ['is dropped', CHAIN_LIVES_MS, false],
  ])('%s when its shard was silent for so long', (_, silenceMs, isThere) => {
    const rig = new LaneRig();
    begin(rig, 'shardId-000000000001', msOf(DAY));
    begin(rig, 'shardId-000000000002', msOf(DAY) + silenceMs);
    expect(rig.head.chains.has('shardId-000000000001')).toBe(isThere);
    expect(rig.head.chains.has('shardId-000000000002')).toBe(true);
  });

  it('outlasts packets that say nothing', () => {
    const rig = new LaneRig();
    // The first that a lane hears of a shard is that all of an interval expired unread.
    rig.fold(packetOf({ arrivalMs: msOf(DAY) }));
    const second = packetOf({ previous: msOf(DAY), arrivalMs: msOf(DAY) + 5_000 });
    rig.fold(second);
    expect([...rig.head.chains.values()]).toMatchObject([{ last: msOf(DAY) + 5_000, holes: [] }]);
  });

  it('sees no hole in what it forgot, and one in what is missing', () => {
    const next = (silenceMs: number) => {
      const rig = new LaneRig();
      begin(rig, 'shardId-000000000001', msOf(DAY));
      const arrivalMs = msOf(DAY) + silenceMs;
      begin(rig, 'shardId-000000000002', arrivalMs);
      const shardId = 'shardId-000000000001';
      rig.fold(packetOf({ shardId, previous: msOf(DAY), arrivalMs: arrivalMs + 1 }));
      return rig.head.chains.get(shardId)!;
    };
    expect(next(CHAIN_LIVES_MS).holes).toEqual([]);
    expect(next(CHAIN_LIVES_MS - 10).holes).toEqual([]);
    const rig = new LaneRig();
    rig.fold(packetOf({ previous: msOf(DAY), arrivalMs: msOf(DAY) + 1_000 }));
    expect([...rig.head.chains.values()][0]!.holes).toEqual([[0, msOf(DAY)]]);
  });

  it.each([31, 39, 41, 300])(
    'counts what comes after %i quiet days, in which the journal expired',
    (days) => {
      const rig = new LaneRig();
      let previous = 0;
      for (let n = 0; n < 50; n += 1) {
        const arrivalMs = msOf(DAY) + n * 1_000;
        rig.fold(packetOf({ previous, arrivalMs, ledger: { lines: 1, hits: 1 } }));
        previous = arrivalMs;
      }
      const arrivalMs = msOf(DAY) + days * DAY_MS;
      // The journal is a new one: nothing went to the lane before.
      const ledger = { lines: 4, hits: 4 };
      rig.fold(packetOf({ previous: 0, arrivalMs, ledger }));
      rig.fold(packetOf({ previous: 0, arrivalMs, ledger }));
      expect(rig.ledger).toMatchObject({ lines: 54, hits: 54, duplicate: 1 });
      expect([...rig.head.chains.values()]).toMatchObject([
        { last: arrivalMs, holes: [], lines: 4 },
      ]);
    },
  );
});

describe('rules of a lane', () => {
  it('are those that it was counted with, or it stops', () => {
    const rig = new LaneRig();
    rig.fold(packetOf({ arrivalMs: msOf(DAY), viewers: { [DAY]: [seen(1)] } }));
    expect(() => rig.restart({ rules: { ...LANE_RULES, timeZone: 'Europe/Berlin' } })).toThrow(
      'timeZone is Europe/Berlin, but this deployment has counted with UTC',
    );
    expect(() => rig.restart({ rules: { ...LANE_RULES, lanes: 64 } })).toThrow('lanes is 64, but');
  });

  it('keep the bound of pages with which its viewers were told', () => {
    const rig = new LaneRig();
    rig.fold(packetOf({ arrivalMs: msOf(DAY), viewers: { [DAY]: [seen(1)] } }));
    rig.restart({ rules: { ...LANE_RULES, pagesPerDayMax: 5 } });
    rig.fold(packetOf({ previous: msOf(DAY), arrivalMs: msOf(DAY) + 1 }));
    expect(rig.head.rules.pagesPerDayMax).toBe(800);
  });
});

describe('the outbox of a lane', () => {
  /** A version that touches so many contents. */
  const wide = (contents: number) => {
    const rig = new LaneRig();
    const viewers = Array.from({ length: contents }, (_, key) => ({
      ...seen(key),
      content: `content-${key}`,
    }));
    return {
      rig,
      commit: rig.fold(packetOf({ arrivalMs: msOf(DAY), viewers: { [DAY]: viewers } })),
    };
  };

  it('stands beside the head while it is small, and is a blob when it is not', () => {
    const sizes = [200, 280, 300, 320, 340, 360, 400, 600].map((contents) => {
      const { rig, commit } = wide(contents);
      const { outbox } = rig.head;
      const isBlob = outbox !== undefined;
      const bytes = isBlob ? rig.blobs.get(outbox.id)! : commit.head.outbox;
      expect(isBlob).toBe(bytes.length > OUTBOX_BYTES_MAX);
      if (isBlob) {
        expect(commit.head.outbox).toHaveLength(0);
        expect(outbox.bytes).toBe(bytes.length);
      }
      expect(decodeOutbox(bytes)).toEqual(commit.updates);
      return isBlob;
    });
    expect(new Set(sizes)).toEqual(new Set([false, true]));
  });

  it('as a blob lives until the next version, and for a quiet season', () => {
    const { rig, commit } = wide(600);
    const blob = rig.head.outbox!;
    const { expiresAtSeconds } = commit.writes.find(({ id }) => id === blob.id)!;
    expect(expiresAtSeconds * 1_000 - msOf(DAY)).toBeGreaterThan(399 * DAY_MS);
    rig.restart();
    expect(rig.lane.outboxBlob).toEqual(blob);
    const { removed } = rig.fold(packetOf({ previous: msOf(DAY), arrivalMs: msOf(DAY) + 1 }));
    expect(removed).toEqual([blob]);
    expect(rig.head.outbox).toBeUndefined();
  });

  it('announces each content once', () => {
    const rig = new LaneRig();
    const announced = (key: number, content: string) =>
      rig
        .fold(
          packetOf({
            previous: key - 1,
            ordinal: msOf(DAY) + key,
            arrivalMs: msOf(DAY) + key,
            viewers: { [DAY]: [{ ...seen(key), content }] },
          }),
        )
        .updates.filter(({ pk }) => pk === 'contents')
        .map(({ sk, isFenced, set }) => [sk, isFenced, Object.fromEntries(set)]);
    const live = [['s:live', false, { id: 'live', kind: 'stream', segmentMs: 6_000 }]];
    expect(announced(1, 'live')).toEqual(live);
    expect(announced(2, 'live')).toEqual([]);
    expect(announced(3, 'other')).toMatchObject([['s:other', false, { id: 'other' }]]);
    expect(announced(4, 'live')).toEqual([]);
  });

  it('says how far it has counted, and tells duplicates by their hour', () => {
    const rig = new LaneRig();
    const packet = packetOf({
      arrivalMs: msOf(DAY),
      ledger: { lines: 5, hits: 3, bad: [['future', 2]] },
    });
    rig.fold(packet);
    const before = rig.ledger;
    expect(before).toEqual({ lines: 5, hits: 3, bad_future: 2 });
    rig.fold(packet, packet);
    expect(rig.ledger).toEqual({ ...before, duplicate: 2 });
    const hours = rig.items.of((pk) => pk === 'ledger#0').map(({ sk }) => sk);
    expect(hours).toEqual([`h#${new Date(msOf(DAY)).toISOString().slice(0, 13)}`]);
    const [freshness] = rig.items.of((pk) => pk === 'lanes#0');
    expect(Object.fromEntries(freshness!.values)).toEqual({ a1: msOf(DAY), v1: 2 });
  });
});
