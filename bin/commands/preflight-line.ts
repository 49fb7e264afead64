import type { DeploymentFacts, Fact } from '../../lambdas/adapters/deployment-facts';
import type { PassStatus } from '../../lambdas/api/block-list';
import type { ModeOrder } from '../../lambdas/core/guard/modes';
import type { Settings } from '../../lambdas/core/settings';
import type { Expected } from '../../lib/event-load';

/** One thing that was looked at before an event. */
export interface PreflightLine {
  readonly check: string;
  readonly result: 'pass' | 'warn' | 'fail';
  readonly got: string;
  readonly expected: string;
  /** A command or a setting; not of what passes. */
  readonly repair?: string;
}

/** All that the checks know. They read nothing themselves. */
export interface PreflightInput {
  readonly facts: DeploymentFacts;
  readonly guard: Fact<GuardFacts>;
  readonly settings: Settings;
  readonly expected: Expected;
  readonly logConfigArn: string;
  readonly ruleGroupArn: string;
  readonly lists: readonly ListAge[];
  readonly nowMs: number;
}

export interface GuardFacts {
  readonly order: ModeOrder | undefined;
  readonly status: PassStatus | undefined;
}

export interface ListAge {
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** As it is shipped, with the best known ranges alone. */
  readonly isAbridged: boolean;
}

/** What a check says, but for its name. */
export type Verdict = Omit<PreflightLine, 'check'>;

export function pass(got: string, expected: string): Verdict {
  return { result: 'pass', got, expected };
}

export function warn(got: string, expected: string, repair: string): Verdict {
  return { result: 'warn', got, expected, repair };
}

export function fail(got: string, expected: string, repair: string): Verdict {
  return { result: 'fail', got, expected, repair };
}

/** A verdict over a fact. What could not be read fails: nobody knows whether it is right. */
export function judge<T>(
  check: string,
  fact: Fact<T>,
  decide: (value: T) => Verdict | readonly Verdict[],
): PreflightLine[] {
  if (!fact.isKnown) return [{ check, ...unread(fact) }];
  return [decide(fact.value)].flat().map((verdict) => ({ check, ...verdict }));
}

function unread({ why, permission }: Extract<Fact<unknown>, { isKnown: false }>): Verdict {
  const repair = `allow ${permission} to whoever runs preflight, or look why it fails`;
  return fail(`could not be read: ${why}`, 'to be read', repair);
}

/** As `judge`, over two facts. */
export function judgeBoth<A, B>(
  check: string,
  [a, b]: readonly [Fact<A>, Fact<B>],
  decide: (a: A, b: B) => Verdict | readonly Verdict[],
): PreflightLine[] {
  if (!a.isKnown) return judge(check, a, () => []);
  return judge(check, b, (value) => decide(a.value, value));
}
