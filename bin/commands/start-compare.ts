import type { Report } from '../../lambdas/core/audience/report';
import type { ViewsReport } from '../../lambdas/core/road/views-report';
import type { Truth } from '../../local/crowd/crowd';

/** One figure that is not as it must be. */
export interface Difference {
  /** `contents.live.views.view60` */
  readonly path: string;
  readonly truth: unknown;
  readonly counted: unknown;
}

/** What was counted, in the form of a crowd's truth: of contents the fields that truth has. */
export function countedOf(truth: Truth, report: ViewsReport): Truth {
  const hits: Record<string, number> = {};
  for (const content of Object.values(report.contents)) {
    for (const [name, count] of Object.entries(content.hits)) {
      hits[name] = (hits[name] ?? 0) + count;
    }
  }
  const contents = Object.entries(report.contents).map(([id, content]) => {
    const wanted = truth.contents[id as keyof Truth['contents']] ?? content;
    return [id, Object.fromEntries(Object.entries(content).filter(([name]) => name in wanted))];
  });
  const { lines, bad } = report.ledger;
  return { lines, bad, hits, contents: Object.fromEntries(contents) as Truth['contents'] };
}

/** Every figure of the truth must be counted, no other content, and no line may be amiss. */
export function compareTruth(truth: Truth, report: ViewsReport): Difference[] {
  return [...differencesOf(truth, countedOf(truth, report)), ...amissIn(report)];
}

/** The record of the road must be that of a recount; events are of the recount alone. */
export function compareRecount(recount: Report, report: ViewsReport): Difference[] {
  const { definition, window, contents } = report;
  const { lines, hits, bad } = report.ledger;
  const counted = { definition, window, ledger: { lines, hits, bad }, contents };
  const truth = {
    definition: recount.definition,
    window: recount.window,
    ledger: deliverable(recount.ledger),
    contents: recount.contents,
  };
  return [...differencesOf(truth, counted), ...amissIn(report)];
}

/** A line that a gzip cuts off is there for who reads the file; nobody can deliver it. */
function deliverable({ lines, hits, bad }: Report['ledger']) {
  const { cut_off: cutOff = 0, ...rest } = bad;
  return { lines: lines - cutOff, hits, bad: rest };
}

function amissIn({ ledger: { late, lost, overflow = 0 } }: ViewsReport): Difference[] {
  const nothing = { ledger: { late: 0, lost: 0, overflow: 0 } };
  return differencesOf(nothing, { ledger: { late, lost, overflow } });
}

/** Where two values differ, all the way down. A field that is undefined is absent. */
export function differencesOf(truth: unknown, counted: unknown, path = ''): Difference[] {
  if (!isMap(truth) || !isMap(counted)) {
    return Object.is(truth, counted) ? [] : [{ path, truth, counted }];
  }
  const names = new Set([...Object.keys(truth), ...Object.keys(counted)]);
  return [...names].flatMap((name) =>
    differencesOf(truth[name], counted[name], path === '' ? name : `${path}.${name}`),
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
