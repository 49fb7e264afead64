import { Audience, type AudienceLimits, type EntryWatch } from '../audience/audience';
import type { Days } from '../audience/day';
import { mergeState, restoreState } from '../audience/lane-state';
import { tellFigures } from '../audience/viewer-figures';
import { ENTRY_WORDS, W } from '../audience/viewer-table';
import { CLASSES, PERSON_CLASSES } from '../edge/classes';
import type { ContentTable } from '../edge/content-table';
import { NetworkMemo, type ViewerHash } from '../edge/scanner';
import type { Changes } from './changes';
import { type GoneEntry, decodeBlob, encodeBlob } from './lane-blob';
import type { BlobRef, StoredDay } from './lane-head';
import { OverTold } from './over-told';

/** Deltas are joined into the base when there are so many, or so many bytes of them as of the base. */
const DELTAS_MAX = 8;
const BASE_BYTES_MIN = 65_536;
/** Who has not changed for so long is sealed, when there are enough for a blob. */
const SEALED_AFTER_MINUTES = 35;
const SEALED_ENTRIES_MIN = 1_000;
const SUSPECT_CLASS = CLASSES.indexOf('suspect');
/** `changedAt` of a viewer who is as the sealed blobs say. */
const SEALED = 0xffffffff;
/**
 * Blobs outlive their day by this much, or the arrival of what they hold if that is later (an old log
 * that is played again); the state of a day is dropped before.
 */
export const BLOB_LIVES_MS = 10 * 86_400_000;

export interface LaneDayProps {
  readonly day: number;
  readonly contents: ContentTable;
  readonly days: Days;
  readonly limits: AudienceLimits;
  readonly pagesPerDayMax: number;
  /** For tests of sealing. @default 1,000 */
  readonly sealedEntriesMin?: number;
}

/** A blob to be written before the head that names it. */
export interface BlobWrite extends BlobRef {
  readonly data: Uint8Array;
  readonly expiresAtSeconds: number;
}

export interface SavedDay {
  readonly stored: StoredDay;
  readonly writes: readonly BlobWrite[];
  /** named no more */
  readonly removed: readonly BlobRef[];
}

/**
 * The viewers of a lane on one broadcast day. A fold takes back what each viewer that changes had
 * contributed before it changes, and in the end tells what all of them contribute now; what changed is
 * saved as a delta.
 */
export class LaneDay implements EntryWatch {
  readonly audience: Audience;
  private readonly startMs: number;
  private readonly touched = new Set<number>();
  /** made in this fold, so no blob holds them */
  private readonly fresh = new Set<number>();
  private goneEntries: GoneEntry[] = [];
  /** gone, but sealed blobs still hold them */
  private readonly buried = new Map<string, GoneEntry>();
  /** by entry: arrival minute of the last change, or SEALED */
  private changedAt = new Uint32Array(64);
  /** by entry: 1 if a sealed blob holds the viewer */
  private inSealed = new Uint8Array(64);
  private readonly over: OverTold;
  private changes: Changes | undefined;

  constructor(private readonly props: LaneDayProps) {
    const { contents, days, limits, day } = props;
    this.audience = new Audience({ contents, days, viewerHash: NO_HASH, limits });
    this.over = new OverTold(this.audience);
    this.startMs = days.startOf(day);
  }

