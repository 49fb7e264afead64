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
