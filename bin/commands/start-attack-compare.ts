import type { ContentReport, FigureRecord, Report } from '../../lambdas/core/audience/report';
import type { ViewsReport } from '../../lambdas/core/road/views-report';
import type { Truth } from '../../local/crowd/crowd';
import { type Difference, differencesOf } from './start-compare';

/**
 * What must hold of an event with an attack. The guard changes whose a view is, never what was seen: of a recount of
 * the same lines, which knows of no guard, all that does not depend on classes must be counted. And what people did
 * must be counted whatever the guard thinks of others, so no verified figure of the crowd may be lower than its truth.
 */
export interface AttackFacts {
  readonly truth: Truth;
  /** of all lines that were put */
  readonly recount: Report;
  readonly report: ViewsReport;
}

/** Of which other slots may be the peak when suspects are taken out. */
const PEAK = 'peakConcurrency';

export function compareAttack({ truth, recount, report }: AttackFacts): Difference[] {
  return [
    ...differencesOf(classless(recount), classless(report)),
    ...amissIn(report),
    ...lowerThan(truth, report),
  ];
}

function classless({ ledger, contents }: Pick<Report, 'ledger' | 'contents'>) {
  const { lines, hits, bad } = ledger;
  return {
    ledger: { lines, hits, bad },
    contents: Object.fromEntries(
      Object.entries(contents).map(([id, content]) => [
        id,
        {
          kind: content.kind,
          hits: content.hits,
          outcomes: content.outcomes,
          edges: content.by.edge,
          gross: grossOf(content.record),
        },
      ]),
    ),
  };
}

function grossOf(record: Readonly<Record<string, FigureRecord>>) {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, { gross }]) => (name === PEAK ? [] : [[name, gross]])),
  );
}

function amissIn({ ledger: { late, lost, overflow = 0, overBound } }: ViewsReport): Difference[] {
  const nothing = { late: 0, lost: 0, overflow: 0, overBound: 0 };
  return differencesOf({ ledger: nothing }, { ledger: { late, lost, overflow, overBound } });
}

function lowerThan(truth: Truth, report: ViewsReport): Difference[] {
  return Object.entries(truth.contents).flatMap(([id, content]) => {
    const counted = report.contents[id];
    const figures = counted === undefined ? {} : figuresOf(counted);
    return Object.entries(figuresOf(content)).flatMap(([name, value]) =>
      (figures[name] ?? 0) >= value
        ? []
        : [{ path: `contents.${id}.${name}`, truth: value, counted: figures[name] }],
    );
  });
}

/** Verified figures that can only grow when somebody else comes. */
export function figuresOf(
  content: Pick<
    ContentReport,
    'attempts' | 'starts' | 'viewers' | 'views' | 'watchSeconds' | 'peakConcurrency'
  >,
): Record<string, number> {
  const { attempts, starts, viewers = 0, views, watchSeconds, peakConcurrency } = content;
  return {
    ...{ attempts, starts, viewers, ...views },
    ...(watchSeconds === undefined ? {} : { watchSeconds }),
    ...(peakConcurrency === undefined ? {} : { peakConcurrency }),
  };
}

/** By content, what is counted beyond the truth of the crowd; contents without any are left out. */
export function attackersCounted(
  truth: Truth,
  counted: Truth,
): Record<string, Record<string, number>> {
  const more: Record<string, Record<string, number>> = {};
  for (const [id, content] of Object.entries(counted.contents)) {
    const own = truth.contents[id as keyof Truth['contents']];
    const known = own === undefined ? {} : figuresOf(own);
    for (const [name, value] of Object.entries(figuresOf(content))) {
      const beyond = value - (known[name] ?? 0);
      if (beyond > 0) (more[id] ??= {})[name] = rounded(beyond);
    }
  }
  return more;
}

/** As figures of averages are. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
