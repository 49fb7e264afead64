import { IntervalPool, LAST_MASK, type Join, grow, joinRun } from './interval-pool';

/**
 * One entry for each viewer, content and broadcast day, as 18 words of 4 bytes:
 *
 *   0  key, high half          1  key, low half
 *   2  content (20 bits) | asked for a manifest (bit 20) | started (bit 21) | device (bits 24-31)
 *   3  address: hash of its /20 or /40 (16 bits) | hash of itself (16 bits)
 *   4  day (16 bits) | country (16 bits)
 *   5  class (8 bits) | sessions (8 bits) | runs (16 bits)
 *   6  rank: public hash of agent and session id, the order of VIEW_DEFINITION B1
 *   7  relevant hits           8  slots delivered to person classes, not united (both for B1 only)
 *   9  next entry of the same address, plus one
 *  10-15  the session; with two or more: offset in the pool, room
 *  16-17  the run; with two or more: offset in the pool, room
 *
 * A session is first, last | any answer that was not our refusal (bit 31), and the first manifest,
 * media, error and entry: ms since the day began plus one, 0 for none; an error is ms * 8 + outcome.
 * A run is [first, last]: slots since the day began, or for pages ms since the day began.
 */
export const ENTRY_WORDS = 18;
export const W = {
  keyHi: 0,
  keyLo: 1,
  content: 2,
  address: 3,
  day: 4,
  counts: 5,
  rank: 6,
  hits: 7,
  raw: 8,
  next: 9,
  session: 10,
  run: 16,
} as const;
export const SESSION_WORDS = 6;
export const RUN_WORDS = 2;
export const ASKED_MANIFEST = 1 << 20;
export const STARTED = 1 << 21;
const CONTENT_MASK = 0xfffff;

/** The identity of an entry. */
export interface EntryKey {
  keyHi: number;
  keyLo: number;
  content: number;
  day: number;
}

const EMPTY = -1;
const GONE = -2;

/** A session's first times: the smaller that is not 0; bounds and the answer flag joined. */
export const joinSession: Join = (target, into, source, from) => {
  if (source[from]! < target[into]!) target[into] = source[from]!;
  const mine = target[into + 1]!;
  const other = source[from + 1]!;
  const last = Math.max(mine & LAST_MASK, other & LAST_MASK);
  target[into + 1] = (last | ((mine | other) & ~LAST_MASK)) >>> 0;
  for (let n = 2; n < SESSION_WORDS; n += 1) {
    const time = source[from + n]!;
    if (time !== 0 && (target[into + n] === 0 || time < target[into + n]!)) target[into + n] = time;
  }
};

/** The entries of one lane (or of a whole recount), found by key in constant time. */
export class ViewerTable {
  words = new Uint32Array(ENTRY_WORDS * 64);
  readonly pool = new IntervalPool();
  /** entries in use; places of removed ones are used again */
  count = 0;
  private end = 0;
  private readonly freed: number[] = [];
  /** Pairs: an entry, and its keyHi, so that most foreign entries need no look at them. */
  private index = new Int32Array(2 * 256).fill(EMPTY);
  private indexUsed = 0;

  /** The place (word offset) of an entry, or -1. */
  find(keyHi: number, keyLo: number, content: number, day: number): number {
    const { index, words } = this;
    const mask = index.length - 1;
    const half = keyHi | 0;
    for (let at = (placeOf(keyLo, content, day) << 1) & mask; ; at = (at + 2) & mask) {
      const entry = index[at]!;
      if (entry === EMPTY) return -1;
      if (
        index[at + 1] === half &&
        entry >= 0 &&
        words[entry + W.keyLo] === keyLo &&
        (words[entry + W.content]! & CONTENT_MASK) === content &&
        words[entry + W.day]! >>> 16 === day
      ) {
        return entry;
      }
    }
  }

  /** Adds an entry that is not there yet, all else zero. */
  insert({ keyHi, keyLo, content, day }: EntryKey): number {
    if ((this.indexUsed + 1) * 3 > this.index.length) this.reindex();
    let entry = this.freed.pop();
    if (entry === undefined) {
      entry = this.end;
      this.end += ENTRY_WORDS;
      if (this.end > this.words.length) this.words = grow(this.words);
    }
    this.words.fill(0, entry, entry + ENTRY_WORDS);
    this.words[entry + W.keyHi] = keyHi;
    this.words[entry + W.keyLo] = keyLo;
    this.words[entry + W.content] = content;
    this.words[entry + W.day] = day << 16;
    this.putIndex(entry);
    this.indexUsed += 1;
    this.count += 1;
    return entry;
  }

  remove(entry: number): void {
    const mask = this.index.length - 1;
    let at = this.placeOfEntry(entry) & mask;
    while (this.index[at] !== entry) at = (at + 2) & mask;
    this.index[at] = GONE;
    if (this.sessionsOf(entry) > 1) {
      this.pool.release(
        this.words[entry + W.session]!,
        this.words[entry + W.session + 1]! * SESSION_WORDS,
      );
    }
    if (this.runsOf(entry) > 1) {
      this.pool.release(this.words[entry + W.run]!, this.words[entry + W.run + 1]! * RUN_WORDS);
    }
    // A place without counts is free: `each` passes over it.
    this.words[entry + W.hits] = 0;
    this.words[entry + W.counts] = FREE;
    this.freed.push(entry);
    this.count -= 1;
  }

  /** Calls back with each entry, in no particular order. */
  each(visit: (entry: number) => void): void {
    for (let entry = 0; entry < this.end; entry += ENTRY_WORDS) {
      if (this.words[entry + W.counts] !== FREE) visit(entry);
    }
  }

