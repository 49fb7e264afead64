/** The plan of one family: what is in force stays (P6), the rest is chosen in its room. */
import { type Remembered, blockMs } from './block-memory';
import type { ExemptTable } from './exempt';
import { type Block, GUARD_AUTHOR, type PlanSettings } from './plan';
import { prefixText } from './prefix';
import { type Chosen, type Claim, type SparedClaim, planPrefixes } from './prefix-plan';
import type { Prefix } from './prefix';
import type { Suspect } from './suspect';
import type { ViewersBehind } from './viewers-behind';

/** What asks for room: a suspect that nothing covers, or a block that is in force. */
export interface Candidate extends Claim {
  readonly cidr: string;
  /** the suspect itself, or those that the block covers already */
  readonly suspects: readonly Suspect[];
  readonly live?: Block;
}

/** A block of the guard as it is planned, before the fuses. */
export interface Draft {
  readonly prefix: Prefix;
  readonly block: Block;
  readonly candidates: readonly Candidate[];
}

export interface FamilyInput {
  readonly nowMs: number;
  readonly settings: PlanSettings;
  /** what people's blocks leave */
  readonly room: number;
  readonly fresh: readonly Candidate[];
  readonly live: readonly Candidate[];
  readonly viewers: ViewersBehind;
  readonly exempt: ExemptTable;
  readonly isUnsettled: (prefix: Prefix) => boolean;
  readonly memory: Pick<Remembered, 'get'>;
}

export interface FamilyDraft {
  readonly drafts: readonly Draft[];
  readonly spared: readonly SparedClaim<Candidate>[];
  readonly overflow: readonly Candidate[];
  readonly bound: number;
}

/** A block in force counts for so much more than a new one (P6). */
export const KEEP_PERCENT = 5;

export function planFamily(input: FamilyInput): FamilyDraft {
  const { live, fresh, viewers, room, settings } = input;
  const limits = { ...input, viewerWeight: settings.viewerWeight };
  const worth = ({ attackHits, verifiedViewers }: Block) =>
    attackHits - settings.viewerWeight * verifiedViewers;
  if (live.length <= room) {
    const beside = viewers.claimsBut(fresh).map(asCandidate);
    const calm = planPrefixes([...fresh, ...beside], { ...limits, capacity: room - live.length });
    if (calm.hasRoom) {
      // A fuse may still take out those that are worth nothing.
      const kept = live.reduce((sum, { live: block }) => sum + Math.max(0, worth(block!)), 0);
      const drafts = [...live.map(keepDraft), ...calm.chosen.map((own) => makeDraft(input, own))];
      return { ...calm, drafts, bound: calm.bound + kept };
    }
  }
  const held = live.map((candidate): Candidate => {
    return { ...candidate, bonus: (KEEP_PERCENT / 100) * Math.max(0, worth(candidate.live!)) };
  });
  const all = [...fresh, ...held];
  const claims: Candidate[] = [...all, ...viewers.claimsBut(all).map(asCandidate)];
  const tight = planPrefixes(claims, { ...limits, capacity: room });
  return { ...tight, drafts: tight.chosen.map((chosen) => makeDraft(input, chosen)) };
}

function asCandidate(claim: Claim): Candidate {
  return { ...claim, cidr: '', suspects: [] };
}

export function keepDraft(candidate: Candidate): Draft {
  return { prefix: candidate.prefix, block: candidate.live!, candidates: [candidate] };
}

/** A block in force if that is what was chosen, else a new one. */
export function makeDraft(
  { nowMs, settings, memory }: Pick<FamilyInput, 'nowMs' | 'settings' | 'memory'>,
  { prefix, attackHits, verifiedViewers, suspects: candidates }: Chosen<Candidate>,
): Draft {
  const cidr = prefixText(prefix);
  const held = candidates.find((candidate) => candidate.live?.cidr === cidr)?.live;
  if (held !== undefined) return { prefix, block: held, candidates };
  const strikes = (memory.get(cidr)?.endsMs.length ?? 0) + 1;
  const worst = candidates.reduce((most, own) => (own.attackHits > most.attackHits ? own : most));
  const lead = candidates.find((candidate) => candidate.cidr === cidr) ?? worst;
  const { rule, evidence } = lead.live ?? lead.suspects[0]!;
  const block: Block = {
    ...{ cidr, rule, author: GUARD_AUTHOR, sinceMs: nowMs },
    untilMs: nowMs + blockMs(cidr, strikes, settings),
    strikes,
    attackHits,
    verifiedViewers,
    suspects: candidates.reduce((sum, own) => sum + (own.live?.suspects ?? 1), 0),
    ...(evidence === undefined ? {} : { evidence }),
  };
  return { prefix, block, candidates };
}
