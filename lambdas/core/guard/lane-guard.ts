import { LaneVoice } from './lane-voice';
import { type NetworkName, findNetworks } from './network-rule';
import { prefixText } from './prefix';
import { type Rhythm, type ViewersBehind, judgeSource, mayBeSuspect } from './rules';
import { N, SLOT_MS, type SourceCell } from './source-cells';
import { SourceTable } from './source-table';
import { S } from './source-windows';
import { type MediaStep, Stillness, withManifestsFailed } from './stillness';
import type { Neighbour, Suspect, SuspectBatch } from './suspect';
import { networkSuspect, suspectOf } from './told-suspect';
import { WatchedNetworks } from './watched-networks';

/**
 * What the lane's viewers say about an address, given as its keyed hash; `before` is that of the broadcast
 * day before, if it is known to be another one.
 */
export interface ViewerLookup {
  behind(address: number, atMs: number, before?: number): ViewersBehind;
  /**
   * whether anybody conformed in the last 30 minutes in a /20 or /40, given as the upper half of keyed hashes; of those
   * alone whose presence ended before a time, if there is one (ms)
   */
  isWatched(network: number, atMs: number, endedBeforeMs?: number): boolean;
  /** conforming viewers of the whole lane in the last 60 seconds */
  conforming(atMs: number): number;
}

export interface LaneGuardProps {
  readonly lane: number;
  readonly rhythm: Rhythm;
  /** @default 8,192 */
  readonly sourcesMax?: number;
}

/** A source whose viewers that do not conform become invalid. */
export interface Mark {
  readonly address: number;
  readonly atMs: number;
  /** It was told in this fold; of one known before, only who waits in vain or was refused is marked. */
  readonly isNew: boolean;
}

export interface FoldStep extends MediaStep {
  /** of the lane's head */
  readonly version: number;
  /** Packets had no room for all sources. @default false */
  readonly isCut?: boolean;
  /** cells that were taken in a fold before, which came to nothing: they are judged, and not added again */
  readonly known?: readonly SourceCell[];
}

export interface GuardFold {
  readonly batch: SuspectBatch | undefined;
  readonly marks: readonly Mark[];
}

export const SOURCES_MAX = 8_192;
const TELL_SLOTS = 5;
const NETWORK_SLOTS = 1;
const NEIGHBOURS_SLOTS = 5;
const SETTLED_SLOTS = 30;
const FORGOTTEN_SLOTS = 150;
/** Half an hour after its last hit a source begins with a clean sheet. */
const MARKED_SLOTS = 900;
const TOLD_MAX = 65_536;
const V4_HI = 0xffff;

/**
 * The guard of one lane: sources in memory, judged at every fold. It is made anew with the lane, and then
 * knows nothing of the last minute, which costs an attacker a window and nobody else anything.
 */
export class LaneGuard {
  readonly table: SourceTable;
  /** sources and prefixes by text: when they were told last */
  private readonly told = new Map<string, number>();
  /** the /20 or /40 of each of them: when one in it was told last */
  private readonly networks = new Map<string, number>();
  /** keyed hashes of suspects: when they were seen last */
  private readonly addresses = new Map<number, number>();
  private readonly stillness: Stillness;
  private readonly watched = new WatchedNetworks();
  private firstSlot = 0;
  /** when sources were forgotten that may be missed, or had no room on the way */
  private missedSlot = -Infinity;
  private nowSlot = 0;
  private networksAt = 0;
  private neighboursAt = 0;
  private readonly voice = new LaneVoice();
  private forgottenAt = 0;
  /** by the last fold */
  private toldNow: string[] = [];

  constructor(private readonly props: LaneGuardProps) {
    this.table = new SourceTable(props.sourcesMax ?? SOURCES_MAX);
    this.stillness = new Stillness(props.rhythm);
  }

