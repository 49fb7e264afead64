/** From the drafts of both families to one plan: the fuse F1, the room it leaves, and the accounts. */
import type { Remembered } from './block-memory';
import { beyondCollateral } from './collateral';
import { type Candidate, type Draft, keepDraft, makeDraft } from './family-plan';
import {
  type Block,
  type BlockMemory,
  GUARD_AUTHOR,
  type Overflow,
  type Plan,
  type PlanInput,
  type Removed,
  type Spared,
} from './plan';
import type { DraftedFamily } from './plan-draft';
import { type Prefix, compare } from './prefix';
import { keysOf, orderOf } from './prefix-tree';
import type { Suspect } from './suspect';

export function settle(
  input: PlanInput,
  families: readonly DraftedFamily[],
  memory: readonly BlockMemory[],
): Plan {
  const { settings, totalViewers } = input;
  const people = families.flatMap((family) => family.people);
  const ofPeople = sumOf(people, ({ block }) => block.verifiedViewers);
  const viewersMax = (settings.collateralPercentMax / 100) * totalViewers - ofPeople;
  const risks: Block[] = [];
  for (const { draft } of families) for (const { block } of draft.drafts) risks.push(block);
  const cut = beyondCollateral(risks, viewersMax);
  const account = new Account();
  const blocks: Block[] = [];
  let value = 0;
  for (const family of families) {
    const final = settleFamily(input, family, cut, account);
    for (const { block } of final) value += worthOf(block, settings.viewerWeight);
    for (const { block } of byAddress([...family.people, ...final])) blocks.push(block);
  }
  const viewers = sumOf(blocks, ({ verifiedViewers }) => verifiedViewers);
  return {
    blocks,
    expired: families.flatMap(({ expired }) => expired),
    removed: account.removed,
    spared: account.spared,
    overflow: account.overflow,
    covered: account.covered,
    collateral: {
      viewers,
      percent: viewers === 0 ? 0 : (100 * viewers) / Math.max(viewers, totalViewers),
      cut: cut.size,
      cutViewers: sumOf([...cut], ({ verifiedViewers }) => verifiedViewers),
    },
    value,
    // What is in force is worth what it was when it began, and may be worth less by now.
    bound: Math.max(
      value,
      sumOf(families, ({ draft }) => draft.bound),
    ),
    memory,
  };
}

/** IPv4 and IPv6 apart; of two that begin alike the wider first. */
function byAddress<T extends { readonly prefix: Prefix }>(placed: readonly T[]): T[] {
  return Array.from(orderOf(keysOf(placed)), (n) => placed[n]!);
}

/** Where every suspect and every block that was in force has gone. */
class Account {
  covered = 0;
  readonly removed: Removed[] = [];
  readonly spared: Spared[] = [];
  readonly overflow: Overflow[] = [];

  /** In a block that is to be: a block in force that is not that one has made way for it. */
  cover({ block, candidates }: Draft): void {
    for (const { live, suspects } of candidates) {
      if (live !== undefined && live !== block) this.removed.push({ block: live, why: 'wider' });
      this.covered += suspects.length;
    }
  }

  spare({ live, suspects }: Candidate, why: Spared['why'], list?: string): void {
    if (live !== undefined) {
      // Of a block in force only what changed is told: viewers outweighed it for lack of room alone.
      this.removed.push({ block: live, why: why === 'viewers' ? 'room' : why });
    }
    for (const suspect of suspects) {
      this.spared.push({ ...factsOf(suspect), why, ...(list === undefined ? {} : { list }) });
    }
  }

  /** No room. */
  leave({ live, suspects }: Candidate): void {
    if (live !== undefined) this.removed.push({ block: live, why: 'room' });
    for (const suspect of suspects) this.overflow.push(factsOf(suspect));
  }
}

function factsOf({ cidr, rule, attackHits, verifiedViewers }: Suspect): Overflow {
  return { cidr, rule, author: GUARD_AUTHOR, attackHits, verifiedViewers };
}

/** The blocks of the guard of one family. */
function settleFamily(
  input: PlanInput,
  family: DraftedFamily,
  cut: ReadonlySet<Block>,
  account: Account,
): Draft[] {
  const { draft, exempt, memory } = family;
  const final: Draft[] = [];
  // Of a wide block that the fuse cut, those without viewers may still be blocked one by one.
  const isOfCut = new Set<Candidate>();
  for (const own of draft.drafts) {
    if (!cut.has(own.block)) final.push(own);
    else for (const candidate of own.candidates) isOfCut.add(candidate);
  }
  const waiting = [...isOfCut, ...draft.overflow].filter(isAlone).sort(worstFirst);
  const refill = new Set(waiting.slice(0, Math.max(0, family.room - final.length)));
  for (const candidate of refill) final.push(draftAlone(input, memory, candidate));
  for (const own of final) account.cover(own);
  for (const candidate of isOfCut) {
    if (refill.has(candidate)) continue;
    if (isAlone(candidate)) account.leave(candidate);
    else account.spare(candidate, 'collateral');
  }
  for (const candidate of draft.overflow) if (!refill.has(candidate)) account.leave(candidate);
  for (const { claim, why } of draft.spared) {
    account.spare(claim, why, why === 'exempt' ? exempt.nameOf(claim.prefix) : undefined);
  }
  account.covered += family.coveredByPeople;
  account.spared.push(...family.spared);
  for (const { cidr, author } of family.peopleOverflow) {
    account.overflow.push({ cidr, rule: 'manual', author, attackHits: 0, verifiedViewers: 0 });
  }
  account.removed.push(...family.removed);
  return final;
}

/** One source without viewers: it costs room and nothing else. */
function isAlone({ prefix, verifiedViewers }: Candidate): boolean {
  return prefix.bits === (prefix.version === 4 ? 32 : 64) && verifiedViewers === 0;
}

/** What is in force before what is new. */
function worstFirst(a: Candidate, b: Candidate): number {
  const [inForceA, inForceB] = [a.live !== undefined, b.live !== undefined];
  if (inForceA !== inForceB) return inForceA ? -1 : 1;
  return b.attackHits - a.attackHits || compare(a.prefix, b.prefix);
}

function draftAlone(
  { nowMs, settings }: PlanInput,
  memory: Pick<Remembered, 'get'>,
  candidate: Candidate,
): Draft {
  if (candidate.live !== undefined) return keepDraft(candidate);
  const { prefix, attackHits, verifiedViewers } = candidate;
  const chosen = { prefix, attackHits, verifiedViewers, suspects: [candidate] };
  return makeDraft({ nowMs, settings, memory }, chosen);
}

function worthOf({ attackHits, verifiedViewers }: Block, viewerWeight: number): number {
  return attackHits - viewerWeight * verifiedViewers;
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
