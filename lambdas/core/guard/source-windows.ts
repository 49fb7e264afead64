import { N, SLOT_MS, SOURCE_COUNTS, type SourceCell } from './source-cells';

/** The window: 5 slots of 2 seconds. */
export const WINDOW_SLOTS = 5;
/** The long window is this half minute and the one before: 30 to 60 seconds. */
const HALF_SLOTS = 15;
const QUARTER_SLOTS = 8;

const COUNTS = SOURCE_COUNTS.length;
/** Words of a half minute: its counts, and bits of agents, urls and pages. */
const HALF_WORDS = COUNTS + 4;

/** Of each slot of the window. */
const RING_COUNTS = [N.hits, N.refused, N.pages, N.unserved, N.asks, N.manifests, N.odd] as const;
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
  /** what `address` was on the broadcast day before */
  addressBefore: 7,
  ring: 8,
  half: 8 + RING_WORDS * WINDOW_SLOTS,
  now: 9 + RING_WORDS * WINDOW_SLOTS,
  before: 9 + RING_WORDS * WINDOW_SLOTS + HALF_WORDS,
  total: 9 + RING_WORDS * WINDOW_SLOTS + 2 * HALF_WORDS,
} as const;
/** Behind the counts of a half minute. */
const AGENTS = COUNTS;
const URLS_HI = COUNTS + 1;
const URLS_LO = COUNTS + 2;
const PAGE_PATHS = COUNTS + 3;
/** Since the source is known: hits, manifests, media, pages, failed, missed, quarter minutes, the last of them. */
const TOTAL = [N.hits, N.manifests, N.media, N.pages, N.failed, N.missed] as const;
const QUARTERS = S.total + TOTAL.length;
const LAST_QUARTER = QUARTERS + 1;
/** bits of a hash of all agents since the source is known */
const ALL_AGENTS = LAST_QUARTER + 1;
export const SOURCE_WORDS = ALL_AGENTS + 1;

export type TotalCount = (typeof TOTAL)[number];

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
    readonly unserved: number;
    readonly asks: number;
    readonly manifests: number;
    readonly odd: number;
    readonly slots: number;
  };
  /** by SOURCE_COUNTS, in the long window */
  readonly long: readonly number[];
  /** since the long window, or what is known of the source, began; at least one slot */
  readonly longSeconds: number;
  /** different agents and urls in the long window, estimated */
  readonly agents: number;
  readonly urls: number;
  /** different paths of pages delivered in the long window, estimated */
  readonly pagePaths: number;
  readonly total: {
    readonly hits: number;
    readonly manifests: number;
    readonly media: number;
    readonly pages: number;
    readonly failed: number;
    readonly missed: number;
    readonly quarterMinutes: number;
    /** different agents, estimated */
    readonly agents: number;
    readonly seconds: number;
  };
}

/** The windows of one source, which lie in the words of its table from `at` on. */
export function addToWindows(words: Uint32Array, at: number, cell: SourceCell): void {
  const { slot, counts } = cell;
  noteAddress(words, at, cell);
  if (slot > words[at + S.lastSlot]! || words[at + S.lastSlot] === 0) {
    words[at + S.lastSlot] = slot;
    words[at + S.lastMs] = cell.lastMs;
  } else if (slot === words[at + S.lastSlot]) {
    words[at + S.lastMs] = Math.max(words[at + S.lastMs]!, cell.lastMs);
  }
  words[at + S.firstSlot] = Math.min(words[at + S.firstSlot]!, slot);
  addToRing(words, at, cell);
  addToHalf(words, at, cell);
  for (const [n, count] of TOTAL.entries()) words[at + S.total + n]! += counts[count]!;
  const quarter = Math.floor(slot / QUARTER_SLOTS);
  words[at + ALL_AGENTS]! |= cell.agents;
  if (quarter > words[at + LAST_QUARTER]!) {
    words[at + LAST_QUARTER] = quarter;
    words[at + QUARTERS]! += 1;
  }
}

/** The keyed hash of an address is another one each broadcast day. */
function noteAddress(words: Uint32Array, at: number, { slot, address }: SourceCell): void {
  const known = words[at + S.address]!;
  if (known === address) return;
  if (slot < words[at + S.lastSlot]!) {
    words[at + S.addressBefore] = address;
    return;
  }
  words[at + S.addressBefore] = known;
  words[at + S.address] = address;
}

function addToRing(words: Uint32Array, at: number, { slot, counts }: SourceCell): void {
  const place = at + S.ring + (slot % WINDOW_SLOTS) * RING_WORDS;
  if (words[place]! > slot) return; // too late for the window
  if (words[place]! < slot) {
    words.fill(0, place, place + RING_WORDS);
    words[place] = slot;
  }
  for (const [n, count] of RING_COUNTS.entries()) words[place + 1 + n]! += counts[count]!;
}