  /** Takes what packets say of sources; `newestMs` is the newest arrival that the lane has folded. */
  fold(
    cells: readonly SourceCell[],
    lookup: ViewerLookup,
    { version, newestMs, mediaHits = 0, isCut = false, known = [] }: FoldStep,
  ): GuardFold {
    const { table } = this;
    const { missed } = table;
    this.toldNow = [];
    const touched = new Set<string>();
    const suspects: Suspect[] = [];
    const marks: Mark[] = [];
    for (const cell of cells) {
      table.add(cell);
      // A clock that is ahead must not make all others late.
      const slot = Math.min(cell.slot, slotOf(newestMs));
      this.nowSlot = Math.max(this.nowSlot, slot);
    }
    // The newest: with a straggler of long ago a lane would seem to have watched since then.
    if (this.firstSlot === 0) this.firstSlot = this.nowSlot;
    if (isCut || table.missed > missed) this.missedSlot = this.nowSlot;
    this.watched.note(cells, { version, isCut, nowSlot: this.nowSlot, newestMs });
    const hasViewers = () => lookup.conforming(this.nowSlot * SLOT_MS) > 0;
    this.stillness.note({ newestMs, mediaHits }, cells, hasViewers);
    for (const cell of [...cells, ...known]) {
      const key = `${cell.hi} ${cell.lo}`;
      if (touched.has(key)) continue;
      touched.add(key);
      const suspect = this.judge(cell, lookup);
      const { address } = cell;
      if (suspect !== undefined) {
        suspects.push(suspect);
        marks.push({ address, atMs: suspect.lastAtMs, isNew: true });
      } else if (this.addresses.has(address)) {
        marks.push({ address, atMs: cell.slot * SLOT_MS, isNew: false });
      } else continue;
      this.addresses.set(address, this.nowSlot);
    }
    suspects.push(...this.judgeNetworks(lookup));
    this.forgetTold();
    this.voice.note(cells, this.nowSlot);
    return { batch: this.batchOf(suspects, lookup, version, newestMs), marks };
  }

  /** What the last fold told was not heard: it is told again. */
  untell(): void {
    for (const cidr of this.toldNow) this.told.delete(cidr);
    this.toldNow = [];
    this.neighboursAt = 0;
    this.networksAt = 0;
    this.watched.untell();
    this.voice.untell();
  }

  private tell(cidr: string, slot: number): void {
    this.told.set(cidr, slot);
    this.toldNow.push(cidr);
  }

  private get hasWatched(): boolean {
    return this.nowSlot >= this.firstSlot + SETTLED_SLOTS;
  }

  /** It knows all neighbours of its suspects. */
  private get isSettled(): boolean {
    return this.hasWatched && this.nowSlot >= this.missedSlot + SETTLED_SLOTS;
  }

  private judge(cell: SourceCell, lookup: ViewerLookup): Suspect | undefined {
    const { table } = this;
    const at = table.find(cell.hi, cell.lo);
    if (at < 0 || !this.isWorthAsking(at)) return undefined;
    const cidr = sourceText(cell.hi, cell.lo);
    const facts = table.factsOf(at);
    const told = this.told.get(cidr);
    if (facts.long[N.hits] === 0 && told === undefined) return undefined;
    const lastSlot = Math.floor(facts.atMs / SLOT_MS);
    if (told !== undefined && lastSlot < told + TELL_SLOTS) return undefined;
    const viewers = this.behind(lookup, at, facts.atMs);
    const { isStill } = this.stillness;
    const judged = isStill ? withManifestsFailed(facts) : facts;
    const judgement = judgeSource(judged, viewers, this.props.rhythm);
    if (judgement === undefined) return undefined;
    this.tell(cidr, lastSlot);
    this.networks.set(laneNetwork(cell.hi, cell.lo), this.nowSlot);
    return suspectOf(cidr, judgement, facts, viewers);
  }

  private isWorthAsking(at: number): boolean {
    const { table } = this;
    return mayBeSuspect({
      windowHits: table.windowHits(at),
      longSeconds: table.longSeconds(at),
      refused: table.long(at, N.refused),
      long: (n) => table.long(at, n),
      quarterMinutes: table.quarterMinutes(at),
    });
  }

