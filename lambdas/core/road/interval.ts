import { Audience } from '../audience/audience';
import { type Days, makeDays } from '../audience/day';
import { W } from '../audience/viewer-table';
import { BAD_LINES, type BadLine, FUTURE_MS_MAX, LINE_BYTES_MAX } from '../edge/bad-line';
import { CONTENTS_MAX } from '../edge/content-table';
import type { Format } from '../edge/format';
import { makeNetworks } from '../edge/network';
import type { Hit } from '../edge/hit';
import { type ListFiles, SHIPPED_FILES, networksOf } from '../edge/network-lists';
import { type DailyKeys, INPUT, hashNetwork } from '../edge/scanner';
import type { Settings } from '../settings';
import { SourceCells } from '../guard/source-cells';
import { CellTable } from './cell-table';
import { type LineTools, makeLineTools } from './line-tools';
import {
  PACKET_BYTES_MAX,
  PACKET_CELLS_MAX,
  PACKET_ENTRIES_MAX,
  PACKET_OVER_MAX,
  PACKET_SOURCES_MAX,
  type PacketFacts,
  type PacketLedger,
  sizeOf,
} from './packet';
import { makePacketDays } from './packet-days';
import type { SourceRecord } from './ports';
import { UNBOUNDED } from './unbounded';

/** A record that is longer than any that CloudFront writes holds no line that could be trusted. */
export const RECORD_BYTES_MAX = 1_048_576;

const NEWLINE = 0x0a;

export interface IntervalReaderProps {
  readonly settings: Settings;
  readonly lanes: number;
  readonly keys: DailyKeys;
  /** the shipped ones if not given */
  readonly lists?: ListFiles;
  /** of the lines; CloudFront's real-time lines with the configured fields if not given */
  readonly format?: Format | undefined;
  readonly entriesMax?: number;
}

/** What an interval has to say, by lane. */
export interface Interval {
  readonly packets: ReadonlyMap<number, PacketFacts>;
  readonly lines: number;
  readonly hits: number;
  readonly bad: ReadonlyMap<BadLine, number>;
}

/** What of an interval is missing, and so cannot say it itself. */
export interface Missing {
  /** records that had expired unread */
  readonly lost: number;
  /** when the last record arrived, ms; those at hand say it if it is 0 */
  readonly upToMs: number;
}

const NOTHING_MISSING: Missing = { lost: 0, upToMs: 0 };

/** Edge locations are told apart up to a number; a reader that comes near to it begins anew. */
const EDGES_AT_HAND_MAX = 2_048;

/**
 * Makes packets of records: lines are parsed, classified and combined. It keeps nothing from one interval
 * to the next but what it found out about agents, paths and networks, so equal records make equal
 * packets. It never throws because of a record.
 */
export class IntervalReader {
  private readonly makeTools: () => LineTools;
  private readonly days: Days;
  private tools: LineTools;
  private cells: CellTable;
  private audience: Audience;
  private readonly sources: SourceCells;
  private bad = new Map<BadLine, number>();
  private lines = 0;

  constructor(private readonly props: IntervalReaderProps) {
    const { settings, lists = SHIPPED_FILES } = props;
    this.days = makeDays(settings.timeZone, settings.dayStartHour);
    const networks = makeNetworks(networksOf(lists, settings));
    this.makeTools = () => makeLineTools({ ...props, networks });
    this.tools = this.makeTools();
    this.cells = new CellTable(props.lanes);
    this.sources = new SourceCells(props.lanes);
    this.audience = this.makeAudience();
  }

  /** Reads the records of an interval; lines that could not be read, and what was lost, go to homeLane. */
  read(
    records: readonly SourceRecord[],
    homeLane: number,
    missing: Missing = NOTHING_MISSING,
  ): Interval {
    if (this.isFull) this.tools = this.makeTools();
    const isNew = this.tools.edges.list.length === 0;
    this.take(records);
    if (this.isFull && !isNew) {
      // Numbers are for good and may run out: who gets none must not depend on what was read before.
      this.tools = this.makeTools();
      this.take(records);
    }
    return this.finish(records, homeLane, missing);
  }

  private get isFull(): boolean {
    const { contents, edges } = this.tools;
    return contents.list.length > CONTENTS_MAX / 2 || edges.list.length > EDGES_AT_HAND_MAX;
  }

  private take(records: readonly SourceRecord[]): void {
    this.cells = new CellTable(this.props.lanes);
    this.sources.clear();
    this.audience = this.makeAudience();
    this.bad = new Map();
    this.lines = 0;
    for (const record of records) this.takeRecord(record);
  }

  private makeAudience(): Audience {
    const { contents, hash } = this.tools;
    // Bounds are for the tally; what comes in here is bounded by the batch.
    return new Audience({ contents, days: this.days, viewerHash: hash, limits: UNBOUNDED });
  }

