import type { Names } from '../edge/names';
import type { Settings } from '../settings';
import type { Audience } from './audience';
import { draftContent, finishContent } from './content-report';
import { ContentTally, type MinuteWindow } from './content-tally';
import { type EventTally, makeEventReport, tallyEvents } from './event-report';
import { isoOf, sortKeys } from './figure-record';
import type { HitCounts } from './hit-counts';
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
  const window = {
    from: options.fromMs === undefined ? -Infinity : Math.floor(options.fromMs / 60_000),
    to: options.toMs === undefined ? Infinity : Math.ceil(options.toMs / 60_000),
  };
  audience.settleBounds();
  const events = tallyEvents(settings, audience);
  const tallies = tallyContents(input, window, events);
  const probes = new PeakProbes();
  const drafts = tallies.flatMap((tally, content) =>
    tally === undefined ? [] : [draftContent(input, content, tally, window, probes)],
  );
  for (const event of events) probes.addAll(event.probePeak(tallies[event.content]));
  probes.measure(audience, settings.thresholds);
  const contents = drafts
    .filter((draft) => draft !== undefined)
    .map((draft) => [draft, finishContent(input, draft, window, options)] as const);
  // Two kinds under one name: the page says that it is one.
  const streams = new Set(
    contents.flatMap(([{ id }, { kind }]) => (kind === 'stream' ? [id] : [])),
  );
  const nameOf = (id: string, kind: string) =>
    kind === 'page' && streams.has(id) ? `${id} (page)` : id;
  let overBound = 0;
  for (const { hits } of audience.over.values()) overBound += hits;
  return {
    definition: {
      id: DEFINITION.id,
      version: DEFINITION.version,
      classifier: input.classifier,
      timeZone: settings.timeZone,
      dayStartHour: settings.dayStartHour,
      blockStatus: settings.blockStatus,
      sessionIdsMax: settings.sessionIdsMax,
    },
    window: {
      from: window.from === -Infinity ? null : isoOf(window.from * 60_000),
      to: window.to === Infinity ? null : isoOf(window.to * 60_000),
    },
    ledger: { ...input.ledger, bad: sortKeys(input.ledger.bad), overBound },
    contents: sortKeys(
      Object.fromEntries(contents.map(([{ id }, report]) => [nameOf(id, report.kind), report])),
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
