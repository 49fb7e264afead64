import { countryName } from '../edge/hit';
import type { Names } from '../edge/names';
import type { Settings } from '../settings';
import type { Audience } from './audience';
import { type ContentFigures, draftContent, finishContent, nameContents } from './content-report';
import { ContentTally, type MinuteWindow } from './content-tally';
import { type EventTally, makeEventReport, tallyEvents } from './event-report';
import { isoOf, sortKeys } from './figure-record';
import { type HitCell, type HitCounts, sumEdges } from './hit-counts';
import { PeakProbes } from './peak-probe';
import type { LedgerReport, Report } from './report';
import { DEFINITION } from './rules';
import { type FigureSink, tellFigures } from './viewer-figures';
import { W } from './viewer-table';

export interface ReportInput {
  readonly audience: Audience;
  readonly hits: HitCounts;
  readonly edges: Names;
  readonly settings: Settings;
  readonly ledger: Omit<LedgerReport, 'overBound'>;
  readonly classifier: string;
}

export interface ReportOptions {
  /** ms since the epoch; a window is widened to whole minutes (T4_minute) */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** with the figures of each minute */
  readonly minutes?: boolean | undefined;
}

/** All figures of an audience. The same lines give the same report, byte for byte. */
export function makeReport(input: ReportInput, options: ReportOptions = {}): Report {
  const { audience, settings } = input;
  const window = windowOf(options);
  audience.settleBounds();
  const events = tallyEvents(settings, audience);
  const tallies = tallyContents(input, window, events);
  const probes = new PeakProbes();
  const drafts = tallies.flatMap((tally, content) => {
    if (tally === undefined) return [];
    const draft = draftContent(figuresOf(input, content, tally), window);
    return draft === undefined ? [] : [[draft, probes.add(content, draft.peakSlot)] as const];
  });
  for (const event of events) probes.addAll(event.probePeak(tallies[event.content]));
  probes.measure(audience, settings.thresholds);
  const scope = { isWindowed: isWindowed(window), minutes: options.minutes === true };
  let overBound = 0;
  for (const { hits } of audience.over.values()) overBound += hits;
  return {
    definition: makeDefinition(settings, input.classifier),
    window: nameWindow(window),
    ledger: { ...input.ledger, bad: sortKeys(input.ledger.bad), overBound },
    contents: nameContents(
      drafts.map(([draft, peak]) => [draft.figures.id, finishContent(draft, peak, scope)]),
    ),
    events: sortKeys(
      Object.fromEntries(
        events.map((event) => {
          const tally = tallies[event.content];
          const dataEndMs = input.hits.lastAtMs[event.content] ?? 0;
          return [event.id, makeEventReport(event, { tally, dataEndMs }, settings)];
        }),
      ),
    ),
  };
}

/** T4_minute: the whole minutes of a window; infinite where it is open. */
export function windowOf({ fromMs, toMs }: ReportOptions): MinuteWindow {
  return {
    from: fromMs === undefined ? -Infinity : Math.floor(fromMs / 60_000),
    to: toMs === undefined ? Infinity : Math.ceil(toMs / 60_000),
  };
}

export function isWindowed({ from, to }: MinuteWindow): boolean {
  return from !== -Infinity || to !== Infinity;
}

export function nameWindow({ from, to }: MinuteWindow): Report['window'] {
  return {
    from: from === -Infinity ? null : isoOf(from * 60_000),
    to: to === Infinity ? null : isoOf(to * 60_000),
  };
}

export function makeDefinition(settings: Settings, classifier: string): Report['definition'] {
  return {
    id: DEFINITION.id,
    version: DEFINITION.version,
    classifier,
    timeZone: settings.timeZone,
    dayStartHour: settings.dayStartHour,
    blockStatus: settings.blockStatus,
    sessionIdsMax: settings.sessionIdsMax,
  };
}

function figuresOf(
  { audience, hits, edges }: ReportInput,
  content: number,
  tally: ContentTally,
): ContentFigures {
  const { id, kind } = audience.contents.list[content]!;
  const cells = hits.cells[content] ?? new Map<number, HitCell>();
  const { minutes, concurrency, classes, devices } = tally;
  return {
    id,
    kind,
    minutes,
    hits: cells,
    concurrency,
    classes,
    countries: nameCountries(tally.countries),
    devices,
    overSlots: audience.over.get(content)?.slots ?? 0,
    edgesIn: (window) => sumEdges(cells, edges, window),
  };
}

/** Figures by the letters of a country: a log may write ZZ too. */
function nameCountries(countries: ReadonlyMap<number, Float64Array>): Map<string, Float64Array> {
  const named = new Map<string, Float64Array>();
  for (const [country, figures] of countries) {
    const name = countryName(country);
    const others = named.get(name);
    named.set(name, others === undefined ? figures : figures.map((n, at) => n + others[at]!));
  }
  return named;
}

/** Adds up what every viewer contributes, content by content. */
function tallyContents(
  { audience, hits, settings }: ReportInput,
  window: MinuteWindow,
  events: readonly EventTally[],
): (ContentTally | undefined)[] {
  const { table, contents, days } = audience;
  const tallies: (ContentTally | undefined)[] = contents.list.map(() => undefined);
  const tallyOf = (content: number) => (tallies[content] ??= new ContentTally(window));
  for (const [content, cells] of hits.cells.entries()) if (cells.size > 0) tallyOf(content);
  const eventsOf = contents.list.map((_, n) => events.filter(({ content }) => content === n));
  const dayStarts = new Map<number, number>();
  const who = { viewerClass: 0, country: 0, device: 0 };
  // One sink for all entries: what it says goes to the content of the entry at hand.
  let tally = new ContentTally(window);
  let mine: readonly EventTally[] = [];
  const sink: FigureSink = {
    credit: (minute, figure, bucket, n) => tally.credit(who, minute, figure, bucket, n),
    turnAway: (minute, cause) => tally.turnAway(minute, cause),
    presence: (first, last, bucket) => tally.presence(first, last, bucket),
    start: (atMs, bucket) => {
      for (const event of mine) event.start(atMs, bucket);
    },
  };
  table.each((entry) => {
    const n = table.contentOf(entry);
    tally = tallyOf(n);
    mine = eventsOf[n]!;
    who.viewerClass = table.words[entry + W.counts]! >>> 24;
    who.country = table.words[entry + W.day]! & 0xffff;
    who.device = table.words[entry + W.content]! >>> 24;
    const day = table.dayOf(entry);
    let startMs = dayStarts.get(day);
    if (startMs === undefined) dayStarts.set(day, (startMs = days.startOf(day)));
    const content = contents.list[n]!;
    tellFigures(table, entry, { content, startMs, rules: settings.thresholds }, sink);
    for (const event of mine) event.see(table, entry, startMs, content, settings.thresholds);
  });
  return tallies;
}
