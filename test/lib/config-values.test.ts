import { EDGE_FIELDS, sortFields, TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import { parseConfig } from '../../lib/config';
import {
  CONTENT,
  EVENT,
  GOOD,
  type Json,
  PARTS,
  problemsOf,
  withContent,
  withEvent,
} from './config-support';

describe('values, one good and one broken', () => {
  const id = (value: unknown) => ({
    contents: [{ ...CONTENT, id: value }],
    events: [{ ...EVENT, content: value }],
  });
  it.each(['a', 'Interview 2026', 'été', 'x'.repeat(128), 'live/main', 'a(b)'])(
    'takes the id %p',
    (value) => {
      expect(problemsOf(id(value)).text).toBe('');
    },
  );
  it.each([
    ['', ' a', 'a ', '/a', '(other)', 'a\tb', 'a\u0000', '__proto__', 'x'.repeat(129), 7, null],
  ])('refuses the id %p', (...values) => {
    for (const value of values) {
      expect(problemsOf(id(value)).where).toContain('contents[0].id');
    }
  });

  it.each(['a.example.com', '*.example.com', 'localhost', '_x.example.com', '[2001:db8::1]'])(
    'takes the host %p',
    (host) => {
      expect(problemsOf(withContent({ hosts: [host] })).text).toBe('');
    },
  );
  it.each(['', '*', '*example.com', 'a.*.com', 'a:443', 'https://a', 'a/b', 'a b', '-a', 7])(
    'refuses the host %p',
    (host) => {
      expect(problemsOf(withContent({ hosts: [host] })).where).toEqual(['contents[0].hosts[0]']);
    },
  );

  it.each(['/', '*', '**', '/a/**', '/a/*.ts', '**/x.mpd', `/${'a'.repeat(1_023)}`, '/été'])(
    'takes the glob %p',
    (glob) => {
      expect(problemsOf(withContent({ paths: [glob] })).text).toBe('');
    },
  );
  it.each(['', 'a', '/a b', '/a?b', '/{a,b}', '/[ab]', '/a\\b', '/#', `/${'a'.repeat(1_024)}`, 1])(
    'refuses the glob %p, in each list of globs',
    (glob) => {
      const json = withContent({
        paths: [glob],
        entry: [glob],
        parts: { ...PARTS, paths: [glob] },
      });
      expect(problemsOf(json).where.sort()).toEqual([
        'contents[0].entry[0]',
        'contents[0].parts.paths[0]',
        'contents[0].paths[0]',
      ]);
    },
  );

  it.each(['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata'])(
    'takes the zone %p',
    (timeZone) => {
      expect(parseConfig({ timeZone }).timeZone).toBe(timeZone);
    },
  );
  it.each(['', 'Berlin', 'Europe/Atlantis', '+01:00', 'UTC+1', 1, null])(
    'refuses the zone %p',
    (timeZone) => {
      expect(problemsOf({ timeZone }).where).toEqual(['timeZone']);
    },
  );

  it.each(['10.0.0.0/8', '0.0.0.0/0', '192.0.2.1/32', '2001:db8::/32', '::/0', '::1/128'])(
    'takes the network %p',
    (cidr) => {
      expect(parseConfig({ networks: { people: [cidr] } }).networks.people).toEqual([cidr]);
      expect(problemsOf({ networks: { datacentre: [cidr] } }).text).toBe('');
    },
  );
  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '256.0.0.0/8', '::/129', 'x::/8', '/8', 8])(
    'refuses the network %p',
    (cidr) => {
      const json = { networks: { people: [cidr], datacentre: [cidr] } };
      const where = ['networks.datacentre[0]', 'networks.people[0]'];
      expect(problemsOf(json).where.sort()).toEqual(where);
    },
  );

  it.each([
    '2026-11-24T20:00Z',
    '2026-11-24T20:00:00.125Z',
    '2026-11-24T15:00:00-05:00',
    '2026-11-24T20:00:00+00:00',
  ])('takes the time %p', (start) => {
    expect(problemsOf(withEvent({ start })).text).toBe('');
  });
  it.each([
    '2026-11-24',
    '2026-11-24T20:00:00',
    '2026-11-24 20:00:00Z',
    '2026-02-30T20:00:00Z',
    '2026-13-01T20:00:00Z',
    '2026-11-24T25:00:00Z',
    '2026-11-24T20:00:00+0100',
    'tonight',
    1_764_014_400,
  ])('refuses the time %p', (start) => {
    expect(problemsOf(withEvent({ start })).where).toEqual(['events[0].start']);
  });

  it.each([
    ['2026-11-24T20:00:00.001Z', true],
    ['2026-11-25T20:00:00Z', true],
    ['2026-11-24T20:00:00Z', false],
    ['2026-11-24T19:59:59Z', false],
    ['2026-11-25T20:00:00.001Z', false],
  ])('takes an event from 20:00 to %s: %p', (end, isGood) => {
    expect(problemsOf(withEvent({ end })).where).toEqual(isGood ? [] : ['events[0].end']);
  });

  it('refuses the same id twice', () => {
    const json = { contents: [CONTENT, CONTENT], events: [EVENT, EVENT, EVENT] };
    expect(problemsOf(json).where).toEqual(['contents[1].id', 'events[1].id', 'events[2].id']);
  });

  it.each(['id', 'kind', 'paths'])('refuses a content without %s', (key) => {
    const content: Json = { ...CONTENT, [key]: undefined };
    const { where, text } = problemsOf({ contents: [content] });
    expect([where, text]).toEqual([[`contents[0].${key}`], expect.stringContaining('got nothing')]);
  });
  it.each(['id', 'content', 'start', 'end'])('refuses an event without %s', (key) => {
    const event: Json = { ...EVENT, [key]: undefined };
    expect(problemsOf({ ...GOOD, events: [event] }).where).toEqual([`events[0].${key}`]);
  });

  it('refuses real-time fields that are unknown, doubled, or too few to count with', () => {
    const fields = (list: readonly string[]) => problemsOf({ realtimeFields: list }).where;
    expect(fields([...EDGE_FIELDS])).toEqual([]);
    expect(fields([...TURNOUT_FIELDS, 'c-ip'])).toEqual([
      `realtimeFields[${TURNOUT_FIELDS.length}]`,
    ]);
    expect(fields([...TURNOUT_FIELDS, 'x-ip'])).toEqual([
      `realtimeFields[${TURNOUT_FIELDS.length}]`,
    ]);
    expect(fields(TURNOUT_FIELDS.filter((name) => name !== 'c-ip'))).toEqual(['realtimeFields']);
  });
});

describe('EDGE_FIELDS', () => {
  it('are the 71 fields, each once', () => {
    expect(new Set(EDGE_FIELDS).size).toBe(71);
    expect([EDGE_FIELDS[45], EDGE_FIELDS[50], EDGE_FIELDS[59]]).toEqual([
      'asn',
      'cmcd-object-duration',
      'cmcd-session-id',
    ]);
  });
  it('keep the list of Turnout in canonical order', () => {
    expect(sortFields(TURNOUT_FIELDS)).toEqual(TURNOUT_FIELDS);
  });
});
