import { judgeSource, rhythmOf } from '../../../lambdas/core/guard/rules';
import { Stillness, withManifestsFailed } from '../../../lambdas/core/guard/stillness';
import { cell, facts } from '../../support/guard-facts';

/**
 * Goal: a lane knows when nobody has media, and takes nothing for that which is not (G9). Method: arrivals by hand,
 * seconds since the lane was loaded.
 */
const EMPTY = () => false;
const WATCHED = () => true;
const RHYTHM = rhythmOf(6_000);
/** All bits of the hash: as many people as playlists. */
const CROWD = 0xffffffff;

interface Watching {
  readonly from: number;
  readonly to: number;
  /** media of the deployment in a second. @default 0 */
  readonly media?: (second: number) => number;
  /** that the lane was served in a second. @default 10 */
  readonly manifests?: number;
  /** bits of the hash of agents that asked for them. @default many */
  readonly agents?: number;
}

/** Folds each second from one to another. */
function watch(
  { from, to, media = () => 0, manifests = 10, agents = CROWD }: Watching,
  stillness = new Stillness(RHYTHM),
  hasViewers = WATCHED,
): Stillness {
  for (let second = from; second <= to; second += 1) {
    const step = { newestMs: 1e12 + second * 1_000, mediaHits: media(second) };
    stillness.note(step, [cell({ lo: 1, slot: 9, manifests, agents })], hasViewers);
  }
  return stillness;
}

const MANY = () => 500;
const until = (end: number) => (second: number) => (second <= end ? 500 : 0);

describe('Stillness', () => {
  it.each([
    [160, true],
    // A second of media is 500 of them, and 600 playlists are a minute of them.
    [159, false],
  ])('media until second 100: at %i it is still: %p', (to, isStill) => {
    expect(watch({ from: 0, to, media: until(100) }).isStill).toBe(isStill);
  });

  it.each([
    [60, true],
    [61, false],
  ])('a minute of 600 playlists, with %i media for anybody: %p', (media, isStill) => {
    // Who watches what lies behind the live edge, while all others wait.
    const some = (second: number) => (second % 60 === 7 ? media : 0);
    expect(watch({ from: 0, to: 300, media: some }).isStill).toBe(isStill);
  });

  it('goes by the playlists of the lane: one that is asked little is not still for a few media', () => {
    const one = (second: number) => (second % 20 === 0 ? 1 : 0);
    const isStill = (manifests: number) =>
      watch({ from: 0, to: 300, media: one, manifests }).isStill;
    expect([isStill(0), isStill(1)]).toEqual([false, true]);
  });

  it.each([
    // One agent who waits asks 3 times in a slot at most, so a minute of them is 180 and needs 18 media.
    [1, 18, true],
    [1, 19, false],
    // Two agents are up to 4 people.
    [2, 60, true],
    [2, 61, false],
  ])(
    'counts of %i agents no more than people poll: %i media, still: %p',
    (agents, media, isStill) => {
      const some = (second: number) => (second % 60 === 7 ? media : 0);
      const bits = 2 ** agents - 1;
      const polls = { media: some, manifests: 10, agents: bits };
      expect(watch({ from: 0, to: 300, ...polls }).isStill).toBe(isStill);
    },
  );

  it.each([
    [59, true],
    [60, false],
  ])('%i s after media flow again it is still: %p, as the windows hold who waited', (more, is) => {
    const stillness = watch({ from: 0, to: 300 });
    watch({ from: 301, to: 300 + more, media: MANY }, stillness);
    expect(stillness.isStill).toBe(is);
  });

  it.each([
    ['with viewers of its own that were stored', WATCHED, [false, false, true]],
    ['without any', EMPTY, [true, true, true]],
  ])('who has not watched for a minute asks the lane, %s', (_, hasViewers, expected) => {
    const stillAt = [0, 59, 60].map(
      (to) => watch({ from: 0, to }, new Stillness(RHYTHM), hasViewers).isStill,
    );
    expect(stillAt).toEqual(expected);
  });

  it('the first packet with media ends what a new process supposed', () => {
    const stillness = watch({ from: 0, to: 5 }, new Stillness(RHYTHM), EMPTY);
    expect(stillness.isStill).toBe(true);
    expect(watch({ from: 6, to: 6, media: MANY }, stillness, EMPTY).isStill).toBe(false);
  });

  it.each([
    [60, true],
    [61, false],
  ])('after %i s without a packet what it knows is worth something: %p', (gap, isStill) => {
    const stillness = watch({ from: 0, to: 90, media: until(20) });
    expect(stillness.isStill).toBe(true);
    // Another process had the lane meanwhile, and media with it.
    watch({ from: 90 + gap, to: 149 + gap }, stillness);
    expect(stillness.isStill).toBe(isStill);
  });

  it('asks for the viewers of a lane only while it needs them', () => {
    let asked = 0;
    const count = () => {
      asked += 1;
      return true;
    };
    watch({ from: 0, to: 200, media: until(3) }, new Stillness(RHYTHM), count);
    // Within the first minute media are less than a minute ago.
    expect(asked).toBe(0);
    watch({ from: 0, to: 200 }, new Stillness(RHYTHM), count);
    expect(asked).toBe(60);
  });
});

describe('withManifestsFailed (G9)', () => {
  const NOBODY = { now: 0, recent: 0 };
  /** All that 5,000 people behind an address of 128 agents do who wait. */
  const crowd = facts({
    window: { hits: 33_000, asks: 33_000, manifests: 33_000 },
    long: { hits: 198_000, asks: 198_000, manifests: 198_000 },
    total: { hits: 1e6, manifests: 1e6, quarterMinutes: 60, seconds: 900, agents: 128 },
    agents: 128,
  });

  it('explains a crowd that waits, which would be a flood', () => {
    expect(judgeSource(crowd, NOBODY, RHYTHM)?.rule).toBe('S1_flood');
    expect(judgeSource(withManifestsFailed(crowd), NOBODY, RHYTHM)).toBeUndefined();
  });

  it.each<[string, number, string | undefined]>([
    // Three people, each with two playlists every 3 s.
    ['120 in a minute', 120, undefined],
    ['179 in a minute', 179, undefined],
    ['180 in a minute', 180, 'S12_asks'],
    ['1,000 in a minute', 1_000, 'S1_flood'],
  ])('lets one agent gain little: %s', (_, manifests, rule) => {
    const window = Math.floor(manifests / 6);
    const own = facts({
      window: { hits: window, asks: window, manifests: window },
      long: { hits: manifests, asks: manifests, manifests },
    });
    expect(judgeSource(withManifestsFailed(own), NOBODY, RHYTHM)?.rule).toBe(rule);
  });

  it('spares no scraper of pages for the playlists that it asks for', () => {
    const scraper = facts({
      total: { hits: 75, pages: 60, manifests: 15, quarterMinutes: 20, seconds: 300 },
      pagePaths: 9,
    });
    expect(judgeSource(withManifestsFailed(scraper), NOBODY, RHYTHM)?.rule).toBe(
      'S10_slow_scraper',
    );
  });

  it('changes nothing of who asks for no manifest', () => {
    const own = facts({ window: { hits: 9, pages: 4 }, long: { hits: 9, pages: 4 } });
    expect(withManifestsFailed(own)).toEqual(own);
  });
});
