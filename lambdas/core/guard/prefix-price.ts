/**
 * The plan with a price for each CIDR instead of a limit (Lagrange): as long as too many are chosen the
 * price rises. It costs a walk over the tree for each price and certifies itself: for every price, what
 * is chosen at it plus price x capacity is a bound that no plan exceeds.
 */
import type { PrefixTree } from './prefix-tree';

export interface Problem {
  readonly tree: PrefixTree;
  /** of each node; -Infinity: forbidden */
  readonly weight: Float64Array;
  /** how much of the weight is bonus */
  readonly bonus: Float64Array;
  /** 1: covers nothing exempt */
  readonly isOpen: Uint8Array;
  readonly laneBits: number;
  readonly capacity: number;
  readonly exactStepsMax: number;
}

export interface Solution {
  readonly nodes: readonly number[];
  readonly bound: number;
}

/** The best choice below each node at one price. */
export interface Priced {
  readonly price: number;
  /** after the price */
  readonly value: Float64Array;
  /** CIDRs chosen */
  readonly count: Int32Array;
  /** 1: the node itself, if nothing above it is taken */
  readonly takes: Uint8Array;
}

/** Ties go to the children: less address space. */
export function priceNodes({ tree, weight }: Problem, price: number): Priced {
  const { left, right, upward } = tree;
  const value = new Float64Array(tree.nodes);
  const count = new Int32Array(tree.nodes);
  const takes = new Uint8Array(tree.nodes);
  for (let at = 0; at < upward.length; at += 1) {
    const node = upward[at]!;
    const [a, b] = [left[node]!, right[node]!];
    const below = (a < 0 ? 0 : value[a]!) + (b < 0 ? 0 : value[b]!);
    if (weight[node]! - price > below) {
      value[node] = weight[node]! - price;
      count[node] = 1;
      takes[node] = 1;
    } else {
      value[node] = below;
      count[node] = (a < 0 ? 0 : count[a]!) + (b < 0 ? 0 : count[b]!);
    }
  }
  return { price, value, count, takes };
}

export function takenBy({ tree }: Problem, priced: Priced): number[] {
  return tree.root < 0 ? [] : takenUnder(tree, priced, tree.root);
}

function takenUnder({ left, right }: PrefixTree, { takes }: Priced, top: number): number[] {
  const taken: number[] = [];
  const open = [top];
  while (open.length > 0) {
    const node = open.pop()!;
    if (takes[node] === 1) {
      taken.push(node);
      continue;
    }
    if (right[node]! >= 0) open.push(right[node]!);
    if (left[node]! >= 0) open.push(left[node]!);
  }
  return taken;
}

/** Prices tried at most; a few dozen are needed. */
const PRICES_MAX = 60;

/** `free` is the choice at price 0 and chooses more than there is room for. */
export function solveByPrice(problem: Problem, free: Priced): Solution {
  const { tree, weight, capacity } = problem;
  const { root } = tree;
  const worth = ({ value, count, price }: Priced) => value[root]! + price * count[root]!;
  let many = free;
  let few = priceNodes(
    problem,
    weight.reduce((most, own) => Math.max(most, own), 0),
  );
  let bound = Math.min(free.value[root]!, few.value[root]! + few.price * capacity);
  for (let tried = 0; tried < PRICES_MAX && few.count[root] !== capacity; tried += 1) {
    // At this price both choices are worth the same. A third that is better lies between them.
    const price = (worth(many) - worth(few)) / (many.count[root]! - few.count[root]!);
    if (!(price > many.price && price < few.price)) break;
    const next = priceNodes(problem, price);
    bound = Math.min(bound, next.value[root]! + price * capacity);
    const isOld = next.count[root] === many.count[root] || next.count[root] === few.count[root];
    if (next.count[root]! > capacity) many = next;
    else few = next;
    if (isOld) break;
  }
  return { nodes: mix(problem, few, many), bound };
}

/**
 * Between the last price at which too many are chosen and the first at which few enough are, some
 * parts of the tree changed their choice. As many of them as there is room for may choose the more.
 */
function mix({ tree, capacity }: Problem, few: Priced, many: Priced): number[] {
  const { left, right, root } = tree;
  const same: number[] = [];
  const parts: { node: number; more: number; gain: number }[] = [];
  const open = [root];
  while (open.length > 0) {
    const node = open.pop()!;
    if (few.takes[node] === 0 && many.takes[node] === 0) {
      if (right[node]! >= 0) open.push(right[node]!);
      if (left[node]! >= 0) open.push(left[node]!);
      continue;
    }
    const more = many.count[node]! - few.count[node]!;
    const worth = ({ value, count, price }: Priced) => value[node]! + price * count[node]!;
    if (few.takes[node] === many.takes[node]) same.push(node);
    else parts.push({ node, more, gain: worth(many) - worth(few) });
  }
  // The most for the room first; of equals the larger, so that the small fill what is left.
  parts.sort((a, b) => b.gain * a.more - a.gain * b.more || b.more - a.more || a.node - b.node);
  let room = capacity - few.count[root]!;
  for (const { node, more, gain } of parts) {
    const isMany = gain > 0 && more <= room;
    if (isMany) room -= more;
    for (const taken of takenUnder(tree, isMany ? many : few, node)) same.push(taken);
  }
  return same;
}