function addToHalf(words: Uint32Array, at: number, cell: SourceCell): void {
  const half = Math.floor(cell.slot / HALF_SLOTS);
  const known = words[at + S.half]!;
  if (half > known) {
    const next = half === known + 1;
    words.copyWithin(at + S.before, at + S.now, at + S.now + HALF_WORDS);
    if (!next) words.fill(0, at + S.before, at + S.before + HALF_WORDS);
    words.fill(0, at + S.now, at + S.now + HALF_WORDS);
    words[at + S.half] = half;
  }
  const into = half >= known ? S.now : S.before;
  if (half < known - 1) return;
  for (let n = 0; n < COUNTS; n += 1) words[at + into + n]! += cell.counts[n]!;
  words[at + into + AGENTS]! |= cell.agents;
  words[at + into + URLS_HI]! |= cell.urlsHi;
  words[at + into + URLS_LO]! |= cell.urlsLo;
  words[at + into + PAGE_PATHS]! |= cell.pagePaths;
}

/** Hits in the window that ends with the source's newest hit. */
export function windowHits(words: Uint32Array, at: number): number {
  return ringSum(words, at, 0);
}

/** A count of the long window. */
export function longCount(words: Uint32Array, at: number, n: number): number {
  return words[at + S.now + n]! + words[at + S.before + n]!;
}

/** From the slot in which the long window or, if later, what is known of the source begins, to that of its newest hit. */
export function longSeconds(words: Uint32Array, at: number): number {
  const from = Math.max(words[at + S.firstSlot]!, (words[at + S.half]! - 1) * HALF_SLOTS);
  return (words[at + S.lastSlot]! - from + 1) * (SLOT_MS / 1_000);
}

/** A count since the source is known. */
export function totalCount(words: Uint32Array, at: number, n: TotalCount): number {
  return words[at + S.total + TOTAL.indexOf(n)]!;
}

export function quarterMinutes(words: Uint32Array, at: number): number {
  return words[at + QUARTERS]!;
}

export function factsOf(words: Uint32Array, at: number): SourceFacts {
  const inRing = (n: (typeof RING_COUNTS)[number]) => ringSum(words, at, RING_COUNTS.indexOf(n));
  const first = firstInWindow(words, at);
  const both = (n: number) => (words[at + S.now + n]! | words[at + S.before + n]!) >>> 0;
  const total = (n: TotalCount) => totalCount(words, at, n);
  return {
    atMs: words[at + S.lastSlot]! * SLOT_MS + words[at + S.lastMs]!,
    firstAtMs: first.slot * SLOT_MS,
    window: {
      hits: inRing(N.hits),
      refused: inRing(N.refused),
      pages: inRing(N.pages),
      unserved: inRing(N.unserved),
      asks: inRing(N.asks),
      manifests: inRing(N.manifests),
      odd: inRing(N.odd),
      slots: first.slots,
    },
    long: SOURCE_COUNTS.map((_, n) => longCount(words, at, n)),
    longSeconds: longSeconds(words, at),
    agents: agentsIn(both(AGENTS)),
    urls: estimate(bitsIn(both(URLS_HI)) + bitsIn(both(URLS_LO)), 64),
    pagePaths: estimate(bitsIn(both(PAGE_PATHS)), 32),
    total: {
      hits: total(N.hits),
      manifests: total(N.manifests),
      media: total(N.media),
      pages: total(N.pages),
      failed: total(N.failed),
      missed: total(N.missed),
      quarterMinutes: quarterMinutes(words, at),
      agents: agentsIn(words[at + ALL_AGENTS]! >>> 0),
      seconds: (words[at + S.lastSlot]! - words[at + S.firstSlot]! + 1) * 2,
    },
  };
}

function ringSum(words: Uint32Array, at: number, n: number): number {
  const oldest = words[at + S.lastSlot]! - WINDOW_SLOTS;
  let sum = 0;
  for (let k = 0; k < WINDOW_SLOTS; k += 1) {
    const place = at + S.ring + k * RING_WORDS;
    if (words[place]! > oldest) sum += words[place + 1 + n]!;
  }
  return sum;
}

function firstInWindow(words: Uint32Array, at: number): { slot: number; slots: number } {
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

/** Different agents, estimated by the bits of their hashes. */
export function agentsIn(word: number): number {
  return estimate(bitsIn(word), 32);
}

function bitsIn(word: number): number {
  let bits = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) bits += 1;
  return bits;
}

/** Linear counting (Whang, Vander-Zanden, Taylor 1990): -m ln(empty / m); a full map says `4 m`. */
function estimate(bits: number, m: number): number {
  return bits === m ? 4 * m : Math.round(m * Math.log(m / (m - bits)));
}
