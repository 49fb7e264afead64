import type { Audience } from '../audience/audience';
import type { Days } from '../audience/day';
import { LAST_MASK } from '../audience/interval-pool';
import { SLOT_MS } from '../audience/rules';
import { ASKED_MANIFEST, ENTRY_WORDS, SESSION_WORDS, STARTED, W } from '../audience/viewer-table';
import { PERSON_CLASSES } from '../edge/classes';
import { POLLS } from './explained';
import type { ViewerLookup } from './lane-guard';
import type { Rhythm, ViewersBehind } from './rules';

const NOW_MS = 60_000;
const WINDOW_MS = 10_000;
const RECENT_MS = 30 * 60_000;
/** Where an address has more viewers than this, an agent may stand for many devices. */
const ALONE_MAX = 3;
const OVER_RHYTHM = 5;
const START_HITS = 40;
/** Presence in the first minute of a day: the viewer had asked for its manifest the day before. */
const WENT_ON_SLOTS = NOW_MS / SLOT_MS;
/** So long may a viewer wait for its first media before it counts as one that does not watch. */
const WAITING_MS = 10_000;

/** The viewers of each address of one audience, found when somebody asks. */
export class ViewersByAddress {
  private heads: Int32Array | undefined;
  private next = new Int32Array(0);

  constructor(
    private readonly audience: Audience,
    /** when a broadcast day begins, ms */
    private readonly startOf: (day: number) => number,
  ) {}

  /** The state has changed: the next question looks anew. */
  forget(): void {
    this.heads = undefined;
  }

  entriesOf(address: number, day: number): number[] {
    const { table } = this.audience;
    const heads = this.heads ?? this.build();
    const entries: number[] = [];
    let entry = heads[place(address, heads.length)]!;
    for (; entry >= 0; entry = this.next[entry / ENTRY_WORDS]!) {
      if (table.words[entry + W.address] === address && table.dayOf(entry) === day) {
        entries.push(entry);
      }
    }
    return entries;
  }

  /**
   * ms since the presence of a viewer ended that asked for a manifest and had media; Infinity of others. Who watches
   * over the change of broadcast days may ask for none on the new one (DASH).
   */
  restMs(entry: number, atMs: number): number {
    const { table } = this.audience;
    const { words } = table;
    const flags = words[entry + W.content]!;
    if ((flags & STARTED) === 0) return Infinity;
    if (!this.hasAsked(entry) && !this.wentOn(entry)) return Infinity;
    if (words[entry + W.counts]! >>> 24 >= PERSON_CLASSES || this.isPage(entry)) return Infinity;
    const [runs, at] = [table.runWords(entry), table.runAt(entry)];
    let last = -1;
    for (let n = 0; n < table.runsOf(entry); n += 1) last = Math.max(last, runs[at + 2 * n + 1]!);
    const endMs = this.startOf(table.dayOf(entry)) + (last + 1) * SLOT_MS;
    return Math.max(0, atMs - endMs);
  }

  hasAsked(entry: number): boolean {
    return (this.audience.table.words[entry + W.content]! & ASKED_MANIFEST) !== 0;
  }

  private wentOn(entry: number): boolean {
    const { table } = this.audience;
    const [runs, at] = [table.runWords(entry), table.runAt(entry)];
    for (let n = 0; n < table.runsOf(entry); n += 1) {
      if (runs[at + 2 * n]! < WENT_ON_SLOTS) return true;
    }
    return false;
  }

  /** Keyed hashes of the addresses in a /20 or /40 that have viewers of a day, and others of its name. */
  addressesIn(network: number, day: number): Set<number> {
    const { table } = this.audience;
    const found = new Set<number>();
    table.each((entry) => {
      const address = table.words[entry + W.address]!;
      if (address >>> 16 === network && table.dayOf(entry) === day) found.add(address);
    });
    return found;
  }

  isOverRhythm(entry: number, { perDevice, perPlaylist }: Rhythm): boolean {
    const { table } = this.audience;
    const [runs, at] = [table.runWords(entry), table.runAt(entry)];
    let slots = 0;
    for (let n = 0; n < table.runsOf(entry); n += 1) {
      slots += runs[at + 2 * n + 1]! - runs[at + 2 * n]! + 1;
    }
    const watched = (slots * SLOT_MS) / WINDOW_MS;
    // A player on pause goes on polling.
    const paused = Math.max(0, this.sessionMs(entry) / WINDOW_MS - watched);
    const explained = watched * perDevice + paused * POLLS.window * perPlaylist + START_HITS;
    return table.words[entry + W.hits]! > OVER_RHYTHM * explained;
  }

  private sessionMs(entry: number): number {
    const { table } = this.audience;
    const [sessions, at] = [table.sessionWords(entry), table.sessionAt(entry)];
    let sumMs = 0;
    for (let n = 0; n < table.sessionsOf(entry); n += 1) {
      const own = at + n * SESSION_WORDS;
      sumMs += Math.max(0, (sessions[own + 1]! & LAST_MASK) - sessions[own]!);
    }
    return sumMs;
  }

