import { makeCrowd } from '../../local/crowd/crowd';
import type { TemplateRoad } from '../../local/template-plan';
import { compareTruth, countedOf } from './start-compare';
import { configFor } from './start-from';
import type { CrowdPlan } from './start-plan';
import type { Show } from './start-show';
import { ledgerLines, truthLines } from './start-truth';

/** A made-up live event, which knows the truth of itself. */
export function makeCrowdShow(plan: CrowdPlan, template?: TemplateRoad): Show {
  const { seed, viewers, minutes, startAtMs, outage, speed } = plan;
  const crowd = makeCrowd({ seed, viewers, minutes, startAtMs, outage });
  const lines = crowd.lines();
  return {
    title: `a live event of ${minutes} min, ${viewers} viewers, seed ${seed}`,
    ...configFor(crowd.config, template),
    environment: {},
    speed,
    span: { startAtMs: crowd.startAtMs, endAtMs: crowd.endAtMs },
    source: {
      endAtMs: crowd.endAtMs,
      next() {
        const { done, value } = lines.next();
        return done === true ? undefined : { key: String(value.n), ...value };
      },
    },
    judge: async (report) => {
      const truth = crowd.truth();
      return {
        truth,
        counted: countedOf(truth, report),
        differences: compareTruth(truth, report),
        against: 'the truth of the crowd',
        render: (columns) => [
          ...truthLines(truth, countedOf(truth, report), columns),
          '',
          ...ledgerLines(report.ledger, columns),
        ],
      };
    },
  };
}
