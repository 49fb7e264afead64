import { Audience } from '../../../lambdas/core/audience/audience';
import { CLASSES } from '../../../lambdas/core/edge/classes';
import { ContentTable } from '../../../lambdas/core/edge/content-table';
import { rhythmOf } from '../../../lambdas/core/guard/rules';
import { ViewersByAddress, makeViewerLookup } from '../../../lambdas/core/guard/viewers-by-address';
import { UNBOUNDED } from '../../../lambdas/core/road/unbounded';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import { DAYS, NO_HASH } from '../../support/lane-entries';

/** Goal: who conforms is who G2 says. Method: viewers put together by hand, with one fact on either side. */
const DAY = 20_781;
const START = DAYS.startOf(DAY);
const RHYTHM = rhythmOf(6_000);
const ADDRESS = 0x00010007;

interface Viewer {
  readonly address?: number;
  readonly kind?: 'stream' | 'page';
  /** Seconds since the day began; it plays a minute up to `to`, or from `from`. */
  readonly to?: number;
  readonly from?: number;
  readonly started?: boolean;
  readonly askedManifest?: boolean;
  readonly hits?: number;
  readonly viewerClass?: (typeof CLASSES)[number];
  readonly day?: number;
  /** of the session: first and last hit, and whether all were refused */
  readonly session?: readonly [number, number, boolean?];
}

function makeViewers(...viewers: readonly Viewer[]) {
  const contents = new ContentTable(DEFAULT_SETTINGS);
  const audience = new Audience({ contents, days: DAYS, viewerHash: NO_HASH, limits: UNBOUNDED });
  const entries = viewers.map((viewer, n) => {
    const { address = ADDRESS, kind = 'stream', started = true, day = DAY } = viewer;
    const { to = 600, from = to - 60, session = [from, to] } = viewer;
    const identity = {
      ...{ keyHi: n + 1, keyLo: n + 1, day, address, rank: n },
      content: contents.numberOf(kind, kind, 6_000),
    };
    const entry = audience.adopt(identity, {
      ...{ viewerClass: CLASSES.indexOf(viewer.viewerClass ?? 'player'), country: 0, device: 1 },
      ...{ started, askedManifest: viewer.askedManifest ?? true, hits: viewer.hits ?? 20, raw: 30 },
    });
    const last = (session[1] * 1_000) | (session[2] === true ? 0 : 0x80000000);
    audience.joinSession(entry, Uint32Array.of(session[0] * 1_000, last, 0, 0, 0, 0));
    if (started) audience.joinRun(entry, Uint32Array.of(from / 2, to / 2 - 1));
    return entry;
  });
  return { viewers: new ViewersByAddress(audience, DAYS.startOf), entries };
}

/** How many conform at a second of the day: now, and in the last half hour. */
function behind(second: number, ...viewers: readonly Viewer[]): number[] {
  const lookup = makeViewerLookup(() => makeViewers(...viewers).viewers, DAYS, RHYTHM);
  const { now, recent } = lookup.behind(ADDRESS, START + second * 1_000);
  return [now, recent];
}

