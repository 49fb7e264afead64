import { CAUSES } from '../../lambdas/core/edge/classes';
import type {
  ContentReport,
  FigureRecord,
  MinuteReport,
  Report,
} from '../../lambdas/core/audience/report';

/**
 * Columns, in this order for good; new ones go to the end:
 *
 *   content, kind, minute, hits,
 *   FIGURE_gross, FIGURE_refusedByUs, FIGURE_invalid, FIGURE_unresolved, FIGURE_verified
 *     for attempts, starts, view2, view30, view60, view120, pageView30, newViewers, watchSeconds,
 *   turnedAway_refusedByUs, turnedAway_4xx, turnedAway_5xx, turnedAway_hungUp, turnedAway_neverAsked,
 *   concurrencyMax
 *
 * A cell is empty where the kind of content has no such figure, and 0 where nothing was counted.
 */
const FIGURES: readonly { readonly name: string; readonly kind?: ContentReport['kind'] }[] = [
  { name: 'attempts' },
  { name: 'starts' },
  { name: 'view2', kind: 'stream' },
  { name: 'view30', kind: 'stream' },
  { name: 'view60', kind: 'stream' },
  { name: 'view120', kind: 'stream' },
  { name: 'pageView30', kind: 'page' },
  { name: 'newViewers' },
  { name: 'watchSeconds', kind: 'stream' },
];
const GROUPS = ['gross', 'refusedByUs', 'invalid', 'unresolved', 'verified'] as const;

export const CSV_COLUMNS: readonly string[] = [
  'content',
  'kind',
  'minute',
  'hits',
  ...FIGURES.flatMap(({ name }) => GROUPS.map((group) => `${name}_${group}`)),
  ...CAUSES.map((cause) => `turnedAway_${cause}`),
  'concurrencyMax',
];

/** One row per content and minute that has one (`--minutes`), as RFC 4180 has it. */
export function renderCsv(report: Report): string {
  const rows = Object.entries(report.contents).flatMap(([id, content]) =>
    (content.minutes ?? []).map((minute) => rowOf(id, content.kind, minute)),
  );
  return [CSV_COLUMNS, ...rows].map((cells) => `${cells.map(quoteCell).join(',')}\r\n`).join('');
}

function rowOf(id: string, kind: ContentReport['kind'], minute: MinuteReport): string[] {
  const figures = FIGURES.flatMap((figure) => {
    const isForeign = figure.kind !== undefined && figure.kind !== kind;
    const split = minute.record[figure.name];
    return GROUPS.map((group) => (isForeign && !split ? '' : String(groupOf(split, group))));
  });
  const causes = CAUSES.map((cause) => String(minute.turnedAway[cause] ?? 0));
  const concurrency = minute.concurrencyMax ?? (kind === 'stream' ? 0 : '');
  return [id, kind, minute.minute, String(minute.hits), ...figures, ...causes, String(concurrency)];
}

function groupOf(split: FigureRecord | undefined, group: (typeof GROUPS)[number]): number {
  if (!split) return 0;
  return group === 'invalid' ? sumInvalid(split.invalid) : split[group];
}

export function sumInvalid(invalid: FigureRecord['invalid']): number {
  return Object.values(invalid).reduce((sum, count) => sum + count, 0);
}

/** Only what needs quotes gets them; a quote inside is doubled. */
function quoteCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
