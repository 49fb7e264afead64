/** Small random problems for the plan of prefixes, and everything that is wrong with an answer. */
import { makeExempt } from '../../lambdas/core/guard/exempt';
import { prefixText, parsePrefix } from '../../lambdas/core/guard/prefix';
import { type PrefixLimits, planPrefixes } from '../../lambdas/core/guard/prefix-plan';
import {
  type BitClaim,
  type BitProblem,
  bestByBits,
  bestOfAllSets,
  cidrOfBits,
  worthOf,
} from '../reference/oracle-prefix';
import { Prng } from './prng';

type Knobs = Pick<PrefixLimits, 'exactStepsMax'>;

/** Documentation addresses, in bits. */
const NET4 = '110001100011001101100100'; // 198.51.100.0/24
const NET6 = '00100000000000010000110110111000'; // 2001:db8::/32

/** Everything in one /29 or /61: the oracle tries every set. */
export function faultsOfDense(seed: number, knobs: Knobs = {}): string[] {
  const random = new Prng(seed);
  const version = random.pick([4, 6] as const);
  const root = version === 4 ? `${NET4}${bitsOf(random, 5)}` : `${NET6}${bitsOf(random, 29)}`;
  const deep = () => `${root}${bitsOf(random, random.bool(0.1) ? random.int(4) : 3)}`;
  const problem: BitProblem = {
    claims: someClaims(random, random.between(1, 8), deep),
    exempt: random.bool(0.5) ? [deep()] : [],
    laneBits: root.length + random.int(4),
    viewerWeight: random.pick([0, 0.5, 1, 2, 10]),
    capacity: random.int(6),
  };
  const best = bestOfAllSets(problem, root, root.length + 3);
  return faultsOf(problem, version, best, knobs).map((fault) => `SEED=${seed}: ${fault}`);
}

/** All over the address space: the oracle goes bit by bit. */
export function faultsOfSparse(seed: number, knobs: Knobs = {}): string[] {
  const random = new Prng(seed);
  const version = random.pick([4, 6] as const);
  const width = version === 4 ? 32 : 64;
  const roots = Array.from({ length: random.between(1, 3) }, () =>
    bitsOf(random, random.between(0, width - 4)),
  );
  const deep = () => {
    const root = random.pick(roots);
    const length = random.bool(0.1) ? random.between(root.length, width) : width;
    return `${root}${bitsOf(random, length - root.length)}`;
  };
  const problem: BitProblem = {
    claims: someClaims(random, random.between(1, 24), deep),
    exempt: Array.from({ length: random.int(3) }, deep),
    laneBits: random.pick([0, 8, width - 12, width - 4]),
    viewerWeight: random.pick([0.5, 1, 2]),
    capacity: random.int(9),
  };
  const best = bestByBits(problem)[problem.capacity]!;
  return faultsOf(problem, version, best, knobs).map((fault) => `SEED=${seed}: ${fault}`);
}

function bitsOf(random: Prng, length: number): string {
  return Array.from({ length }, () => random.int(2)).join('');
}

function someClaims(random: Prng, count: number, makeBits: () => string): BitClaim[] {
  return Array.from({ length: count }, () => {
    const isViewer = random.bool(0.4);
    return {
      bits: makeBits(),
      attackHits: isViewer ? 0 : random.between(1, 9),
      verifiedViewers: isViewer || random.bool(0.3) ? random.between(0, 4) : 0,
    };
  });
}

const NOTHING = { own: [], crawlers: {}, relay: [], blockPrivate: true };

function faultsOf(problem: BitProblem, version: 4 | 6, best: number, knobs: Knobs): string[] {
  const { claims, capacity, viewerWeight, laneBits } = problem;
  const given = claims.map((claim) => ({
    ...claim,
    prefix: parsePrefix(cidrOfBits(version, claim.bits))!,
  }));
  const allow = problem.exempt.map((bits) => cidrOfBits(version, bits));
  const limits = { capacity, viewerWeight, laneBits, exempt: makeExempt({ ...NOTHING, allow }) };
  const plan = planPrefixes(given, { ...limits, ...knobs });
  const faults: string[] = [];
  let worth = 0;
  const places = plan.chosen.map(({ prefix, suspects }) => {
    const bits = suspects[0]!.bits.slice(0, prefix.bits);
    const text = prefixText(parsePrefix(cidrOfBits(version, bits))!);
    if (text !== prefixText(prefix)) faults.push(`${prefixText(prefix)} does not hold ${text}`);
    const own = worthOf(problem, bits);
    if (own === undefined) faults.push(`${text} must not be chosen`);
    worth += own ?? 0;
    const inside = given.filter(
      (claim) => claim.attackHits > 0 && claim.bits.startsWith(bits) && !suspects.includes(claim),
    );
    if (inside.length > 0) faults.push(`${text} does not name ${inside.length} suspects`);
    return bits;
  });
  if (places.length > capacity) faults.push(`room for ${capacity}, ${places.length} chosen`);
  const overlaps = places.filter((one, n) =>
    places.some((other, at) => at !== n && one.startsWith(other)),
  );
  if (overlaps.length > 0) faults.push(`${overlaps.length} overlap`);
  const settled = [
    ...plan.chosen.flatMap(({ suspects }) => suspects),
    ...plan.spared.map(({ claim }) => claim),
    ...plan.overflow,
  ];
  const suspects = given.filter(({ attackHits }) => attackHits > 0);
  if (settled.length !== suspects.length || new Set(settled).size !== suspects.length) {
    faults.push(`${suspects.length} suspects, each once expected, got ${settled.length}`);
  }
  const isExact = knobs.exactStepsMax === undefined;
  const isRight = isExact
    ? worth === best && plan.bound === best
    : worth <= best && plan.bound >= best - 1e-9;
  if (!isRight || plan.value !== worth) {
    faults.push(`worth ${worth}, said ${plan.value} of ${plan.bound}, best ${best}`);
  }
  return faults;
}
