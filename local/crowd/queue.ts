/** Something that happens at a time. */
export interface Timed {
  readonly atMs: number;
  /** Order of what happens at one time. */
  readonly order: number;
}

/**
 * What comes next: a binary heap by time. Times stand in a list of their own, because looking one up
 * in its item would be a cache miss at each level.
 */
export class Queue<Item extends Timed> {
  private readonly items: Item[] = [];
  private readonly times: number[] = [];

  first(): Item | undefined {
    return this.items[0];
  }

  push(item: Item): void {
    const { items, times } = this;
    times.push(item.atMs);
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.isBefore(item.atMs, item, above)) break;
      items[at] = items[above]!;
      times[at] = times[above]!;
      at = above;
    }
    items[at] = item;
    times[at] = item.atMs;
  }

  /** Takes out the first. */
  shift(): void {
    const last = this.items.pop();
    this.times.pop();
    if (last !== undefined && this.items.length > 0) this.replaceFirst(last);
  }

  /** Puts another in the place of the first (or the first itself, after its time has moved). */
  replaceFirst(item: Item): void {
    const { items, times } = this;
    const { atMs } = item;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && this.isBefore(times[below + 1]!, items[below + 1], below)) {
        below += 1;
      }
      if (this.isBefore(atMs, item, below)) break;
      items[at] = items[below]!;
      times[at] = times[below]!;
      at = below;
    }
    items[at] = item;
    times[at] = atMs;
  }

  /** Whether an item comes before the one at a position. */
  private isBefore(atMs: number, item: Item | undefined, other: number): boolean {
    const otherMs = this.times[other]!;
    return atMs < otherMs || (atMs === otherMs && item!.order < this.items[other]!.order);
  }
}
