import { InvalidArgumentError } from 'commander';
import { GUARD_MODES, type GuardMode } from '../../lambdas/core/settings';
import { kickOffMs } from '../../local/attacks/attack';
import { UsageError } from './errors';
import type { StartOptions } from './start-options';
import { type AttackWishes, checkWishes } from './start-shapes';

/** The attack of a show, as it is kept. */
export interface AttackPlan extends AttackWishes {
  /** after the first moment; undefined: at kick-off */
  readonly fromSecond?: number;
  /** from an update of WAF to the edge */
  readonly propagationSeconds: number;
  readonly mode: GuardMode;
}

export const ATTACK_DEFAULTS = { propagationSeconds: 5, mode: 'block' } as const;
const OF_ATTACKS = [
  ['attackAt', '--attack-at'],
  ['attackers', '--attackers'],
  ['attackRate', '--attack-rate'],
  ['attackRamp', '--attack-ramp'],
  ['attackRequests', '--attack-requests'],
  ['propagation', '--propagation'],
  ['mode', '--mode'],
] as const;

export function parseMode(text: string): GuardMode {
  const mode = GUARD_MODES.find((known) => known === text);
  if (mode !== undefined) return mode;
  throw new InvalidArgumentError(`expected one of ${GUARD_MODES.join(', ')}, got ${text}`);
}

/** The attack that is asked for, or undefined. */
export function planAttack(options: StartOptions, minutes: number): AttackPlan | undefined {
  const { attack: shapes, attackAt, attackers, attackRate, attackRamp, attackRequests } = options;
  if (shapes === undefined) {
    const said = OF_ATTACKS.find(([name]) => options[name] !== undefined);
    if (said === undefined) return undefined;
    throw new UsageError(`${said[1]} is of an attack: say which with --attack`);
  }
  if (options.outage !== undefined) {
    throw new UsageError('--outage is of an event without attack: say --attack origin-failure');
  }
  const wishes = {
    shapes,
    ...(attackers === undefined ? {} : { attackers }),
    ...(attackRate === undefined ? {} : { perSecond: attackRate }),
    ...(attackRamp === undefined ? {} : { rampSeconds: attackRamp }),
    ...(attackRequests === undefined ? {} : { requestsMax: attackRequests }),
  };
  checkWishes(wishes);
  // An attack of less than a second is none.
  if (attackAt !== undefined && attackAt > minutes * 60 - 1) {
    throw new UsageError(
      `--attack-at ${attackAt}: expected a second before the end at ${minutes * 60}`,
    );
  }
  return {
    ...wishes,
    ...(attackAt === undefined ? {} : { fromSecond: attackAt }),
    propagationSeconds: options.propagation ?? ATTACK_DEFAULTS.propagationSeconds,
    mode: options.mode ?? ATTACK_DEFAULTS.mode,
  };
}

/** When it begins and how long it lasts, of an event of so many minutes. */
export function attackSpan(
  { fromSecond }: Pick<AttackPlan, 'fromSecond'>,
  minutes: number,
): { fromSecond: number; seconds: number } {
  const from = fromSecond ?? kickOffMs(minutes * 60) / 1_000;
  return { fromSecond: from, seconds: minutes * 60 - from };
}
