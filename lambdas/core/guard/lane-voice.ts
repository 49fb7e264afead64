import { N, type SourceCell } from './source-cells';
import { WINDOW_SLOTS } from './source-windows';

/** Requests of a source that were refused, by slot. */
interface Refused {
  readonly hi: number;
  readonly lo: number;
  readonly slots: Map<number, number>;
}

/** Conforming viewers of a source now. */
type ViewersOf = (hi: number, lo: number) => number;

/** F3 looks at the 30 seconds after a push: that more are refused is told at once, how many each 10 seconds. */
const REFUSED_SLOTS = 2;
const REFUSED_AGAIN_SLOTS = 5;
/** F1 counts viewers of lanes that spoke in the last 5 minutes. */
const BEAT_SLOTS = 30;
/** So long after a suspect a lane goes on to speak: a batch is a write, and wakes enforce. */
const BEATING_SLOTS = 300;
/** Sources that are refused at once; a lane has fewer. */
const SOURCES_MAX = 65_536;

/**
 * When a lane speaks though it has no suspect to tell: each minute for a while, so that it is known how many watch, and
 * within seconds while viewers are refused. An origin that fails and a final whistle refuse nobody, so that is
 * what a mistake of ours looks like (F3).
 */
export class LaneVoice {
  private readonly sources = new Map<string, Refused>();
  private lookedAt = -Infinity;
  private refusedTold = 0;
  private spokeAt = -Infinity;
  private suspectAt = -Infinity;
  private hasSpoken = false;
  private isOwed = false;

  /** What packets say of sources that were refused. */
  note(cells: readonly SourceCell[], nowSlot: number): void {
    for (const { hi, lo, slot, counts } of cells) {
      const requests = counts[N.refused]!;
      if (requests === 0) continue;
      const key = `${hi} ${lo}`;
      let known = this.sources.get(key);
      if (known === undefined) {
        if (this.sources.size >= SOURCES_MAX) continue;
        this.sources.set(key, (known = { hi, lo, slots: new Map() }));
      }
      const at = Math.min(slot, nowSlot);
      known.slots.set(at, (known.slots.get(at) ?? 0) + requests);
    }
  }

  /**
   * Conforming viewers behind sources that were refused in the window, of each source no more than requests were refused
   * to it; or undefined if there is nothing to say.
   */
  speak(
    nowSlot: number,
    { hasSuspects, isDue }: { readonly hasSuspects: boolean; readonly isDue: boolean },
    viewersOf: ViewersOf,
  ): number | undefined {
    this.hasSpoken = false;
    if (hasSuspects) this.suspectAt = nowSlot;
    const isBeating = nowSlot <= this.suspectAt + BEATING_SLOTS;
    const isBeat = isBeating && nowSlot >= this.spokeAt + BEAT_SLOTS;
    const refused = this.look(nowSlot, viewersOf);
    // That there are none any more is told once.
    const isMore = refused !== undefined && refused > this.refusedTold;
    const isAgain = nowSlot >= this.spokeAt + REFUSED_AGAIN_SLOTS;
    const isNews = isMore || (refused !== undefined && isAgain && refused + this.refusedTold > 0);
    if (!hasSuspects && !isDue && !isBeat && !isNews && !this.isOwed) return undefined;
    this.isOwed = false;
    this.hasSpoken = true;
    this.spokeAt = nowSlot;
    this.refusedTold = refused ?? this.refusedTold;
    return this.refusedTold;
  }

  /** What the last fold said was not heard. */
  untell(): void {
    this.isOwed ||= this.hasSpoken;
  }

  private look(nowSlot: number, viewersOf: ViewersOf): number | undefined {
    if (nowSlot < this.lookedAt + REFUSED_SLOTS) return undefined;
    this.lookedAt = nowSlot;
    let sum = 0;
    for (const [key, { hi, lo, slots }] of this.sources) {
      const requests = requestsAfter(slots, nowSlot - WINDOW_SLOTS);
      if (requests === 0) this.sources.delete(key);
      // Of a crowd behind one address somebody may be refused for another reason, and all others watch.
      else sum += Math.min(requests, viewersOf(hi, lo));
    }
    return sum;
  }
}

/** What is older is forgotten. */
function requestsAfter(slots: Map<number, number>, slot: number): number {
  let sum = 0;
  for (const [at, requests] of slots) {
    if (at <= slot) slots.delete(at);
    else sum += requests;
  }
  return sum;
}
