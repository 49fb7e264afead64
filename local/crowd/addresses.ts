import type { Chance } from './chance';

/** A network that nobody has: `bits` are free below `first`. */
interface Pool {
  readonly first: number;
  readonly bits: number;
}

/** Benchmarking (RFC 2544), private, carrier-grade NAT (RFC 6598), reserved (RFC 1112). */
const BENCHMARK: Pool = { first: 0xc612_0000, bits: 17 };
const PRIVATE: Pool = { first: 0x0a00_0000, bits: 24 };
const CARRIER: Pool = { first: 0x6440_0000, bits: 22 };
/** Half of 240.0.0.0/4, so that the broadcast address is not in it. */
const RESERVED: Pool = { first: 0xf000_0000, bits: 27 };

/** Where requests come from: one IPv4 address, or the /64 of an IPv6 network. */
export interface Network {
  /** `198.18.3.4`, or the first four groups of an IPv6 address with a colon behind */
  readonly text: string;
  readonly isV6: boolean;
  /** What a block would name: the address, or the /64 in canonical text. */
  readonly source: string;
}

/** Hands out networks, each once. */
export class Addresses {
  private readonly given = new Map<Pool, number>();
  private readonly shift: number;
  private given6 = 0;

  constructor(private readonly chance: Chance) {
    this.shift = chance.int(2 ** 30);
  }

  /** Of a household or a machine of its own. */
  home(): Network {
    if (this.chance.bool(0.3)) return this.next6();
    const isFull = (this.given.get(BENCHMARK) ?? 0) >= 2 ** BENCHMARK.bits;
    if (this.chance.bool(0.3) && !isFull) return this.next4(BENCHMARK);
    return this.next4(this.chance.bool(0.3) ? PRIVATE : RESERVED);
  }

  /** Of a mobile network that puts many people behind one address. */
  carrier(): Network {
    return this.next4(CARRIER);
  }

  private next4(pool: Pool): Network {
    const n = this.given.get(pool) ?? 0;
    if (n === 2 ** pool.bits) throw new Error(`addresses ran out: got ${n}, expected fewer`);
    this.given.set(pool, n + 1);
    return network4(pool.first + this.spread(n, pool.bits));
  }

  private next6(): Network {
    const n = this.spread(this.given6, 32);
    this.given6 += 1;
    return network6(n >>> 16, n & 0xffff);
  }

  /** An odd factor makes it a permutation of the numbers of so many bits: no two are alike. */
  private spread(n: number, bits: number): number {
    const spread = (Math.imul(n, 0x9e37_79b1) + this.shift) >>> 0;
    return bits === 32 ? spread : spread & (2 ** bits - 1);
  }
}

export function network4(ip: number): Network {
  const text = `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
  return { text, isV6: false, source: text };
}

/** The /64 of 2001:db8::/32 with these two groups. */
export function network6(third: number, fourth: number): Network {
  const groups = [hex(third), hex(fourth)] as const;
  const last = fourth === 0 ? '' : `:${groups[1]}`;
  // `::` takes the longest run of zeros, so trailing groups of zeros belong to it.
  const head = third === 0 && fourth === 0 ? '' : `:${groups[0]}`;
  return {
    text: `2001:db8:${groups[0]}:${groups[1]}:`,
    isV6: true,
    source: `2001:db8${head}${last}::/64`,
  };
}

/** The address of one request. The low half of IPv6 changes, as privacy extensions have it. */
export function addressOf({ text, isV6 }: Network, chance: Chance): string {
  if (!isV6) return text;
  const low = chance.int(2 ** 30);
  // `::` once stands for the three groups of zeros in between.
  if ((low & 3) === 0) return `${text}:${(low & 0xffff).toString(16)}`;
  const high = chance.int(2 ** 30);
  return `${text}${hex(high >>> 15)}:${hex(high & 0x7fff)}:${hex(low >>> 15)}:${hex(low & 0x7fff)}`;
}

const hex = (group: number) => group.toString(16);
