import { Audience } from '../../../lambdas/core/audience/audience';
import { makeDays } from '../../../lambdas/core/audience/day';
import { W } from '../../../lambdas/core/audience/viewer-table';
import { ContentTable } from '../../../lambdas/core/edge/content-table';
import { chooseEntries, shareOf } from '../../../lambdas/core/road/packet-room';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import { NO_HASH } from '../../support/lane-entries';
import { Prng, seeds } from '../../support/prng';

/**
 * Goal: when viewers have no room in a packet, a flood pays for it and nobody else. Method: audiences of
 * known networks; each limit at n - 1, n, n + 1 and far over; the choice made again from the same viewers
 * in another order, under other numbers.
 */

interface Viewer {
  readonly network: number;
  readonly key: number;
  readonly content: string;
  readonly started: boolean;
  readonly asked: boolean;
}

const UNBOUNDED = {
  viewersPerAddressMax: 1e9,
  waitingPerAddressMax: 1e9,
  viewersMax: 1e9,
  waitingMax: 1e9,
};

function audienceOf(viewers: readonly Viewer[]): { audience: Audience; entries: number[] } {
  const contents = new ContentTable(DEFAULT_SETTINGS);
  const days = makeDays('UTC', 6);
  const audience = new Audience({ contents, days, viewerHash: NO_HASH, limits: UNBOUNDED });
  for (const { network, key, content, started, asked } of viewers) {
    const identity = {
      keyHi: key,
      keyLo: key >>> 3,
      content: contents.numberOf(content, 'stream', 6_000),
      day: 20_000,
      address: ((network << 16) | (key & 0xffff)) >>> 0,
      rank: 1,
    };
    const facts = { viewerClass: 0, country: 0, device: 0, hits: 1, raw: 0 };
    audience.adopt(identity, { ...facts, started, askedManifest: asked });
  }
  const entries: number[] = [];
  audience.table.each((entry) => entries.push(entry));
  return { audience, entries };
}

/** Who was chosen, by network, key and content. */
function namesOf({ table, contents }: Audience, entries: readonly number[]): string[] {
  const { words } = table;
  return entries
    .map((entry) => {
      const content = contents.list[table.contentOf(entry)]!.id;
      return `${words[entry + W.address]! >>> 16} ${words[entry + W.keyHi]} ${content}`;
    })
    .sort();
}

const crowdOf = (network: number, n: number, facts: Partial<Viewer> = {}): Viewer[] =>
  Array.from({ length: n }, (_, at) => ({
    network,
    key: network * 100_000 + at * 7 + 1,
    content: 'live',
    started: true,
    asked: true,
    ...facts,
  }));

const countsOf = (names: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name.split(' ')[0]!] = (counts[name.split(' ')[0]!] ?? 0) + 1;
  return counts;
};

describe('shareOf', () => {
  it.each([
    ['room for all', [3, 4, 5], 12, Infinity],
    ['room for more', [3, 4, 5], 13, Infinity],
    ['one too many', [3, 4, 5], 11, 4],
    ['one large, many small', [1, 1, 1, 1_000], 10, 7],
    ['two large ones', [2, 100, 100], 12, 5],
    ['what cannot be halved is left over', [2, 100, 100], 13, 5],
    ['all alike', [10, 10, 10], 15, 5],
    ['less room than networks', [1, 1, 1], 2, 0],
    ['no room', [1, 5], 0, 0],
    ['nobody', [], 0, Infinity],
  ])('%s', (_, sizes, max, share) => {
    expect(shareOf(sizes, max)).toBe(share);
  });

  it.each(seeds(100))('is the largest that fits (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const sizes = Array.from({ length: prng.between(1, 20) }, () =>
      prng.between(1, prng.pick([3, 500])),
    );
    const max = prng.int(600);
    const share = shareOf(sizes, max);
    const sumOf = (cut: number) => sizes.reduce((sum, size) => sum + Math.min(size, cut), 0);
    expect(sumOf(share)).toBeLessThanOrEqual(max);
    if (share !== Infinity) expect(sumOf(share + 1)).toBeGreaterThan(max);
  });
});

