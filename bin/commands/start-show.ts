import type { ViewsReport } from '../../lambdas/core/road/views-report';
import type { Settings } from '../../lambdas/core/settings';
import type { GuardReport } from './start-guard-report';
import type { GuardWatch } from './start-guard-watch';
import type { Difference } from './start-compare';
import type { FeedSource } from './start-feed';
import type { Speed } from './start-options';

/** What is sent down the road, and what must come out of it: a crowd, or a log. */
export interface Show {
  /** `a live event: 500 viewers, 3 minutes, seed 1` */
  readonly title: string;
  readonly settings: Settings;
  /** turnout.json as the functions get it */
  readonly settingsText: string;
  /** more variables for the functions */
  readonly environment: Readonly<Record<string, string>>;
  readonly speed: Speed;
  readonly source: FeedSource;
  /** by the clock of the event; undefined where nobody knows */
  readonly span: { readonly startAtMs: number; readonly endAtMs: number } | undefined;
  /** Of an attack: what the guard makes of it. */
  readonly guard?: GuardWatch;
  /** Compares with what was put: all, or the first so many lines. */
  judge(report: ViewsReport, put: Put): Promise<Verdict>;
}

export interface Put {
  readonly lines: number;
  readonly isAll: boolean;
}

export interface Verdict {
  readonly truth: unknown;
  readonly counted: unknown;
  readonly differences: readonly Difference[];
  /** What it is to be equal to, in a sentence: `the truth of the crowd` */
  readonly against: string;
  /** What else was found, where not every figure has one truth: `and no figure of the crowd is lower` */
  readonly besides?: string;
  /** Of an attack */
  readonly guard?: GuardReport;
  /** The figures for people. */
  render(columns: number): string[];
}
