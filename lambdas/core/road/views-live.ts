import { nameContents } from '../audience/content-report';
import { MINUTE_FIGURES, causeAt } from '../audience/content-tally';
import { SLOT_MS, VIEW_SECONDS } from '../audience/rules';
import { BUCKET, BUCKETS, FIGURE } from '../audience/viewer-figures';
import { CAUSES, CLASSES, type Kind, OUTCOMES, PERSON_CLASSES } from '../edge/classes';
import type { ViewsItem } from './ports';
import {
  type ContentCounters,
  SLOTS_PER_MINUTE,
  figuresOfRow,
  hitsOfRow,
  isZero,
  slotOfRow,
  sumItems,
} from './views-counters';
import { contentOf } from './views-report';

/** A content at this moment; figures are verified, and those that add up cover the given hours. */
export interface LiveContent {
  readonly kind: Kind;
  /** Viewers who have the slot that begins at `concurrencyAtMs`; 0 and undefined for a page. */
  readonly concurrency: number;
  readonly concurrencyAtMs: number | undefined;
  /** 0 for a page */
  readonly view60: number;
  readonly attempts: number;
  readonly starts: number;
  /** sessions of whatever cause */
  readonly turnedAway: number;
  readonly viewers: number;
  /** hits of invalid classes */
  readonly bots: number;
}

/** A lane that has had no hit for so long does not hold back what is shown of the others. */
const QUIET_MS = 10_000;

/**
 * What a terminal shows while an event goes on, by the name of the content as in a report. Sums are made
 * of hour items, concurrency of minute items, of which the last few are enough: it is that of the latest
 * slot with anyone in it that is full, that is, which ended before the last hit counted of each lane
 * that is not quiet. Presence is counted ahead of time, so a later slot has part of its viewers only.
 */
export function liveOf(items: readonly ViewsItem[], nowMs: number): Record<string, LiveContent> {
  return nameContents(
    [...sumItems(items)].map(([key, counters]) => {
      const { id, kind } = contentOf(key, undefined);
      return [id, makeLive(counters, kind, nowMs)] as const;
    }),
  );
}

function makeLive(counters: ContentCounters, kind: Kind, nowMs: number): LiveContent {
  const figures = new Float64Array(MINUTE_FIGURES);
  let bots = 0;
  for (const row of counters.hours.values()) {
    figuresOfRow(row).forEach((n, at) => (figures[at]! += n));
    hitsOfRow(row)
      .subarray(PERSON_CLASSES * OUTCOMES.length, CLASSES.length * OUTCOMES.length)
      .forEach((n) => (bots += n));
  }
  const verified = (figure: number) => figures[figure * BUCKETS + BUCKET.verified]!;
  return {
    kind,
    ...latestConcurrency(counters, fullUntilMs(counters, nowMs)),
    view60: kind === 'page' ? 0 : verified(FIGURE.view + VIEW_SECONDS.indexOf(60)),
    attempts: verified(FIGURE.attempts),
    starts: verified(FIGURE.starts),
    turnedAway: CAUSES.reduce((sum, _, cause) => sum + figures[causeAt(cause)]!, 0),
    viewers: verified(FIGURE.viewers),
    bots,
  };
}

/** Up to when all that was counted is known to be counted. */
function fullUntilMs({ lastHitsAtMs }: ContentCounters, nowMs: number): number {
  const newest = Math.max(...lastHitsAtMs);
  const awake = lastHitsAtMs.filter((atMs) => atMs > newest - QUIET_MS);
  return Math.min(nowMs, ...awake);
}

function latestConcurrency({ minutes }: ContentCounters, untilMs: number) {
  const end = Math.floor(untilMs / SLOT_MS);
  for (const minute of [...minutes.keys()].sort((a, b) => b - a)) {
    for (let n = SLOTS_PER_MINUTE - 1; n >= 0; n -= 1) {
      const slot = minute * SLOTS_PER_MINUTE + n;
      const buckets = slotOfRow(minutes.get(minute)!, n);
      if (slot >= end || isZero(buckets)) continue;
      return { concurrency: buckets[BUCKET.verified]!, concurrencyAtMs: slot * SLOT_MS };
    }
  }
  return { concurrency: 0, concurrencyAtMs: undefined };
}