  /** A record is one line, in the rule; several are taken too. */
  private takeRecord({ data, arrivalMs }: SourceRecord): void {
    const lines = this.lines;
    if (data.length <= RECORD_BYTES_MAX) {
      for (let at = 0; at < data.length;) {
        const newline = data.indexOf(NEWLINE, at);
        const end = newline < 0 ? data.length : newline;
        // A view costs as much as a column: the usual record is one line, and is taken as it is.
        const isWhole = at === 0 && end >= data.length - 1;
        if (end > at) this.takeLine(isWhole ? data : data.subarray(at, end), end - at, arrivalMs);
        at = end + 1;
      }
    }
    if (this.lines > lines) return;
    this.lines += 1;
    this.settle('bad_record');
  }

  /** `length` bytes of the line, with its newline behind it or without. */
  private takeLine(line: Uint8Array, length: number, arrivalMs: number): void {
    this.lines += 1;
    if (length > LINE_BYTES_MAX) return this.settle('too_long');
    const { bytes, parseLine, readHit, readSigns, hit, hash } = this.tools;
    bytes.set(line, INPUT);
    bytes[INPUT + length] = NEWLINE;
    const reason = parseLine(INPUT) ?? readHit();
    if (reason !== undefined) return this.settle(reason);
    if (hit.tMs > arrivalMs + FUTURE_MS_MAX) return this.settle('future');
    const lane = hashNetwork(hash, hit.addressHi, hit.addressLo) % this.props.lanes;
    this.cells.add(lane, hit);
    this.sources.add(lane, hit, readSigns(), this.addressOf);
    this.audience.fold(hit);
  }

  private readonly addressOf = (hit: Hit) =>
    this.audience.addressOf(hit, this.days.at(hit.tMs).day);

  private settle(reason: BadLine): void {
    this.bad.set(reason, (this.bad.get(reason) ?? 0) + 1);
  }

  private finish(
    records: readonly SourceRecord[],
    homeLane: number,
    { lost, upToMs }: Missing,
  ): Interval {
    let badLines = 0;
    for (const n of this.bad.values()) badLines += n;
    const bad = BAD_LINES.flatMap((reason) => {
      const n = this.bad.get(reason);
      return n === undefined ? [] : [[reason, n] as const];
    });
    const entries = this.entriesByLane();
    const lanes = new Set([...entries.keys(), ...this.cells.lanes]);
    if (badLines > 0 || lost > 0) lanes.add(homeLane);
    const firstArrivalMs = records.reduce((ms, r) => Math.min(ms, r.arrivalMs), Infinity);
    const lastArrivalMs = records.reduce((ms, r) => Math.max(ms, r.arrivalMs), upToMs);
    const times = { firstArrivalMs: Math.min(firstArrivalMs, lastArrivalMs), lastArrivalMs };
    const packets = new Map<number, PacketFacts>();
    for (const lane of [...lanes].sort((a, b) => a - b)) {
      const own = lane === homeLane ? { badLines, bad, lost } : { badLines: 0, bad: [], lost: 0 };
      packets.set(lane, { ...times, ...this.factsOf(lane, entries.get(lane) ?? [], own) });
    }
    return { packets, lines: this.lines, hits: this.lines - badLines, bad: this.bad };
  }

  /** What goes to a lane, cut down until it has room in a packet. */
  private factsOf(
    lane: number,
    entries: readonly number[],
    { badLines, bad, lost }: Pick<PacketLedger, 'bad' | 'lost'> & { badLines: number },
  ) {
    const { lanes, entriesMax = PACKET_ENTRIES_MAX } = this.props;
    for (let shrink = 1; ; shrink *= 2) {
      const { contents, edges, cells, hits, droppedHits } = this.cells.take(lane, {
        contents: this.tools.contents.list,
        edges: this.tools.edges.list,
        cellsMax: Math.floor(PACKET_CELLS_MAX / shrink),
      });
      const { days, over } = makePacketDays(this.audience, entries, {
        lane,
        lanes,
        entriesMax: Math.floor(entriesMax / shrink),
        overMax: Math.floor(PACKET_OVER_MAX / shrink),
      });
      const lines = hits + badLines;
      const ledger: PacketLedger = { lines, hits, bad, overflow: droppedHits + over, lost };
      const sourcesMax = Math.floor(PACKET_SOURCES_MAX / shrink);
      const guard = this.sources.take(lane, sourcesMax, this.tools.contents.list);
      const [sources, sourcesDropped] = [guard.cells, guard.dropped];
      const { mediaHits } = this.sources;
      const counted = { ledger, contents, edges, cells, days };
      const facts = { ...counted, mediaHits, sources, sourcesDropped };
      if (sizeOf(facts) <= PACKET_BYTES_MAX) return facts;
    }
  }

  private entriesByLane(): Map<number, number[]> {
    const { table } = this.audience;
    const lanes = new Map<number, number[]>();
    table.each((entry) => {
      const lane = (table.words[entry + W.address]! >>> 16) % this.props.lanes;
      const known = lanes.get(lane);
      if (known === undefined) lanes.set(lane, [entry]);
      else known.push(entry);
    });
    return lanes;
  }
}
