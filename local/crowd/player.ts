import { type Act, PROBE, type Wanted, act } from './act';
import { HIT, MISS, NOT_FOUND, NOT_MODIFIED, type Origin, PARTIAL } from './answer';
import type { Chance } from './chance';
import type { Client } from './client';
import { STARE_MS, asksWithoutEnd, missingWaitMs, stillWaitMs } from './reload';
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
  /** how often in a row the stream was not there */
  private misses = 0;

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
    this.misses = 0;
  }

  /** Plays until a moment, or until its person has had enough of errors. */
  *play(untilMs: number, burst = this.stage.chance.between(2, 4)): Script {
    while (this.now < untilMs) {
      if (yield* this.open(burst, untilMs)) {
        if (yield* this.follow(untilMs)) return;
      }
      const isMissing = this.stage.origin.isMissing(this.now);
      if (!isMissing || !asksWithoutEnd(this.client.id)) this.patience -= 1;
      if (this.patience < 0) return;
      this.now += isMissing ? this.missedMs() : 500 + this.stage.chance.int(4000);
    }
  }

  private missedMs(): number {
    this.misses += 1;
    return missingWaitMs(this.stage.chance, this.misses - 1);
  }

  /** Playlists, then some segments at once to fill the buffer; false if something failed. */
  private *open(burst: number, untilMs: number): Script<boolean> {
    if (!(yield* this.fetch(MASTER))) return false;
    if (!(yield* this.openRendition())) return false;
    if (this.isCmaf && !(yield* this.fetch(AUDIO_PLAYLIST))) return false;
    this.misses = 0;
    if (!(yield* this.waitForChange(untilMs))) return false;
    this.segment = this.liveEdge() - burst + 1;
    for (let n = 0; n < burst; n += 1) {
      if (n > 0) this.segment += 1;
      if (!(yield* this.fetchSegment())) return false;
    }
    this.dueMs = this.now;
    return true;
  }

  /** Polls playlists that stand still; false if its person had enough of it, or leaves. */
  private *waitForChange(untilMs: number): Script<boolean> {
    const { chance, origin } = this.stage;
    if (!origin.isStill(this.now)) return true;
    const mayReload = this.client.isPerson && origin.drawsReloads(this.now);
    const staresUntilMs = mayReload ? this.now + chance.exponential(STARE_MS) : Infinity;
    while (origin.isStill(this.now)) {
      this.now += stillWaitMs(chance, SEGMENT_MS);
      if (this.now >= untilMs) return false;
      if (this.now >= staresUntilMs) {
        this.patience = 0;
        return false;
      }
      if (!(yield* this.poll(PLAYLISTS[this.rendition]!))) return false;
      if (this.isCmaf && !(yield* this.poll(AUDIO_PLAYLIST))) return false;
    }
    return true;
  }

  /** A look at a playlist, which some players make with the mark of the one they have. */
  private *poll(playlist: Wanted): Script<boolean> {
    if (!this.stage.chance.bool(0.2)) return yield* this.fetch(playlist);
    yield act(this.client, this.now, playlist, NOT_MODIFIED);
    this.now += 20;
    return true;
  }

  /** One playlist and one segment each six seconds; true when it is time to leave. */
  private *follow(untilMs: number): Script<boolean> {
    const { chance, origin } = this.stage;
    for (;;) {
      this.dueMs += SEGMENT_MS;
      const p = chance.next();
      if (p < 0.006) this.pause();
      const atMs = Math.max(this.now + 20, this.dueMs - 300 + chance.int(600));
      if (atMs >= untilMs) return true;
      this.now = atMs;
      if (origin.isStill(this.now)) {
        if (!(yield* this.poll(PLAYLISTS[this.rendition]!))) return false;
        if (!(yield* this.waitForChange(untilMs))) return this.now >= untilMs;
        this.segment = this.liveEdge() - 1;
        this.dueMs = this.now - SEGMENT_MS;
        continue;
      }
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
    // A playlist without a segment names none.
    const hasInit = this.isCmaf && !this.stage.origin.isStill(this.now);
    return !hasInit || (yield* this.fetch(INITS[this.rendition]!));
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

  /** Asks up to three times; for what is not there once. */
  private *fetch(one: Wanted): Script<boolean> {
    const { chance, origin } = this.stage;
    for (let attempt = 0; ; attempt += 1) {
      const asked = this.ask(one);
      yield asked;
      if (asked.answer.isWhole) return true;
      if (attempt === 2 || origin.isMissing(this.now)) return false;
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
