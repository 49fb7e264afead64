import { N, SLOT_MS, type SourceCell } from './source-cells';

/** Half an hour, and what presence reaches beyond it. */
const RECENT_SLOTS = 930;
/** Presence reaches as far beyond its last hit as the longest segment (30 s), and shards are not at one time. */
const MARGIN_MS = 60_000;
const NETWORKS_MAX = 32_768;
const V4_HI = 0xffff;
/** Before it nobody had media. */
const FIRST_VERSION = 1;

/** What a fold of a lane tells of itself. */
export interface WatchedStep {
  readonly version: number;
  /** Packets had no room for all sources. */
  readonly isCut: boolean;
  readonly nowSlot: number;
  readonly newestMs: number;
}

/**
 * The networks (/20, /40) of a lane in which somebody had media, by themselves. Stored viewers know theirs by 16 bits
 * of a keyed hash alone, which many networks share: whoever has had media since this began to look is told apart here,
 * and only of those who left before it must the hash be believed.
 */
export class WatchedNetworks {
  /** by network: the slot of its last media, the oldest first as far as slots came in order */
  private readonly lastSlot = new Map<number, number>();
  private fromSlot = -Infinity;
  /** that the next fold has if nobody else has had the lane since the last one */
  private nextVersion = FIRST_VERSION;

  constructor(private readonly networksMax = NETWORKS_MAX) {}

  note(cells: readonly SourceCell[], { version, isCut, nowSlot, newestMs }: WatchedStep): void {
    // Others had the lane, or there was no room for all: who had media up to now may not be here.
    if (isCut || version !== this.nextVersion) this.fromSlot = Math.floor(newestMs / SLOT_MS);
    this.nextVersion = version + 1;
    for (const { hi, lo, slot: given, counts } of cells) {
      if (counts[N.media] === 0) continue;
      const slot = Math.min(given, nowSlot);
      const key = keyOf(hi, lo);
      const before = this.lastSlot.get(key);
      if (before !== undefined && before >= slot) continue;
      this.lastSlot.delete(key);
      this.lastSlot.set(key, slot);
    }
    this.forgetOldest(nowSlot);
  }

  /** The version of the last fold was not written: by nobody, or by others. */
  untell(): void {
    this.nextVersion -= 1;
  }

  /** Whether anybody of the network of an address had media in the half hour before a slot. */
  has(hi: number, lo: number, nowSlot: number): boolean {
    const slot = this.lastSlot.get(keyOf(hi, lo));
    return slot !== undefined && slot >= nowSlot - RECENT_SLOTS;
  }

  /** Whose presence ended before this (ms) may have had it unseen. */
  get sureFromMs(): number {
    return this.fromSlot * SLOT_MS + MARGIN_MS;
  }

  /** What is too much is forgotten, and then not known to be unwatched. */
  private forgetOldest(nowSlot: number): void {
    for (const [key, slot] of this.lastSlot) {
      const isOld = slot < nowSlot - RECENT_SLOTS;
      if (!isOld && this.lastSlot.size <= this.networksMax) return;
      this.lastSlot.delete(key);
      if (!isOld) this.fromSlot = Math.max(this.fromSlot, slot + 1);
    }
  }
}

/** A /20 below zero, a /40 from zero on: 40 bits are a number. */
function keyOf(hi: number, lo: number): number {
  return hi === V4_HI ? -1 - (lo >>> 12) : hi * 256 + (lo >>> 24);
}
