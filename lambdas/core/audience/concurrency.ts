/** A3_concurrency: how many have a slot, held as steps up and down in blocks of slots. */
export class Concurrency {
  private readonly blocks = new Map<number, Int32Array>();

  /** One more in the slots [first, last]. */
  add(first: number, last: number): void {
    this.step(first, 1);
    this.step(last + 1, -1);
  }

  /** Calls back with slots in ascending order; slots that are left out have nobody. */
  walk(visit: (slot: number, count: number) => void): void {
    let count = 0;
    let next = 0;
    for (const block of [...this.blocks.keys()].sort((a, b) => a - b)) {
      const from = block * BLOCK_SLOTS;
      for (let slot = next; count > 0 && slot < from; slot += 1) visit(slot, count);
      const steps = this.blocks.get(block)!;
      for (let n = 0; n < BLOCK_SLOTS; n += 1) {
        count += steps[n]!;
        visit(from + n, count);
      }
      next = from + BLOCK_SLOTS;
    }
  }

  private step(slot: number, by: number): void {
    const block = Math.floor(slot / BLOCK_SLOTS);
    let steps = this.blocks.get(block);
    if (steps === undefined) {
      steps = new Int32Array(BLOCK_SLOTS);
      this.blocks.set(block, steps);
    }
    steps[slot - block * BLOCK_SLOTS]! += by;
  }
}

const BLOCK_SLOTS = 4_096;

/** A4_peak: 10 seconds. */
export const PEAK_SLOTS = 5;

export interface Peak {
  /** first slot of the window; -1 if nobody was there */
  slot: number;
  /** sum over the slots of the window */
  sum: number;
}

/**
 * Makes a visitor that finds the first window of PEAK_SLOTS slots inside [from, to) with the highest
 * sum.
 */
export function makePeakFinder(from: number, to: number) {
  const peak: Peak = { slot: -1, sum: 0 };
  const recent = new Float64Array(PEAK_SLOTS);
  let sum = 0;
  let last = -Infinity;
  const visit = (slot: number, count: number): void => {
    if (slot < from || slot >= to) return;
    if (slot - last > PEAK_SLOTS) {
      recent.fill(0);
      sum = 0;
    } else {
      for (let missed = last + 1; missed < slot; missed += 1) {
        sum -= recent[missed % PEAK_SLOTS]!;
        recent[missed % PEAK_SLOTS] = 0;
      }
    }
    sum += count - recent[slot % PEAK_SLOTS]!;
    recent[slot % PEAK_SLOTS] = count;
    last = slot;
    const start = slot - PEAK_SLOTS + 1;
    if (start >= from && sum > peak.sum) {
      peak.slot = start;
      peak.sum = sum;
    }
  };
  return { peak, visit };
}

export interface InterruptionRules {
  readonly viewersMin: number;
  readonly fallPercent: number;
}

/** An interruption in slots: [slot, end). */
export interface SlotInterruption {
  slot: number;
  end: number;
  level: number;
  lowest: number;
  recovered: boolean;
}

/** E2: 30 seconds. */
const FALL_SLOTS = 15;

/** E2_interruption over the counts of consecutive slots; `from` is the slot of counts[0]. */
export function findInterruptions(
  counts: ArrayLike<number>,
  from: number,
  { viewersMin, fallPercent }: InterruptionRules,
): SlotInterruption[] {
  const found: SlotInterruption[] = [];
  const floorOf = (level: number) => (level * (100 - fallPercent)) / 100;
  let open: SlotInterruption | undefined;
  for (let n = 0; n < counts.length; n += 1) {
    const count = counts[n]!;
    if (open !== undefined) {
      if (count > floorOf(open.level)) {
        open.end = from + n;
        open.recovered = true;
        open = undefined;
      } else open.lowest = Math.min(open.lowest, count);
      continue;
    }
    let level = 0;
    for (let back = Math.max(0, n - FALL_SLOTS); back < n; back += 1) {
      level = Math.max(level, counts[back]!);
    }
    if (level < viewersMin || count > floorOf(level)) continue;
    open = { slot: from + n, end: from + counts.length, level, lowest: count, recovered: false };
    found.push(open);
  }
  return found;
}
