import { CLASSES, DEVICES, type Kind, OUTCOMES } from '../edge/classes';
import { type Concurrency, makePeakFinder } from './concurrency';
import { MINUTE_FIGURES, type MinuteWindow, sumMinutes } from './content-tally';
import {
  bucketsOf,
  isoOf,
  makeRecord,
  makeRecords,
  sortKeys,
  turnedAwayOf,
  viewNames,
  viewsOf,
} from './figure-record';
import type { PeakCrowd } from './peak-probe';
import type { ContentReport, DimensionFigures, MinuteReport } from './report';
import { SLOT_SECONDS, VIEW_SECONDS } from './rules';
import { BUCKET, FIGURE } from './viewer-figures';

const SLOTS_PER_MINUTE = 60 / SLOT_SECONDS;

/**
 * The figures of one content, wherever they are kept: `makeReport` has them of an audience, the road of
 * the counters in Views. Minutes are minutes since the epoch.
 */
export interface ContentFigures {
  readonly id: string;
  readonly kind: Kind;
  /** FIGURES x BUCKETS, then causes. A minute that is there counts as credited, so none is all zero. */
  readonly minutes: ReadonlyMap<number, Float64Array>;
  /** Hits of a minute: class * OUTCOMES.length + outcome. Here too no minute is all zero. */
  readonly hits: ReadonlyMap<number, { readonly counts: Float64Array }>;
  /** A3_concurrency of verified viewers */
  readonly concurrency: Pick<Concurrency, 'walk'>;
  /** figures of each class, in the order of CLASSES */
  readonly classes: readonly Float64Array[];
  /** verified figures of each country, by its two letters */
  readonly countries: ReadonlyMap<string, Float64Array>;
  /** verified figures of each device, by position in DEVICES */
  readonly devices: ReadonlyMap<number, Float64Array>;
  /** slots that the bounds did not place (B1_address) */
  readonly overSlots: number;
  /** Hits by edge location; a host that keeps no minutes of them says those of its window. */
  edgesIn(window: MinuteWindow): ReadonlyMap<string, number>;
}

export interface ContentDraft {
  readonly figures: ContentFigures;
  readonly from: number;
  readonly to: number;
  /** first slot of the peak, -1 if nobody was there */
  readonly peakSlot: number;
}

/** What is asked of a report: `isWindowed` if not simply for everything. */
export interface ContentScope {
  readonly isWindowed: boolean;
  readonly minutes: boolean;
}

/** The window of a content and where its peak is; undefined if nothing happened in the window. */
export function draftContent(
  figures: ContentFigures,
  window: MinuteWindow,
): ContentDraft | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const minutes of [figures.minutes, figures.hits]) {
    for (const minute of minutes.keys()) {
      if (minute < window.from || minute >= window.to) continue;
      if (minute < from) from = minute;
      if (minute >= to) to = minute + 1;
    }
  }
  if (to === -Infinity) return undefined;
  if (window.from !== -Infinity) from = window.from;
  if (window.to !== Infinity) to = window.to;
  const finder = makePeakFinder(from * SLOTS_PER_MINUTE, to * SLOTS_PER_MINUTE);
  figures.concurrency.walk(finder.visit);
  return { figures, from, to, peakSlot: finder.peak.slot };
}

/** The report of one content, A5_average_minute_audience among the rest. */
export function finishContent(
  draft: ContentDraft,
  peak: PeakCrowd,
  { isWindowed, minutes }: ContentScope,
): ContentReport {
  const { figures, from, to } = draft;
  const { kind } = figures;
  const isPage = kind === 'page';
  const viewers = isWindowed ? 'newViewers' : 'viewers';
  const sum = sumMinutes(figures.minutes, { from, to });
  if (!isWindowed && !isPage) addOverBound(figures.overSlots, sum);
  const record = makeRecords(sum, { isPage, viewers });
  const seconds = (to - from) * 60;
  if (!isPage) {
    record['peakConcurrency'] = makeRecord(peak.buckets, { times: 1, over: peak.slots });
    record['averageMinuteAudience'] = makeRecord(bucketsOf(sum, FIGURE.watchSlots), {
      times: SLOT_SECONDS,
      over: seconds,
    });
  }
  const { classes, outcomes } = countHits(figures.hits, { from, to });
  return {
    kind,
    hits: classes,
    outcomes,
    attempts: record['attempts']!.verified,
    starts: record['starts']!.verified,
    turnedAway: turnedAwayOf(sum),
    views: viewsOf(record, isPage),
    ...(isWindowed
      ? { newViewers: record[viewers]!.verified }
      : { viewers: record[viewers]!.verified }),
    ...(isPage
      ? {}
      : {
          watchSeconds: record['watchSeconds']!.verified,
          peakConcurrency: record['peakConcurrency']!.verified,
          peakAt: peak.slot < 0 ? null : isoOf(peak.slot * SLOT_SECONDS * 1_000),
          averageMinuteAudience: record['averageMinuteAudience']!.verified,
        }),
    from: isoOf(from * 60_000),
    to: isoOf(to * 60_000),
    record,
    by: makeDimensions(draft, isPage),
    ...(minutes ? { minutes: makeMinutes(draft, isPage) } : {}),
  };
}