  /** Puts back the state that the blobs hold; `minute` is that of the newest arrival. */
  restore(stored: StoredDay, blobs: ReadonlyMap<string, Uint8Array>, minute: number): void {
    const { audience } = this;
    const { contents, day } = this.props;
    const read = (refs: readonly BlobRef[], markOf: (entry: number) => void) => {
      for (const { id } of refs) {
        const { gone, entries } = decodeBlob(contents, blobs.get(id)!);
        for (const key of gone) {
          const entry = audience.table.find(key.keyHi, key.keyLo, key.content, day);
          if (entry >= 0 && this.inSealed[entry / ENTRY_WORDS] === 1) {
            this.bury(key);
            // The place may be another viewer's next.
            this.inSealed[entry / ENTRY_WORDS] = 0;
          }
          audience.forget({ ...key, day });
        }
        audience.watch = { made: markOf, changing: () => {}, gone: () => {} };
        restoreState(audience, entries);
      }
    };
    read(stored.sealed, (entry) => {
      this.mark(entry, SEALED);
      this.inSealed[entry / ENTRY_WORDS] = 1;
    });
    // An entry that replaces another stands in its place, so what is known of the sealed stays true.
    read([...(stored.base === undefined ? [] : [stored.base]), ...stored.deltas], (entry) =>
      this.mark(entry, minute),
    );
    audience.watch = undefined;
    audience.keyLimits = stored.keyLimits;
    this.over.restore(stored.over);
  }

  /** Joins the entries of a packet. */
  fold(entries: Uint8Array, changes: Changes): void {
    this.changes = changes;
    this.audience.watch = this;
    mergeState(this.audience, entries);
    this.audience.watch = undefined;
  }

  /** Makes a viewer invalid: its source has become a suspect. Within a fold; false if it was before. */
  markSuspect(entry: number, changes: Changes): boolean {
    const { words } = this.audience.table;
    // Who is invalid already stays what it is called.
    if (words[entry + W.counts]! >>> 24 >= PERSON_CLASSES) return false;
    this.changes = changes;
    this.changing(entry);
    words[entry + W.counts] = ((words[entry + W.counts]! & 0xffffff) | (SUSPECT_CLASS << 24)) >>> 0;
    return true;
  }

  /** Tells what everybody who changed contributes now. Ends the fold. */
  tell(changes: Changes): void {
    this.changes = changes;
    for (const entry of this.touched) this.tellEntry(entry, 1);
    this.over.tell(changes);
  }

  /** What has to be written so that this state can be put back. */
  save(before: StoredDay | undefined, minute: number, nameOf: (sort: string) => string): SavedDay {
    const { audience } = this;
    const changed = [...this.touched];
    const gone = this.goneEntries;
    this.touched.clear();
    this.fresh.clear();
    this.goneEntries = [];
    for (const entry of changed) this.mark(entry, minute);
    const sealed = before?.sealed ?? [];
    const { base, deltas = [] } = before ?? {};
    const rest = { keyLimits: audience.keyLimits, over: this.over.stored() };
    if (changed.length + gone.length === 0) {
      return { stored: { sealed, base, deltas, ...rest }, writes: [], removed: [] };
    }
    const delta = this.write(nameOf('d'), minute, { entries: changed, gone });
    const bytes = deltas.reduce((sum, ref) => sum + ref.bytes, delta.bytes);
    if (
      deltas.length < DELTAS_MAX &&
      (base === undefined ? deltas.length === 0 : bytes <= Math.max(base.bytes, BASE_BYTES_MIN))
    ) {
      return {
        stored: { sealed, base, deltas: [...deltas, refOf(delta)], ...rest },
        writes: [delta],
        removed: [],
      };
    }
    const leaving: number[] = [];
    const live: number[] = [];
    audience.table.each((entry) => {
      const at = this.changedAt[entry / ENTRY_WORDS]!;
      if (at === SEALED) return;
      (at + SEALED_AFTER_MINUTES < minute ? leaving : live).push(entry);
    });
    const writes: BlobWrite[] = [];
    if (leaving.length >= (this.props.sealedEntriesMin ?? SEALED_ENTRIES_MIN)) {
      writes.push(this.write(nameOf('s'), minute, { entries: leaving }));
      for (const entry of leaving) {
        this.mark(entry, SEALED);
        this.inSealed[entry / ENTRY_WORDS] = 1;
        // Who came back after it was thrown out is in the newest sealed blob, and stays.
        this.buried.delete(nameOfKey(this.keyOf(entry)));
      }
    } else live.push(...leaving);
    const sealedNow = [...sealed, ...writes.map(refOf)];
    const buried = [...this.buried.values()];
    const whole = this.write(nameOf('b'), minute, { entries: live, gone: buried });
    writes.push(whole);
    return {
      stored: { sealed: sealedNow, base: refOf(whole), deltas: [], ...rest },
      writes,
      removed: [...(base === undefined ? [] : [base]), ...deltas],
    };
  }

