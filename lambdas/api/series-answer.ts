import type { MinuteWindow } from '../core/audience/content-tally';
import { nameWindow, windowOf } from '../core/audience/make-report';
import type { Kind } from '../core/edge/classes';
import { MINUTE_SERIES_NAMES, sumItems } from '../core/road/views-counters';
import type { ViewsItem } from '../core/road/ports';
import { type ViewsQuery, queriesOf } from '../core/road/views-query';
import { stateOf, sumLedger } from '../core/road/views-report';
import {
  type Dimension,
  type DimensionRow,
  type Period,
  type PeriodOf,
  type SeriesRow,
  type Step,
  endOfPeriods,
  makeDimensionSeries,
  makeSeriesRow,
  periodsOf,
  sumPeriods,
  unitOf,
  widenToPeriods,
} from '../core/road/views-series';
import { type WindowWish, askedWindow, meet, msOf } from './asked-window';
import type { NamedContent } from './content-name';
import { ProblemError, gotText } from './problem';
import { type MinuteItems, groupMinutes, periodsOfMinutes } from './minute-items';
import { ITEMS_MAX, isoOrNull } from './views-answers';
import type { ViewsSource } from './views-source';

export interface SeriesWish extends WindowWish {
  readonly step: Step;
  readonly dimension?: Dimension | undefined;
  /** periods of a page at most */
  readonly limit: number;
  /** Minute since the epoch at which the page begins, as text; '' for the beginning. */
  readonly after: string;
}

/** Lambda answers with 6 MB at most. */
const ROWS_MAX = 10_000;
/** Of the longest broadcast day: clocks are put back. */
const DAY_HOURS_MAX = 25;

/** What the rows of a page are made of. */
export type SeriesRows =
  | { readonly minutes: readonly MinuteItems[] }
  | { readonly periods: readonly Period[] }
  | { readonly values: readonly DimensionRow[] };

/** Figures of a content period by period, one page of them. The sum of all rows is the record of the window. */
export async function answerSeries(source: ViewsSource, content: NamedContent, wish: SeriesWish) {
  const { about, found, next } = await readSeries(source, content, wish);
  return { ...about, rows: makeRows(found, content.kind), next };
}

export function makeRows(found: SeriesRows, kind: Kind): readonly (SeriesRow | DimensionRow)[] {
  if ('values' in found) return found.values;
  const periods = 'minutes' in found ? periodsOfMinutes(found.minutes, kind) : found.periods;
  return periods.map((period) => makeSeriesRow(period, kind));
}

/** The same page before its rows are made. `next` is where the page after it begins. */
export async function readSeries(source: ViewsSource, content: NamedContent, wish: SeriesWish) {
  const { key, id, kind } = content;
  const { step, dimension } = wish;
  checkDimension(step, dimension);
  const { window: asked, event } = askedWindow(content, wish, source.settings);
  const periodOf = periodsOf(step, source.days);
  const whole = widenToPeriods(windowOf(asked), periodOf);
  const span = await source.loadSpan(key);
  const held = span && meet(whole, widenToPeriods(span, periodOf));
  const page = choosePage(held, wish, { periodOf, groups: source.groups });
  const [items, ledger, { countedToMs }] = await Promise.all([
    page === undefined ? [] : source.load(queriesFor(page, key, source, wish)),
    source.loadLedger(msOf(whole)),
    source.loadFreshness(),
  ]);
  const read = page && { kind, window: page, periodOf, step, dimension };
  const { found, cutAt } = cutRows(read === undefined ? { periods: [] } : rowsOf(items, read));
  const after = cutAt ?? (page !== undefined && page.to < held!.to ? page.to : undefined);
  const about = {
    ...{ definition: source.definition, window: nameWindow(whole) },
    state: stateOf(sumLedger(ledger, 0), whole, countedToMs),
    ...{ countedTo: isoOrNull(countedToMs), id, kind },
    ...(event && { event }),
    ...{ step, dimension: dimension ?? null },
  };
  return { about, found, next: after === undefined ? undefined : String(after) };
}

