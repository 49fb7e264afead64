import type { ByteReader, ByteWriter } from '../audience/byte-stream';
import { SOURCE_COUNTS, type SourceCell } from './source-cells';

/**
 * Sources in a packet:
 *
 *   count contents, each text id; count networks, each count asn
 *   count cells, each:
 *   count hi - hi of the cell before; if 0 count lo - lo before, else word lo
 *   word address (0 of the cell before: byte 0, else byte 1 and the word)
 *   count content and count network, by position
 *   signed slot - slot before, count lastMs
 *   count mask of the counts that are not 0, and these
 *   bits agents, bits pagePaths, bits urlsHi, bits urlsLo: byte n for the bit n - 1, 0 for none, 255 and a word for
 *     several
 */

/** At most so many bytes do these take; a count is below 2 million, as an interval has fewer lines. */
export function sourceBytes(cells: readonly SourceCell[]): number {
  let bytes = 12;
  const [contents, asns] = originsOf(cells);
  // A character is at most 3 bytes of UTF-8.
  for (const id of contents) bytes += 3 * id.length + 4;
  bytes += 5 * asns.length;
  for (const { counts } of cells) {
    bytes += 52;
    for (const n of counts) bytes += n > 0 ? 3 : 0;
  }
  return bytes;
}

export function writeSources(out: ByteWriter, cells: readonly SourceCell[]): void {
  const [contents, asns] = originsOf(cells);
  const [placeOfContent, placeOfAsn] = [placesOf(contents), placesOf(asns)];
  out.count(contents.length);
  for (const id of contents) out.text(id);
  out.count(asns.length);
  for (const asn of asns) out.count(asn);
  out.count(cells.length);
  let [hi, lo, address, slot] = [0, 0, 0, 0];
  for (const cell of cells) {
    out.count(cell.hi - hi);
    if (cell.hi === hi) out.count(cell.lo - lo);
    else out.word(cell.lo);
    if (cell.address === address) out.byte(0);
    else {
      out.byte(1);
      out.word(cell.address);
    }
    out.count(placeOfContent.get(cell.content)!);
    out.count(placeOfAsn.get(cell.asn)!);
    out.signed(cell.slot - slot);
    out.count(cell.lastMs);
    const { counts } = cell;
    let mask = 0;
    for (let bit = 0; bit < counts.length; bit += 1) if (counts[bit]! > 0) mask |= 1 << bit;
    out.count(mask);
    for (let bit = 0; bit < counts.length; bit += 1) if (counts[bit]! > 0) out.count(counts[bit]!);
    writeBits(out, cell.agents);
    writeBits(out, cell.pagePaths);
    writeBits(out, cell.urlsHi);
    writeBits(out, cell.urlsLo);
    hi = cell.hi;
    lo = cell.lo;
    address = cell.address;
    slot = cell.slot;
  }
}

/** Contents and networks, in the order in which they come. */
function originsOf(cells: readonly SourceCell[]): [contents: string[], asns: number[]] {
  return [
    [...new Set(cells.map(({ content }) => content))],
    [...new Set(cells.map(({ asn }) => asn))],
  ];
}

function placesOf<Value>(values: readonly Value[]): Map<Value, number> {
  return new Map(values.map((value, n) => [value, n]));
}

export function readSources(input: ByteReader): SourceCell[] {
  const contents = input.list(() => input.text());
  const asns = input.list(() => input.count());
  let [hi, lo, address, slot] = [0, 0, 0, 0];
  return input.list(() => {
    const step = input.count();
    hi += step;
    lo = step === 0 ? lo + input.count() : input.word();
    if (readFlag(input)) address = input.word();
    const content = readPlace(input, contents, 'contents');
    const asn = readPlace(input, asns, 'networks');
    slot += input.signed();
    const lastMs = input.count();
    const mask = input.count();
    if (mask >= 1 << SOURCE_COUNTS.length) {
      throw new Error(
        `packet has counts of sources ${mask}, expected ${SOURCE_COUNTS.length} bits`,
      );
    }
    const counts: number[] = [];
    for (let bit = 0; bit < SOURCE_COUNTS.length; bit += 1) {
      counts.push((mask >>> bit) & 1 ? input.count() : 0);
    }
    const [agents, pagePaths] = [readBits(input), readBits(input)];
    const [urlsHi, urlsLo] = [readBits(input), readBits(input)];
    const origin = { address, asn, content };
    return { hi, lo, ...origin, slot, lastMs, counts, agents, pagePaths, urlsHi, urlsLo };
  });
}

function readPlace<Value>(input: ByteReader, values: readonly Value[], name: string): Value {
  const place = input.count();
  if (place < values.length) return values[place]!;
  throw new Error(`packet has ${name} of sources ${place}, expected below ${values.length}`);
}

function readFlag(input: ByteReader): boolean {
  const byte = input.byte();
  if (byte > 1) throw new Error(`packet has a flag of ${byte}, expected 0 or 1`);
  return byte === 1;
}

function writeBits(out: ByteWriter, bits: number): void {
  const word = bits >>> 0;
  if (word === 0) out.byte(0);
  else if ((word & (word - 1)) === 0) out.byte(32 - Math.clz32(word));
  else {
    out.byte(255);
    out.word(word);
  }
}

function readBits(input: ByteReader): number {
  const byte = input.byte();
  if (byte === 0) return 0;
  if (byte === 255) return input.word();
  if (byte > 32) throw new Error(`packet has a bit of ${byte}, expected 1 to 32, or 255`);
  return (1 << (byte - 1)) >>> 0;
}
