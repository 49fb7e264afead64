import type { FunctionMetrics } from '../../local/metrics-line';

export interface Percentiles {
  /** milliseconds; null if nothing was measured */
  readonly p50: number | null;
  readonly p99: number | null;
}

/** Longer delays count as this: the memory of a long run stays small. */
const DELAY_MS_MAX = 600_000;
/** What only an invocation that got its work done tells. */
const MOVING = ['LinesReceived', 'PacketsFolded'];
const RECENT_MS = 15_000;
const RECENT_MAX = 20_000;

/** What the functions say of themselves while they run: how many lines they took, and how long it took. */
export class RoadMeter {
  linesReceived = 0;
  /** when lines or packets were taken last */
  movedAtMs: number;
  /** delays in whole milliseconds, counted */
  private readonly delays = new Uint32Array(DELAY_MS_MAX + 1);
  private recent: { readonly atMs: number; readonly delayMs: number }[] = [];

  constructor(private readonly now: () => number) {
    this.movedAtMs = now();
  }

  take({ values }: Pick<FunctionMetrics, 'values'>): void {
    const atMs = this.now();
    if (MOVING.some((name) => values.has(name))) this.movedAtMs = atMs;
    for (const lines of values.get('LinesReceived') ?? []) this.linesReceived += lines;
    for (const value of values.get('LineToCountMs') ?? []) {
      const delayMs = Math.min(DELAY_MS_MAX, Math.max(0, Math.round(value)));
      this.delays[delayMs]! += 1;
      this.recent.push({ atMs, delayMs });
    }
    if (this.recent.length > RECENT_MAX) this.recent = this.recent.slice(-RECENT_MAX / 2);
  }

  /** From a line's arrival to its count, of the whole run. */
  delay(): Percentiles {
    const all = this.delays.reduce((sum, count) => sum + count, 0);
    return { p50: this.rank(Math.ceil(all * 0.5)), p99: this.rank(Math.ceil(all * 0.99)) };
  }

  /** Of the last seconds. */
  recentDelay(): Percentiles {
    const fromMs = this.now() - RECENT_MS;
    this.recent = this.recent.filter(({ atMs }) => atMs >= fromMs);
    const sorted = this.recent.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
    const rank = (n: number) => sorted[Math.ceil(n * sorted.length) - 1] ?? null;
    return { p50: rank(0.5), p99: rank(0.99) };
  }

  /** The n-th smallest delay, from 1. */
  private rank(n: number): number | null {
    if (n === 0) return null;
    for (let ms = 0, seen = 0; ms <= DELAY_MS_MAX; ms += 1) {
      seen += this.delays[ms]!;
      if (seen >= n) return ms;
    }
    return DELAY_MS_MAX;
  }
}