describe('chooseEntries', () => {
  const max = 30;
  it.each([
    [max - 1, max - 1],
    [max, max],
    [max + 1, max],
    [40 * max, max],
  ])('of %i viewers of one network keeps %i', (n, kept) => {
    const { audience, entries } = audienceOf(crowdOf(1, n));
    const choice = chooseEntries(audience, entries, max);
    expect(choice.kept).toHaveLength(kept);
    expect([...choice.kept, ...choice.dropped].sort()).toEqual([...entries].sort());
  });

  it('keeps all of each small network, however many come from another', () => {
    const small = [2, 3, 4, 5].flatMap((network) => crowdOf(network, network));
    const flood = crowdOf(1, 5_000);
    const { audience, entries } = audienceOf([...flood, ...small]);
    const { kept } = chooseEntries(audience, entries, max);
    expect(countsOf(namesOf(audience, kept))).toEqual({ 1: 16, 2: 2, 3: 3, 4: 4, 5: 5 });
  });

  it('gives two floods the same share', () => {
    const { audience, entries } = audienceOf([
      ...crowdOf(1, 100),
      ...crowdOf(2, 4_000),
      ...crowdOf(3, 6),
    ]);
    const { kept } = chooseEntries(audience, entries, max);
    expect(countsOf(namesOf(audience, kept))).toEqual({ 1: 12, 2: 12, 3: 6 });
  });

  it('keeps the most proven of a network: started and asked, started, asked, the others', () => {
    const sorts = [
      { started: false, asked: false },
      { started: false, asked: true },
      { started: true, asked: false },
      { started: true, asked: true },
    ];
    // The less proven have the lower keys, so that keys alone would choose otherwise.
    const viewers = sorts.flatMap((sort, n) =>
      crowdOf(1, 10, sort).map((viewer) => ({ ...viewer, key: viewer.key + n * 1_000 })),
    );
    const { audience, entries } = audienceOf(viewers);
    for (const [room, expected] of [
      [10, [0, 0, 0, 10]],
      [25, [0, 5, 10, 10]],
      [39, [9, 10, 10, 10]],
    ] as const) {
      const { kept } = chooseEntries(audience, entries, room);
      const counts = [0, 0, 0, 0];
      for (const name of namesOf(audience, kept)) {
        counts[Math.floor((Number(name.split(' ')[1]) - 100_000) / 1_000)]! += 1;
      }
      expect(counts).toEqual(expected);
    }
  });

  it.each(seeds(60))('is a function of the set of viewers (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const viewers = Array.from({ length: prng.between(20, 200) }, () => ({
      network: prng.int(prng.pick([1, 5, 40])),
      // Few keys, so that one viewer has several contents.
      key: prng.int(60),
      content: prng.pick(['a', 'b', 'c', 'd']),
      started: prng.bool(0.5),
      asked: prng.bool(0.5),
    }));
    const distinct = [
      ...new Map(viewers.map((viewer) => [`${viewer.key} ${viewer.content}`, viewer])).values(),
    ];
    const room = prng.int(distinct.length + 2);
    const choose = (some: readonly Viewer[], shuffle: (entries: number[]) => number[]) => {
      const { audience, entries } = audienceOf(some);
      const { kept, dropped } = chooseEntries(audience, shuffle(entries), room);
      return { kept: namesOf(audience, kept), dropped: namesOf(audience, dropped) };
    };
    const one = choose(distinct, (entries) => entries);
    expect(one.kept.length).toBeLessThanOrEqual(room);
    // Other places, other numbers of contents.
    expect(choose(prng.shuffle(distinct), (entries) => prng.shuffle(entries))).toEqual(one);
  });
});
