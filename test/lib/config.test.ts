import { TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import { BLOCK_STATUSES, LIMITS } from '../../lambdas/core/settings';
import { DEFAULT_SETTINGS, parseConfig } from '../../lib/config';
import {
  CONTENT,
  EVENT,
  GOOD,
  many,
  PARTS,
  problemsOf,
  withContent,
  withEvent,
} from './config-support';

describe('parseConfig', () => {
  it('makes the defaults of an empty file', () => {
    expect(parseConfig({})).toEqual(DEFAULT_SETTINGS);
    expect(parseConfig({ thresholds: {}, networks: {}, contents: [], events: [] })).toEqual(
      DEFAULT_SETTINGS,
    );
  });

  it('fills in what a content leaves out', () => {
    expect(parseConfig(GOOD).contents).toEqual([
      {
        id: 'live',
        kind: 'stream',
        hosts: [],
        paths: ['/live/**'],
        segmentMs: 6_000,
        parts: undefined,
        entry: [],
      },
    ]);
  });

  it('turns times into milliseconds and hosts into lower case', () => {
    const [content] = parseConfig(
      withContent({
        hosts: ['Live.Example.com'],
        segmentSeconds: 2.002,
        parts: { ...PARTS, seconds: 0.2 },
      }),
    ).contents;
    expect(content).toMatchObject({
      hosts: ['live.example.com'],
      segmentMs: 2_002,
      parts: { partMs: 200 },
    });
    expect(parseConfig(withEvent({ start: '2026-11-24T21:00+01:00' })).events[0]).toEqual({
      id: 'night',
      content: 'live',
      startAtMs: Date.UTC(2026, 10, 24, 20),
      endAtMs: Date.UTC(2026, 10, 24, 22),
    });
  });

  it('puts real-time fields into the order in which CloudFront delivers them', () => {
    const given = [...TURNOUT_FIELDS].reverse();
    expect(parseConfig({ realtimeFields: given }).realtimeFields).toEqual(TURNOUT_FIELDS);
  });

  it('names every problem in one error: where, expected, got', () => {
    const json = {
      contents: [{ id: 'live', kind: 'film', paths: [], segmentSecond: 4 }],
      events: [{ ...EVENT, content: 'other', end: EVENT.start }],
      dayStartHour: 24,
      thresholds: { pagesPerDayMax: '800' },
    };
    expect(problemsOf(json).text).toBe(
      [
        'turnout.json has 7 problems',
        '  contents[0].kind: expected "stream" or "page", got "film"',
        '  contents[0].paths: expected a list of 1 to 100 globs, got a list of 0',
        '  contents[0]: expected only the keys id, kind, hosts, paths, segmentSeconds, parts, entry, got "segmentSecond" (did you mean "segmentSeconds"?)',
        '  dayStartHour: expected a whole number from 0 to 23, got 24',
        '  thresholds.pagesPerDayMax: expected a whole number from 1 to 100000, got "800"',
        '  events[0].content: expected the id of one of the contents, got "other"',
        '  events[0].end: expected a time after start, at most 24 hours later, got "2026-11-24T20:00:00Z"',
      ].join('\n'),
    );
  });

  it.each([
    ['dayStartHour', 'daystarthour', 'dayStartHour'],
    ['timeZone', 'time_zone', 'timeZone'],
    ['contents', 'content', 'contents'],
  ])('hints at %s for the key %s', (_, key, known) => {
    expect(problemsOf({ [key]: 1 }).text).toContain(`got "${key}" (did you mean "${known}"?)`);
  });

  it('hints at nothing for a key that is near to none', () => {
    expect(problemsOf({ colour: 1 }).text).toMatch(/got "colour"$/);
  });

  it('hints at contents and fields too', () => {
    expect(problemsOf(withEvent({ content: 'life' })).text).toContain('did you mean "live"?');
    const fields = [...TURNOUT_FIELDS, 'c_port'];
    expect(problemsOf({ realtimeFields: fields }).text).toContain('did you mean "c-port"?');
  });

  it.each([
    ['null', null],
    ['a list', []],
    ['a text', '{}'],
    ['nothing', undefined],
    ['a number', 7],
    ['a function', () => 1],
  ])('refuses %s as a file', (_, json) => {
    expect(problemsOf(json).where).toEqual(['the file']);
  });

  it('refuses keys that would reach into the prototype', () => {
    const json: unknown = JSON.parse('{"__proto__": {"timeZone": "UTC"}, "constructor": 1}');
    expect(problemsOf(json).where).toEqual(['the file', 'the file']);
  });

  it('cuts what it got, so that one long value leaves the others readable', () => {
    expect(problemsOf({ timeZone: 'x'.repeat(10_000) }).text.length).toBeLessThan(300);
  });
});

describe('limits of numbers', () => {
  const numbers = Object.entries(LIMITS).flatMap(([name, limits]) =>
    'min' in limits ? [[name, limits] as const] : [],
  );
  const topLevel = new Set(['dayStartHour', 'sessionIdsMax']);
  const inExpected = new Set(['viewers', 'requestsPerSegment']);
  const inThresholds = new Set(Object.keys(DEFAULT_SETTINGS.thresholds));
  const fractions = new Set(['segmentSeconds', 'partSeconds', 'collateralPercentMax']);
  const jsonOf = (name: string, value: unknown) => {
    if (name === 'segmentSeconds') return withContent({ segmentSeconds: value });
    if (name === 'partSeconds') {
      return withContent({ segmentSeconds: 30, parts: { ...PARTS, seconds: value } });
    }
    if (inExpected.has(name)) {
      const least = { viewers: 1, segmentSeconds: 30, requestsPerSegment: 1 };
      return { lanes: 512, expected: { ...least, [name]: value } };
    }
    if (topLevel.has(name)) return { [name]: value };
    return { [inThresholds.has(name) ? 'thresholds' : 'guard']: { [name]: value } };
  };

  describe.each(numbers)('%s', (name, { min, max }) => {
    const isWhole = !fractions.has(name);
    const step = isWhole ? 1 : 0.001;

    it.each([min, min + step, max - step, max])('takes %d', (value) => {
      expect(problemsOf(jsonOf(name, value)).text).toBe('');
    });
    it.each([min - step, max + step, -1, 1e9, NaN, '1', null, true, [1]])('refuses %p', (value) => {
      // At its place, so that a number which is looked for elsewhere does not pass for refused.
      const place = name === 'partSeconds' ? 'contents[0].parts.seconds' : name;
      const { where } = problemsOf(jsonOf(name, value));
      expect(where.length).toBeGreaterThan(0);
      expect(where.filter((it) => !it.endsWith(place))).toEqual([]);
    });
    it('takes halves only of seconds and fine shares', () => {
      expect(problemsOf(jsonOf(name, min + 0.5)).text === '').toBe(!isWhole);
    });
  });

  it('are those of each number of the guard', () => {
    const guard = Object.entries(DEFAULT_SETTINGS.guard).filter(([, it]) => typeof it === 'number');
    const limited = new Set<string>(numbers.map(([name]) => name));
    expect(guard.map(([name]) => name).filter((name) => !limited.has(name))).toEqual([]);
  });

  it('refuses a part that is longer than its segment', () => {
    const json = (seconds: number) =>
      withContent({ segmentSeconds: 2, parts: { ...PARTS, seconds } });
    expect(problemsOf(json(2)).where).toEqual([]);
    expect(problemsOf(json(2.001)).where).toEqual(['contents[0].parts.seconds']);
    const byDefault = withContent({ parts: { ...PARTS, seconds: 6.001 } });
    expect(problemsOf(byDefault).where).toEqual(['contents[0].parts.seconds']);
  });
});

describe('closed lists', () => {
  it.each(BLOCK_STATUSES)('takes %i as block status', (status) => {
    expect(parseConfig({ blockStatus: status }).blockStatus).toBe(status);
  });
  // What AWS WAF does not answer with, and 403, with which it and CloudFront answer for many reasons.
  it.each([200, 399, 402, 403, 406, 407, 410, 417, 420, 422, 428, 430, 499, 506, 599])(
    'refuses %i as block status',
    (status) => {
      expect(problemsOf({ blockStatus: status }).where).toEqual(['blockStatus']);
    },
  );
  it.each(['409', null, 409.5, [409]])('refuses %p as block status', (status) => {
    expect(problemsOf({ blockStatus: status }).where).toEqual(['blockStatus']);
  });
  it('holds 409 unless another status is asked for', () => {
    expect(parseConfig({}).blockStatus).toBe(409);
    expect(BLOCK_STATUSES).toContain(409);
  });

  describe.each(['mode', 'outsideEvents'] as const)('guard.%s', (key) => {
    it.each(['block', 'count', 'hold', 'off'] as const)('takes %s', (mode) => {
      expect(parseConfig({ guard: { [key]: mode } }).guard[key]).toBe(mode);
    });
    it.each(['Block', 'on', '', true, null, ['block']])('refuses %p', (mode) => {
      const { where, text } = problemsOf({ guard: { [key]: mode } });
      expect(where).toEqual([`guard.${key}`]);
      expect(text).toContain('expected one of block, count, hold, off');
    });
  });

  it('takes true and false for blockPrivate, and nothing else', () => {
    expect(parseConfig({ guard: { blockPrivate: true } }).guard.blockPrivate).toBe(true);
    expect(problemsOf({ guard: { blockPrivate: 'true' } }).where).toEqual(['guard.blockPrivate']);
  });
});

describe('limits of lists', () => {
  const content = (n: number) => ({ ...CONTENT, id: `c${n}` });
  const event = (n: number) => ({ ...EVENT, id: `e${n}` });
  const glob = (n: number) => `/${n}`;
  const cidr = (n: number) => `10.${n >> 8}.${n & 255}.0/24`;
  it.each<[string, number, number, (items: unknown) => unknown, (n: number) => unknown]>([
    ['contents', 0, 500, (items) => ({ contents: items }), content],
    ['events', 0, 500, (items) => ({ contents: [CONTENT], events: items }), event],
    ['hosts', 1, 100, (items) => withContent({ hosts: items }), (n) => `h${n}`],
    ['paths', 1, 100, (items) => withContent({ paths: items }), glob],
    ['entry', 1, 100, (items) => withContent({ entry: items }), glob],
    ['parts', 1, 100, (items) => withContent({ parts: { ...PARTS, paths: items } }), glob],
    ['people', 0, 10_000, (items) => ({ networks: { people: items } }), cidr],
    ['datacentre', 0, 10_000, (items) => ({ networks: { datacentre: items } }), cidr],
    ['allow', 0, 10_000, (items) => ({ guard: { allow: items } }), cidr],
    ['own', 0, 10_000, (items) => ({ guard: { own: items } }), cidr],
  ])('takes %s of %i to %i items', (_, min, max, json, make) => {
    const isGood = (count: number) => problemsOf(json(many(count, make))).text === '';
    expect([isGood(min), isGood(max), isGood(max + 1)]).toEqual([true, true, false]);
    if (min > 0) expect(isGood(min - 1)).toBe(false);
    expect(problemsOf(json('x')).where).toHaveLength(1);
  });
});
