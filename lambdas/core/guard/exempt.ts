import type { ListFiles } from '../edge/network-lists';
import type { Settings } from '../settings';
import { type Prefix, compare, contains, maskWord, parsePrefix } from './prefix';

/** Ranges that are never covered (P3), each with the list that says so. */
export interface ExemptTable {
  /** Whether any exempt address is in the prefix. */
  readonly covers: (prefix: Prefix) => boolean;
  /** The list that exempts an address in the prefix: `allow`, `own`, `crawlers:bing`, `relay`, `private`. */
  readonly nameOf: (prefix: Prefix) => string | undefined;
}

export interface ExemptLists {
  readonly allow: readonly string[];
  readonly own: readonly string[];
  readonly crawlers: Readonly<Record<string, readonly string[]>>;
  readonly relay: readonly string[];
  readonly blockPrivate: boolean;
}

/** Private, shared, link-local, loopback, reserved, for benchmarks: no viewer of the internet has one. */
export const PRIVATE_RANGES = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15', '240.0.0.0/4'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
];

export function exemptOf({ guard }: Settings, files: ListFiles): ExemptTable {
  const { allow, own, blockPrivate } = guard;
  const { crawlers, relay } = files;
  return makeExempt({ allow, own, crawlers: crawlers.ranges, relay: relay.ranges, blockPrivate });
}

/** Throws on an entry that is no address or range: a list that is half read protects half. */
export function makeExempt(lists: ExemptLists): ExemptTable {
  const { allow, own, crawlers, relay, blockPrivate } = lists;
  return joinExempt(
    exemptList('allow', allow),
    exemptList('own', own),
    ...Object.entries(crawlers).map(([name, ranges]) => exemptList(`crawlers:${name}`, ranges)),
    exemptList('relay', relay),
    exemptList('private', blockPrivate ? [] : PRIVATE_RANGES),
  );
}

export function exemptList(name: string, texts: readonly string[]): ExemptTable {
  const covers = makeRanges(name, texts);
  return { covers, nameOf: (prefix) => (covers(prefix) ? name : undefined) };
}

export function joinExempt(...tables: readonly ExemptTable[]): ExemptTable {
  const full = tables.filter(({ covers }) => covers !== coversNothing);
  return {
    covers: (prefix) => {
      for (const { covers } of full) if (covers(prefix)) return true;
      return false;
    },
    nameOf: (prefix) => {
      for (const table of tables) {
        const name = table.nameOf(prefix);
        if (name !== undefined) return name;
      }
      return undefined;
    },
  };
}

/** Whether a prefix and one of the ranges share an address, by binary search. */
export function makeRanges(name: string, texts: readonly string[]): (prefix: Prefix) => boolean {
  const prefixes = texts.map((text) => {
    const prefix = parsePrefix(text);
    if (prefix !== undefined) return prefix;
    throw new Error(`list ${name}: expected an address or a range, got ${JSON.stringify(text)}`);
  });
  if (prefixes.length === 0) return coversNothing;
  const [in4, in6] = [rangesOf(prefixes, 4), rangesOf(prefixes, 6)];
  return (prefix) => (prefix.version === 4 ? in4(prefix) : in6(prefix));
}

/** Asked for tens of thousands of prefixes in each pass, so lists with nothing in them are known. */
const coversNothing = () => false;

function rangesOf(all: readonly Prefix[], version: 4 | 6): (prefix: Prefix) => boolean {
  const ranges: Prefix[] = [];
  for (const prefix of all.filter((one) => one.version === version).sort(compare)) {
    const last = ranges.at(-1);
    // Two prefixes either nest or have nothing in common, so what is left does not overlap.
    if (last === undefined || !contains(last, prefix)) ranges.push(prefix);
  }
  const hi = Uint32Array.from(ranges, (range) => range.hi);
  const lo = Uint32Array.from(ranges, (range) => range.lo);
  const bits = Uint8Array.from(ranges, (range) => range.bits);
  return (prefix) => {
    const lastHi = version === 4 ? prefix.hi : lastOf(prefix.hi, prefix.bits);
    const lastLo = lastOf(prefix.lo, version === 4 ? prefix.bits : prefix.bits - 32);
    let [from, to] = [0, hi.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      const isAfter = hi[middle]! > lastHi || (hi[middle] === lastHi && lo[middle]! > lastLo);
      if (isAfter) to = middle;
      else from = middle + 1;
    }
    if (from === 0) return false;
    // The last range that does not begin behind the prefix: they nest, or they are apart.
    const own = Math.min(bits[from - 1]!, prefix.bits);
    const [hiBits, loBits] = version === 4 ? [32, own] : [Math.min(own, 32), own - 32];
    return (
      maskWord(hi[from - 1]! ^ prefix.hi, hiBits) === 0 &&
      maskWord(lo[from - 1]! ^ prefix.lo, loBits) === 0
    );
  };
}

/** The word with all bits behind the first `bits` set. */
function lastOf(word: number, bits: number): number {
  if (bits >= 32) return word;
  return bits <= 0 ? 0xffff_ffff : (word | (0xffff_ffff >>> bits)) >>> 0;
}
