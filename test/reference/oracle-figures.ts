/** From credits to records: figures by group, by dimension, and the peak. Rules of section 7. */
import { SLOT_MS } from './oracle-days';

export type Tally = Readonly<Record<string, number>>;

export interface FigureRecord {
  readonly gross: number;
  readonly refusedByUs: number;
  readonly invalid: Tally;
  readonly unresolved: number;
  readonly verified: number;
  readonly lower: number;
  readonly upper: number;
}

export interface Dimension {
  readonly attempts: number;
  readonly starts: number;
  readonly views: Tally;
  readonly viewers: number;
  readonly watchSeconds: number;
}

/** One viewer's day gives `amount` to `figure` in the minute of `atMs`. */
export interface Credit {
  readonly figure: string;
  readonly atMs: number;
  readonly amount: number;
  readonly group: 'refusedByUs' | 'invalid' | 'unresolved' | 'verified';
  readonly class: string;
  readonly country: string;
  readonly device: string;
}

type Grouped = Pick<Credit, 'amount' | 'group' | 'class'>;

const SESSION_FIGURES = ['attempts', 'starts', 'viewers'];
const STREAM_FIGURES = ['view2', 'view30', 'view60', 'view120', 'watchSeconds'];
const PAGE_FIGURES = ['pageView30'];
const PEAK_SLOTS = 5;

export function recordsOf(
  credits: readonly Credit[],
  kind: string,
  viewersName: string,
): Record<string, FigureRecord> {
  const figures = [...SESSION_FIGURES, ...(kind === 'page' ? PAGE_FIGURES : STREAM_FIGURES)];
  const records = figures.map((figure) => {
    const own = credits.filter((one) => one.figure === figure);
    return [figure === 'viewers' ? viewersName : figure, recordOf(own)] as const;
  });
  return Object.fromEntries(records);
}

/** `divisor` makes averages, each group to two decimals. The sums are sums of what is printed. */
export function recordOf(credits: readonly Grouped[], divisor = 1): FigureRecord {
  const total = (fits: (one: Grouped) => boolean) =>
    rounded(
      credits.filter(fits).reduce((sum, one) => sum + one.amount, 0),
      divisor,
      100,
    );
  const of = (group: string) => total((one) => one.group === group);
  const invalid: Record<string, number> = {};
  for (const { group, class: name } of credits) {
    if (group !== 'invalid' || name in invalid) continue;
    invalid[name] = total((one) => one.group === 'invalid' && one.class === name);
  }
  const [refusedByUs, unresolved, verified] = [of('refusedByUs'), of('unresolved'), of('verified')];
  const parts = [refusedByUs, ...Object.values(invalid), unresolved, verified];
  return {
    gross: rounded(
      parts.reduce((sum, part) => sum + part * 100, 0),
      100,
      100,
    ),
    refusedByUs,
    invalid,
    unresolved,
    verified,
    lower: verified,
    upper: rounded(verified * 100 + unresolved * 100, 100, 100),
  };
}

/** A4_peak, over the windows of 5 slots that lie wholly in [fromMs, toMs). */
export function peakOf(
  credits: readonly Credit[],
  fromMs: number,
  toMs: number,
): { at: string | null; record: FigureRecord } {
  const present = credits.filter((one) => one.figure === 'watchSeconds');
  const verified = new Map<number, number>();
  for (const { atMs, group } of present) {
    if (group === 'verified') verified.set(atMs, (verified.get(atMs) ?? 0) + 1);
  }
  let [best, bestAtMs] = [0, 0];
  // Somebody is there only in windows that hold one of these slots, so no other can be the first.
  for (const slotMs of [...verified.keys()].sort((a, b) => a - b)) {
    for (let start = slotMs - 4 * SLOT_MS; start <= slotMs; start += SLOT_MS) {
      if (start < fromMs || start + 4 * SLOT_MS >= toMs) continue;
      let sum = 0;
      for (let n = 0; n < PEAK_SLOTS; n += 1) sum += verified.get(start + n * SLOT_MS) ?? 0;
      if (sum > best) [best, bestAtMs] = [sum, start];
    }
  }
  if (best === 0) return { at: null, record: recordOf([]) };
  const inPeak = present.filter(
    ({ atMs }) => atMs >= bestAtMs && atMs < bestAtMs + PEAK_SLOTS * SLOT_MS,
  );
  const viewerSlots = inPeak.map((one) => ({ ...one, amount: 1 }));
  return { at: isoOf(bestAtMs), record: recordOf(viewerSlots, PEAK_SLOTS) };
}

/** A6_dimensions */
export function dimensionsOf(
  credits: readonly Credit[],
  keyOf: (credit: Credit) => string,
): Record<string, Dimension> {
  const keys = [...new Set(credits.map(keyOf))].sort();
  const entries = keys.map((key): [string, Dimension] => {
    const own = credits.filter((one) => keyOf(one) === key);
    const figures = sumOf(own, (one) => one.figure);
    return [
      key,
      {
        attempts: figures['attempts'] ?? 0,
        starts: figures['starts'] ?? 0,
        views: Object.fromEntries(
          Object.entries(figures).filter(([figure]) => VIEW_NAME.test(figure)),
        ),
        viewers: figures['viewers'] ?? 0,
        watchSeconds: figures['watchSeconds'] ?? 0,
      },
    ];
  });
  return Object.fromEntries(entries);
}

const VIEW_NAME = /^(view|pageView)\d/;

export function viewsOf(record: Readonly<Record<string, FigureRecord>>): Tally {
  const views = Object.entries(record).filter(([figure]) => VIEW_NAME.test(figure));
  return Object.fromEntries(views.map(([figure, { verified }]) => [figure, verified]));
}

export function turnedAwayOf(credits: readonly Credit[]): Tally {
  const turned = credits.filter((one) => one.figure.startsWith('turnedAway '));
  return sumOf(turned, (one) => one.figure.slice('turnedAway '.length));
}

export function verifiedOnly(credits: readonly Credit[]): Credit[] {
  return credits.filter((one) => one.group === 'verified');
}

export function sumOf(credits: readonly Credit[], keyOf: (credit: Credit) => string): Tally {
  const sums: Record<string, number> = {};
  for (const credit of credits) {
    const key = keyOf(credit);
    sums[key] = (sums[key] ?? 0) + credit.amount;
  }
  return sums;
}

/** A5_average_minute_audience, by group */
export function averageOf(credits: readonly Credit[], fromMs: number, toMs: number): FigureRecord {
  const watched = credits.filter((one) => one.figure === 'watchSeconds');
  return recordOf(watched, (toMs - fromMs) / 1000);
}

/**
 * sum / divisor to 1 / parts, half up, decided in whole numbers: 0.035 as a binary fraction may lie
 * on either side of the half.
 */
export function rounded(sum: number, divisor: number, parts: number): number {
  return Math.floor((2 * parts * sum + divisor) / (2 * divisor)) / parts;
}

export function isoOf(tMs: number): string {
  return new Date(tMs).toISOString().replace('.000Z', 'Z');
}
