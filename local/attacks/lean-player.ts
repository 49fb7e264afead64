/**
 * What each person of a lean crowd does: page, entry, playlists, a burst of segments, then one playlist and
 * one segment each six seconds, reloads with back-off while there are errors, and looks at playlists that stand
 * still (local/crowd/reload.ts says the numbers). A person is some bytes in columns, so that a million of them fit.
 */
import type { Verdict } from '../crowd/answer';
import type { Chance } from '../crowd/chance';
import {
  GIVE_UP_SHARE,
  IMPATIENT_SHARE,
  PAGE_SHARE,
  STARE_MS,
  asksWithoutEnd,
  missingWaitMs,
  reloadWaitMs,
  stillWaitMs,
} from '../crowd/reload';
import { type Ask, HLS, HTML, LIVE_HOST, NO_CMCD, PAGE_HOST, setAnswer, setAsk } from './edge-text';

const SEGMENT_MS = 6000;
const RENDITIONS = ['240p', '480p', '720p', '1080p'] as const;
const ASSETS = [
  ['/assets/app.js', 'text/javascript'],
  ['/assets/app.css', 'text/css'],
  ['/assets/poster.jpg', 'image/jpeg'],
  ['/api/score', 'application/json'],
] as const;

const PHASE = {
  ...{ page: 0, asset: 1, entry: 2, master: 3, list: 4, burst: 5, follow: 6, segment: 7 },
  /** looks at a playlist that stands still, and at that of the sound beside it */
  ...{ still: 8, sound: 9 },
};
const ATTEMPTS_MAX = 3;
const PAGE_FIRST_SHARE = 0.4;
/** On a quiet evening. */
const ERROR_SHARE = 0.001;
/** What the edge has in its cache while the origin is gone: of the stream, of the page. */
const CACHED_SHARE = 0.05;
const CACHED_PAGE_SHARE = 0.7;

/** Whose sound has a playlist of its own. */
const hasSound = (one: number) => one % 5 < 2;

/** The stream is out from one moment to another, in milliseconds from the first; how, as Outage says. */
export interface Failure {
  readonly shape: '5xx' | '404' | 'still';
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LeanStage {
  readonly chance: Chance;
  readonly startAtMs: number;
  readonly failure: Failure | undefined;
  readonly blockStatus: string;
  readonly sessionId: (person: number) => string;
}

export class LeanPlayers {
  private readonly phase: Uint8Array;
  private readonly left: Uint8Array;
  private readonly attempts: Uint8Array;
  private readonly level: Uint8Array;
  private readonly rendition: Uint8Array;
  private readonly isImpatient: Uint8Array;
  private readonly segment: Int32Array;
  private readonly dueMs: Int32Array;
  private readonly hasPlayed: Uint8Array;
  /** People who got at least one segment. */
  played = 0;

  constructor(
    private readonly stage: LeanStage,
    count: number,
  ) {
    const { chance } = stage;
    const bytes = () => new Uint8Array(count);
    [this.phase, this.left, this.attempts, this.level] = [bytes(), bytes(), bytes(), bytes()];
    [this.rendition, this.isImpatient, this.hasPlayed] = [bytes(), bytes(), bytes()];
    this.segment = new Int32Array(count);
    this.dueMs = new Int32Array(count);
    for (let n = 0; n < count; n += 1) {
      this.phase[n] = chance.bool(PAGE_FIRST_SHARE) ? PHASE.page : PHASE.entry;
      this.rendition[n] = chance.int(RENDITIONS.length);
      this.isImpatient[n] = chance.bool(IMPATIENT_SHARE) ? 1 : 0;
    }
  }

  /** Writes what the person asks for now and how it is answered; -1: goes; else milliseconds to its next. */
  step(one: number, nowMs: number, verdict: Verdict, ask: Ask): number {
    this.write(one, nowMs, ask);
    if (this.answer(one, nowMs, verdict, ask)) return this.goOn(one, nowMs);
    const isMissing = verdict !== 'refused' && this.isOut('404', nowMs);
    return isMissing && this.phase[one]! >= PHASE.master
      ? this.missStream(one)
      : this.tryAgain(one);
  }

  private write(one: number, nowMs: number, ask: Ask): void {
    const { phase, left, rendition } = this;
    const name = RENDITIONS[rendition[one]!]!;
    switch (phase[one]) {
      case PHASE.page:
        return setAsk(ask, PAGE_HOST, '/final', HTML);
      case PHASE.asset: {
        const [path, type] = ASSETS[left[one]! - 1]!;
        return setAsk(ask, PAGE_HOST, path, type);
      }
      case PHASE.entry:
        setAsk(ask, LIVE_HOST, '/join/final', 'application/json');
        break;
      case PHASE.master:
        setAsk(ask, LIVE_HOST, '/live/final/main.m3u8', HLS);
        break;
      case PHASE.sound:
        setAsk(ask, LIVE_HOST, '/live/final/audio/index.m3u8', HLS);
        break;
      case PHASE.list:
      case PHASE.follow:
      case PHASE.still:
        setAsk(ask, LIVE_HOST, `/live/final/${name}/index.m3u8`, HLS);
        // The burst ends at the live edge.
        if (phase[one] === PHASE.list) this.aim(one, nowMs);
        break;
      default:
        setAsk(ask, LIVE_HOST, `/live/final/${name}/seg_${this.segment[one]}.ts`, 'video/mp2t');
    }
    this.addCmcd(one, ask);
  }