  contentOf(entry: number): number {
    return this.words[entry + W.content]! & CONTENT_MASK;
  }

  dayOf(entry: number): number {
    return this.words[entry + W.day]! >>> 16;
  }

  sessionsOf(entry: number): number {
    return (this.words[entry + W.counts]! >>> 16) & 0xff;
  }

  runsOf(entry: number): number {
    return this.words[entry + W.counts]! & 0xffff;
  }

  /** The words that hold the sessions of an entry; they begin at `sessionAt`. */
  sessionWords(entry: number): Uint32Array {
    return this.sessionsOf(entry) > 1 ? this.pool.words : this.words;
  }

  sessionAt(entry: number): number {
    return this.sessionsOf(entry) > 1 ? this.words[entry + W.session]! : entry + W.session;
  }

  runWords(entry: number): Uint32Array {
    return this.runsOf(entry) > 1 ? this.pool.words : this.words;
  }

  runAt(entry: number): number {
    return this.runsOf(entry) > 1 ? this.words[entry + W.run]! : entry + W.run;
  }

  /** Joins a session (SESSION_WORDS words of `source` at `from`) into those of an entry. */
  addSession(entry: number, source: Uint32Array, from: number, gap: number): void {
    const count = this.sessionsOf(entry);
    if (count === 1 && this.touches(entry + W.session, source, from, gap)) {
      return joinSession(this.words, entry + W.session, source, from);
    }
    const kept = this.add(entry + W.session, count, source, from, SESSION_WORDS, gap, joinSession);
    this.words[entry + W.counts]! += (kept - count) << 16;
  }

  /** Joins a run into those of an entry: presence is a union (P2_union). */
  addRun(entry: number, source: Uint32Array, from: number, gap: number): void {
    const count = this.runsOf(entry);
    if (count === 1 && this.touches(entry + W.run, source, from, gap)) {
      return joinRun(this.words, entry + W.run, source, from);
    }
    this.words[entry + W.counts]! +=
      this.add(entry + W.run, count, source, from, RUN_WORDS, gap, joinRun) - count;
  }

  /** Whether the only interval of a list lies within the gap of another: most hits find it so. */
  private touches(at: number, source: Uint32Array, from: number, gap: number): boolean {
    const { words } = this;
    return (
      source[from]! <= (words[at + 1]! & LAST_MASK) + gap &&
      words[at]! <= (source[from + 1]! & LAST_MASK) + gap
    );
  }

  /** Adds an interval to the list whose words (or offset and room) stand at `head`; the new count. */
  private add(
    head: number,
    count: number,
    source: Uint32Array,
    from: number,
    stride: number,
    gap: number,
    join: Join,
  ): number {
    const { pool } = this;
    let words = count > 1 ? pool.words : this.words;
    let offset = count > 1 ? this.words[head]! : head;
    const first = source[from]!;
    const last = source[from + 1]! & LAST_MASK;
    let low = count;
    while (low > 0 && (words[offset + (low - 1) * stride + 1]! & LAST_MASK) + gap >= first)
      low -= 1;
    let high = low;
    while (high < count && words[offset + high * stride]! <= last + gap) high += 1;
    if (low < high) {
      const into = offset + low * stride;
      join(words, into, source, from);
      for (let n = low + 1; n < high; n += 1) join(words, into, words, offset + n * stride);
      words.copyWithin(into + stride, offset + high * stride, offset + count * stride);
      const kept = count - (high - low - 1);
      if (count > 1 && kept === 1) {
        // Back to one: it stands in the entry itself again.
        const room = this.words[head + 1]!;
        this.words.set(words.subarray(offset, offset + stride), head);
        pool.release(offset, room * stride);
      }
      return kept;
    }
    if (count > 0) {
      const room = count > 1 ? this.words[head + 1]! : 1;
      if (count === room) {
        const larger = pool.allocate(2 * room * stride);
        // Allocation may have moved the pool.
        words = count > 1 ? pool.words : this.words;
        pool.words.set(words.subarray(offset, offset + count * stride), larger);
        if (count > 1) pool.release(offset, room * stride);
        this.words[head] = larger;
        this.words[head + 1] = 2 * room;
        offset = larger;
      }
      words = pool.words;
    }
    const place = offset + low * stride;
    words.copyWithin(place + stride, place, offset + count * stride);
    for (let n = 0; n < stride; n += 1) words[place + n] = source[from + n]!;
    return count + 1;
  }

  private reindex(): void {
    const isFull = this.count * 6 > this.index.length;
    this.index = new Int32Array(this.index.length * (isFull ? 2 : 1)).fill(EMPTY);
    this.indexUsed = this.count;
    this.each((entry) => this.putIndex(entry));
  }

  private putIndex(entry: number): void {
    const mask = this.index.length - 1;
    let at = this.placeOfEntry(entry) & mask;
    while (this.index[at]! !== EMPTY) at = (at + 2) & mask;
    this.index[at] = entry;
    this.index[at + 1] = this.words[entry + W.keyHi]! | 0;
  }

  private placeOfEntry(entry: number): number {
    const keyLo = this.words[entry + W.keyLo]!;
    return placeOf(keyLo, this.contentOf(entry), this.dayOf(entry)) << 1;
  }

  /** Bytes that the state occupies, its index and pool included. */
  get bytesUsed(): number {
    return this.end * 4 + this.index.length * 4 + this.pool.bytesUsed;
  }
}

/** Counts of a place that holds no entry: no entry has class 255. */
const FREE = 0xffffffff;

function placeOf(keyLo: number, content: number, day: number): number {
  const mixed = Math.imul(keyLo ^ Math.imul(content, 0x9e3779b1) ^ (day << 7), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
