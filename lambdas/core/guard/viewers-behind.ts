/** G of every source and range of one family: what was told, and what is frozen (P10). */
import { type Prefix, compare, parsePrefix, prefixText } from './prefix';
import type { Claim } from './prefix-plan';
import { keysOf, makeTree, sumsWithin } from './prefix-tree';

export interface Told {
  readonly cidr: string;
  readonly verifiedViewers: number;
}

export interface ViewersBehind {
  /** G of a source; of a range what its sources are short of, so that the sum is the range's G. */
  readonly ownOf: (cidr: string) => number;
  /** G of a whole range: its own and that of all sources in it. */
  readonly sumsOf: (prefixes: readonly Prefix[]) => number[];
  /** Everything with viewers, but what is named. */
  readonly claimsBut: (cidrs: ReadonlySet<string>) => Claim[];
}

interface Known {
  readonly prefix: Prefix;
  readonly verifiedViewers: number;
}

/** Of what is told twice of one CIDR, the later counts: neighbours, then suspects, then what is frozen. */
export function viewersBehind(version: 4 | 6, told: readonly Told[]): ViewersBehind {
  const [sources, ranges] = [new Map<string, Known>(), new Map<string, Known>()];
  const sourceBits = version === 4 ? 32 : 64;
  for (const { cidr, verifiedViewers } of told) {
    const prefix = parsePrefix(cidr);
    if (prefix === undefined) throw new Error(`expected an address or a range, got ${cidr}`);
    if (prefix.version !== version) continue;
    const known = prefix.bits === sourceBits ? sources : ranges;
    known.set(prefixText(prefix), { prefix, verifiedViewers });
  }
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
    claimsBut: (cidrs) =>
      [...own].flatMap(([cidr, { prefix, verifiedViewers }]) =>
        verifiedViewers > 0 && !cidrs.has(cidr) ? [{ prefix, attackHits: 0, verifiedViewers }] : [],
      ),
  };
}

function sumsIn(version: 4 | 6, prefixes: readonly Prefix[], known: readonly Known[]): number[] {
  const nodes = new Map([...prefixes].sort(compare).map((prefix) => [prefixText(prefix), prefix]));
  const tree = makeTree(version, keysOf([...nodes.values()]));
  const sums = sumsWithin(
    tree,
    keysOf(known.map(({ prefix }) => prefix)),
    Float64Array.from(known, ({ verifiedViewers }) => verifiedViewers),
  );
  const byText = new Map([...nodes.keys()].map((text, n) => [text, sums[n]!]));
  return prefixes.map((prefix) => byText.get(prefixText(prefix))!);
}
