/**
 * Lists of intervals, packed in one growing Uint32Array. An interval is [first, last] (closed) and
 * payload words; a list is sorted, and its intervals are further apart than its gap. Adding an
 * interval joins all that lie within the gap of it: single linkage, so the result is a function of
 * the set of intervals, whatever their order and however often each was added.
 */
export class IntervalPool {
  words = new Uint32Array(1_024);
  private used = 1; // offset 0 means "nothing"
  /** offsets of free blocks, by size in words */
  private readonly free = new Map<number, number[]>();

  allocate(size: number): number {
    const offset = this.free.get(size)?.pop();
    if (offset !== undefined) return offset;
    while (this.used + size > this.words.length) this.words = grow(this.words);
    this.used += size;
    return this.used - size;
  }

  release(offset: number, size: number): void {
    const list = this.free.get(size);
    if (list === undefined) this.free.set(size, [offset]);
    else list.push(offset);
  }

  get bytesUsed(): number {
    return this.used * 4;
  }
}

/** Twice as large, with the same words at its beginning. */
export function grow(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(words.length * 2);
  larger.set(words);
  return larger;
}

/** The top bit of an interval's last word is free for a flag; times and slots stay below it. */
export const LAST_MASK = 0x7fffffff;

/** Joins the payload and bounds of the interval at `from` into the one at `into`. */
export type Join = (target: Uint32Array, into: number, source: Uint32Array, from: number) => void;

/** Bounds only: runs of slots, clusters of page deliveries. */
export const joinRun: Join = (target, into, source, from) => {
  if (source[from]! < target[into]!) target[into] = source[from]!;
  if (source[from + 1]! > target[into + 1]!) target[into + 1] = source[from + 1]!;
};
