import { Audience, type AudienceLimits } from './audience/audience';
import { makeDays } from './audience/day';
import { type HitCell, HitCounts, addEdge } from './audience/hit-counts';
import { mergeState, serialiseState } from './audience/lane-state';
import { type ReportOptions, makeReport } from './audience/make-report';
import type { Report } from './audience/report';
import { BAD_LINES, type BadLine, LINE_BYTES_MAX } from './edge/bad-line';
import { classifierOf } from './edge/classifier';
import { type ContentFacts, ContentTable } from './edge/content-table';
import {
  type Format,
  detectFormat,
  formatOfHeader,
  makeLineParser,
  unknownFormatError,
} from './edge/format';
import { makeHit } from './edge/hit';
import { CACHE_SIZES, makeHitReader } from './edge/hit-reader';
import type { LineParser } from './edge/line-tsv';
import { Names } from './edge/names';
import { makeNetworks } from './edge/network';
import { type ListFiles, SHIPPED_FILES, networksOf } from './edge/network-lists';
import { SIGNS_CACHE, type Signs, makeSignReader } from './edge/signs';
import { exemptOf } from './guard/exempt';
import { GuardReplay } from './guard/guard-replay';
import { SipHash } from './edge/siphash';
import { INPUT, INPUT_BYTES, Scanner } from './edge/scanner';
import { type Spans, bytesText, endLine } from './edge/spans';
import type { Settings } from './settings';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const HASH = 0x23;

/** B2_lane in a recount, which is one lane and has the memory of a machine. */
const VIEWERS_MAX = 16_000_000;
const WAITING_MAX = 2_000_000;

export interface RecountProps {
  readonly settings: Settings;
  /** 16 bytes; no figure depends on it */
  readonly key: Uint8Array;
  /** the shipped ones if not given */
  readonly lists?: ListFiles | undefined;
  /** Whether the guard judges the lines as they come: one thread, and a third more time. */
  readonly guard?: boolean | undefined;
  /** for tests of the bounds */
  readonly viewersMax?: number | undefined;
  readonly waitingMax?: number | undefined;
}

/** What one thread counted; plain data, so that it can be sent to another. */
export interface RecountPart {
  readonly state: Uint8Array<ArrayBuffer>;
  readonly contents: readonly ContentFacts[];
  readonly edges: readonly string[];
  /** by content: minute and cell */
  readonly cells: readonly (readonly (readonly [number, HitCell])[])[];
  readonly lastAtMs: readonly number[];
  readonly bad: readonly (readonly [BadLine, number])[];
  readonly lines: number;
}

/**
 * Counts the lines of logs, whatever their order, in one process. Bytes
 * are fed file by file (or piece by piece, cut at line ends); afterwards there is one audience, one
 * set of hit counts, one ledger.
 */
export class Recount {
  readonly audience: Audience;
  readonly hits = new HitCounts();
  readonly edges = new Names();
  readonly contents: ContentTable;
  readonly bad = new Map<BadLine, number>();
  lines = 0;
  readonly settings: Settings;
  private readonly classifier: string;
  readonly scanner = new Scanner([...CACHE_SIZES, SIGNS_CACHE]);
  readonly spans: Spans = { bytes: this.scanner.bytes, at: this.scanner.spans, end: 0 };
  readonly guard: GuardReplay | undefined;
  private readonly readSigns: () => Signs;
  private readonly hit = makeHit();
  private readonly readHit: () => BadLine | undefined;
  private parseLine: LineParser = () => 'bad_layout';
  private format: Format | undefined;
  /** where the next bytes go: behind the beginning of a line whose end has not come yet */
  private filled = INPUT;
  private isSkipping = false;

  constructor({
    settings,
    key,
    lists = SHIPPED_FILES,
    viewersMax = VIEWERS_MAX,
    waitingMax = WAITING_MAX,
    guard = false,
  }: RecountProps) {
    this.settings = settings;
    this.classifier = classifierOf(lists);
    this.contents = new ContentTable(settings);
    const sip = new SipHash(key);
    const { scanner } = this;
    const viewerHash = scanner.makeViewerHash(key);
    const limits: AudienceLimits = { ...settings.thresholds, viewersMax, waitingMax };
    const days = makeDays(settings.timeZone, settings.dayStartHour);
    this.audience = new Audience({ contents: this.contents, days, viewerHash, limits });
    const networks = makeNetworks(networksOf(lists, settings));
    const { contents, edges } = this;
    this.readHit = makeHitReader(
      { settings, networks, contents, edges, sip, scanner },
      this.spans,
      this.hit,
    );
    this.readSigns = makeSignReader(scanner, this.spans);
    const exempt = guard ? exemptOf(settings, lists) : undefined;
    this.guard = exempt && new GuardReplay({ settings, audience: this.audience, days, exempt });
  }

  /** Begins a file or a piece of one. */
  begin(format: Format): void {
    this.format = format;
    this.parseLine = makeLineParser(format, this);
    this.filled = INPUT;
    this.isSkipping = false;
  }

  /** Takes the next bytes. They are not kept, but for the beginning of an unfinished line. */
  feed(chunk: Uint8Array): void {
    const { bytes } = this.scanner;
    for (let at = 0; at < chunk.length;) {
      const length = Math.min(chunk.length - at, INPUT + INPUT_BYTES - this.filled);
      bytes.set(chunk.subarray(at, at + length), this.filled);
      at += length;
      this.filled += length;
      this.takeLines();
    }
  }

