/** When a batch of an event source goes to its function. */
export interface BatchLimits {
  readonly batchSize: number;
  /** from the moment that the first record of the batch was read */
  readonly windowMs: number;
  /** of the whole event as JSON */
  readonly bytesMax: number;
}

export interface Sized<R> {
  readonly record: R;
  /** as JSON */
  readonly bytes: number;
  readonly readAtMs: number;
}

export interface Batch<R> {
  readonly records: readonly R[];
  /** of the event as JSON */
  readonly bytes: number;
}

export interface Batcher<R> {
  /** records that wait */
  readonly size: number;
  add(record: Sized<R>): void;
  /** The next batch if it is full, its window is over, or (`isEnd`) nothing more can come. */
  take(nowMs: number, isEnd: boolean): Batch<R> | undefined;
  /** Until the window is over; undefined if nothing waits. */
  dueInMs(nowMs: number): number | undefined;
}

/** `{"Records":[` and `]}` */
const FRAME_BYTES = 14;

/**
 * Collects the records of one shard into batches. A record that does not fit opens the next batch; one
 * that is too large by itself goes alone, and is the function's to refuse.
 */
export function makeBatcher<R>({ batchSize, windowMs, bytesMax }: BatchLimits): Batcher<R> {
  let waiting: Sized<R>[] = [];
  return {
    get size() {
      return waiting.length;
    },
    add: (record) => void waiting.push(record),
    take(nowMs, isEnd) {
      const [first] = waiting;
      if (first === undefined) return undefined;
      let bytes = FRAME_BYTES + first.bytes;
      let count = 1;
      for (; count < waiting.length && count < batchSize; count += 1) {
        const withNext = bytes + 1 + waiting[count]!.bytes; // 1: the comma
        if (withNext > bytesMax) break;
        bytes = withNext;
      }
      const isFull = count === batchSize || count < waiting.length;
      if (!isFull && !isEnd && nowMs < first.readAtMs + windowMs) return undefined;
      const records = waiting.slice(0, count).map(({ record }) => record);
      waiting = waiting.slice(count);
      return { records, bytes };
    },
    dueInMs(nowMs) {
      const [first] = waiting;
      return first && Math.max(0, first.readAtMs + windowMs - nowMs);
    },
  };
}