  private judgeNetworks(lookup: ViewerLookup): Suspect[] {
    // Who has not watched for a minute does not know who is new.
    if (!this.hasWatched || this.nowSlot < this.networksAt + NETWORK_SLOTS) return [];
    this.networksAt = this.nowSlot;
    const atMs = this.nowSlot * SLOT_MS;
    const { watched } = this;
    const isWatched = ({ hi, lo, network }: NetworkName) =>
      watched.has(hi, lo, this.nowSlot)
        ? lookup.isWatched(network, atMs)
        : lookup.isWatched(network, atMs, watched.sureFromMs);
    return findNetworks(this.table, this.nowSlot, isWatched).flatMap((finding) => {
      const cidr = prefixText(prefixOf(finding.hi, finding.lo, finding.bits));
      const told = this.told.get(cidr);
      if (told !== undefined && this.nowSlot < told + TELL_SLOTS) return [];
      this.tell(cidr, this.nowSlot);
      this.networks.set(laneNetwork(finding.hi, finding.lo), this.nowSlot);
      return [networkSuspect(cidr, finding)];
    });
  }

  private batchOf(
    suspects: readonly Suspect[],
    lookup: ViewerLookup,
    version: number,
    newestMs: number,
  ): SuspectBatch | undefined {
    const { nowSlot } = this;
    const isDue = this.told.size > 0 && nowSlot >= this.neighboursAt + NEIGHBOURS_SLOTS;
    const hasSuspects = suspects.length > 0;
    const laneRefused = this.voice.speak(nowSlot, { hasSuspects, isDue }, (hi, lo) => {
      const at = this.table.find(hi, lo);
      return at < 0 ? 0 : this.behind(lookup, at, nowSlot * SLOT_MS).now;
    });
    if (laneRefused === undefined) return undefined;
    if (isDue) this.neighboursAt = nowSlot;
    return {
      lane: this.props.lane,
      version,
      atMs: newestMs,
      suspects,
      neighbours: isDue ? this.neighbours(lookup) : undefined,
      isSettled: this.isSettled,
      laneViewers: lookup.conforming(nowSlot * SLOT_MS),
      laneRefused,
    };
  }

  /** Viewers of the sources in the networks of suspects: whom a wider block would hit. */
  private neighbours(lookup: ViewerLookup): Neighbour[] {
    const { table } = this;
    const { words } = table;
    const near: number[] = [];
    table.each((at) => {
      const network = laneNetwork(words[at]!, words[at + S.lo]!);
      if (table.total(at, N.media) > 0 && this.networks.has(network)) near.push(at);
    });
    return near.flatMap((at) => {
      const cidr = sourceText(words[at]!, words[at + S.lo]!);
      const atMs = words[at + S.lastSlot]! * SLOT_MS;
      const verifiedViewers = this.behind(lookup, at, atMs).recent;
      return verifiedViewers === 0 || this.told.has(cidr) ? [] : [{ cidr, verifiedViewers }];
    });
  }

  private behind(lookup: ViewerLookup, at: number, atMs: number): ViewersBehind {
    const { words } = this.table;
    const before = words[at + S.addressBefore]!;
    return lookup.behind(words[at + S.address]!, atMs, before === 0 ? undefined : before);
  }

  private forgetTold(): void {
    if (this.nowSlot < this.forgottenAt + TELL_SLOTS) return;
    this.forgottenAt = this.nowSlot;
    forgetBefore(this.told, this.nowSlot - FORGOTTEN_SLOTS);
    forgetBefore(this.networks, this.nowSlot - FORGOTTEN_SLOTS);
    forgetBefore(this.addresses, this.nowSlot - MARKED_SLOTS);
  }
}

/** Drops what is too old, and the oldest of what is too much. */
function forgetBefore<Key>(seen: Map<Key, number>, slot: number): void {
  for (const [key, at] of seen) if (at < slot || seen.size > TOLD_MAX) seen.delete(key);
}

function slotOf(ms: number): number {
  return Math.floor(ms / SLOT_MS);
}

function prefixOf(hi: number, lo: number, bits: number) {
  return { version: hi === V4_HI ? (4 as const) : (6 as const), hi, lo, bits };
}

function sourceText(hi: number, lo: number): string {
  return prefixText(prefixOf(hi, lo, hi === V4_HI ? 32 : 64));
}

/** The /20 or /40, which lies in one lane. */
function laneNetwork(hi: number, lo: number): string {
  return `${hi} ${(lo & (hi === V4_HI ? 0xfffff000 : 0xff000000)) >>> 0}`;
}
