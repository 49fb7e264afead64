import { ByteReader, ByteWriter } from '../audience/byte-stream';
import { type Block, GUARD_AUTHOR, PERSON_AUTHOR } from './plan';
import { parsePrefix, prefixText } from './prefix';
import { RECORD_STATES, type SetRecord, type SetTruth } from './set-truth';
import { SUSPECT_RULES } from './suspect';

/**
 * The truth of one set as bytes, version 2. 10,000 records must fit into one item of 400 KB, so one has
 * at most some 36 bytes; evidence is in the audit, and so are authors and reasons of people, which their
 * manual entries have too.
 *
 *   'T' 'N' 'E', version (1 byte)
 *   text seenToken, text pastToken, text calledToken, text auditId
 *   count base (ms since the epoch, below every sinceMs)
 *   count records, in the order of their text, each
 *     byte state + 8 x touched
 *     byte bits of the prefix and word lo (IPv4: 0 to 32), or 64 + bits, word hi, word lo (IPv6), or 255 and a text
 *     unless foreign: byte rule (255: manual), count sinceMs - base, signed untilMs - sinceMs,
 *       count strikes, count attackHits, count verifiedViewers, count suspects
 *
 * Version 1 had, behind base, count texts and the texts (authors and reasons), and behind rule
 * count author + 1 (0: guard) and count reason + 1 (0: none). It is read, and written no more.
 */
const MAGIC = [0x54, 0x4e, 0x45] as const;
const VERSION = 2;

const TOUCHED = 8;
const MANUAL = 255;
const IS_V6 = 64;
const IS_TEXT = 255;

export function encodeTruth(truth: SetTruth): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter();
  for (const byte of [...MAGIC, VERSION]) out.byte(byte);
  for (const token of [truth.seenToken, truth.pastToken, truth.calledToken, truth.auditId]) {
    out.text(token);
  }
  const records = [...truth.records.values()].sort((a, b) => (a.cidr < b.cidr ? -1 : 1));
  let base = Infinity;
  for (const { block } of records) {
    if (block !== undefined) base = Math.min(base, block.sinceMs);
  }
  if (base === Infinity) base = 0;
  out.count(base);
  out.count(records.length);
  for (const record of records) writeRecord(out, record, base);
  return out.finish();
}

function writeRecord(
  out: ByteWriter,
  { cidr, state, isTouched, block }: SetRecord,
  base: number,
): void {
  out.byte(RECORD_STATES.indexOf(state) + (isTouched ? TOUCHED : 0));
  writeCidr(out, cidr);
  if (state === 'foreign') return;
  if (block === undefined) throw new Error(`record ${cidr} is ${state}, expected it with a block`);
  const { rule } = block;
  out.byte(rule === 'manual' ? MANUAL : SUSPECT_RULES.indexOf(rule));
  out.count(block.sinceMs - base);
  out.signed(block.untilMs - block.sinceMs);
  for (const n of [block.strikes, block.attackHits, block.verifiedViewers, block.suspects]) {
    out.count(Math.round(n));
  }
}

export function decodeTruth(bytes: Uint8Array, version: number): SetTruth {
  const input = new ByteReader(bytes, 'truth of a set');
  input.expect(MAGIC);
  const format = input.byte();
  if (format !== 1 && format !== VERSION) {
    throw new Error(`truth of a set: version is ${format}, expected 1 or ${VERSION}`);
  }
  const [seenToken, pastToken, calledToken] = [input.text(), input.text(), input.text()];
  const auditId = input.text();
  const base = input.count();
  if (format === 1) input.list(() => input.text());
  const records = new Map<string, SetRecord>();
  for (const record of input.list(() => readRecord(input, base, format))) {
    records.set(record.cidr, record);
  }
  if (!input.isAtEnd) throw new Error('truth of a set has bytes behind its end');
  return { version, seenToken, pastToken, calledToken, auditId, records };
}

function readRecord(input: ByteReader, base: number, format: number): SetRecord {
  const first = input.byte();
  const state = RECORD_STATES[first % TOUCHED];
  if (state === undefined) throw new Error(`record of a set has the state ${first}`);
  const cidr = readCidr(input);
  const isTouched = first >= TOUCHED;
  const block = state === 'foreign' ? undefined : readBlock(input, cidr, base, format);
  return { cidr, state, isTouched, block };
}

function readBlock(input: ByteReader, cidr: string, base: number, format: number): Block {
  const n = input.byte();
  const rule = n === MANUAL ? 'manual' : SUSPECT_RULES[n];
  if (rule === undefined) throw new Error(`block ${cidr} has the rule ${n}, which is none`);
  if (format === 1) for (let skipped = 0; skipped < 2; skipped += 1) input.count();
  const author = rule === 'manual' ? PERSON_AUTHOR : GUARD_AUTHOR;
  const sinceMs = base + input.count();
  const untilMs = sinceMs + input.signed();
  const [strikes, attackHits] = [input.count(), input.count()];
  const [verifiedViewers, suspects] = [input.count(), input.count()];
  const facts = { strikes, attackHits, verifiedViewers, suspects };
  return { cidr, rule, author, sinceMs, untilMs, ...facts };
}

/** Foreign entries may be longer than a /64, which a prefix is not: those go as text. */
export function writeCidr(out: ByteWriter, cidr: string): void {
  const prefix = parsePrefix(cidr);
  if (prefix === undefined || prefixText(prefix) !== cidr) {
    out.byte(IS_TEXT);
    out.text(cidr);
    return;
  }
  const { version, hi, lo, bits } = prefix;
  out.byte(version === 4 ? bits : IS_V6 + bits);
  if (version === 6) out.word(hi);
  out.word(lo);
}

export function readCidr(input: ByteReader): string {
  const first = input.byte();
  if (first === IS_TEXT) return input.text();
  if (first < IS_V6) return prefixText({ version: 4, hi: 0xffff, lo: input.word(), bits: first });
  const hi = input.word();
  return prefixText({ version: 6, hi, lo: input.word(), bits: first - IS_V6 });
}
