import { known } from '../../lambdas/adapters/deployment-facts';
import { type GuardMode, type Settings, GUARD_MODES } from '../../lambdas/core/settings';
import {
  EVENT,
  GOOD_SETTINGS,
  NOW_MS,
  TOPIC,
  linesOf,
  resultOf,
  withFacts,
  withGuard,
} from './preflight-scene';

const HOUR_MS = 3_600_000;
const events = (...all: Partial<typeof EVENT>[]) => ({
  settings: { ...GOOD_SETTINGS, events: all.map((own) => ({ ...EVENT, ...own })) } as Settings,
});

describe('event_windows', () => {
  it.each([
    ['to come', [{}], 'pass'],
    ['on', [{ startAtMs: NOW_MS }], 'pass'],
    ['in its last moment', [{ startAtMs: 0, endAtMs: NOW_MS + 1 }], 'pass'],
    ['over', [{ startAtMs: 0, endAtMs: NOW_MS }], 'fail'],
    ['none', [], 'warn'],
  ])('%s: %s', (_, all, result) => {
    expect(resultOf('event_windows', events(...all))).toBe(result);
  });

  it.each([
    ['follow on each other', { startAtMs: EVENT.endAtMs }, 'pass'],
    ['overlap by a moment', { startAtMs: EVENT.endAtMs - 1 }, 'warn'],
    ['overlap, but are of other contents', { startAtMs: EVENT.startAtMs, content: 'b' }, 'pass'],
  ])('two that %s: %s', (_, second, result) => {
    const both = events({}, { id: 'second', endAtMs: EVENT.endAtMs + HOUR_MS, ...second });
    expect(resultOf('event_windows', both)).toBe(result);
  });

  it('says which is next, and when', () => {
    const [line] = linesOf(
      'event_windows',
      events({ id: 'late', startAtMs: NOW_MS + 2 * HOUR_MS }, {}),
    );
    expect(line!.got).toBe('final begins 2026-11-29T19:00:00Z, in 1h 0m; final and late overlap');
  });
});

const order = (mode: GuardMode, untilMs: number) => ({
  mode,
  author: 'jane',
  reason: 'test',
  untilMs,
});
const said = (own: object) => ({ guard: known({ order: undefined, status: undefined, ...own }) });

describe('guard_mode', () => {
  it.each(GUARD_MODES.map((mode, n) => [mode, ['pass', 'warn', 'fail', 'fail'][n]!] as const))(
    '%s in the event: %s',
    (mode, result) => {
      expect(resultOf('guard_mode', withGuard({ mode }))).toBe(result);
    },
  );

  it('is that of a person if it lasts into the event', () => {
    const at = EVENT.startAtMs;
    expect(resultOf('guard_mode', said({ order: order('off', at) }))).toBe('pass');
    expect(resultOf('guard_mode', said({ order: order('off', at + 1) }))).toBe('fail');
    const counting = withGuard({ mode: 'count' });
    expect(
      resultOf('guard_mode', { ...counting, ...said({ order: order('block', at + 1) }) }),
    ).toBe('pass');
  });

  it('of a person is repaired by a person', () => {
    const [line] = linesOf('guard_mode', said({ order: order('off', EVENT.endAtMs) }));
    expect(line!.repair).toContain('turnout mode block');
    expect(line!.got).toContain('set by jane');
  });
});

describe('last_pass', () => {
  const status = (atMs: number, mode = 'count') => said({ status: { atMs, mode, overflow: 0 } });

  it.each([
    [179_999, 'pass'],
    [180_000, 'pass'],
    [180_001, 'fail'],
  ])('%i ms ago: %s', (ageMs, result) => {
    expect(resultOf('last_pass', status(NOW_MS - ageMs))).toBe(result);
  });

  it('that was never fails, and one under another turnout.json is told', () => {
    expect(resultOf('last_pass', said({}))).toBe('fail');
    expect(resultOf('last_pass', status(NOW_MS, 'block'))).toBe('warn');
  });
});

describe('exemptions', () => {
  it('of our own are missed', () => {
    expect(resultOf('exempt_own', withGuard({ own: [] }))).toBe('warn');
    expect(resultOf('exempt_own', withGuard({ own: ['192.0.2.0/24'] }))).toBe('pass');
  });

  it('of private ranges are for all but rehearsals', () => {
    expect(resultOf('block_private', withGuard({ blockPrivate: true }))).toBe('warn');
  });

  it.each([
    ['2026-10-30', false, 'pass'],
    ['2026-10-29', false, 'warn'],
    ['2026-11-29', true, 'warn'],
    ['2026-11-29', false, 'pass'],
  ])('a list of %s, abridged %s: %s', (date, isAbridged, result) => {
    expect(resultOf('lists', { lists: [{ name: 'relay', date, isAbridged }] })).toBe(result);
  });
});

describe('alarms', () => {
  const alarm = { name: 'holes', state: 'OK', isEnabled: true, actions: [TOPIC] };
  const alarms = (...all: (typeof alarm)[]) => withFacts({ alarms: known(all) });

  it.each([
    ['with an action', [alarm], 'pass'],
    ['none', [], 'fail'],
    ['one of two without', [alarm, { ...alarm, actions: [] }], 'fail'],
    ['switched off', [{ ...alarm, isEnabled: false }], 'fail'],
  ])('%s: %s', (_, all, result) => {
    expect(resultOf('alarms', alarms(...all))).toBe(result);
  });

  it('that ring fail, each by its name, up to five', () => {
    const ringing = Array.from({ length: 6 }, (_, n) => ({
      ...alarm,
      name: `a${n}`,
      state: 'ALARM',
    }));
    expect(linesOf('alarm_states', alarms(...ringing))[0]).toMatchObject({
      ...{ result: 'fail', got: 'in state ALARM: a0, a1, a2, a3, a4 and 1 more' },
    });
    expect(resultOf('alarm_states', alarms({ ...alarm, state: 'INSUFFICIENT_DATA' }))).toBe('pass');
  });

  it.each([
    [1, 0, 'pass'],
    [1, 1, 'warn'],
    [0, 1, 'fail'],
    [0, 0, 'fail'],
  ])('a topic with %i confirmed and %i pending: %s', (confirmed, pending, result) => {
    const topics = known([{ arn: TOPIC, confirmed, pending }]);
    expect(resultOf('alarm_topics', withFacts({ topics }))).toBe(result);
  });

  it('without a topic wake nobody', () => {
    expect(resultOf('alarm_topics', withFacts({ topics: known([]) }))).toBe('fail');
  });
});

it('a secret that is being deleted fails', () => {
  const secret = known({ name: 'viewer-key', isBeingDeleted: true });
  expect(resultOf('viewer_secret', withFacts({ secret }))).toBe('fail');
});
