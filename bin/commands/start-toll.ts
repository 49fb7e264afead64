import { type Prefix, contains as holds } from '../../lambdas/core/guard/prefix';
import type { Judge, Offender } from '../../local/attacks/attack';
import type { MixedLine } from '../../local/attacks/mix-event';
import type { Settings } from '../../lambdas/core/settings';
import { type CidrCover, prefixOf } from './start-cidr-cover';

/** Requests of the attack, by what the edge did with them. */
export interface Toll {
  readonly served: number;
  readonly refused: number;
}

/** What became of the requests of an event, by who sent them: the generator says that, the line says the rest. */
export class TollBook {
  served = 0;
  refused = 0;
  /** requests of people that were refused because of their source */
  viewersRefused = 0;
  /** sources of the attack */
  readonly attackers = new Map<string, Prefix>();
  private readonly everRefused = new Set<string>();

  private readonly statusField: number;

  constructor(private readonly settings: Pick<Settings, 'blockStatus' | 'realtimeFields'>) {
    this.statusField = settings.realtimeFields.indexOf('sc-status');
  }

  /** The same edge, watched. */
  watch(judge: Judge): Judge {
    return (source, atMs) => {
      const verdict = judge(source, atMs);
      if (verdict === 'refused') this.everRefused.add(source);
      return verdict;
    };
  }

  take({ line, source, isAttack, isViewer }: MixedLine): void {
    if (!isAttack && !(isViewer && this.everRefused.has(source))) return;
    const isRefused = Number(fieldOf(line, this.statusField)) === this.settings.blockStatus;
    if (!isAttack) {
      // People of this crowd are also turned away by others than the guard, but not where it has never been.
      if (isRefused) this.viewersRefused += 1;
      return;
    }
    if (isRefused) this.refused += 1;
    else this.served += 1;
    if (!this.attackers.has(source)) this.attackers.set(source, prefixOf(source));
  }
}

function fieldOf(line: string, field: number): string {
  let from = 0;
  for (let n = 0; n < field; n += 1) from = line.indexOf('\t', from) + 1;
  return line.slice(from, line.indexOf('\t', from));
}

/** A network is blocked when half of its addresses are: nobody in it did anything alone. */
export function isOffenderBlocked({ source, kind }: Offender, cover: CidrCover): boolean {
  const prefix = prefixOf(source);
  if (cover.since(prefix) !== undefined) return true;
  if (kind !== 'network') return false;
  const inside = cover
    .prefixes()
    .filter((it) => it.version === prefix.version && it.bits > prefix.bits && holds(prefix, it));
  const outermost = inside.filter(
    (it) => !inside.some((other) => other !== it && holds(other, it)),
  );
  return outermost.reduce((sum, { bits }) => sum + 2 ** (prefix.bits - bits), 0) >= 0.5;
}

/** Whether the CIDR is, holds or lies in what an offender did. */
export function isOfAttack(
  cidr: string,
  attackers: ReadonlyMap<string, Prefix>,
  networks: readonly Prefix[],
): boolean {
  const prefix = prefixOf(cidr);
  if (attackers.has(cidr.replace(/\/32$/, ''))) return true;
  if (networks.some((network) => holds(network, prefix))) return true;
  for (const attacker of attackers.values()) if (holds(prefix, attacker)) return true;
  return false;
}
