import { PEAK_SLOTS } from '../audience/concurrency';
import {
  type ContentFigures,
  draftContent,
  finishContent,
  nameContents,
} from '../audience/content-report';
import type { MinuteWindow } from '../audience/content-tally';
import { sortKeys } from '../audience/figure-record';
import {
  type ReportOptions,
  isWindowed,
  makeDefinition,
  nameWindow,
  windowOf,
} from '../audience/make-report';
import type { PeakCrowd } from '../audience/peak-probe';
import type { LedgerReport, Report } from '../audience/report';
import { BUCKET, BUCKETS, FIGURES } from '../audience/viewer-figures';
import { CLASSES, DEVICES, KINDS, type Kind } from '../edge/classes';
import type { Settings } from '../settings';
import type { ViewsItem } from './ports';
import {
  type ContentCounters,
  SLOTS_PER_MINUTE,
  classOfRow,
  deviceOfRow,
  figuresOfRow,
  hitsOfRow,
  isZero,
  slotOfRow,
  sumItems,
  within,
} from './views-counters';

export interface ViewsReportInput {
  readonly settings: Settings;
  readonly classifier: string;
  readonly options: ReportOptions;
  /** arrival of the newest line that every lane in use has counted, ms; a report without it is provisional */
  readonly countedToMs?: number | undefined;
}

export interface ViewsLedger extends LedgerReport {
  /** Hits that found no room in a packet; absent if there were none. */
  readonly overflow?: number;
}

/**
 * How far a report can be trusted to stay: `incomplete` if records expired unread; `final` once all lanes
 * have counted an hour beyond its window; else `provisional`. A late line can still change what is
 * final, as VIEW_DEFINITION 9 says.
 */
export type ReportState = 'provisional' | 'final' | 'incomplete';

/** What `turnout recount --json` prints, but for events: Views hold none. */
export interface ViewsReport extends Omit<Report, 'events' | 'ledger'> {
  readonly state: ReportState;
  readonly ledger: ViewsLedger;
}

const FINAL_AFTER_MS = 3_600_000;

/**
 * The report of what stands in Views: equal to a recount of the same lines, in value, order and
 * rounding. `items` are those of all lane groups of the wanted contents, in any order; those outside the
 * window are passed over. `contents` are the items that name them. The ledger is that of the given
 * ledger items; its `overBound` is that of the given contents.
 *
 * Dimensions are kept by hour alone. In a window that does not lie on whole UTC hours, `by` covers the
 * hours that the window touches; all else covers its minutes.
 */
export function makeViewsReport(
  items: readonly ViewsItem[],
  contents: readonly ViewsItem[],
  ledgerItems: readonly ViewsItem[],
  { settings, classifier, options, countedToMs = 0 }: ViewsReportInput,
): ViewsReport {
  const window = windowOf(options);
  const scope = { isWindowed: isWindowed(window), minutes: options.minutes === true };
  const listed = new Map(contents.map((item) => [item.sk, item]));
  const all = [...sumItems(items)];
  const reports = all.flatMap(([key, counters]) => {
    const { id, kind } = contentOf(key, listed.get(key));
    const draft = draftContent(figuresOf(counters, { id, kind }, window), window);
    if (draft === undefined) return [];
    return [[id, finishContent(draft, crowdAt(counters, draft.peakSlot), scope)] as const];
  });
  const ledger = sumLedger(
    ledgerItems,
    all.reduce((sum, [, { overHits }]) => sum + overHits, 0),
  );
  return {
    definition: makeDefinition(settings, classifier),
    window: nameWindow(window),
    state: stateOf(ledger, window, countedToMs),
    ledger,
    contents: nameContents(reports),
  };
}

/** A report that knows no `countedToMs` is provisional. */
export function stateOf(
  { lost }: Pick<ViewsLedger, 'lost'>,
  window: Pick<MinuteWindow, 'to'>,
  countedToMs = 0,
): ReportState {
  if (lost > 0) return 'incomplete';
  return window.to * 60_000 + FINAL_AFTER_MS <= countedToMs ? 'final' : 'provisional';
}

/** Id and kind of a content, from the item that names it or else from its name in keys. */
export function contentOf(
  key: string,
  item: ViewsItem | undefined,
): { readonly id: string; readonly kind: Kind } {
  const kind = KINDS.find((name) => key.startsWith(`${name[0]}:`));
  if (kind === undefined) {
    throw new Error(`got ${key} as the name of a content, expected s:<id> or p:<id>`);
  }
  return { id: String(item?.values.get('id') ?? key.slice(2)), kind };
}