  /** Ends the file; `isWhole` is false when it broke off, so that its last line cannot be trusted. */
  end(isWhole = true): void {
    if (this.filled > INPUT) {
      if (isWhole) {
        this.scanner.bytes[this.filled] = NEWLINE;
        this.take(INPUT);
      } else {
        this.lines += 1;
        this.settle('cut_off');
      }
    }
    this.filled = INPUT;
    this.isSkipping = false;
  }

  /** Everything counted so far, to be merged into another recount (of another thread). */
  toPart(): RecountPart {
    const { audience, hits, edges, contents, bad, lines } = this;
    return {
      state: serialiseState(audience, { isSorted: false }),
      contents: contents.list,
      edges: edges.list,
      cells: hits.cells.map((minutes) => [...minutes]),
      lastAtMs: hits.lastAtMs,
      bad: [...bad],
      lines,
    };
  }

  merge(part: RecountPart): void {
    for (const [content, minutes] of part.cells.entries()) {
      if (minutes.length === 0) continue;
      const { id, kind, segmentMs } = part.contents[content]!;
      const number = this.contents.numberOf(id, kind, segmentMs);
      for (const [minute, { counts, edges }] of minutes) {
        const cell = this.hits.cellOf(number, minute);
        counts.forEach((count, n) => (cell.counts[n]! += count));
        edges.forEach((count, n) => {
          if (count > 0) addEdge(cell, this.edges.numberOf(part.edges[n]!), count);
        });
      }
      this.hits.lastAtMs[number] = Math.max(this.hits.lastAtMs[number]!, part.lastAtMs[content]!);
    }
    mergeState(this.audience, part.state);
    for (const [reason, count] of part.bad)
      this.bad.set(reason, (this.bad.get(reason) ?? 0) + count);
    this.lines += part.lines;
  }

  report(options: ReportOptions = {}): Report {
    const bad = Object.fromEntries(
      BAD_LINES.filter((reason) => this.bad.has(reason)).map((reason) => [
        reason,
        this.bad.get(reason)!,
      ]),
    );
    const badLines = [...this.bad.values()].reduce((sum, count) => sum + count, 0);
    const { audience, hits, edges, settings, lines, classifier } = this;
    return makeReport(
      {
        audience,
        hits,
        edges,
        settings,
        classifier,
        ledger: { lines, hits: lines - badLines, bad, duplicate: 0, late: 0, lost: 0 },
      },
      options,
    );
  }

  /** Takes all whole lines of the input, and moves what is left to its beginning. */
  private takeLines(): void {
    const { bytes } = this.scanner;
    const { filled } = this;
    const limit = bytes.lastIndexOf(NEWLINE, filled - 1) + 1;
    let from = INPUT;
    if (this.isSkipping && limit > INPUT) {
      from = bytes.indexOf(NEWLINE, INPUT) + 1;
      this.isSkipping = false;
    }
    while (from < limit) from = this.take(from) + 1;
    const rest = filled - from;
    if (this.isSkipping || rest > LINE_BYTES_MAX) {
      if (!this.isSkipping && bytes[from] !== HASH) {
        this.lines += 1;
        this.settle('too_long');
      }
      this.isSkipping = true;
      this.filled = INPUT;
      return;
    }
    bytes.copyWithin(INPUT, from, filled);
    this.filled = INPUT + rest;
  }

  /**
   * H1_hit: takes the line that begins at `start`: a hit, or bad under one reason. Empty lines and
   * comments are no lines. Returns where its newline stands.
   */
  private take(start: number): number {
    const first = this.scanner.bytes[start];
    if (first === NEWLINE) return start;
    if (first === HASH || first === RETURN) return this.takeComment(start);
    const { spans } = this;
    this.lines += 1;
    let reason = this.parseLine(start);
    if (spans.end - start > LINE_BYTES_MAX) reason = 'too_long';
    reason ??= this.readHit();
    if (reason !== undefined) this.settle(reason);
    else {
      this.hits.add(this.hit);
      this.audience.fold(this.hit);
      this.guard?.take(this.hit, this.readSigns());
    }
    return spans.end;
  }

  /** Files laid one behind another bring their header lines along. */
  private takeComment(start: number): number {
    const { spans, format } = this;
    const end = endLine(spans, start);
    if (end === start) return spans.end;
    if (spans.bytes[start] !== HASH) {
      // A carriage return that is not the end of the line: the line is damaged, but it is one.
      this.lines += 1;
      this.settle('bad_layout');
      return spans.end;
    }
    if (format?.kind !== 'columns' || end - start > LINE_BYTES_MAX) return spans.end;
    const text = bytesText(spans.bytes, start, end);
    if (text.startsWith('#Fields:')) {
      const { fields } = formatOfHeader(text, '');
      this.parseLine = makeLineParser({ ...format, fields }, this);
    }
    return spans.end;
  }

  private settle(reason: BadLine): void {
    this.bad.set(reason, (this.bad.get(reason) ?? 0) + 1);
  }
}

/** Counts one log that is in memory: for tests and small inputs. */
export function recountText(
  input: Uint8Array,
  settings: Settings,
  { key = new Uint8Array(16), ...options }: ReportOptions & { key?: Uint8Array } = {},
): Report {
  const recount = new Recount({ settings, key });
  if (input.length > 0) {
    const format = detectFormat(input.subarray(0, 65_536), settings.realtimeFields);
    if (format === undefined) throw unknownFormatError('input', input);
    recount.begin(format);
    recount.feed(input);
    recount.end();
  }
  return recount.report(options);
}