  private addCmcd(one: number, ask: Ask): void {
    const id = this.stage.sessionId(one);
    if (id === '') {
      ask.cmcd = NO_CMCD;
      return;
    }
    const isMedia = this.phase[one] === PHASE.burst || this.phase[one] === PHASE.segment;
    const type = isMedia ? 'av' : this.phase[one] === PHASE.entry ? 'o' : 'm';
    ask.cmcd = `${isMedia ? SEGMENT_MS : '-'}\t${type}\t${id}`;
  }

  /** Sets the first segment of a burst of two to four. */
  private aim(one: number, nowMs: number): void {
    const burst = this.stage.chance.between(2, 4);
    this.left[one] = burst;
    const edge = Math.floor((this.stage.startAtMs + nowMs) / SEGMENT_MS);
    this.segment[one] = edge - burst + 1;
  }

  /** Whether the person got what was asked for. */
  private answer(one: number, nowMs: number, verdict: Verdict, ask: Ask): boolean {
    const { chance, blockStatus } = this.stage;
    if (verdict === 'refused') {
      setAnswer(ask, blockStatus, 'Error', 'text/html');
      return false;
    }
    if (this.phase[one]! >= PHASE.master && this.isOut('404', nowMs)) {
      setAnswer(ask, '404', 'Error', 'text/html');
      return false;
    }
    const isOut = this.isOut('5xx', nowMs);
    const cached = this.phase[one]! <= PHASE.asset ? CACHED_PAGE_SHARE : CACHED_SHARE;
    if (verdict === 'failed' || chance.bool(isOut ? 1 - cached : ERROR_SHARE)) {
      if (chance.bool(0.7)) setAnswer(ask, '503', 'OriginError', 'text/html');
      else setAnswer(ask, '502', 'OriginConnectError', 'text/html');
      return false;
    }
    if (chance.bool(0.1)) ask.detail = 'Miss';
    return true;
  }

  private isOut(shape: Failure['shape'], nowMs: number): boolean {
    const { failure } = this.stage;
    if (failure === undefined || failure.shape !== shape) return false;
    return nowMs >= failure.fromMs && nowMs < failure.toMs;
  }

  private goOn(one: number, nowMs: number): number {
    const { chance } = this.stage;
    const { phase, left, attempts, segment, dueMs } = this;
    attempts[one] = 0;
    switch (phase[one]) {
      case PHASE.page:
        phase[one] = PHASE.asset;
        left[one] = ASSETS.length;
        return 40;
      case PHASE.asset:
        left[one]! -= 1;
        if (left[one]! > 0) return 40;
        phase[one] = PHASE.entry;
        return 1000 + chance.int(4000);
      case PHASE.entry:
        phase[one] = PHASE.master;
        return 200 + chance.int(1500);
      case PHASE.master:
        phase[one] = PHASE.list;
        break;
      case PHASE.list:
        if (this.isOut('still', nowMs)) return this.lookAgain(one);
        phase[one] = PHASE.burst;
        break;
      case PHASE.follow:
        if (this.isOut('still', nowMs)) return this.lookAgain(one);
        phase[one] = PHASE.segment;
        segment[one]! += 1;
        break;
      case PHASE.still:
      case PHASE.sound:
        if (this.isOut('still', nowMs)) return this.lookAgain(one);
        this.aim(one, nowMs);
        phase[one] = PHASE.burst;
        break;
      default:
        this.hasSegment(one);
        if (phase[one] === PHASE.burst) {
          left[one]! -= 1;
          if (left[one]! > 0) {
            segment[one]! += 1;
            break;
          }
          dueMs[one] = nowMs;
        }
        phase[one] = PHASE.follow;
        dueMs[one]! += SEGMENT_MS;
        return Math.max(20, dueMs[one]! - nowMs - 300 + chance.int(600));
    }
    return 20 + chance.int(180);
  }

  private hasSegment(one: number): void {
    this.level[one] = 0;
    if (this.hasPlayed[one] === 1) return;
    this.hasPlayed[one] = 1;
    this.played += 1;
  }

  /** The player tries three times, then the person reloads. */
  private tryAgain(one: number): number {
    const { chance } = this.stage;
    const { phase, attempts } = this;
    const isStream = phase[one]! > PHASE.asset;
    attempts[one]! += 1;
    if (isStream && attempts[one]! < ATTEMPTS_MAX) return 400 + chance.int(1600);
    return this.reload(one);
  }

  /** The page asks anew, in one of four without end; of the others the person reloads before long. */
  private missStream(one: number): number {
    const { chance } = this.stage;
    const { phase, attempts } = this;
    const tries = attempts[one]!;
    if (!asksWithoutEnd(one) && tries + 1 >= ATTEMPTS_MAX) return this.reload(one);
    attempts[one] = Math.min(tries + 1, 8);
    phase[one] = PHASE.master;
    return missingWaitMs(chance, tries);
  }

  /** The other playlist, or after half a target duration the first again, or the person has looked long enough. */
  private lookAgain(one: number): number {
    const { chance } = this.stage;
    const { phase } = this;
    if (phase[one] !== PHASE.sound && hasSound(one)) {
      phase[one] = PHASE.sound;
      return 20 + chance.int(180);
    }
    if (chance.bool(SEGMENT_MS / 2 / STARE_MS)) return this.reload(one);
    phase[one] = PHASE.still;
    return stillWaitMs(chance, SEGMENT_MS);
  }

  private reload(one: number): number {
    const { chance } = this.stage;
    const { phase, attempts, level } = this;
    attempts[one] = 0;
    if (chance.bool(GIVE_UP_SHARE)) return -1;
    phase[one] = chance.bool(PAGE_SHARE) ? PHASE.page : PHASE.master;
    const waitMs = reloadWaitMs(chance, level[one]!, this.isImpatient[one] === 1);
    if (level[one]! < 255) level[one]! += 1;
    return waitMs;
  }
}