function figuresOf(
  counters: ContentCounters,
  { id, kind }: { id: string; kind: Kind },
  window: MinuteWindow,
): ContentFigures {
  const inWindow = [...counters.minutes]
    .filter(([minute]) => minute >= window.from && minute < window.to)
    .sort(([a], [b]) => a - b);
  const hours = inHours(counters.hours, window);
  return {
    id,
    kind,
    minutes: new Map(
      inWindow
        .map(([minute, row]) => [minute, figuresOfRow(row)] as const)
        .filter(([, figures]) => !isZero(figures)),
    ),
    hits: new Map(
      inWindow
        .map(([minute, row]) => [minute, { counts: hitsOfRow(row) }] as const)
        .filter(([, { counts }]) => !isZero(counts)),
    ),
    concurrency: {
      walk: (visit) => {
        for (const [minute, row] of inWindow) {
          for (let n = 0; n < SLOTS_PER_MINUTE; n += 1) {
            visit(minute * SLOTS_PER_MINUTE + n, slotOfRow(row, n)[BUCKET.verified]!);
          }
        }
      },
    },
    classes: CLASSES.map((_, n) => sumRows(hours.map((row) => classOfRow(row, n)))),
    countries: sumCountries(inHours(counters.countries, window)),
    devices: new Map(
      DEVICES.map((_, n) => [n, sumRows(hours.map((row) => deviceOfRow(row, n)))] as const),
    ),
    overSlots: counters.overSlots,
    edgesIn: () => sumEdges(inHours(counters.edges, window)),
  };
}

/** What is kept by hour, of the hours that a window touches. */
function inHours<Value>(hours: ReadonlyMap<number, Value>, { from, to }: MinuteWindow): Value[] {
  const first = Math.floor(from / 60);
  const end = Math.ceil(to / 60);
  return [...hours].flatMap(([hour, value]) => (hour >= first && hour < end ? [value] : []));
}

function sumRows(rows: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(FIGURES);
  for (const row of rows) row.forEach((n, at) => (sum[at]! += n));
  return sum;
}

function sumCountries(
  hours: readonly ReadonlyMap<string, Float64Array>[],
): Map<string, Float64Array> {
  const rows = new Map<string, Float64Array[]>();
  for (const [country, row] of hours.flatMap((hour) => [...hour])) {
    within(rows, country, () => []).push(row);
  }
  return new Map([...rows].map(([country, own]) => [country, sumRows(own)]));
}

function sumEdges(hours: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const [edge, hits] of hours.flatMap((hour) => [...hour])) {
    sum.set(edge, (sum.get(edge) ?? 0) + hits);
  }
  return new Map([...sum].filter(([, hits]) => hits !== 0));
}

/** Who was there in the slots of a peak; -1 for none. */
function crowdAt({ minutes }: ContentCounters, peakSlot: number): PeakCrowd {
  const buckets = new Float64Array(BUCKETS);
  for (let slot = peakSlot; peakSlot >= 0 && slot < peakSlot + PEAK_SLOTS; slot += 1) {
    const row = minutes.get(Math.floor(slot / SLOTS_PER_MINUTE));
    if (row === undefined) continue;
    slotOfRow(row, slot % SLOTS_PER_MINUTE).forEach((n, bucket) => (buckets[bucket]! += n));
  }
  return { slot: peakSlot, slots: PEAK_SLOTS, buckets };
}

const BAD = 'bad_';

export function sumLedger(items: readonly ViewsItem[], overBound: number): ViewsLedger {
  const counts = new Map<string, number>();
  for (const { values } of items) {
    for (const [name, value] of values) counts.set(name, (counts.get(name) ?? 0) + Number(value));
  }
  const count = (name: string) => counts.get(name) ?? 0;
  const bad = [...counts].filter(([name, lines]) => name.startsWith(BAD) && lines !== 0);
  return {
    lines: count('lines'),
    hits: count('hits'),
    bad: sortKeys(Object.fromEntries(bad.map(([name, n]) => [name.slice(BAD.length), n]))),
    duplicate: count('duplicate'),
    late: count('late'),
    lost: count('lost'),
    overBound,
    ...(count('overflow') === 0 ? {} : { overflow: count('overflow') }),
  };
}
