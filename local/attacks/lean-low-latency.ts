/**
 * People of a lean crowd in front of a low-latency stream: sound and picture apart, in each part's time both
 * playlists, held by the server until the part is there (`_HLS_msn`, `_HLS_part`), and then both parts. Who pauses
 * goes on with the playlists, as players do, and takes no media until the pause ends.
 */
import type { Verdict } from '../crowd/answer';
import type { Chance } from '../crowd/chance';
import { type Ask, HLS, LIVE_HOST, setAnswer, setAsk } from './edge-text';

const SEGMENT_MS = 6000;
const MP4 = 'video/mp4';
/** Of those who play, how long until a pause, on average; and how long it takes. */
const PLAY_MS = 90_000;
const PAUSE_MS = 90_000;
const RETRY_MS = 1000;

const PHASE = { master: 0, pictureList: 1, soundList: 2, picture: 3, sound: 4 } as const;

export interface LowLatencyStage {
  readonly chance: Chance;
  readonly startAtMs: number;
  readonly blockStatus: string;
}

export class LowLatencyPlayers {
  private readonly phase: Uint8Array;
  private readonly hasPlayed: Uint8Array;
  private readonly isPaused: Uint8Array;
  /** when the person pauses or goes on, and when the next part is there */
  private readonly turnsMs: Float64Array;
  private readonly dueMs: Float64Array;
  /** People who got at least one part. */
  played = 0;

  constructor(
    private readonly stage: LowLatencyStage,
    count: number,
    private readonly partMs: number,
  ) {
    const bytes = () => new Uint8Array(count);
    [this.phase, this.hasPlayed, this.isPaused] = [bytes(), bytes(), bytes()];
    this.turnsMs = new Float64Array(count);
    this.dueMs = new Float64Array(count);
  }

  /** Writes what the person asks for now and how it is answered; answers milliseconds to its next. */
  step(one: number, nowMs: number, verdict: Verdict, ask: Ask): number {
    this.write(one, nowMs, ask);
    if (verdict === 'served') return this.goOn(one, nowMs);
    if (verdict === 'refused') setAnswer(ask, this.stage.blockStatus, 'Error', 'text/html');
    else setAnswer(ask, '503', 'OriginError', 'text/html');
    return RETRY_MS;
  }

  private write(one: number, nowMs: number, ask: Ask): void {
    const part = Math.floor((this.stage.startAtMs + nowMs) / this.partMs);
    const perSegment = SEGMENT_MS / this.partMs;
    const [segment, k] = [Math.floor(part / perSegment), Math.floor(part % perSegment)];
    const phase = this.phase[one]!;
    const track = phase === PHASE.soundList || phase === PHASE.sound ? 'audio' : '720p';
    if (phase === PHASE.master) setAsk(ask, LIVE_HOST, '/live/final/main.m3u8', HLS);
    else if (phase === PHASE.pictureList || phase === PHASE.soundList) {
      setAsk(ask, LIVE_HOST, `/live/final/${track}/index.m3u8`, HLS);
      ask.query = `_HLS_msn=${segment}&_HLS_part=${k}`;
    } else setAsk(ask, LIVE_HOST, `/live/final/${track}/seg_${segment}_part${k}.m4s`, MP4);
  }

  private goOn(one: number, nowMs: number): number {
    const { phase, dueMs } = this;
    const soonMs = 10 + this.stage.chance.int(40);
    if (phase[one] === PHASE.master) {
      this.turnsMs[one] = nowMs + this.stage.chance.exponential(PLAY_MS);
      dueMs[one] = nowMs;
    }
    if (phase[one] === PHASE.sound) this.hasMedia(one);
    const isLast = phase[one] === (this.isPaused[one] === 1 ? PHASE.soundList : PHASE.sound);
    if (!isLast) {
      phase[one]! += 1;
      return soonMs;
    }
    this.turn(one, nowMs);
    phase[one] = PHASE.pictureList;
    dueMs[one]! += this.partMs;
    return Math.max(soonMs, Math.round(dueMs[one]! - nowMs));
  }

  private turn(one: number, nowMs: number): void {
    if (nowMs < this.turnsMs[one]!) return;
    const isPaused = this.isPaused[one] === 0;
    this.isPaused[one] = isPaused ? 1 : 0;
    this.turnsMs[one] = nowMs + this.stage.chance.exponential(isPaused ? PAUSE_MS : PLAY_MS);
  }

  private hasMedia(one: number): void {
    if (this.hasPlayed[one] === 1) return;
    this.hasPlayed[one] = 1;
    this.played += 1;
  }
}
