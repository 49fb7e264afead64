import { modeAt } from '../../lambdas/core/guard/modes';
import { lengthText, timeText } from '../../lambdas/core/plain-words';
import type { EventSettings, GuardMode } from '../../lambdas/core/settings';
import { authorText } from './blocks-status';
import {
  type GuardFacts,
  type PreflightInput,
  type PreflightLine,
  type Verdict,
  fail,
  judge,
  pass,
  warn,
} from './preflight-line';
import { plainText } from './text-table';

/** Whether the guard will do in the event what is expected of it, and to nobody else. */
export function checkGuard(input: PreflightInput): PreflightLine[] {
  return [
    { check: 'event_windows', ...checkWindows(input) },
    ...judge('guard_mode', input.guard, (guard) => checkMode(input, guard)),
    ...judge('last_pass', input.guard, (guard) => checkPass(input, guard)),
    { check: 'exempt_own', ...checkOwn(input) },
    { check: 'block_private', ...checkPrivate(input) },
    ...input.lists.map((list) => ({ check: 'lists', ...checkList(list, input.nowMs) })),
  ];
}

/** The window that is on or comes next. */
function nextWindow({ settings, nowMs }: PreflightInput): EventSettings | undefined {
  const open = settings.events.filter(({ endAtMs }) => endAtMs > nowMs);
  return open.sort((a, b) => a.startAtMs - b.startAtMs)[0];
}

function checkWindows(input: PreflightInput): Verdict {
  const { settings, nowMs } = input;
  const expected = 'a window that is on or to come, none over another of its content';
  const { events } = settings;
  if (events.length === 0) {
    return warn(
      `no events: guard.mode ${settings.guard.mode} holds always`,
      expected,
      '"events" in turnout.json, and deploy',
    );
  }
  const next = nextWindow(input);
  if (next === undefined) {
    const got = `all ${events.length} are over`;
    return fail(got, expected, 'a new window under "events" in turnout.json, and deploy');
  }
  const when =
    next.startAtMs <= nowMs
      ? `is on until ${timeText(next.endAtMs)}`
      : `begins ${timeText(next.startAtMs)}, in ${lengthText(next.startAtMs - nowMs)}`;
  const got = `${plainText(next.id)} ${when}`;
  const over = overlapping(events.filter(({ endAtMs }) => endAtMs > nowMs));
  if (over === undefined) return pass(got, expected);
  const both = over.map(({ id }) => plainText(id)).join(' and ');
  return warn(
    `${got}; ${both} overlap`,
    expected,
    'one window for both, or apart, in turnout.json',
  );
}

function overlapping(events: readonly EventSettings[]): [EventSettings, EventSettings] | undefined {
  const sorted = [...events].sort((a, b) => a.startAtMs - b.startAtMs);
  for (const [at, first] of sorted.entries()) {
    const second = sorted
      .slice(at + 1)
      .find(({ content, startAtMs }) => content === first.content && startAtMs < first.endAtMs);
    if (second !== undefined) return [first, second];
  }
  return undefined;
}

/** What the guard will do in the event: now if one is on or there are none, else when the next begins. */
function checkMode(input: PreflightInput, { order }: GuardFacts): Verdict {
  const { settings, nowMs } = input;
  const next = nextWindow(input);
  const atMs = Math.max(nowMs, next?.startAtMs ?? nowMs);
  const mode: GuardMode =
    settings.events.length > 0 && next === undefined
      ? settings.guard.mode
      : modeAt(settings, order, atMs);
  const isOrdered = order !== undefined && order.untilMs > atMs;
  const why = isOrdered
    ? `set by ${authorText(order.author)} until ${timeText(order.untilMs)}`
    : 'by turnout.json';
  const got = `${mode} in the event, ${why}`;
  const expected = 'block in the event';
  if (mode === 'block') return pass(got, expected);
  const repair = isOrdered
    ? 'turnout mode block --reason TEXT --for TIME'
    : '"guard": {"mode": "block"} in turnout.json, and deploy';
  return mode === 'count'
    ? warn(`${got}: nobody is blocked`, expected, repair)
    : fail(got, expected, repair);
}

/** Enforce runs each minute; the alarm EnforceSilent waits for three. */
const PASS_MS_MAX = 180_000;

function checkPass({ settings, nowMs }: PreflightInput, { order, status }: GuardFacts): Verdict {
  const expected = `a pass in the last ${PASS_MS_MAX / 60_000} minutes, in the mode of turnout.json`;
  const look = 'docs/OPERATIONS.md, alarm EnforceSilent: look into the log of enforce';
  if (status === undefined) return fail('none yet', expected, look);
  const age = nowMs - status.atMs;
  const got = `${lengthText(age)} ago, in mode ${plainText(status.mode)}`;
  if (age > PASS_MS_MAX) return fail(got, expected, look);
  const mode = modeAt(settings, order, status.atMs);
  if (status.mode === mode) return pass(got, expected);
  return warn(
    `${got}, not ${mode}`,
    expected,
    'deploy this turnout.json, or name the deployed one with --config',
  );
}

function checkOwn({ settings: { guard } }: PreflightInput): Verdict {
  const got = `own ${guard.own.length} ranges, allow ${guard.allow.length}`;
  const expected = 'our own delivery, monitoring and offices in guard.own';
  if (guard.own.length > 0) return pass(got, expected);
  return warn(
    got,
    expected,
    '"guard": {"own": ["192.0.2.0/24"]} with your ranges in turnout.json, and deploy',
  );
}

function checkPrivate({ settings: { guard } }: PreflightInput): Verdict {
  if (!guard.blockPrivate) return pass('private ranges are exempt', 'exempt');
  return warn(
    'private ranges may be blocked',
    'exempt',
    '"blockPrivate" is for rehearsals: take it out of turnout.json, and deploy',
  );
}

const LIST_DAYS_MAX = 30;
const DAY_MS = 86_400_000;

function checkList(
  { name, date, isAbridged }: PreflightInput['lists'][number],
  nowMs: number,
): Verdict {
  const days = Math.floor((nowMs - Date.parse(date)) / DAY_MS);
  const got = `${name}: of ${date}, ${days} days old${isAbridged ? ', abridged as shipped' : ''}`;
  const expected = `at most ${LIST_DAYS_MAX} days old, in full`;
  if (days <= LIST_DAYS_MAX && !isAbridged) return pass(got, expected);
  return warn(got, expected, 'npm run lists, and deploy');
}
