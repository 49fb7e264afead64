import { masked, readAddress, readRange } from './waf-cidr';
import type { EdgeContent } from './waf-sets';

/**
 * What a list does at the edge, as the rule group of the stack has it: `block` refuses what no range exempts, and
 * `count` counts what comes past that.
 */
export interface EdgeSet {
  readonly id: string;
  readonly list: 'block' | 'count';
}

/** The edge of the demonstration: it obeys the sets as far as their content has reached it. */
export interface DemoEdge {
  /** The time is that of the endpoint's clock, and does not run backwards. */
  answers(address: string, nowMs: number): 'refused' | 'served';
  /** Requests that the rule of each list took. */
  counts(): Readonly<Record<EdgeSet['list'], number>>;
}

export interface EdgeSource {
  edgeContent(id: string, nowMs: number): EdgeContent;
}

/** Verdicts of so many addresses are kept until a set changes. */
const KEPT_MAX = 200_000;

interface Held {
  readonly set: EdgeSet;
  version: number;
  matches: (address: string) => boolean;
}

interface Verdict {
  readonly isBlocked: boolean;
  readonly isCounted: boolean;
}

export interface DemoEdgeOptions {
  readonly source: EdgeSource;
  readonly sets: readonly EdgeSet[];
  /** CIDRs that no set refuses: the rule group of the stack holds them beside the sets. */
  readonly exempt?: readonly string[];
}

export function makeDemoEdge({ source, sets, exempt = [] }: DemoEdgeOptions): DemoEdge {
  const isExempt = makeMatcher(exempt);
  const held = sets.map((set): Held => ({ set, version: -1, matches: () => false }));
  const verdicts = new Map<string, Verdict>();
  const counts = { block: 0, count: 0 };
  let lookedAtMs = -Infinity;

  /** A set is read again only when other content of it has arrived. */
  function look(nowMs: number): void {
    if (nowMs === lookedAtMs) return;
    lookedAtMs = nowMs;
    for (const one of held) {
      const content = source.edgeContent(one.set.id, nowMs);
      if (content.version === one.version) continue;
      one.version = content.version;
      one.matches = makeMatcher(content.addresses);
      verdicts.clear();
    }
  }

  function judge(address: string): Verdict {
    const known = verdicts.get(address);
    if (known) return known;
    const isIn = (list: EdgeSet['list']) =>
      held.some(({ set, matches }) => set.list === list && matches(address));
    const isBlocked = isIn('block') && !isExempt(address);
    const verdict = { isBlocked, isCounted: !isBlocked && isIn('count') };
    if (verdicts.size >= KEPT_MAX) verdicts.clear();
    verdicts.set(address, verdict);
    return verdict;
  }

  return {
    answers(address, nowMs) {
      look(nowMs);
      const { isBlocked, isCounted } = judge(address);
      if (isCounted) counts.count += 1;
      if (isBlocked) counts.block += 1;
      return isBlocked ? 'refused' : 'served';
    },
    counts: () => ({ ...counts }),
  };
}

/** One look for each length of prefix that the set holds: mostly one to three. */
function makeMatcher(addresses: readonly string[]): (address: string) => boolean {
  const byBits = new Map<string, { family: string; bits: number; keys: Set<string> }>();
  for (const text of addresses) {
    const range = readRange(text);
    if (typeof range === 'string') throw new Error(`${text} ${range}, expected what a set holds`);
    const { family, bits, words } = range;
    const name = `${family}/${bits}`;
    const group = byBits.get(name) ?? { family, bits, keys: new Set<string>() };
    byBits.set(name, group);
    group.keys.add(words.join());
  }
  const groups = [...byBits.values()];
  return (text) => {
    const address = readAddress(text);
    if (address === undefined) return false;
    const keyOf = (bits: number) => address.words.map((word, n) => masked(word, n, bits)).join();
    return groups.some(
      ({ family, bits, keys }) => family === address.family && keys.has(keyOf(bits)),
    );
  };
}
