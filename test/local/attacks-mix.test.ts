import { parseConfig } from '../../lib/config';
import { type MixOptions, type MixedLine, mixEvent } from '../../local/attacks/mix-event';
import { seeds } from '../support/prng';
import {
  START_AT_MS,
  attackOptions,
  countBy,
  isInOrder,
  isManifest,
  mixOptions,
  readFields,
  sourceOfIp,
} from './attack-lines';
import { makeAttack } from '../../local/attacks/attack';
import { fieldsOf } from './crowd-lines';

const text = (lines: readonly MixedLine[]) =>
  lines.map((one) => `${one.n} ${one.atMs} ${one.source} ${one.isAttack} ${one.line}`).join('');

const MIXES: readonly (readonly [string, Partial<MixOptions>])[] = [
  ['nothing', {}],
  ['a botnet', { shapes: [{ shape: 'botnet', addresses: 60 }] }],
  [
    'two shapes at two times',
    {
      shapes: [
        { shape: 'single-source', fromSecond: 20, seconds: 30, scale: 0.2 },
        { shape: 'home-devices', addresses: 40 },
      ],
    },
  ],
  ['bots behind the address of 300 people', { shapes: ['behind-cgnat'], cgnat: 300 }],
  [
    'rotating agents among viewers',
    {
      shapes: [{ shape: 'rotating-agents', networksHoldViewers: true, addresses: 400 }],
      viewers: 400,
    },
  ],
  ['a lean flash crowd', { shapes: ['flash-crowd', { shape: 'one-slash-64', addresses: 500 }] }],
  ['an origin that fails', { shapes: ['origin-failure'], viewers: 60 }],
  ['a late start', { shapes: ['late-start', { shape: 'botnet', addresses: 20 }], viewers: 60 }],
  [
    'a stream that stands still, lean',
    { shapes: [{ shape: 'stall', fromSecond: 60 }, 'cache-busting'], crowd: 'lean', viewers: 60 },
  ],
  [
    'both, lean',
    {
      shapes: [{ shape: 'origin-failure-with-botnet', addresses: 50 }],
      crowd: 'lean',
      viewers: 60,
    },
  ],
];

describe.each(MIXES)('an event with %s', (_, options) => {
  const event = mixEvent(mixOptions(options));
  const lines = [...event.lines()];

  it('has the same lines each time, numbered from 0 by rising times', () => {
    expect(text([...mixEvent(mixOptions(options)).lines()]) === text(lines)).toBe(true);
    expect(isInOrder(lines)).toBe(true);
    expect(lines[0]!.atMs).toBeGreaterThanOrEqual(START_AT_MS);
  });

  it('says whose each line is', () => {
    const people = event.viewerSources();
    const viewers = lines.filter(({ isViewer }) => isViewer);
    expect(viewers.filter(({ source }) => !people.has(source))).toEqual([]);
    expect(lines.filter(({ isViewer, isAttack }) => isViewer && isAttack)).toEqual([]);
    // Damaged lines have no address that could be read.
    const odd = lines.filter(({ line, source }) => {
      const read = fieldsOf(line);
      return read.ok && sourceOfIp(read.fields['c-ip']!) !== source;
    });
    expect(odd).toEqual([]);
  });

  it('has the truth of the crowd and of the attack', () => {
    expect(text([...event.lines()]) === text(lines)).toBe(true);
    const truth = event.truth();
    const attacks = lines.filter(({ isAttack }) => isAttack).length;
    const told = truth.attacks.flatMap(({ offenders }) => offenders);
    expect(told.reduce((sum, { requests }) => sum + requests, 0)).toBe(attacks);
    expect((truth.crowd ?? truth.lean)!.lines).toBe(lines.length - attacks);
  });

  it('keeps attacks away from sources of viewers unless it says so', () => {
    const people = event.viewerSources();
    const shared = new Set(
      event
        .truth()
        .attacks.flatMap(({ offenders }) => offenders)
        .filter(({ holdsViewers, kind }) => holdsViewers && kind !== 'network')
        .map(({ source }) => source),
    );
    const hits = lines.filter(
      ({ isAttack, source }) => isAttack && people.has(source) && !shared.has(source),
    );
    expect(hits).toEqual([]);
  });

  it('describes itself in a turnout.json that can be read', () => {
    const settings = parseConfig(event.config);
    expect(settings.guard.blockPrivate).toBe(true);
    expect(settings.blockStatus).toBe(409);
    expect(settings.events).toEqual([
      { id: 'final', content: 'live', startAtMs: event.kickOffAtMs, endAtMs: event.endAtMs },
    ]);
  });
});

