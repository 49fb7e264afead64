import { ByteReader, ByteWriter } from '../audience/byte-stream';
import { BAD_LINES, type BadLine } from '../edge/bad-line';
import { CLASSES, type Kind, OUTCOMES } from '../edge/classes';
import { readSources, sourceBytes, writeSources } from '../guard/source-bytes';
import type { SourceCell } from '../guard/source-cells';
import { readContent, writeContent } from './content-bytes';

/**
 * What one interval has to say to one lane, as bytes, version 4. `count`, `text` and `block` (a count of
 * bytes and the bytes) are those of byte-stream.ts.
 *
 *   'T' 'N' 'P', version (1 byte)
 *   count lanes, count lane, text shard id, count previous, count ordinal
 *   count firstArrivalMs, count lastArrivalMs - firstArrivalMs
 *   count lines, count hits, count overflow, count lost
 *   count reasons, each: byte position in BAD_LINES, count lines
 *   count contents, each: text id, byte kind, count segmentMs
 *   count edges, each: text
 *   count cells, each: count content, count minute,
 *     count pairs, each: byte class * outcomes + outcome, count hits
 *     count edges, each: count edge, count hits
 *   count days, each: count day, block entries (lane-state.ts)
 *   count mediaHits, count sourcesDropped, sources (source-bytes.ts)
 */
export interface Packet extends PacketIdentity, PacketFacts {
  readonly lanes: number;
}

export interface PacketIdentity {
  readonly lane: number;
  /** the source shard */
  readonly shardId: string;
  /** the ordinal before it in its lane, 0 for none */
  readonly previous: number;
  readonly ordinal: number;
}

export interface PacketFacts {
  /** arrival of the first and last record of the interval, ms */
  readonly firstArrivalMs: number;
  readonly lastArrivalMs: number;
  readonly ledger: PacketLedger;
  readonly contents: readonly PacketContent[];
  readonly edges: readonly string[];
  readonly cells: readonly PacketCell[];
  readonly days: readonly PacketDay[];
  /** media delivered to persons in the whole interval, all lanes together: whether anybody watches */
  readonly mediaHits: number;
  /** what the guard judges; not of the ledger */
  readonly sources: readonly SourceCell[];
  /** sources and slots that had no room */
  readonly sourcesDropped: number;
}

/** lines = hits + bad. The bad lines of an interval and what was lost ride with its home lane. */
export interface PacketLedger {
  readonly lines: number;
  readonly hits: number;
  readonly bad: readonly (readonly [BadLine, number])[];
  /** hits, among `hits`, whose viewers or cells had no room in the packet */
  readonly overflow: number;
  /** records that had expired before they were read */
  readonly lost: number;
}

export interface PacketContent {
  readonly id: string;
  readonly kind: Kind;
  readonly segmentMs: number;
}

/** Hits of a content in a minute. */
export interface PacketCell {
  /** position in the packet's contents */
  readonly content: number;
  /** since the epoch */
  readonly minute: number;
  /** class * OUTCOMES.length + outcome, hits */
  readonly counts: readonly (readonly [number, number])[];
  /** position in the packet's edges, hits */
  readonly edges: readonly (readonly [number, number])[];
}

/** What was seen of viewers in a broadcast day, to be joined to what is known of them. */
export interface PacketDay {
  readonly day: number;
  readonly entries: Uint8Array;
}

const MAGIC = [0x54, 0x4e, 0x50, 4] as const;

/** Viewers (by content and day) in one packet; beyond it the least proven of the largest networks go. */
export const PACKET_ENTRIES_MAX = 8_192;
/** Cells in one packet; beyond it those with the fewest hits go. */
export const PACKET_CELLS_MAX = 4_096;
/** Contents in one packet and day whose left out hits are told apart; beyond it the ledger has their sum. */
export const PACKET_OVER_MAX = 1_024;

/** Sources and slots in one packet; beyond it those with the fewest hits go. */
export const PACKET_SOURCES_MAX = 4_096;

/** A packet that says nothing, so that its chain has no hole; its chain lives from `arrivalMs` on. */
export function emptyFacts(arrivalMs: number): PacketFacts {
  const ledger = { lines: 0, hits: 0, bad: [], overflow: 0, lost: 0 };
  return {
    firstArrivalMs: arrivalMs,
    lastArrivalMs: arrivalMs,
    ledger,
    contents: [],
    edges: [],
    cells: [],
    days: [],
    mediaHits: 0,
    sources: [],
    sourcesDropped: 0,
  };
}

/** A packet is one Kinesis record: 1 MiB with its key. */
export const PACKET_BYTES_MAX = 1_000_000;

