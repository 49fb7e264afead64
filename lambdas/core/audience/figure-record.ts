import { CAUSES, CLASSES, type Cause, type HitClass, PERSON_CLASSES } from '../edge/classes';
import { causeAt } from './content-tally';
import type { FigureRecord } from './report';
import { SLOT_SECONDS, VIEW_SECONDS } from './rules';
import { BUCKET, BUCKETS, FIGURE } from './viewer-figures';

/** The buckets of one figure of a sum. */
export function bucketsOf(sum: Float64Array, figure: number): Float64Array {
  return sum.subarray(figure * BUCKETS, (figure + 1) * BUCKETS);
}

/** A unit: what is counted times `times`, over `over`. Whole numbers, so that halves are exact. */
export interface Unit {
  readonly times: number;
  readonly over: number;
}

const ONE: Unit = { times: 1, over: 1 };

/** A record of one figure in its unit, to two decimals; gross and upper are sums of what is printed. */
export function makeRecord(buckets: ArrayLike<number>, { times, over } = ONE): FigureRecord {
  const value = (bucket: number) => roundHalfUp(buckets[bucket]! * times, over, 100);
  const invalid: Partial<Record<HitClass, number>> = {};
  let invalidSum = 0;
  for (let n = PERSON_CLASSES; n < CLASSES.length; n += 1) {
    const count = value(BUCKET.invalid + n - PERSON_CLASSES);
    if (count !== 0) invalid[CLASSES[n]!] = count;
    invalidSum += count;
  }
  const refusedByUs = value(BUCKET.refusedByUs);
  const unresolved = value(BUCKET.unresolved);
  const verified = value(BUCKET.verified);
  return {
    gross: addHundredths(refusedByUs, invalidSum, unresolved, verified),
    refusedByUs,
    invalid,
    unresolved,
    verified,
    lower: verified,
    upper: addHundredths(unresolved, verified),
  };
}

/** The names of the view figures of a kind, in the order of their places in a sum. */
export function viewNames(isPage: boolean): readonly string[] {
  return isPage ? ['pageView30'] : VIEW_SECONDS.map((seconds) => `view${seconds}`);
}

/** attempts, starts, viewers (under the given name), views and, of streams, watchSeconds */
export function makeRecords(
  sum: Float64Array,
  { isPage, viewers }: { isPage: boolean; viewers: string },
): Record<string, FigureRecord> {
  const records: Record<string, FigureRecord> = {
    attempts: makeRecord(bucketsOf(sum, FIGURE.attempts)),
    starts: makeRecord(bucketsOf(sum, FIGURE.starts)),
    [viewers]: makeRecord(bucketsOf(sum, FIGURE.viewers)),
  };
  for (const [n, name] of viewNames(isPage).entries()) {
    records[name] = makeRecord(bucketsOf(sum, FIGURE.view + n));
  }
  if (!isPage)
    records['watchSeconds'] = makeRecord(bucketsOf(sum, FIGURE.watchSlots), {
      times: SLOT_SECONDS,
      over: 1,
    });
  return records;
}

/** The view figures of records that are verified, by name. */
export function viewsOf(
  records: Readonly<Record<string, FigureRecord>>,
  isPage: boolean,
): Record<string, number> {
  return Object.fromEntries(viewNames(isPage).map((name) => [name, records[name]!.verified]));
}

/** Turned away by cause; causes with zero are left out. */
export function turnedAwayOf(sum: Float64Array): Partial<Record<Cause, number>> {
  const turnedAway: Partial<Record<Cause, number>> = {};
  for (const [n, cause] of CAUSES.entries()) {
    const count = sum[causeAt(n)]!;
    if (count !== 0) turnedAway[cause] = count;
  }
  return turnedAway;
}

/** part / whole to 1 / units, halves up; decided in whole numbers, as 1.025 is none in binary. */
export function roundHalfUp(part: number, whole: number, units: number): number {
  return Math.floor((2 * units * part + whole) / (2 * whole)) / units;
}

/** The sum of numbers of two decimals, without the noise of their binary form. */
function addHundredths(...values: number[]): number {
  return values.reduce((sum, value) => sum + Math.round(value * 100), 0) / 100;
}

/** ISO 8601 in UTC without fractions that are zero: 2026-11-24T20:42:00Z */
export function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Keys in the order of their code points, so that equal reports are equal text. */
export function sortKeys<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  const keys = Object.keys(record).sort((a, b) => (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, record[key]!]));
}