  /** Whether it waits for media in vain, or had nothing but refusals. */
  isIdle(entry: number): boolean {
    const { table } = this.audience;
    if ((table.words[entry + W.content]! & STARTED) !== 0) return false;
    const [sessions, at] = [table.sessionWords(entry), table.sessionAt(entry)];
    const last = sessions[at + 1]!;
    const isRefusedOnly = (last & ~LAST_MASK) === 0;
    return isRefusedOnly || (last & LAST_MASK) - sessions[at]! >= WAITING_MS;
  }

  dayOf(entry: number): number {
    return this.audience.table.dayOf(entry);
  }

  each(visit: (entry: number) => void): void {
    this.audience.table.each(visit);
  }

  private isPage(entry: number): boolean {
    const { table, contents } = this.audience;
    return contents.list[table.contentOf(entry)]!.kind === 'page';
  }

  private build(): Int32Array {
    const { table } = this.audience;
    const { words } = table;
    const size = 2 ** Math.ceil(Math.log2(2 * table.count + 16));
    const heads = new Int32Array(size).fill(-1);
    const length = words.length / ENTRY_WORDS;
    if (this.next.length < length) this.next = new Int32Array(length);
    table.each((entry) => {
      const at = place(words[entry + W.address]!, size);
      this.next[entry / ENTRY_WORDS] = heads[at]!;
      heads[at] = entry;
    });
    this.heads = heads;
    return heads;
  }
}

/** G2_conforming over the audiences of a lane: `of` gives that of a broadcast day, if it is at hand. */
export function makeViewerLookup(
  of: (day: number) => ViewersByAddress | undefined,
  days: Days,
  rhythm: Rhythm,
): ViewerLookup {
  /** Of each that conforms: ms since its presence ended. */
  const restsOn = (day: number, address: number, atMs: number, mayHaveAskedBefore = true) => {
    const viewers = of(day);
    if (viewers === undefined) return [];
    const all = viewers.entriesOf(address, day);
    const own = mayHaveAskedBefore ? all : all.filter((entry) => viewers.hasAsked(entry));
    return conformingOf(viewers, own, rhythm).map((entry) => viewers.restMs(entry, atMs));
  };
  const behindOn = (...what: Parameters<typeof restsOn>): ViewersBehind => {
    const rests = restsOn(...what);
    return {
      now: rests.filter((ms) => ms <= NOW_MS).length,
      recent: rests.filter((ms) => ms <= RECENT_MS).length,
    };
  };
  const conformingOn = (day: number, atMs: number): number => {
    const viewers = of(day);
    let count = 0;
    viewers?.each((entry) => {
      if (viewers.dayOf(entry) === day && viewers.restMs(entry, atMs) <= NOW_MS) count += 1;
    });
    return count;
  };
  return {
    behind(address, atMs, before) {
      const { day, startMs } = days.at(atMs);
      // Whose address of the day before is known must have conformed there when the day changed.
      const isKnown = before !== undefined && of(day - 1) !== undefined;
      const wentOn = !isKnown || behindOn(day - 1, before, startMs).now > 0;
      const today = behindOn(day, address, atMs, wentOn);
      if (atMs - startMs > RECENT_MS) return today;
      // Viewers go on over the change of days, and are others on the new one: never fewer than on either.
      const yesterday = behindOn(day - 1, before ?? address, atMs);
      return {
        now: Math.max(today.now, yesterday.now),
        recent: Math.max(today.recent, yesterday.recent),
      };
    },
    isWatched(network, atMs, endedBeforeMs = Infinity) {
      const { day, startMs } = days.at(atMs);
      const isMeant = (ms: number) => ms <= RECENT_MS && atMs - ms < endedBeforeMs;
      const isOn = (one: number) => {
        const addresses = of(one)?.addressesIn(network, one) ?? [];
        return [...addresses].some((address) => restsOn(one, address, atMs).some(isMeant));
      };
      return isOn(day) || (atMs - startMs <= RECENT_MS && isOn(day - 1));
    },
    conforming(atMs) {
      const { day, startMs } = days.at(atMs);
      const today = conformingOn(day, atMs);
      return atMs - startMs > NOW_MS ? today : Math.max(today, conformingOn(day - 1, atMs));
    },
  };
}

/** Of the viewers of one address, those that behave like a player, now or before. */
export function conformingOf(
  viewers: ViewersByAddress,
  entries: readonly number[],
  rhythm: Rhythm,
): number[] {
  const started = entries.filter((entry) => viewers.restMs(entry, 0) < Infinity);
  if (started.length > ALONE_MAX) return started;
  return started.filter((entry) => !viewers.isOverRhythm(entry, rhythm));
}

function place(address: number, size: number): number {
  const mixed = Math.imul(address, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & (size - 1);
}
