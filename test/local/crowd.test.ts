import { TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import { parseConfig } from '../../lib/config';
import { makeCrowd } from '../../local/crowd/crowd';
import type { CrowdLine, CrowdOptions } from '../../local/crowd/crowd';
import { seeds } from '../support/prng';
import { crowdOptions, fieldsOf, linesOf } from './crowd-lines';

const text = (lines: readonly CrowdLine[]) => lines.map(({ line }) => line).join('');

describe('makeCrowd', () => {
  it('writes the same lines for the same seed, byte for byte and call for call', () => {
    const crowd = makeCrowd(crowdOptions({ seed: 3 }));
    const lines = linesOf(crowd);
    const truth = crowd.truth();
    expect(linesOf(crowd)).toEqual(lines);
    expect(crowd.truth()).toEqual(truth);
    // Two at a time do not disturb each other.
    const [one, other] = [
      makeCrowd(crowdOptions({ seed: 3 })),
      makeCrowd(crowdOptions({ seed: 4 })),
    ];
    const [first, second] = [one.lines(), other.lines()];
    const taken: string[] = [];
    for (let n = 0; n < 500; n += 1) {
      taken.push((first.next().value as CrowdLine).line);
      second.next();
    }
    expect(taken).toEqual(lines.slice(0, 500).map(({ line }) => line));
  });

  it('writes other lines for another seed', () => {
    const texts = seeds(20).map((seed) => text(linesOf(makeCrowd(crowdOptions({ seed })), 200)));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it.each(seeds(6))('numbers lines from 0 in the order of their delivery (SEED=%i)', (seed) => {
    const crowd = makeCrowd(crowdOptions({ seed }));
    const lines = linesOf(crowd);
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.map(({ n }) => n)).toEqual(lines.map((_, n) => n));
    expect(lines.every(({ atMs }, n) => n === 0 || atMs >= lines[n - 1]!.atMs)).toBe(true);
    const times = lines.flatMap(({ line, atMs }) => {
      const read = fieldsOf(line);
      return read.ok ? [{ atMs, tMs: Math.round(Number(read.fields['timestamp']) * 1000) }] : [];
    });
    const isInside = (tMs: number) => tMs >= crowd.startAtMs && tMs < crowd.endAtMs;
    expect(times.filter(({ tMs }) => !isInside(tMs))).toEqual([]);
    // Up to four minutes late, and a second copy three seconds after that.
    const isInTime = (delayMs: number) => delayMs >= 0 && delayMs < 243_000;
    expect(times.filter(({ atMs, tMs }) => !isInTime(atMs - tMs))).toEqual([]);
  });

  it('writes lines as CloudFront delivers them: every field, tabs between, one newline', () => {
    const odd = linesOf(makeCrowd(crowdOptions({ seed: 5 }))).filter(({ line }) => {
      const read = fieldsOf(line);
      if (!read.ok) return !/^[^\n]+\n$/.test(line);
      const { fields } = read;
      // The trap of real-time logs: the stem holds the query too.
      const [, query = '-'] = fields['cs-uri-stem']!.split('?');
      const isWhole = line.split('\t').length === TURNOUT_FIELDS.length && line.endsWith('\n');
      const hasAll = Object.values(fields).every((value) => /^[\x21-\x7e]+$/.test(value));
      return !isWhole || !hasAll || query !== fields['cs-uri-query'];
    });
    expect(odd).toEqual([]);
  });

  it('describes itself in a turnout.json that can be read', () => {
    const crowd = makeCrowd(crowdOptions({ seed: 1, minutes: 30 }));
    const settings = parseConfig(crowd.config);
    expect(settings.contents.map(({ id, kind }) => [id, kind])).toEqual([
      ['live', 'stream'],
      ['event-page', 'page'],
    ]);
    expect(settings.realtimeFields).toEqual(TURNOUT_FIELDS);
    expect(settings.events).toEqual([
      { id: 'final', content: 'live', startAtMs: crowd.kickOffAtMs, endAtMs: crowd.endAtMs },
    ]);
    expect([crowd.kickOffAtMs, crowd.endAtMs].map((ms) => ms - crowd.startAtMs)).toEqual([
      60_000, 1_800_000,
    ]);
  });

  it('announces the start a fifth into an event of less than five minutes', () => {
    const { startAtMs, kickOffAtMs } = makeCrowd(crowdOptions({ seed: 1, minutes: 2 }));
    expect(kickOffAtMs - startAtMs).toBe(24_000);
  });

  it('begins to write before it has thought of the end', () => {
    const crowd = makeCrowd(crowdOptions({ seed: 1, viewers: 200, minutes: 1440 }));
    // All of it would be millions of lines.
    expect(linesOf(crowd, 2000)).toHaveLength(2000);
    expect(crowd.truth().lines).toBe(2000);
  });

  it.each<[string, Partial<CrowdOptions>]>([
    ['seed of a crowd: got 0.5, expected a whole number', { seed: 0.5 }],
    ['viewers of a crowd: got 0, expected a whole number from 1 to 10000000', { viewers: 0 }],
    ['viewers of a crowd: got 10000001', { viewers: 10_000_001 }],
    ['viewers of a crowd: got 1.5', { viewers: 1.5 }],
    ['minutes of a crowd: got 0.99, expected a number from 1 to 1440', { minutes: 0.99 }],
    ['minutes of a crowd: got 1441', { minutes: 1441 }],
    ['minutes of a crowd: got NaN', { minutes: NaN }],
    ['startAtMs of a crowd: got 946684799999', { startAtMs: Date.UTC(2000, 0, 1) - 1 }],
    ['startAtMs of a crowd: got 4070908800001', { startAtMs: Date.UTC(2099, 0, 1) + 1 }],
    ['startAtMs of a crowd: got 1795550400000.5', { startAtMs: 1_795_550_400_000.5 }],
    [
      'outage.fromSecond of a crowd: got -1',
      { outage: { fromSecond: -1, seconds: 1, shape: '5xx' } },
    ],
    [
      'outage.seconds of a crowd: got NaN',
      { outage: { fromSecond: 1, seconds: NaN, shape: '5xx' } },
    ],
  ])('refuses %s', (message, options) => {
    expect(() => makeCrowd(crowdOptions({ seed: 1, ...options }))).toThrow(message);
  });

  it.each<[string, Partial<CrowdOptions>]>([
    ['one viewer', { viewers: 1 }],
    ['one minute', { minutes: 1 }],
    ['a day', { minutes: 1440, viewers: 1 }],
    ['the first moment', { startAtMs: Date.UTC(2000, 0, 1) }],
    ['the last moment', { startAtMs: Date.UTC(2099, 0, 1) }],
  ])('takes %s', (_, options) => {
    expect(linesOf(makeCrowd(crowdOptions({ seed: 1, ...options })), 50).length).toBeGreaterThan(
      10,
    );
  });
});
