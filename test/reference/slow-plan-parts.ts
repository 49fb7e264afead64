/**
 * What lambdas/core/guard does for tens of thousands of blocks in each pass, as it would be written for ten: the rules
 * P7 and P10, who holds a prefix, and how many viewers are behind one.
 */
import type { Block, BlockMemory } from '../../lambdas/core/guard/plan';
import {
  type Prefix,
  compare,
  contains,
  parsePrefix,
  prefixText,
} from '../../lambdas/core/guard/prefix';

const DAY_MS = 86_400_000;
const ENDS_MAX = 16;

/** The memory with what is in force written into it, and without what is older than a day; by CIDR. */
export function slowRemember(
  memory: readonly BlockMemory[],
  current: readonly Block[],
  nowMs: number,
): BlockMemory[] {
  const cidrs = [...new Set([...memory, ...current].map(({ cidr }) => cidr))].sort();
  return cidrs.flatMap((cidr) => {
    const own = current.filter((block) => block.cidr === cidr);
    let entry = memory.find((known) => known.cidr === cidr);
    if (own.length === 0) {
      const endsMs = entry!.endsMs.map((ms) => Math.min(ms, nowMs));
      entry = { ...entry!, endsMs };
    }
    for (const { untilMs, verifiedViewers } of own) {
      const ended = (entry?.endsMs ?? []).filter((ms) => ms <= nowMs && ms !== untilMs);
      entry = { cidr, endsMs: [...ended, untilMs].slice(-ENDS_MAX), verifiedViewers };
    }
    const endsMs = entry!.endsMs.filter((ms) => ms > nowMs - DAY_MS);
    return endsMs.length === 0 ? [] : [{ ...entry!, endsMs }];
  });
}

/** Of the prefixes of the length that was met first, the one that holds it; then of the next length. */
export function slowHolder<T>(
  all: readonly (readonly [Prefix, T])[],
  prefix: Prefix,
): T | undefined {
  const family = all.filter(([own]) => own.version === prefix.version);
  for (const bits of new Set(family.map(([own]) => own.bits))) {
    const found = family.findLast(([own]) => own.bits === bits && contains(own, prefix));
    if (found !== undefined) return found[1];
  }
  return undefined;
}

export interface SlowTold {
  readonly cidr: string;
  readonly verifiedViewers: number;
  readonly isAtLeast: boolean;
}

/** G of each source; of a range what its sources are short of. */
export function slowViewers(told: readonly SlowTold[], sourceBits: number): Map<string, number> {
  const known = new Map<string, number>();
  for (const { cidr, verifiedViewers, isAtLeast } of told) {
    const before = isAtLeast ? (known.get(cidr) ?? 0) : 0;
    known.set(cidr, Math.max(verifiedViewers, before));
  }
  const sources = [...known].filter(([cidr]) => parsePrefix(cidr)!.bits === sourceBits);
  const own = new Map(sources);
  for (const [cidr, viewers] of known) {
    if (own.has(cidr)) continue;
    const inside = sources.filter(([one]) => contains(parsePrefix(cidr)!, parsePrefix(one)!));
    const sum = inside.reduce((all, [, n]) => all + n, 0);
    own.set(cidr, Math.max(0, viewers - sum));
  }
  return own;
}

/** As a list of blocks is told. */
export function slowOrder(cidrs: readonly string[]): string[] {
  return cidrs
    .map((cidr) => parsePrefix(cidr)!)
    .sort(compare)
    .map(prefixText);
}
