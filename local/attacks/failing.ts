import type { Judge } from '../crowd/answer';
import type { Chance } from '../crowd/chance';

/** Of what bots ask for; the rest is in the cache of the edge, pages most of all. */
const FAILED_SHARE = 0.6;

/** An origin that is out for a time, behind an edge that may refuse before. */
export function failingJudge(
  judge: Judge | undefined,
  chance: Chance,
  { fromAtMs, toAtMs }: { fromAtMs: number; toAtMs: number },
): Judge {
  return (source, atMs) => {
    const verdict = judge === undefined ? 'served' : judge(source, atMs);
    const isOut = verdict === 'served' && atMs >= fromAtMs && atMs < toAtMs;
    return isOut && chance.bool(FAILED_SHARE) ? 'failed' : verdict;
  };
}
