import { type MixOptions, mixEvent } from '../../local/attacks/mix-event';
import { makeLeanCrowd } from '../../local/attacks/lean-crowd';
import { waitOf } from '../../local/attacks/late';
import { flashSchedule } from '../../local/attacks/schedule';
import { Chance } from '../../local/crowd/chance';
import { START_AT_MS, isManifest, isMedia, isPage, mixOptions, readFields } from './attack-lines';
import { fieldsOf } from './crowd-lines';

/**
 * Goal: who waits for a stream that begins late does what players do and no more, so that a guard that blocks them
 * is wrong. Method: lines are read back, before and after the stream begins.
 */
const eventOf = (options: Partial<MixOptions>) => {
  const event = mixEvent(mixOptions(options));
  const lines = [...event.lines()].flatMap((one) => {
    const read = fieldsOf(one.line);
    return read.ok ? [{ ...one, fields: read.fields, atMs: one.atMs - START_AT_MS }] : [];
  });
  return { event, lines };
};
type Line = ReturnType<typeof eventOf>['lines'][number];
const status = ({ fields }: Line) => fields['sc-status']!;
const isStream = ({ fields }: Line) => isManifest(fields) || isMedia(fields);

describe('waitOf', () => {
  it.each([
    ['late-start', { seconds: 6_000 }, '404', 0, 60 + 42 * 60],
    ['stall', { seconds: 6_000 }, 'still', 0, 60 + 42 * 60],
    ['stall', { seconds: 6_000, fromSecond: 300 }, 'still', 300, 300 + 42 * 60],
    // Who comes before the announced start finds nothing either.
    ['late-start', { seconds: 6_000, fromSecond: 300 }, '404', 0, 60 + 42 * 60],
    // Four fifths of what is left: 3,150 s of it are 42 minutes.
    ['late-start', { seconds: 60 + 3_150 }, '404', 0, 60 + 2_520],
    ['late-start', { seconds: 60 + 3_150 - 10 }, '404', 0, 60 + 2_512],
    ['late-start', { seconds: 180 }, '404', 0, 36 + 115.2],
    ['stall', { seconds: 180, fromSecond: 100 }, 'still', 100, 100 + 64],
  ] as const)('of %s with %j is %s from %d to %d', (shape, event, how, from, to) => {
    expect(waitOf(shape, event)).toEqual({ shape: how, fromMs: from * 1000, toMs: to * 1000 });
  });
});

describe.each(['exact', 'lean'] as const)('a late start (%s)', (crowd) => {
  const shapes = ['late-start', { shape: 'botnet', addresses: 20, rampSeconds: 1 }] as const;
  const { event, lines } = eventOf({ shapes, crowd, viewers: 150, minutes: 6, cgnat: 50 });
  const beginMs = waitOf('late-start', { seconds: 360 }).toMs;
  const people = lines.filter(({ isViewer }) => isViewer);
  // In an exact crowd some lines come late.
  const waiting = people.filter(({ atMs }) => atMs < beginMs);

  it('has no playlist and no media before it begins', () => {
    const found = waiting.filter((one) => isStream(one) && status(one).startsWith('2'));
    expect(found).toEqual([]);
    expect(waiting.filter((one) => status(one) === '404').length).toBeGreaterThan(1_000);
  });

  it('is watched in the end, by most who came', () => {
    const seen = people.filter((one) => isMedia(one.fields) && status(one) === '200');
    expect(seen.length).toBeGreaterThan(500);
    const { lean, crowd: exact } = event.truth();
    const watched = lean?.played ?? exact!.contents.live!.viewers;
    expect(watched).toBeGreaterThan(crowd === 'lean' ? 140 : 50);
  });

  it('has no playlists for bots either, and pages for both', () => {
    const bots = lines.filter(({ isAttack, atMs }) => isAttack && atMs < beginMs);
    const asked = bots.filter(isStream);
    expect(asked.length).toBeGreaterThan(500);
    expect(asked.filter((one) => status(one) !== '404')).toEqual([]);
    for (const own of [bots, waiting]) {
      const pages = own.filter(
        ({ fields }) => isPage(fields) && fields['cs-uri-stem'] === '/final',
      );
      expect(pages.filter((one) => status(one) === '200').length).toBeGreaterThan(100);
    }
  });
});