interface Read extends Omit<Parameters<typeof sumPeriods>[1], 'step'> {
  readonly step: Step;
  readonly dimension: Dimension | undefined;
}

function rowsOf(items: readonly ViewsItem[], { dimension, ...read }: Read): SeriesRows {
  if (dimension === undefined && read.step === 'minute') return { minutes: groupMinutes(items) };
  const [counters] = sumItems(items).values();
  if (counters === undefined) return { periods: [] };
  if (dimension === undefined) return { periods: sumPeriods(counters, read) };
  return { values: makeDimensionSeries(counters, { ...read, of: dimension }) };
}

function checkDimension(step: Step, dimension: Dimension | undefined): void {
  if (dimension === undefined || step !== 'minute') return;
  const expected = 'hour or day with a dimension, which is kept by hour';
  throw new ProblemError(400, { what: 'step', got: step, expected });
}

/** The window of one page, in what the content holds; undefined if it holds nothing. */
function choosePage(
  held: MinuteWindow | undefined,
  { step, after, limit }: SeriesWish,
  { periodOf, groups }: { readonly periodOf: PeriodOf; readonly groups: number },
): MinuteWindow | undefined {
  if (held === undefined) return undefined;
  const from = after === '' ? held.from : Number(after);
  if (from < held.from || from >= held.to || periodOf(from).from !== from) {
    const expected = 'next of a page of the same request';
    throw new ProblemError(400, { what: 'cursor', got: gotText(after), expected });
  }
  const itemsOf = (unit: 'minutes' | 'hours') =>
    groups * (step === 'day' ? DAY_HOURS_MAX * (unit === 'hours' ? 1 : 60) : 1);
  const pageOf = (n: number) => ({
    from,
    to: endOfPeriods({ from, to: held.to }, n, periodOf),
  });
  const wide = pageOf(Math.min(limit, Math.floor(ITEMS_MAX / itemsOf('hours'))));
  if (unitOf(step, wide, periodOf) === 'hours') return wide;
  return pageOf(Math.min(limit, Math.max(1, Math.floor(ITEMS_MAX / itemsOf('minutes')))));
}

/** Only the sort of items that the rows are made of. */
function queriesFor(
  page: MinuteWindow,
  key: string,
  { settings, days }: ViewsSource,
  { step, dimension }: SeriesWish,
): ViewsQuery[] {
  const sorts = { country: 'c#', device: 'h#', edge: 'e#' } as const;
  const unit = unitOf(step, page, periodsOf(step, days));
  const sort = dimension === undefined ? (unit === 'hours' ? 'h#' : 'm#') : sorts[dimension];
  const names = sort === 'm#' ? { names: MINUTE_SERIES_NAMES } : {};
  return queriesOf([key], settings.lanes, msOf(page))
    .filter(({ from }) => from.startsWith(sort))
    .map((query) => ({ ...query, ...names }));
}

interface CutRows {
  readonly found: SeriesRows;
  /** minute since the epoch of the first row that is left out */
  readonly cutAt: number | undefined;
}

/** At the border of a period, and never before the first. */
function cutRows(all: SeriesRows): CutRows {
  // A page has no more minutes than rows.
  if ('minutes' in all) return { found: all, cutAt: undefined };
  if ('periods' in all) {
    const { periods } = all;
    return { found: { periods: periods.slice(0, ROWS_MAX) }, cutAt: periods[ROWS_MAX]?.from };
  }
  const { values } = all;
  if (values.length <= ROWS_MAX) return { found: all, cutAt: undefined };
  const isFirst = (at: number) => at > 0 && values[at - 1]!.from !== values[at]!.from;
  let end = ROWS_MAX;
  while (end > 0 && !isFirst(end)) end -= 1;
  if (end === 0) {
    end = ROWS_MAX;
    while (end < values.length && !isFirst(end)) end += 1;
  }
  const cut = values[end];
  return {
    found: { values: values.slice(0, end) },
    cutAt: cut && Date.parse(cut.from) / 60_000,
  };
}
