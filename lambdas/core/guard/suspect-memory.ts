import { ExcessMemory } from './excess';
import type { LanePresence, Presence } from './fuses';
import { parsePrefix, prefixText, widen } from './prefix';
import { LANE_BITS } from './prefix-plan';
import type { Neighbour, Suspect, SuspectBatch } from './suspect';

/** One part of a batch, as it was read. */
export interface ToldPart extends SuspectBatch {
  /** Whether the neighbours go on from the part before. */
  readonly continues: boolean;
}

interface Told {
  readonly suspect: Suspect;
  readonly lane: number;
  /** newest arrival that its lane had folded */
  readonly atMs: number;
  /** when it was read, by a clock that does not step */
  readonly readAtMs: number;
}

interface LaneMemory {
  version: number;
  viewers: number;
  refused: number;
  atMs: number;
  neighbours: Neighbour[] | undefined;
  isSettled: boolean;
}

export const SUSPECTS_MAX = 200_000;
/** Who goes on is told every 10 seconds, so who was not told for so long has stopped. */
const QUIET_MS = 30_000;
/** Evidence that is older begins no block. */
const AGE_MS_MAX = 600_000;
/** How many watch is known for so long: a lane of which more is to be expected says it each minute. */
const VIEWERS_AGE_MS_MAX = 300_000;

/** Viewers of a lane, of them refused, and when that was so. */
export type ToldViewers = readonly [viewers: number, refused: number, atMs: number];

/** What lanes have told and no plan has dealt with yet, and what they know of viewers. */
export class SuspectMemory {
  private readonly told = new Map<string, Told>();
  private readonly lanes = new Map<number, LaneMemory>();
  readonly excess = new ExcessMemory(SUSPECTS_MAX);
  /** suspects that had no room */
  dropped = 0;
  private newestReadAtMs = -Infinity;

  /** @param told by lane, as they were known before */
  constructor(told: Readonly<Record<number, ToldViewers>> = {}) {
    for (const [lane, [viewers, refused, atMs]] of Object.entries(told)) {
      const nothing = { version: 0, neighbours: undefined, isSettled: false };
      this.lanes.set(Number(lane), { ...nothing, viewers, refused, atMs });
    }
  }

  /** A part that is read twice, or after a newer one, changes nothing. */
  take(part: ToldPart, readAtMs: number): void {
    const { lane, version, atMs } = part;
    const known = this.lanes.get(lane);
    const isNewest = known === undefined || version >= known.version;
    if (isNewest) {
      const { laneViewers: viewers, laneRefused: refused, isSettled } = part;
      const before = known?.neighbours;
      const more = part.neighbours;
      const neighbours =
        more === undefined ? before : part.continues ? [...(before ?? []), ...more] : [...more];
      this.lanes.set(lane, { version, viewers, refused, atMs, neighbours, isSettled });
    }
    for (const suspect of part.suspects) {
      this.excess.take(suspect, atMs);
      const before = this.told.get(suspect.cidr);
      if (before !== undefined && before.suspect.lastAtMs > suspect.lastAtMs) continue;
      if (before === undefined && this.told.size >= SUSPECTS_MAX) this.dropped += 1;
      else this.told.set(suspect.cidr, { suspect, lane, atMs, readAtMs });
    }
    if (part.suspects.length > 0) this.newestReadAtMs = Math.max(this.newestReadAtMs, readAtMs);
  }

  get size(): number {
    return this.told.size;
  }

  /** When the oldest of them was arrived, for who measures how long a block takes. */
  arrivalOf(cidr: string): number | undefined {
    return this.told.get(cidr)?.atMs;
  }

  /** Whether more is to be expected any second. */
  isActive(nowMs: number): boolean {
    return nowMs - this.newestReadAtMs < QUIET_MS;
  }

  /**
   * Suspects that are to be planned. What was seen before a block ended begins no other: a lane's batches may
   * be read again long after. `ends` has the last end of each CIDR that was blocked.
   */
  suspects(ends: ReadonlyMap<string, number>, nowMs: number): Suspect[] {
    const suspects: Suspect[] = [];
    for (const [cidr, { suspect, atMs }] of this.told) {
      const endMs = ends.get(cidr);
      const isUsed = endMs !== undefined && endMs <= nowMs && atMs < endMs;
      if (isUsed || nowMs - atMs > AGE_MS_MAX) this.told.delete(cidr);
      else suspects.push(suspect);
    }
    return suspects;
  }

  viewers(): Neighbour[] {
    return [...this.lanes.values()].flatMap(({ neighbours = [] }) => neighbours);
  }

  /** Of all lanes that spoke of late: the crowd of the day before is nobody that a block could hit. */
  totalViewers(nowMs: number): number {
    let sum = 0;
    for (const { viewers } of this.presence(nowMs).values()) sum += viewers;
    return sum;
  }

  /** For who comes after, as the constructor takes it. */
  viewersByLane(nowMs: number): Record<number, ToldViewers> {
    return Object.fromEntries(
      [...this.presence(nowMs)].map(([lane, { viewers, refused, atMs }]) => [
        lane,
        [viewers, refused, atMs],
      ]),
    );
  }

  /** Of lanes that spoke of late. */
  presence(nowMs: number): Presence {
    const presence = new Map<number, LanePresence>();
    for (const [lane, { viewers, refused, atMs }] of this.lanes) {
      if (nowMs - atMs <= VIEWERS_AGE_MS_MAX) presence.set(lane, { viewers, refused, atMs });
    }
    return presence;
  }

  /** Lane prefixes of suspects whose neighbours are not known. */
  unsettled(): string[] {
    const prefixes = new Set<string>();
    for (const { suspect, lane } of this.told.values()) {
      const known = this.lanes.get(lane);
      if (known?.isSettled && known.neighbours !== undefined) continue;
      const prefix = parsePrefix(suspect.cidr);
      if (prefix === undefined) continue;
      const bits = Math.min(prefix.bits, LANE_BITS[prefix.version]);
      prefixes.add(prefixText(widen(prefix, bits)));
    }
    return [...prefixes];
  }

  /**
   * A plan was carried out: who was in it is dealt with, but for those that wait. Who found no room waits as
   * long as it goes on.
   */
  settle(planned: readonly Suspect[], waiting: ReadonlySet<string>, nowMs: number): void {
    for (const { cidr, lastAtMs } of planned) {
      const told = this.told.get(cidr);
      if (told === undefined || told.suspect.lastAtMs > lastAtMs) continue;
      if (!waiting.has(cidr) || nowMs - told.readAtMs >= QUIET_MS) this.told.delete(cidr);
    }
  }
}
