import { type Kind, KINDS } from '../edge/classes';
import type { Audience, OverBound } from './audience';
import { ByteReader, ByteWriter } from './byte-stream';
import { LAST_MASK } from './interval-pool';
import { ASKED_MANIFEST, RUN_WORDS, SESSION_WORDS, STARTED, W } from './viewer-table';

/**
 * The state of a lane as bytes, version 1. `count` is LEB128, `word` 4 bytes big-endian, `text` a
 * count of UTF-8 bytes and the bytes.
 *
 *   'T' 'N' 'S', version (1 byte)
 *   count lanes, count lane                  1 and 0: not cut
 *   count contents, each: text id, byte kind (position in KINDS), count segmentMs
 *   count over-bounds, each: count content (position in the list above), count hits, count slots
 *   count entries, count first day
 *   each entry: word keyHi, word keyLo, count content, count day - first day, word address, word rank,
 *     byte country high, byte country low, byte class, byte device,
 *     byte flags (1 asked for a manifest, 2 started), count hits, count raw slots,
 *     count sessions, each: count first - last of the one before, count (last - first) * 2 + answered,
 *       then manifest, media, error, entry: count 0 for none, else time - first + 1; an error carries
 *       its outcome in the lowest three bits: (time - first + 1) * 8 + outcome
 *     count runs, each: count first - last of the one before, count last - first
 *
 * Contents are in the order of their ids and kinds and entries in the order of key, content, day: equal
 * audiences are equal bytes.
 */
const MAGIC = [0x54, 0x4e, 0x53] as const;
export const STATE_VERSION = 1;

export interface CutOptions {
  /** which of how many equal shares; lanes is a power of two up to 65,536 */
  readonly lane?: number | undefined;
  readonly lanes?: number | undefined;
  /** Sorting is most of the time; a state that is merged at once does without. */
  readonly isSorted?: boolean | undefined;
}

/** Writes the entries of one lane (or all). */
export function serialiseState(
  audience: Audience,
  { lane = 0, lanes = 1, isSorted = true }: CutOptions = {},
): Uint8Array<ArrayBuffer> {
  if (!(lanes >= 1 && lanes <= 65_536 && (lanes & (lanes - 1)) === 0 && lane < lanes)) {
    throw new Error(
      `lanes must be a power of two up to 65536 and above lane, got ${lane} of ${lanes}`,
    );
  }
  const { words } = audience.table;
  const entries: number[] = [];
  audience.table.each((entry) => {
    if (lanes > 1 && (words[entry + W.address]! >>> 16) % lanes !== lane) return;
    entries.push(entry);
  });
  // What the bounds left out has no viewer and so no lane: the first lane carries it.
  const over: OverBounds = lane === 0 ? audience.over : new Map();
  return serialiseEntries(audience, entries, { lane, lanes, isSorted, over });
}

type OverBounds = ReadonlyMap<number, OverBound>;

export interface EntryOptions {
  readonly lane: number;
  readonly lanes: number;
  readonly isSorted: boolean;
  /** by content number */
  readonly over: OverBounds;
}

/** Writes the given entries of an audience, and what the bounds did not place. */
export function serialiseEntries(
  { table, contents }: Audience,
  entries: number[],
  { lane, lanes, isSorted, over }: EntryOptions,
): Uint8Array<ArrayBuffer> {
  const { words } = table;
  const used = new Set<number>(over.keys());
  let firstDay = 65_535;
  for (const entry of entries) {
    used.add(table.contentOf(entry));
    firstDay = Math.min(firstDay, table.dayOf(entry));
  }
  const nameOf = (content: number) =>
    `${contents.list[content]!.id} ${contents.list[content]!.kind}`;
  const order = [...used].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const positions = new Map(order.map((content, n) => [content, n]));
  if (isSorted) {
    const position = (entry: number) => positions.get(table.contentOf(entry))!;
    entries.sort(
      (a, b) =>
        words[a]! - words[b]! ||
        words[a + W.keyLo]! - words[b + W.keyLo]! ||
        position(a) - position(b) ||
        table.dayOf(a) - table.dayOf(b),
    );
  }
  const out = new ByteWriter();
  for (const byte of [...MAGIC, STATE_VERSION]) out.byte(byte);
  out.count(lanes);
  out.count(lane);
  out.count(order.length);
  for (const content of order) {
    const { id, kind, segmentMs } = contents.list[content]!;
    out.text(id);
    out.byte(KINDS.indexOf(kind));
    out.count(segmentMs);
  }
  const overBounds = [...over].sort(([a], [b]) => positions.get(a)! - positions.get(b)!);
  out.count(overBounds.length);
  for (const [content, { hits, slots }] of overBounds) {
    out.count(positions.get(content)!);
    out.count(hits);
    out.count(slots);
  }
  out.count(entries.length);
  out.count(firstDay);
  for (const entry of entries)
    writeEntry(table, entry, positions.get(table.contentOf(entry))!, firstDay, out);
  return out.finish();
}

