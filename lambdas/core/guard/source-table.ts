import { grow } from '../audience/interval-pool';
import { N, type SourceCell } from './source-cells';
import {
  S,
  SOURCE_WORDS,
  type SourceFacts,
  type TotalCount,
  addToWindows,
  factsOf,
  longCount,
  longSeconds,
  quarterMinutes,
  totalCount,
  windowHits,
} from './source-windows';

/** Twice the long window, and what the clock of an edge may be ahead. */
const SILENT_SLOTS = 90;
const MINUTE_SLOTS = 30;

/**
 * The sources of a lane, a bounded number of them: Space-Saving, with the places of the lowest quarter
 * freed at once. Who is new in a full table carries as `error` what the forgotten may have had.
 */
export class SourceTable {
  words = new Uint32Array(SOURCE_WORDS * 64);
  /** sources that were forgotten */
  dropped = 0;
  /** of them, those that were there in the last minute, or had media and so may have viewers */
  missed = 0;
  private count = 0;
  private error = 0;
  private index = new Int32Array(128).fill(-1);

  constructor(private readonly sourcesMax: number) {}

  get size(): number {
    return this.count;
  }

  get bytesUsed(): number {
    return this.words.length * 4 + this.index.length * 4;
  }

  /** Adds what an interval saw of a source; returns where the source stands until the next call. */
  add(cell: SourceCell): number {
    const at = this.placeOf(cell);
    addToWindows(this.words, at, cell);
    return at;
  }

  each(visit: (at: number) => void): void {
    for (let n = 0; n < this.count; n += 1) visit(n * SOURCE_WORDS);
  }

  /** Hits in the window that ends with the source's newest hit. */
  windowHits(at: number): number {
    return windowHits(this.words, at);
  }

  longSeconds(at: number): number {
    return longSeconds(this.words, at);
  }

  /** A count of the long window. */
  long(at: number, n: number): number {
    return longCount(this.words, at, n);
  }

  total(at: number, n: TotalCount): number {
    return totalCount(this.words, at, n);
  }

  quarterMinutes(at: number): number {
    return quarterMinutes(this.words, at);
  }

  factsOf(at: number): SourceFacts {
    return factsOf(this.words, at);
  }

  /** Where a source stands until the next `add`; -1 if it is not known. */
  find(hi: number, lo: number): number {
    const { index, words } = this;
    const mask = index.length - 1;
    for (let n = hash(hi, lo) & mask; index[n]! >= 0; n = (n + 1) & mask) {
      const at = index[n]!;
      if (words[at] === hi && words[at + 1] === lo) return at;
    }
    return -1;
  }

  private placeOf({ hi, lo, slot }: SourceCell): number {
    const known = this.find(hi, lo);
    if (known >= 0) return known;
    if (this.count >= this.sourcesMax) this.dropLowest();
    return this.insert(hi, lo, slot);
  }

  private insert(hi: number, lo: number, slot: number): number {
    if ((this.count + 1) * 3 > this.index.length * 2) {
      this.index = new Int32Array(this.index.length * 2);
      this.reindex();
    }
    const at = this.count * SOURCE_WORDS;
    if (at + SOURCE_WORDS > this.words.length) this.words = grow(this.words);
    this.words.fill(0, at, at + SOURCE_WORDS);
    this.words[at] = hi;
    this.words[at + 1] = lo;
    this.words[at + S.firstSlot] = slot;
    this.words[at + S.error] = this.error;
    this.count += 1;
    this.putIndex(at);
    return at;
  }

  private dropLowest(): void {
    const newest = this.newestSlot();
    const weights = this.weights(newest);
    const goes = Math.max(1, Math.floor(this.count / 4));
    const limit = weights.slice().sort()[goes - 1]!;
    // Of those at the limit as many as are missing when all below have gone.
    let left = goes - weights.filter((weight) => weight < limit).length;
    let kept = 0;
    for (let n = 0; n < this.count; n += 1) {
      const isSpared = weights[n]! > limit || (weights[n] === limit && left <= 0);
      if (!isSpared) {
        if (weights[n] === limit) left -= 1;
        if (this.isMissed(n * SOURCE_WORDS, newest)) this.missed += 1;
        continue;
      }
      this.words.copyWithin(kept * SOURCE_WORDS, n * SOURCE_WORDS, (n + 1) * SOURCE_WORDS);
      kept += 1;
    }
    this.error = Math.max(this.error, limit);
    this.dropped += this.count - kept;
    this.count = kept;
    this.reindex();
  }

  private newestSlot(): number {
    let newest = 0;
    this.each((at) => (newest = Math.max(newest, this.words[at + S.lastSlot]!)));
    return newest;
  }

  private isMissed(at: number, newest: number): boolean {
    return this.words[at + S.lastSlot]! > newest - MINUTE_SLOTS || this.total(at, N.media) > 0;
  }

  /** Hits in the long window; of who has been silent, none. */
  private weights(newest: number): Uint32Array {
    return Uint32Array.from({ length: this.count }, (_, n) => {
      const at = n * SOURCE_WORDS;
      const isSilent = this.words[at + S.lastSlot]! < newest - SILENT_SLOTS;
      return isSilent ? 0 : this.long(at, N.hits);
    });
  }

  private reindex(): void {
    this.index.fill(-1);
    for (let n = 0; n < this.count; n += 1) this.putIndex(n * SOURCE_WORDS);
  }

  private putIndex(at: number): void {
    const mask = this.index.length - 1;
    let n = hash(this.words[at]!, this.words[at + 1]!) & mask;
    while (this.index[n]! >= 0) n = (n + 1) & mask;
    this.index[n] = at;
  }
}

function hash(hi: number, lo: number): number {
  const mixed = Math.imul(Math.imul(hi, 0x9e3779b1) ^ lo, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
