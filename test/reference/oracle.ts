/**
 * The slow twin of the audience core, written from docs/VIEW_DEFINITION.md alone: sets of slots,
 * sorted lists, every line at once. It shares nothing with the core, so that a mistake must be made
 * twice to pass. It assumes that the bounds (B rules) never bind.
 */
import { SLOT_MS, daysOf } from './oracle-days';
import type { OracleDay, OracleHit } from './oracle-days';
import { eventReport } from './oracle-event';
import type { OracleEvent, OracleEventReport } from './oracle-event';
import {
  averageOf,
  dimensionsOf,
  isoOf,
  peakOf,
  recordsOf,
  turnedAwayOf,
  verifiedOnly,
  viewsOf,
} from './oracle-figures';
import type { Credit, Dimension, FigureRecord, Tally } from './oracle-figures';
import { contentOf, isDelivered, isRelevant, objectOf, outcomeOf, viewerOf } from './oracle-line';
import type { OracleContent, OracleLine } from './oracle-line';

export type { OracleContent, OracleEvent, OracleLine };

export interface OracleSettings {
  readonly contents: readonly OracleContent[];
  readonly events: readonly OracleEvent[];
  readonly timeZone: string;
  readonly dayStartHour: number;
  readonly blockStatus: number;
  readonly sessionIdsMax: number;
  readonly pagesPerDayMax: number;
  readonly interruptionViewersMin: number;
  readonly interruptionFallPercent: number;
  /** Whole minutes. Does not touch the events. */
  readonly window?: { readonly fromMs: number; readonly toMs: number };
}

export interface OracleMinute {
  readonly minute: string;
  readonly hits: number;
  readonly turnedAway: Tally;
  readonly record: Readonly<Record<string, FigureRecord>>;
  readonly concurrencyMax?: number;
}

export interface OracleContentReport {
  readonly kind: string;
  readonly hits: Tally;
  readonly outcomes: Tally;
  readonly attempts: number;
  readonly starts: number;
  readonly turnedAway: Tally;
  readonly views: Tally;
  readonly viewers?: number;
  readonly newViewers?: number;
  readonly watchSeconds?: number;
  readonly peakConcurrency?: number;
  readonly peakAt?: string | null;
  readonly averageMinuteAudience?: number;
  readonly from: string;
  readonly to: string;
  readonly record: Readonly<Record<string, FigureRecord>>;
  readonly by: {
    readonly class: Readonly<Record<string, Dimension>>;
    readonly country: Readonly<Record<string, Dimension>>;
    readonly device: Readonly<Record<string, Dimension>>;
    readonly edge: Readonly<Record<string, { readonly hits: number }>>;
  };
  readonly minutes: readonly OracleMinute[];
}

export interface OracleReport {
  readonly ledger: { readonly lines: number; readonly hits: number };
  /** Contents of which there is nothing in the window are left out. */
  readonly contents: Readonly<Record<string, OracleContentReport>>;
  readonly events: Readonly<Record<string, OracleEventReport>>;
}

const MINUTE_MS = 60_000;
const DOUBLE_CLICK_MS = 30_000;
const VIEW_SECONDS = [2, 30, 60, 120];

export function countSlowly(lines: readonly OracleLine[], settings: OracleSettings): OracleReport {
  const contents: Record<string, OracleContentReport> = {};
  const events: Record<string, OracleEventReport> = {};
  const dayOf = makeDayOf(settings);
  for (const content of settings.contents) {
    const own = lines.filter((line) => contentOf(line, settings.contents) === content);
    const hits = own.map((line): OracleHit => {
      const outcome = outcomeOf(line, settings.blockStatus);
      const delivered = isDelivered(line, outcome);
      return { line, object: objectOf(line, content), outcome, delivered };
    });
    const viewers = viewersOf(hits, settings.sessionIdsMax).map((viewer) =>
      daysOf(viewer, { content, dayOf, ...settings }),
    );
    const credits = viewers.flat().flatMap((day) => creditsOf(day, content));
    const report = hits.length > 0 && contentReport(content, hits, credits, settings);
    if (report && report.minutes.length > 0) contents[content.id] = report;
    for (const event of settings.events.filter((one) => one.content === content.id)) {
      events[event.id] = eventReport({ event, content, hits, viewers, credits, settings });
    }
  }
  return { ledger: { lines: lines.length, hits: lines.length }, contents, events };
}

/** The relevant hits of each viewer. */
function viewersOf(hits: readonly OracleHit[], sessionIdsMax: number): OracleHit[][] {
  const relevant = hits.filter(({ line, object }) => isRelevant(line, object));
  return [...groupBy(relevant, ({ line }) => viewerOf(line, sessionIdsMax)).values()];
}

/** T3_broadcast_day: the local date, or the one before while the local hour is below the start. */
export function makeDayOf(
  zone: Pick<OracleSettings, 'timeZone' | 'dayStartHour'>,
): (tMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone.timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  });
  const known = new Map<number, string>();
  return (tMs) => {
    const minute = Math.floor(tMs / MINUTE_MS);
    const before = known.get(minute);
    if (before !== undefined) return before;
    const parts = format.formatToParts(minute * MINUTE_MS);
    const part = (type: string) => Number(parts.find((one) => one.type === type)!.value);
    const shift = part('hour') < zone.dayStartHour ? -1 : 0;
    const date = new Date(Date.UTC(part('year'), part('month') - 1, part('day') + shift));
    const day = date.toISOString().slice(0, 10);
    known.set(minute, day);
    return day;
  };
}

