/**
 * Where bots are: half of 240.0.0.0/4 that no crowd is in, the networks where viewers live, or their very
 * addresses. Seeded; each address is given once, and none that a viewer has unless it is asked for.
 */
import { type Network, network4, network6 } from '../crowd/addresses';
import type { Chance } from '../crowd/chance';

/** Hosters: 248.0.0.0/6, some dozens of machines in each /24. Homes: 252.0.0.0/7. */
const HOSTING_FIRST = 0xf800_0000;
const HOSTING_NETS = 2 ** 18;
const HOMES_FIRST = 0xfc00_0000;
const HOMES_BITS = 25;
/** 254.0.0.0/8: networks that nobody else is in. */
const EMPTY_FIRST = 0xfe00_0000;
const MACHINES_OF_NET = 150;
/** Of those who live somewhere. */
const V6_SHARE = 0.15;
const BESIDE_VIEWERS_SHARE = 0.4;
const VIEWERS_OF_20_MAX = 1024;
const TRIES_MAX = 40;

/** Sources of viewers, as bots that live beside them need. */
export type Homes = ReadonlyMap<string, number>;
export const NO_HOMES: Homes = new Map();

export class BotNetworks {
  private readonly homes4: readonly number[];
  private readonly shift: number;
  private hosted = 0;
  private homed = 0;

  constructor(
    private readonly chance: Chance,
    private readonly viewers: Homes,
    /** Sources that other attacks have; grows. */
    private readonly taken: Set<string>,
  ) {
    this.homes4 = [...viewers.keys()].filter((source) => !source.includes(':')).map(numberOf);
    this.shift = chance.int(2 ** 24);
  }

  /** A machine in a hoster's /24 that has many of them. */
  hosted24(): Network {
    return this.free(() => {
      const n = this.hosted;
      this.hosted += 1;
      const net = (Math.imul(Math.floor(n / MACHINES_OF_NET), 0x9e37_79b1) + this.shift) >>> 0;
      const host = 1 + (n % MACHINES_OF_NET);
      return network4(HOSTING_FIRST + (net & (HOSTING_NETS - 1)) * 256 + host);
    });
  }

  /** A household: some in the /24 of a viewer, some with a /64, none behind the address of a viewer. */
  residential(): Network {
    const { chance } = this;
    if (chance.bool(V6_SHARE))
      return this.free(() => network6(chance.int(65_536), chance.int(65_536)));
    if (this.homes4.length > 0 && chance.bool(BESIDE_VIEWERS_SHARE)) {
      const neighbour = this.tryFree(() =>
        network4((chance.pick(this.homes4) & ~255) + chance.between(1, 254)),
      );
      if (neighbour !== undefined) return neighbour;
    }
    return this.free(() => {
      const n = this.homed;
      this.homed += 1;
      const spread = (Math.imul(n, 0x9e37_79b1) + this.shift) & (2 ** HOMES_BITS - 1);
      return network4(HOMES_FIRST + spread);
    });
  }

  /** The address of somebody who watches. */
  ofViewer(): Network {
    const { chance, viewers } = this;
    if (this.homes4.length === 0) {
      throw new Error(
        `homes of an attack: got ${viewers.size} without IPv4, expected viewers to share with`,
      );
    }
    return network4(chance.pick(this.homes4));
  }

  /** The /20s of so many networks, as first addresses: those with most viewers in them, or with none at all. */
  some20(count: number, holdViewers: boolean): number[] {
    if (!holdViewers) {
      const firstNet = this.chance.int(1024);
      // Every second /20, so that no two are neighbours.
      return Array.from({ length: count }, (_, n) => EMPTY_FIRST + (firstNet + 2 * n) * 4096);
    }
    const viewersOf = new Map<number, number>();
    for (const ip of this.homes4) {
      const net = Math.floor(ip / 4096) * 4096;
      viewersOf.set(net, (viewersOf.get(net) ?? 0) + 1);
    }
    // Where viewers have most of the addresses, there would be none for bots.
    const byViewers = [...viewersOf]
      .filter(([, viewers]) => viewers <= VIEWERS_OF_20_MAX)
      .sort(([a, n], [b, m]) => m - n || a - b);
    if (byViewers.length < count) {
      throw new Error(
        `networks that hold viewers: got ${byViewers.length} /20s of homes, expected ${count}`,
      );
    }
    return byViewers.slice(0, count).map(([net]) => net);
  }

  /** An address of a /20 that nobody has. */
  in20(first: number): Network {
    return this.free(() => network4(first + 1 + this.chance.int(4094)));
  }

  /** A /64 that nobody has. */
  some64(): Network {
    return this.free(() => network6(this.chance.int(65_536), this.chance.int(65_536)));
  }

  private free(make: () => Network): Network {
    const found = this.tryFree(make, 4096);
    if (found === undefined)
      throw new Error('networks ran out: got none that is free, expected one');
    return found;
  }

  private tryFree(make: () => Network, triesMax = TRIES_MAX): Network | undefined {
    for (let n = 0; n < triesMax; n += 1) {
      const network = make();
      if (!this.taken.has(network.source) && !this.viewers.has(network.source))
        return this.take(network);
    }
    return undefined;
  }

  private take(network: Network): Network {
    this.taken.add(network.source);
    return network;
  }
}

function numberOf(ip: string): number {
  return ip.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
}
