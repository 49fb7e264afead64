import { judgeSource, rhythmOf, shortestMs } from '../../../lambdas/core/guard/rules';
import type { SourceFacts } from '../../../lambdas/core/guard/source-windows';
import { parseConfig } from '../../../lib/config';
import { type Counts, type FactsOptions, facts } from '../../support/guard-facts';
import { type Case, FAST, NOBODY, ONE, SLOW, long, ruleOf, window } from '../../support/rule-cases';

/**
 * Goal: each number of docs/GUARD.md is where the page says. Method: facts made by hand, one with each number
 * just reached and one with it just missed.
 */
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

const total = (own: Partial<SourceFacts['total']>, pagePaths = 8): FactsOptions => ({
  total: own,
  pagePaths,
});
/** Queries in 10 s, of as many in the long window. */
const busts = (inWindow: number, odd: number, more: Counts = {}): FactsOptions => ({
  window: { odd: inWindow },
  long: { hits: odd, odd, ...more },
  urls: 200,
});
const of2 = (odd: number, slots: number): FactsOptions => ({
  ...busts(odd, odd),
  ...{ window: { odd, slots }, agents: 2 },
});
const scrape = { manifests: 200, pages: 60, hits: 60, quarterMinutes: 20, seconds: 300 };

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
  // Three agents may be nine people.
  ['refused of 3, 10 above', { ...window({ refused: 1_810, slots: 3 }), agents: 3 }, 'S1_flood'],
  ['refused of 3, 9 above', { ...window({ refused: 1_809, slots: 3 }), agents: 3 }, undefined],

  // A player that waits asks for two playlists every 3 s: 40 in a minute.
  ['50 manifests', long({ hits: 52, manifests: 50, media: 2 }), 'S2_manifest'],
  ['49 manifests', long({ hits: 51, manifests: 49, media: 2 }), undefined],
  ['more than a twentieth of media', long({ hits: 53, manifests: 50, media: 3 }), 'S7_non_player'],
  [
    'more than a twentieth of media missed',
    long({ hits: 53, manifests: 50, missed: 3 }),
    'S7_non_player',
  ],
  ['49 failed beside 50', long({ hits: 99, manifests: 50, failed: 49 }), 'S2_manifest'],
  ['as many failed', long({ hits: 100, manifests: 50, failed: 50 }), undefined],
  ['as many failed, and pages', long({ hits: 900, manifests: 50, failed: 50 }), undefined],
  ['50 manifests of a viewer', long({ hits: 51, manifests: 50 }), undefined, ONE],
  ['90 manifests, 2 agents', long({ hits: 90, manifests: 90 }, { agents: 2 }), 'S2_manifest'],
  ['89 manifests, 2 agents', long({ hits: 89, manifests: 89 }, { agents: 2 }), undefined],
  ['330 manifests, 9 agents', long({ hits: 330, manifests: 330 }, { agents: 9 }), 'S2_manifest'],
  ['150 manifests, fast', long({ hits: 150, manifests: 150 }), 'S2_manifest', NOBODY, FAST],
  ['149 manifests, fast', long({ hits: 149, manifests: 149 }), undefined, NOBODY, FAST],

  ['15 odd at once', { ...busts(15, 15), urls: 12 }, 'S3_cache_busting'],
  ['14 odd at once', busts(14, 74), undefined],
  ['75 odd in the long window', busts(14, 75), 'S3_cache_busting'],
  ['15 odd of 2 agents in 2 slots', of2(15, 2), 'S3_cache_busting'],
  ['14 odd of 2 agents in 2 slots', of2(14, 2), undefined],
  ['17 odd of 2 agents in 3 slots', of2(17, 3), 'S3_cache_busting'],
  ['16 odd of 2 agents in 3 slots', of2(16, 3), undefined],
  ['25 odd of 2 agents', { ...busts(25, 25), agents: 2 }, 'S3_cache_busting'],
  ['24 odd of 2 agents', { ...busts(24, 134), agents: 2 }, undefined],
  ['135 odd of 2 agents', { ...busts(24, 135), agents: 2 }, 'S3_cache_busting'],
  ['15 odd, 11 urls', { ...busts(15, 15), urls: 11 }, undefined],
  ['200 odd, 80 urls', { ...busts(40, 200), urls: 80 }, 'S3_cache_busting'],
  ['200 odd, 79 urls', { ...busts(40, 200), urls: 79 }, undefined],
  ['less than two fifths are media', busts(15, 15, { hits: 26, media: 10 }), 'S3_cache_busting'],
  ['two fifths are media', busts(15, 15, { hits: 25, media: 10 }), undefined],
  ['15 odd of a viewer', busts(15, 15), 'S3_cache_busting', ONE],

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
  ['51 manifests, 5 media', long({ hits: 56, manifests: 51, media: 5 }), 'S7_non_player'],
  ['50 manifests, 5 media', long({ hits: 55, manifests: 50, media: 5 }), undefined],
  ['49 manifests, 4 media', long({ hits: 53, manifests: 49, media: 4 }), undefined],
  ['50 manifests, 4 media', long({ hits: 54, manifests: 50, media: 4 }), 'S7_non_player'],
  ['51 manifests, 6 missed', long({ hits: 57, manifests: 51, missed: 6 }), undefined],
  ['half failed', long({ hits: 80, media: 40, failed: 40 }), undefined],
  ['half failed beside pages', long({ hits: 900, media: 40, failed: 40 }), undefined],
  ['less than half failed', long({ hits: 79, media: 40, failed: 39 }), 'S7_non_player'],

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
    total({ ...scrape, pages: 59, manifests: 201 }),
    'S10_slow_scraper',
  ],
  [
    'a wait of 42 minutes, two playlists every 3 s',
    total({ ...scrape, pages: 1, manifests: 1_680, seconds: 2_520 }),
    undefined,
  ],
  ['7 different pages: one that reloads', total(scrape, 7), undefined],
  ['60 manifests more, of one page', total({ ...scrape, manifests: 260 }, 1), 'S10_slow_scraper'],
  ['59 manifests more, of one page', total({ ...scrape, manifests: 259 }, 1), undefined],
  ['119 pages of two agents', total({ ...scrape, pages: 119, agents: 2 }), undefined],
  ['120 pages of two agents', total({ ...scrape, pages: 120, agents: 2 }), 'S10_slow_scraper'],
  ['19 quarter minutes', total({ ...scrape, quarterMinutes: 19 }), undefined],
  ['298 seconds', total({ ...scrape, seconds: 298 }), undefined],
  ['media once', total({ ...scrape, media: 1 }), undefined],
  ['media in vain', total({ ...scrape, missed: 1 }), undefined],
  ['11 of 60 failed', total({ ...scrape, failed: 11 }), 'S10_slow_scraper'],
  ['12 of 60 failed', total({ ...scrape, failed: 12 }), undefined],
  ['viewers an hour quarter ago', total(scrape), undefined, { now: 0, recent: 1 }],

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
    const busting = (hits: number) => facts(busts(15, 15, { hits }));
    const most = (hits: number) => judgeSource(busting(hits), ONE, SLOW)?.viewersMax;
    expect([most(15), most(19), most(20), most(115)]).toEqual([0, 0, 1, 20]);
  });
});
