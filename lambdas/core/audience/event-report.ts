import type { ContentFacts } from '../edge/content-table';
import type { EventSettings, Settings } from '../settings';
import type { Audience } from './audience';
import { findInterruptions, makePeakFinder } from './concurrency';
import type { ContentTally } from './content-tally';
import {
  bucketsOf,
  isoOf,
  makeRecord,
  makeRecords,
  roundHalfUp,
  turnedAwayOf,
  viewsOf,
} from './figure-record';
import { PEAK_SLOTS } from './concurrency';
import type { PeakProbe } from './peak-probe';
import type { EventReport, FigureRecord, Interruption } from './report';
import { SLOT_MS, SLOT_SECONDS } from './rules';
import { BUCKET, BUCKETS, FIGURE, type FigureRules, groupOf } from './viewer-figures';
import { MINUTE_FIGURES } from './content-tally';
import { RUN_WORDS, type ViewerTable, W } from './viewer-table';

/** What is gathered for one event while the viewers are passed over (E1_start_delay, E3_event_viewers). */
export class EventTally {
  readonly id: string;
  readonly startAtMs: number;
  readonly endAtMs: number;
  firstStartAtMs = Infinity;
  readonly viewers = new Float64Array(BUCKETS);
  peak: PeakProbe | undefined;
  /** buckets of viewers by key, if the event lies in several broadcast days */
  private readonly seen: Map<bigint, number> | undefined;

  constructor(
    event: EventSettings,
    readonly content: number,
    readonly isPage: boolean,
    spansDays: boolean,
  ) {
    this.id = event.id;
    this.startAtMs = event.startAtMs;
    this.endAtMs = event.endAtMs;
    if (spansDays) this.seen = new Map();
  }

  /** E1_start_delay: the first verified start while the event lasts. */
  start(atMs: number, bucket: number): void {
    if (bucket !== BUCKET.verified || atMs < this.startAtMs || atMs >= this.endAtMs) return;
    if (atMs < this.firstStartAtMs) this.firstStartAtMs = atMs;
  }

  /** E3_event_viewers: counts the viewer of an entry if it was there while the event lasted. */
  see(
    table: ViewerTable,
    entry: number,
    dayStartMs: number,
    content: ContentFacts,
    rules: FigureRules,
  ): void {
    const words = table.runWords(entry);
    const at = table.runAt(entry);
    const end = at + table.runsOf(entry) * RUN_WORDS;
    const unit = this.isPage ? 1 : SLOT_MS;
    let isThere = false;
    for (let run = at; run < end && !isThere; run += RUN_WORDS) {
      const first = dayStartMs + words[run]! * unit;
      const last = dayStartMs + words[run + 1]! * unit;
      // A slot is inside when it begins inside.
      isThere =
        last >= this.startAtMs &&
        Math.max(first, Math.ceil(this.startAtMs / unit) * unit) < this.endAtMs;
    }
    if (!isThere) return;
    const bucket = groupOf(table, entry, content, rules);
    if (this.seen === undefined) {
      this.viewers[bucket]! += 1;
      return;
    }
    const key =
      (BigInt(table.words[entry + W.keyHi]!) << 32n) | BigInt(table.words[entry + W.keyLo]!);
    const before = this.seen.get(key);
    if (before !== undefined) this.viewers[before]! -= 1;
    // Of several days the strongest statement stands: invalid, then verified, then unresolved.
    const now = before === undefined ? bucket : Math.max(before, bucket);
    this.seen.set(key, now);
    this.viewers[now]! += 1;
  }

  /** Finds the event's peak, and asks who was there. */
  probePeak(tally: ContentTally | undefined): PeakProbe | undefined {
    if (tally === undefined || this.isPage) return undefined;
    const finder = makePeakFinder(
      Math.ceil(this.startAtMs / SLOT_MS),
      Math.ceil(this.endAtMs / SLOT_MS),
    );
    tally.concurrency.walk(finder.visit);
    const { slot } = finder.peak;
    this.peak = {
      content: this.content,
      slot,
      slots: PEAK_SLOTS,
      buckets: new Float64Array(BUCKETS),
    };
    return this.peak;
  }
}

