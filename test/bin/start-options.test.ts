import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../bin/commands/errors';
import {
  type StartOptions,
  parseMinutes,
  parseOutage,
  parseSeed,
  parseSpeed,
  parseViewers,
} from '../../bin/commands/start-options';
import { choosePlan, savePlan } from '../../bin/commands/start-plan';
import { makeCrowd } from '../../local/crowd/crowd';

const folder = mkdtempSync(join(tmpdir(), 'turnout-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

const log = join(folder, 'access.log');
writeFileSync(log, 'hello\n');
const NOW = Date.parse('2026-11-24T20:15:42.500Z');
const MINUTE_MS = 60_000;

describe('options of npm start', () => {
  it.each<[string, (text: string) => unknown, string, unknown]>([
    ['viewers', parseViewers, '1', 1],
    ['viewers', parseViewers, '1000000', 1_000_000],
    ['minutes', parseMinutes, '1.5', 1.5],
    ['minutes', parseMinutes, '1440', 1_440],
    ['seed', parseSeed, '0', 0],
    ['speed', parseSpeed, '0.1', 0.1],
    ['speed', parseSpeed, '1000', 1_000],
    ['speed', parseSpeed, 'max', 'max'],
    ['outage', parseOutage, '20@90', { seconds: 20, fromSecond: 90, shape: '5xx' }],
    ['outage', parseOutage, '5@0:timeouts', { seconds: 5, fromSecond: 0, shape: 'timeouts' }],
    ['outage', parseOutage, '2520@0:404', { seconds: 2_520, fromSecond: 0, shape: '404' }],
    ['outage', parseOutage, '60@90:still', { seconds: 60, fromSecond: 90, shape: 'still' }],
  ])('takes %s', (_, parse, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it.each<[string, (text: string) => unknown, string]>([
    ['viewers', parseViewers, '0'],
    ['viewers', parseViewers, '1000001'],
    ['viewers', parseViewers, '1.5'],
    ['viewers', parseViewers, '0x10'],
    ['minutes', parseMinutes, '0.9'],
    ['minutes', parseMinutes, '1441'],
    ['minutes', parseMinutes, ''],
    ['seed', parseSeed, '-1'],
    ['speed', parseSpeed, '0'],
    ['speed', parseSpeed, '1001'],
    ['speed', parseSpeed, 'fast'],
    ['outage', parseOutage, '0@10'],
    ['outage', parseOutage, '20'],
    ['outage', parseOutage, '20@90:4xx'],
  ])('refuses %s, and says what it expected', (_, parse, text) => {
    expect(() => parse(text)).toThrow(new RegExp(`expected .*, got ${text}$`));
  });
});

describe('choosePlan', () => {
  it('makes an event of 500 viewers and 3 minutes that begins with whole five minutes', () => {
    expect(choosePlan({}, NOW)).toEqual({
      kind: 'crowd',
      viewers: 500,
      minutes: 3,
      seed: 1,
      speed: 1,
      startAtMs: Date.parse('2026-11-24T20:15:00Z'),
    });
  });

  it.each([0.5, 1, 7, 20, 1_000])('has no line from the future at speed %f', (speed) => {
    const plan = choosePlan({ minutes: 60, speed }, NOW);
    if (plan.kind !== 'crowd') throw new Error('expected a crowd');
    // A line of minute n comes n / speed minutes from now.
    for (const n of [0, 1, 30, 60]) {
      const comesAtMs = NOW + (n * MINUTE_MS) / speed;
      expect(plan.startAtMs + n * MINUTE_MS).toBeLessThanOrEqual(comesAtMs);
    }
  });

  it('plays the same figures for one seed, whenever it is begun', () => {
    const figuresAt = (nowMs: number) => {
      const plan = choosePlan({ viewers: 40, minutes: 1, seed: 7, speed: 20 }, nowMs);
      if (plan.kind !== 'crowd') throw new Error('expected a crowd');
      const crowd = makeCrowd(plan);
      const lines = [...crowd.lines()].length;
      const { hits, contents } = crowd.truth();
      const { from, to, peakAt, ...live } = contents.live!;
      return { times: [from, to, peakAt], lines, hits, live };
    };
    const now = figuresAt(NOW);
    for (const minutes of [1, 4, 7, 61]) {
      const later = figuresAt(NOW + minutes * MINUTE_MS);
      expect({ ...later, times: now.times }).toEqual(now);
    }
  });

  it('replays as fast as it goes, if nothing else is said', () => {
    expect(choosePlan({ replay: log }, NOW)).toMatchObject({
      kind: 'replay',
      file: log,
      bytes: 6,
      speed: 'max',
      config: {},
    });
  });

  it.each<[RegExp, StartOptions]>([
    [/--config is for --replay alone/, { config: 'turnout.json' }],
    [/--speed max is for --replay alone/, { speed: 'max' }],
    [
      /--outage begins at second 180, expected before the end at 180/,
      { outage: { seconds: 1, fromSecond: 180, shape: '5xx' } },
    ],
    [/--viewers is of the event/, { replay: log, viewers: 1 }],
    [/--minutes is of the event/, { replay: log, minutes: 1 }],
    [/--seed is of the event/, { replay: log, seed: 1 }],
    [
      /--outage is of the event/,
      { replay: log, outage: { seconds: 1, fromSecond: 1, shape: '5xx' } },
    ],
  ])('refuses as wrong use: %s', (message, options) => {
    expect(() => choosePlan(options, NOW)).toThrow(message);
    expect(() => choosePlan(options, NOW)).toThrow(UsageError);
  });

  it.each<[RegExp, StartOptions]>([
    [/missing\.log does not exist/, { replay: join(folder, 'missing.log') }],
    [/is no file; a replay reads one log/, { replay: folder }],
    [/none\.json cannot be read/, { replay: log, config: join(folder, 'none.json') }],
    [/access\.log is no JSON/, { replay: log, config: log }],
  ])('could not do it: %s', (message, options) => {
    expect(() => choosePlan(options, NOW)).toThrow(message);
    expect(() => choosePlan(options, NOW)).not.toThrow(UsageError);
  });
});

describe('a kept plan', () => {
  const LATER = NOW + 3_600_000;
  const keep = join(folder, 'event');
  const outage = { seconds: 5, fromSecond: 9, shape: '5xx' } as const;
  const first = { keep, viewers: 40, speed: 20, outage };
  savePlan(keep, choosePlan(first, NOW));

  it('is found again with its start, whether its options are said or not', () => {
    const plan = choosePlan(first, NOW);
    expect(choosePlan({ keep }, LATER)).toEqual(plan);
    expect(choosePlan(first, LATER)).toEqual(plan);
  });

  it('is never written over', () => {
    const before = readFileSync(join(keep, 'rig.json'), 'utf8');
    savePlan(keep, choosePlan({ viewers: 41 }, LATER));
    expect(readFileSync(join(keep, 'rig.json'), 'utf8')).toBe(before);
  });

  it.each<[RegExp, StartOptions]>([
    [/rig\.json keeps a run with viewers 40, got 41: leave --viewers out/, { viewers: 41 }],
    [/keeps a run with minutes 3, got 4/, { minutes: 4 }],
    [/keeps a run with speed 20, got max/, { speed: 'max' }],
    [/keeps a run with outage .*"fromSecond":9/, { outage: { ...outage, fromSecond: 8 } }],
    [/keeps a run with no replay, got .*access\.log/, { replay: log }],
  ])('refuses other options: %s', (message, options) => {
    expect(() => choosePlan({ keep, ...options }, LATER)).toThrow(message);
    expect(() => choosePlan({ keep, ...options }, LATER)).toThrow(UsageError);
  });

  it('refuses a log that has changed since', () => {
    const changing = join(folder, 'changing.log');
    const place = join(folder, 'replay');
    writeFileSync(changing, 'hello\n');
    savePlan(place, choosePlan({ keep: place, replay: changing }, NOW));
    expect(choosePlan({ keep: place }, LATER)).toMatchObject({ file: changing });
    writeFileSync(changing, 'hello\nhello\n');
    expect(() => choosePlan({ keep: place }, LATER)).toThrow(/has 12 bytes, expected 6/);
  });

  it('takes an empty directory, and no other', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(choosePlan({ keep: empty }, NOW)).toMatchObject({ kind: 'crowd' });
    expect(() => choosePlan({ keep: folder }, NOW)).toThrow(/expected a new or empty directory/);
    expect(() => choosePlan({ keep: log }, NOW)).toThrow(/expected a new or empty directory/);
  });
});
