import type { NetworkFinding } from './network-rule';
import type { Judgement, ViewersBehind } from './rules';
import { N } from './source-cells';
import type { SourceFacts } from './source-windows';
import type { Suspect } from './suspect';

/** A source that a rule fits, with its evidence. */
export function suspectOf(
  cidr: string,
  judgement: Judgement,
  facts: SourceFacts,
  viewers: ViewersBehind,
): Suspect {
  const { long, atMs, firstAtMs, agents, urls } = facts;
  const { rule, windowSeconds, attackHits, hits, explained, viewersMax = Infinity } = judgement;
  return {
    cidr,
    rule,
    firstAtMs,
    sinceAtMs: atMs,
    lastAtMs: atMs,
    attackHits: Math.max(1, attackHits),
    verifiedViewers: Math.min(viewers.recent, viewersMax),
    evidence: {
      windowSeconds,
      hits,
      explained,
      refused: long[N.refused]!,
      manifests: long[N.manifests]!,
      media: long[N.media]!,
      pages: long[N.pages]!,
      failed: long[N.failed]!,
      denied: long[N.denied]!,
      agents,
      urls,
    },
  };
}

/** A network that S11 fits. */
export function networkSuspect(cidr: string, finding: NetworkFinding): Suspect {
  const { firstAtMs, lastAtMs, hits, sources, failed, manifests, pages } = finding;
  return {
    cidr,
    rule: 'S11_network',
    firstAtMs,
    sinceAtMs: lastAtMs,
    lastAtMs,
    attackHits: Math.max(1, hits),
    verifiedViewers: 0,
    evidence: {
      windowSeconds: 60,
      hits,
      explained: 0,
      refused: 0,
      manifests,
      media: 0,
      pages,
      failed,
      denied: 0,
      agents: sources,
      urls: 0,
    },
  };
}
