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
  deviceOfRow,
  figuresOfRow,
  hitsOfRow,
  isZero,
  slotOfRow,
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

interface Sum {
  readonly to: number;
  readonly figures: Float64Array;
  readonly hits: Float64Array;
  concurrencyMax: number;
}

export function makeSeries(counters: ContentCounters, wish: SeriesWish): SeriesRow[] {
  const { kind, step, window, periodOf } = wish;
  const isPage = kind === 'page';
  const unit = unitOf(step, window, periodOf);
  const sums = new Map<number, Sum>();
  for (const [time, row] of counters[unit]) {
    const minute = unit === 'hours' ? time * 60 : time;
    if (minute < window.from || minute >= window.to) continue;
    const { from, to } = periodOf(minute);
    const sum = within(sums, from, () => emptySum(to));
    addTo(sum.figures, figuresOfRow(row));
    addTo(sum.hits, hitsOfRow(row));
    if (step === 'minute') sum.concurrencyMax = highestOf(row);
  }
  return inOrder(sums)
    .filter(([, { figures, hits }]) => !isZero(figures) || !isZero(hits))
    .map(([from, { to, figures, hits, concurrencyMax }]) => ({
      ...{ from: isoOf(from * 60_000), to: isoOf(to * 60_000) },
      hits: hits.reduce((sum, count) => sum + count, 0),
      turnedAway: turnedAwayOf(figures),
      record: makeRecords(figures, { isPage, viewers: 'newViewers' }),
      ...(isPage || step !== 'minute' ? {} : { concurrencyMax }),
    }));
}

function emptySum(to: number): Sum {
  const hits = new Float64Array(CLASSES.length * OUTCOMES.length);
  return { to, figures: new Float64Array(MINUTE_FIGURES), hits, concurrencyMax: 0 };
}

function highestOf(row: Float64Array): number {
  let highest = 0;
  for (let slot = 0; slot < SLOTS_PER_MINUTE; slot += 1) {
    highest = Math.max(highest, slotOfRow(row, slot)[BUCKET.verified]!);
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
