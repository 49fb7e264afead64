import { PERSON_CLASSES } from '../edge/classes';
import type { ContentTable } from '../edge/content-table';
import type { Hit } from '../edge/hit';
import { type ViewerHash, hashNetwork } from '../edge/scanner';
import { AddressBounds, type BoundLimits } from './address-bounds';
import type { Days } from './day';
import { DOUBLE_CLICK_MS, SILENCE_MS_MAX, SLOT_MS, runGapOf, slotOf } from './rules';
import { ASKED_MANIFEST, type EntryKey, STARTED, ViewerTable, W } from './viewer-table';

/** Positions in OUTCOMES and OBJECTS that the fold asks about. */
const OUTCOME_HUNG_UP = 3;
const OUTCOME_REFUSED = 0;
const OBJECT_MANIFEST = 1;
const OBJECT_ENTRY = 4;
const OBJECT_PAGE = 5;

export interface AudienceLimits extends BoundLimits {
  /** B2_lane: viewers with a start that are held in all */
  readonly viewersMax: number;
  /** B2_lane: viewers without a start that are held in all */
  readonly waitingMax: number;
}

export interface AudienceProps {
  readonly contents: ContentTable;
  readonly days: Days;
  /** under the secret key; the viewer's own hash and the lane are made of it */
  readonly viewerHash: ViewerHash;
  readonly limits: AudienceLimits;
}

/** What the bounds did not place, by content: counted, and unresolved (B1). */
export interface OverBound {
  hits: number;
  slots: number;
}

/** A share of the entries with its bound: those who wait for a start, or those who had one. */
interface Held {
  readonly max: number;
  count: number;
  /** keyed hashes above this have no place */
  keyHiMax: number;
}

/**
 * Hears of every change, so that a host that folds step by step can tell what changed. `changing` comes
 * before the first word of an entry changes, `gone` before it is taken out; the others after.
 */
export interface EntryWatch {
  changing(entry: number): void;
  made(entry: number): void;
  gone(entry: number): void;
}

/** Who an entry is about. */
export interface Identity extends EntryKey {
  address: number;
  rank: number;
}

/** The rest of an entry, but for its sessions and runs. */
export interface EntryFacts {
  readonly viewerClass: number;
  readonly country: number;
  readonly device: number;
  readonly started: boolean;
  readonly askedManifest: boolean;
  readonly hits: number;
  readonly raw: number;
}

/**
 * The audience of some lines: presence, sessions and flags of each viewer on each content and day.
 * `fold` is commutative and idempotent (but for `hits`, which the bounds alone use), so lines may
 * come in any order and twice. All figures are made from this state by `report`.
 */
export class Audience {
  readonly table = new ViewerTable();
  readonly over = new Map<number, OverBound>();
  watch: EntryWatch | undefined;
  readonly contents: ContentTable;
  private readonly bounds: AddressBounds;
  readonly days: Days;
  private readonly viewerHash: ViewerHash;
  /** B2_lane: those who wait, and those who started. */
  private readonly waiting: Held;
  private readonly started: Held;
  private readonly newcomer: Identity = {
    keyHi: 0,
    keyLo: 0,
    content: 0,
    day: 0,
    address: 0,
    rank: 0,
  };
  private readonly session = new Uint32Array(6);
  private readonly run = new Uint32Array(2);

  constructor(props: AudienceProps) {
    this.contents = props.contents;
    this.days = props.days;
    this.viewerHash = props.viewerHash;
    const { viewersMax, waitingMax } = props.limits;
    this.started = { max: viewersMax, count: 0, keyHiMax: 0xffffffff };
    this.waiting = { max: waitingMax, count: 0, keyHiMax: 0xffffffff };
    this.bounds = new AddressBounds(this.table, props.limits);
  }

