import { formatWhole } from '../../lambdas/core/plain-words';
import type { ViewsLedger } from '../../lambdas/core/road/views-report';
import type { Truth } from '../../local/crowd/crowd';
import { differencesOf } from './start-compare';
import { type TableRow, formatHundredths, layTable, wrapText } from './text-table';

type Contents = Truth['contents'];
type Content = NonNullable<Contents[keyof Contents]>;

const HEADS = ['truth', 'counted', ''];

/** Truth beside what was counted, figure by figure. */
export function truthLines(truth: Truth, counted: Truth, columns: number): string[] {
  const ids = Object.keys(truth.contents) as (keyof Contents)[];
  return [
    ...layTable(
      HEADS,
      [
        row('lines', truth.lines, counted.lines),
        row('bad lines', sum(truth.bad), sum(counted.bad)),
        row('hits', sum(truth.hits), sum(counted.hits)),
        ...mapRows('  ', truth.hits, counted.hits),
      ],
      columns,
    ),
    ...ids.flatMap((id) => contentLines(id, truth.contents[id]!, counted.contents[id], columns)),
  ];
}

/** What became of the lines. */
export function ledgerLines(ledger: ViewsLedger, columns: number): string[] {
  const { lines, hits, duplicate, late, lost, overBound, overflow = 0 } = ledger;
  return wrapText(
    `ledger: lines ${formatWhole(lines)}, hits ${formatWhole(hits)}, bad ${formatWhole(lines - hits)}; ` +
      `packets dropped as duplicates ${formatWhole(duplicate)}; late ${late}, lost ${lost}, ` +
      `overflow ${overflow}, over bound ${formatWhole(overBound)}`,
    columns,
    '  ',
  );
}

function contentLines(
  id: string,
  truth: Content,
  counted: Content | undefined,
  columns: number,
): string[] {
  const views = Object.keys(truth.views);
  const rows = [
    ...figureRows(truth, counted, ['attempts', 'starts', 'viewers']),
    ...views.map((name) => row(name, truth.views[name], counted?.views[name])),
    ...figureRows(truth, counted, ['watchSeconds', 'peakConcurrency', 'averageMinuteAudience']),
    row('turned away', sum(truth.turnedAway), sum(counted?.turnedAway ?? {})),
    ...mapRows('  ', truth.turnedAway, counted?.turnedAway ?? {}),
  ];
  const more = differencesOf(truth, counted ?? {}).length;
  const rest =
    more === 0 ? 'and all else of it (record, by class, country, device, edge) as in truth' : '';
  return [
    '',
    `${truth.kind} ${id}`,
    ...layTable(HEADS, rows, columns),
    ...(rest === '' ? [] : wrapText(`  ${rest}`, columns, '  ')),
  ];
}

function figureRows(
  truth: Content,
  counted: Content | undefined,
  names: readonly (keyof Content & string)[],
): TableRow[] {
  return names
    .filter((name) => name in truth)
    .map((name) => row(name, truth[name] as number, counted?.[name] as number | undefined));
}

function mapRows(
  indent: string,
  truth: Readonly<Record<string, number | undefined>>,
  counted: Readonly<Record<string, number | undefined>>,
): TableRow[] {
  const names = [...new Set([...Object.keys(truth), ...Object.keys(counted)])].sort();
  return names.map((name) => row(`${indent}${name}`, truth[name] ?? 0, counted[name] ?? 0));
}

function row(label: string, truth: number | undefined, counted: number | undefined): TableRow {
  const mark = truth === counted ? '' : 'differs';
  return { label: `  ${label}`, cells: [format(truth), format(counted), mark] };
}

function format(value: number | undefined): string {
  if (value === undefined) return '-';
  return Number.isInteger(value) ? formatWhole(value) : formatHundredths(value);
}

function sum(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0);
}
