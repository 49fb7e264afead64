/** Which CIDRs of one family to block: the rules P1, P2 and P5 of docs/GUARD.md. */
import type { ExemptTable } from './exempt';
import { type Prefix, prefixText } from './prefix';
import { exactCost, solveExactly } from './prefix-exact';
import { fillRoom } from './prefix-fill';
import { type Problem, type Solution, priceNodes, solveByPrice, takenBy } from './prefix-price';
import {
  type PrefixTree,
  keysOf,
  makeTree,
  orderOf,
  pickKeys,
  prefixOf,
  sumsWithin,
} from './prefix-tree';

/** A suspect if it has attack hits, else viewers who are in the way. */
export interface Claim {
  readonly prefix: Prefix;
  /** A */
  readonly attackHits: number;
  /** G */
  readonly verifiedViewers: number;
  /** what choosing exactly this prefix is worth beyond A - viewerWeight x G */
  readonly bonus?: number;
}

export interface PrefixLimits {
  readonly capacity: number;
  readonly viewerWeight: number;
  /** Nothing shorter is chosen. @default 20 for IPv4, 40 for IPv6 */
  readonly laneBits?: number;
  readonly exempt: ExemptTable;
  /** Where viewers are not known yet: there only a suspect's own prefix is chosen. */
  readonly isUnsettled?: (prefix: Prefix) => boolean;
  /** Steps of the exact programme, about a thousand million a second. @default 4,000,000,000 */
  readonly exactStepsMax?: number;
}

export interface Chosen<C extends Claim> {
  readonly prefix: Prefix;
  readonly attackHits: number;
  readonly verifiedViewers: number;
  readonly suspects: readonly C[];
}

export interface SparedClaim<C extends Claim> {
  readonly claim: C;
  /** `limit`: shorter than the lane prefix. `viewers`: those behind it weigh more than the attack. */
  readonly why: 'exempt' | 'limit' | 'viewers';
}

/** Every suspect is in one of `chosen`, `spared` and `overflow`. */
export interface PrefixPlan<C extends Claim> {
  /** by address */
  readonly chosen: readonly Chosen<C>[];
  readonly spared: readonly SparedClaim<C>[];
  /** found no room */
  readonly overflow: readonly C[];
  /** There was room for all: nothing had to be widened or left out. */
  readonly hasRoom: boolean;
  /** sum(A) - viewerWeight x sum(G) of what is chosen */
  readonly value: number;
  /** what no choice can exceed, bonus included: equal to `value` where the answer is exact */
  readonly bound: number;
}

export const LANE_BITS = { 4: 20, 6: 40 } as const;

/** Steps of the exact programme up to which it is not worth to look for something cheaper: about 0.3 s. */
const EXACT_STEPS = 250_000_000;
/** What is tried when the cheaper way left a gap of more than GAP_MAX. */
const EXACT_STEPS_MAX = 4_000_000_000;
/** Of the bound. */
const GAP_MAX = 0.001;

/** All claims are of one family. */
export function planPrefixes<C extends Claim>(
  claims: readonly C[],
  limits: PrefixLimits,
): PrefixPlan<C> {
  const suspects = claims.filter(({ attackHits }) => attackHits > 0);
  const viewers = claims.filter(({ attackHits }) => !(attackHits > 0));
  if (suspects.length === 0) return NOTHING;
  const version = versionOf(claims);
  const { tree, members } = treeOf(version, suspects);
  const sums = sumsOf(tree, members, viewers);
  const problem = weigh(tree, members, sums, limits);
  const free = priceNodes(problem, 0);
  const solution = solve(problem, free);
  const nodes = fillRoom(problem, solution.nodes);
  const hasRoom = free.count[tree.root]! <= problem.capacity;
  const facts = { problem, members, sums, hasRoom, free: takenBy(problem, free) };
  return report(facts, nodes, solution.bound);
}

const NOTHING = {
  ...{ chosen: [], spared: [], overflow: [] },
  ...{ hasRoom: true, value: 0, bound: 0 },
} as const;

function versionOf(claims: readonly Claim[]): 4 | 6 {
  const { version } = claims[0]!.prefix;
  const other = claims.find(({ prefix }) => prefix.version !== version);
  if (other === undefined) return version;
  throw new Error(
    `claims of one family expected, got ${prefixText(other.prefix)} beside IPv${version}`,
  );
}

/** What is said of each claim's node: several claims of one prefix are one node. */
type Members<C> = readonly (readonly C[])[];

function treeOf<C extends Claim>(version: 4 | 6, suspects: readonly C[]) {
  const keys = keysOf(suspects);
  const { hi, lo, depth } = keys;
  const members: C[][] = [];
  const firsts: number[] = [];
  let last = -1;
  for (const n of orderOf(keys)) {
    if (last >= 0 && hi[n] === hi[last] && lo[n] === lo[last] && depth[n] === depth[last]) {
      members.at(-1)!.push(suspects[n]!);
    } else {
      members.push([suspects[n]!]);
      firsts.push(n);
    }
    last = n;
  }
  return { tree: makeTree(version, pickKeys(keys, firsts)), members };
}

interface Sums {
  readonly attackHits: Float64Array;
  readonly verifiedViewers: Float64Array;
}

