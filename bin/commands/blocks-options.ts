import { InvalidArgumentError } from 'commander';
import { CONTROL_LIMITS } from '../../lambdas/core/guard/control-request';
import { GUARD_LISTS, type GuardList } from '../../lambdas/core/guard/guard-set';
import { canonicalCidr } from '../../lambdas/core/guard/prefix';
import { GUARD_MODES, type GuardMode } from '../../lambdas/core/settings';

/** What people type, read before anything is asked of AWS. Mistakes are wrong use. */

const UNIT_MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1_440 };

/** `10m`, `1h`, `2d`: minutes */
export function parseDuration(text: string): number {
  const { forMinutesMax } = CONTROL_LIMITS;
  const [, digits, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const minutes = digits === undefined ? NaN : Number(digits) * UNIT_MINUTES[unit]!;
  if (minutes >= 1 && minutes <= forMinutesMax) return minutes;
  throw new InvalidArgumentError(
    `expected a time such as 10m, 1h or 2d, at most ${forMinutesMax / 1_440}d, got ${text}`,
  );
}

export function parseReason(text: string): string {
  const { reasonCharsMin, reasonCharsMax } = CONTROL_LIMITS;
  const reason = text.trim();
  if (reason.length >= reasonCharsMin && reason.length <= reasonCharsMax) return reason;
  throw new InvalidArgumentError(
    `expected ${reasonCharsMin} to ${reasonCharsMax} characters, got ${reason.length}`,
  );
}

/** An address or a range; how wide it may be is for control to say. */
export function parseCidr(text: string): string {
  const cidr = canonicalCidr(text);
  if (cidr !== undefined) return cidr;
  throw new InvalidArgumentError(`expected an address or a range, got ${text}`);
}

export function parseAddress(text: string): string {
  const cidr = text.includes('/') ? undefined : canonicalCidr(text);
  if (cidr !== undefined) return text.trim();
  throw new InvalidArgumentError(`expected an IPv4 or IPv6 address, got ${text}`);
}

export function parseList(text: string): GuardList {
  const list = GUARD_LISTS.find((known) => known === text);
  if (list !== undefined) return list;
  throw new InvalidArgumentError(`expected ${GUARD_LISTS.join(' or ')}, got ${text}`);
}

export function parseDays(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : NaN;
  if (days >= 1 && days <= 400) return days;
  throw new InvalidArgumentError(`expected a whole number from 1 to 400, got ${text}`);
}

export function parseMode(text: string): GuardMode {
  const mode = GUARD_MODES.find((known) => known === text);
  if (mode !== undefined) return mode;
  throw new InvalidArgumentError(`expected ${GUARD_MODES.join(', ')}, got ${text}`);
}
