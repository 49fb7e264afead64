import type { ExcessReport } from '../../lambdas/core/guard/excess';
import type { GuardMode } from '../../lambdas/core/settings';
import type { BlockLatencyReport, SetLatency } from './start-block-latency';
import type { FallReport } from './start-fall';
import type { Toll } from './start-toll';

/** What the guard made of an attack: `--json`. */
export interface GuardReport {
  readonly mode: GuardMode;
  readonly attackRequests: Toll;
  /** null if nobody was blocked, or the attack was over too soon after it */
  readonly fall: FallReport | null;
  /** that asked for anything; and those of them that a block held at some time */
  readonly offenders: number;
  readonly offendersBlocked: number;
  /** people behind sources that a block held at some time */
  readonly viewersBlocked: number;
  /** requests of theirs that were refused for it */
  readonly viewersRefused: number;
  /** suspects that were told: of the attack, others, and people behind any of them */
  readonly suspects: {
    readonly attack: number;
    readonly others: number;
    readonly viewers: number;
  };
  /** of all suspects, of each as it was told last */
  readonly excess: ExcessReport;
  /** CIDRs in WAF at the end, by list */
  readonly blocks: Held;
  readonly updateCalls: number;
  /** suspects that found no room, at the worst */
  readonly overflow: number;
  /** milliseconds */
  readonly latency: BlockLatencyReport & { readonly sets: readonly SetLatency[] };
  /** `viewersBlocked`, in percent of all people */
  readonly collateral: number;
  /** What attackers who play like viewers add to the figures of the crowd, by content; empty: nothing. */
  readonly attackersCounted: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Held {
  readonly block: number;
  readonly count: number;
}

/** What is shown of an attack each second. */
export interface AttackMoment {
  readonly shapes: readonly string[];
  /** Else nobody is to be blocked. */
  readonly hasBots: boolean;
  readonly mode: GuardMode;
  /** requests of the attack in each second so far, and how many seconds there will be */
  readonly served: readonly number[];
  readonly refused: readonly number[];
  readonly secondsMax: number;
  readonly toll: Toll;
  readonly suspects: number;
  /** sources of the attack, and those that a list holds */
  readonly sources: number;
  readonly sourcesHeld: number;
  readonly held: Held;
  readonly updateCalls: number;
  readonly latency: BlockLatencyReport;
  readonly viewersRefused: number;
  readonly overflow: number;
}
