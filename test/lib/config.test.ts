import { TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import { LIMITS } from '../../lambdas/core/settings';
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
  const at: Record<string, (value: unknown) => unknown> = {
    dayStartHour: (value) => ({ dayStartHour: value }),
    blockStatus: (value) => ({ blockStatus: value }),
    sessionIdsMax: (value) => ({ sessionIdsMax: value }),
    segmentSeconds: (value) => withContent({ segmentSeconds: value }),
    partSeconds: (value) =>
      withContent({ segmentSeconds: 30, parts: { ...PARTS, seconds: value } }),
  };
  const wholes = new Set(Object.keys(LIMITS).filter((name) => !name.endsWith('Seconds')));

  describe.each(Object.entries(LIMITS))('%s', (name, { min, max }) => {
    const json = at[name] ?? ((value: unknown) => ({ thresholds: { [name]: value } }));
    const step = wholes.has(name) ? 1 : 0.001;

    it.each([min, min + step, max - step, max])('takes %d', (value) => {
      expect(problemsOf(json(value)).text).toBe('');
    });
    it.each([min - step, max + step, -1, 1e9, NaN, '1', null, true, [1]])('refuses %p', (value) => {
      expect(problemsOf(json(value)).where).not.toEqual([]);
    });
    it('takes halves only of seconds', () => {
      expect(problemsOf(json(min + 0.5)).text === '').toBe(!wholes.has(name));
    });
  });

  it.each([402, 404])('takes %i as block status, beside the one that says nothing', (status) => {
    expect(parseConfig({ blockStatus: status }).blockStatus).toBe(status);
    expect(problemsOf({ blockStatus: 403 }).where).toEqual(['blockStatus']);
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
  ])('takes %s of %i to %i items', (_, min, max, json, make) => {
    const isGood = (count: number) => problemsOf(json(many(count, make))).text === '';
    expect([isGood(min), isGood(max), isGood(max + 1)]).toEqual([true, true, false]);
    if (min > 0) expect(isGood(min - 1)).toBe(false);
    expect(problemsOf(json('x')).where).toHaveLength(1);
  });
});
