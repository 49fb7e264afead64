/**
 * How far attack requests that are served fall once the first attacker is blocked: in the 10 s from 15 s after the
 * edge has the first block on, against the 5 s before it, as in bench/GUARD.md. By the clock on the wall.
 */
export interface FallReport {
  readonly beforePerSecond: number;
  readonly afterPerSecond: number;
  readonly percent: number;
}

const BEFORE_MS = 5_000;
const WAIT_MS = 15_000;
const AFTER_MS = 10_000;
const PLACE_MS = 250;

export class AttackFall {
  /** served, by quarters of a second */
  private readonly served = new Map<number, number>();
  private firstBlockAtMs: number | undefined;
  private lastAtMs = -Infinity;

  /** A request of the attack. */
  note(atMs: number, isServed: boolean): void {
    this.lastAtMs = Math.max(this.lastAtMs, atMs);
    if (!isServed) return;
    const place = Math.floor(atMs / PLACE_MS);
    this.served.set(place, (this.served.get(place) ?? 0) + 1);
  }

  /** An attacker is blocked at the edge from here on; the first counts. */
  noteBlock(atMs: number): void {
    this.firstBlockAtMs ??= atMs;
  }

  /** undefined if nobody was blocked, or the attack was over too soon after it */
  report(): FallReport | undefined {
    const { firstBlockAtMs: at, lastAtMs } = this;
    if (at === undefined || lastAtMs < at + WAIT_MS + AFTER_MS) return undefined;
    const before = this.servedIn(at - BEFORE_MS, at) / (BEFORE_MS / 1_000);
    const from = at + WAIT_MS;
    const after = this.servedIn(from, from + AFTER_MS) / (AFTER_MS / 1_000);
    if (before === 0) return undefined;
    return { beforePerSecond: before, afterPerSecond: after, percent: 100 * (1 - after / before) };
  }

  private servedIn(fromMs: number, toMs: number): number {
    const [from, to] = [Math.floor(fromMs / PLACE_MS), Math.floor(toMs / PLACE_MS)];
    let sum = 0;
    for (let place = from; place < to; place += 1) sum += this.served.get(place) ?? 0;
    return sum;
  }
}