  /** Relevant hits of all viewers at hand. */
  get hits(): number {
    const { table } = this.audience;
    let hits = 0;
    table.each((entry) => (hits += table.words[entry + W.hits]!));
    return hits;
  }

  changing(entry: number): void {
    if (this.touched.has(entry)) return;
    this.tellEntry(entry, -1);
    this.touched.add(entry);
  }

  made(entry: number): void {
    this.mark(entry, 0);
    this.inSealed[entry / ENTRY_WORDS] = 0;
    this.touched.add(entry);
    this.fresh.add(entry);
  }

  gone(entry: number): void {
    if (!this.touched.delete(entry)) this.tellEntry(entry, -1);
    if (this.fresh.delete(entry)) return;
    const key = this.keyOf(entry);
    this.goneEntries.push(key);
    if (this.inSealed[entry / ENTRY_WORDS] === 1) this.bury(key);
  }

  private tellEntry(entry: number, sign: number): void {
    const { audience, changes, startMs, props } = this;
    const { table } = audience;
    const { who } = changes!;
    const content = table.contentOf(entry);
    who.content = content;
    who.viewerClass = table.words[entry + W.counts]! >>> 24;
    who.country = table.words[entry + W.day]! & 0xffff;
    who.device = table.words[entry + W.content]! >>> 24;
    who.sign = sign;
    const facts = props.contents.list[content]!;
    tellFigures(table, entry, { content: facts, startMs, rules: props }, changes!);
  }

  private write(
    id: string,
    minute: number,
    { entries, gone = [] }: { entries: number[]; gone?: readonly GoneEntry[] },
  ): BlobWrite {
    const data = encodeBlob(this.audience, entries, gone);
    const { days, day } = this.props;
    const fromMs = Math.max(days.startOf(day + 1), minute * 60_000);
    const expiresAtSeconds = Math.floor((fromMs + BLOB_LIVES_MS) / 1_000);
    return { id, bytes: data.length, data, expiresAtSeconds };
  }

  private bury(key: GoneEntry): void {
    this.buried.set(nameOfKey(key), key);
  }

  private keyOf(entry: number): GoneEntry {
    const { table } = this.audience;
    const [keyHi, keyLo] = [table.words[entry + W.keyHi]!, table.words[entry + W.keyLo]!];
    return { keyHi, keyLo, content: table.contentOf(entry) };
  }

  private mark(entry: number, minute: number): void {
    const n = entry / ENTRY_WORDS;
    if (n >= this.changedAt.length) {
      const length = 2 ** Math.ceil(Math.log2(n + 1));
      const [changedAt, inSealed] = [new Uint32Array(length), new Uint8Array(length)];
      changedAt.set(this.changedAt);
      inSealed.set(this.inSealed);
      this.changedAt = changedAt;
      this.inSealed = inSealed;
    }
    this.changedAt[n] = minute;
  }
}

function nameOfKey({ keyHi, keyLo, content }: GoneEntry): string {
  return `${keyHi} ${keyLo} ${content}`;
}

function refOf({ id, bytes }: BlobWrite): BlobRef {
  return { id, bytes };
}

/** Packets come hashed. */
const NO_HASH: ViewerHash = {
  hi: 0,
  lo: 0,
  networks: new NetworkMemo(),
  useDay: () => {},
  useLanes: () => {},
  hashWords: () => {
    throw new Error('a lane hashes nobody');
  },
};
