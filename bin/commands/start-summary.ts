import { formatWhole } from '../../lambdas/core/plain-words';
import type { ViewsLedger } from '../../lambdas/core/road/views-report';
import type { Difference } from './start-compare';
import type { GuardReport } from './start-guard-report';
import type { Percentiles } from './start-meter';
import { delayText } from './start-screen';
import type { Put, Verdict } from './start-show';
import { cutMiddle, plainText, wrapText } from './text-table';

export interface SummaryFacts {
  readonly verdict: Verdict;
  readonly ledger: ViewsLedger;
  readonly latency: Percentiles;
  readonly put: Put;
}

/** What `--json` prints, in one line. */
export interface Summary {
  readonly truth: unknown;
  readonly counted: unknown;
  readonly equal: boolean;
  readonly ledger: ViewsLedger;
  readonly latency: Percentiles;
  /** Of an attack */
  readonly guard?: GuardReport;
}

const SHOWN_MAX = 20;
const VALUE_COLUMNS_MAX = 40;

export function makeSummary({ verdict, ledger, latency }: SummaryFacts): Summary {
  const { truth, counted, differences, guard } = verdict;
  const equal = differences.length === 0;
  return { truth, counted, equal, ledger, latency, ...(guard && { guard }) };
}

/** The summary for people. */
export function renderSummary({ verdict, latency, put }: SummaryFacts, columns: number): string[] {
  return [
    ...verdict.render(columns),
    '',
    `line to count: ${delayText(latency)}`,
    '',
    ...verdictLines(verdict, put, columns),
  ];
}

function verdictLines(verdict: Verdict, put: Put, columns: number): string[] {
  const { differences, against, besides = 'in every figure' } = verdict;
  const what = put.isAll
    ? `${formatWhole(put.lines)} lines`
    : `${formatWhole(put.lines)} lines until it was stopped`;
  if (differences.length === 0) {
    return wrapText(`EQUAL: what was counted is ${against}, ${besides} (${what}).`, columns);
  }
  const shown = differences.slice(0, SHOWN_MAX).map(differenceText);
  const hidden = differences.length - shown.length;
  return [
    ...wrapText(
      `NOT EQUAL: ${formatWhole(differences.length)} figures differ from ${against} (${what}).`,
      columns,
    ),
    ...shown.flatMap((text) => wrapText(`  ${text}`, columns, '    ')),
    ...(hidden > 0 ? [`  and ${formatWhole(hidden)} more`] : []),
  ];
}

function differenceText({ path, truth, counted }: Difference): string {
  const text = (value: unknown) =>
    value === undefined ? 'nothing' : cutMiddle(JSON.stringify(value), VALUE_COLUMNS_MAX);
  return plainText(`${path}: truth ${text(truth)}, counted ${text(counted)}`);
}
