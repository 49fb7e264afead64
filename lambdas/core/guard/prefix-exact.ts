/**
 * The exact programme on the prefix tree (max form of BLOCK-SOME): f(F) of a node is the most that F
 * CIDRs in its range are worth,
 *
 *   f(F) = max(weight of the node, max over n of f_left(n) + f_right(F - n)),  f(0) = 0,
 *
 * stored for F from 1 until it stops growing. f is not concave, so no greedy way is exact.
 */
import type { Priced, Problem, Solution } from './prefix-price';

/** Numbers kept at most: 400 MB. */
const NUMBERS_MAX = 50_000_000;

/** Steps of the innermost loop; Infinity if the numbers would not fit the memory. */
export function exactCost(problem: Problem, free: Priced): number {
  const { left, right, upward } = problem.tree;
  const length = lengthsOf(problem, free);
  let [steps, numbers] = [0, 0];
  for (const node of upward) {
    numbers += length[node]!;
    if (left[node]! < 0 || right[node]! < 0 || length[node]! <= 1) continue;
    const [a, b] = [length[left[node]!]!, length[right[node]!]!];
    steps += a * b - overshoot(a, b, problem.capacity);
  }
  return numbers > NUMBERS_MAX ? Infinity : steps;
}

/** Pairs (n, m) from 1 to a and b with n + m above the capacity. */
function overshoot(a: number, b: number, capacity: number): number {
  const triangle = (n: number) => (n > 0 ? (n * (n + 1)) / 2 : 0);
  const over = a + b - capacity;
  return triangle(over) - triangle(over - a) - triangle(over - b);
}

/**
 * How many CIDRs below a node can be of use. Where the node itself is worth as much as everything
 * below it, one is enough: this is why floods from whole networks cost next to nothing.
 */
function lengthsOf({ tree, weight, capacity }: Problem, free: Priced): Int32Array {
  const { left, right, upward } = tree;
  const length = new Int32Array(tree.nodes);
  for (const node of upward) {
    const [a, b] = [left[node]!, right[node]!];
    const below = (a < 0 ? 0 : free.value[a]!) + (b < 0 ? 0 : free.value[b]!);
    const sum = (a < 0 ? 0 : length[a]!) + (b < 0 ? 0 : length[b]!);
    const useful = weight[node]! > 0 && weight[node]! >= below ? 1 : sum;
    length[node] = Math.min(capacity, useful);
  }
  return length;
}

interface Table {
  /** f(1), f(2), ... of all nodes, one behind the other */
  readonly f: Float64Array;
  readonly from: Int32Array;
  readonly length: Int32Array;
}

export function solveExactly(problem: Problem, free: Priced): Solution {
  const { root } = problem.tree;
  const table = fillTable(problem, lengthsOf(problem, free));
  const length = table.length[root]!;
  const bound = length === 0 ? 0 : table.f[table.from[root]! + length - 1]!;
  return { nodes: traceBack(problem, table), bound };
}

function fillTable({ tree, weight, capacity }: Problem, length: Int32Array): Table {
  const { left, right, upward } = tree;
  const from = new Int32Array(tree.nodes);
  const f = new Float64Array(length.reduce((sum, own) => sum + own, 0));
  const merged = new Float64Array(Math.max(1, capacity));
  let end = 0;
  for (const node of upward) {
    from[node] = end;
    if (length[node] === 0) continue;
    const [a, b] = [left[node]!, right[node]!];
    const [fromA, sizeA] = a < 0 ? [0, 0] : [from[a]!, length[a]!];
    const [fromB, sizeB] = b < 0 ? [0, 0] : [from[b]!, length[b]!];
    const size = Math.max(1, Math.min(length[node]!, sizeA + sizeB));
    mergeInto(merged, f, { fromA, sizeA, fromB, sizeB, size });
    length[node] = raise(merged, size, weight[node]!);
    f.set(merged.subarray(0, length[node]), end);
    end += length[node]!;
  }
  return { f, from, length };
}

/** One CIDR may always be the node itself. What is left after the last growth is cut. */
function raise(f: Float64Array, size: number, weight: number): number {
  for (let n = 0; n < size && f[n]! < weight; n += 1) f[n] = weight;
  let kept = size;
  while (kept > 0 && f[kept - 1] === (kept > 1 ? f[kept - 2] : 0)) kept -= 1;
  return kept;
}

interface Merge {
  readonly fromA: number;
  readonly sizeA: number;
  readonly fromB: number;
  readonly sizeB: number;
  /** at most sizeA + sizeB */
  readonly size: number;
}

/** The innermost loop of all. */
function mergeInto(
  merged: Float64Array,
  f: Float64Array,
  { fromA, sizeA, fromB, sizeB, size }: Merge,
): void {
  merged.fill(0, 0, size);
  for (let m = 0; m < Math.min(sizeB, size); m += 1) merged[m] = f[fromB + m]!;
  for (let n = 1; n <= Math.min(sizeA, size); n += 1) {
    const own = f[fromA + n - 1]!;
    if (own > merged[n - 1]!) merged[n - 1] = own;
    const end = Math.min(sizeB, size - n);
    for (let m = 0; m < end; m += 1) {
      const sum = own + f[fromB + m]!;
      if (sum > merged[n + m]!) merged[n + m] = sum;
    }
  }
}

function traceBack({ tree, weight }: Problem, { f, from, length }: Table): number[] {
  const { left, right, root } = tree;
  const best = (node: number, count: number) => {
    const size = node < 0 ? 0 : Math.min(count, length[node]!);
    return size === 0 ? 0 : f[from[node]! + size - 1]!;
  };
  const nodes: number[] = [];
  const open: [node: number, count: number][] = [[root, length[root]!]];
  while (open.length > 0) {
    const [node, given] = open.pop()!;
    let count = node < 0 ? 0 : Math.min(given, length[node]!);
    if (count === 0) continue;
    const value = best(node, count);
    while (count > 1 && best(node, count - 1) === value) count -= 1;
    const [a, b] = [left[node]!, right[node]!];
    // The same sums as in mergeInto, so one of them is equal to the last digit.
    let n = Math.min(count, a < 0 ? 0 : length[a]!);
    while (n >= 0 && best(a, n) + best(b, count - n) !== value) n -= 1;
    if (n >= 0) open.push([b, count - n], [a, n]);
    else if (weight[node] === value) nodes.push(node);
    else throw new Error(`f is ${value} and neither the node nor its children: ${weight[node]}`);
  }
  return nodes;
}
