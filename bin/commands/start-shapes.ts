import { formatWhole } from '../../lambdas/core/plain-words';
import { InvalidArgumentError } from 'commander';
import { type AttackShape, SHAPES, troubleOf } from '../../local/attacks/attack';
import type { MixedShape } from '../../local/attacks/mix-event';
import { UsageError } from './errors';

/** What a shape is in the wild, and how much of it two cores carry at the speed of the clock. */
interface ShapeFacts {
  /** What it has many of; undefined: it is one source. */
  readonly bots?: Crew;
  /** Of the crowd, where the shape is (also) one. */
  readonly people?: Crew;
  /** Requests of each bot; undefined: its bots have no rate. */
  readonly perSecond?: number;
  /** Whether its bots begin one by one when asked to. */
  readonly hasRamp: boolean;
  /** Whether its bots can be gone after some requests. @default they stay */
  readonly canLeave?: boolean;
  /** Before so many minutes no rule can know it. */
  readonly foundAfterMinutes?: number;
}

interface Crew {
  readonly what: string;
  readonly usual: number;
  /** Of an attack of so many seconds. */
  readonly shown: (seconds: number) => number;
  readonly max?: number;
}

const crew = (what: string, usual: number, shown = usual): Crew => ({
  what,
  usual,
  shown: () => shown,
});

/** Of bots that ask once each, so many requests a second are enough for a screen. */
const ONCE_PER_SECOND = 1_500;

const FACTS: Readonly<Record<AttackShape, ShapeFacts>> = {
  'single-source': { perSecond: 50, hasRamp: true },
  botnet: {
    bots: crew('addresses', 50_000, 1_000),
    perSecond: 3,
    hasRamp: true,
    canLeave: true,
  },
  'rotating-agents': {
    bots: { ...crew('addresses', 10_372), max: 20_000 },
    hasRamp: false,
  },
  'one-slash-64': {
    bots: {
      ...crew('addresses of one /64', 1_000_000),
      shown: (seconds) => Math.min(1_000_000, Math.ceil(ONCE_PER_SECOND * seconds)),
    },
    hasRamp: false,
  },
  'cache-busting': { bots: crew('addresses', 20), perSecond: 20, hasRamp: true },
  'manifest-hammering': { bots: crew('addresses', 50), perSecond: 10, hasRamp: true },
  'slow-scrapers': {
    bots: crew('addresses', 200),
    perSecond: 0.25,
    hasRamp: true,
    foundAfterMinutes: 5,
  },
  'behind-cgnat': { bots: crew('bots', 50), perSecond: 3, hasRamp: true },
  'home-devices': { bots: crew('televisions', 2_000, 600), perSecond: 8, hasRamp: true },
  'flash-crowd': { people: crew('people', 1_000_000, 5_000), hasRamp: false },
  'late-start': { people: crew('people', 100_000, 2_000), hasRamp: false },
  stall: { people: crew('people', 100_000, 2_000), hasRamp: false },
  'origin-failure': { people: crew('people', 100_000, 2_000), hasRamp: false },
  'origin-failure-with-botnet': {
    people: crew('people', 100_000, 1_000),
    bots: crew('addresses', 50_000, 600),
    perSecond: 3,
    hasRamp: true,
    canLeave: true,
  },
};

/** What an attack is to be; what was not said is absent. */
export interface AttackWishes {
  readonly shapes: readonly AttackShape[];
  /** of each shape that has many */
  readonly attackers?: number;
  /** of each bot */
  readonly perSecond?: number;
  readonly rampSeconds?: number;
  /** after which a bot is gone */
  readonly requestsMax?: number;
}

/** `botnet,flash-crowd` */
export function parseShapes(text: string): AttackShape[] {
  const names = text.split(',').map((name) => name.trim());
  const shapes = names.map((name) => SHAPES.find((shape) => shape === name));
  const unknown = names.filter((_, n) => shapes[n] === undefined);
  if (unknown.length > 0) {
    throw new InvalidArgumentError(
      `expected one or more of ${SHAPES.join(', ')} with commas between, got ${unknown.join(', ')}`,
    );
  }
  return [...new Set(shapes as AttackShape[])];
}

/** Whether anybody attacks; else all of it is a crowd that looks like an attack. */
export function hasBots(shapes: readonly AttackShape[]): boolean {
  return shapes.some(
    (shape) => FACTS[shape].bots !== undefined || FACTS[shape].people === undefined,
  );
}

