import {
  compareRecount,
  compareTruth,
  countedOf,
  differencesOf,
} from '../../bin/commands/start-compare';
import { makeSummary, renderSummary } from '../../bin/commands/start-summary';
import type { ViewsReport } from '../../lambdas/core/road/views-report';
import { recountText } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import { makeCrowd } from '../../local/crowd/crowd';

const crowd = makeCrowd({
  seed: 5,
  viewers: 30,
  minutes: 1,
  startAtMs: Date.parse('2026-03-03T19:00:00Z'),
});
const text = [...crowd.lines()].map(({ line }) => line).join('');
const truth = crowd.truth();
const recount = recountText(Buffer.from(text), parseConfig(crowd.config));

/** What Views say is what a recount says, but for events; so one stands in for the other. */
function viewsReport(): Loose<ViewsReport> {
  const { definition, window, ledger, contents } = structuredClone(recount);
  return { definition, window, ledger, contents } as Loose<ViewsReport>;
}

/** To be changed by tests. */
type Loose<T> = T extends object ? { -readonly [Name in keyof T]: Loose<T[Name]> } : T;
type Damage = (report: Loose<ViewsReport>) => void;

/** One thing changed, somewhere in a report. */
const DAMAGES: [string, Damage][] = [
  ['contents.live.views.view30', (it) => (it.contents['live']!.views['view30']! += 1)],
  [
    'contents.live.record.starts.gross',
    (it) => (it.contents['live']!.record['starts']!.gross -= 1),
  ],
  ['contents.live.by.country.US', (it) => delete it.contents['live']!.by.country['US']],
  ['contents.event-page.viewers', (it) => (it.contents['event-page']!.viewers = 0)],
  ['contents.live.peakAt', (it) => (it.contents['live']!.peakAt = null)],
  ['contents.other', (it) => (it.contents['other'] = it.contents['live']!)],
  ['contents.live', (it) => delete it.contents['live']],
  ['ledger.late', (it) => (it.ledger.late = 1)],
  ['ledger.lost', (it) => (it.ledger.lost = 1)],
  ['ledger.overflow', (it) => (it.ledger.overflow = 1)],
];

describe('compareTruth', () => {
  it('finds a good count equal, field by field of the truth', () => {
    expect(compareTruth(truth, viewsReport())).toEqual([]);
    expect(countedOf(truth, viewsReport())).toEqual(truth);
  });

  it.each([
    ...DAMAGES,
    ['lines', (it) => (it.ledger.lines += 1)],
    ['bad.bad_status', (it) => (it.ledger.bad['bad_status'] = 3)],
    ['hits.player', (it) => (it.contents['live']!.hits.player! += 1)],
  ] satisfies typeof DAMAGES)('finds what is wrong with %s', (path, damage) => {
    const report = viewsReport();
    damage(report);
    const paths = compareTruth(truth, report).map((difference) => difference.path);
    expect(paths).toContain(path);
  });
});

describe('compareRecount', () => {
  it('finds the record of the same lines equal; events are of the recount alone', () => {
    expect(Object.keys(recount.events)).toEqual(['final']);
    expect(compareRecount(recount, viewsReport())).toEqual([]);
  });

  it.each([
    ...DAMAGES,
    ['definition.classifier', (it) => (it.definition.classifier = 'another')],
    ['ledger.hits', (it) => (it.ledger.hits += 1)],
    ['ledger.bad.future', (it) => (it.ledger.bad['future'] = 1)],
  ] satisfies typeof DAMAGES)('finds what is wrong with %s', (path, damage) => {
    const report = viewsReport();
    damage(report);
    const paths = compareRecount(recount, report).map((difference) => difference.path);
    expect(paths).toContain(path);
  });

  it('does not ask the road for the line that a gzip cuts off', () => {
    const { ledger } = recount;
    const cut = {
      ...recount,
      ledger: { ...ledger, lines: ledger.lines + 1, bad: { ...ledger.bad, cut_off: 1 } },
    };
    expect(compareRecount(cut, viewsReport())).toEqual([]);
  });

  it('does not mind packets that were dropped as duplicates', () => {
    const report = viewsReport();
    report.ledger.duplicate = 7;
    expect(compareRecount(recount, report)).toEqual([]);
  });
});

describe('differencesOf', () => {
  it.each([
    [{ a: 1 }, { a: 1, b: undefined }, []],
    [{ a: [1, 2] }, { a: [1, 2] }, []],
    [{ a: [1, 2] }, { a: [1] }, ['a.1']],
    [{ a: null }, { a: {} }, ['a']],
    [{ a: { b: 0 } }, { a: { b: '0' } }, ['a.b']],
    [{}, { a: 0 }, ['a']],
  ])('%j and %j', (one, other, paths) => {
    expect(differencesOf(one, other).map(({ path }) => path)).toEqual(paths);
  });
});

describe('the summary', () => {
  const latency = { p50: 2_100, p99: 3_900 };
  const facts = (report: ViewsReport) => ({
    verdict: {
      truth,
      counted: countedOf(truth, report),
      differences: compareTruth(truth, report),
      against: 'the truth of the crowd',
      render: () => ['figures'],
    },
    ledger: report.ledger,
    latency,
    put: { lines: 1_234, isAll: true },
  });

  it('says equal', () => {
    const report = viewsReport();
    expect(makeSummary(facts(report))).toEqual({
      truth,
      counted: truth,
      equal: true,
      ledger: report.ledger,
      latency,
    });
    const lines = renderSummary(facts(report), 100);
    expect(lines).toContain('figures');
    expect(lines).toContain('line to count: p50 2.1 s, p99 3.9 s');
    expect(lines.at(-1)).toBe(
      'EQUAL: what was counted is the truth of the crowd, in every figure (1,234 lines).',
    );
  });

  it('says which figures differ, and not too many of them', () => {
    const report = viewsReport();
    report.contents['live']!.views['view30']! += 1;
    expect(makeSummary(facts(report)).equal).toBe(false);
    const view30 = truth.contents.live!.views['view30']!;
    const one = renderSummary(facts(report), 100);
    expect(one).toContain('NOT EQUAL: 1 figures differ from the truth of the crowd (1,234 lines).');
    expect(one).toContain(`  contents.live.views.view30: truth ${view30}, counted ${view30 + 1}`);
    report.contents['live']!.by.country = {};
    report.contents['live']!.by.edge = {};
    report.contents['live']!.record = {};
    const many = renderSummary(facts(report), 100);
    expect(many.at(-1)).toMatch(/^ {2}and \d+ more$/);
    expect(many.filter((line) => line.startsWith('  contents'))).toHaveLength(20);
    expect(many.length).toBeLessThan(60);
  });
});