function sumsOf<C extends Claim>(
  tree: PrefixTree,
  members: Members<C>,
  viewers: readonly Claim[],
): Sums {
  const { left, right, upward } = tree;
  const attackHits = new Float64Array(tree.nodes);
  const own = new Float64Array(tree.nodes);
  for (let node = 0; node < tree.claims; node += 1) {
    for (const claim of members[node]!) {
      attackHits[node]! += claim.attackHits;
      own[node]! += claim.verifiedViewers;
    }
  }
  for (const node of upward) {
    const [a, b] = [left[node]!, right[node]!];
    attackHits[node]! += (a < 0 ? 0 : attackHits[a]!) + (b < 0 ? 0 : attackHits[b]!);
    own[node]! += (a < 0 ? 0 : own[a]!) + (b < 0 ? 0 : own[b]!);
  }
  const keys = keysOf(viewers);
  const weights = new Float64Array(viewers.length);
  for (let n = 0; n < weights.length; n += 1) weights[n] = viewers[n]!.verifiedViewers;
  const beside = sumsWithin(tree, keys, weights);
  return { attackHits, verifiedViewers: own.map((sum, node) => sum + beside[node]!) };
}

/** A - lambda x G of each node, with its bonus; -Infinity where it must not be chosen. */
function weigh<C extends Claim>(
  tree: PrefixTree,
  members: Members<C>,
  { attackHits, verifiedViewers }: Sums,
  limits: PrefixLimits,
): Problem {
  const { version, claims, left, right, downward } = tree;
  const laneBits = Math.max(1, limits.laneBits ?? LANE_BITS[version]);
  const weight = new Float64Array(tree.nodes);
  const bonus = new Float64Array(tree.nodes);
  /** Where a node covers nothing exempt, neither does anything below it. */
  const isOpen = new Uint8Array(tree.nodes);
  for (const node of downward) {
    const prefix = prefixOf(tree, node);
    if (isOpen[node] === 0 && !limits.exempt.covers(prefix)) isOpen[node] = 1;
    if (left[node]! >= 0) isOpen[left[node]!] = isOpen[node]!;
    if (right[node]! >= 0) isOpen[right[node]!] = isOpen[node]!;
    const isUnsettled = node >= claims && limits.isUnsettled?.(prefix) === true;
    if (isOpen[node] === 0 || prefix.bits < laneBits || isUnsettled) {
      weight[node] = -Infinity;
      continue;
    }
    for (const claim of members[node] ?? []) bonus[node]! += claim.bonus ?? 0;
    const own = attackHits[node]! - limits.viewerWeight * verifiedViewers[node]!;
    weight[node] = own + bonus[node]!;
  }
  const capacity = Math.max(0, limits.capacity);
  const exactStepsMax = limits.exactStepsMax ?? EXACT_STEPS_MAX;
  return { tree, weight, bonus, isOpen, laneBits, capacity, exactStepsMax };
}

/**
 * With room for all, nothing is lost by choosing as if rules were free, and nothing widened: a common
 * prefix weighs at most what its parts weigh, and ties go to them.
 */
function solve(problem: Problem, free: ReturnType<typeof priceNodes>): Solution {
  const { root } = problem.tree;
  if (free.count[root]! <= problem.capacity) {
    return { nodes: takenBy(problem, free), bound: free.value[root]! };
  }
  const steps = exactCost(problem, free);
  if (steps <= Math.min(EXACT_STEPS, problem.exactStepsMax)) return solveExactly(problem, free);
  const { nodes, bound } = solveByPrice(problem, free);
  const filled = fillRoom(problem, nodes);
  const value = filled.reduce((sum, node) => sum + problem.weight[node]!, 0);
  if (bound - value <= GAP_MAX * bound || steps > problem.exactStepsMax)
    return { nodes: filled, bound };
  return solveExactly(problem, free);
}

interface Facts<C extends Claim> {
  readonly problem: Problem;
  readonly members: Members<C>;
  readonly sums: Sums;
  readonly hasRoom: boolean;
  /** what would be chosen if there were room for all */
  readonly free: readonly number[];
}

function report<C extends Claim>(
  { problem, members, sums, hasRoom, free }: Facts<C>,
  nodes: readonly number[],
  bound: number,
): PrefixPlan<C> {
  const { tree, weight, bonus, isOpen, laneBits } = problem;
  const chosen = nodes.map((node): Chosen<C> => ({
    prefix: prefixOf(tree, node),
    attackHits: sums.attackHits[node]!,
    verifiedViewers: sums.verifiedViewers[node]!,
    suspects: claimsUnder(tree, node).flatMap((claim) => members[claim]!),
  }));
  const isChosen = markUnder(tree, nodes);
  const isWanted = markUnder(tree, free);
  const spared: SparedClaim<C>[] = [];
  const overflow: C[] = [];
  for (let node = 0; node < tree.claims; node += 1) {
    if (isChosen[node] === 1) continue;
    if (isWanted[node] === 1) {
      overflow.push(...members[node]!);
      continue;
    }
    const isShort = prefixOf(tree, node).bits < laneBits;
    const why = isOpen[node] === 0 ? 'exempt' : isShort ? 'limit' : 'viewers';
    spared.push(...members[node]!.map((claim) => ({ claim, why }) as const));
  }
  const value = nodes.reduce((sum, node) => sum + weight[node]! - bonus[node]!, 0);
  return { chosen, spared, overflow, hasRoom, value, bound: Math.max(bound, value) };
}

/** The claims in a node's range, by address. */
function claimsUnder({ claims, left, right }: PrefixTree, top: number): number[] {
  const found: number[] = [];
  const open = [top];
  while (open.length > 0) {
    const node = open.pop()!;
    if (node < claims) found.push(node);
    if (right[node]! >= 0) open.push(right[node]!);
    if (left[node]! >= 0) open.push(left[node]!);
  }
  return found;
}

function markUnder(tree: PrefixTree, tops: readonly number[]): Uint8Array {
  const marks = new Uint8Array(tree.nodes);
  for (const top of tops) for (const claim of claimsUnder(tree, top)) marks[claim] = 1;
  return marks;
}
