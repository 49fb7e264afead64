import type { AudienceLimits } from '../audience/audience';
import type { Days } from '../audience/day';
import { ContentTable } from '../edge/content-table';
import { DEFAULT_SETTINGS } from '../settings';
import type { Rhythm } from '../guard/rules';
import type { SuspectBatch } from '../guard/suspect';
import { Changes, contentUpdate } from './changes';
import { foldEntries } from './damaged-packet';
import { ChainTable } from './chain';
import { BLOB_LIVES_MS, type BlobWrite, LaneDay } from './lane-day';
import {
  type BlobRef,
  type LaneHead,
  type LaneRules,
  type StoredDay,
  blobsOf,
  checkRules,
  decodeHead,
  encodeHead,
} from './lane-head';
import { LaneSuspects } from './lane-suspects';
import { LedgerChanges, freshnessUpdate } from './ledger-changes';
import { encodeOutbox } from './outbox';
import type { Packet } from './packet';
import { foldHits } from './packet-hits';
import type { StoredHead, ViewsUpdate } from './ports';
import { UNBOUNDED } from './unbounded';
import { groupOfLane } from './views-item';

/** Broadcast days whose viewers are kept, the newest included: a week of retention and one more. */
export const DAYS_KEPT = 9;
/** B2_lane of a lane and broadcast day: at 130 bytes a viewer 80 MB at most before it is cut down. */
export const LANE_LIMITS = { viewersMax: 262_144, waitingMax: 32_768 } as const;
/** An outbox beyond this is a blob: an item holds 400 KB. */
export const OUTBOX_BYTES_MAX = 98_304;
/** As long as the minutes that it speaks of: whoever loads the head after a quiet season asks for it. */
const OUTBOX_LIVES_SECONDS = 400 * 86_400;
/** Days that stay in memory between folds. */
const DAYS_AT_HAND_MAX = 3;

export interface LaneProps {
  readonly lane: number;
  readonly rules: LaneRules;
  readonly limits: AudienceLimits;
  /** of the rules' zone and hour */
  readonly days: Days;
  /** Left out: nobody is judged. */
  readonly guard?: { readonly rhythm: Rhythm; readonly sourcesMax?: number } | undefined;
  /** What this process saw of the lane's sources before. @default nothing */
  readonly suspects?: LaneSuspects | undefined;
}

/** What one version of a lane has to write, in this order: blobs, the head, then the updates. */
export interface Commit {
  readonly writes: readonly BlobWrite[];
  readonly head: StoredHead;
  readonly updates: readonly ViewsUpdate[];
  /** blobs that nobody names once the head is written */
  readonly removed: readonly BlobRef[];
  /** what is new of suspects; to be told once the head is written */
  readonly batch: SuspectBatch | undefined;
}

/**
 * One lane: chains and viewers. `place` and `fold` change it; what they changed counts only once the
 * commit that `fold` returns is written, so a lane whose commit failed is thrown away.
 */
export class Lane {
  readonly version: number;
  private readonly rules: LaneRules;
  private readonly contents = new ContentTable(DEFAULT_SETTINGS);
  private readonly known = new Set<number>();
  private readonly atHand = new Map<number, LaneDay>();
  private readonly head: LaneHead;
  private readonly chains: ChainTable;
  readonly suspects: LaneSuspects | undefined;
  /** of the head */
  private readonly days: Map<number, StoredDay>;

  constructor(
    private readonly props: LaneProps,
    stored?: StoredHead,
    /** what is at hand of the version that `stored` is */
    before?: Lane,
  ) {
    this.version = stored?.version ?? 0;
    this.head =
      stored === undefined
        ? { rules: props.rules, newestArrivalMs: 0, outbox: undefined, chains: NONE, days: NONE }
        : decodeHead(stored.body);
    checkRules(this.head.rules, props.rules);
    this.rules = this.head.rules;
    this.chains = new ChainTable(this.head.chains);
    this.days = new Map(this.head.days);
    const { guard } = props;
    this.suspects =
      before?.suspects ?? props.suspects ?? (guard && new LaneSuspects({ ...props, ...guard }));
    if (before !== undefined) {
      this.contents = before.contents;
      this.known = before.known;
      this.atHand = before.atHand;
    }
  }