  /**
   * Takes one relevant hit into the state; others touch no viewer (H5_relevant). The viewer is found by
   * the keyed hash of its network, agent and session id (I1_viewer).
   */
  fold(hit: Hit): void {
    if (!hit.relevant) return;
    const { viewerHash, session } = this;
    const { day, startMs, endMs } = this.days.at(hit.tMs);
    const isPage = hit.object === OBJECT_PAGE;
    viewerHash.useDay(day);
    viewerHash.hashWords(hit.addressHi, hit.addressLo, hit.agentHi, hit.agentLo, hit.session);
    const keyHi = viewerHash.hi;
    const keyLo = viewerHash.lo;
    const segmentMs = this.contents.list[hit.content]!.segmentMs;
    // P1_media_proves: the slots [from, to).
    const from = hit.delivered && !isPage ? slotOf(hit.tMs) : 0;
    const to = hit.delivered && !isPage ? slotOf(hit.tMs + hit.durationMs) : 0;
    const raw = hit.class < PERSON_CLASSES ? to - from : 0;

    const entry = this.placeOf(hit, keyHi, keyLo, day, raw);
    if (entry >= 0) {
      const ms = hit.tMs - startMs;
      session[0] = ms;
      session[1] = (ms | (hit.outcome === OUTCOME_REFUSED ? 0 : 0x80000000)) >>> 0;
      session[2] = hit.object === OBJECT_MANIFEST || isPage ? ms + 1 : 0;
      session[3] = hit.delivered ? ms + 1 : 0;
      session[4] = hit.outcome <= OUTCOME_HUNG_UP ? (ms + 1) * 8 + hit.outcome : 0;
      session[5] = hit.object === OBJECT_ENTRY ? ms + 1 : 0;
      this.table.addSession(entry, session, 0, SILENCE_MS_MAX);
      if (hit.object === OBJECT_MANIFEST) this.table.words[entry + W.content]! |= ASKED_MANIFEST;
      if (hit.delivered && isPage) this.addRun(entry, ms, ms, DOUBLE_CLICK_MS);
    }
    if (from === to) return;
    // P4_day_border: slots belong to the broadcast day in which they lie.
    const dayStart = startMs / SLOT_MS;
    const dayEnd = endMs / SLOT_MS;
    const gap = runGapOf(segmentMs);
    if (from < dayEnd && entry >= 0) {
      this.addRun(entry, from - dayStart, Math.min(to, dayEnd) - 1 - dayStart, gap);
    }
    if (to > dayEnd) {
      viewerHash.useDay(day + 1);
      viewerHash.hashWords(hit.addressHi, hit.addressLo, hit.agentHi, hit.agentLo, hit.session);
      const next = this.placeOf(hit, viewerHash.hi, viewerHash.lo, day + 1, 0);
      const first = Math.max(from, dayEnd) - dayEnd;
      if (next >= 0) this.addRun(next, first, to - 1 - dayEnd, gap);
    }
  }

  /** Bytes of state in memory, the index, the pool and the address bounds included. */
  get bytesUsed(): number {
    return this.table.bytesUsed + this.bounds.bytesUsed;
  }

  /** Joins an entry of another audience into this one; -1 if the bounds have no place for it. */
  adopt(identity: Identity, facts: EntryFacts): number {
    const { table, newcomer } = this;
    Object.assign(newcomer, identity);
    const { started, hits, raw } = facts;
    let entry = table.find(identity.keyHi, identity.keyLo, identity.content, identity.day);
    if (entry < 0) {
      entry = this.admit(started, hits, raw);
      if (entry < 0) return -1;
      table.words[entry + W.content]! |= facts.device << 24;
    } else {
      this.watch?.changing(entry);
      if (started && (table.words[entry + W.content]! & STARTED) === 0) {
        entry = this.promote(entry, hits, raw);
        if (entry < 0) return -1;
      } else {
        table.words[entry + W.hits]! += hits;
        table.words[entry + W.raw]! += raw;
      }
    }
    if (facts.askedManifest) table.words[entry + W.content]! |= ASKED_MANIFEST;
    joinFacts(table, entry, facts.viewerClass, facts.country);
    return entry;
  }

  /** Joins a session of another audience (SESSION_WORDS words) into an entry. */
  joinSession(entry: number, session: Uint32Array): void {
    this.table.addSession(entry, session, 0, SILENCE_MS_MAX);
  }

  /** Joins a run of another audience into an entry. */
  joinRun(entry: number, run: Uint32Array): void {
    const { kind, segmentMs } = this.contents.list[this.table.contentOf(entry)]!;
    this.table.addRun(entry, run, 0, kind === 'page' ? DOUBLE_CLICK_MS : runGapOf(segmentMs));
  }

