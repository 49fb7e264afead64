import { CAUSES, CLASSES, PERSON_CLASSES } from '../edge/classes';
import type { ContentFacts } from '../edge/content-table';
import { LAST_MASK } from './interval-pool';
import { SLOT_MS, SLOT_SECONDS, START_WITHIN_MS, VIEW_SECONDS, playerSlotsMin } from './rules';
import { ASKED_MANIFEST, RUN_WORDS, SESSION_WORDS, type ViewerTable, W } from './viewer-table';

/** The figures that are added up, in this order everywhere. Views of streams and of pages share places. */
export const FIGURE = { attempts: 0, starts: 1, viewers: 2, watchSlots: 3, view: 4 } as const;
export const FIGURES = FIGURE.view + VIEW_SECONDS.length;

/** Who made a figure (VIEW_DEFINITION 6): one bucket for each part of a record. */
export const BUCKET = { refusedByUs: 0, unresolved: 1, verified: 2, invalid: 3 } as const;
/** Invalid classes follow in the order of CLASSES. */
export const BUCKETS = BUCKET.invalid + CLASSES.length - PERSON_CLASSES;

/** What one viewer, content and day adds to the figures. All come from the state and nothing else. */
export interface FigureSink {
  /** n of a figure, credited to a minute (minutes since the epoch). */
  credit(minute: number, figure: number, bucket: number, n: number): void;
  turnAway(minute: number, cause: number): void;
  /** A run of slots [first, last] since the epoch. */
  presence(first: number, last: number, bucket: number): void;
  /** A session with delivered media or page, ms since the epoch. */
  start(atMs: number, bucket: number): void;
}

export interface FigureRules {
  readonly pagesPerDayMax: number;
}

const NEVER_ASKED = CAUSES.indexOf('neverAsked');

/**
 * Tells a sink everything that an entry of the table contributes. It is a function of the entry, so
 * a host that folds step by step takes back what it told before and tells anew.
 */
export function tellFigures(
  table: ViewerTable,
  entry: number,
  { content, startMs, rules }: { content: ContentFacts; startMs: number; rules: FigureRules },
  sink: FigureSink,
): void {
  const group = groupOf(table, entry, content, rules);
  tellSessions(table, entry, { startMs, group }, sink);
  if (content.kind === 'page') tellPages(table, entry, { startMs, group }, sink);
  else tellPresence(table, entry, { startMs, group }, sink);
}

/** G2_invalid, G3_player, G4_reader, G5_unresolved: the bucket of a viewer on a content and day. */
export function groupOf(
  table: ViewerTable,
  entry: number,
  content: ContentFacts,
  { pagesPerDayMax }: FigureRules,
): number {
  const { words } = table;
  const viewerClass = words[entry + W.counts]! >>> 24;
  if (viewerClass >= PERSON_CLASSES) return BUCKET.invalid + viewerClass - PERSON_CLASSES;
  if (content.kind === 'page') {
    const pages = table.runsOf(entry);
    return pages >= 1 && pages <= pagesPerDayMax ? BUCKET.verified : BUCKET.unresolved;
  }
  const asked = (words[entry + W.content]! & ASKED_MANIFEST) !== 0;
  return asked && slotsOf(table, entry) >= playerSlotsMin(content.segmentMs)
    ? BUCKET.verified
    : BUCKET.unresolved;
}

/** Slots of presence of an entry of a stream. */
export function slotsOf(table: ViewerTable, entry: number): number {
  const words = table.runWords(entry);
  const at = table.runAt(entry);
  const end = at + table.runsOf(entry) * RUN_WORDS;
  let slots = 0;
  for (let run = at; run < end; run += RUN_WORDS) slots += words[run + 1]! - words[run]! + 1;
  return slots;
}

interface Telling {
  readonly startMs: number;
  readonly group: number;
}

/** S2_attempt, S3_start, S4_turned_away, S5_never_asked, S6_invalid_not_turned_away, G1_refused */
function tellSessions(table: ViewerTable, entry: number, telling: Telling, sink: FigureSink): void {
  const { startMs, group } = telling;
  const words = table.sessionWords(entry);
  const at = table.sessionAt(entry);
  const end = at + table.sessionsOf(entry) * SESSION_WORDS;
  for (let session = at; session < end; session += SESSION_WORDS) {
    const answered = words[session + 1]! > LAST_MASK;
    const bucket = answered ? group : BUCKET.refusedByUs;
    const asked = words[session + 2]! - 1;
    const started = words[session + 3]! - 1;
    if (asked >= 0) sink.credit(minuteOf(startMs + asked), FIGURE.attempts, bucket, 1);
    if (started >= 0) {
      sink.credit(minuteOf(startMs + started), FIGURE.starts, bucket, 1);
      sink.start(startMs + started, bucket);
    }
    if (group >= BUCKET.invalid) continue;
    const error = words[session + 4]!;
    const entered = words[session + 5]! - 1;
    if (error !== 0) {
      const atMs = Math.floor(error / 8) - 1;
      const isTurnedAway = started < 0 || started > atMs + START_WITHIN_MS;
      if (isTurnedAway) sink.turnAway(minuteOf(startMs + atMs), error & 7);
    } else if (entered >= 0 && started < 0) {
      sink.turnAway(minuteOf(startMs + entered), NEVER_ASKED);
    }
  }
}

/** V1_view, A1_watch_seconds, A2_viewers, and the runs for A3_concurrency */
function tellPresence(table: ViewerTable, entry: number, telling: Telling, sink: FigureSink): void {
  const { startMs, group } = telling;
  const words = table.runWords(entry);
  const at = table.runAt(entry);
  const count = table.runsOf(entry);
  if (count === 0) return;
  const dayStart = startMs / SLOT_MS;
  sink.credit(minuteOfSlot(dayStart + words[at]!), FIGURE.viewers, group, 1);
  let slots = 0;
  let view = 0;
  for (let n = 0; n < count; n += 1) {
    const first = dayStart + words[at + n * RUN_WORDS]!;
    const last = dayStart + words[at + n * RUN_WORDS + 1]!;
    sink.presence(first, last, group);
    for (; view < VIEW_SECONDS.length; view += 1) {
      const missing = VIEW_SECONDS[view]! / SLOT_SECONDS - slots;
      if (missing > last - first + 1) break;
      sink.credit(minuteOfSlot(first + missing - 1), FIGURE.view + view, group, 1);
    }
    slots += last - first + 1;
    for (let slot = first; slot <= last;) {
      const minute = minuteOfSlot(slot);
      const stop = Math.min(last + 1, (minute + 1) * 30);
      sink.credit(minute, FIGURE.watchSlots, group, stop - slot);
      slot = stop;
    }
  }
}

/** V2_page_view and A2_viewers of a page */
function tellPages(table: ViewerTable, entry: number, telling: Telling, sink: FigureSink): void {
  const { startMs, group } = telling;
  const words = table.runWords(entry);
  const at = table.runAt(entry);
  const count = table.runsOf(entry);
  if (count > 0) sink.credit(minuteOf(startMs + words[at]!), FIGURE.viewers, group, 1);
  for (let n = 0; n < count; n += 1) {
    sink.credit(minuteOf(startMs + words[at + n * RUN_WORDS]!), FIGURE.view, group, 1);
  }
}

function minuteOf(ms: number): number {
  return Math.floor(ms / 60_000);
}

function minuteOfSlot(slot: number): number {
  return Math.floor(slot / 30);
}
