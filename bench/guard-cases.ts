/** The events by which the guard is judged. What they want was written before their seeds were drawn. */
import { mixEvent, type MixOptions } from '../local/attacks/mix-event';
import { START_AT_MS, pausingNight, worldCupNight } from './guard-crowds';
import type { NightEvent, NightResult } from './guard-night';

export interface GuardCase {
  readonly name: string;
  /** in words, as the table says it */
  readonly wants: string;
  readonly seeds: number;
  /** from the decision to the edge, ms. @default as playNight */
  readonly delayMs?: number;
  /** undefined: what it is made of is not there */
  readonly make: (seed: number) => NightEvent | undefined;
  /** what is not as it is wanted; empty if all is */
  readonly faultsOf: (result: NightResult) => string[];
}

/** Within which attack requests served must have fallen, after the first block. */
const FALL_SECONDS = 15;
const FALL_PERCENT = 95;
/** AWS says that an update takes seconds to minutes. */
const SLOW_EDGE_MS = 60_000;
const ROTATING_PERCENT = 90;
const ROTATING_SECONDS = 30;

type Faults = GuardCase['faultsOf'];

const nobody: Faults = ({ viewersBlocked, viewerRequestsRefused }) => [
  ...(viewersBlocked > 0 ? [`${viewersBlocked} viewers blocked`] : []),
  ...(viewerRequestsRefused > 0 ? [`${viewerRequestsRefused} requests of viewers refused`] : []),
];

const falls: Faults = (result) => {
  const percent = fallPercent(result);
  return percent >= FALL_PERCENT ? [] : [`fell by ${percent.toFixed(1)} %`];
};

const all: Faults = ({ attackers, attackersBlocked }) =>
  attackersBlocked === attackers ? [] : [`${attackersBlocked} of ${attackers} blocked`];

const nearlyAll: Faults = (result) =>
  result.attackersBlocked >= 0.95 * result.attackers ? [] : all(result);

const one: Faults = ({ attackBlocks }) =>
  new Set(attackBlocks.map(({ cidr }) => cidr)).size === 1
    ? []
    : [`${attackBlocks.length} entries`];

const mitigated: Faults = (result) => {
  const percent = mitigatedPercent(result);
  return percent >= ROTATING_PERCENT ? [] : [`${percent.toFixed(1)} % mitigated`];
};

const both =
  (...faults: readonly Faults[]): Faults =>
  (result) =>
    faults.flatMap((faultsOf) => faultsOf(result));

/** Attack requests served in the 10 s from 15 s after the first block on, less than in the 5 s before it. */
export function fallPercent({ firstBlockAtMs: at, toll }: NightResult): number {
  if (at === undefined) return 0;
  const before = toll(at - 5_000, at).served / 5;
  const from = at + FALL_SECONDS * 1_000;
  return 100 * (1 - toll(from, from + 10_000).served / 10 / before);
}

/** Of attack requests from 30 s after the first on, those refused. */
export function mitigatedPercent(result: NightResult): number {
  const first = result.attackFirstAtMs ?? 0;
  const { served, refused } = result.toll(first + ROTATING_SECONDS * 1_000, Infinity);
  return (100 * refused) / (served + refused);
}

const mixed =
  (options: Omit<MixOptions, 'seed' | 'startAtMs'>): GuardCase['make'] =>
  (seed) =>
    mixEvent({ seed, startAtMs: START_AT_MS, ...options });

const QUICK = { viewers: 1_000, minutes: 4 } as const;
const DOWN = `served falls by ${FALL_PERCENT} % within ${FALL_SECONDS} s, no viewer blocked`;
const NOBODY = 'nobody blocked';

interface Size {
  readonly seeds: number;
  /** Who come within 60 s. */
  readonly flashViewers: number;
  /** People behind one address who wait for a stream. @default 5,000 */
  readonly waiting?: number;
}

export function guardCases(size: Size, curve?: string): GuardCase[] {
  return [
    ...attackCases(size.seeds),
    ...crowdCases(size),
    ...lateCases(size),
    pausingCase(size.seeds),
    worldCupCase(curve),
  ];
}