describe('a conforming viewer (G2)', () => {
  it.each<[string, Viewer, number]>([
    ['asked for a manifest and had media', {}, 1],
    ['a browser', { viewerClass: 'browser' }, 1],
    ['asked for no manifest', { askedManifest: false }, 0],
    ['had no media', { started: false }, 0],
    ['is a bot', { viewerClass: 'declared_bot' }, 0],
    ['is a tool', { viewerClass: 'tool' }, 0],
    ['comes from a data centre', { viewerClass: 'datacentre' }, 0],
    ['was marked before', { viewerClass: 'suspect' }, 0],
    ['reads a page', { kind: 'page' }, 0],
    ['has another address', { address: ADDRESS + 1 }, 0],
    ['has another network', { address: ADDRESS + 0x10000 }, 0],
    ['was here on another day', { day: DAY - 2 }, 0],
  ])('%s', (_, viewer, conforms) => {
    expect(behind(600, viewer)).toEqual([conforms, conforms]);
  });

  it.each([
    [600, [1, 1]],
    [660, [1, 1]],
    [661, [0, 1]],
    [600 + 1_800, [0, 1]],
    [600 + 1_801, [0, 0]],
    [300, [1, 1]],
  ])('that played until second 600 counts at second %i: %p', (second, counts) => {
    expect(behind(second, {})).toEqual(counts);
  });

  // A minute of presence explains 120 hits, and the start 40: 800 are five times that.
  it.each([
    [1, 800, 1],
    [1, 801, 0],
    [3, 801, 2],
    [4, 801, 4],
  ])('of %i behind an address, with %i hits of one of them, %i conform', (all, hits, conform) => {
    const viewers = Array.from({ length: all }, (_, n): Viewer => (n === 0 ? { hits } : {}));
    expect(behind(600, ...viewers)).toEqual([conform, conform]);
  });

  // Four minutes of pause explain 160 polls beside the 160 hits of a minute that plays: 1,600 are five times that.
  it.each([
    [1_600, 1],
    [1_601, 0],
  ])('that was on pause for four minutes conforms with %i hits: %i', (hits, conforms) => {
    expect(behind(600, { session: [300, 600], hits })).toEqual([conforms, conforms]);
  });

  it('counts by its last presence, wherever that stands in its runs', () => {
    const { viewers, entries } = makeViewers({ to: 200 });
    expect(viewers.restMs(entries[0]!, START + 260_000)).toBe(60_000);
    expect(viewers.restMs(entries[0]!, START + 100_000)).toBe(0);
  });
});

