import { formatWhole } from '../../lambdas/core/plain-words';
import { formatTenths } from './text-table';

export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressProps {
  /** Sum of the sizes of all inputs; undefined if one is a pipe. */
  readonly totalBytes: number | undefined;
  /** Standard error, so that a redirected result stays clean. */
  readonly stream: ProgressStream;
  /** Milliseconds that never run backwards. */
  readonly now: () => number;
}

export interface Progress {
  /** Both are counted from the beginning, not since the last call. */
  update(seen: { readonly bytes: number; readonly lines: number }): void;
  /** Takes the line away, so that the result stands where it stood. */
  done(): void;
}

/** Redrawn at most five times a second: a terminal over a slow connection must not slow the work. */
const REDRAW_MS = 200;
/** Before that a speed is noise. */
const SPEED_AFTER_MS = 500;
const COLUMNS_DEFAULT = 80;
/** Back to the start of the line, and clear it. */
const ERASE = '\r\u001b[2K';

/** A line on the terminal that says how far long work is; silent where there is no terminal. */
export function makeProgress({ totalBytes, stream, now }: ProgressProps): Progress {
  if (!stream.isTTY) return { update: () => undefined, done: () => undefined };
  const startMs = now();
  let drawnMs = startMs; // nothing is drawn for work that ends at once
  let isDrawn = false;
  return {
    update(seen) {
      const nowMs = now();
      if (nowMs - drawnMs < REDRAW_MS) return;
      drawnMs = nowMs;
      isDrawn = true;
      const text = progressText({ ...seen, totalBytes, elapsedMs: nowMs - startMs });
      // The last column stays free: a full line would scroll some terminals.
      const room = Math.max(0, (stream.columns || COLUMNS_DEFAULT) - 1);
      stream.write(ERASE + text.slice(0, room));
    },
    done() {
      if (isDrawn) stream.write(ERASE);
      isDrawn = false;
    },
  };
}

interface ProgressFacts {
  readonly bytes: number;
  readonly lines: number;
  readonly totalBytes: number | undefined;
  readonly elapsedMs: number;
}

/** The most useful first, because a narrow terminal cuts the end. ASCII only, one column each. */
function progressText({ bytes, lines, totalBytes, elapsedMs }: ProgressFacts): string {
  const parts = [`${formatWhole(lines)} lines`];
  const isSpeedKnown = elapsedMs >= SPEED_AFTER_MS;
  if (isSpeedKnown) parts.push(`${formatWhole((lines * 1_000) / elapsedMs)} lines/s`);
  if (!totalBytes) return [`${formatTenths(bytes / 1e6)} MB`, ...parts].join('  ');
  // A file can grow while it is read.
  const share = Math.min(1, bytes / totalBytes);
  if (isSpeedKnown && bytes > 0) {
    const leftMs = (elapsedMs * Math.max(0, totalBytes - bytes)) / bytes;
    parts.push(`${formatClock(leftMs)} left`);
  }
  return [`${Math.floor(share * 100)} %`, ...parts].join('  ');
}

function formatClock(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
