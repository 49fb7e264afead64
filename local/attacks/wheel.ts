/** 65 s ahead; who is due later is passed over once in each round. */
const SLOTS = 65_536;

/**
 * Whose turn it is, for millions who each wait for one moment: one list for each millisecond of a minute. A
 * binary heap of a million costs some twenty comparisons for each turn, this costs one or two.
 */
export class Wheel {
  /** of the turn that was taken last, in milliseconds from 0 */
  now = 0;
  private size = 0;
  private readonly heads = new Int32Array(SLOTS).fill(-1);
  private readonly behind: Int32Array;
  private readonly dueMs: Int32Array;
  /** those of this millisecond who were not looked at yet */
  private rest = -1;
  private isOpened = false;

  constructor(count: number) {
    this.behind = new Int32Array(count);
    this.dueMs = new Int32Array(count);
  }

  /** One who waits for nothing yet; whole milliseconds after `now`, or `now` before the first turn. */
  push(one: number, dueMs: number): void {
    // It would wait in a list that nobody opens again.
    if (dueMs < this.now || (this.isOpened && dueMs === this.now)) {
      throw new Error(`due of a turn: got ${dueMs}, expected later than ${this.now}`);
    }
    this.size += 1;
    this.dueMs[one] = dueMs;
    this.link(one, dueMs & (SLOTS - 1));
  }

  /** Who is next, or -1 if nobody waits. */
  shift(): number {
    while (this.size > 0) {
      const one = this.rest;
      if (one === -1) {
        this.rest = this.openSlot();
        continue;
      }
      this.rest = this.behind[one]!;
      if (this.dueMs[one] === this.now) {
        this.size -= 1;
        return one;
      }
      this.link(one, this.now & (SLOTS - 1));
    }
    return -1;
  }

  /** Moves on to the next millisecond that somebody may wait for. */
  private openSlot(): number {
    const { heads } = this;
    let slot = this.now & (SLOTS - 1);
    // A slot that was gone through holds those of later rounds alone.
    if (this.isOpened) {
      this.now += 1;
      slot = this.now & (SLOTS - 1);
    }
    while (heads[slot] === -1) {
      this.now += 1;
      slot = this.now & (SLOTS - 1);
    }
    this.isOpened = true;
    const head = heads[slot]!;
    heads[slot] = -1;
    return head;
  }

  private link(one: number, slot: number): void {
    this.behind[one] = this.heads[slot]!;
    this.heads[slot] = one;
  }
}
