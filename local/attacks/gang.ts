/** Collects the bots of one attack, and the measures of time that they share. */
import type { Network } from '../crowd/addresses';
import type { Chance } from '../crowd/chance';
import { somePlace } from './bot-agents';
import type { BotNetworks } from './bot-networks';
import type { OffenderName } from './offenders';
import type { Bot } from './swarm';

/** Of the bots, when they are refused. */
const BACKS_OFF_SHARE = 0.2;

export interface BotOptions {
  readonly chance: Chance;
  readonly networks: BotNetworks;
  readonly lengthMs: number;
  readonly scale: number;
  readonly addresses: number | undefined;
  readonly perSecond: number | undefined;
  readonly requestsMax: number | undefined;
  readonly rampMs: number | undefined;
  readonly networksHoldViewers: boolean;
  readonly cgnatSource: string | undefined;
  /** Whether the attack may use addresses of viewers. */
  readonly hasHomes: boolean;
}

export interface Bots {
  readonly bots: readonly Bot[];
  readonly names: readonly OffenderName[];
}

/** Collects bots and who they are to the judge. */
export class Gang {
  readonly bots: Bot[] = [];
  readonly names: OffenderName[] = [];

  constructor(private readonly options: BotOptions) {}

  addName(name: OffenderName): number {
    return this.names.push(name) - 1;
  }

  /** A bot that is its own offender, or one of several that are one. */
  add(
    network: Network,
    habit: Pick<Bot, 'ask' | 'agents'> &
      Partial<Bot> & { perSecond?: number; isHosted?: boolean; holdsViewers?: boolean },
  ): void {
    const { chance, lengthMs, rampMs = 0 } = this.options;
    const { perSecond = 1, isHosted = false, holdsViewers = false, ...rest } = habit;
    const kind = network.isV6 ? 'slash64' : 'address';
    const offender = rest.offender ?? this.addName({ source: network.source, kind, holdsViewers });
    this.bots.push({
      network,
      ...somePlace(chance, isHosted),
      fromMs: Math.floor(chance.next() * Math.min(lengthMs, Math.max(rampMs, 1000 / perSecond))),
      gapMs: poisson(perSecond),
      turnsMax: Infinity,
      backsOff: chance.bool(BACKS_OFF_SHARE),
      ...rest,
      offender,
    });
  }

  done(): Bots {
    return { bots: this.bots, names: this.names };
  }
}

const poisson = (perSecond: number) => (chance: Chance) =>
  Math.max(1, Math.round(chance.exponential(1000 / perSecond)));

/** About even, as a loop with a pause has it. */
export const steady = (perSecond: number) => (chance: Chance) =>
  Math.max(1, Math.round((1000 / perSecond) * (0.7 + 0.6 * chance.next())));

export const countOf = (options: BotOptions, usual: number) =>
  Math.max(1, Math.round((options.addresses ?? usual) * options.scale));

/** Of an attack's rate, which may be another for each bot. */
export const someRate = (chance: Chance, perSecond: number) => perSecond * (0.5 + chance.next());

/** Exactly so many requests, evenly over the time, each a little early or late. */
export function spread(
  lengthMs: number,
  turns: number,
  chance: Chance,
): Pick<Bot, 'fromMs' | 'gapMs'> {
  const step = lengthMs / turns;
  const offset = Math.floor(chance.next() * step);
  // Gaps are differences of whole moments, so that none is lost to rounding.
  const at = (turn: number) => offset + Math.floor(turn * step);
  return { fromMs: at(0), gapMs: (_, turn) => at(turn + 1) - at(turn) };
}

/** A permutation of the numbers, so that no address comes twice. */
export function lowHalf(high: number, low: number, n: number): string {
  const mixed = (Math.imul(n, 0x9e37_79b1) + low) >>> 0;
  const above = (mixed ^ (high << 1)) >>> 0;
  const group = (value: number) => (value & 0xffff).toString(16);
  return `${group(above >>> 16)}:${group(above)}:${group(mixed >>> 16)}:${group(mixed)}`;
}
