import { parseIp } from '../edge/cidr';

/** A range of whole sources: IPv4 0 to 32 bits, IPv6 0 to 64, because a source of IPv6 is a /64. */
export interface Prefix {
  readonly version: 4 | 6;
  /** upper 32 of the upper 64 bits; of IPv4 always 0xffff */
  readonly hi: number;
  /** lower 32 of the upper 64 bits; of IPv4 the address */
  readonly lo: number;
  readonly bits: number;
}

const HI_OF_V4 = 0xffff;

/**
 * A range in CIDR notation, or a bare address as its source; undefined if it is neither. Host bits may
 * be set. An IPv6 range longer than /64 becomes the /64 that holds it, as everywhere in the core.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const prefix = readPrefix(text);
  if (prefix === undefined) return undefined;
  if (parsed.size >= PARSED_MAX) parsed.clear();
  parsed.set(text, prefix);
  return prefix;
}

/** A plan reads the same tens of thousands of texts in each pass, several times. */
const PARSED_MAX = 262_144;
const parsed = new Map<string, Prefix>();

function readPrefix(text: string): Prefix | undefined {
  const cidr = splitCidr(text);
  if (cidr === undefined) return undefined;
  const { address, ip, bits } = cidr;
  if (ip.version === 4) {
    const own = address.includes(':') ? bits - 96 : bits;
    return own < 0 ? undefined : { ...V4, lo: maskWord(ip.ip, own), bits: own };
  }
  return makePrefix6(ip.hi, ip.lo, Math.min(bits, 64));
}

const V4 = { version: 4, hi: HI_OF_V4 } as const;

function makePrefix6(hi: number, lo: number, bits: number): Prefix {
  return { version: 6, hi: maskWord(hi, Math.min(bits, 32)), lo: maskWord(lo, bits - 32), bits };
}

/** The prefix of so many bits that holds this one. */
export function widen(prefix: Prefix, bits: number): Prefix {
  if (prefix.version === 6) return makePrefix6(prefix.hi, prefix.lo, bits);
  return { ...V4, lo: maskWord(prefix.lo, bits), bits };
}

/** The upper `bits` of a word of 32; none if bits is not above 0, all from 32 on. */
export function maskWord(word: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? word >>> 0 : (word & (-1 << (32 - bits))) >>> 0;
}

/** `192.0.2.0/24`, `2001:db8:0:1::/64` */
export function prefixText({ version, hi, lo, bits }: Prefix): string {
  if (version === 4) return `${text4(lo)}/${bits}`;
  return `${text6([hi >>> 16, hi & 0xffff, lo >>> 16, lo & 0xffff, 0, 0, 0, 0])}/${bits}`;
}

export function contains(outer: Prefix, inner: Prefix): boolean {
  if (outer.version !== inner.version || outer.bits > inner.bits) return false;
  // It is asked for each pair: no prefix is made.
  if (outer.version === 4) return maskWord(inner.lo, outer.bits) === outer.lo;
  const isSameHi = maskWord(inner.hi, outer.bits) === outer.hi;
  return isSameHi && maskWord(inner.lo, outer.bits - 32) === outer.lo;
}

/** IPv4 first, then by address; of two that begin alike the wider first. */
export function compare(a: Prefix, b: Prefix): number {
  return a.version - b.version || a.hi - b.hi || a.lo - b.lo || a.bits - b.bits;
}

/**
 * One text for one range, however WAF, a person or a program wrote it: host bits cleared, IPv6 as
 * RFC 5952 has it, mapped IPv4 as IPv4, the length always said. Undefined if it is no range.
 */
export function canonicalCidr(text: string): string | undefined {
  const cidr = splitCidr(text);
  if (cidr === undefined) return undefined;
  const { address, ip, bits } = cidr;
  if (ip.version === 4 || bits <= 64) {
    const prefix = parsePrefix(text);
    return prefix === undefined ? undefined : prefixText(prefix);
  }
  const groups = groupsOf(address).map((group, n) => maskWord(group << 16, bits - 16 * n) >>> 16);
  return `${text6(groups)}/${bits}`;
}

function splitCidr(text: string) {
  const [address = '', length, ...more] = text.trim().split('/');
  const ip = parseIp(address);
  if (!ip.ok || more.length > 0) return undefined;
  const width = address.includes(':') ? 128 : 32;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const bits = length === undefined ? width : Number(length);
  return bits > width ? undefined : { address, ip, bits };
}

function text4(ip: number): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
}

/** The longest run of at least two zero groups becomes `::`, the first of equals. */
function text6(groups: readonly number[]): string {
  let [from, length] = [0, 1];
  for (let start = 0; start < 8; start += 1) {
    let end = start;
    while (end < 8 && groups[end] === 0) end += 1;
    if (end - start > length) [from, length] = [start, end - start];
  }
  const hex = (some: readonly number[]) => some.map((group) => group.toString(16)).join(':');
  if (length === 1) return hex(groups);
  return `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`;
}

/** The eight groups of an IPv6 address that is known to be one. */
function groupsOf(address: string): number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  let text = address;
  if (dotted !== null) {
    const [a, b, c, d] = dotted.slice(1).map(Number) as [number, number, number, number];
    const tail = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
    text = address.slice(0, dotted.index) + tail;
  }
  const [head = '', tail] = text.split('::');
  const read = (some: string) =>
    some === '' ? [] : some.split(':').map((group) => parseInt(group, 16));
  if (tail === undefined) return read(head);
  const [before, after] = [read(head), read(tail)];
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}
