import {
  devicesOf,
  explainedHits,
  judgeSource,
  rhythmOf,
  shortestMs,
  type ViewersBehind,
} from '../../../lambdas/core/guard/rules';
import type { SourceFacts } from '../../../lambdas/core/guard/source-windows';
import { parseConfig } from '../../../lib/config';
import { type Counts, type FactsOptions, facts } from '../../support/guard-facts';

/**
 * Goal: each number of docs/GUARD.md is where the page says. Method: facts made by hand, one with each number
 * just reached and one with it just missed.
 */
const SLOW = rhythmOf(6_000); // 1 2/3 playlists and 20 hits in 10 s
const FAST = rhythmOf(2_000); // 5 and 32
const PARTS = rhythmOf(1_000 / 3); // 30 and 132
const NOBODY = { now: 0, recent: 0 };
const ONE = { now: 1, recent: 1 };

const ruleOf = (of: SourceFacts, viewers: ViewersBehind = NOBODY, rhythm = SLOW) =>
  judgeSource(of, viewers, rhythm)?.rule;

describe('rhythmOf (G4)', () => {
  it.each([
    [6_000, 10 / 6, 20],
    [5_000, 2, 20],
    [4_000, 2.5, 22],
    [1_000 / 3, 30, 132],
  ])('of %d ms is %d playlists and %d hits', (ms, perPlaylist, perDevice) => {
    expect(rhythmOf(ms).perPlaylist).toBeCloseTo(perPlaylist);
    expect(rhythmOf(ms).perDevice).toBeCloseTo(perDevice);
  });

  it('goes by the shortest part or segment of any stream', () => {
    const page = { id: 'p', kind: 'page', paths: ['/p/**'] };
    const stream = (id: string, segmentSeconds: number, more = {}) => ({
      ...{ id, kind: 'stream', paths: [`/${id}/**`], segmentSeconds },
      ...more,
    });
    const msOf = (...contents: object[]) => shortestMs(parseConfig({ contents }));
    expect(msOf()).toBe(6_000);
    expect(msOf(page, stream('a', 10))).toBe(6_000);
    expect(msOf(stream('a', 4), stream('b', 2))).toBe(2_000);
    const parts = { seconds: 0.33, paths: ['/b/**/part*'] };
    expect(msOf(stream('a', 4), stream('b', 4, { parts }))).toBe(330);
  });
});

describe('devicesOf (G3)', () => {
  it.each([
    [0, 0],
    [1, 5],
    [2, 12],
    [59, 59 * 63],
    [60, 60 * 64],
    [61, 61 * 64],
    [5_000, 5_000 * 64],
  ])('%i viewers stand for %i devices', (viewers, devices) => {
    expect(devicesOf(viewers)).toBe(devices);
  });
});

describe('explainedHits', () => {
  it.each<[string, FactsOptions, number, number]>([
    ['G5: nobody', { agents: 0 }, 0, 20],
    ['G5: one agent', { agents: 1 }, 0, 30],
    ['G5: eight agents', { agents: 8 }, 0, 100],
    ['G5: nine agents', { agents: 9 }, 0, 100],
    ['G4: one viewer is five devices', { agents: 1 }, 1, 130],
    ['G6: assets below 30 for a page', { window: { hits: 30, asks: 1, pages: 1 } }, 0, 59],
    ['G6: 30 assets for a page', { window: { hits: 31, asks: 1, pages: 1 } }, 0, 60],
    ['G6: 31 assets for a page', { window: { hits: 32, asks: 1, pages: 1 } }, 0, 60],
    ['G6: four pages', { window: { hits: 500, asks: 4, pages: 4 } }, 0, 150],
    ['G6: five pages of an agent', { window: { hits: 500, asks: 5, pages: 5 } }, 0, 150],
    ['G6: five of two', { window: { hits: 500, asks: 5, pages: 5 }, agents: 2 }, 0, 190],
    ['G7: one failure and two more', { window: { hits: 3, failed: 1, asks: 3 } }, 0, 33],
    ['G7: ten failures of an agent', { window: { hits: 90, failed: 10, asks: 90 } }, 0, 60],
    ['G7: eleven', { window: { hits: 90, failed: 11, asks: 90 } }, 0, 60],
    ['G7: 40 of two agents', { window: { hits: 90, failed: 40, asks: 90 }, agents: 2 }, 0, 160],
    ['G7: 41 of two', { window: { hits: 90, failed: 41, asks: 90 }, agents: 2 }, 0, 160],
    ['G7: no end', { window: { hits: 9, failed: 1e6, asks: 9 }, agents: 65 }, 0, 100 + 124_800],
  ])('%s', (_, options, viewers, explained) => {
    expect(explainedHits(facts(options), viewers, SLOW)).toBe(explained);
  });
});

