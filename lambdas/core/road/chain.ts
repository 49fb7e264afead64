/**
 * What a lane has applied of one source shard. Packets come doubled, in any order and long after their
 * time (a lane moves to another shard, and the old one is read later), so the last ordinal alone does
 * not tell a late packet from a second one: the holes do.
 */
export interface Chain {
  /** the highest ordinal applied; 0 for none */
  last: number;
  /** (from, to]: the one ordinal `to` and whatever else of the lane lies above `from` is missing */
  readonly holes: [from: number, to: number][];
  /** lines of the packets applied */
  lines: number;
  /** when the newest of them arrived, ms: a chain of a shard that is no more is dropped in the end */
  arrivalMs: number;
}

/**
 * Chains of shards that nothing came from for so long are dropped: the stream forgot them long ago, and
 * the shard's journal, which lives 30 days, is gone: it would count lines that no chain has.
 */
export const CHAIN_LIVES_MS = 40 * 86_400_000;

/** The chains of a lane, by source shard. */
export class ChainTable {
  private readonly chains: Map<string, Chain>;

  /** The chains are its own from now on. */
  constructor(chains: ReadonlyMap<string, Chain>) {
    this.chains = new Map(chains);
  }

  /** Whether a packet is new; then it has its place. */
  place({ shardId, previous, ordinal, lastArrivalMs, ledger }: ChainedPacket): boolean {
    let chain = this.chains.get(shardId);
    if (chain === undefined) {
      this.chains.set(shardId, (chain = makeChain()));
      // Ordinals are times: what came before this was forgotten with the chain, and is no hole.
      if (previous <= lastArrivalMs - CHAIN_LIVES_MS) chain.last = previous;
    }
    if (!placePacket(chain, previous, ordinal)) return false;
    // The first packet of a journal that began anew, and counts its lines anew.
    if (previous === 0 && ordinal === chain.last) chain.lines = 0;
    chain.lines += ledger.lines;
    chain.arrivalMs = Math.max(chain.arrivalMs, lastArrivalMs);
    return true;
  }

  /** Those that are kept when the newest packet of all arrived at that time. */
  keptAt(newestArrivalMs: number): Map<string, Chain> {
    const isKept = ({ arrivalMs }: Chain) => newestArrivalMs - arrivalMs < CHAIN_LIVES_MS;
    return new Map([...this.chains].filter(([, chain]) => isKept(chain)));
  }
}

/** What a chain needs to know of a packet. */
export interface ChainedPacket {
  readonly shardId: string;
  readonly previous: number;
  readonly ordinal: number;
  readonly lastArrivalMs: number;
  readonly ledger: { readonly lines: number };
}

export function makeChain(): Chain {
  return { last: 0, holes: [], lines: 0, arrivalMs: 0 };
}

/**
 * Places a packet: true if it is new, and then it must be applied; false if it was applied before.
 * `previous` is the ordinal that went to the lane before it. Holes say where something is missing.
 */
export function placePacket(chain: Chain, previous: number, ordinal: number): boolean {
  const { holes } = chain;
  if (ordinal > chain.last) {
    if (previous > chain.last) holes.push([chain.last, previous]);
    chain.last = ordinal;
    return true;
  }
  const n = holes.findIndex(([from, to]) => ordinal > from && ordinal <= to);
  if (n < 0) return false;
  const [from, to] = holes[n]!;
  // What is left of the hole: before the packet, and behind it.
  const rest: [number, number][] = [];
  if (previous > from) rest.push([from, previous]);
  if (ordinal < to) rest.push([ordinal, to]);
  holes.splice(n, 1, ...rest);
  return true;
}