it('counts the people behind each source, the many behind one address too', () => {
  const event = mixEvent(mixOptions({ shapes: ['behind-cgnat'], cgnat: 300, viewers: 50 }));
  expect(event.cgnatSource).toMatch(/^100\./);
  expect(event.viewerSources().get(event.cgnatSource!)).toBe(300);
  const all = [...event.viewerSources().values()].reduce((sum, n) => sum + n, 0);
  // Readers of the page come besides.
  expect(all).toBeGreaterThanOrEqual(350);
  expect(all).toBeLessThan(365);
  const bots = [...event.lines()].filter(({ isAttack }) => isAttack);
  expect(new Set(bots.map(({ source }) => source))).toEqual(new Set([event.cgnatSource]));
});

it('has 5,000 people behind the address of behind-cgnat if nothing else is said', () => {
  const event = mixEvent(mixOptions({ shapes: ['behind-cgnat'], viewers: 1 }));
  // One or two come so late that the event is over.
  expect(event.viewerSources().get(event.cgnatSource!)).toBeGreaterThan(4990);
  expect(event.viewerSources().get(event.cgnatSource!)).toBeLessThanOrEqual(5000);
});

it('begins attacks at kick-off, or when they say so, and ends them in time', () => {
  const span = (shape: MixOptions['shapes'][number]) => {
    const event = mixEvent(mixOptions({ shapes: [shape], viewers: 5 }));
    const times = [...event.lines()].filter(({ isAttack }) => isAttack).map(({ atMs }) => atMs);
    return [times[0]!, times.at(-1)!].map((atMs) => Math.round((atMs - START_AT_MS) / 1000));
  };
  expect(span('single-source')).toEqual([36, 180]);
  expect(span({ shape: 'single-source', fromSecond: 100, seconds: 20 })).toEqual([100, 120]);
});

it.each(['exact', 'lean'] as const)('lets a flash crowd come at kick-off (%s)', (crowd) => {
  const event = mixEvent(mixOptions({ shapes: ['flash-crowd'], crowd, viewers: 200 }));
  const first = new Map<string, number>();
  for (const { atMs, source, isViewer } of event.lines()) {
    if (isViewer && !first.has(source)) first.set(source, (atMs - event.kickOffAtMs) / 1000);
  }
  const inMinute = [...first.values()].filter((second) => second >= 0 && second <= 65);
  // Of the exact one some wait at the door, and readers of the page come as they like.
  expect(inMinute.length / first.size).toBeGreaterThan(crowd === 'lean' ? 0.999 : 0.8);
});

it('lets a lean crowd come around kick-off on other evenings', () => {
  const event = mixEvent(mixOptions({ crowd: 'lean', viewers: 200 }));
  const before = new Set<string>();
  const all = new Set<string>();
  for (const { atMs, source } of event.lines()) {
    all.add(source);
    if (atMs < event.kickOffAtMs) before.add(source);
  }
  expect(before.size / all.size).toBeGreaterThan(0.35);
  expect(before.size / all.size).toBeLessThan(0.65);
});

it('gives two attacks no source in common', () => {
  const shapes = (['botnet', 'slow-scrapers', 'manifest-hammering'] as const).map((shape) => ({
    shape,
    addresses: 400,
  }));
  const { attacks } = mixEvent(mixOptions({ shapes })).truth();
  const sources = attacks.flatMap(({ offenders }) => offenders.map(({ source }) => source));
  expect(sources).toHaveLength(1200);
  expect(new Set(sources).size).toBe(1200);
});

