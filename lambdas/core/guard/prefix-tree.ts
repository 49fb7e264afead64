/**
 * The compressed prefix tree of the suspects of one family (LCP tree): claims and the longest common
 * prefixes of neighbours, at most 2N - 1 nodes. A prefix that could be chosen and is not in it can be
 * shrunk to one that is, without loss. Viewers are no nodes: they are summed over each node's range.
 */
import { type Prefix, maskWord } from './prefix';

/** Nodes by number: the claims in order of address, then the branches. Depth is of 64 bits in both families. */
export interface PrefixTree {
  readonly version: 4 | 6;
  readonly nodes: number;
  readonly claims: number;
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
  readonly depth: Uint8Array;
  /** -1: none */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly root: number;
  /** every node after its children: the ends of their ranges never fall */
  readonly upward: Int32Array;
  /** every node before its children, left before right: the starts of their ranges never fall */
  readonly downward: Int32Array;
}

/** Depth of an IPv4 address is that in ::ffff:0:0: its first bit is the 33rd. */
export const baseOf = (version: 4 | 6) => (version === 4 ? 32 : 0);

export interface Keys {
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
  readonly depth: Uint8Array;
}

export function keysOf(claims: readonly { readonly prefix: Prefix }[]): Keys {
  const { length } = claims;
  const keys = {
    hi: new Uint32Array(length),
    lo: new Uint32Array(length),
    depth: new Uint8Array(length),
  };
  for (let n = 0; n < length; n += 1) {
    const { version, hi, lo, bits } = claims[n]!.prefix;
    keys.hi[n] = hi;
    keys.lo[n] = lo;
    keys.depth[n] = baseOf(version) + bits;
  }
  return keys;
}

/** From here on counting digits beats comparing. */
const RADIX_MIN = 4_096;

/** The numbers of the keys, by address; of two that begin alike the wider first, of equals the earlier. */
export function orderOf(keys: Keys): Uint32Array {
  const { hi, lo, depth } = keys;
  if (hi.length >= RADIX_MIN) return radixOrder(keys);
  const order = Uint32Array.from({ length: hi.length }, (_, n) => n);
  return order.sort((a, b) => hi[a]! - hi[b]! || lo[a]! - lo[b]! || depth[a]! - depth[b]! || a - b);
}

function radixOrder({ hi, lo, depth }: Keys): Uint32Array {
  let order = new Uint32Array(hi.length);
  for (let n = 0; n < order.length; n += 1) order[n] = n;
  let other = new Uint32Array(hi.length);
  const starts = new Uint32Array(0x1_0001);
  for (const { words, shift } of [
    { words: depth, shift: 0 },
    ...[lo, hi].flatMap((words) => [0, 16].map((shift) => ({ words, shift }))),
  ]) {
    if (!differs(words, shift)) continue;
    sortByDigit({ words, shift }, { order, other, starts });
    [order, other] = [other, order];
  }
  return order;
}

interface Digit {
  readonly words: Uint32Array | Uint8Array;
  readonly shift: number;
}

/** Whether there are two digits: of IPv4 the high word is always the same. */
function differs(words: Digit['words'], shift: number): boolean {
  let bits = 0;
  for (let n = 1; n < words.length; n += 1) bits |= words[n]! ^ words[0]!;
  return ((bits >>> shift) & 0xffff) !== 0;
}

/** Stable, from `order` into `other`. */
function sortByDigit(
  { words, shift }: Digit,
  { order, other, starts }: Readonly<Record<'order' | 'other' | 'starts', Uint32Array>>,
): void {
  starts.fill(0);
  for (let n = 0; n < words.length; n += 1) starts[((words[n]! >>> shift) & 0xffff) + 1]! += 1;
  for (let at = 1; at < starts.length; at += 1) starts[at]! += starts[at - 1]!;
  for (let at = 0; at < order.length; at += 1) {
    const n = order[at]!;
    other[starts[(words[n]! >>> shift) & 0xffff]!++] = n;
  }
}

/** The keys at the places of `order`. */
export function pickKeys({ hi, lo, depth }: Keys, order: ArrayLike<number>): Keys {
  const { length } = order;
  const picked = {
    hi: new Uint32Array(length),
    lo: new Uint32Array(length),
    depth: new Uint8Array(length),
  };
  for (let at = 0; at < length; at += 1) {
    const n = order[at]!;
    picked.hi[at] = hi[n]!;
    picked.lo[at] = lo[n]!;
    picked.depth[at] = depth[n]!;
  }
  return picked;
}