  /** The blob that holds the outbox of this version, if it does not stand beside the head. */
  get outboxBlob(): BlobRef | undefined {
    return this.head.outbox;
  }

  /** Bytes of viewers in memory. */
  get bytesUsed(): number {
    return [...this.atHand.values()].reduce(
      (sum, day) => sum + day.audience.bytesUsed,
      this.suspects?.bytesUsed ?? 0,
    );
  }

  /** Whether content numbers run out: then the lane is better loaded anew, with those still in use. */
  get isCrowded(): boolean {
    return this.contents.list.length > 50_000;
  }

  /** Which packets are new, and which were applied before. */
  place(packets: readonly Packet[]): { fresh: Packet[]; duplicates: Packet[] } {
    const fresh: Packet[] = [];
    const duplicates: Packet[] = [];
    for (const packet of packets) {
      if (this.chains.place(packet)) fresh.push(packet);
      else duplicates.push(packet);
    }
    this.dropExpired(fresh);
    return { fresh, duplicates };
  }

  /** After a long silence blobs have expired: days of before begin anew, if they come again at all. */
  private dropExpired(fresh: readonly Packet[]): void {
    const arrivalMs = Math.max(0, ...fresh.map(({ lastArrivalMs }) => lastArrivalMs));
    if (arrivalMs - this.head.newestArrivalMs < BLOB_LIVES_MS) return;
    for (const day of [...this.days.keys()]) {
      if (this.props.days.startOf(day + 1) + BLOB_LIVES_MS > arrivalMs) continue;
      this.days.delete(day);
      this.atHand.delete(day);
    }
  }

  /** Days that the packets speak of and that are stored, but not at hand: load their blobs. */
  missingDays(packets: readonly Packet[]): (readonly [number, StoredDay])[] {
    const days = new Set(packets.flatMap((packet) => packet.days.map(({ day }) => day)));
    const kept = this.newestDay(packets) - DAYS_KEPT;
    return [...days].flatMap((day) => {
      const stored = this.days.get(day);
      return day <= kept || stored === undefined || this.atHand.has(day)
        ? []
        : [[day, stored] as const];
    });
  }

  restoreDay(day: number, blobs: ReadonlyMap<string, Uint8Array>): void {
    const laneDay = this.makeDay(day);
    laneDay.restore(this.days.get(day)!, blobs, Math.floor(this.head.newestArrivalMs / 60_000));
    this.atHand.set(day, laneDay);
  }

  /**
   * Joins new packets (all days that they speak of must be at hand). `duplicates` were dropped;
   * `writer` makes the names of blobs differ from those of whoever writes the same version at once.
   */
  fold(fresh: readonly Packet[], duplicates: readonly Packet[], writer: string): Commit {
    const changes = new Changes();
    const group = groupOfLane(this.props.lane);
    const oldest = this.newestDay(fresh) - DAYS_KEPT + 1;
    const ledgers = new LedgerChanges();
    const touched = new Set<number>();
    for (const packet of duplicates) ledgers.add(packet.lastArrivalMs, [['duplicate', 1]]);
    for (const packet of fresh) {
      foldHits(packet, this.contents, changes);
      let late = 0;
      for (const { day, entries } of packet.days) {
        if (day < oldest) {
          late += this.countHits(day, entries);
          continue;
        }
        let laneDay = this.atHand.get(day);
        if (laneDay === undefined) this.atHand.set(day, (laneDay = this.makeDay(day)));
        foldEntries(laneDay, packet, entries, changes);
        touched.add(day);
      }
      ledgers.addPacket(packet, late);
    }
    const newestArrivalMs = fresh.reduce(
      (ms, packet) => Math.max(ms, packet.lastArrivalMs),
      this.head.newestArrivalMs,
    );
    const version = this.version + 1;
    const judged = this.suspects?.fold({
      packets: fresh,
      atHand: this.atHand,
      version,
      newestMs: newestArrivalMs,
      changes,
    });
    for (const day of judged?.days ?? []) touched.add(day);
    for (const day of touched) this.atHand.get(day)!.tell(changes);
    const updates = [
      ...this.newContents(changes),
      ...changes.updates(this.contents.list, group),
      ...ledgers.updates(group),
      freshnessUpdate(this.props.lane, newestArrivalMs, version),
    ];
    const what = { updates, touched, oldest, newestArrivalMs, version, writer };
    return this.commit({ ...what, batch: judged?.batch });
  }