/** Reports by name. Two kinds under one name: the page says that it is one. */
export function nameContents<Of extends { readonly kind: Kind }>(
  contents: readonly (readonly [id: string, report: Of])[],
): Record<string, Of> {
  const streams = new Set(contents.flatMap(([id, { kind }]) => (kind === 'stream' ? [id] : [])));
  const nameOf = (id: string, kind: Kind) =>
    kind === 'page' && streams.has(id) ? `${id} (page)` : id;
  return sortKeys(
    Object.fromEntries(contents.map(([id, report]) => [nameOf(id, report.kind), report])),
  );
}

/** B1_address: what the bounds did not place is unresolved: its seconds, and one viewN for each N of them. */
function addOverBound(slots: number, sum: Float64Array): void {
  bucketsOf(sum, FIGURE.watchSlots)[BUCKET.unresolved]! += slots;
  for (const [n, seconds] of VIEW_SECONDS.entries()) {
    const most = Math.floor((slots * SLOT_SECONDS) / seconds);
    bucketsOf(sum, FIGURE.view + n)[BUCKET.unresolved]! += most;
  }
}

function countHits(hits: ContentFigures['hits'], { from, to }: MinuteWindow) {
  const byClass: Record<string, number> = {};
  const byOutcome: Record<string, number> = {};
  for (const [minute, { counts }] of hits) {
    if (minute < from || minute >= to) continue;
    counts.forEach((count, n) => {
      if (count === 0) return;
      const name = CLASSES[Math.floor(n / OUTCOMES.length)]!;
      const outcome = OUTCOMES[n % OUTCOMES.length]!;
      byClass[name] = (byClass[name] ?? 0) + count;
      byOutcome[outcome] = (byOutcome[outcome] ?? 0) + count;
    });
  }
  return { classes: inOrder(CLASSES, byClass), outcomes: inOrder(OUTCOMES, byOutcome) };
}

/** A6_dimensions */
function makeDimensions({ figures, from, to }: ContentDraft, isPage: boolean): ContentReport['by'] {
  const { classes, countries, devices } = figures;
  const edges = [...figures.edgesIn({ from, to })];
  return {
    class: dimension(
      classes.map((values, n) => [CLASSES[n]!, values] as const),
      isPage,
    ),
    country: dimension([...countries], isPage),
    device: dimension(
      [...devices].map(([n, values]) => [DEVICES[n]!, values] as const),
      isPage,
    ),
    edge: sortKeys(Object.fromEntries(edges.map(([name, hits]) => [name, { hits }]))),
  };
}

/** Figures by the values of a dimension; values with nothing are left out. */
export function dimension(
  values: readonly (readonly [string, Float64Array])[],
  isPage: boolean,
): Record<string, DimensionFigures> {
  const all: Record<string, DimensionFigures> = {};
  for (const [name, figures] of values) {
    if (figures.every((n) => n === 0)) continue;
    all[name] = {
      attempts: figures[FIGURE.attempts]!,
      starts: figures[FIGURE.starts]!,
      viewers: figures[FIGURE.viewers]!,
      views: Object.fromEntries(
        viewNames(isPage).map((view, n) => [view, figures[FIGURE.view + n]!]),
      ),
      watchSeconds: figures[FIGURE.watchSlots]! * SLOT_SECONDS,
    };
  }
  return sortKeys(all);
}

function makeMinutes({ figures, from, to }: ContentDraft, isPage: boolean): MinuteReport[] {
  const highest = new Map<number, number>();
  figures.concurrency.walk((slot, count) => {
    const minute = Math.floor(slot / SLOTS_PER_MINUTE);
    if (count > (highest.get(minute) ?? 0)) highest.set(minute, count);
  });
  const minutes = [...new Set([...figures.minutes.keys(), ...figures.hits.keys()])]
    .filter((minute) => minute >= from && minute < to)
    .sort((a, b) => a - b);
  const nothing = new Float64Array(MINUTE_FIGURES);
  return minutes.map((minute) => {
    const row = figures.minutes.get(minute) ?? nothing;
    return {
      minute: isoOf(minute * 60_000),
      hits: figures.hits.get(minute)?.counts.reduce((sum, count) => sum + count, 0) ?? 0,
      turnedAway: turnedAwayOf(row),
      record: makeRecords(row, { isPage, viewers: 'newViewers' }),
      ...(isPage ? {} : { concurrencyMax: highest.get(minute) ?? 0 }),
    };
  });
}

function inOrder(order: readonly string[], counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    order.filter((name) => name in counts).map((name) => [name, counts[name]!]),
  );
}
