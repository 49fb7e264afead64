import { GUARD_MODES, type GuardMode } from '../settings';
import { type ExemptTable, exemptList, joinExempt } from './exempt';
import type { Allow } from './plan';
import { LANE_BITS } from './prefix-plan';
import { canonicalCidr, parsePrefix } from './prefix';

/** What people may ask of the guard: docs/GUARD.md, "Control". */
export const CONTROL_ACTIONS = ['block', 'unblock', 'allow', 'disallow', 'mode'] as const;

export type ControlRequest = {
  readonly reason: string;
  readonly untilMs: number;
} & (
  | { readonly action: 'block' | 'unblock' | 'allow' | 'disallow'; readonly cidr: string }
  | { readonly action: 'mode'; readonly mode: GuardMode }
);

export type ParsedRequest =
  | { readonly ok: true; readonly request: ControlRequest }
  /** every problem at once: what, expected, got */
  | { readonly ok: false; readonly problems: readonly string[] };

export const CONTROL_LIMITS = {
  reasonCharsMin: 3,
  reasonCharsMax: 500,
  forMinutesFallback: 60,
  forMinutesMax: 43_200,
  /** Nothing wider is spared: half of the internet would be, by a slip of a finger. */
  allowBitsMin: { 4: 8, 6: 19 },
} as const;

const KEYS = ['action', 'cidr', 'mode', 'reason', 'forMinutes'];

/** Which parts of a request are wrong, for a log: problems themselves say what was sent, and that may be an address. */
export function wrongParts(problems: readonly string[]): string[] {
  const parts = ['request', 'body', ...KEYS];
  const partOf = (problem: string) => parts.find((part) => problem.startsWith(`${part}: `));
  return [...new Set(problems.map((problem) => partOf(problem) ?? 'unknown'))];
}

export function parseRequest(json: unknown, nowMs: number): ParsedRequest {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { ok: false, problems: [`request: expected an object, got ${shown(json)}`] };
  }
  const given = json as Readonly<Record<string, unknown>>;
  const problems: string[] = [];
  for (const key of Object.keys(given)) {
    if (!KEYS.includes(key)) problems.push(`${key}: expected one of ${KEYS.join(', ')}`);
  }
  const action = CONTROL_ACTIONS.find((known) => known === given['action']);
  if (action === undefined) {
    problems.push(`action: expected ${CONTROL_ACTIONS.join(', ')}, got ${shown(given['action'])}`);
  }
  const reason = reasonOf(given['reason'], problems);
  const untilMs = nowMs + 60_000 * minutesOf(given['forMinutes'], problems);
  const subject = action === 'mode' ? modeOf(given, problems) : cidrOf(given, problems);
  if ((action === 'allow' || action === 'unblock') && 'cidr' in subject) {
    checkAllow(subject.cidr, problems);
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, request: { action, reason, untilMs, ...subject } as ControlRequest };
}

function reasonOf(value: unknown, problems: string[]): string {
  const reason = typeof value === 'string' ? value.trim() : '';
  const { reasonCharsMin, reasonCharsMax } = CONTROL_LIMITS;
  if (reason.length >= reasonCharsMin && reason.length <= reasonCharsMax) return reason;
  problems.push(
    `reason: expected ${reasonCharsMin} to ${reasonCharsMax} characters, got ${reason.length}`,
  );
  return '';
}

function minutesOf(value: unknown, problems: string[]): number {
  const { forMinutesFallback, forMinutesMax } = CONTROL_LIMITS;
  if (value === undefined) return forMinutesFallback;
  const isGood = typeof value === 'number' && Number.isInteger(value);
  if (isGood && value >= 1 && value <= forMinutesMax) return value;
  problems.push(
    `forMinutes: expected a whole number from 1 to ${forMinutesMax}, got ${shown(value)}`,
  );
  return 0;
}

function modeOf(given: Readonly<Record<string, unknown>>, problems: string[]) {
  const mode = GUARD_MODES.find((known) => known === given['mode']);
  if (mode === undefined) {
    problems.push(`mode: expected ${GUARD_MODES.join(', ')}, got ${shown(given['mode'])}`);
  }
  if (given['cidr'] !== undefined) problems.push('cidr: expected none with the action mode');
  return { mode };
}

function cidrOf(given: Readonly<Record<string, unknown>>, problems: string[]) {
  const text = given['cidr'];
  const prefix = typeof text === 'string' ? parsePrefix(text) : undefined;
  // What is narrower than a source is the source: viewers are known by their /64.
  const bits = prefix?.version === 6 ? 64 : 32;
  const cidr = typeof text === 'string' ? canonicalCidr(text) : undefined;
  if (prefix === undefined || cidr === undefined || prefix.bits < 1) {
    problems.push(`cidr: expected an address or a range of 1 to ${bits} bits, got ${shown(text)}`);
  }
  if (given['mode'] !== undefined) problems.push('mode: expected none but with the action mode');
  return { cidr: cidr === undefined ? '' : sourceCidr(cidr) };
}

/** An unblock spares too. What is wide by mistake can always be taken back. */
function checkAllow(cidr: string, problems: string[]): void {
  const prefix = parsePrefix(cidr);
  if (prefix === undefined || prefix.bits < 1) return;
  const bitsMin = CONTROL_LIMITS.allowBitsMin[prefix.version];
  if (prefix.bits >= bitsMin) return;
  problems.push(`cidr: ${cidr} is too wide to be spared, expected /${bitsMin} or longer`);
}

/** `2001:db8::7` is a viewer of `2001:db8::/64`. */
function sourceCidr(cidr: string): string {
  const [address = '', bits = ''] = cidr.split('/');
  return cidr.includes(':') && Number(bits) > 64 ? canonicalCidr(`${address}/64`)! : cidr;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100);
}

/** P2 and P3 for what a person wants blocked: why it would not be, or undefined. */
export function refuseBlock(
  cidr: string,
  exempt: ExemptTable,
  allows: readonly Allow[],
): string | undefined {
  const prefix = parsePrefix(cidr);
  if (prefix === undefined) return `${cidr} is no range`;
  const bitsMin = LANE_BITS[prefix.version];
  if (prefix.bits < bitsMin) {
    return `${cidr} is too wide: expected /${bitsMin} or longer`;
  }
  const people = exemptList(
    'allow',
    allows.map((allow) => allow.cidr),
  );
  const list = joinExempt(people, exempt).nameOf(prefix);
  return list === undefined ? undefined : `${cidr} covers addresses that the list ${list} exempts`;
}