function attackCases(seeds: number): GuardCase[] {
  const attack = (
    name: string,
    wants: string,
    shape: MixOptions['shapes'][number],
    faultsOf: Faults,
  ): GuardCase => ({ name, wants, seeds, make: mixed({ ...QUICK, shapes: [shape] }), faultsOf });
  const botnet = { shape: 'botnet', addresses: 1_000, rampSeconds: 1 } as const;
  const rotating = 'rotating agents, networks';
  const atHome = { shape: 'rotating-agents', networksHoldViewers: true } as const;
  const refused = `${ROTATING_PERCENT} % refused from second ${ROTATING_SECONDS} on, no viewer blocked`;
  const printed = 'no viewer blocked (share printed)';
  const devices = { shape: 'home-devices', addresses: 200 } as const;
  const judged = [
    attack('single source', DOWN, 'single-source', both(falls, nobody, all)),
    attack('botnet, 1,000 addresses at once', DOWN, botnet, both(falls, nobody)),
    attack('cache-busting', DOWN, 'cache-busting', both(falls, nobody)),
    attack('manifest hammering', DOWN, 'manifest-hammering', both(falls, nobody)),
  ];
  const slow = judged.map((one): GuardCase => {
    const name = `${one.name}, ${SLOW_EDGE_MS / 1_000} s to the edge`;
    return { ...one, name, wants: printed, delayMs: SLOW_EDGE_MS, faultsOf: nobody };
  });
  return [
    ...judged,
    ...slow,
    attack(
      'one /64, a million addresses',
      'one entry, no viewer',
      'one-slash-64',
      both(one, nobody),
    ),
    attack(`${rotating} without viewers`, refused, 'rotating-agents', both(mitigated, nobody)),
    {
      ...attack(
        `${rotating} without viewers, crowd of 50,000`,
        refused,
        'rotating-agents',
        both(mitigated, nobody),
      ),
      // A guard that knows networks by 16 bits of a hash takes most of its networks for watched.
      make: mixed({ ...QUICK, viewers: 50_000, crowd: 'lean', shapes: ['rotating-agents'] }),
      // Its lines are millions.
      seeds: 1,
    },
    attack(`${rotating} with viewers`, printed, atHome, nobody),
    {
      ...attack('slow scrapers, 15 minutes', printed, 'slow-scrapers', nobody),
      // Who is slow is known by what he does for five minutes and more.
      make: mixed({ ...QUICK, minutes: 15, shapes: ['slow-scrapers'] }),
    },
    attack('bots behind a CGNAT of 5,000 viewers', 'no viewer blocked', 'behind-cgnat', nobody),
    attack('home devices, 200 addresses', 'share and viewers printed', devices, () => []),
  ];
}

function crowdCases({ seeds, flashViewers }: Size): GuardCase[] {
  const crowd = (
    name: string,
    options: Omit<MixOptions, 'seed' | 'startAtMs'>,
    faultsOf = nobody,
    wants = NOBODY,
  ): GuardCase => ({ name, wants, seeds, make: mixed(options), faultsOf });
  const flash = { viewers: flashViewers, minutes: 1.5, crowd: 'lean' } as const;
  const withBots = [both(nobody, nearlyAll), 'botnet blocked, no viewer'] as const;
  const botnet = { shape: 'botnet', addresses: 500, rampSeconds: 1 } as const;
  const failing = { shape: 'origin-failure-with-botnet', addresses: 300, rampSeconds: 5 } as const;
  return [
    {
      ...crowd(`flash crowd, 0 to ${flashViewers.toLocaleString('en')} in 60 s`, {
        ...flash,
        shapes: ['flash-crowd'],
      }),
      seeds: flashViewers > 100_000 ? 1 : seeds,
    },
    crowd(
      'flash crowd of 50,000, botnet of 500 on top',
      { viewers: 50_000, minutes: 2, shapes: ['flash-crowd', botnet] },
      ...withBots,
    ),
    crowd('crowd of 5,000 and a CGNAT of 5,000', {
      viewers: 5_000,
      minutes: 8,
      shapes: [],
      cgnat: 5_000,
    }),
    crowd('origin fails for 42 minutes', {
      viewers: 1_000,
      minutes: 45,
      shapes: ['origin-failure'],
    }),
    crowd(
      'origin fails, botnet of 300 on top',
      { viewers: 1_000, minutes: 6, shapes: [failing] },
      ...withBots,
    ),
  ];
}

/** Nobody has media, and everybody asks: for most of an evening once, and with bots in between. */
function lateCases({ seeds, waiting = 5_000 }: Size): GuardCase[] {
  const people = { viewers: waiting / 5, cgnat: waiting, crowd: 'lean' } as const;
  const botnet = { shape: 'botnet', addresses: 300, rampSeconds: 5 } as const;
  const late = (what: string, shape: 'late-start' | 'stall'): GuardCase[] => [
    {
      // Its lines are millions.
      ...{ name: `late start, ${what}`, wants: NOBODY, seeds: 1 },
      make: mixed({ ...people, minutes: 48, shapes: [shape] }),
      faultsOf: nobody,
    },
    {
      ...{ name: `late start, ${what}, botnet of 300 on top`, seeds },
      wants: 'botnet blocked, no viewer',
      make: mixed({ ...people, minutes: 10, shapes: [shape, botnet] }),
      faultsOf: both(nobody, nearlyAll),
    },
  ];
  return [
    ...late('playlists 404', 'late-start'),
    ...late('playlists stand still', 'stall'),
    {
      ...{ name: 'stream stands still in the middle', wants: NOBODY, seeds },
      make: mixed({ ...people, minutes: 15, shapes: [{ shape: 'stall', fromSecond: 240 }] }),
      faultsOf: nobody,
    },
  ];
}

function pausingCase(seeds: number): GuardCase {
  const name = 'LL-HLS, people pause';
  return { name, wants: NOBODY, seeds, make: pausingNight, faultsOf: nobody };
}

function worldCupCase(curve: string | undefined): GuardCase {
  return {
    name: 'World Cup 1998, the hours around the busiest minute',
    wants: NOBODY,
    seeds: 1,
    make: (seed) => (curve === undefined ? undefined : worldCupNight(seed, curve)),
    faultsOf: nobody,
  };
}
