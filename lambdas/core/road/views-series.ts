import { dimension } from '../audience/content-report';
import { MINUTE_FIGURES, type MinuteWindow } from '../audience/content-tally';
import type { Days } from '../audience/day';
import { isoOf, makeRecords, turnedAwayOf } from '../audience/figure-record';
import type { DimensionFigures, MinuteReport } from '../audience/report';
import { BUCKET, FIGURES } from '../audience/viewer-figures';
import { CLASSES, DEVICES, type Kind, OUTCOMES } from '../edge/classes';
import {
  type ContentCounters,
  SLOTS_PER_MINUTE,
  bucketOfSlot,
  deviceOfRow,
  figuresOfRow,
  hitsOfRow,
  isZero,
  within,
} from './views-counters';

/** Figures of one content, minute by minute, hour by hour (UTC) or broadcast day by broadcast day. */
export const STEPS = ['minute', 'hour', 'day'] as const;
export type Step = (typeof STEPS)[number];

export const DIMENSIONS = ['country', 'device', 'edge'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What was credited to one period; periods with nothing are left out, as are minutes in a recount. */
export interface SeriesRow extends Omit<MinuteReport, 'minute'> {
  /** ISO times, [from, to) */
  readonly from: string;
  readonly to: string;
}

/** Verified figures of one value of a dimension in one period; of an edge location its hits. */
export type DimensionRow = {
  readonly from: string;
  readonly to: string;
  readonly value: string;
} & (DimensionFigures | { readonly hits: number });

/** The period in which a minute since the epoch lies. */
export type PeriodOf = (minute: number) => MinuteWindow;

export function periodsOf(step: Step, days: Days): PeriodOf {
  if (step === 'minute') return (minute) => ({ from: minute, to: minute + 1 });
  if (step === 'hour') {
    return (minute) => ({ from: minute - mod(minute, 60), to: minute - mod(minute, 60) + 60 });
  }
  return (minute) => {
    const { startMs, endMs } = days.at(minute * 60_000);
    return { from: startMs / 60_000, to: endMs / 60_000 };
  };
}

/** Whole periods: those that a window touches. An open end stays open. */
export function widenToPeriods({ from, to }: MinuteWindow, periodOf: PeriodOf): MinuteWindow {
  return {
    from: Number.isFinite(from) ? periodOf(from).from : from,
    to: Number.isFinite(to) ? periodOf(to - 1).to : to,
  };
}

/** The end of so many periods from `from` on, or of the window. */
export function endOfPeriods({ from, to }: MinuteWindow, n: number, periodOf: PeriodOf): number {
  let end = from;
  for (let left = n; left > 0 && end < to; left -= 1) end = periodOf(end).to;
  return Math.min(end, to);
}

/**
 * Hours hold the same sums as their minutes, in a sixtieth of the items: they are enough wherever periods are
 * whole hours. In a zone that is half an hour off, days are not. `window` is made of whole periods.
 */
export function unitOf(step: Step, window: MinuteWindow, periodOf: PeriodOf): 'minutes' | 'hours' {
  if (step === 'minute') return 'minutes';
  for (let at = window.from; at < window.to; at = periodOf(at).to) {
    if (mod(at, 60) !== 0) return 'minutes';
  }
  return mod(window.to, 60) === 0 ? 'hours' : 'minutes';
}

export interface SeriesWish {
  readonly kind: Kind;
  readonly step: Step;
  readonly window: MinuteWindow;
  readonly periodOf: PeriodOf;
}

/** The sums of one period. */
export interface Period {
  /** Minutes since the epoch, [from, to). */
  readonly from: number;
  readonly to: number;
  /** as of a row of counters */
  readonly figures: Float64Array;
  readonly hits: Float64Array;
  /** of a stream, minute by minute */
  readonly concurrencyMax: number | undefined;
}

/** Periods with anything in them, in order. */
export function sumPeriods(counters: ContentCounters, wish: SeriesWish): Period[] {
  const periods = wish.step === 'minute' ? minutesOf(counters, wish) : longerOf(counters, wish);
  return periods
    .filter(({ figures, hits }) => !isZero(figures) || !isZero(hits))
    .sort((a, b) => a.from - b.from);
}

/** A minute is a period as it stands: nothing is added up, and nothing is copied. */
function minutesOf({ minutes }: ContentCounters, { kind, window }: SeriesWish): Period[] {
  const periods: Period[] = [];
  for (const [from, row] of minutes) {
    if (from < window.from || from >= window.to) continue;
    const concurrencyMax = kind === 'page' ? undefined : highestOf(row);
    const [figures, hits] = [figuresOfRow(row), hitsOfRow(row)];
    periods.push({ from, to: from + 1, figures, hits, concurrencyMax });
  }
  return periods;
}

function longerOf(counters: ContentCounters, { step, window, periodOf }: SeriesWish): Period[] {
  const unit = unitOf(step, window, periodOf);
  const sums = new Map<number, Period>();
  for (const [time, row] of counters[unit]) {
    const minute = unit === 'hours' ? time * 60 : time;
    if (minute < window.from || minute >= window.to) continue;
    const period = periodOf(minute);
    const { figures, hits } = within(sums, period.from, () => emptyPeriod(period));
    addTo(figures, figuresOfRow(row));
    addTo(hits, hitsOfRow(row));
  }
  return [...sums.values()];
}

export function makeSeriesRow(period: Period, kind: Kind): SeriesRow {
  const { from, to, figures, hits, concurrencyMax } = period;
  return {
    ...{ from: isoOf(from * 60_000), to: isoOf(to * 60_000) },
    hits: sumOf(hits),
    turnedAway: turnedAwayOf(figures),
    record: makeRecords(figures, { isPage: kind === 'page', viewers: 'newViewers' }),
    ...(concurrencyMax === undefined ? {} : { concurrencyMax }),
  };
}

export function sumOf(row: Float64Array): number {
  let sum = 0;
  for (let n = 0; n < row.length; n += 1) sum += row[n]!;
  return sum;
}

function emptyPeriod(window: MinuteWindow): Period {
  const hits = new Float64Array(CLASSES.length * OUTCOMES.length);
  const figures = new Float64Array(MINUTE_FIGURES);
  return { ...window, figures, hits, concurrencyMax: undefined };
}

function highestOf(row: Float64Array): number {
  let highest = 0;
  for (let slot = 0; slot < SLOTS_PER_MINUTE; slot += 1) {
    highest = Math.max(highest, bucketOfSlot(row, slot, BUCKET.verified));
  }
  return highest;
}

/** Dimensions are kept by hour: an hour is told with the period in which it begins. */
export function makeDimensionSeries(
  counters: ContentCounters,
  { kind, window, periodOf, of }: Omit<SeriesWish, 'step'> & { readonly of: Dimension },
): DimensionRow[] {
  const sums = new Map<
    number,
    { readonly to: number; readonly values: Map<string, Float64Array> }
  >();
  for (const [hour, values] of valuesByHour(counters, of)) {
    const minute = hour * 60;
    if (minute < window.from || minute >= window.to) continue;
    const { from, to } = periodOf(minute);
    const sum = within(sums, from, () => ({ to, values: new Map() }));
    for (const [value, figures] of values) {
      addTo(
        within(sum.values, value, () => new Float64Array(figures.length)),
        figures,
      );
    }
  }
  return inOrder(sums).flatMap(([from, { to, values }]) => {
    const told =
      of === 'edge' ? hitsOf(values) : Object.entries(dimension([...values], kind === 'page'));
    const ends = { from: isoOf(from * 60_000), to: isoOf(to * 60_000) };
    return told.map(([value, figures]) => ({ ...ends, value, ...figures }));
  });
}

type Values = Iterable<readonly [value: string, figures: Float64Array]>;

function valuesByHour(counters: ContentCounters, of: Dimension): [number, Values][] {
  if (of === 'country') return [...counters.countries];
  if (of === 'edge') {
    return [...counters.edges].map(([hour, edges]) => [
      hour,
      [...edges].map(([edge, hits]) => [edge, Float64Array.of(hits)] as const),
    ]);
  }
  return [...counters.hours].map(([hour, row]) => [
    hour,
    DEVICES.map((name, n) => [name, deviceOfRow(row, n).subarray(0, FIGURES)] as const),
  ]);
}

function hitsOf(values: ReadonlyMap<string, Float64Array>): [string, { readonly hits: number }][] {
  return [...values]
    .filter(([, row]) => !isZero(row))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([edge, row]) => [edge, { hits: row[0]! }]);
}

function addTo(sum: Float64Array, row: Float64Array): void {
  for (let n = 0; n < sum.length; n += 1) sum[n]! += row[n]!;
}

function inOrder<Of>(sums: ReadonlyMap<number, Of>): [number, Of][] {
  return [...sums].sort(([a], [b]) => a - b);
}

function mod(n: number, by: number): number {
  return ((n % by) + by) % by;
}
