import type { NetworkFacts, Networks } from './network';

/** Addresses whose facts are kept at hand. */
const NETWORK_CACHE = 32_768;

/** Answers repeat, address by address; the ranges are searched for addresses not met lately. */
export function makeNetworkCache(
  networks: Networks,
): (words: Uint32Array, isV4: boolean) => NetworkFacts {
  // IPv4 stands as 0000:ffff and the address, as in a hit; at first every place holds 0.0.0.0.
  const his = new Uint32Array(NETWORK_CACHE).fill(0xffff);
  const los = new Uint32Array(NETWORK_CACHE);
  const values: NetworkFacts[] = Array.from({ length: NETWORK_CACHE }, () => networks.judge4(0));
  return (words, isV4) => {
    const hi = isV4 ? 0xffff : words[0]!;
    const lo = words[isV4 ? 3 : 1]!;
    const place = (Math.imul(hi ^ lo, 0x9e3779b1) >>> 17) & (NETWORK_CACHE - 1);
    if (los[place] !== lo || his[place] !== hi) {
      his[place] = hi;
      los[place] = lo;
      values[place] = isV4 ? networks.judge4(lo) : networks.judge6(hi, lo);
    }
    return values[place]!;
  };
}