function writeEntry(
  table: Audience['table'],
  entry: number,
  content: number,
  firstDay: number,
  out: ByteWriter,
): void {
  const { words } = table;
  const flags = words[entry + W.content]!;
  const day = words[entry + W.day]!;
  out.word(words[entry + W.keyHi]!);
  out.word(words[entry + W.keyLo]!);
  out.count(content);
  out.count((day >>> 16) - firstDay);
  out.word(words[entry + W.address]!);
  out.word(words[entry + W.rank]!);
  out.byte((day >>> 8) & 0xff);
  out.byte(day & 0xff);
  out.byte(words[entry + W.counts]! >>> 24);
  out.byte(flags >>> 24);
  out.byte(((flags & ASKED_MANIFEST) !== 0 ? 1 : 0) | ((flags & STARTED) !== 0 ? 2 : 0));
  out.count(words[entry + W.hits]!);
  out.count(words[entry + W.raw]!);
  const sessions = table.sessionWords(entry);
  const sessionCount = table.sessionsOf(entry);
  out.count(sessionCount);
  let before = 0;
  for (let n = 0, at = table.sessionAt(entry); n < sessionCount; n += 1, at += SESSION_WORDS) {
    const first = sessions[at]!;
    const last = sessions[at + 1]! & LAST_MASK;
    out.count(first - before);
    out.count((last - first) * 2 + (sessions[at + 1]! > LAST_MASK ? 1 : 0));
    for (const n of [2, 3, 5, 4]) {
      const time = sessions[at + n]!;
      if (n === 4) out.count(time === 0 ? 0 : time - first * 8);
      else out.count(time === 0 ? 0 : time - first);
    }
    before = last;
  }
  const runs = table.runWords(entry);
  const runCount = table.runsOf(entry);
  out.count(runCount);
  before = 0;
  for (let n = 0, at = table.runAt(entry); n < runCount; n += 1, at += RUN_WORDS) {
    out.count(runs[at]! - before);
    out.count(runs[at + 1]! - runs[at]!);
    before = runs[at + 1]!;
  }
}

/** Joins a serialised state into an audience; into an empty one it restores it. */
export function mergeState(audience: Audience, bytes: Uint8Array): void {
  readState(audience, bytes, 'adopt');
}

/**
 * Puts back entries as they were saved, in place of those that are there: later bytes win. The bounds
 * are not asked.
 */
export function restoreState(audience: Audience, bytes: Uint8Array): void {
  readState(audience, bytes, 'restore');
}

/** Throws if the bytes are a state of another version; what else they hold is not looked at. */
export function checkStateVersion(bytes: Uint8Array): void {
  const isState = MAGIC.every((byte, n) => bytes[n] === byte);
  if (isState && bytes[MAGIC.length] !== STATE_VERSION) readVersion(new ByteReader(bytes));
}

function readVersion(input: ByteReader): void {
  for (const byte of MAGIC) {
    const got = input.byte();
    if (got !== byte) throw new Error(`state must begin with TNS, got byte ${got}`);
  }
  const version = input.byte();
  if (version !== STATE_VERSION) {
    throw new Error(`state has version ${version}, expected ${STATE_VERSION}`);
  }
}

function readState(audience: Audience, bytes: Uint8Array, how: 'adopt' | 'restore'): void {
  const input = new ByteReader(bytes);
  readVersion(input);
  input.count();
  input.count();
  const contents: number[] = [];
  for (let n = input.count(); n > 0; n -= 1) {
    const id = input.text();
    const kind: Kind = KINDS[input.byte()]!;
    const content = audience.contents.numberOf(id, kind, input.count());
    // A content that has no place any more is read past: (other) has no viewers.
    contents.push(content === 0 ? -1 : content);
  }
  for (let n = input.count(); n > 0; n -= 1) {
    const content = contentAt(contents, input.count());
    const [hits, slots] = [input.count(), input.count()];
    if (content >= 0) audience.addOverBound(content, hits, slots);
  }
  const entries = input.count();
  const firstDay = input.count();
  const session = new Uint32Array(SESSION_WORDS);
  const run = new Uint32Array(RUN_WORDS);
  const into: Into = { audience, how, contents, firstDay, session, run };
  for (let n = 0; n < entries; n += 1) readEntry(input, into);
  if (!input.isAtEnd) throw new Error('state has bytes behind its last entry');
}

function contentAt(contents: readonly number[], position: number): number {
  const content = contents[position];
  if (content !== undefined) return content;
  throw new Error(`state has content ${position}, expected below ${contents.length}`);
}

interface Into {
  readonly audience: Audience;
  readonly how: 'adopt' | 'restore';
  readonly contents: readonly number[];
  readonly firstDay: number;
  /** scratch */
  readonly session: Uint32Array;
  readonly run: Uint32Array;
}

function readEntry(input: ByteReader, into: Into): void {
  const { audience, how, contents, firstDay, session, run } = into;
  const keyHi = input.word();
  const keyLo = input.word();
  const content = contentAt(contents, input.count());
  const day = firstDay + input.count();
  const address = input.word();
  const rank = input.word();
  const country = input.byte() * 256 + input.byte();
  const viewerClass = input.byte();
  const device = input.byte();
  const flags = input.byte();
  const hits = input.count();
  const raw = input.count();
  const entry =
    content < 0
      ? -1
      : audience[how](
          { keyHi, keyLo, content, day, address, rank },
          {
            viewerClass,
            country,
            device,
            started: (flags & 2) !== 0,
            askedManifest: (flags & 1) !== 0,
            hits,
            raw,
          },
        );
  let before = 0;
  for (let n = input.count(); n > 0; n -= 1) {
    const first = before + input.count();
    const length = input.count();
    const last = first + Math.floor(length / 2);
    session[0] = first;
    session[1] = (last | ((length & 1) === 1 ? ~LAST_MASK : 0)) >>> 0;
    for (const n of [2, 3, 5, 4]) {
      const time = input.count();
      session[n] = time === 0 ? 0 : time + (n === 4 ? first * 8 : first);
    }
    if (entry >= 0) audience.joinSession(entry, session);
    before = last;
  }
  before = 0;
  for (let n = input.count(); n > 0; n -= 1) {
    run[0] = before + input.count();
    run[1] = run[0] + input.count();
    if (entry >= 0) audience.joinRun(entry, run);
    before = run[1];
  }
}