/** One tally for each configured event. */
export function tallyEvents(settings: Settings, audience: Audience): EventTally[] {
  const { days, contents } = audience;
  return settings.events.map((event) => {
    const content = contents.list.findIndex(({ id }) => id === event.content);
    const spansDays = days.at(event.startAtMs).day !== days.at(event.endAtMs - 1).day;
    return new EventTally(event, content, contents.list[content]?.kind === 'page', spansDays);
  });
}

export function makeEventReport(
  event: EventTally,
  { tally, dataEndMs }: { tally: ContentTally | undefined; dataEndMs: number },
  { thresholds, events }: Settings,
): EventReport {
  const { isPage } = event;
  const window = {
    from: Math.floor(event.startAtMs / 60_000),
    to: Math.ceil(event.endAtMs / 60_000),
  };
  const sum = tally?.sum(window) ?? new Float64Array(MINUTE_FIGURES);
  const viewers = makeRecord(event.viewers);
  // Whom the minutes call new may have come before the event: its viewers are counted apart (E3).
  const record: Record<string, FigureRecord> = {
    ...makeRecords(sum, { isPage, viewers: 'viewers' }),
    viewers,
  };
  const started = event.firstStartAtMs !== Infinity;
  if (!isPage) {
    const seconds = (window.to - window.from) * 60;
    record['peakConcurrency'] = makeRecord(event.peak?.buckets ?? event.viewers.map(() => 0), {
      times: 1,
      over: PEAK_SLOTS,
    });
    record['averageMinuteAudience'] = makeRecord(bucketsOf(sum, FIGURE.watchSlots), {
      times: SLOT_SECONDS,
      over: seconds,
    });
  }
  const peakSlot = event.peak?.slot ?? -1;
  return {
    content: events.find(({ id }) => id === event.id)!.content,
    start: isoOf(event.startAtMs),
    end: isoOf(event.endAtMs),
    viewers,
    attempts: record['attempts']!.verified,
    starts: record['starts']!.verified,
    turnedAway: turnedAwayOf(sum),
    views: viewsOf(record, isPage),
    ...(isPage
      ? {}
      : {
          watchSeconds: record['watchSeconds']!.verified,
          peakConcurrency: record['peakConcurrency']!.verified,
          peakAt: peakSlot < 0 ? null : isoOf(peakSlot * SLOT_MS),
          averageMinuteAudience: record['averageMinuteAudience']!.verified,
        }),
    firstStartAt: started ? isoOf(event.firstStartAtMs) : null,
    startDelaySeconds: started ? (event.firstStartAtMs - event.startAtMs) / 1_000 : null,
    interruptions:
      isPage || tally === undefined ? [] : interruptionsOf(event, { tally, dataEndMs }, thresholds),
    record,
  };
}

/** E2_interruption, from the announced start to the announced end or the slot of the last hit. */
function interruptionsOf(
  event: EventTally,
  { tally, dataEndMs }: { tally: ContentTally; dataEndMs: number },
  { interruptionViewersMin, interruptionFallPercent }: Settings['thresholds'],
): Interruption[] {
  const from = Math.ceil(event.startAtMs / SLOT_MS);
  const to = Math.min(Math.ceil(event.endAtMs / SLOT_MS), Math.floor(dataEndMs / SLOT_MS) + 1);
  if (to <= from) return [];
  const counts = new Uint32Array(to - from);
  tally.concurrency.walk((slot, count) => {
    if (slot >= from && slot < to) counts[slot - from] = count;
  });
  return findInterruptions(counts, from, {
    viewersMin: interruptionViewersMin,
    fallPercent: interruptionFallPercent,
  }).map(({ slot, end, level, lowest, recovered }) => ({
    at: isoOf(slot * SLOT_MS),
    seconds: (end - slot) * SLOT_SECONDS,
    fromViewers: level,
    toViewers: lowest,
    depthPercent: roundHalfUp((level - lowest) * 100, level, 10),
    recovered,
  }));
}
