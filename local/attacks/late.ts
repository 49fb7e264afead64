/**
 * Streams that begin late: no attacks, and yet nobody there has media. `late-start`: playlists are answered 404
 * until the stream begins. `stall`: they are served and stand still, from the first moment or from a later one on.
 */
import { type Ask, LIVE_HOST } from './edge-text';
import { kickOffMs } from './schedule';

export const LATE_SHAPES = ['late-start', 'stall'] as const;
export type LateShape = (typeof LATE_SHAPES)[number];

/** The time without a stream, in milliseconds from the first moment. */
export interface Wait {
  readonly shape: '404' | 'still';
  readonly fromMs: number;
  readonly toMs: number;
}

/** How late the interview of 2024 began. */
const LATE_SECONDS = 42 * 60;
/** Of a shorter event, so that its end shows the stream. */
const LATE_SHARE = 0.8;

/** Behind kick-off the wait takes 42 minutes, or four fifths of an event that has less. */
export function waitOf(
  shape: LateShape,
  { seconds, fromSecond = 0 }: { seconds: number; fromSecond?: number | undefined },
): Wait {
  const fromMs = shape === 'stall' ? Math.round(fromSecond * 1000) : 0;
  const announcedMs = Math.max(fromMs, kickOffMs(seconds));
  const restMs = Math.floor(LATE_SHARE * (seconds * 1000 - announcedMs));
  const toMs = announcedMs + Math.min(LATE_SECONDS * 1000, restMs);
  return { shape: shape === 'stall' ? 'still' : '404', fromMs, toMs };
}

/** Whether a bot asks for what is not there: the stream, or in front of playlists that stand still a new segment. */
export function isAbsent({ host, path }: Ask, { shape, fromMs, toMs }: Wait, nowMs: number) {
  if (host !== LIVE_HOST || nowMs < fromMs || nowMs >= toMs) return false;
  return shape === '404' || !path.endsWith('.m3u8');
}
