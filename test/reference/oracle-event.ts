/** One event: E1_start_delay, E2_interruption, E3_event_viewers and the figures of its window. */
import { CLASS_ORDER, SLOT_MS } from './oracle-days';
import type { OracleDay, OracleHit } from './oracle-days';
import {
  averageOf,
  isoOf,
  peakOf,
  recordOf,
  recordsOf,
  rounded,
  turnedAwayOf,
  verifiedOnly,
  viewsOf,
} from './oracle-figures';
import type { Credit, FigureRecord, Tally } from './oracle-figures';
import type { OracleContent } from './oracle-line';

export interface OracleEvent {
  readonly id: string;
  readonly content: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface OracleInterruption {
  readonly at: string;
  readonly seconds: number;
  readonly fromViewers: number;
  readonly toViewers: number;
  readonly depthPercent: number;
  readonly recovered: boolean;
}

export interface OracleEventReport {
  readonly content: string;
  readonly start: string;
  readonly end: string;
  readonly viewers: FigureRecord;
  readonly attempts: number;
  readonly starts: number;
  readonly turnedAway: Tally;
  readonly views: Tally;
  readonly watchSeconds?: number;
  readonly peakConcurrency?: number;
  readonly peakAt?: string | null;
  readonly averageMinuteAudience?: number;
  readonly firstStartAt: string | null;
  readonly startDelaySeconds: number | null;
  readonly interruptions: readonly OracleInterruption[];
  readonly record: Readonly<Record<string, FigureRecord>>;
}

interface EventInput {
  readonly event: OracleEvent;
  readonly content: OracleContent;
  readonly hits: readonly OracleHit[];
  readonly viewers: readonly (readonly OracleDay[])[];
  readonly credits: readonly Credit[];
  readonly settings: {
    readonly interruptionViewersMin: number;
    readonly interruptionFallPercent: number;
  };
}

const LOOK_BACK_SLOTS = 15;

export function eventReport(input: EventInput): OracleEventReport {
  const { event, content, credits } = input;
  const { startMs, endMs } = event;
  const isInside = (tMs: number) => tMs >= startMs && tMs < endMs;
  // T4_minute: what is summed is summed over whole minutes; times and moments are exact.
  const fromMs = Math.floor(startMs / 60_000) * 60_000;
  const toMs = Math.ceil(endMs / 60_000) * 60_000;
  const creditsIn = credits.filter((one) => one.atMs >= fromMs && one.atMs < toMs);
  const creditsExact = credits.filter((one) => isInside(one.atMs));
  const isStream = content.kind === 'stream';
  const peak = peakOf(creditsExact, startMs, endMs);
  const average = averageOf(creditsIn, fromMs, toMs);
  const viewers = eventViewers(input);
  const record: Readonly<Record<string, FigureRecord>> = {
    ...recordsOf(creditsIn, content.kind, 'viewers'),
    viewers,
  };
  const verified = (figure: string) => record[figure]?.verified ?? 0;
  const firstStartMs = Math.min(
    ...verifiedOnly(creditsExact)
      .filter((one) => one.figure === 'starts')
      .map((one) => one.atMs),
  );
  const hasStart = firstStartMs !== Infinity;
  return {
    content: content.id,
    start: isoOf(startMs),
    end: isoOf(endMs),
    viewers,
    attempts: verified('attempts'),
    starts: verified('starts'),
    turnedAway: turnedAwayOf(creditsIn),
    views: viewsOf(record),
    ...(isStream && {
      watchSeconds: verified('watchSeconds'),
      peakConcurrency: peak.record.verified,
      peakAt: peak.at,
      averageMinuteAudience: average.verified,
    }),
    firstStartAt: hasStart ? isoOf(firstStartMs) : null,
    startDelaySeconds: hasStart ? (firstStartMs - startMs) / 1000 : null,
    interruptions: isStream ? interruptionsOf(input) : [],
    record: isStream
      ? { ...record, peakConcurrency: peak.record, averageMinuteAudience: average }
      : record,
  };
}

/**
 * A viewer of two broadcast days counts once: invalid if one of its days inside the event is, under
 * the highest class; else verified if one is; else unresolved.
 */
function eventViewers({ event, content, viewers }: EventInput): FigureRecord {
  const isInside = (tMs: number) => tMs >= event.startMs && tMs < event.endMs;
  const inside = viewers
    .map((days) =>
      days.filter((day) =>
        content.kind === 'page'
          ? day.pagesMs.some(isInside)
          : day.slots.some((slot) => isInside(slot * SLOT_MS)),
      ),
    )
    .filter((days) => days.length > 0);
  return recordOf(
    inside.map((days) => {
      const best =
        days
          .filter((day) => day.group === 'invalid')
          .sort((a, b) => CLASS_ORDER.indexOf(b.class) - CLASS_ORDER.indexOf(a.class))[0] ??
        days.find((day) => day.group === 'verified') ??
        days[0]!;
      return { group: best.group, class: best.class, amount: 1 };
    }),
  );
}

function interruptionsOf({ event, hits, credits, settings }: EventInput): OracleInterruption[] {
  const keepPercent = 100 - settings.interruptionFallPercent;
  const concurrency = new Map<number, number>();
  let dataEndSlot = -Infinity;
  for (const { line } of hits) dataEndSlot = Math.max(dataEndSlot, Math.floor(line.tMs / SLOT_MS));
  for (const { figure, group, atMs } of credits) {
    if (figure !== 'watchSeconds') continue;
    const slot = atMs / SLOT_MS;
    if (group === 'verified') concurrency.set(slot, (concurrency.get(slot) ?? 0) + 1);
  }
  const at = (slot: number) => concurrency.get(slot) ?? 0;
  const startSlot = Math.ceil(event.startMs / SLOT_MS);
  const endSlot = Math.min(Math.ceil(event.endMs / SLOT_MS), dataEndSlot + 1);
  const found: OracleInterruption[] = [];
  let slot = startSlot;
  while (slot < endSlot) {
    let level = 0;
    for (let n = Math.max(startSlot, slot - LOOK_BACK_SLOTS); n < slot; n += 1) {
      level = Math.max(level, at(n));
    }
    if (level < settings.interruptionViewersMin || !isDown(at(slot), level, keepPercent)) {
      slot += 1;
      continue;
    }
    let [end, lowest] = [slot, at(slot)];
    while (end < endSlot && isDown(at(end), level, keepPercent)) {
      lowest = Math.min(lowest, at(end));
      end += 1;
    }
    found.push({
      at: isoOf(slot * SLOT_MS),
      seconds: (end - slot) * 2,
      fromViewers: level,
      toViewers: lowest,
      depthPercent: rounded((level - lowest) * 100, level, 10),
      recovered: end < endSlot,
    });
    slot = end;
  }
  return found;
}

/** In whole numbers: 63 is 70 % of 90, but 90 * 0.7 is less than 63. */
function isDown(viewers: number, level: number, keepPercent: number): boolean {
  return viewers * 100 <= level * keepPercent;
}
