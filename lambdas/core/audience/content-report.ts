import { CLASSES, DEVICES, OUTCOMES } from '../edge/classes';
import { countryName } from '../edge/hit';
import type { Names } from '../edge/names';
import type { Audience } from './audience';
import { makePeakFinder } from './concurrency';
import type { ContentTally, MinuteWindow } from './content-tally';
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
import type { HitCell } from './hit-counts';
import type { ReportInput, ReportOptions } from './make-report';
import type { PeakProbe, PeakProbes } from './peak-probe';
import type { ContentReport, DimensionFigures, MinuteReport } from './report';
import { SLOT_SECONDS, VIEW_SECONDS } from './rules';
import { BUCKET, FIGURE } from './viewer-figures';

export interface ContentDraft {
  readonly content: number;
  readonly id: string;
  readonly tally: ContentTally;
  readonly cells: ReadonlyMap<number, HitCell>;
  readonly from: number;
  readonly to: number;
  readonly peak: PeakProbe;
}

/** The window of a content and where its peak is; undefined if nothing happened in the window. */
export function draftContent(
  { audience, hits }: ReportInput,
  content: number,
  tally: ContentTally,
  window: MinuteWindow,
  probes: PeakProbes,
): ContentDraft | undefined {
  const cells = hits.cells[content] ?? new Map<number, HitCell>();
  let from = Infinity;
  let to = -Infinity;
  for (const minutes of [tally.minutes, cells]) {
    for (const minute of minutes.keys()) {
      if (minute < window.from || minute >= window.to) continue;
      if (minute < from) from = minute;
      if (minute >= to) to = minute + 1;
    }
  }
  if (to === -Infinity) return undefined;
  if (window.from !== -Infinity) from = window.from;
  if (window.to !== Infinity) to = window.to;
  const finder = makePeakFinder(from * 30, to * 30);
  tally.concurrency.walk(finder.visit);
  const peak = probes.add(content, finder.peak.slot);
  return { content, id: audience.contents.list[content]!.id, tally, cells, from, to, peak };
}

/** The report of one content, A5_average_minute_audience among the rest. */
export function finishContent(
  { audience, edges }: ReportInput,
  draft: ContentDraft,
  window: MinuteWindow,
  options: ReportOptions,
): ContentReport {
  const { tally, from, to, cells, peak } = draft;
  const { kind } = audience.contents.list[draft.content]!;
  const isPage = kind === 'page';
  const windowed = window.from !== -Infinity || window.to !== Infinity;
  const viewers = windowed ? 'newViewers' : 'viewers';
  const sum = tally.sum({ from, to });
  if (!windowed) addOverBound(audience, draft.content, sum, isPage);
  const record = makeRecords(sum, { isPage, viewers });
  const seconds = (to - from) * 60;
  if (!isPage) {
    record['peakConcurrency'] = makeRecord(peak.buckets, { times: 1, over: peak.slots });
    record['averageMinuteAudience'] = makeRecord(bucketsOf(sum, FIGURE.watchSlots), {
      times: SLOT_SECONDS,
      over: seconds,
    });
  }
  const { classes, outcomes, edgeHits } = countHits(cells, edges, { from, to });
  return {
    kind,
    hits: classes,
    outcomes,
    attempts: record['attempts']!.verified,
    starts: record['starts']!.verified,
    turnedAway: turnedAwayOf(sum),
    views: viewsOf(record, isPage),
    ...(windowed
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
    by: {
      class: dimension(
        tally.classes.map((figures, n) => [CLASSES[n]!, figures] as const),
        isPage,
      ),
      country: dimension(
        [...tally.countries].map(([n, f]) => [countryName(n), f] as const),
        isPage,
      ),
      device: dimension(
        [...tally.devices].map(([n, f]) => [DEVICES[n]!, f] as const),
        isPage,
      ),
      edge: edgeHits,
    },
    ...(options.minutes === true ? { minutes: makeMinutes(draft, isPage) } : {}),
  };
}

/** B1_address: what the bounds did not place is unresolved: its seconds, and one viewN for each N of them. */
function addOverBound(
  audience: Audience,
  content: number,
  sum: Float64Array,
  isPage: boolean,
): void {
  const slots = audience.over.get(content)?.slots ?? 0;
  if (slots === 0 || isPage) return;
  bucketsOf(sum, FIGURE.watchSlots)[BUCKET.unresolved]! += slots;
  for (const [n, seconds] of VIEW_SECONDS.entries()) {
    const most = Math.floor((slots * SLOT_SECONDS) / seconds);
    bucketsOf(sum, FIGURE.view + n)[BUCKET.unresolved]! += most;
  }
}

function countHits(cells: ReadonlyMap<number, HitCell>, edges: Names, { from, to }: MinuteWindow) {
  const byClass: Record<string, number> = {};
  const byOutcome: Record<string, number> = {};
  // Names of edges come from the log: a Map, so that none of them is a property of all objects.
  const byEdge = new Map<string, number>();
  for (const [minute, cell] of cells) {
    if (minute < from || minute >= to) continue;
    cell.counts.forEach((count, n) => {
      if (count === 0) return;
      const name = CLASSES[Math.floor(n / OUTCOMES.length)]!;
      const outcome = OUTCOMES[n % OUTCOMES.length]!;
      byClass[name] = (byClass[name] ?? 0) + count;
      byOutcome[outcome] = (byOutcome[outcome] ?? 0) + count;
    });
    cell.edges.forEach((count, n) => {
      if (count === 0) return;
      byEdge.set(edges.list[n]!, (byEdge.get(edges.list[n]!) ?? 0) + count);
    });
  }
  return {
    classes: inOrder(CLASSES, byClass),
    outcomes: inOrder(OUTCOMES, byOutcome),
    edgeHits: sortKeys(Object.fromEntries([...byEdge].map(([name, hits]) => [name, { hits }]))),
  };
}

function dimension(
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

function makeMinutes({ tally, cells, from, to }: ContentDraft, isPage: boolean): MinuteReport[] {
  const highest = new Map<number, number>();
  tally.concurrency.walk((slot, count) => {
    const minute = Math.floor(slot / 30);
    if (count > (highest.get(minute) ?? 0)) highest.set(minute, count);
  });
  const minutes = [...new Set([...tally.minutes.keys(), ...cells.keys()])]
    .filter((minute) => minute >= from && minute < to)
    .sort((a, b) => a - b);
  const nothing = new Float64Array(tally.sum({ from: 0, to: 0 }).length);
  return minutes.map((minute) => {
    const figures = tally.minutes.get(minute) ?? nothing;
    return {
      minute: isoOf(minute * 60_000),
      hits: cells.get(minute)?.counts.reduce((sum, count) => sum + count, 0) ?? 0,
      turnedAway: turnedAwayOf(figures),
      record: makeRecords(figures, { isPage, viewers: 'newViewers' }),
      ...(isPage ? {} : { concurrencyMax: highest.get(minute) ?? 0 }),
    };
  });
}

function inOrder(order: readonly string[], counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    order.filter((name) => name in counts).map((name) => [name, counts[name]!]),
  );
}
