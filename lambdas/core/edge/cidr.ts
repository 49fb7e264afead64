/**
 * Addresses and ranges as text. IPv6 is known by its upper 64 bits, because a viewer is a /64: what
 * is longer is widened to it. An IPv4-mapped IPv6 address is the IPv4 address.
 */

export type ParsedIp =
  | { readonly ok: true; readonly version: 4; readonly ip: number }
  | { readonly ok: true; readonly version: 6; readonly hi: number; readonly lo: number }
  | { readonly ok: false; readonly reason: 'not_an_address' };

/** Both ends inclusive: IPv4 as 32 bits, IPv6 as its upper 64. */
export type ParsedCidr =
  | {
      readonly ok: true;
      readonly version: 4 | 6;
      readonly first: bigint;
      readonly last: bigint;
    }
  | { readonly ok: false; readonly reason: 'not_an_address' | 'bad_prefix_length' };

const NOT_AN_ADDRESS = { ok: false, reason: 'not_an_address' } as const;
const BAD_PREFIX_LENGTH = { ok: false, reason: 'bad_prefix_length' } as const;

export function parseIp(text: string): ParsedIp {
  const words = wordsOf(text.trim());
  if (words === undefined) return NOT_AN_ADDRESS;
  const [w0, w1, , w3] = words;
  if (isMapped(words)) return { ok: true, version: 4, ip: w3 };
  return { ok: true, version: 6, hi: w0, lo: w1 };
}

/** A range in CIDR notation, or a bare address as a range of one. Host bits may be set. */
export function parseCidr(text: string): ParsedCidr {
  const [address = '', length, ...more] = text.trim().split('/');
  const words = wordsOf(address);
  if (words === undefined || more.length > 0) return NOT_AN_ADDRESS;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return BAD_PREFIX_LENGTH;
  if (isMapped(words)) {
    // ::ffff:192.0.2.0/120 counts its bits in IPv6, 192.0.2.0/24 in IPv4.
    const bits = length === undefined ? 32 : Number(length) - (address.includes(':') ? 96 : 0);
    if (bits < 0 || bits > 32) return BAD_PREFIX_LENGTH;
    return { ok: true, version: 4, ...ends(BigInt(words[3]), 32n, BigInt(bits)) };
  }
  const bits = length === undefined ? 128 : Number(length);
  if (bits > 128) return BAD_PREFIX_LENGTH;
  const upper = (BigInt(words[0]) << 32n) | BigInt(words[1]);
  return { ok: true, version: 6, ...ends(upper, 64n, BigInt(Math.min(bits, 64))) };
}

function ends(value: bigint, width: bigint, bits: bigint): { first: bigint; last: bigint } {
  const first = (value >> (width - bits)) << (width - bits);
  return { first, last: first + (1n << (width - bits)) - 1n };
}

/** The address as four words of 32 bits; IPv4 as if mapped into IPv6. */
type Words = readonly [number, number, number, number];

function isMapped([w0, w1, w2]: Words): boolean {
  return w0 === 0 && w1 === 0 && w2 === 0xffff;
}

function wordsOf(text: string): Words | undefined {
  if (!text.includes(':')) {
    const ip = parseIp4(text);
    return ip === undefined ? undefined : [0, 0, 0xffff, ip];
  }
  const groups = groupsOf(text);
  if (groups === undefined) return undefined;
  const word = (n: number) => groups[n]! * 0x1_0000 + groups[n + 1]!;
  return [word(0), word(2), word(4), word(6)];
}

/** Four numbers of 0 to 255. Leading zeros are refused: some readers take them as octal. */
function parseIp4(text: string): number | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((ip, part) => ip * 256 + part, 0);
}

function groupsOf(text: string): readonly number[] | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = groupsIn(head);
  const after = tail === undefined ? [] : groupsIn(tail);
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...new Array<number>(missing).fill(0), ...after];
}

function groupsIn(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [n, part] of parts.entries()) {
    const ip = n === parts.length - 1 ? parseIp4(part) : undefined;
    if (ip !== undefined) groups.push(Math.floor(ip / 0x1_0000), ip % 0x1_0000);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