/** Of what is right, and what of it is changed so that the rule does not fit. */
type Case = readonly [string, FactsOptions, string | undefined, ViewersBehind?, typeof SLOW?];

const long = (counts: Counts, more: Omit<FactsOptions, 'long'> = {}): FactsOptions => ({
  long: counts,
  ...more,
});
/** The long window holds the short one. */
const window = (own: Partial<SourceFacts['window']>, more: FactsOptions = {}): FactsOptions => ({
  window: own,
  long: { hits: own.hits ?? 0, refused: own.refused ?? 0, asks: own.asks ?? 0 },
  ...more,
});
const total = (own: Partial<SourceFacts['total']>): FactsOptions => ({ total: own });
const scrape = { manifests: 100, pages: 60, hits: 60, quarterMinutes: 20, seconds: 300 };

const CASES: readonly Case[] = [
  ['excess 10 in 3 slots', window({ hits: 40, slots: 3 }), 'S1_flood'],
  ['excess 9 in 3 slots', window({ hits: 39, slots: 3 }), undefined],
  ['excess 10 in 2 slots', window({ hits: 40, slots: 2 }), undefined],
  ['excess 200 at once', window({ hits: 230, slots: 1 }), 'S1_flood'],
  ['excess 199 in 2 slots', window({ hits: 229, slots: 2 }), undefined],
  ['excess 10 beside a viewer', window({ hits: 140, slots: 3 }), 'S1_flood', ONE],
  ['excess 9 beside a viewer', window({ hits: 139, slots: 3 }), undefined, ONE],
  ['refused, 10 above ten rhythms', window({ refused: 210, slots: 3 }), 'S1_flood'],
  ['refused, 9 above ten rhythms', window({ refused: 209, slots: 3 }), undefined],

  ['30 manifests', long({ hits: 31, manifests: 30, media: 1 }), 'S2_manifest'],
  ['29 manifests', long({ hits: 30, manifests: 29, media: 1 }), undefined],
  ['a tenth of media', long({ hits: 32, manifests: 30, media: 2 }), undefined],
  ['a tenth of media missed', long({ hits: 32, manifests: 30, missed: 2 }), undefined],
  ['15 of 31 failed', long({ hits: 31, manifests: 30, failed: 15 }), 'S2_manifest'],
  ['16 of 31 failed', long({ hits: 31, manifests: 30, failed: 16 }), undefined],
  ['30 manifests of a viewer', long({ hits: 31, manifests: 30 }), undefined, ONE],
  ['90 manifests, fast', long({ hits: 90, manifests: 90 }), 'S2_manifest', NOBODY, FAST],
  ['89 manifests, fast', long({ hits: 89, manifests: 89 }), undefined, NOBODY, FAST],

  ['15 odd', long({ hits: 15, odd: 15 }, { urls: 12 }), 'S3_cache_busting'],
  ['14 odd', long({ hits: 14, odd: 14 }, { urls: 14 }), undefined],
  ['15 odd, 11 urls', long({ hits: 15, odd: 15 }, { urls: 11 }), undefined],
  ['200 odd, 80 urls', long({ hits: 200, odd: 200 }, { urls: 80 }), 'S3_cache_busting'],
  ['200 odd, 79 urls', long({ hits: 200, odd: 200 }, { urls: 79 }), undefined],
  [
    'less than two fifths are media',
    long({ hits: 26, odd: 15, media: 10 }, { urls: 15 }),
    'S3_cache_busting',
  ],
  ['two fifths are media', long({ hits: 25, odd: 15, media: 10 }, { urls: 15 }), undefined],
  ['15 odd of a viewer', long({ hits: 15, odd: 15 }, { urls: 15 }), 'S3_cache_busting', ONE],

  ['10 denied of 20', long({ hits: 20, denied: 10 }, { urls: 5 }), 'S4_error_scan'],
  ['9 denied', long({ hits: 9, denied: 9 }, { urls: 5 }), undefined],
  ['10 denied of 21', long({ hits: 21, denied: 10 }, { urls: 5 }), undefined],
  ['10 denied, 4 urls', long({ hits: 20, denied: 10 }, { urls: 4 }), undefined],
  ['10 denied of a viewer', long({ hits: 20, denied: 10 }, { urls: 5 }), undefined, ONE],

  ['6 logins of 12', long({ hits: 12, logins: 6 }, { urls: 3 }), 'S5_brute_force'],
  ['5 logins', long({ hits: 5, logins: 5 }, { urls: 3 }), undefined],
  ['6 logins of 13', long({ hits: 13, logins: 6 }, { urls: 3 }), undefined],
  ['6 logins, 4 urls', long({ hits: 12, logins: 6 }, { urls: 4 }), undefined],
  ['6 logins of a viewer', long({ hits: 12, logins: 6 }, { urls: 3 }), undefined, ONE],

  ['one probe', long({ hits: 9, probes: 1 }), 'S6_probe'],
  ['no probe', long({ hits: 9 }), undefined],
  ['one probe of a viewer', long({ hits: 9, probes: 1 }), undefined, ONE],

  ['40 media', long({ hits: 40, media: 40 }), 'S7_non_player'],
  ['39 media', long({ hits: 39, media: 39 }), undefined],
  ['40 media, a manifest', long({ hits: 41, media: 40, manifests: 1 }), undefined],
  ['40 media of a viewer', long({ hits: 40, media: 40 }), undefined, ONE],
  ['120 media, fast', long({ hits: 120, media: 120 }), 'S7_non_player', NOBODY, FAST],
  ['119 media, fast', long({ hits: 119, media: 119 }), undefined, NOBODY, FAST],
  ['41 manifests, 4 media', long({ hits: 45, manifests: 41, media: 4 }), 'S7_non_player'],
  ['40 manifests, 4 media', long({ hits: 44, manifests: 40, media: 4 }), undefined],
  ['41 manifests, 5 missed', long({ hits: 46, manifests: 41, missed: 5 }), undefined],
  ['half failed', long({ hits: 80, media: 40, failed: 40 }), undefined],
  ['less than half failed', long({ hits: 81, media: 40, failed: 40 }), 'S7_non_player'],

  ['20 of tools', long({ hits: 20, tools: 20 }), 'S8_tool'],
  ['19 of tools', long({ hits: 19, tools: 19 }), undefined],
  ['20 of tools beside a viewer', long({ hits: 20, tools: 20 }), undefined, ONE],
  ['3 of fakes', long({ hits: 3, fakes: 3 }), 'S9_fake_crawler'],
  ['2 of fakes', long({ hits: 2, fakes: 2 }), undefined],
  ['3 of fakes beside a viewer', long({ hits: 3, fakes: 3 }), undefined, ONE],

  ['a slow scraper', total(scrape), 'S10_slow_scraper'],
  [
    '59 pages, and no more than two playlists are polled',
    total({ ...scrape, pages: 59 }),
    undefined,
  ],
  [
    '59 pages and a manifest more',
    total({ ...scrape, pages: 59, manifests: 101 }),
    'S10_slow_scraper',
  ],
  [
    'a wait of 42 minutes',
    total({ ...scrape, pages: 1, manifests: 840, seconds: 2_520 }),
    undefined,
  ],
  ['119 pages of two agents', total({ ...scrape, pages: 119, agents: 2 }), undefined],
  ['120 pages of two agents', total({ ...scrape, pages: 120, agents: 2 }), 'S10_slow_scraper'],
  ['19 quarter minutes', total({ ...scrape, quarterMinutes: 19 }), undefined],
  ['298 seconds', total({ ...scrape, seconds: 298 }), undefined],
  ['media once', total({ ...scrape, media: 1 }), undefined],
  ['media in vain', total({ ...scrape, missed: 1 }), undefined],
  ['11 of 60 failed', total({ ...scrape, failed: 11 }), 'S10_slow_scraper'],
  ['12 of 60 failed', total({ ...scrape, failed: 12 }), undefined],
  ['viewers an hour quarter ago', total(scrape), undefined, { now: 0, recent: 1 }],

  ['20 asks of an agent', window({ hits: 20, asks: 20, slots: 3 }), 'S12_asks'],
  ['19 asks of an agent', window({ hits: 19, asks: 19, slots: 3 }), undefined],
  ['20 asks in 2 slots', window({ hits: 20, asks: 20, slots: 2 }), undefined],
  ['20 asks of a viewer', window({ hits: 20, asks: 20, slots: 3 }), undefined, ONE],
  ['90 asks of 8 agents', window({ hits: 90, asks: 90 }, { agents: 8 }), 'S12_asks'],
  ['89 asks of 8 agents', window({ hits: 89, asks: 89 }, { agents: 8 }), undefined],
  ['90 asks of 9 agents', window({ hits: 90, asks: 90 }, { agents: 9 }), 'S12_asks'],
  ['25 asks, fast', window({ hits: 25, asks: 25 }), 'S12_asks', NOBODY, FAST],
  ['24 asks, fast', window({ hits: 24, asks: 24 }), undefined, NOBODY, FAST],
  // With parts G5 ends before a playlist is asked for three times: S1 names them first.
  ['40 asks, parts', window({ hits: 40, asks: 40 }), 'S1_flood', NOBODY, PARTS],
  ['39 asks, parts', window({ hits: 39, asks: 39 }), undefined, NOBODY, PARTS],
  ['40 asks in the long window', long({ hits: 40, asks: 40 }), 'S12_asks'],
  ['39 asks in the long window', long({ hits: 39, asks: 39 }), undefined],
  ['120 asks, long, fast', long({ hits: 120, asks: 120 }), 'S12_asks', NOBODY, FAST],
  ['119 asks, long, fast', long({ hits: 119, asks: 119 }), undefined, NOBODY, FAST],
  ['100 asks, failing', long({ hits: 100, asks: 100, failed: 20 }), 'S12_asks'],
  ['99 asks, failing', long({ hits: 99, asks: 99, failed: 20 }), undefined],
  ['99 asks, media missing', long({ hits: 99, asks: 99, missed: 20 }), undefined],
  ['99 asks, less failing', long({ hits: 99, asks: 99, failed: 19 }), 'S12_asks'],
  ['4 agents, failing', long({ hits: 700, asks: 700, failed: 300 }, { agents: 4 }), 'S12_asks'],
  ['4 agents, a few', long({ hits: 699, asks: 699, failed: 300 }, { agents: 4 }), undefined],

  ['half verified crawlers', long({ hits: 40, crawlers: 20, probes: 1 }), undefined],
  ['less than half', long({ hits: 41, crawlers: 20, probes: 1 }), 'S6_probe'],
];

describe('judgeSource', () => {
  it.each(CASES.map((one) => [one[0], one[2] ?? 'nobody', one] as const))(
    '%s: %s',
    (_name, _rule, [, options, rule, viewers = NOBODY, rhythm = SLOW]) => {
      expect(ruleOf(facts(options), viewers, rhythm)).toBe(rule);
    },
  );

  it('weighs a flood by its excess, and rules of the long window by a sixth of the hits', () => {
    const flood = judgeSource(facts(window({ hits: 100, slots: 5 })), NOBODY, SLOW);
    expect(flood).toMatchObject({ attackHits: 70, hits: 100, explained: 30, windowSeconds: 10 });
    const scan = facts(long({ hits: 31, denied: 31 }, { urls: 9 }));
    expect(judgeSource(scan, NOBODY, SLOW)).toMatchObject({ attackHits: 6, windowSeconds: 60 });
  });

  it('lets G of a cache buster be no more than what its other hits could feed', () => {
    const busting = (hits: number) => facts(long({ hits, odd: 15 }, { urls: 15 }));
    const most = (hits: number) => judgeSource(busting(hits), ONE, SLOW)?.viewersMax;
    expect([most(15), most(19), most(20), most(115)]).toEqual([0, 0, 1, 20]);
  });
});
