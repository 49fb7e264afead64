import { ByteReader, ByteWriter } from '../audience/byte-stream';
import type { ContentFacts } from '../edge/content-table';
import type { Chain } from './chain';
import { readContent, writeContent } from './content-bytes';

/**
 * The head of a lane: all that names its state. As bytes, version 1:
 *
 *   'T' 'N' 'H', version (1 byte)
 *   count lanes, text timeZone, count dayStartHour, count pagesPerDayMax
 *   count newestArrivalMs
 *   count outbox: 0 if it stands beside the head, else 1 and its blob
 *   count chains, each: text shard id, count last, count lines, count arrivalMs,
 *     count holes, each: count from, count to - from
 *   count days, each: count day, count sealed, their blobs, count base (0 or 1), its blob,
 *     count deltas, their blobs, word key limit of those who started, word of those who wait,
 *     count over-bounds, each: text id, byte kind, count segmentMs, count hits, count slots
 *   a blob: text id, count bytes
 */
export interface LaneHead {
  readonly rules: LaneRules;
  readonly newestArrivalMs: number;
  readonly outbox: BlobRef | undefined;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly days: ReadonlyMap<number, StoredDay>;
}

/** What cannot change while a lane holds viewers: what was counted could not be taken back. */
export interface LaneRules {
  readonly lanes: number;
  readonly timeZone: string;
  readonly dayStartHour: number;
  readonly pagesPerDayMax: number;
}

export interface BlobRef {
  readonly id: string;
  readonly bytes: number;
}

/** The blobs of a broadcast day: an entry of a later one stands for that of an earlier one. */
export interface StoredDay {
  /** viewers that have left; never written again */
  readonly sealed: readonly BlobRef[];
  /** the others */
  readonly base: BlobRef | undefined;
  /** what changed since, oldest first */
  readonly deltas: readonly BlobRef[];
  readonly keyLimits: readonly [started: number, waiting: number];
  readonly over: readonly StoredOver[];
}

export interface StoredOver extends ContentFacts {
  readonly hits: number;
  readonly slots: number;
}

const MAGIC = [0x54, 0x4e, 0x48, 1] as const;

export function encodeHead(head: LaneHead): Uint8Array {
  const out = new ByteWriter();
  for (const byte of MAGIC) out.byte(byte);
  out.count(head.rules.lanes);
  out.text(head.rules.timeZone);
  out.count(head.rules.dayStartHour);
  out.count(head.rules.pagesPerDayMax);
  out.count(head.newestArrivalMs);
  writeBlobs(out, head.outbox === undefined ? [] : [head.outbox]);
  out.count(head.chains.size);
  for (const [shardId, chain] of head.chains) {
    out.text(shardId);
    out.count(chain.last);
    out.count(chain.lines);
    out.count(chain.arrivalMs);
    out.count(chain.holes.length);
    for (const [from, to] of chain.holes) {
      out.count(from);
      out.count(to - from);
    }
  }
  out.count(head.days.size);
  for (const [day, { sealed, base, deltas, keyLimits, over }] of head.days) {
    out.count(day);
    writeBlobs(out, sealed);
    writeBlobs(out, base === undefined ? [] : [base]);
    writeBlobs(out, deltas);
    for (const limit of keyLimits) out.word(limit);
    out.count(over.length);
    for (const { hits, slots, ...content } of over) {
      writeContent(out, content);
      out.count(hits);
      out.count(slots);
    }
  }
  return out.finish();
}

export function decodeHead(bytes: Uint8Array): LaneHead {
  const input = new ByteReader(bytes, 'lane head');
  input.expect(MAGIC);
  const rules = {
    lanes: input.count(),
    timeZone: input.text(),
    dayStartHour: input.count(),
    pagesPerDayMax: input.count(),
  };
  const newestArrivalMs = input.count();
  const [outbox] = readBlobs(input);
  const chains = input.list(() => {
    const shardId = input.text();
    const [last, lines, arrivalMs] = [input.count(), input.count(), input.count()];
    const holes = input.list((): [number, number] => {
      const from = input.count();
      return [from, from + input.count()];
    });
    return [shardId, { last, lines, arrivalMs, holes }] as const;
  });
  const days = input.list(() => {
    const day = input.count();
    const sealed = readBlobs(input);
    const [base] = readBlobs(input);
    const deltas = readBlobs(input);
    const keyLimits = [input.word(), input.word()] as const;
    const over = input.list(() => ({
      ...readContent(input),
      hits: input.count(),
      slots: input.count(),
    }));
    return [day, { sealed, base, deltas, keyLimits, over }] as const;
  });
  if (!input.isAtEnd) throw new Error('lane head has bytes behind its end');
  return { rules, newestArrivalMs, outbox, chains: new Map(chains), days: new Map(days) };
}

/** The blobs of a day in the order in which they are put back. */
export function blobsOf({ sealed, base, deltas }: StoredDay): BlobRef[] {
  return [...sealed, ...(base === undefined ? [] : [base]), ...deltas];
}

/** Throws if a lane was counted under other rules than the configuration has now. */
export function checkRules(stored: LaneRules, configured: LaneRules): void {
  for (const name of ['lanes', 'timeZone', 'dayStartHour'] as const) {
    if (stored[name] === configured[name]) continue;
    throw new Error(
      `${name} is ${configured[name]}, but this deployment has counted with ${stored[name]}: ` +
        'it cannot change; set it back, or deploy another stack',
    );
  }
}

function writeBlobs(out: ByteWriter, blobs: readonly BlobRef[]): void {
  out.count(blobs.length);
  for (const { id, bytes } of blobs) {
    out.text(id);
    out.count(bytes);
  }
}

function readBlobs(input: ByteReader): BlobRef[] {
  return input.list(() => ({ id: input.text(), bytes: input.count() }));
}