  /** Counts what a bound (here or in another audience) did not place. */
  addOverBound(content: number, hits: number, slots: number): void {
    this.refuse(content, hits, slots);
  }

  private addRun(entry: number, first: number, last: number, gap: number): void {
    this.run[0] = first;
    this.run[1] = last;
    this.table.addRun(entry, this.run, 0, gap);
  }

  /** The entry of the hit's viewer on a day, with class, country and counts joined; -1: no place. */
  private placeOf(hit: Hit, keyHi: number, keyLo: number, day: number, raw: number): number {
    const { table } = this;
    let entry = table.find(keyHi, keyLo, hit.content, day);
    if (entry < 0) {
      const { newcomer } = this;
      newcomer.keyHi = keyHi;
      newcomer.keyLo = keyLo;
      newcomer.content = hit.content;
      newcomer.day = day;
      newcomer.address = this.addressOf(hit, day);
      newcomer.rank = (hit.agentRank ^ Math.imul(hit.session + 1, 0x9e3779b1)) >>> 0;
      entry = this.admit(hit.delivered, 1, raw);
      if (entry < 0) return -1;
      table.words[entry + W.content]! |= hit.device << 24;
    } else if (hit.delivered && (table.words[entry + W.content]! & STARTED) === 0) {
      entry = this.promote(entry, 1, raw);
      if (entry < 0) return -1;
    } else {
      table.words[entry + W.hits]! += 1;
      table.words[entry + W.raw]! += raw;
    }
    joinFacts(table, entry, hit.class, hit.country);
    return entry;
  }

  /** Makes the entry of `newcomer`, if the bounds have a place for it. */
  private admit(started: boolean, hits: number, raw: number): number {
    const { newcomer, table } = this;
    const held = started ? this.started : this.waiting;
    if (newcomer.keyHi > held.keyHiMax) return this.refuse(newcomer.content, hits, raw);
    const leaving = this.bounds.makeRoom(newcomer, started);
    if (leaving === -2) return this.refuse(newcomer.content, hits, raw);
    if (leaving >= 0) this.evict(leaving);
    this.put(started, hits, raw);
    // Cutting down costs a look at everyone, so it waits until there are twice as many.
    if (held.count > 2 * held.max) this.cut(held);
    return table.find(newcomer.keyHi, newcomer.keyLo, newcomer.content, newcomer.day);
  }

  /** Puts the entry of `newcomer` into the table and under its bound. */
  private put(started: boolean, hits: number, raw: number): number {
    const { newcomer, table } = this;
    const entry = table.insert(newcomer);
    table.words[entry + W.address] = newcomer.address;
    table.words[entry + W.rank] = newcomer.rank;
    table.words[entry + W.hits] = hits;
    table.words[entry + W.raw] = raw;
    if (started) table.words[entry + W.content]! |= STARTED;
    this.bounds.link(entry);
    this.heldOf(entry).count += 1;
    this.watch?.made(entry);
    return entry;
  }

  /** A viewer that waited has started: it moves to the bound of those who did. */
  private promote(entry: number, hits: number, raw: number): number {
    const { table, bounds, newcomer } = this;
    const { words } = table;
    newcomer.address = words[entry + W.address]!;
    newcomer.content = table.contentOf(entry);
    newcomer.day = table.dayOf(entry);
    newcomer.rank = words[entry + W.rank]!;
    newcomer.keyLo = words[entry + W.keyLo]!;
    words[entry + W.hits]! += hits;
    words[entry + W.raw]! += raw;
    const isOut = words[entry + W.keyHi]! > this.started.keyHiMax;
    const leaving = isOut ? -2 : bounds.makeRoom(newcomer, true);
    if (leaving === -2) {
      this.evict(entry);
      return -1;
    }
    if (leaving >= 0) this.evict(leaving);
    bounds.unlink(entry);
    this.waiting.count -= 1;
    words[entry + W.content]! |= STARTED;
    bounds.link(entry);
    this.started.count += 1;
    if (this.started.count > 2 * this.started.max) this.cut(this.started);
    return words[entry + W.keyHi]! > this.started.keyHiMax ? -1 : entry;
  }

