import type { Chance } from './chance';
import type { Wanted } from './act';

/** How the edge answers, in the names of H2_outcome. */
export interface Answer {
  readonly status: string;
  readonly detail: string;
  readonly outcome: 'refusedByUs' | '4xx' | '5xx' | 'hungUp' | 'served' | 'other';
  /** The whole object, or the whole range that was asked for. */
  readonly isWhole: boolean;
  /** Undefined: that of what was asked for. */
  readonly contentType?: string;
}

const failure = (
  status: string,
  detail: string,
  outcome: Answer['outcome'],
  contentType = 'text/html',
): Answer => ({ status, detail, outcome, isWhole: false, contentType });

const whole = (status: string, detail: string): Answer => ({
  status,
  detail,
  outcome: 'served',
  isWhole: true,
});

export const HIT = whole('200', 'Hit');
export const MISS = whole('200', 'Miss');
export const PARTIAL = whole('206', 'Hit');
export const NOT_MODIFIED: Answer = { ...HIT, status: '304', isWhole: false, contentType: '-' };
export const MOVED = failure('301', 'Redirect', 'other', '-');
export const REFUSED = failure('409', 'Error', 'refusedByUs');
export const NOT_FOUND = failure('404', 'Error', '4xx');
export const FORBIDDEN = failure('403', 'Error', '4xx');
export const BAD_GATEWAY = failure('502', 'OriginConnectError', '5xx');
export const UNAVAILABLE = failure('503', 'OriginError', '5xx');
export const GATEWAY_TIMEOUT = failure('504', 'OriginCommError', '5xx');
export const HUNG_UP = failure('000', 'ClientHungUpRequest', 'hungUp', '-');
/** The client went away in the middle: the status was sent long before. */
export const BROKEN_OFF: Answer = { ...failure('200', 'ClientCommError', 'hungUp', 'video/mp2t') };

/**
 * What fails and how. `5xx`: everything. `timeouts`: segments alone, which nobody answers in time. `404`: the
 * stream is not there, neither playlists nor segments. `still`: playlists are served and stay as they are, so
 * that players poll them and there is no segment to ask for.
 */
export const OUTAGE_SHAPES = ['5xx', 'timeouts', '404', 'still'] as const;
export type OutageShape = (typeof OUTAGE_SHAPES)[number];

export interface Outage {
  /** after the first moment of the crowd */
  readonly fromSecond: number;
  readonly seconds: number;
  readonly shape: OutageShape;
  /**
   * Whether people reload page and player until it is over, as reload.ts says; else they give up, or before
   * playlists that stand still look on.
   */
  readonly reloads?: boolean;
}

/** What an edge or an origin outside of the crowd says to a source at a moment. */
export type Verdict = 'served' | 'refused' | 'failed';
export type Judge = (source: string, atMs: number) => Verdict;

/** What belongs to a stream that is not there; the page and what is called before it plays are elsewhere. */
const ABSENT: readonly Wanted['object'][] = ['manifest', 'init', 'media'];

/** What the edge has in its cache while the origin is gone. */
const CACHED_SHARE = 0.05;
/** On a quiet evening. */
const ERROR_SHARE = 0.001;

/** The origin behind the edge: it decides what a request for the stream gets. */
export class Origin {
  private readonly fromMs: number;
  private readonly toMs: number;

  constructor(
    private readonly chance: Chance,
    startAtMs: number,
    private readonly outage: Outage | undefined,
  ) {
    this.fromMs = outage === undefined ? Infinity : startAtMs + outage.fromSecond * 1000;
    this.toMs = outage === undefined ? Infinity : this.fromMs + outage.seconds * 1000;
  }

  /** Whether people reload at this moment rather than give up. */
  drawsReloads(atMs: number): boolean {
    return this.outage?.reloads === true && this.isOut(atMs);
  }

  /** Whether the stream is not there at this moment. */
  isMissing(atMs: number): boolean {
    return this.outage?.shape === '404' && this.isOut(atMs);
  }

  /** Whether its playlists stay as they are at this moment. */
  isStill(atMs: number): boolean {
    return this.outage?.shape === 'still' && this.isOut(atMs);
  }

  answer({ object }: Wanted, atMs: number): Answer {
    const { chance } = this;
    if (this.isMissing(atMs) && ABSENT.includes(object)) return NOT_FOUND;
    const fails = this.outage?.shape === '5xx' || this.outage?.shape === 'timeouts';
    if (fails && this.isOut(atMs) && !chance.bool(CACHED_SHARE)) {
      if (this.outage!.shape === '5xx') return chance.pick([UNAVAILABLE, UNAVAILABLE, BAD_GATEWAY]);
      if (object === 'media') return chance.bool(0.5) ? GATEWAY_TIMEOUT : HUNG_UP;
    }
    const p = chance.next();
    if (p > 3 * ERROR_SHARE) return p > 0.1 ? HIT : MISS;
    if (p < ERROR_SHARE) return UNAVAILABLE;
    if (p < 2 * ERROR_SHARE || object !== 'media') return HUNG_UP;
    return BROKEN_OFF;
  }

  /** How long the client waited for it: edges give up after some 10 s, people before or after. */
  waitMs(answer: Answer): number {
    const { chance } = this;
    if (answer === GATEWAY_TIMEOUT) return 10_000 + chance.int(300);
    if (answer === HUNG_UP) return 3_000 + chance.int(9_000);
    return 20 + chance.int(180);
  }

  private isOut(atMs: number): boolean {
    return atMs >= this.fromMs && atMs < this.toMs;
  }
}
