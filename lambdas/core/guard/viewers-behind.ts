/** G of every source and range of one family: what was told, and what is frozen (P10). */
import { type Prefix, compare, prefixText } from './prefix';
import type { Claim } from './prefix-plan';
import { keysOf, makeTree, sumsWithin } from './prefix-tree';

export interface Told {
  readonly prefix: Prefix;
  readonly verifiedViewers: number;
  /** What was told before of it counts if that is more. */
  readonly isAtLeast: boolean;
}

export interface ViewersBehind {
  /** G of a source; of a range what its sources are short of, so that the sum is the range's G. */
  readonly ownOf: (cidr: string) => number;
  /** G of a whole range: its own and that of all sources in it. */
  readonly sumsOf: (prefixes: readonly Prefix[]) => number[];
  /** Everything with viewers, but what is named. */
  readonly claimsBut: (named: readonly { readonly cidr: string }[]) => Claim[];
}

interface Known {
  readonly prefix: Prefix;
  readonly verifiedViewers: number;
}

/**
 * Of what is told twice of one CIDR, the later counts: neighbours, then suspects, then what is frozen. All are of one
 * family. Who has no viewers is not kept: most sources have none.
 */
export function viewersBehind(version: 4 | 6, told: readonly Told[]): ViewersBehind {
  const [sources, ranges] = [new Map<string, Known>(), new Map<string, Known>()];
  const sourceBits = version === 4 ? 32 : 64;
  for (const { prefix, verifiedViewers, isAtLeast } of told) {
    const known = prefix.bits === sourceBits ? sources : ranges;
    if (!(verifiedViewers > 0)) {
      if (!isAtLeast && known.size > 0) known.delete(prefixText(prefix));
      continue;
    }
    const text = prefixText(prefix);
    const before = isAtLeast ? (known.get(text)?.verifiedViewers ?? 0) : 0;
    known.set(text, { prefix, verifiedViewers: Math.max(verifiedViewers, before) });
  }
  if (sources.size + ranges.size === 0) return NOBODY;
  const measured = [...sources.values()];
  const wide = [...ranges.values()];
  const inside = sumsIn(
    version,
    wide.map(({ prefix }) => prefix),
    measured,
  );
  const own = new Map(sources);
  for (const [n, { prefix, verifiedViewers }] of wide.entries()) {
    const short = Math.max(0, verifiedViewers - inside[n]!);
    own.set(prefixText(prefix), { prefix, verifiedViewers: short });
  }
  return {
    ownOf: (cidr) => own.get(cidr)?.verifiedViewers ?? 0,
    sumsOf: (prefixes) => sumsIn(version, prefixes, [...own.values()]),
    claimsBut: (named) => {
      const isNamed = new Set<string>();
      for (const { cidr } of named) if (own.has(cidr)) isNamed.add(cidr);
      return [...own].flatMap(([cidr, { prefix, verifiedViewers }]) =>
        verifiedViewers > 0 && !isNamed.has(cidr)
          ? [{ prefix, attackHits: 0, verifiedViewers }]
          : [],
      );
    },
  };
}

const NOBODY: ViewersBehind = {
  ownOf: () => 0,
  sumsOf: (prefixes) => prefixes.map(() => 0),
  claimsBut: () => [],
};

function sumsIn(version: 4 | 6, prefixes: readonly Prefix[], known: readonly Known[]): number[] {
  const nodes = new Map([...prefixes].sort(compare).map((prefix) => [prefixText(prefix), prefix]));
  const tree = makeTree(version, keysOf(Array.from(nodes.values(), (prefix) => ({ prefix }))));
  const sums = sumsWithin(
    tree,
    keysOf(known),
    Float64Array.from(known, ({ verifiedViewers }) => verifiedViewers),
  );
  const byText = new Map([...nodes.keys()].map((text, n) => [text, sums[n]!]));
  return prefixes.map((prefix) => byText.get(prefixText(prefix))!);
}
