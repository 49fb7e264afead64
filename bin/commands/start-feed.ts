import type { KeyedLine } from '../../local/producer';
import type { Speed } from './start-options';

export interface FeedLine extends KeyedLine {
  /** When the edge delivers it, by the clock of the event; undefined: with the line before it. */
  readonly atMs: number | undefined;
  /** The same, of a line of an attack. */
  readonly attackAtMs?: number;
}

export interface FeedSource {
  /** The next line in the order of delivery, or undefined behind the last. */
  next(): FeedLine | undefined | Promise<FeedLine | undefined>;
  /** When the event is over: what is delivered later need not be waited for. */
  readonly endAtMs: number;
  /** Whether truth is that of the lines that were taken: before it is not, who stops takes more. @default it is */
  readonly isWhole?: () => boolean;
}

export interface FeedProps {
  readonly source: FeedSource;
  readonly speed: Speed;
  /** Keys of lines that were put before a restart. */
  readonly already: Set<string>;
  readonly put: (lines: readonly FeedLine[]) => Promise<void>;
  /** Lines that intake has taken since the feed was made. */
  readonly taken: () => number;
  /** Waits until intake has taken all. */
  readonly settle: () => Promise<void>;
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  readonly stopping: AbortSignal;
}

/** Lines that may wait before intake: some batches for each shard, and no more, however fast a log is. */
export const AHEAD_MAX = 40_000;
const BATCH_LINES_MAX = 2_000;
const BATCH_BYTES_MAX = 4 * 1_048_576;
/** How often it is looked whether lines are due, or intake has made room. */
const TICK_MS = 50;
/** Where nothing is taken for so long, the count of what was taken is not trusted. */
const STILL_MS_MAX = 15_000;

/**
 * Puts lines into the road when they are due. Lines that an earlier run has put are passed over, and what
 * they leave out is put at once; then the clock of the event goes on from there.
 */
export class Feed {
  /** Lines of the event so far, those of an earlier run included. */
  lines = 0;
  /** Lines of this run. */
  linesPut = 0;
  private held: FeedLine | undefined;
  /** the clock of the event: at `beginAtMs` of ours it was `fromMs` */
  private beginAtMs: number | undefined;
  private fromMs: number | undefined;
  private endedAtMs = Infinity;
  /** of the last line that has one */
  private lastAtMs: number | undefined;

  /** lines that intake has taken and never told of: an invocation that failed late is silent */
  private untold = 0;

  constructor(private readonly props: FeedProps) {}

  /** Comes back when all lines are put (true) or, stopped, the first `lines` of them. */
  async run(): Promise<boolean> {
    const isAll = await this.putAll();
    this.endedAtMs = this.props.now();
    return isAll;
  }

  /** Where the event is, by its own clock; undefined before the first line, and where it has none. */
  eventAtMs(): number | undefined {
    const { speed, source } = this.props;
    const atMs = speed === 'max' ? undefined : (this.clockMs() ?? this.lastAtMs);
    return atMs && Math.min(atMs, this.held?.atMs ?? Infinity, source.endAtMs);
  }

  /** How late the next line is, by our clock. */
  behindMs(): number {
    const clockMs = this.clockMs();
    if (clockMs === undefined || this.held?.atMs === undefined) return 0;
    const dueMs = Math.min(this.held.atMs, this.props.source.endAtMs);
    return Math.max(0, (clockMs - dueMs) / (this.props.speed as number));
  }

  private async putAll(): Promise<boolean> {
    const { put, pause } = this.props;
    for (;;) {
      const { batch, isEnd } = await this.takeDue();
      if (batch.length > 0) {
        await this.waitForRoom();
        await put(batch);
        this.lines += batch.length;
        this.linesPut += batch.length;
      }
      if (isEnd) {
        this.checkPassed();
        return true;
      }
      if (this.isAtStop) return false;
      if (this.held !== undefined && !this.isDue(this.held)) await pause(TICK_MS);
    }
  }

  /** What an earlier run has put is passed over to its end: what lies between must be there too. */
  private get isStopped(): boolean {
    return this.props.stopping.aborted && this.props.already.size === 0;
  }

  private get isAtStop(): boolean {
    const { isWhole = () => true } = this.props.source;
    return this.isStopped && this.held === undefined && isWhole();
  }

  private clockMs(): number | undefined {
    const { speed, now } = this.props;
    if (speed === 'max' || this.beginAtMs === undefined || this.fromMs === undefined) {
      return undefined;
    }
    return this.fromMs + (Math.min(now(), this.endedAtMs) - this.beginAtMs) * speed;
  }

  private async takeDue(): Promise<{ batch: FeedLine[]; isEnd: boolean }> {
    const { source, already } = this.props;
    const batch: FeedLine[] = [];
    let bytes = 0;
    while (batch.length < BATCH_LINES_MAX && bytes < BATCH_BYTES_MAX) {
      if (this.isAtStop) break;
      const next = this.held ?? source.next();
      const line = next instanceof Promise ? await next : next;
      this.held = line;
      if (line === undefined) return { batch, isEnd: true };
      if (already.delete(line.key)) this.lines += 1;
      else {
        if (already.size === 0) this.beginAt(line.atMs);
        // Who stops puts the line at hand too: a crowd's truth has what was taken of it.
        if (!this.isDue(line) && !this.isStopped) break;
        batch.push(line);
        bytes += line.line.length;
      }
      this.lastAtMs = line.atMs ?? this.lastAtMs;
      this.held = undefined;
    }
    return { batch, isEnd: false };
  }

  /** The clock begins to run with the first line that no earlier run has put. */
  private beginAt(atMs: number | undefined): void {
    this.beginAtMs ??= this.props.now();
    this.fromMs ??= this.lastAtMs ?? atMs;
  }

  private isDue({ atMs }: FeedLine): boolean {
    const clockMs = this.clockMs();
    if (atMs === undefined || clockMs === undefined) return true;
    return Math.min(atMs, this.props.source.endAtMs) <= clockMs;
  }

  private async waitForRoom(): Promise<void> {
    const { taken, now, pause, settle } = this.props;
    let seen = taken();
    for (let sinceMs = now(); this.linesPut - this.untold - seen > AHEAD_MAX;) {
      if (now() - sinceMs > STILL_MS_MAX) {
        await settle();
        this.untold = this.linesPut - taken();
        return;
      }
      await pause(TICK_MS);
      if (taken() !== seen) sinceMs = now();
      seen = taken();
    }
  }

  private checkPassed(): void {
    const { size } = this.props.already;
    if (size === 0) return;
    throw new Error(
      `the road holds ${size} lines that this run does not have, expected the lines of one run`,
    );
  }
}
