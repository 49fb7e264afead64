import type { MinuteWindow } from '../core/audience/content-tally';
import { nameWindow, windowOf } from '../core/audience/make-report';
import { MINUTE_SERIES_NAMES, sumItems } from '../core/road/views-counters';
import { type ViewsQuery, queriesOf } from '../core/road/views-query';
import { stateOf, sumLedger } from '../core/road/views-report';
import {
  type Dimension,
  type DimensionRow,
  type PeriodOf,
  type SeriesRow,
  type Step,
  endOfPeriods,
  makeDimensionSeries,
  makeSeries,
  periodsOf,
  unitOf,
  widenToPeriods,
} from '../core/road/views-series';
import { type WindowWish, askedWindow, meet, msOf } from './asked-window';
import type { NamedContent } from './content-name';
import { ProblemError, gotText } from './problem';
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

/** Figures of a content period by period, one page of them. The sum of all rows is the record of the window. */
export async function answerSeries(source: ViewsSource, content: NamedContent, wish: SeriesWish) {
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
  const counters = sumItems(items).get(key);
  const read = page && { kind, window: page, periodOf };
  const all: readonly (SeriesRow | DimensionRow)[] =
    counters === undefined || read === undefined
      ? []
      : dimension === undefined
        ? makeSeries(counters, { ...read, step })
        : makeDimensionSeries(counters, { ...read, of: dimension });
  const rows = cutRows(all);
  const nextMs =
    rows.length < all.length
      ? Date.parse(all[rows.length]!.from)
      : page !== undefined && page.to < held!.to
        ? page.to * 60_000
        : undefined;
  return {
    ...{ definition: source.definition, window: nameWindow(whole) },
    state: stateOf(sumLedger(ledger, 0), whole, countedToMs),
    ...{ countedTo: isoOrNull(countedToMs), id, kind },
    ...(event && { event }),
    ...{ step, dimension: dimension ?? null, rows },
    next: nextMs === undefined ? undefined : String(nextMs / 60_000),
  };
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

/** At the border of a period, and never before the first. */
function cutRows<Row extends { readonly from: string }>(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= ROWS_MAX) return rows;
  let end = ROWS_MAX;
  while (end > 0 && rows[end - 1]!.from === rows[end]!.from) end -= 1;
  if (end > 0) return rows.slice(0, end);
  const first = rows[0]!.from;
  return rows.filter(({ from }) => from === first);
}