/** The keys must be sorted as orderOf does, and all different. */
export function makeTree(version: 4 | 6, keys: Keys): PrefixTree {
  const claims = keys.hi.length;
  const room = Math.max(1, 2 * claims);
  const [hi, lo, depth] = [new Uint32Array(room), new Uint32Array(room), new Uint8Array(room)];
  hi.set(keys.hi);
  lo.set(keys.lo);
  depth.set(keys.depth);
  const parent = new Int32Array(room).fill(-1);
  /** the path from the root to the newest claim */
  const path = new Int32Array(66);
  let [top, nodes] = [-1, claims];
  for (let claim = 0; claim < claims; claim += 1) {
    let under = -1;
    if (top >= 0) {
      const common = commonDepth({ hi, lo, depth }, claim - 1, claim);
      while (top >= 0 && depth[path[top]!]! > common) under = path[top--]!;
      if (top < 0 || depth[path[top]!] !== common) {
        hi[nodes] = maskWord(hi[claim]!, Math.min(common, 32));
        lo[nodes] = maskWord(lo[claim]!, common - 32);
        depth[nodes] = common;
        parent[nodes] = top < 0 ? -1 : path[top]!;
        parent[under] = nodes;
        path[++top] = nodes++;
      }
      parent[claim] = path[top]!;
    }
    path[++top] = claim;
  }
  const { left, right } = childrenOf({ hi, lo, depth }, parent.subarray(0, nodes));
  const root = claims === 0 ? -1 : path[0]!;
  const upward = walk(root, left, right, nodes).reverse();
  const downward = walk(root, right, left, nodes);
  return { version, nodes, claims, hi, lo, depth, left, right, root, upward, downward };
}

function commonDepth({ hi, lo, depth }: Keys, a: number, b: number): number {
  const high = Math.clz32(hi[a]! ^ hi[b]!);
  const common = high < 32 ? high : 32 + Math.clz32(lo[a]! ^ lo[b]!);
  return Math.min(common, depth[a]!, depth[b]!);
}

function childrenOf({ hi, lo }: Keys, parent: Int32Array) {
  const left = new Int32Array(parent.length).fill(-1);
  const right = new Int32Array(parent.length).fill(-1);
  for (let node = 0; node < parent.length; node += 1) {
    const up = parent[node]!;
    if (up < 0) continue;
    const other = left[up]!;
    if (other < 0) left[up] = node;
    else if (hi[other]! < hi[node]! || (hi[other] === hi[node] && lo[other]! < lo[node]!)) {
      right[up] = node;
    } else {
      left[up] = node;
      right[up] = other;
    }
  }
  return { left, right };
}

/** Every node before its children, `later` after the other. */
function walk(root: number, later: Int32Array, other: Int32Array, nodes: number): Int32Array {
  // The last that is pushed comes first.
  const order = new Int32Array(nodes);
  const open = new Int32Array(nodes + 1);
  let top = 0;
  if (root >= 0) open[top++] = root;
  for (let at = 0; top > 0; at += 1) {
    const node = open[--top]!;
    order[at] = node;
    if (later[node]! >= 0) open[top++] = later[node]!;
    if (other[node]! >= 0) open[top++] = other[node]!;
  }
  return order;
}

export function prefixOf(tree: PrefixTree, node: number): Prefix {
  const { version, hi, lo, depth } = tree;
  const bits = depth[node]! - baseOf(version);
  return { version, hi: hi[node]!, lo: lo[node]!, bits };
}

/**
 * For each node the sum of the weights of all keys in its range. The keys need be in no order. Starts
 * and ends of the ranges are met in their own order, so that one pass over the keys finds each.
 */
export function sumsWithin(tree: PrefixTree, keys: Keys, weights: Float64Array): Float64Array {
  const order = orderOf(keys);
  const { hi, lo, depth } = pickKeys(keys, order);
  const before = new Float64Array(order.length + 1);
  for (let n = 0; n < order.length; n += 1) before[n + 1] = before[n]! + weights[order[n]!]!;
  const sums = new Float64Array(tree.nodes);
  let at = 0;
  const passAll = (high: number, low: number, deep: number) => {
    while (at < hi.length && (hi[at]! - high || lo[at]! - low || depth[at]! - deep) < 0) at += 1;
    return before[at]!;
  };
  for (const node of tree.downward) {
    sums[node] = -passAll(tree.hi[node]!, tree.lo[node]!, tree.depth[node]!);
  }
  at = 0;
  for (const node of tree.upward) {
    const own = tree.depth[node]!;
    const lastHi = own >= 32 ? tree.hi[node]! : (tree.hi[node]! | (0xffff_ffff >>> own)) >>> 0;
    const lastLo = (tree.lo[node]! | lowBits(64 - own)) >>> 0;
    // No depth is 65: all keys that begin with the last address are passed too.
    sums[node]! += passAll(lastHi, lastLo, 65);
  }
  return sums;
}

/** The lower `bits` of a word of 32 set. */
function lowBits(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffff_ffff : (1 << bits) - 1;
}
