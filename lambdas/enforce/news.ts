import type { BlocksStore } from '../adapters/blocks-store';
import type { ManualEntries, ManualStore } from '../adapters/manual-store';
import { forEachParallel } from '../adapters/parallel';
import type { Telemetry } from '../adapters/telemetry';
import { SuspectMemory, type ToldViewers } from '../core/guard/suspect-memory';

export interface NewsDeps {
  readonly lanes: number;
  readonly blocks: BlocksStore;
  readonly manual: ManualStore;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  readonly uptime: () => number;
}

const LANES_AT_ONCE = 16;
/** A batch may be written after a later one of its lane, by whoever was slow. Then it is found within so long. */
const LATE_MS = 30_000;
const AGAIN_MS = 10_000;
/** Lanes are marked read so often at most. */
const STATUS_MS = 5_000;

interface Cursor {
  /** sort keys above it are read each time */
  newest: string;
  /** sort keys above it are read each ten seconds */
  late: string;
  /** keys above `late`, in order, and when they were seen */
  readonly seen: Map<string, number>;
}

/**
 * What lanes and people say. Each holder of the lease begins with what the status says is dealt with: others
 * may have had the lease meanwhile.
 */
export class News {
  suspects = new SuspectMemory();
  private cursors: Cursor[] | undefined;
  private againAtMs = -Infinity;
  private statusAtMs = -Infinity;
  private entries: ManualEntries | undefined;
  private entriesText = '';
  /** what the last pass that came to its end said */
  private facts: object | undefined;
  private savedCursors = '';

  constructor(private readonly deps: NewsDeps) {}

  /** What people said; known of the last time that it could be read. */
  get manual(): ManualEntries | undefined {
    return this.entries;
  }

  /** Reads all. True if there is something new; throws if anything cannot be read (F4). */
  async read(): Promise<boolean> {
    const { manual, now } = this.deps;
    const isFirst = this.cursors === undefined;
    this.cursors ??= await this.loadCursors();
    const parts = await this.readLanes(this.cursors);
    // Not at the same time: whom a lane told after people said block must not be forgotten by the hold before.
    const entries = await manual.load(now());
    const text = JSON.stringify(entries);
    const isNew = isFirst || parts > 0 || text !== this.entriesText;
    this.entries = entries;
    this.entriesText = text;
    return isNew;
  }

  private async readLanes(cursors: readonly Cursor[]): Promise<number> {
    const { blocks, telemetry, uptime } = this.deps;
    const nowMs = uptime();
    const isAgain = nowMs - this.againAtMs >= AGAIN_MS;
    let count = 0;
    const lanes = cursors.map((cursor, lane) => ({ cursor, lane }));
    await forEachParallel(lanes, LANES_AT_ONCE, async ({ cursor, lane }) => {
      const batches = await blocks.readBatches(lane, isAgain ? cursor.late : cursor.newest);
      for (const { sk, part } of batches) {
        if (cursor.seen.has(sk)) continue;
        cursor.seen.set(sk, nowMs);
        if (sk > cursor.newest) cursor.newest = sk;
        count += 1;
        if (part === undefined) {
          telemetry.count('BatchesBad', 1);
          telemetry.error('a batch of suspects could not be read', { lane, sk });
        } else this.suspects.take(part, nowMs);
      }
    });
    if (isAgain) this.againAtMs = nowMs;
    for (const cursor of cursors) moveLate(cursor, nowMs);
    telemetry.count('BatchesRead', count);
    return count;
  }

  private async loadCursors(): Promise<Cursor[]> {
    const text = await this.deps.blocks.loadStatus();
    const { cursors = {}, presence = {} } = (text === undefined ? {} : JSON.parse(text)) as Status;
    this.suspects = new SuspectMemory(presence);
    return Array.from({ length: this.deps.lanes }, (_, lane) => {
      const at = cursors[lane] ?? '';
      return { newest: at, late: at, seen: new Map() };
    });
  }

  /**
   * Writes down what a pass says, and how far lanes are read. That is for a pass that came to its end: all that was read
   * has been planned and carried out, and a crash loses nothing of it. Who waits for room goes on or does not matter: a
   * lane tells who goes on each 10 seconds, and what was read in the last 30 is read again by whoever comes after.
   */
  async saveStatus(facts: object): Promise<void> {
    this.facts = facts;
    await this.save(() => true);
  }

  /** After a pass that found nothing new: what was seen has become old meanwhile, and need not be read again. */
  async saveProgress(): Promise<void> {
    await this.save((cursors) => cursors !== this.savedCursors);
  }

  private async save(isWorth: (cursors: string) => boolean): Promise<void> {
    const { now, uptime, blocks } = this.deps;
    const nowMs = uptime();
    if (this.cursors === undefined || this.facts === undefined) return;
    if (nowMs - this.statusAtMs < STATUS_MS) return;
    const cursors = Object.fromEntries(
      this.cursors.flatMap(({ late }, lane) => (late === '' ? [] : [[lane, late]])),
    );
    const text = JSON.stringify(cursors);
    if (!isWorth(text)) return;
    this.statusAtMs = nowMs;
    const presence = this.suspects.viewersByLane(now());
    await blocks.saveStatus(JSON.stringify({ ...this.facts, cursors, presence }));
    this.savedCursors = text;
  }
}

interface Status {
  readonly cursors?: Readonly<Record<number, string>>;
  readonly presence?: Readonly<Record<number, ToldViewers>>;
}

function moveLate(cursor: Cursor, nowMs: number): void {
  for (const [sk, atMs] of [...cursor.seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (nowMs - atMs < LATE_MS) break;
    cursor.seen.delete(sk);
    cursor.late = sk;
  }
}
