/** Blocks, suspects and inputs of plans, with one thing said and the rest filled in. */
import { makeExempt } from '../../lambdas/core/guard/exempt';
import {
  type Block,
  GUARD_AUTHOR,
  type ManualBlock,
  type PlanInput,
} from '../../lambdas/core/guard/plan';
import type { Suspect } from '../../lambdas/core/guard/suspect';

export const NOW = Date.UTC(2026, 10, 24, 20);
export const MINUTE = 60_000;
export const LISTS = { allow: [], own: [], crawlers: {}, relay: [], blockPrivate: true };

export const EVIDENCE = {
  ...{ windowSeconds: 10, hits: 100, explained: 0, refused: 0, manifests: 0, media: 0 },
  ...{ pages: 100, failed: 0, denied: 0, agents: 1, urls: 1 },
};

export function suspect(cidr: string, attackHits: number, verifiedViewers = 0): Suspect {
  const times = { firstAtMs: NOW - 9_000, sinceAtMs: NOW - 8_000, lastAtMs: NOW - 1_000 };
  return { cidr, rule: 'S1_flood', ...times, attackHits, verifiedViewers, evidence: EVIDENCE };
}

export function block(cidr: string, own: Partial<Block> = {}): Block {
  return {
    ...{ cidr, rule: 'S1_flood', author: GUARD_AUTHOR, strikes: 1, attackHits: 100 },
    ...{ sinceMs: NOW - MINUTE, untilMs: NOW + 9 * MINUTE, verifiedViewers: 0, suspects: 1 },
    ...own,
  };
}

export function manual(cidr: string, own: Partial<ManualBlock> = {}): ManualBlock {
  const times = { sinceMs: NOW, untilMs: NOW + 60 * MINUTE };
  return { cidr, author: 'arn:ann', reason: 'scrapes the site', ...times, ...own };
}

export const EMPTY: PlanInput = {
  nowMs: NOW,
  settings: {
    viewerWeight: 100,
    collateralPercentMax: 0.1,
    firstMinutes: 10,
    longestMinutes: 1_440,
  },
  capacity: { v4: 10, v6: 10 },
  ...{ suspects: [], viewers: [], manual: [], allows: [], current: [], memory: [], unsettled: [] },
  totalViewers: 100_000,
  exempt: makeExempt(LISTS),
};

export const cidrsOf = (items: readonly { cidr: string }[]) => items.map(({ cidr }) => cidr);
