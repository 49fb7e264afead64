import { grow } from '../audience/interval-pool';
import { N, SOURCE_COUNTS, type SourceCell } from './source-cells';

/** The window: 5 slots of 2 seconds. */
export const WINDOW_SLOTS = 5;
/** The long window is this half minute and the one before: 30 to 60 seconds. */
const HALF_SLOTS = 15;
const QUARTER_SLOTS = 8;

const COUNTS = SOURCE_COUNTS.length;

/** Of each slot of the window. */
const RING_COUNTS = [N.hits, N.refused, N.pages, N.failed, N.asks] as const;
const RING_WORDS = 1 + RING_COUNTS.length;

/** Words of a source. Slots are 2 seconds since the epoch, 0 is none. */
export const S = {
  hi: 0,
  lo: 1,
  address: 2,
  firstSlot: 3,
  lastSlot: 4,
  /** of the newest hit, ms within the last slot */
  lastMs: 5,
  /** hits that the source whose place it took may have had */
  error: 6,
  toldSlot: 7,
  ring: 8,
  half: 8 + RING_WORDS * WINDOW_SLOTS,
  now: 9 + RING_WORDS * WINDOW_SLOTS,
  before: 9 + RING_WORDS * WINDOW_SLOTS + COUNTS + 3,
  total: 9 + RING_WORDS * WINDOW_SLOTS + 2 * (COUNTS + 3),
} as const;
/** Behind the counts of a half minute: agents, urls. */
const AGENTS = COUNTS;
const URLS_HI = COUNTS + 1;
const URLS_LO = COUNTS + 2;
/** Since the source is known: hits, manifests, media, pages, failed, missed, quarter minutes, the last of them. */
const TOTAL = [N.hits, N.manifests, N.media, N.pages, N.failed, N.missed] as const;
const QUARTERS = S.total + TOTAL.length;
const LAST_QUARTER = QUARTERS + 1;
const SOURCE_WORDS = LAST_QUARTER + 1;

/** What is known of one source when its newest hit came. */
export interface SourceFacts {
  readonly atMs: number;
  /** of the oldest hit that the window holds */
  readonly firstAtMs: number;
  /** in the window of 10 seconds */
  readonly window: {
    readonly hits: number;
    readonly refused: number;
    readonly pages: number;
    readonly failed: number;
    readonly asks: number;
    readonly slots: number;
  };
  /** by SOURCE_COUNTS, in the long window */
  readonly long: readonly number[];
  /** different agents and urls in the long window, estimated */
  readonly agents: number;
  readonly urls: number;
  readonly total: {
    readonly hits: number;
    readonly manifests: number;
    readonly media: number;
    readonly pages: number;
    readonly failed: number;
    readonly missed: number;
    readonly quarterMinutes: number;
    readonly seconds: number;
  };
}

/**
 * The sources of a lane, a bounded number of them: Space-Saving, with the places of the lowest quarter
 * freed at once. Who is new in a full table carries as `error` what the forgotten may have had.
 */
