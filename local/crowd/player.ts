import { type Act, PROBE, type Wanted, act } from './act';
import { HIT, MISS, NOT_FOUND, NOT_MODIFIED, type Origin, PARTIAL } from './answer';
import type { Chance } from './chance';
import type { Client } from './client';
import { AUDIO_PLAYLIST, INITS, MASTER, PLAYLISTS, SEGMENT_MS, segmentOf } from './stream';

/** What one client does, act by act, in the order of time. */
export type Script<Result = void> = Generator<Act, Result, undefined>;

/** The event as its visitors find it. */
export interface Stage {
  readonly chance: Chance;
  readonly origin: Origin;
  readonly startAtMs: number;
  /** announced: most people come for it */
  readonly kickOffAtMs: number;
  /** nobody asks for anything from here on */
  readonly endAtMs: number;
  /** Everybody comes within so long of the announced start; undefined: as on other evenings. */
  readonly flashMs?: number | undefined;
}

/** A player of HLS in somebody's hands. Its methods move `now` on, never back. */
export class Player {
  private rendition: number;
  private segment = 0;
  private dueMs = 0;
  private readonly isCmaf: boolean;
  private readonly hasSubtitles: boolean;
  private patience: number;

  constructor(
    private readonly client: Client,
    private readonly stage: Stage,
    /** the time of its last act, or when it begins */
    public now: number,
  ) {
    const { chance } = stage;
    this.rendition = chance.int(PLAYLISTS.length);
    this.isCmaf = chance.bool(0.4);
    this.hasSubtitles = chance.bool(0.05);
    this.patience = 1 + Math.floor(chance.exponential(4));
  }

  /** The page was loaded anew: errors of before are forgotten, though not all of the patience is back. */
  takeHeart(): void {
    this.patience = this.stage.chance.int(2);
  }

  /** Plays until a moment, or until its person has had enough of errors. */
  *play(untilMs: number, burst = this.stage.chance.between(2, 4)): Script {
    while (this.now < untilMs) {
      if (yield* this.open(burst)) {
        if (yield* this.follow(untilMs)) return;
      }
      this.patience -= 1;
      if (this.patience < 0) return;
      this.now += 500 + this.stage.chance.int(4000);
    }
  }

  /** Playlists, then some segments at once to fill the buffer; false if something failed. */
  private *open(burst: number): Script<boolean> {
    if (!(yield* this.fetch(MASTER))) return false;
    if (!(yield* this.openRendition())) return false;
    if (this.isCmaf && !(yield* this.fetch(AUDIO_PLAYLIST))) return false;
    this.segment = this.liveEdge() - burst + 1;
    for (let n = 0; n < burst; n += 1) {
      if (n > 0) this.segment += 1;
      if (!(yield* this.fetchSegment())) return false;
    }
    this.dueMs = this.now;
    return true;
  }

  /** One playlist and one segment each six seconds; true when it is time to leave. */
  private *follow(untilMs: number): Script<boolean> {
    const { chance } = this.stage;
    for (;;) {
      this.dueMs += SEGMENT_MS;
      const p = chance.next();
      if (p < 0.006) this.pause();
      const atMs = Math.max(this.now + 20, this.dueMs - 300 + chance.int(600));
      if (atMs >= untilMs) return true;
      this.now = atMs;
      this.segment += 1;
      if (p > 0.97 && !(yield* this.switchRendition())) return false;
      if (!(yield* this.refresh(p))) return false;
      if (p > 0.5 && p < 0.502) yield this.ask(this.mediaOf(this.segment), { range: PROBE });
      if (!(yield* this.fetchSegment())) return false;
      if (p > 0.6 && p < 0.604) yield this.ask(this.mediaOf(this.segment));
    }
  }

  /** In the background, or without a network: what was missed is skipped. */
  private pause(): void {
    this.dueMs += 8_000 + this.stage.chance.int(50_000);
    this.segment = Math.floor(this.dueMs / SEGMENT_MS) - 1;
  }

  /** The playlist of the rendition, sometimes the same as before and asked for again. */
  private *refresh(p: number): Script<boolean> {
    const playlist = PLAYLISTS[this.rendition]!;
    if (p > 0.2 && p < 0.28) {
      yield act(this.client, this.now, playlist, NOT_MODIFIED);
      this.now += 900 + this.stage.chance.int(200);
    } else if (p > 0.3 && p < 0.303) {
      yield act(this.client, this.now, playlist, HIT, { method: 'HEAD' });
      this.now += 30;
    }
    return yield* this.fetch(playlist);
  }

  private *openRendition(): Script<boolean> {
    if (!(yield* this.fetch(PLAYLISTS[this.rendition]!))) return false;
    return !this.isCmaf || (yield* this.fetch(INITS[this.rendition]!));
  }

  /** Another rendition, and often the last segment once more in it. */
  private *switchRendition(): Script<boolean> {
    const { chance } = this.stage;
    this.rendition = (this.rendition + chance.between(1, 3)) % PLAYLISTS.length;
    if (!(yield* this.openRendition())) return false;
    if (chance.bool(0.5)) yield this.ask(this.mediaOf(this.segment - 1));
    return true;
  }

  private *fetchSegment(): Script<boolean> {
    if (!(yield* this.fetch(this.mediaOf(this.segment)))) return false;
    if (this.isCmaf && !(yield* this.fetch(segmentOf('audio', 0, this.segment)))) return false;
    if (this.hasSubtitles) {
      yield act(this.client, this.now, segmentOf('subtitles', 0, this.segment), HIT);
    }
    return true;
  }

  /** Asks up to three times. */
  private *fetch(one: Wanted): Script<boolean> {
    const { chance } = this.stage;
    for (let attempt = 0; ; attempt += 1) {
      const asked = this.ask(one);
      yield asked;
      if (asked.answer.isWhole) return true;
      if (attempt === 2) return false;
      this.now += 400 + chance.int(1600);
    }
  }

  private ask(one: Wanted, { range }: { range?: string } = {}): Act {
    const { chance, origin } = this.stage;
    let answer = origin.answer(one, this.now);
    this.now += origin.waitMs(answer);
    if (answer === HIT && one.object === 'media') {
      // Asked for before it was there, or as a range that is the whole.
      if (chance.bool(0.002)) answer = NOT_FOUND;
      else if (range === undefined && chance.bool(0.004)) range = '0-751999';
      if (range !== undefined) answer = PARTIAL;
    } else if (!answer.isWhole || range === undefined) range = undefined;
    else if (answer === MISS) answer = PARTIAL;
    return act(this.client, this.now, one, answer, { range });
  }

  private liveEdge(): number {
    return Math.floor(this.now / SEGMENT_MS);
  }

  private mediaOf(segment: number): Wanted {
    return segmentOf(this.isCmaf ? 'cmaf' : 'ts', this.rendition, segment);
  }
}
