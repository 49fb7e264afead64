import { Audience, type OverBound } from '../audience/audience';
import { makeDays } from '../audience/day';
import { serialiseEntries } from '../audience/lane-state';
import { W } from '../audience/viewer-table';
import { BAD_LINES, type BadLine, FUTURE_MS_MAX, LINE_BYTES_MAX } from '../edge/bad-line';
import { CONTENTS_MAX, ContentTable } from '../edge/content-table';
import { type Format, makeLineParser } from '../edge/format';
import { makeHit } from '../edge/hit';
import { CACHE_SIZES, makeHitReader } from '../edge/hit-reader';
import type { LineParser } from '../edge/line-tsv';
import { Names } from '../edge/names';
import { makeNetworks } from '../edge/network';
import { type ListFiles, SHIPPED_FILES, networksOf } from '../edge/network-lists';
import { type DailyKeys, INPUT, Scanner, type ViewerHash, hashNetwork } from '../edge/scanner';
import { SipHash } from '../edge/siphash';
import type { Spans } from '../edge/spans';
import type { Settings } from '../settings';
import { CellTable } from './cell-table';
import {
  PACKET_BYTES_MAX,
  PACKET_CELLS_MAX,
  PACKET_ENTRIES_MAX,
  type PacketDay,
  type PacketFacts,
  type PacketLedger,
  sizeOf,
} from './packet';
import { chooseEntries } from './packet-room';
import type { SourceRecord } from './ports';

/** A record that is longer than any that CloudFront writes holds no line that could be trusted. */
export const RECORD_BYTES_MAX = 1_048_576;

const NEWLINE = 0x0a;
const TAB = 0x09;

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

/**
 * Makes packets of records: lines are parsed, classified and combined. It keeps nothing from one interval
 * to the next but what it found out about agents, paths and networks, so equal records make equal
 * packets. It never throws because of a record.
 */
export class IntervalReader {
  private readonly scanner = new Scanner(CACHE_SIZES);
  private readonly spans: Spans = { bytes: this.scanner.bytes, at: this.scanner.spans, end: 0 };
  private readonly hit = makeHit();
  private readonly hash: ViewerHash;
  private readonly parseLine: LineParser;
  private contents: ContentTable;
  private edges = new Names();
  private readHit: () => BadLine | undefined;
  private readonly days;
  private cells: CellTable;
  private audience: Audience;
  private bad = new Map<BadLine, number>();
  private lines = 0;

  constructor(private readonly props: IntervalReaderProps) {
    const { settings, keys } = props;
    this.hash = this.scanner.makeDailyHash(keys);
    this.days = makeDays(settings.timeZone, settings.dayStartHour);
    this.contents = new ContentTable(settings);
    const { format = { kind: 'columns', fields: settings.realtimeFields, delimiter: TAB } } = props;
    this.parseLine = makeLineParser(format, { scanner: this.scanner, spans: this.spans });
    this.readHit = this.makeReader();
    this.cells = new CellTable(props.lanes);
    this.audience = this.makeAudience();
  }

  /** Reads the records of an interval. `lost` records before them had expired unread. */
  read(records: readonly SourceRecord[], homeLane: number, lost = 0): Interval {
    // Content numbers are for good, so a table that could fill up within the interval begins anew.
    if (this.contents.list.length > CONTENTS_MAX / 2) {
      this.contents = new ContentTable(this.props.settings);
      this.edges = new Names();
      this.readHit = this.makeReader();
    }
    this.cells = new CellTable(this.props.lanes);
    this.audience = this.makeAudience();
    this.bad = new Map();
    this.lines = 0;
    for (const record of records) this.takeRecord(record);
    return this.finish(records, homeLane, lost);
  }

  private makeReader(): () => BadLine | undefined {
    const { settings, keys, lists = SHIPPED_FILES } = this.props;
    const { contents, edges, scanner, spans, hit } = this;
    const networks = makeNetworks(networksOf(lists, settings));
    // Agents are told apart within a batch alone: this hash never leaves the process.
    const sip = new SipHash(keys.lane);
    return makeHitReader({ settings, networks, contents, edges, sip, scanner }, spans, hit);
  }

