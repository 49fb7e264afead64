import { CAUSES } from '../edge/classes';
import type { ContentReport, FigureRecord, MinuteReport } from './report';

/**
 * Columns of a row of figures, in this order for good; new ones go to the end:
 *
 *   hits,
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

export const FIGURE_COLUMNS: readonly string[] = [
  'hits',
  ...FIGURES.flatMap(({ name }) => GROUPS.map((group) => `${name}_${group}`)),
  ...CAUSES.map((cause) => `turnedAway_${cause}`),
  'concurrencyMax',
];

export function figureCells(
  kind: ContentReport['kind'],
  row: Omit<MinuteReport, 'minute'>,
): (string | number)[] {
  const figures = FIGURES.flatMap((figure) => {
    const isForeign = figure.kind !== undefined && figure.kind !== kind;
    const split = row.record[figure.name];
    return GROUPS.map((group) => (isForeign && !split ? '' : groupOf(split, group)));
  });
  const causes = CAUSES.map((cause) => row.turnedAway[cause] ?? 0);
  return [row.hits, ...figures, ...causes, row.concurrencyMax ?? (kind === 'stream' ? 0 : '')];
}

function groupOf(split: FigureRecord | undefined, group: (typeof GROUPS)[number]): number {
  if (!split) return 0;
  return group === 'invalid' ? sumInvalid(split.invalid) : split[group];
}

export function sumInvalid(invalid: FigureRecord['invalid']): number {
  return Object.values(invalid).reduce((sum, count) => sum + count, 0);
}
