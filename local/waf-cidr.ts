import { isIPv4 } from 'node:net';

/** Ranges as AWS WAF takes them and gives them back. Made apart from the core, so that one judges the other. */

export type WafFamily = 'IPV4' | 'IPV6';

/** An address as words of 32 bits: one of IPv4, four of IPv6. */
export interface Address {
  readonly family: WafFamily;
  readonly words: readonly number[];
}

export interface Range extends Address {
  readonly bits: number;
}

export const WORD_BITS = 32;
const BITS: Readonly<Record<WafFamily, number>> = { IPV4: 32, IPV6: 128 };

export function readAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    const words = wordsOfIPv6(text);
    return words && { family: 'IPV6', words };
  }
  return isIPv4(text) ? { family: 'IPV4', words: [wordOfIPv4(text)] } : undefined;
}

export type RangeReason = 'is not CIDR' | 'is /0' | 'has host bits';

/** What WAF would refuse is given back as the reason. */
export function readRange(text: string): Range | RangeReason {
  const slash = text.indexOf('/');
  const address = slash === -1 ? undefined : readAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(length)) return 'is not CIDR';
  const bits = Number(length);
  if (bits > BITS[address.family]) return 'is not CIDR';
  if (bits === 0) return 'is /0';
  if (address.words.some((word, n) => word !== masked(word, n, bits))) return 'has host bits';
  return { ...address, bits };
}

/** What the n-th word of an address keeps of it under a prefix of so many bits. */
export function masked(word: number, n: number, bits: number): number {
  const kept = bits - n * WORD_BITS;
  if (kept <= 0) return 0;
  if (kept >= WORD_BITS) return word;
  return (word & (-1 << (WORD_BITS - kept))) >>> 0;
}

/** IPv6 is written out in full: who compares without bringing both to one form shall fail here. */
export function textOfRange({ family, words, bits }: Range): string {
  if (family === 'IPV4') {
    const [ip] = words as [number];
    return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}/${bits}`;
  }
  let full = '';
  for (const word of words) {
    const [high, low] = [word >>> 16, word & 0xffff];
    full += `${full && ':'}${HEX[high >>> 8]}${HEX[high & 255]}:${HEX[low >>> 8]}${HEX[low & 255]}`;
  }
  return `${full}/${bits}`;
}

const HEX = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));

function wordOfIPv4(text: string): number {
  return text.split('.').reduce((word, part) => word * 256 + Number(part), 0);
}

/**
 * One pass over the characters: an update reads 10,000 addresses, and the expressions of node:net take
 * most of it.
 */
function wordsOfIPv6(text: string): number[] | undefined {
  const groups: number[] = [];
  /** where "::" stands among the groups */
  let gapAt = -1;
  let at = 0;
  if (text.startsWith('::')) {
    gapAt = 0;
    at = 2;
  }
  while (at < text.length) {
    const begin = at;
    let group = 0;
    for (let digit = hexAt(text, at); digit >= 0 && at - begin < 4; digit = hexAt(text, at)) {
      group = group * 16 + digit;
      at += 1;
    }
    if (text[at] === '.') {
      // The last two groups may be written as an IPv4 address.
      const tail = text.slice(begin);
      if (!isIPv4(tail)) return undefined;
      const word = wordOfIPv4(tail);
      groups.push(word >>> 16, word & 0xffff);
      break;
    }
    if (at === begin) return undefined;
    groups.push(group);
    if (at === text.length) break;
    if (text[at] !== ':') return undefined;
    at += 1;
    if (text[at] === ':') {
      if (gapAt !== -1) return undefined;
      gapAt = groups.length;
      at += 1;
    } else if (at === text.length) return undefined; // a colon that nothing follows
  }
  return wordsOfGroups(groups, gapAt);
}

function wordsOfGroups(groups: number[], gapAt: number): number[] | undefined {
  const missing = 8 - groups.length;
  if (gapAt === -1 ? missing !== 0 : missing < 1) return undefined;
  if (gapAt !== -1) groups.splice(gapAt, 0, ...ZEROS.slice(0, missing));
  const word = (n: number) => groups[n]! * 0x1_0000 + groups[n + 1]!;
  return [word(0), word(2), word(4), word(6)];
}

const ZEROS = new Array<number>(8).fill(0);

function hexAt(text: string, at: number): number {
  const code = text.charCodeAt(at); // NaN behind the end
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
