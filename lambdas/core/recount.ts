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
  FORMATS_KNOWN,
  detectFormat,
  formatOfHeader,
  makeLineParser,
} from './edge/format';
import { makeHit } from './edge/hit';
import { makeHitReader } from './edge/hit-reader';
import type { LineParser } from './edge/line-tsv';
import { Names } from './edge/names';
import { type NetworkLists, makeNetworks } from './edge/network';
import { type ListFiles, SHIPPED_FILES, listsOf } from './edge/network-lists';
import { SipHash } from './edge/siphash';
import { bytesText, endLine, makeSpans } from './edge/spans';
import type { Settings } from './settings';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const HASH = 0x23;

/** B2_waiting in a recount: there is memory for many. */
const WAITING_MAX = 2_000_000;

export interface RecountProps {
  readonly settings: Settings;
  /** 16 bytes; no figure depends on it */
  readonly key: Uint8Array;
  /** the shipped ones if not given */
  readonly lists?: ListFiles | undefined;
  /** for tests of the bounds */
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
  private readonly spans = makeSpans();
  private readonly hit = makeHit();
  private readonly readHit: () => BadLine | undefined;
  private parseLine: LineParser = () => 'bad_layout';
  private format: Format | undefined;
  /** the beginning of a line whose end is in the next chunk */
  private rest = new Uint8Array(0);
  private isSkipping = false;

  constructor({ settings, key, lists = SHIPPED_FILES, waitingMax = WAITING_MAX }: RecountProps) {
    this.settings = settings;
    this.classifier = classifierOf(lists);
    this.contents = new ContentTable(settings);
    const sip = new SipHash(key);
    const limits: AudienceLimits = { ...settings.thresholds, waitingMax };
    const days = makeDays(settings.timeZone, settings.dayStartHour);
    this.audience = new Audience({ contents: this.contents, days, sip, limits });
    const networks = makeNetworks(withOwnNetworks(listsOf(lists), settings));
    const { contents, edges } = this;
    this.readHit = makeHitReader(
      { settings, networks, contents, edges, sip },
      this.spans,
      this.hit,
    );
  }

  /** Begins a file or a piece of one. */
  begin(format: Format): void {
    this.format = format;
    this.parseLine = makeLineParser(format, this.spans);
    this.rest = new Uint8Array(0);
    this.isSkipping = false;
  }

  /** Takes the next bytes. They are not kept, but for the beginning of an unfinished line. */
  feed(chunk: Uint8Array): void {
    let from = 0;
    if (this.rest.length > 0 || this.isSkipping) {
      const end = chunk.indexOf(NEWLINE);
      if (end < 0) return this.keep(chunk);
      if (!this.isSkipping) {
        const line = new Uint8Array(this.rest.length + end);
        line.set(this.rest);
        line.set(chunk.subarray(0, end), this.rest.length);
        this.take(line, 0, line.length);
      }
      this.rest = new Uint8Array(0);
      this.isSkipping = false;
      from = end + 1;
    }
    const limit = chunk.lastIndexOf(NEWLINE) + 1;
    while (from < limit) from = this.take(chunk, from, limit) + 1;
    if (from < chunk.length) this.keep(chunk.subarray(from));
  }

  /** Ends the file; `isWhole` is false when it broke off, so that its last line cannot be trusted. */
  end(isWhole = true): void {
    if (this.rest.length > 0) {
      if (isWhole) this.take(this.rest, 0, this.rest.length);
      else {
        this.lines += 1;
        this.settle('cut_off');
      }
    }
    this.rest = new Uint8Array(0);
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

  private keep(part: Uint8Array): void {
    if (this.isSkipping) return;
    if (this.rest.length + part.length > LINE_BYTES_MAX) {
      this.lines += 1;
      this.settle('too_long');
      this.rest = new Uint8Array(0);
      this.isSkipping = true;
      return;
    }
    const longer = new Uint8Array(this.rest.length + part.length);
    longer.set(this.rest);
    longer.set(part, this.rest.length);
    this.rest = longer;
  }

  /**
   * H1_hit: takes the line that begins at `start`: a hit, or bad under one reason. Empty lines and comments
   * are no lines. Returns where it ends.
   */
  private take(bytes: Uint8Array, start: number, limit: number): number {
    const first = bytes[start];
    if (first === NEWLINE || start === limit) return start;
    if (first === HASH || first === RETURN) return this.takeComment(bytes, start, limit);
    const { spans } = this;
    this.lines += 1;
    let reason = this.parseLine(bytes, start, limit);
    if (spans.end - start > LINE_BYTES_MAX) reason = 'too_long';
    reason ??= this.readHit();
    if (reason !== undefined) this.settle(reason);
    else {
      this.hits.add(this.hit);
      this.audience.fold(this.hit);
    }
    return spans.end;
  }

  /** Files laid one behind another bring their header lines along. */
  private takeComment(bytes: Uint8Array, start: number, limit: number): number {
    const { spans, format } = this;
    const end = endLine(spans, bytes, start, limit);
    if (end === start) return spans.end;
    if (bytes[start] !== HASH) {
      // A carriage return that is not the end of the line: the line is damaged, but it is one.
      this.lines += 1;
      this.settle('bad_layout');
      return spans.end;
    }
    if (format?.kind !== 'columns' || end - start > LINE_BYTES_MAX) return spans.end;
    const text = bytesText(bytes, start, end);
    if (text.startsWith('#Fields:')) {
      const { fields } = formatOfHeader(text, '');
      this.parseLine = makeLineParser({ ...format, fields }, spans);
    }
    return spans.end;
  }

  private settle(reason: BadLine): void {
    this.bad.set(reason, (this.bad.get(reason) ?? 0) + 1);
  }
}

/** Error of a log that is none of the known formats; says what was looked for. */
export function unknownFormatError(name: string, head: Uint8Array): Error {
  const first = bytesText(head, 0, Math.min(head.length, 200)).split('\n')[0]!;
  const shown = [...first]
    .map((c) => (c < ' ' || c === '\ufffd' ? '.' : c))
    .join('')
    .slice(0, 80);
  return new Error(
    `${name} is no log of a known format; looked for ${FORMATS_KNOWN}; it begins with: ${shown}`,
  );
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

function withOwnNetworks(lists: NetworkLists, { networks }: Settings): NetworkLists {
  return {
    ...lists,
    relay: [...lists.relay, ...networks.people],
    datacentre: {
      ...lists.datacentre,
      ranges: [...lists.datacentre.ranges, ...networks.datacentre],
    },
  };
}
