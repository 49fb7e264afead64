import type { Cause, HitClass, Kind, Outcome } from '../edge/classes';

/** One figure split by who made it: gross = refusedByUs + invalid + unresolved + verified. */
export interface FigureRecord {
  readonly gross: number;
  readonly refusedByUs: number;
  /** By class; classes with zero are left out. */
  readonly invalid: Readonly<Partial<Record<HitClass, number>>>;
  readonly unresolved: number;
  readonly verified: number;
  /** = verified */
  readonly lower: number;
  /** = verified + unresolved */
  readonly upper: number;
}

/** Names of the figures that are split. `viewers` is called `newViewers` in a --from/--to window. */
export type FigureName = string;

/** Figures of one value of a dimension (verified; for a class: all of that class). */
export interface DimensionFigures {
  readonly attempts: number;
  readonly starts: number;
  readonly views: Readonly<Record<string, number>>;
  readonly viewers: number;
  readonly watchSeconds: number;
}

/** One content over the window; plain figures are the verified lower bound (VIEW_DEFINITION 7). */
export interface ContentReport {
  readonly kind: Kind;
  readonly hits: Readonly<Partial<Record<HitClass, number>>>;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly attempts: number;
  readonly starts: number;
  /** Sessions of person classes, by cause; causes with zero are left out. */
  readonly turnedAway: Readonly<Partial<Record<Cause, number>>>;
  /** stream: view2, view30, view60, view120; page: pageView30. */
  readonly views: Readonly<Record<string, number>>;
  /** Absent in a --from/--to window, where the figure is `newViewers`. */
  readonly viewers?: number;
  readonly newViewers?: number;
  /** Streams only, as are the next three. */
  readonly watchSeconds?: number;
  readonly peakConcurrency?: number;
  /** ISO time of the first slot of the peak; null if nobody was there. */
  readonly peakAt?: string | null;
  readonly averageMinuteAudience?: number;
  /** ISO minutes, [from, to). */
  readonly from: string;
  readonly to: string;
  readonly record: Readonly<Record<FigureName, FigureRecord>>;
  readonly by: {
    readonly class: Readonly<Record<string, DimensionFigures>>;
    readonly country: Readonly<Record<string, DimensionFigures>>;
    readonly device: Readonly<Record<string, DimensionFigures>>;
    readonly edge: Readonly<Record<string, { readonly hits: number }>>;
  };
  /** Only on request (--minutes), oldest first. */
  readonly minutes?: readonly MinuteReport[];
}

/** What was credited to one UTC minute of a content; zero minutes are left out. */
export interface MinuteReport {
  /** ISO time of the minute's start, e.g. 2026-11-24T20:00:00Z */
  readonly minute: string;
  readonly hits: number;
  readonly turnedAway: Readonly<Partial<Record<Cause, number>>>;
  /** attempts, starts, newViewers, views and (streams) watchSeconds */
  readonly record: Readonly<Record<FigureName, FigureRecord>>;
  /** Streams: highest verified concurrency of a single slot in this minute. */
  readonly concurrencyMax?: number;
}

export interface Interruption {
  readonly at: string;
  readonly seconds: number;
  readonly fromViewers: number;
  readonly toViewers: number;
  /** Share lost at the deepest, in percent, one decimal. */
  readonly depthPercent: number;
  /** false: it lasted to the end of the event or of the data. */
  readonly recovered: boolean;
}

export interface EventReport {
  readonly content: string;
  readonly start: string;
  readonly end: string;
  readonly viewers: FigureRecord;
  readonly attempts: number;
  readonly starts: number;
  readonly turnedAway: Readonly<Partial<Record<Cause, number>>>;
  readonly views: Readonly<Record<string, number>>;
  readonly watchSeconds?: number;
  readonly peakConcurrency?: number;
  readonly peakAt?: string | null;
  readonly averageMinuteAudience?: number;
  readonly firstStartAt: string | null;
  readonly startDelaySeconds: number | null;
  readonly interruptions: readonly Interruption[];
  readonly record: Readonly<Record<FigureName, FigureRecord>>;
}

export interface LedgerReport {
  readonly lines: number;
  readonly hits: number;
  readonly bad: Readonly<Record<string, number>>;
  /** Dropped packets; always 0 in recount. */
  readonly duplicate: number;
  readonly late: number;
  readonly lost: number;
  /** Relevant hits of viewers that the bounds (B1_address, B2_lane) did not place. */
  readonly overBound: number;
}

/** What `turnout recount --json` prints. Keys of maps are sorted. */
export interface Report {
  readonly definition: {
    readonly id: string;
    readonly version: string;
    readonly classifier: string;
    readonly timeZone: string;
    readonly dayStartHour: number;
    readonly blockStatus: number;
    readonly sessionIdsMax: number;
  };
  readonly window: { readonly from: string | null; readonly to: string | null };
  readonly ledger: LedgerReport;
  readonly contents: Readonly<Record<string, ContentReport>>;
  readonly events: Readonly<Record<string, EventReport>>;
}
