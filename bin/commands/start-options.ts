import { InvalidArgumentError } from 'commander';
import type { GuardMode } from '../../lambdas/core/settings';
import type { AttackShape } from '../../local/attacks/attack';
import { OUTAGE_SHAPES } from '../../local/crowd/answer';
import type { Outage } from '../../local/crowd/crowd';
import { UsageError } from './errors';

/** What the command line says; what it leaves out is absent. */
export interface StartOptions {
  readonly viewers?: number;
  readonly minutes?: number;
  readonly seed?: number;
  readonly speed?: Speed;
  readonly outage?: Outage;
  readonly replay?: string;
  readonly config?: string;
  readonly keep?: string;
  /** what cdk synth has written */
  readonly from?: string;
  readonly stack?: string;
  readonly writeConfig?: string;
  readonly json?: boolean;
  readonly attack?: readonly AttackShape[];
  /** second of the event */
  readonly attackAt?: number;
  readonly attackers?: number;
  /** requests a second of each */
  readonly attackRate?: number;
  /** seconds */
  readonly attackRamp?: number;
  /** after which a bot is gone */
  readonly attackRequests?: number;
  /** seconds */
  readonly propagation?: number;
  readonly mode?: GuardMode;
}

/** Times faster than the clock, or as fast as it goes. */
export type Speed = number | 'max';

export const DEFAULTS = { viewers: 500, minutes: 3, seed: 1, speed: 1 } as const;

const LIMITS = {
  viewers: { min: 1, max: 1_000_000 },
  minutes: { min: 1, max: 1_440 },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER },
  speed: { min: 0.1, max: 1_000 },
  attackers: { min: 1, max: 1_000_000 },
  attackRate: { min: 0.01, max: 10_000 },
  attackRequests: { min: 1, max: 1_000_000_000 },
  seconds: { min: 0, max: 86_400 },
  propagation: { min: 0, max: 600 },
} as const;

export const parseViewers = (text: string) => parseWhole(text, LIMITS.viewers);
export const parseAttackers = (text: string) => parseWhole(text, LIMITS.attackers);
export const parseAttackRate = (text: string) => parseNumber(text, LIMITS.attackRate, 'a number');
export const parseAttackRequests = (text: string) => parseWhole(text, LIMITS.attackRequests);
export const parseSeconds = (text: string) => parseNumber(text, LIMITS.seconds, 'seconds');
export const parsePropagation = (text: string) => parseNumber(text, LIMITS.propagation, 'seconds');
export const parseSeed = (text: string) => parseWhole(text, LIMITS.seed);

export function parseMinutes(text: string): number {
  return parseNumber(text, LIMITS.minutes, 'a number');
}

export function parseSpeed(text: string): Speed {
  return text === 'max' ? text : parseNumber(text, LIMITS.speed, 'max or a number');
}

/** `SECONDS@SECOND`, and how: `30@60:timeouts` */
export function parseOutage(text: string): Outage {
  const [, seconds, fromSecond, name = '5xx'] = /^(\d{1,5})@(\d{1,5})(?::(\w+))?$/.exec(text) ?? [];
  const shape = OUTAGE_SHAPES.find((known) => known === name);
  if (seconds === undefined || Number(seconds) === 0 || shape === undefined) {
    throw new InvalidArgumentError(
      `expected SECONDS@SECOND, such as 20@90 for 20 seconds from second 90 on, or ` +
        `SECONDS@SECOND:HOW with one of ${OUTAGE_SHAPES.join(', ')}, got ${text}`,
    );
  }
  return { seconds: Number(seconds), fromSecond: Number(fromSecond), shape };
}

const OF_EVENTS = ['viewers', 'minutes', 'seed', 'outage', 'attack'] as const;

/** What cannot be meant together, whatever a directory keeps. */
export function checkTogether(options: StartOptions): void {
  if (options.from !== undefined && options.config !== undefined) {
    throw new UsageError('--config is in the functions of --from: give it to cdk synth');
  }
  if (options.replay === undefined) return;
  for (const name of OF_EVENTS) {
    if (options[name] === undefined) continue;
    throw new UsageError(`--${name} is of the event that is made up; --replay has a log instead`);
  }
}

function parseWhole(text: string, { min, max }: { min: number; max: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}, got ${text}`);
}

function parseNumber(
  text: string,
  { min, max }: { min: number; max: number },
  what: string,
): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidArgumentError(`expected ${what} from ${min} to ${max}, got ${text}`);
}
