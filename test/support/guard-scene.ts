import { decodeAudit, type AuditEntry } from '../../lambdas/core/guard/audit';
import { exemptList } from '../../lambdas/core/guard/exempt';
import type { Suspect } from '../../lambdas/core/guard/suspect';
import type { Settings } from '../../lambdas/core/settings';
import { QUIET } from '../sim/faulty-client';
import { BLOCKS, GuardWorld, guardSettings } from '../sim/guard-world';
import { Prng } from './prng';

/** A quiet world of the guard, for one thing at a time. */
export function guardScene(guard: Partial<Settings['guard']> = {}): GuardWorld {
  return new GuardWorld({
    ...{ prng: new Prng(1), settings: guardSettings({ setsV4: 2, setsV6: 1, ...guard }) },
    ...{ exempt: exemptList('own', ['203.0.113.0/24']), faults: QUIET, sizeMax: 10_000, stepMs: 4 },
    ...{ wafPercent: 0, crashPercent: 0, zombiePercent: 0, slowPercent: 0 },
  });
}

export function suspect(cidr: string, attackHits = 500, verifiedViewers = 0): Suspect {
  const evidence = {
    ...{ windowSeconds: 10, hits: attackHits, explained: 0, refused: 0, manifests: 0, media: 0 },
    ...{ pages: 0, failed: 0, denied: 0, agents: 1, urls: 1 },
  };
  const times = { firstAtMs: 1, sinceAtMs: 2, lastAtMs: 3 };
  return { cidr, rule: 'S1_flood', ...times, attackHits, verifiedViewers, evidence };
}

export async function tell(
  world: GuardWorld,
  suspects: readonly Suspect[],
  laneViewers = 1_000,
  laneRefused = 0,
): Promise<void> {
  const rest = { neighbours: [], isSettled: true, laneViewers, laneRefused };
  await world.tell({ lane: 0, suspects, ...rest });
}

/** By list: what is ours in all its sets. */
export function ours(world: GuardWorld, list: 'block' | 'count' = 'block'): string[] {
  return world.sets.filter((set) => set.list === list).flatMap(({ name }) => world.waf.ours(name));
}

export function auditOf(world: GuardWorld): AuditEntry[] {
  const items = world.dynamo.items(BLOCKS);
  const audit = items.filter(({ pk }) => pk!.S!.startsWith('audit#'));
  return decodeAudit(audit.map(({ body }) => body!.S!));
}
