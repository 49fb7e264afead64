import {
  compare,
  contains,
  parsePrefix,
  type Prefix,
  prefixText,
} from '../lambdas/core/guard/prefix';
import type { GuardSettings } from '../lambdas/core/settings';

/**
 * What turnout.json says is never blocked, as WAF takes it: canonical text without host bits, none
 * within another, none of the whole internet. The plan knows the same ranges; in the rule they hold
 * whatever somebody else writes into a set.
 */
export function exemptRangesOf({ allow, own }: GuardSettings): Record<'v4' | 'v6', string[]> {
  const outermost: Prefix[] = [];
  for (const prefix of [...allow, ...own].map(prefixOf).sort(compare)) {
    // Prefixes lie within each other or apart, so one look back is enough.
    const before = outermost.at(-1);
    if (before === undefined || !contains(before, prefix)) outermost.push(prefix);
  }
  const of = (version: 4 | 6) =>
    outermost
      .filter((it) => it.version === version)
      .flatMap(halvesOfAll)
      .map(prefixText);
  return { v4: of(4), v6: of(6) };
}

function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  throw new Error(`exempt range is ${JSON.stringify(text)}, expected a CIDR`);
}

/** WAF takes every length but 0. */
function halvesOfAll(prefix: Prefix): Prefix[] {
  if (prefix.bits > 0) return [prefix];
  const top = 0x8000_0000;
  const upper = prefix.version === 4 ? { lo: top } : { hi: top };
  return [
    { ...prefix, bits: 1 },
    { ...prefix, ...upper, bits: 1 },
  ];
}