export class SourceTable {
  words = new Uint32Array(SOURCE_WORDS * 64);
  /** sources that were forgotten */
  dropped = 0;
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
    const { words } = this;
    const { slot, counts } = cell;
    if (slot > words[at + S.lastSlot]! || words[at + S.lastSlot] === 0) {
      words[at + S.lastSlot] = slot;
      words[at + S.lastMs] = cell.lastMs;
    } else if (slot === words[at + S.lastSlot]) {
      words[at + S.lastMs] = Math.max(words[at + S.lastMs]!, cell.lastMs);
    }
    words[at + S.firstSlot] = Math.min(words[at + S.firstSlot]!, slot);
    words[at + S.address] = cell.address;
    this.addToRing(at, cell);
    this.addToHalf(at, cell);
    for (const [n, count] of TOTAL.entries()) words[at + S.total + n]! += counts[count]!;
    const quarter = Math.floor(slot / QUARTER_SLOTS);
    if (quarter > words[at + LAST_QUARTER]!) {
      words[at + LAST_QUARTER] = quarter;
      words[at + QUARTERS]! += 1;
    }
    return at;
  }

  each(visit: (at: number) => void): void {
    for (let n = 0; n < this.count; n += 1) visit(n * SOURCE_WORDS);
  }

  /** Hits in the window that ends with the source's newest hit. */
  windowHits(at: number): number {
    return this.ringSum(at, 0);
  }

  /** A count of the long window. */
  long(at: number, n: number): number {
    return this.words[at + S.now + n]! + this.words[at + S.before + n]!;
  }

  total(at: number, n: (typeof TOTAL)[number]): number {
    return this.words[at + S.total + TOTAL.indexOf(n)]!;
  }

  quarterMinutes(at: number): number {
    return this.words[at + QUARTERS]!;
  }

  factsOf(at: number): SourceFacts {
    const { words } = this;
    const [hits, refused, pages, failed, asks] = RING_COUNTS.map((_, n) => this.ringSum(at, n));
    const first = this.firstInWindow(at);
    const both = (n: number) => (words[at + S.now + n]! | words[at + S.before + n]!) >>> 0;
    const total = (n: (typeof TOTAL)[number]) => this.total(at, n);
    return {
      atMs: words[at + S.lastSlot]! * 2_000 + words[at + S.lastMs]!,
      firstAtMs: first.slot * 2_000,
      window: {
        hits: hits!,
        refused: refused!,
        pages: pages!,
        failed: failed!,
        asks: asks!,
        slots: first.slots,
      },
      long: SOURCE_COUNTS.map((_, n) => this.long(at, n)),
      agents: estimate(bitsIn(both(AGENTS)), 32),
      urls: estimate(bitsIn(both(URLS_HI)) + bitsIn(both(URLS_LO)), 64),
      total: {
        hits: total(N.hits),
        manifests: total(N.manifests),
        media: total(N.media),
        pages: total(N.pages),
        failed: total(N.failed),
        missed: total(N.missed),
        quarterMinutes: this.quarterMinutes(at),
        seconds: (words[at + S.lastSlot]! - words[at + S.firstSlot]! + 1) * 2,
      },
    };
  }

  private addToRing(at: number, { slot, counts }: SourceCell): void {
    const { words } = this;
    const place = at + S.ring + (slot % WINDOW_SLOTS) * RING_WORDS;
    if (words[place]! > slot) return; // too late for the window
    if (words[place]! < slot) {
      words.fill(0, place, place + RING_WORDS);
      words[place] = slot;
    }
    for (const [n, count] of RING_COUNTS.entries()) words[place + 1 + n]! += counts[count]!;
  }

  private addToHalf(at: number, cell: SourceCell): void {
    const { words } = this;
    const half = Math.floor(cell.slot / HALF_SLOTS);
    const known = words[at + S.half]!;
    if (half > known) {
      const next = half === known + 1;
      words.copyWithin(at + S.before, at + S.now, at + S.now + COUNTS + 3);
      if (!next) words.fill(0, at + S.before, at + S.before + COUNTS + 3);
      words.fill(0, at + S.now, at + S.now + COUNTS + 3);
      words[at + S.half] = half;
    }
    const into = half >= known ? S.now : S.before;
    if (half < known - 1) return;
    for (let n = 0; n < COUNTS; n += 1) words[at + into + n]! += cell.counts[n]!;
    words[at + into + AGENTS]! |= cell.agents;
    words[at + into + URLS_HI]! |= cell.urlsHi;
    words[at + into + URLS_LO]! |= cell.urlsLo;
  }

  private ringSum(at: number, n: number): number {
    const { words } = this;
    const oldest = words[at + S.lastSlot]! - WINDOW_SLOTS;
    let sum = 0;
    for (let k = 0; k < WINDOW_SLOTS; k += 1) {
      const place = at + S.ring + k * RING_WORDS;
      if (words[place]! > oldest) sum += words[place + 1 + n]!;
    }
    return sum;
  }

  private firstInWindow(at: number): { slot: number; slots: number } {
    const { words } = this;
    const last = words[at + S.lastSlot]!;
    let [slot, slots] = [last, 0];
    for (let k = 0; k < WINDOW_SLOTS; k += 1) {
      const place = at + S.ring + k * RING_WORDS;
      if (words[place]! <= last - WINDOW_SLOTS) continue;
      slot = Math.min(slot, words[place]!);
      slots += 1;
    }
    return { slot, slots };
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
    const weights = Uint32Array.from({ length: this.count }, (_, n) =>
      this.long(n * SOURCE_WORDS, N.hits),
    );
    const goes = Math.max(1, Math.floor(this.count / 4));
    const limit = [...weights].sort((a, b) => a - b)[goes - 1]!;
    let kept = 0;
    let left = goes;
    for (let n = 0; n < this.count; n += 1) {
      if (weights[n]! <= limit && left > 0) {
        left -= 1;
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

function bitsIn(word: number): number {
  let bits = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) bits += 1;
  return bits;
}

/** Linear counting (Whang, Vander-Zanden, Taylor 1990): -m ln(empty / m); a full map says `4 m`. */
function estimate(bits: number, m: number): number {
  return bits === m ? 4 * m : Math.round(-m * Math.log((m - bits) / m));
}
