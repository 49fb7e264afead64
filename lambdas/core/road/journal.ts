import { ByteReader, ByteWriter } from '../audience/byte-stream';
import { compareSequence } from './sequence';

/**
 * The journal of a source shard: what of it was forwarded. `done` is the last sequence number whose
 * packets were all acknowledged, `cut` the one interval that is promised behind it. As bytes, version 1:
 *
 *   'T' 'N' 'J', version (1 byte)
 *   count lanes, text done, count ordinal (of the last interval done), count lines (forwarded up to done)
 *   for each lane: count ordinal - last ordinal that went to it + 1, or 0 for none
 *   byte 1 and the cut, or byte 0: text to, count records, count lines, count arrivalMs, and a bit for
 *   each lane (8 to a byte, the lowest first) that is set if the interval has a packet for it
 */
export interface Journal {
  readonly lanes: number;
  /** '' at the beginning of the shard */
  readonly done: string;
  readonly ordinal: number;
  readonly lines: number;
  /** by lane: the last ordinal that went to it up to `ordinal`; 0 for none */
  readonly last: readonly number[];
  readonly cut: Cut | undefined;
}

export interface Cut {
  /** the last sequence number of the interval; `ordinalOf` says which it is */
  readonly to: string;
  readonly records: number;
  readonly lines: number;
  /** when its last record arrived, ms */
  readonly arrivalMs: number;
  /** the lanes that get a packet, ascending */
  readonly lanesWith: readonly number[];
}

export function emptyJournal(lanes: number): Journal {
  return {
    lanes,
    done: '',
    ordinal: 0,
    lines: 0,
    last: Array<number>(lanes).fill(0),
    cut: undefined,
  };
}

/** Which promise a batch needs to be kept first, and where what is new in it begins. */
export interface BatchPlan {
  /** the promised interval (after, upTo] has to be made again; undefined if it is known to be complete */
  readonly redo: { readonly after: string; readonly upTo: string } | undefined;
  /** records of the batch behind this sequence number are new */
  readonly newAfter: string;
}

/**
 * What to do with a batch that begins at `first`. One that begins behind the cut proves that the cut was
 * completed: the event source moves on only after success, or over what expired (`isGap`).
 */
export function planBatch({ done, cut }: Journal, first: string, isGap = false): BatchPlan {
  if (cut === undefined) return { redo: undefined, newAfter: done };
  if (!isGap && compareSequence(first, cut.to) > 0) return { redo: undefined, newAfter: cut.to };
  return { redo: { after: done, upTo: cut.to }, newAfter: cut.to };
}

/**
 * The ordinal of the promised interval: when it arrived (ms), or one more than the last if that is not
 * less. A journal expires in a month without lines; so the next one begins above all that the chains
 * know, which would drop its packets as duplicates if it counted from 1 again.
 */
export function ordinalOf({ ordinal }: Journal, { arrivalMs }: Cut): number {
  return Math.max(ordinal + 1, arrivalMs);
}

/** The journal once everything that it promises was forwarded. */
export function completeCut(journal: Journal): Journal {
  const { cut } = journal;
  if (cut === undefined) return journal;
  const ordinal = ordinalOf(journal, cut);
  const last = [...journal.last];
  for (const lane of cut.lanesWith) last[lane] = ordinal;
  return {
    ...journal,
    done: cut.to,
    ordinal,
    lines: journal.lines + cut.lines,
    last,
    cut: undefined,
  };
}

const MAGIC = [0x54, 0x4e, 0x4a, 1] as const;

export function encodeJournal(journal: Journal): Uint8Array {
  const out = new ByteWriter();
  for (const byte of MAGIC) out.byte(byte);
  out.count(journal.lanes);
  out.text(journal.done);
  out.count(journal.ordinal);
  out.count(journal.lines);
  for (const last of journal.last) out.count(last === 0 ? 0 : journal.ordinal - last + 1);
  const { cut } = journal;
  out.byte(cut === undefined ? 0 : 1);
  if (cut === undefined) return out.finish();
  out.text(cut.to);
  out.count(cut.records);
  out.count(cut.lines);
  out.count(cut.arrivalMs);
  const bits = new Uint8Array(Math.ceil(journal.lanes / 8));
  for (const lane of cut.lanesWith) bits[lane >>> 3]! |= 1 << (lane & 7);
  for (const byte of bits) out.byte(byte);
  return out.finish();
}

/** Throws if the bytes are no journal, or one of another number of lanes. */
export function decodeJournal(bytes: Uint8Array, lanes: number): Journal {
  const input = new ByteReader(bytes, 'journal');
  input.expect(MAGIC);
  const got = input.count();
  if (got !== lanes) {
    throw new Error(`journal is of ${got} lanes, expected ${lanes}: lanes cannot change`);
  }
  const done = input.text();
  const ordinal = input.count();
  const lines = input.count();
  const last = Array.from({ length: lanes }, () => {
    const back = input.count();
    return back === 0 ? 0 : ordinal + 1 - back;
  });
  let cut: Cut | undefined;
  if (input.byte() !== 0) {
    const to = input.text();
    const records = input.count();
    const cutLines = input.count();
    const arrivalMs = input.count();
    const bits = Array.from({ length: Math.ceil(lanes / 8) }, () => input.byte());
    const lanesWith = last.flatMap((_, lane) =>
      (bits[lane >>> 3]! & (1 << (lane & 7))) !== 0 ? [lane] : [],
    );
    cut = { to, records, lines: cutLines, arrivalMs, lanesWith };
  }
  if (!input.isAtEnd) throw new Error('journal has bytes behind its end');
  return { lanes, done, ordinal, lines, last, cut };
}
