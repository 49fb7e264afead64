/**
 * Which prefixes to choose, found slowly. A prefix is its bits as text, '11000000' for 192.0.0.0/8, so
 * that containing is beginning. Knows nothing of compressed trees, prices or typed arrays.
 */

export interface BitClaim {
  readonly bits: string;
  readonly attackHits: number;
  readonly verifiedViewers: number;
}

export interface BitProblem {
  readonly claims: readonly BitClaim[];
  readonly exempt: readonly string[];
  readonly laneBits: number;
  readonly viewerWeight: number;
  readonly capacity: number;
}

/** What choosing the prefix is worth; undefined if it must not be chosen. */
export function worthOf(problem: BitProblem, bits: string): number | undefined {
  const { claims, exempt, laneBits, viewerWeight } = problem;
  if (bits.length < Math.max(1, laneBits)) return undefined;
  if (exempt.some((other) => other.startsWith(bits) || bits.startsWith(other))) return undefined;
  let worth = 0;
  for (const claim of claims) {
    if (!claim.bits.startsWith(bits)) continue;
    worth += claim.attackHits - viewerWeight * claim.verifiedViewers;
  }
  return worth;
}

/** Tries every set of prefixes without overlap below `root`, down to `length` bits. */
export function bestOfAllSets(problem: BitProblem, root: string, length: number): number {
  let best = 0;
  for (const { count, worth } of setsBelow(problem, root, length)) {
    if (count <= problem.capacity && worth > best) best = worth;
  }
  return best;
}

interface SomeSet {
  readonly count: number;
  readonly worth: number;
}

function setsBelow(problem: BitProblem, bits: string, length: number): SomeSet[] {
  const own = worthOf(problem, bits);
  const sets: SomeSet[] = own === undefined ? [] : [{ count: 1, worth: own }];
  if (bits.length === length) return [...sets, { count: 0, worth: 0 }];
  const others = setsBelow(problem, `${bits}1`, length);
  for (const one of setsBelow(problem, `${bits}0`, length)) {
    for (const other of others) {
      sets.push({ count: one.count + other.count, worth: one.worth + other.worth });
    }
  }
  return sets;
}

/** Bit by bit over the whole address, for claims that lie far apart: the most for 0, 1, ... prefixes. */
export function bestByBits(problem: BitProblem, bits = ''): number[] {
  const inside = problem.claims.filter((claim) => claim.bits.startsWith(bits));
  const best = new Array<number>(problem.capacity + 1).fill(0);
  if (!inside.some(({ attackHits }) => attackHits > 0)) return best;
  if (inside.some((claim) => claim.bits.length > bits.length)) {
    const [zero, one] = [bestByBits(problem, `${bits}0`), bestByBits(problem, `${bits}1`)];
    for (let count = 0; count <= problem.capacity; count += 1) {
      for (let n = 0; n <= count; n += 1) {
        best[count] = Math.max(best[count]!, zero[n]! + one[count - n]!);
      }
    }
  }
  const own = worthOf(problem, bits);
  for (let count = 1; own !== undefined && count <= problem.capacity; count += 1) {
    best[count] = Math.max(best[count]!, own);
  }
  return best;
}

/** The bits as people write them: IPv4 of up to 32, IPv6 of up to 64. */
export function cidrOfBits(version: 4 | 6, bits: string): string {
  const width = version === 4 ? 8 : 16;
  const whole = bits.padEnd(version === 4 ? 32 : 64, '0');
  const groups = whole.match(new RegExp(`.{${width}}`, 'g'))!.map((group) => parseInt(group, 2));
  if (version === 4) return `${groups.join('.')}/${bits.length}`;
  return `${groups.map((group) => group.toString(16)).join(':')}:0:0:0:0/${bits.length}`;
}