/** All that one viewer's day gives to figures, each with the time whose minute gets it. */
function creditsOf(day: OracleDay, content: OracleContent): Credit[] {
  const { class: name, country, device } = day;
  const base = { class: name, country, device, group: day.group } as const;
  const credits: Credit[] = [];
  const credit = (figure: string, atMs: number, amount = 1) =>
    credits.push({ ...base, figure, atMs, amount });
  for (const session of day.sessions) {
    const group = session.isRefused ? 'refusedByUs' : day.group;
    const { attemptAtMs, startAtMs, turnedAway } = session;
    if (attemptAtMs !== undefined) {
      credits.push({ ...base, group, figure: 'attempts', atMs: attemptAtMs, amount: 1 });
    }
    if (startAtMs !== undefined) credit('starts', startAtMs);
    if (turnedAway !== undefined) credit(`turnedAway ${turnedAway.cause}`, turnedAway.atMs);
  }
  if (content.kind === 'page') {
    day.pagesMs.forEach((atMs, n) => {
      if (n === 0) credit('viewers', atMs);
      if (n === 0 || atMs - day.pagesMs[n - 1]! > DOUBLE_CLICK_MS) credit('pageView30', atMs);
    });
    return credits;
  }
  day.slots.forEach((slot, n) => {
    if (n === 0) credit('viewers', slot * SLOT_MS);
    credit('watchSeconds', slot * SLOT_MS, 2);
    const seconds = (n + 1) * 2;
    if (VIEW_SECONDS.includes(seconds)) credit(`view${seconds}`, slot * SLOT_MS);
  });
  return credits;
}

function contentReport(
  content: OracleContent,
  hits: readonly OracleHit[],
  credits: readonly Credit[],
  { window }: OracleSettings,
): OracleContentReport {
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const tMs of [...hits.map((hit) => hit.line.tMs), ...credits.map((one) => one.atMs)]) {
    firstMs = Math.min(firstMs, tMs);
    lastMs = Math.max(lastMs, tMs);
  }
  const fromMs = window?.fromMs ?? Math.floor(firstMs / MINUTE_MS) * MINUTE_MS;
  const toMs = window?.toMs ?? (Math.floor(lastMs / MINUTE_MS) + 1) * MINUTE_MS;
  const inWindow = (tMs: number) => tMs >= fromMs && tMs < toMs;
  const hitsIn = hits.filter((hit) => inWindow(hit.line.tMs));
  const creditsIn = credits.filter((one) => inWindow(one.atMs));
  const viewersName = window === undefined ? 'viewers' : 'newViewers';
  const isStream = content.kind === 'stream';
  const peak = peakOf(creditsIn, fromMs, toMs);
  const average = averageOf(creditsIn, fromMs, toMs);
  const record = recordsOf(creditsIn, content.kind, viewersName);
  const verified = (figure: string) => record[figure]?.verified ?? 0;
  return {
    kind: content.kind,
    hits: countBy(hitsIn, (hit) => hit.line.class),
    outcomes: countBy(hitsIn, (hit) => hit.outcome),
    attempts: verified('attempts'),
    starts: verified('starts'),
    turnedAway: turnedAwayOf(creditsIn),
    views: viewsOf(record),
    [viewersName]: verified(viewersName),
    ...(isStream && {
      watchSeconds: verified('watchSeconds'),
      peakConcurrency: peak.record.verified,
      peakAt: peak.at,
      averageMinuteAudience: average.verified,
    }),
    from: isoOf(fromMs),
    to: isoOf(toMs),
    record: isStream
      ? { ...record, peakConcurrency: peak.record, averageMinuteAudience: average }
      : record,
    by: {
      class: dimensionsOf(creditsIn, (one) => one.class),
      country: dimensionsOf(verifiedOnly(creditsIn), (one) => one.country),
      device: dimensionsOf(verifiedOnly(creditsIn), (one) => one.device),
      edge: Object.fromEntries(
        Object.entries(countBy(hitsIn, (hit) => hit.line.edge)).map(([edge, n]) => [
          edge,
          { hits: n },
        ]),
      ),
    },
    minutes: minutesOf(content, hitsIn, creditsIn),
  };
}

function minutesOf(
  content: OracleContent,
  hits: readonly OracleHit[],
  credits: readonly Credit[],
): OracleMinute[] {
  const minuteOf = (tMs: number) => Math.floor(tMs / MINUTE_MS);
  const hitsBy = groupBy(hits, (hit) => minuteOf(hit.line.tMs));
  const creditsBy = groupBy(credits, (one) => minuteOf(one.atMs));
  const minutes = [...new Set([...hitsBy.keys(), ...creditsBy.keys()])].sort((a, b) => a - b);
  return minutes.map((minute) => {
    const own = creditsBy.get(minute) ?? [];
    const watched = verifiedOnly(own).filter((one) => one.figure === 'watchSeconds');
    const perSlot = groupBy(watched, (one) => one.atMs);
    return {
      minute: isoOf(minute * MINUTE_MS),
      hits: (hitsBy.get(minute) ?? []).length,
      turnedAway: turnedAwayOf(own),
      record: recordsOf(own, content.kind, 'newViewers'),
      ...(content.kind === 'stream' && {
        concurrencyMax: Math.max(0, ...[...perSlot.values()].map((slot) => slot.length)),
      }),
    };
  });
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Tally {
  const counts = [...groupBy(items, keyOf)].map(([key, own]) => [key, own.length] as const);
  return Object.fromEntries(counts);
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