  private commit(what: {
    updates: readonly ViewsUpdate[];
    touched: ReadonlySet<number>;
    oldest: number;
    newestArrivalMs: number;
    version: number;
    writer: string;
    batch: SuspectBatch | undefined;
  }): Commit {
    const { updates, touched, oldest, newestArrivalMs, version, writer, batch } = what;
    const minute = Math.floor(newestArrivalMs / 60_000);
    const writes: BlobWrite[] = [];
    const removed: BlobRef[] = this.head.outbox === undefined ? [] : [this.head.outbox];
    const days = new Map<number, StoredDay>();
    for (const day of [...new Set([...this.days.keys(), ...touched])].sort((a, b) => a - b)) {
      const before = this.days.get(day);
      if (day < oldest) {
        if (before !== undefined) removed.push(...blobsOf(before));
        this.atHand.delete(day);
        continue;
      }
      if (!touched.has(day)) {
        days.set(day, before!);
        continue;
      }
      const saved = this.atHand
        .get(day)!
        .save(before, minute, (sort) => `${day}-${version}${sort}-${writer}`);
      days.set(day, saved.stored);
      writes.push(...saved.writes);
      removed.push(...saved.removed);
    }
    for (const day of [...this.atHand.keys()].sort((a, b) => a - b)) {
      if (this.atHand.size > DAYS_AT_HAND_MAX && !touched.has(day)) this.atHand.delete(day);
    }
    let outbox = encodeOutbox(updates);
    let blob: BlobRef | undefined;
    if (outbox.length > OUTBOX_BYTES_MAX) {
      const id = `${version}o-${writer}`;
      blob = { id, bytes: outbox.length };
      const expiresAtSeconds = minute * 60 + OUTBOX_LIVES_SECONDS;
      writes.push({ ...blob, data: outbox, expiresAtSeconds });
      outbox = new Uint8Array(0);
    }
    const chains = this.chains.keptAt(newestArrivalMs);
    const body = encodeHead({ rules: this.rules, newestArrivalMs, outbox: blob, chains, days });
    return { writes, head: { version, body, outbox }, updates, removed, batch };
  }

  /** Hits of viewers of a day whose state was dropped: too late to be joined to it. */
  private countHits(day: number, entries: Uint8Array): number {
    const laneDay = this.makeDay(day, UNBOUNDED);
    laneDay.fold(entries, new Changes());
    return laneDay.hits;
  }

  private newContents(changes: Changes): ViewsUpdate[] {
    const updates: ViewsUpdate[] = [];
    for (const n of changes.contentNumbers) {
      if (this.known.has(n)) continue;
      this.known.add(n);
      updates.push(contentUpdate(this.contents.list[n]!));
    }
    return updates;
  }

  private newestDay(packets: readonly Packet[]): number {
    let newest = -Infinity;
    for (const day of this.days.keys()) newest = Math.max(newest, day);
    for (const { days } of packets) for (const { day } of days) newest = Math.max(newest, day);
    return newest;
  }

  private makeDay(day: number, limits = this.props.limits): LaneDay {
    const { contents, rules } = this;
    const { days } = this.props;
    return new LaneDay({ day, contents, days, limits, pagesPerDayMax: rules.pagesPerDayMax });
  }
}

const NONE = new Map<never, never>();