/** At most so many bytes does a packet take, its identity aside. */
export function sizeOf(
  facts: Pick<PacketFacts, 'contents' | 'edges' | 'cells' | 'days' | 'sources'>,
): number {
  let bytes = 1_024 + sourceBytes(facts.sources);
  // A character is at most 3 bytes of UTF-8, a small number at most 4, a minute 5.
  for (const { id } of facts.contents) bytes += 3 * id.length + 8;
  for (const edge of facts.edges) bytes += 3 * edge.length + 4;
  for (const { counts, edges } of facts.cells) bytes += 17 + 5 * counts.length + 8 * edges.length;
  for (const { entries } of facts.days) bytes += entries.length + 8;
  return bytes;
}

export function encodePacket(
  { lane, shardId, previous, ordinal }: PacketIdentity,
  lanes: number,
  facts: PacketFacts,
): Uint8Array {
  const out = new ByteWriter();
  for (const byte of MAGIC) out.byte(byte);
  out.count(lanes);
  out.count(lane);
  out.text(shardId);
  out.count(previous);
  out.count(ordinal);
  out.count(facts.firstArrivalMs);
  out.count(facts.lastArrivalMs - facts.firstArrivalMs);
  const { ledger } = facts;
  for (const n of [ledger.lines, ledger.hits, ledger.overflow, ledger.lost]) out.count(n);
  out.count(ledger.bad.length);
  for (const [reason, lines] of ledger.bad) {
    out.byte(BAD_LINES.indexOf(reason));
    out.count(lines);
  }
  out.count(facts.contents.length);
  for (const content of facts.contents) writeContent(out, content);
  out.count(facts.edges.length);
  for (const edge of facts.edges) out.text(edge);
  out.count(facts.cells.length);
  for (const { content, minute, counts, edges } of facts.cells) {
    out.count(content);
    out.count(minute);
    out.count(counts.length);
    for (const [pair, hits] of counts) {
      out.byte(pair);
      out.count(hits);
    }
    out.count(edges.length);
    for (const [edge, hits] of edges) {
      out.count(edge);
      out.count(hits);
    }
  }
  out.count(facts.days.length);
  for (const { day, entries } of facts.days) {
    out.count(day);
    out.block(entries);
  }
  out.count(facts.mediaHits);
  out.count(facts.sourcesDropped);
  writeSources(out, facts.sources);
  return out.finish();
}

/**
 * Reads a packet. Throws on bytes that are none: whoever calls keeps them apart. A packet of another
 * number of lanes is one; that it cannot be counted is said by `checkLanes`.
 */
export function decodePacket(bytes: Uint8Array): Packet {
  const input = new ByteReader(bytes, 'packet');
  input.expect(MAGIC);
  const lanes = input.count();
  const lane = input.count();
  const shardId = input.text();
  const previous = input.count();
  const ordinal = input.count();
  const firstArrivalMs = input.count();
  const lastArrivalMs = firstArrivalMs + input.count();
  const [lines, hits, overflow, lost] = [
    input.count(),
    input.count(),
    input.count(),
    input.count(),
  ];
  const bad = input.list(() => [named(BAD_LINES, input.byte()), input.count()] as const);
  const contents = input.list(() => readContent(input));
  const edges = input.list(() => input.text());
  const cells = input.list(() => ({
    content: below(contents.length, input.count()),
    minute: input.count(),
    counts: input.list(
      () => [below(CLASSES.length * OUTCOMES.length, input.byte()), input.count()] as const,
    ),
    edges: input.list(() => [below(edges.length, input.count()), input.count()] as const),
  }));
  const days = input.list(() => ({ day: input.count(), entries: input.block() }));
  const mediaHits = input.count();
  const sourcesDropped = input.count();
  const sources = readSources(input);
  if (!input.isAtEnd) throw new Error('packet has bytes behind its end');
  const ledger = { lines, hits, bad, overflow, lost };
  const identity = { lanes, lane, shardId, previous, ordinal };
  const guard = { mediaHits, sources, sourcesDropped };
  const counted = { ledger, contents, edges, cells, days };
  return { ...identity, firstArrivalMs, lastArrivalMs, ...counted, ...guard };
}

/** Throws if a packet was made for another number of lanes: that mistake must stop, not be counted. */
export function checkLanes(packet: Packet, lanes: number): void {
  if (packet.lanes !== lanes || packet.lane >= lanes) {
    throw new Error(
      `packet is for lane ${packet.lane} of ${packet.lanes}, expected lanes: ${lanes}. ` +
        'The number of lanes cannot change once a deployment has counted',
    );
  }
}

function named<Name>(names: readonly Name[], position: number): Name {
  return names[below(names.length, position)]!;
}

function below(limit: number, position: number): number {
  if (position < limit) return position;
  throw new Error(`packet has position ${position}, expected below ${limit}`);
}