describe('a lean crowd before playlists that stand still', () => {
  const { event, lines } = eventOf({
    shapes: ['stall', { shape: 'cache-busting', addresses: 2 }],
    ...{ crowd: 'lean', viewers: 150, minutes: 6, cgnat: 50 },
  });
  const { toMs } = waitOf('stall', { seconds: 360 });
  const people = lines.filter(({ isViewer }) => isViewer);
  const waiting = people.filter(({ atMs }) => atMs < toMs);

  it('asks for no media until the stream goes on, and then has it', () => {
    expect(waiting.filter(({ fields }) => isMedia(fields))).toEqual([]);
    expect(event.truth().lean!.played).toBeGreaterThan(140);
  });

  it('polls twice in a target duration, two in five of it also the playlist of the sound', () => {
    const settled = waiting.filter(({ atMs }) => atMs > 150_000);
    const count = (name: RegExp) =>
      settled.filter(({ fields }) => name.test(fields['cs-uri-stem']!)).length;
    const pictures = count(/\d+p\/index\.m3u8/);
    const sounds = count(/audio\/index\.m3u8/);
    expect(sounds / pictures).toBeGreaterThan(0.3);
    expect(sounds / pictures).toBeLessThan(0.5);
    // Some are reloading at any time, and a third leaves.
    const perPerson = pictures / ((toMs - 150_000) / 3_000) / 200;
    expect(perPerson).toBeGreaterThan(0.6);
    expect(perPerson).toBeLessThanOrEqual(1.05);
  });

  it('leaves playlists to bots, and no new segment', () => {
    const bots = lines.filter(({ isAttack, atMs }) => isAttack && atMs < toMs);
    const media = bots.filter(({ fields }) => isMedia(fields));
    const lists = bots.filter(({ fields }) => isManifest(fields));
    expect(media.length).toBeGreaterThan(100);
    expect(media.filter((one) => status(one) !== '404')).toEqual([]);
    expect(lists.filter((one) => status(one) === '200').length).toBeGreaterThan(100);
  });
});

it('an event has one trouble of its stream', () => {
  const mix = (shapes: MixOptions['shapes']) => mixEvent(mixOptions({ shapes }));
  expect(() => mix(['late-start', 'stall'])).toThrow('got late-start and stall, expected one');
  expect(() => mix(['origin-failure', 'botnet', 'stall'])).toThrow('got origin-failure and stall');
  expect(() => mix(['origin-failure', 'origin-failure-with-botnet'])).not.toThrow();
});

describe('a low-latency crowd', () => {
  const [partMs, endMs] = [500, 240_000];
  const schedule = flashSchedule(new Chance(3), 12, { fromMs: 0, rampMs: 5_000, endMs });
  const span = { startAtMs: START_AT_MS, endAtMs: START_AT_MS + endMs };
  const crowd = makeLeanCrowd({ seed: 3, ...span, schedule, partMs });
  const own = new Map<string, { atMs: number; stem: string }[]>();
  for (const { atMs, line, source } of crowd.lines()) {
    const fields = readFields(line);
    const key = `${source} ${fields['cs-user-agent']}`;
    if (!own.has(key)) own.set(key, []);
    own.get(key)!.push({ atMs: atMs - START_AT_MS, stem: fields['cs-uri-stem']! });
  }
  /** Of each person and ten seconds in which it was there all the time. */
  const tens = [...own.values()].flatMap((lines) => {
    const last = lines.at(-1)!.atMs;
    const starts = Array.from({ length: 23 }, (_, n) => 10_000 * (n + 1));
    return starts
      .filter((from) => from + 10_000 < last && from > lines[0]!.atMs)
      .map((from) => lines.filter(({ atMs }) => atMs >= from && atMs < from + 10_000));
  });
  const isPart = ({ stem }: { stem: string }) => /_part\d+\.m4s$/.test(stem);
  const isList = ({ stem }: { stem: string }) => /m3u8\?_HLS_msn=\d+&_HLS_part=\d+$/.test(stem);

  it('asks for two playlists and two parts in the time of a part', () => {
    const playing = tens.filter((lines) => lines.filter(isPart).length >= 38);
    expect(playing.length).toBeGreaterThan(50);
    for (const lines of playing) {
      expect(lines.length).toBeGreaterThan(75);
      expect(lines.length).toBeLessThan(85);
    }
  });

  it('goes on with the playlists in a pause, and takes no media', () => {
    const paused = tens.filter((lines) => !lines.some(isPart));
    expect(paused.length).toBeGreaterThan(20);
    for (const lines of paused) {
      expect(lines.filter(isList).length).toBeGreaterThan(37);
      expect(lines.length).toBeLessThan(43);
    }
    expect(crowd.truth()).toMatchObject({ arrived: 12, played: 12 });
  });

  it('asks again after a second where it is refused', () => {
    const refused = [...crowd.lines(() => 'refused')];
    expect(refused.every(({ line }) => readFields(line)['sc-status'] === '409')).toBe(true);
    expect(refused.length).toBeGreaterThan(1_000);
    expect(crowd.truth().played).toBe(0);
  });
});
