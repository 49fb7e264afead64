import type { AddressFacts, Covering } from '../adapters/address-facts';
import type { NamedAllow } from '../adapters/manual-store';
import { prefixText } from '../core/guard/prefix';
import { RULE_MEANINGS, evidenceText } from '../core/guard/rule-words';
import type { Settings } from '../core/settings';
import { evidenceOf, sparingOf, verdictOf } from './address-verdict';
import { factsOf } from './block-list';

const iso = (ms: number) => new Date(ms).toISOString();

/** What `turnout explain --json` and the API say of an address. */
export function addressJson(facts: AddressFacts, settings: Pick<Settings, 'guard'>) {
  const sparing = sparingOf(facts, settings.guard);
  const { address, nowMs, covering, allows, manual, exemptBy, suspect, history } = facts;
  const { heldBackUntilMs } = facts;
  const said = ({ cidr, author, reason, untilMs }: NamedAllow) => {
    return { cidr, author, reason, until: iso(untilMs) };
  };
  const told = suspect && {
    ...{ cidr: suspect.suspect.cidr, rule: suspect.suspect.rule, toldAt: iso(suspect.atMs) },
    meaning: RULE_MEANINGS[suspect.suspect.rule],
    attackHits: suspect.suspect.attackHits,
    verifiedViewers: suspect.suspect.verifiedViewers,
    evidence: suspect.suspect.evidence,
    spared: sparing ?? null,
  };
  return {
    ...{ address, source: prefixText(facts.source), at: iso(nowMs), verdict: verdictOf(facts) },
    blocks: covering.map((one) => blockJson(facts, one)),
    exempt: exemptBy === undefined ? null : { list: exemptBy },
    allows: allows.map(said),
    manual: manual.map(said),
    heldBackUntil: heldBackUntilMs === undefined ? null : iso(heldBackUntilMs),
    suspect: told ?? null,
    historyFrom: iso(facts.fromMs),
    history: history.map(({ atMs, untilMs, block, ...rest }) => ({
      at: iso(atMs),
      ...rest,
      ...(untilMs !== undefined && { until: iso(untilMs) }),
      ...(block && { rule: block.rule, strikes: block.strikes }),
    })),
  };
}

function blockJson(facts: AddressFacts, one: Covering) {
  const { block } = one;
  const evidence = block && evidenceOf(facts, one);
  return {
    ...factsOf(one, facts.nowMs),
    ...(block && { meaning: RULE_MEANINGS[block.rule] }),
    ...(block &&
      evidence && {
        evidence,
        seen: evidenceText(block.rule, evidence, block.verifiedViewers),
      }),
  };
}
