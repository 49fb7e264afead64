/**
 * Keeps what was found out about a piece of a line (an agent, a path, an edge location), so that it
 * is found out once. Keys are bytes, compared in full: two agents whose hashes collide stay two. A
 * flood of new keys empties the cache, which costs time and never changes an answer, because a
 * value is a function of its key.
 */
export class ByteCache<Value> {
  private readonly table: Int32Array;
  private readonly mask: number;
  private readonly hashes: Int32Array;
  private readonly offsets: Int32Array;
  private readonly values: Value[] = [];
  private arena = new Uint8Array(65_536);
  private used = 0;

  /** @param entriesMax a power of two */
  constructor(private readonly entriesMax: number) {
    this.mask = entriesMax * 4 - 1;
    this.table = new Int32Array(entriesMax * 4).fill(-1);
    this.hashes = new Int32Array(entriesMax);
    this.offsets = new Int32Array(entriesMax + 1);
  }

  /** The value of the key a + b (two pieces of `bytes`, either may be empty), made when it is new. */
  get(
    bytes: Uint8Array,
    aStart: number,
    aEnd: number,
    bStart: number,
    bEnd: number,
    make: () => Value,
  ): Value {
    const hash = mix(mix(aEnd - aStart, bytes, aStart, aEnd), bytes, bStart, bEnd);
    let place = (hash ^ (hash >>> 15)) & this.mask;
    for (let probes = 0; ; probes += 1) {
      const n = this.table[place]!;
      if (n < 0) break;
      if (probes === PROBES_MAX) return make();
      if (this.hashes[n] === hash && this.isKey(n, bytes, aStart, aEnd, bStart, bEnd)) {
        return this.values[n]!;
      }
      place = (place + 1) & this.mask;
    }
    const value = make();
    if (this.values.length === this.entriesMax) {
      this.clear();
      place = (hash ^ (hash >>> 15)) & this.mask;
    }
    this.put(place, hash, value, bytes, aStart, aEnd, bStart, bEnd);
    return value;
  }

  private isKey(
    n: number,
    bytes: Uint8Array,
    aStart: number,
    aEnd: number,
    bStart: number,
    bEnd: number,
  ): boolean {
    const { arena } = this;
    let at = this.offsets[n]!;
    if (this.offsets[n + 1]! - at !== aEnd - aStart + bEnd - bStart) return false;
    for (let p = aStart; p < aEnd; p += 1, at += 1) if (arena[at] !== bytes[p]) return false;
    for (let p = bStart; p < bEnd; p += 1, at += 1) if (arena[at] !== bytes[p]) return false;
    return true;
  }

  private put(
    place: number,
    hash: number,
    value: Value,
    bytes: Uint8Array,
    aStart: number,
    aEnd: number,
    bStart: number,
    bEnd: number,
  ): void {
    const n = this.values.length;
    const length = aEnd - aStart + bEnd - bStart;
    while (this.used + length > this.arena.length) {
      const larger = new Uint8Array(this.arena.length * 2);
      larger.set(this.arena);
      this.arena = larger;
    }
    for (let p = aStart; p < aEnd; p += 1) this.arena[this.used++] = bytes[p]!;
    for (let p = bStart; p < bEnd; p += 1) this.arena[this.used++] = bytes[p]!;
    this.values.push(value);
    this.hashes[n] = hash;
    this.offsets[n + 1] = this.used;
    this.table[place] = n;
  }

  private clear(): void {
    this.table.fill(-1);
    this.values.length = 0;
    this.used = 0;
  }
}

/**
 * A hash of the ends and the middle of a piece: agents are long, and what tells two of them apart
 * seldom stands nowhere else. Keys are compared in full, so a poor hash costs time only, and
 * PROBES_MAX bounds that.
 */
function mix(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = seed;
  const length = end - start;
  if (length <= SAMPLE_BYTES) {
    for (let p = start; p < end; p += 1) hash = Math.imul(hash ^ bytes[p]!, 0x01000193);
  } else {
    const middle = start + (length >>> 1);
    for (let n = 0; n < 8; n += 1) {
      hash = Math.imul(hash ^ bytes[start + n]! ^ (bytes[middle + n]! << 8), 0x01000193);
      hash = Math.imul(hash ^ bytes[end - 1 - n]! ^ (bytes[end - 9 - n]! << 8), 0x01000193);
    }
  }
  return Math.imul(hash ^ (hash >>> 13), 0x85ebca6b);
}

const SAMPLE_BYTES = 32;
/** Keys that hash alike beyond this many are not kept, and found out each time. */
const PROBES_MAX = 64;