  private evict(entry: number): void {
    const { words } = this.table;
    this.watch?.gone(entry);
    this.refuse(this.table.contentOf(entry), words[entry + W.hits]!, words[entry + W.raw]!);
    this.drop(entry);
  }

  /**
   * Puts an entry back as it was saved, in place of the one that is there. The bounds are not asked:
   * they were when it came.
   */
  restore(identity: Identity, facts: EntryFacts): number {
    this.forget(identity);
    Object.assign(this.newcomer, identity);
    const entry = this.put(facts.started, facts.hits, facts.raw);
    this.table.words[entry + W.content]! |= facts.device << 24;
    if (facts.askedManifest) this.table.words[entry + W.content]! |= ASKED_MANIFEST;
    joinFacts(this.table, entry, facts.viewerClass, facts.country);
    return entry;
  }

  /** Takes an entry out, if it is there, without counting it anywhere. */
  forget({ keyHi, keyLo, content, day }: EntryKey): void {
    const known = this.table.find(keyHi, keyLo, content, day);
    if (known >= 0) this.drop(known);
  }

  /** Above which keyed hashes nobody has a place any more: started, waiting (B2_lane). */
  get keyLimits(): readonly [number, number] {
    return [this.started.keyHiMax, this.waiting.keyHiMax];
  }

  set keyLimits([started, waiting]: readonly [number, number]) {
    this.started.keyHiMax = started;
    this.waiting.keyHiMax = waiting;
  }

  private drop(entry: number): void {
    this.bounds.unlink(entry);
    this.heldOf(entry).count -= 1;
    this.table.remove(entry);
  }

  private refuse(content: number, hits: number, slots: number): -1 {
    const over = this.over.get(content);
    if (over === undefined) this.over.set(content, { hits, slots });
    else {
      over.hits += hits;
      over.slots += slots;
    }
    return -1;
  }

  /** Brings both tables down to their bounds; a report is made of what then is held. */
  settleBounds(): void {
    this.cut(this.started);
    this.cut(this.waiting);
  }

  /**
   * B2_lane: down to the lowest keyed hashes, an even share of all. Whoever stays at the end was never
   * out before, so nothing of it was lost, and the choice does not depend on the order of lines.
   */
  private cut(held: Held): void {
    if (held.count <= held.max) return;
    const { table } = this;
    const entries: number[] = [];
    table.each((entry) => {
      if (this.heldOf(entry) === held) entries.push(entry);
    });
    const keys = Uint32Array.from(entries, (entry) => table.words[entry + W.keyHi]!).sort();
    held.keyHiMax = keys[held.max - 1]!;
    for (const entry of entries) {
      if (table.words[entry + W.keyHi]! > held.keyHiMax) this.evict(entry);
    }
  }

  private heldOf(entry: number): Held {
    const isStarted = (this.table.words[entry + W.content]! & STARTED) !== 0;
    return isStarted ? this.started : this.waiting;
  }

  /** Hash of the /20 or /40 (16 bits) and of the address (16 bits): lane and B1, never the address. */
  addressOf(hit: Hit, day: number): number {
    const { viewerHash } = this;
    const network = hashNetwork(viewerHash, hit.addressHi, hit.addressLo);
    viewerHash.useDay(day);
    viewerHash.hashWords(hit.addressHi, hit.addressLo, 0, 0, -3);
    return ((network << 16) | (viewerHash.lo & 0xffff)) >>> 0;
  }
}

/** C1_class, C2_country: the highest class, the alphabetically first country. */
export function joinFacts(
  table: ViewerTable,
  entry: number,
  hitClass: number,
  country: number,
): void {
  const { words } = table;
  const counts = words[entry + W.counts]!;
  if (hitClass > counts >>> 24)
    words[entry + W.counts] = ((counts & 0xffffff) | (hitClass << 24)) >>> 0;
  const day = words[entry + W.day]!;
  const known = day & 0xffff;
  if (country !== 0 && (known === 0 || country < known)) {
    words[entry + W.day] = ((day & 0xffff0000) | country) >>> 0;
  }
}
