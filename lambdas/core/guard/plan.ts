import { rememberBlocks } from './block-memory';
import { type ExemptTable, exemptList, joinExempt } from './exempt';
import { draftFamily, placeInput } from './plan-draft';
import { settle } from './plan-settle';
import type { Evidence, Neighbour, Suspect, SuspectRule } from './suspect';

/** Who wrote a block: the guard itself, or the identity of a person. */
export const GUARD_AUTHOR = 'guard';
/** Who wrote a block of people, where the truth of a set is all that is read: manual entry and audit have the name. */
export const PERSON_AUTHOR = 'person';

/** One CIDR that a set should hold: docs/GUARD.md, "Words". */
export interface Block {
  /** canonical text, as `canonicalCidr` gives it */
  readonly cidr: string;
  readonly rule: SuspectRule | 'manual';
  /** `guard`, or the identity of the person who asked for it */
  readonly author: string;
  /** what the person said */
  readonly reason?: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** how often the CIDR was blocked in the last 24 hours, this time included; 0 of people's blocks */
  readonly strikes: number;
  /** A when the block began */
  readonly attackHits: number;
  /** G before its first block: frozen (P10) */
  readonly verifiedViewers: number;
  /** suspects that the plan covered with it, at least 1; 0 of people's blocks */
  readonly suspects: number;
  /** of the worst suspect in it */
  readonly evidence?: Evidence;
}

/** What a person wants blocked. */
export interface ManualBlock {
  readonly cidr: string;
  readonly author: string;
  readonly reason: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What a person wants spared, or an entry of ours that somebody removed. */
export interface Allow {
  readonly cidr: string;
  readonly untilMs: number;
}

/** What is remembered of a CIDR that was blocked in the last 24 hours. */
export interface BlockMemory {
  readonly cidr: string;
  /** ends of its blocks, oldest first; the last may lie ahead */
  readonly endsMs: readonly number[];
  /** frozen G */
  readonly verifiedViewers: number;
}

export interface PlanSettings {
  readonly viewerWeight: number;
  readonly collateralPercentMax: number;
  readonly firstMinutes: number;
  readonly longestMinutes: number;
}

export interface PlanInput {
  readonly nowMs: number;
  readonly settings: PlanSettings;
  /** CIDRs that may be held, of each family */
  readonly capacity: { readonly v4: number; readonly v6: number };
  /** Merged: one for each CIDR. */
  readonly suspects: readonly Suspect[];
  /** Verified viewers of sources beside suspects. */
  readonly viewers: readonly Neighbour[];
  /** Verified viewers of all lanes: what the collateral is a share of. */
  readonly totalViewers: number;
  readonly manual: readonly ManualBlock[];
  readonly allows: readonly Allow[];
  /** What the list holds now; of what people blocked, `manual` alone decides. */
  readonly current: readonly Block[];
  readonly memory: readonly BlockMemory[];
  /** What never changes from pass to pass: settings and lists. `allows` come on top. */
  readonly exempt: ExemptTable;
  /** Lane prefixes (/20, /40) whose neighbours are not known yet: nothing in them is widened. */
  readonly unsettled: readonly string[];
}

export type Wanted = Suspect | ManualBlock | Block;

export interface Spared {
  readonly cidr: string;
  readonly rule: SuspectRule | 'manual';
  readonly author: string;
  readonly attackHits: number;
  readonly verifiedViewers: number;
  /** `limit`: shorter than the lane prefix. `viewers`: P4. `collateral`: F1. */
  readonly why: 'exempt' | 'limit' | 'viewers' | 'collateral';
  /** of `exempt`: which list says so, as `crawlers:googlebot` */
  readonly list?: string;
}

export interface Overflow {
  readonly cidr: string;
  readonly rule: SuspectRule | 'manual';
  readonly author: string;
  readonly attackHits: number;
  readonly verifiedViewers: number;
}

/** A block that was in force and ends before its time. */
export interface Removed {
  readonly block: Block;
  /** `wider`: a wider block covers it now. `unblocked`: a person took their block back. */
  readonly why: 'exempt' | 'limit' | 'collateral' | 'room' | 'wider' | 'unblocked';
}

export interface Collateral {
  /** verified viewers that the blocks cover */
  readonly viewers: number;
  /** of all verified viewers */
  readonly percent: number;
  /** blocks that F1 cut, and the viewers behind them */
  readonly cut: number;
  readonly cutViewers: number;
}

/** What one list should hold. Every suspect is covered, spared or overflow: nothing is lost. */
export interface Plan {
  /** sorted by family and address, so that an unchanged plan is an equal plan */
  readonly blocks: readonly Block[];
  /** were in force and have ended (P8) */
  readonly expired: readonly Block[];
  /** were in force and end before their time */
  readonly removed: readonly Removed[];
  /** suspects and people's blocks that were wanted and are not to be */
  readonly spared: readonly Spared[];
  /** suspects and people's blocks that found no room (P9) */
  readonly overflow: readonly Overflow[];
  /** suspects that `blocks` cover */
  readonly covered: number;
  readonly collateral: Collateral;
  /** sum(A) - viewerWeight x sum(G) of the guard's blocks, and what no plan can exceed */
  readonly value: number;
  readonly bound: number;
  /** for the next pass: `memory` with what is in `current` written into it, sorted by CIDR */
  readonly memory: readonly BlockMemory[];
}

/** Pure: the same input gives the same plan, and a plan planned again without suspects is itself. */
export function planBlocks(input: PlanInput): Plan {
  const { nowMs, current } = input;
  const memory = rememberBlocks(input.memory, current, nowMs);
  const allows = input.allows.filter(({ untilMs }) => untilMs > nowMs).map(({ cidr }) => cidr);
  const exempt = joinExempt(exemptList('allow', allows), input.exempt);
  const placed = placeInput(input, memory);
  const families = ([4, 6] as const).map((version) =>
    draftFamily({ input, placed, exempt, memory, version }),
  );
  return settle(input, families, memory.list);
}
