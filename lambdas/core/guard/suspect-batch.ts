import { ByteReader, ByteWriter } from '../audience/byte-stream';
import {
  EVIDENCE,
  type Evidence,
  type Neighbour,
  type Origin,
  SUSPECT_RULES,
  type Suspect,
  type SuspectBatch,
} from './suspect';

/**
 * What a lane says about its suspects, as bytes, version 3; an item of the table Blocks holds one part.
 *
 *   'T' 'N' 'S', version (1 byte)
 *   count lane, count version, count atMs, byte settled, count laneViewers, count laneRefused
 *   count contents, each text id
 *   count suspects, each: text cidr, byte rule, count firstAtMs, count sinceAtMs - firstAtMs,
 *     count lastAtMs - firstAtMs, count attackHits, count verifiedViewers,
 *     11 counts of evidence in the order of EVIDENCE,
 *     count position of its content + 1, 0 without origin; if there is one, count asn
 *   byte hasNeighbours (2: those of the part before go on)
 *   count neighbours, each: text cidr, count verifiedViewers
 *
 * Version 2, which tallies told until 2026-11-30, is the same without contents and origins. Version 1, of before
 * 2026-11-29, is without laneRefused too, which is read as 0.
 */
const MAGIC = [0x54, 0x4e, 0x53] as const;
const VERSION = 3;

/** A suspect takes at most some 120 bytes, so a part stays below the 400 KB of an item. */
const SUSPECTS_PER_PART = 2_000;
const NEIGHBOURS_PER_PART = 4_000;
/** Paths without configuration make contents of their names, and these may be long. */
const CONTENTS_BYTES_MAX = 65_536;

/** Parts in order; each can be read by itself, and at least one is made. */
export function encodeBatch(batch: SuspectBatch): Uint8Array[] {
  const { suspects, neighbours = [] } = batch;
  const parts: Uint8Array[] = [];
  const more = () =>
    parts.length * SUSPECTS_PER_PART < suspects.length ||
    parts.length * NEIGHBOURS_PER_PART < neighbours.length;
  while (parts.length === 0 || more()) {
    const n = parts.length;
    const some = suspects.slice(n * SUSPECTS_PER_PART, (n + 1) * SUSPECTS_PER_PART);
    const near = neighbours.slice(n * NEIGHBOURS_PER_PART, (n + 1) * NEIGHBOURS_PER_PART);
    const sort = batch.neighbours === undefined ? 0 : n === 0 ? 1 : 2;
    parts.push(encodePart(batch, some, sort, near));
  }
  return parts;
}

function encodePart(
  batch: SuspectBatch,
  suspects: readonly Suspect[],
  sort: number,
  neighbours: readonly Neighbour[],
): Uint8Array {
  const out = new ByteWriter();
  for (const byte of [...MAGIC, VERSION]) out.byte(byte);
  for (const n of [batch.lane, batch.version, batch.atMs]) out.count(n);
  out.byte(batch.isSettled ? 1 : 0);
  out.count(batch.laneViewers);
  out.count(batch.laneRefused);
  const places = placeContents(suspects);
  out.count(places.size);
  for (const id of places.keys()) out.text(id);
  out.count(suspects.length);
  for (const suspect of suspects) {
    writeSuspect(out, suspect);
    writeOrigin(out, suspect.origin, places);
  }
  out.byte(sort);
  out.count(neighbours.length);
  for (const { cidr, verifiedViewers } of neighbours) {
    out.text(cidr);
    out.count(verifiedViewers);
  }
  return out.finish();
}

function writeSuspect(out: ByteWriter, suspect: Suspect): void {
  out.text(suspect.cidr);
  out.byte(SUSPECT_RULES.indexOf(suspect.rule));
  out.count(suspect.firstAtMs);
  out.count(suspect.sinceAtMs - suspect.firstAtMs);
  out.count(suspect.lastAtMs - suspect.firstAtMs);
  out.count(suspect.attackHits);
  out.count(suspect.verifiedViewers);
  for (const name of EVIDENCE) out.count(suspect.evidence[name]);
}

function writeOrigin(
  out: ByteWriter,
  origin: Origin | undefined,
  places: ReadonlyMap<string, number>,
): void {
  const place = origin && places.get(origin.content);
  if (place === undefined) return out.count(0);
  out.count(place + 1);
  out.count(origin!.asn);
}

/** Ids of contents by position, as many as have room: who is after another one has no origin. */
function placeContents(suspects: readonly Suspect[]): Map<string, number> {
  const places = new Map<string, number>();
  let bytes = 0;
  for (const { origin } of suspects) {
    if (origin === undefined || places.has(origin.content)) continue;
    bytes += Buffer.byteLength(origin.content) + 4;
    if (bytes > CONTENTS_BYTES_MAX) break;
    places.set(origin.content, places.size);
  }
  return places;
}

function readOrigin(input: ByteReader, contents: readonly string[]): { origin?: Origin } {
  const place = input.count();
  if (place === 0) return {};
  const content = contents[place - 1];
  if (content === undefined) {
    throw new Error(`suspect batch has content ${place - 1}, expected below ${contents.length}`);
  }
  return { origin: { asn: input.count(), content } };
}

function readSuspect(input: ByteReader): Suspect {
  const cidr = input.text();
  const rule = SUSPECT_RULES[input.byte()];
  if (rule === undefined) throw new Error(`suspect ${cidr} has a rule that is none`);
  const firstAtMs = input.count();
  const [sinceAtMs, lastAtMs] = [firstAtMs + input.count(), firstAtMs + input.count()];
  const [attackHits, verifiedViewers] = [input.count(), input.count()];
  const evidence = Object.fromEntries(
    EVIDENCE.map((name) => [name, input.count()]),
  ) as unknown as Evidence;
  return { cidr, rule, firstAtMs, sinceAtMs, lastAtMs, attackHits, verifiedViewers, evidence };
}

export interface BatchPart extends SuspectBatch {
  /** Whether the neighbours go on from the part before. */
  readonly continues: boolean;
}

/** Reads one part. Throws on bytes that are none. */
export function decodeBatch(bytes: Uint8Array): BatchPart {
  const input = new ByteReader(bytes, 'suspect batch');
  input.expect(MAGIC);
  const format = input.byte();
  if (format < 1 || format > VERSION) {
    throw new Error(`suspect batch: version is ${format}, expected 1 to ${VERSION}`);
  }
  const [lane, version, atMs] = [input.count(), input.count(), input.count()];
  const isSettled = input.byte() === 1;
  const laneViewers = input.count();
  const laneRefused = format === 1 ? 0 : input.count();
  const hasOrigins = format >= 3;
  const contents = hasOrigins ? input.list(() => input.text()) : [];
  const suspects = input.list(() => {
    const suspect = readSuspect(input);
    return hasOrigins ? { ...suspect, ...readOrigin(input, contents) } : suspect;
  });
  const sort = input.byte();
  if (sort > 2) throw new Error(`suspect batch: sort of neighbours is ${sort}, expected 0 to 2`);
  const near = input.list(() => ({ cidr: input.text(), verifiedViewers: input.count() }));
  if (!input.isAtEnd) throw new Error('suspect batch has bytes behind its end');
  const neighbours = sort === 0 ? undefined : near;
  const viewers = { laneViewers, laneRefused };
  const rest = { suspects, neighbours, isSettled, continues: sort === 2 };
  return { lane, version, atMs, ...viewers, ...rest };
}