  private makeAudience(): Audience {
    const { contents, days, hash } = this;
    // Bounds are for the tally; what comes in here is bounded by the batch.
    const all = Number.MAX_SAFE_INTEGER;
    const limits = {
      viewersPerAddressMax: all,
      waitingPerAddressMax: all,
      viewersMax: all,
      waitingMax: all,
    };
    return new Audience({ contents, days, viewerHash: hash, limits });
  }

  /** A record is one line, in the rule; several are taken too. */
  private takeRecord({ data, arrivalMs }: SourceRecord): void {
    const lines = this.lines;
    if (data.length <= RECORD_BYTES_MAX) {
      for (let at = 0; at < data.length;) {
        const newline = data.indexOf(NEWLINE, at);
        const end = newline < 0 ? data.length : newline;
        if (end > at) this.takeLine(data.subarray(at, end), arrivalMs);
        at = end + 1;
      }
    }
    if (this.lines > lines) return;
    this.lines += 1;
    this.settle('bad_record');
  }

  private takeLine(line: Uint8Array, arrivalMs: number): void {
    this.lines += 1;
    if (line.length > LINE_BYTES_MAX) return this.settle('too_long');
    const { bytes } = this.scanner;
    bytes.set(line, INPUT);
    bytes[INPUT + line.length] = NEWLINE;
    const reason = this.parseLine(INPUT) ?? this.readHit();
    if (reason !== undefined) return this.settle(reason);
    const { hit, hash } = this;
    if (hit.tMs > arrivalMs + FUTURE_MS_MAX) return this.settle('future');
    const lane = hashNetwork(hash, hit.addressHi, hit.addressLo) % this.props.lanes;
    this.cells.add(lane, hit);
    this.audience.fold(hit);
  }

  private settle(reason: BadLine): void {
    this.bad.set(reason, (this.bad.get(reason) ?? 0) + 1);
  }

  private finish(records: readonly SourceRecord[], homeLane: number, lost: number): Interval {
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
    const lastArrivalMs = records.reduce((ms, r) => Math.max(ms, r.arrivalMs), 0);
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
    const { entriesMax = PACKET_ENTRIES_MAX } = this.props;
    for (let shrink = 1; ; shrink *= 2) {
      const { contents, edges, cells, hits, droppedHits } = this.cells.take(lane, {
        contents: this.contents.list,
        edges: this.edges.list,
        cellsMax: Math.floor(PACKET_CELLS_MAX / shrink),
      });
      const { days, over } = this.daysOf(lane, entries, Math.floor(entriesMax / shrink));
      const lines = hits + badLines;
      const ledger: PacketLedger = { lines, hits, bad, overflow: droppedHits + over, lost };
      const facts = { ledger, contents, edges, cells, days };
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

  /** The entries of a lane as bytes, by broadcast day, and the hits of those that had no room. */
  private daysOf(
    lane: number,
    entries: readonly number[],
    entriesMax: number,
  ): { days: PacketDay[]; over: number } {
    const { audience } = this;
    const { table } = audience;
    const { lanes } = this.props;
    const { kept, dropped } = chooseEntries(table, entries, entriesMax);
    const byDay = new Map<number, { kept: number[]; over: Map<number, OverBound> }>();
    const dayOf = (entry: number) => {
      const day = table.dayOf(entry);
      let known = byDay.get(day);
      if (known === undefined) byDay.set(day, (known = { kept: [], over: new Map() }));
      return known;
    };
    for (const entry of kept) dayOf(entry).kept.push(entry);
    let hits = 0;
    for (const entry of dropped) {
      const { over } = dayOf(entry);
      const content = table.contentOf(entry);
      const sum = over.get(content) ?? { hits: 0, slots: 0 };
      sum.hits += table.words[entry + W.hits]!;
      sum.slots += table.words[entry + W.raw]!;
      over.set(content, sum);
      hits += table.words[entry + W.hits]!;
    }
    const days = [...byDay]
      .sort(([a], [b]) => a - b)
      .map(([day, { kept: own, over }]) => ({
        day,
        entries: serialiseEntries(audience, own, { lane, lanes, isSorted: true, over }),
      }));
    return { days, over: hits };
  }
}