/** People who come if nobody says how many; undefined: as to every event. */
export function peopleOf(shapes: readonly AttackShape[]): number | undefined {
  const counts = shapes.flatMap((shape) => FACTS[shape].people?.shown(0) ?? []);
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/** What would do nothing is no wish. */
export function checkWishes(wishes: AttackWishes): void {
  const { shapes, attackers, perSecond, rampSeconds, requestsMax } = wishes;
  const facts = shapes.map((shape) => FACTS[shape]);
  const names = shapes.join(', ');
  const troubles = new Set(shapes.flatMap((shape) => troubleOf(shape) ?? []));
  if (troubles.size > 1) {
    throw new UsageError(`--attack ${names}: expected one of ${[...troubles].join(', ')}`);
  }
  if (attackers !== undefined && !facts.some(({ bots }) => bots !== undefined)) {
    const instead = facts.some(({ people }) => people) ? ': people come by --viewers' : '';
    throw new UsageError(`--attackers is of shapes with many bots, got ${names}${instead}`);
  }
  const max = Math.min(...facts.map(({ bots }) => bots?.max ?? Infinity));
  if (attackers !== undefined && attackers > max) {
    throw new UsageError(`--attackers of ${names}: expected at most ${max}, got ${attackers}`);
  }
  if (perSecond !== undefined && !facts.some((it) => it.perSecond !== undefined)) {
    throw new UsageError(`--attack-rate is of bots that ask again and again, got ${names}`);
  }
  if (requestsMax !== undefined && !facts.some(({ canLeave }) => canLeave)) {
    throw new UsageError(`--attack-requests is of a botnet, got ${names}`);
  }
  if (rampSeconds !== undefined && !facts.some(({ hasRamp }) => hasRamp)) {
    throw new UsageError(`--attack-ramp is of bots that ask again and again, got ${names}`);
  }
}

/** Shapes as mixEvent takes them, each no larger than the machine carries unless it was asked for. */
export function mixedShapes(wishes: AttackWishes, fromSecond: number | undefined, seconds: number) {
  return wishes.shapes.map((shape): MixedShape => {
    const { rampSeconds, perSecond, requestsMax } = wishes;
    return {
      shape,
      addresses: botsOf(shape, wishes, seconds),
      ...(fromSecond === undefined ? {} : { fromSecond }),
      ...(perSecond === undefined ? {} : { perSecond }),
      ...(rampSeconds === undefined ? {} : { rampSeconds }),
      ...(requestsMax === undefined ? {} : { requestsMax }),
    };
  });
}

function botsOf(shape: AttackShape, wishes: AttackWishes, seconds: number): number | undefined {
  const { bots } = FACTS[shape];
  if (bots === undefined) return undefined;
  if (wishes.attackers !== undefined) return wishes.attackers;
  const shown = bots.shown(seconds);
  // Several attacks share the machine.
  return shown < bots.usual ? Math.ceil(shown / wishes.shapes.length) : shown;
}

/** `botnet: 1,000 of 50,000 addresses, 3 requests/s each`, for each shape. */
export function describeShapes(
  wishes: AttackWishes,
  viewers: number,
  seconds: number,
): readonly string[] {
  return wishes.shapes.map((shape) => {
    const { bots, people, perSecond } = FACTS[shape];
    const rate = wishes.perSecond ?? perSecond;
    const parts = [
      ...(people ? [partText(viewers, people)] : []),
      ...(bots ? [partText(botsOf(shape, wishes, seconds)!, bots)] : []),
    ];
    if (parts.length === 0) parts.push('1 address');
    const each = rate === undefined ? '' : `, about ${rate} requests/s each`;
    return `${shape}: ${parts.join(' and ')}${each}`;
  });
}

function partText(count: number, { what, usual }: Crew): string {
  return count < usual
    ? `${formatWhole(count)} of ${formatWhole(usual)} ${what}`
    : `${formatWhole(count)} ${what}`;
}

/** What who looks on should know: that nothing will be found, before they wait for it. */
export function warningsOf(shapes: readonly AttackShape[], seconds: number): string[] {
  return shapes.flatMap((shape) => {
    const { foundAfterMinutes: minutes } = FACTS[shape];
    if (minutes === undefined || seconds > minutes * 60) return [];
    return `${shape} are found after ${minutes} minutes: the attack lasts ${Math.round(seconds)} s, so say --minutes ${minutes + 3}`;
  });
}