describe('makeViewerLookup', () => {
  const yesterday = { day: DAY - 1, address: 5, to: 86_400 };
  const ask = (second: number, before: number | undefined, ...viewers: readonly Viewer[]) => {
    const lookup = makeViewerLookup(() => makeViewers(...viewers).viewers, DAYS, RHYTHM);
    return lookup.behind(ADDRESS, START + second * 1_000, before);
  };

  it.each([
    [0, { now: 2, recent: 2 }],
    [60, { now: 2, recent: 2 }],
    [61, { now: 0, recent: 2 }],
    [1_800, { now: 0, recent: 2 }],
    [1_801, { now: 0, recent: 0 }],
  ])('%i s into a day knows those of the day before: %p', (second, counts) => {
    expect(ask(second, 5, yesterday, yesterday)).toEqual(counts);
  });

  // Who watched over the change and asks for no manifest on the new day: DASH.
  const goesOn = { from: 58, to: 7_200, askedManifest: false };
  it.each<[string, Viewer, Viewer, number | undefined, number]>([
    ['conformed until the change', goesOn, yesterday, 5, 1],
    ['conformed until a minute before it', goesOn, { ...yesterday, to: 86_340 }, 5, 1],
    ['conformed until longer before', goesOn, { ...yesterday, to: 86_338 }, 5, 0],
    ['did not conform', goesOn, { ...yesterday, askedManifest: false, from: 80_000 }, 5, 0],
    [
      'had watched from the change before on',
      goesOn,
      { ...yesterday, askedManifest: false, from: 0 },
      5,
      1,
    ],
    ['is not known', goesOn, yesterday, undefined, 1],
    ['begins later', { ...goesOn, from: 60 }, yesterday, 5, 0],
    ['asked for a manifest', { from: 60, to: 7_200 }, yesterday, 6, 1],
  ])('two hours later, who goes on and the day before %s', (_, today, before, address, now) => {
    expect(ask(7_200, address, before, today)).toEqual({ now, recent: now });
  });

  it('believes who goes on where the day before is not at hand', () => {
    const { viewers } = makeViewers({ ...goesOn, to: 7_200 });
    const lookup = makeViewerLookup((day) => (day === DAY ? viewers : undefined), DAYS, RHYTHM);
    expect(lookup.behind(ADDRESS, START + 7_200_000, 5)).toEqual({ now: 1, recent: 1 });
  });

  it.each<[string, number, Viewer, boolean]>([
    ['of the network', 2_400, {}, true],
    ['of another address of it', 2_400, { address: ADDRESS + 9 }, true],
    ['of another network', 2_400, { address: ADDRESS + 0x10000 }, false],
    ['of half an hour ago and more', 2_401, {}, false],
    ['that asked for no manifest', 2_400, { askedManifest: false }, false],
    ['that plays much too fast', 2_400, { hits: 801 }, false],
    ['of the day before', 1_800, { ...yesterday, address: ADDRESS + 1 }, true],
    ['of the day before, and half an hour is gone', 1_801, yesterday, false],
  ])('says whether a network is watched: a viewer %s', (_, second, viewer, expected) => {
    const lookup = makeViewerLookup(() => makeViewers(viewer).viewers, DAYS, RHYTHM);
    expect(lookup.isWatched(ADDRESS >>> 16, START + second * 1_000)).toBe(expected);
  });

  it.each([
    [600, false],
    [601, true],
  ])(
    'of viewers whose presence ended before second %i a network is watched: %p',
    (until, expected) => {
      // It ended in second 600.
      const lookup = makeViewerLookup(() => makeViewers({}).viewers, DAYS, RHYTHM);
      const before = START + until * 1_000;
      expect(lookup.isWatched(ADDRESS >>> 16, START + 700_000, before)).toBe(expected);
    },
  );

  it('takes the more of both days, and not their sum', () => {
    const today = { from: 0, to: 10 };
    expect(ask(12, 5, yesterday, yesterday, today)).toEqual({ now: 2, recent: 2 });
    expect(ask(12, 5, yesterday, today, today)).toEqual({ now: 2, recent: 2 });
    expect(ask(12, 6, yesterday, yesterday, today)).toEqual({ now: 1, recent: 1 });
  });

  it('counts the conforming of a whole lane, also over the change of days', () => {
    const count = (second: number, ...viewers: readonly Viewer[]) => {
      const lookup = makeViewerLookup(() => makeViewers(...viewers).viewers, DAYS, RHYTHM);
      return lookup.conforming(START + second * 1_000);
    };
    const others = [{}, { address: 0x00090001 }, { kind: 'page' as const }, { to: 500 }];
    expect([count(560, ...others), count(561, ...others)]).toEqual([3, 2]);
    expect([count(60, yesterday), count(61, yesterday)]).toEqual([1, 0]);
  });

  it('knows nobody of a day that is not at hand', () => {
    const lookup = makeViewerLookup(() => undefined, DAYS, RHYTHM);
    expect(lookup.behind(ADDRESS, START)).toEqual({ now: 0, recent: 0 });
    expect(lookup.conforming(START)).toBe(0);
  });
});

describe('isIdle', () => {
  it.each<[string, Viewer, boolean]>([
    ['has had media', { session: [0, 900] }, false],
    ['has waited 9 s for media', { started: false, session: [100, 109] }, false],
    ['has waited 10 s for media', { started: false, session: [100, 110] }, true],
    ['had nothing but refusals', { started: false, session: [100, 101, true] }, true],
  ])('of who %s', (_, viewer, isIdle) => {
    const { viewers, entries } = makeViewers(viewer);
    expect(viewers.isIdle(entries[0]!)).toBe(isIdle);
  });
});

describe('entriesOf', () => {
  it('finds all of an address among many, also when more have come', () => {
    const many = Array.from({ length: 3_000 }, (_, n): Viewer => ({
      address: 0x00010000 + (n % 37),
    }));
    const { viewers, entries } = makeViewers(...many);
    for (const rest of [0, 7, 36]) {
      const own = entries.filter((_, n) => n % 37 === rest);
      expect(viewers.entriesOf(0x00010000 + rest, DAY).sort((a, b) => a - b)).toEqual(own);
    }
    expect(viewers.entriesOf(0x00010000 + 37, DAY)).toEqual([]);
    expect(viewers.entriesOf(0x00010000, DAY - 1)).toEqual([]);
  });
});
