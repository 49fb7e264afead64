/** Cases of the rules of the guard: facts made by hand, and the rule that they are to fit. */
import { judgeSource, rhythmOf, type ViewersBehind } from '../../lambdas/core/guard/rules';
import type { SourceFacts } from '../../lambdas/core/guard/source-windows';
import type { Counts, FactsOptions } from './guard-facts';

export const SLOW = rhythmOf(6_000); // 1 2/3 playlists and 20 hits in 10 s
export const FAST = rhythmOf(2_000); // 5 and 32
export const PARTS = rhythmOf(1_000 / 3); // 30 and 132
export const NOBODY = { now: 0, recent: 0 };
export const ONE = { now: 1, recent: 1 };

export const ruleOf = (of: SourceFacts, viewers: ViewersBehind = NOBODY, rhythm = SLOW) =>
  judgeSource(of, viewers, rhythm)?.rule;

/** Of what is right, and what of it is changed so that the rule does not fit. */
export type Case = readonly [
  string,
  FactsOptions,
  string | undefined,
  ViewersBehind?,
  typeof SLOW?,
];

export const long = (counts: Counts, more: Omit<FactsOptions, 'long'> = {}): FactsOptions => ({
  long: counts,
  ...more,
});
/** The long window holds the short one. */
export const window = (
  own: Partial<SourceFacts['window']>,
  more: FactsOptions = {},
): FactsOptions => ({
  window: own,
  long: { hits: own.hits ?? 0, refused: own.refused ?? 0, asks: own.asks ?? 0 },
  ...more,
});
