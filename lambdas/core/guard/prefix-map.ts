import { type Prefix, widen } from './prefix';

/**
 * Which of many prefixes hold a given one: a look-up for each length that occurs. A table of numbers and no Map of
 * Maps, because a pass fills one with every block that is in force.
 */
export class PrefixMap<T> {
  private readonly values: T[] = [];
  private hi = new Uint32Array(64);
  private lo = new Uint32Array(64);
  /** version x 128 + bits */
  private length = new Uint16Array(64);
  private index = new Int32Array(128).fill(-1);
  /** lengths of each family in the order in which they came first */
  private readonly lengths: Record<4 | 6, number[]> = { 4: [], 6: [] };

  add(prefix: Prefix, value: T): void {
    const { version, hi, lo, bits } = prefix;
    const place = this.placeOf(hi, lo, version * 128 + bits);
    if (this.index[place]! >= 0) {
      this.values[this.index[place]!] = value;
      return;
    }
    if (!this.lengths[version].includes(bits)) this.lengths[version].push(bits);
    const n = this.values.push(value) - 1;
    if (n === this.hi.length) this.grow();
    this.hi[n] = hi;
    this.lo[n] = lo;
    this.length[n] = version * 128 + bits;
    this.index[this.placeOf(hi, lo, version * 128 + bits)] = n;
  }

  /** The value of any prefix that holds this one or is it. */
  holderOf(prefix: Prefix): T | undefined {
    for (const bits of this.lengths[prefix.version]) {
      if (bits > prefix.bits) continue;
      const { version, hi, lo } = widen(prefix, bits);
      const n = this.index[this.placeOf(hi, lo, version * 128 + bits)]!;
      if (n >= 0) return this.values[n];
    }
    return undefined;
  }

  /** Where it stands, or would. */
  private placeOf(hi: number, lo: number, length: number): number {
    const mask = this.index.length - 1;
    const mixed = Math.imul(Math.imul(hi, 0x9e3779b1) ^ lo, 0x85ebca6b) ^ length;
    for (let place = (mixed ^ (mixed >>> 15)) & mask; ; place = (place + 1) & mask) {
      const n = this.index[place]!;
      if (n < 0) return place;
      if (this.lo[n] === lo && this.hi[n] === hi && this.length[n] === length) return place;
    }
  }

  private grow(): void {
    const size = this.hi.length * 2;
    const [hi, lo, length] = [this.hi, this.lo, this.length];
    this.hi = new Uint32Array(size);
    this.lo = new Uint32Array(size);
    this.length = new Uint16Array(size);
    this.hi.set(hi);
    this.lo.set(lo);
    this.length.set(length);
    this.index = new Int32Array(size * 2).fill(-1);
    for (let n = 0; n < hi.length; n += 1) {
      this.index[this.placeOf(hi[n]!, lo[n]!, length[n]!)] = n;
    }
  }
}
