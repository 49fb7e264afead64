import { formatWhole } from '../../lambdas/core/plain-words';
import type {
  ContentReport,
  EventReport,
  FigureRecord,
  LedgerReport,
  Report,
} from '../../lambdas/core/audience/report';
import { sumInvalid } from '../../lambdas/core/audience/minute-csv';
import {
  cutMiddle,
  formatHundredths,
  formatTenths,
  layTable,
  plainText,
  type TableRow,
  textWidth,
  wrapText,
} from './text-table';

export interface TableOptions {
  /** Width of the terminal; 0 if unknown. */
  readonly columns: number;
}

/** Wider lines are hard to read; narrower ones cannot hold a number beside its name. */
const COLUMNS_MAX = 100;
const COLUMNS_MIN = 40;
/** Contents, and events, that are shown; without turnout.json a site has thousands of pages. */
const SHOWN_MAX = 20;
const INTERRUPTIONS_SHOWN_MAX = 10;

/** What `turnout recount` prints for people: all figures of the report, split by who made them. */
export function renderTable(report: Report, options: TableOptions): string {
  const columns = Math.min(
    COLUMNS_MAX,
    Math.max(COLUMNS_MIN, Math.floor(options.columns || COLUMNS_MAX)),
  );
  const contents = Object.entries(report.contents).sort(byViewers);
  const events = Object.entries(report.events);
  const blocks = [
    headLines(report, columns),
    ...contents.slice(0, SHOWN_MAX).map(([id, content]) => contentLines(id, content, columns)),
    moreLines(contents.length, 'contents'),
    ...events.slice(0, SHOWN_MAX).map(([id, event]) => eventLines(id, event, columns)),
    moreLines(events.length, 'events'),
    ledgerLines(report.ledger, columns),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line.trimEnd()}\n`).join(''))
    .join('\n');
}

function headLines({ definition, window, contents }: Report, columns: number): string[] {
  const { id, version, classifier, timeZone, dayStartHour, blockStatus, sessionIdsMax } =
    definition;
  const hour = String(dayStartHour).padStart(2, '0');
  const from = window.from ?? 'the first line';
  const to = window.to ?? 'the last';
  const count = Object.keys(contents).length;
  return [
    `Definition ${id} ${version}, classifier ${classifier}`,
    `Broadcast day from ${hour}:00 ${timeZone}, block status ${blockStatus}, ${formatWhole(sessionIdsMax)} session ids`,
    `Window: ${from} to ${to}`,
    'verified: a conforming player, never a proven human. upper = verified + unresolved',
    ...(count === 0 ? ['No content has hits in this window.'] : []),
  ].flatMap((line) => wrapText(plainText(line), columns, '  '));
}

function contentLines(id: string, content: ContentReport, columns: number): string[] {
  const peakAt = content.peakAt ? [`  peak at ${content.peakAt}`] : [];
  return [
    titleLine(content.kind, id, columns),
    ...wrapText(`  ${content.from} to ${content.to}`, columns, '  '),
    ...layTable(SPLIT, figureRows(content.record, content), columns),
    ...peakAt,
    ...tallyLines('turned away', content.turnedAway, columns),
    ...tallyLines('hits by class', content.hits, columns),
    ...tallyLines('outcomes', content.outcomes, columns),
  ];
}

function eventLines(id: string, event: EventReport, columns: number): string[] {
  const { content, start, end, firstStartAt, startDelaySeconds } = event;
  const delay = startDelaySeconds === null ? '' : `, ${formatSeconds(startDelaySeconds)} late`;
  const first = firstStartAt === null ? 'never' : `${firstStartAt}${delay}`;
  const record = { viewers: event.viewers, ...event.record };
  return [
    titleLine('event', id, columns),
    ...wrapText(`  ${start} to ${end}`, columns, '  '),
    cutMiddle(`  content ${plainText(content)}`, columns),
    ...layTable(SPLIT, figureRows(record, event), columns),
    ...(event.peakAt ? [`  peak at ${event.peakAt}`] : []),
    ...wrapText(`  first verified start: ${first}`, columns, '    '),
    ...interruptionLines(event, columns),
    ...tallyLines('turned away', event.turnedAway, columns),
  ];
}

function interruptionLines({ interruptions }: EventReport, columns: number): string[] {
  if (interruptions.length === 0) return ['  interruptions: none'];
  const rows = interruptions.slice(0, INTERRUPTIONS_SHOWN_MAX).map((it) => ({
    label: `    ${it.at}`,
    cells: [
      formatWhole(it.seconds),
      formatWhole(it.fromViewers),
      formatWhole(it.toViewers),
      `${formatTenths(it.depthPercent)} %`,
      it.recovered ? 'yes' : 'no',
    ],
  }));
  const hidden = interruptions.length - rows.length;
  return [
    `  interruptions: ${formatWhole(interruptions.length)}`,
    ...layTable(['seconds', 'from', 'to', 'depth', 'recovered'], rows, columns),
    ...(hidden > 0 ? [`    and ${formatWhole(hidden)} more, see --json`] : []),
  ];
}

function ledgerLines(ledger: LedgerReport, columns: number): string[] {
  const { lines, hits, bad, duplicate, late, lost, overBound } = ledger;
  const sentence = (text: string) => wrapText(`  ${text}`, columns, '    ');
  const badCount = Object.values(bad).reduce((sum, count) => sum + count, 0);
  return [
    'ledger',
    ...sentence(
      `lines ${formatWhole(lines)}, hits ${formatWhole(hits)}, bad ${formatWhole(badCount)}`,
    ),
    ...sentence(
      `duplicate ${formatWhole(duplicate)}, late ${formatWhole(late)}, lost ${formatWhole(lost)}, over bound ${formatWhole(overBound)}`,
    ),
    ...tallyLines('bad', bad, columns),
  ];
}

const SPLIT = ['gross', 'refusedByUs', 'invalid', 'unresolved', 'verified', 'upper'];

/** Rows in this order; a figure that a later definition adds follows by name. */
const FIGURES: readonly { readonly name: string; readonly label: string }[] = [
  { name: 'attempts', label: 'attempts' },
  { name: 'starts', label: 'starts' },
  { name: 'view2', label: 'view2' },
  { name: 'view30', label: 'view30' },
  { name: 'view60', label: 'view60' },
  { name: 'view120', label: 'view120' },
  { name: 'pageView30', label: 'pageView30' },
  { name: 'viewers', label: 'viewers' },
  { name: 'newViewers', label: 'newViewers' },
  { name: 'watchSeconds', label: 'watch hours' },
  { name: 'peakConcurrency', label: 'peak (10 s)' },
  { name: 'averageMinuteAudience', label: 'average-minute audience' },
];

/** A figure that the record does not split is looked for beside it, where it is the verified one. */
function figureRows(record: Readonly<Record<string, FigureRecord>>, plain: object): TableRow[] {
  const named = new Set(FIGURES.map(({ name }) => name));
  const added = Object.keys(record).filter((name) => !named.has(name));
  const figures = [...FIGURES, ...added.sort().map((name) => ({ name, label: plainText(name) }))];
  return figures.flatMap(({ name, label }) => {
    const split = record[name];
    const format = formatOf(name);
    if (split) return [{ label: `  ${label}`, cells: splitCells(split, format) }];
    const value = (plain as Readonly<Record<string, unknown>>)[name];
    if (typeof value !== 'number') return [];
    return [{ label: `  ${label}`, cells: ['-', '-', '-', '-', format(value), '-'] }];
  });
}

function splitCells(split: FigureRecord, format: (value: number) => string): string[] {
  const { gross, refusedByUs, invalid, unresolved, verified, upper } = split;
  return [gross, refusedByUs, sumInvalid(invalid), unresolved, verified, upper].map(format);
}

function formatOf(name: string): (value: number) => string {
  if (name === 'watchSeconds') return (seconds) => formatTenths(seconds / 3_600);
  if (name === 'peakConcurrency') return formatTenths; // five slots: fifths
  return name === 'averageMinuteAudience' ? formatHundredths : formatWhole;
}

/** Most viewers first, by the upper bound; then by verified; then by id, so that runs are equal. */
function byViewers(a: [string, ContentReport], b: [string, ContentReport]): number {
  const [of, to] = [viewersOf(a[1]), viewersOf(b[1])];
  return to.upper - of.upper || to.verified - of.verified || (a[0] < b[0] ? -1 : 1);
}

function viewersOf({ record }: ContentReport): { upper: number; verified: number } {
  return record['viewers'] ?? record['newViewers'] ?? { upper: 0, verified: 0 };
}

function titleLine(kind: string, id: string, columns: number): string {
  return `${kind} ${cutMiddle(plainText(id), columns - textWidth(kind) - 1)}`;
}

/** `  label: name 1,234, name 5`, wrapped. Names with zero are told as well when they are given. */
function tallyLines(
  label: string,
  tally: Readonly<Record<string, number | undefined>>,
  columns: number,
): string[] {
  const parts = Object.entries(tally).map(
    ([name, count]) => `${plainText(name)} ${formatWhole(count ?? 0)}`,
  );
  return wrapText(`  ${label}: ${parts.length > 0 ? parts.join(', ') : 'none'}`, columns, '    ');
}

function moreLines(count: number, what: string): string[] {
  if (count <= SHOWN_MAX) return [];
  return [`and ${formatWhole(count - SHOWN_MAX)} more ${what}, see --json`];
}

function formatSeconds(seconds: number): string {
  return seconds < 120
    ? `${formatTenths(seconds)} s`
    : `${formatTenths(seconds)} s (${formatTenths(seconds / 60)} min)`;
}