it.each(seeds(3))('lets an edge refuse bots and viewers as they come (SEED=%i)', (seed) => {
  const event = mixEvent(
    mixOptions({ seed, shapes: [{ shape: 'botnet', addresses: 20 }], blockStatus: 429 }),
  );
  const refusedFrom = event.kickOffAtMs + 60_000;
  const judge = (_: string, atMs: number) => (atMs >= refusedFrom ? 'refused' : 'served');
  const known = [...event.lines(judge)].flatMap((one) => {
    const read = fieldsOf(one.line);
    return read.ok ? [{ ...one, fields: read.fields }] : [];
  });
  const isLate = ({ fields }: (typeof known)[number]) =>
    Number(fields['timestamp']) * 1000 >= refusedFrom;
  const late = known.filter(isLate);
  expect(late.filter(({ isViewer }) => isViewer).length).toBeGreaterThan(100);
  expect(late.filter(({ fields }) => fields['sc-status'] !== '429')).toEqual([]);
  const early = known.filter((one) => !isLate(one) && one.isAttack);
  expect(early.filter(({ fields }) => fields['sc-status'] === '429')).toEqual([]);
  expect(event.truth().crowd!.contents.live!.turnedAway['refusedByUs']).toBeGreaterThan(0);
});

describe('an origin that fails for 42 minutes from kick-off', () => {
  const minutes = 46;
  const event = mixEvent(
    mixOptions({
      viewers: 40,
      minutes,
      crowd: 'lean',
      shapes: [{ shape: 'origin-failure-with-botnet', addresses: 3, perSecond: 1 }],
    }),
  );
  const lines = [...event.lines()].map((one) => ({ ...one, fields: readFields(one.line) }));
  const isStream = ({ fields }: (typeof lines)[number]) => fields['cs-host'] === 'live.example.com';
  const failedShare = (from: number, to: number, isAttack: boolean) => {
    const own = lines.filter((one) => {
      const at = (one.atMs - event.kickOffAtMs) / 60_000;
      return isStream(one) && at >= from && at < to && one.isAttack === isAttack;
    });
    expect(own.length).toBeGreaterThan(5);
    return own.filter(({ fields }) => fields['sc-status']!.startsWith('5')).length / own.length;
  };

  it('fails viewers and bots, from kick-off to the 42nd minute and no longer', () => {
    expect(failedShare(-0.5, 0, false)).toBeLessThan(0.05);
    expect(failedShare(0, 1, false)).toBeGreaterThan(0.8);
    expect(failedShare(41, 42, false)).toBeGreaterThan(0.8);
    expect(failedShare(42, 45, false)).toBeLessThan(0.05);
    expect(failedShare(0, 42, true)).toBeGreaterThan(0.4);
    expect(failedShare(42, 45, true)).toBeLessThan(0.01);
  });

  it('lets everybody reload, at first more than once a second each, then less and less', () => {
    const perPerson = (from: number, to: number) => {
      const own = lines.filter(({ atMs, isViewer }) => {
        const second = (atMs - event.kickOffAtMs) / 1000;
        return isViewer && second >= from && second < to;
      });
      return (
        own.length /
        (to - from) /
        new Set(own.map(({ source, fields }) => `${source} ${fields['cs-user-agent']}`)).size
      );
    };
    expect(perPerson(0, 30)).toBeGreaterThan(0.3);
    expect(perPerson(0, 30)).toBeLessThan(4);
    expect(perPerson(600, 900)).toBeLessThan(perPerson(0, 30) / 2);
    expect(lines.some((one) => one.isViewer && one.fields['cs-uri-stem'] === '/final')).toBe(true);
  });
});

it('an attack alone asks for the same things as in an event', () => {
  const alone = [...makeAttack(attackOptions({ shape: 'manifest-hammering' })).lines()];
  const shapes = [{ shape: 'manifest-hammering', addresses: 2 }] as const;
  const mixed = [...mixEvent(mixOptions({ shapes })).lines()].filter(({ isAttack }) => isAttack);
  const stems = (lines: readonly { line: string }[]) =>
    [...countBy(lines, ({ line }) => readFields(line)['cs-uri-stem']!).keys()].sort();
  expect(stems(mixed)).toEqual(stems(alone));
  expect(mixed.every(({ line }) => isManifest(readFields(line)))).toBe(true);
});
