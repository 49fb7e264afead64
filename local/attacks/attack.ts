/**
 * Attacks that never were, as the edge would log them, with the truth of who did what. Seeded and lazy. Like the
 * crowd they know nothing of Turnout. Some shapes are no attacks but crowds that look like one: a flash crowd,
 * everybody reloading while the origin fails, and everybody waiting for a stream that begins late.
 */
import type { Judge } from '../crowd/answer';
import { Chance } from '../crowd/chance';
import { type BotShape, makeBots } from './bots';
import { BotNetworks, type Homes, NO_HOMES } from './bot-networks';
import { failingJudge } from './failing';
import { LATE_SHAPES, type LateShape, type Wait, waitOf } from './late';
import { makeLeanCrowd, type LeanCrowd } from './lean-crowd';
import type { Failure } from './lean-player';
import { mergeByTime } from './merge';
import { type Offender, OffenderBook } from './offenders';
import { flashSchedule, kickOffMs } from './schedule';
import { fight } from './swarm';

export { kickOffMs };
export type { Judge, Offender };

export const BOT_SHAPES: readonly BotShape[] = [
  'single-source',
  'botnet',
  'rotating-agents',
  'one-slash-64',
  'cache-busting',
  'manifest-hammering',
  'slow-scrapers',
  'behind-cgnat',
  'home-devices',
];
export const CROWD_SHAPES = ['flash-crowd', 'origin-failure', ...LATE_SHAPES] as const;
export type CrowdShape = (typeof CROWD_SHAPES)[number];
export type AttackShape = BotShape | CrowdShape | 'origin-failure-with-botnet';
export const SHAPES: readonly AttackShape[] = [
  ...BOT_SHAPES,
  ...CROWD_SHAPES,
  'origin-failure-with-botnet',
];

/** What a shape does to the stream itself, if anything. An event has one such trouble at most. */
export function troubleOf(shape: AttackShape): 'origin-failure' | LateShape | undefined {
  if (shape === 'origin-failure-with-botnet') return 'origin-failure';
  return shape === 'origin-failure' ? shape : LATE_SHAPES.find((late) => late === shape);
}

export interface AttackOptions {
  readonly seed: number;
  readonly shape: AttackShape;
  /** The first moment, whole milliseconds since the epoch. */
  readonly startAtMs: number;
  readonly seconds: number;
  /** Of sources or viewers; of single-source: of its rate. @default 1 */
  readonly scale?: number;
  /** Sources, before `scale`, where the shape has many. */
  readonly addresses?: number | undefined;
  /** Requests of each source. */
  readonly perSecond?: number | undefined;
  /** Of each source of a botnet, which is then gone. @default without end */
  readonly requestsMax?: number | undefined;
  /** In which the sources begin one by one. */
  readonly rampSeconds?: number | undefined;
  /** Of people, before `scale`, in the shapes that are crowds. @default 1,000,000 and 100,000 */
  readonly viewers?: number | undefined;
  /** Status of what is refused. @default 409 */
  readonly blockStatus?: number | undefined;
  /** Viewers of each source of the crowd: bots live beside them, and are none of them unless the shape says so. */
  readonly homes?: Homes | undefined;
  /** The address that the bots of behind-cgnat share. */
  readonly cgnatSource?: string | undefined;
  /** Whether the networks of rotating-agents are those where viewers live. @default false */
  readonly networksHoldViewers?: boolean | undefined;
  /** When the stream is not there for bots. */
  readonly wait?: Wait | undefined;
  /** Sources that other attacks have; grows. */
  readonly taken?: Set<string> | undefined;
}

export interface AttackLine {
  /** from 0 */
  readonly n: number;
  readonly atMs: number;
  /** with its newline */
  readonly line: string;
  /** an IPv4 address, or a /64 */
  readonly source: string;
  /** False in the shapes that are crowds. */
  readonly isAttack: boolean;
}

export interface Attack {
  readonly shape: AttackShape;
  /** By rising `atMs`, the same each time; `answer` is asked at the moment of each request. */
  lines(answer?: Judge): Generator<AttackLine, void, undefined>;
  /** Of the lines that were taken since lines() was last called. */
  sources(): readonly Offender[];
  /** Viewers of each source, in the shapes that are crowds. */
  people(): ReadonlyMap<string, number>;
}

const SECONDS_MAX = 86_400;
/** Of the 42 minutes that the world waited in 2024. */
export const FAILURE_SECONDS = 42 * 60;
const FLASH_SECONDS = 60;

export function makeAttack(options: AttackOptions): Attack {
  checkOptions(options);
  switch (options.shape) {
    case 'flash-crowd':
      return attackOfCrowd(options, makeFlashCrowd(options));
    case 'origin-failure':
      return attackOfCrowd(options, makeFailingCrowd(options));
    case 'late-start':
    case 'stall':
      return attackOfCrowd(options, makeFailingCrowd(options, waitOf(options.shape, options)));
    case 'origin-failure-with-botnet':
      return makeFailureWithBotnet(options);
    default:
      return attackOfBots(options, options.shape);
  }
}

function attackOfBots(options: AttackOptions, shape: BotShape): Attack {
  const { seed, startAtMs, seconds, scale = 1, rampSeconds, blockStatus = 409 } = options;
  const { homes = NO_HOMES, networksHoldViewers = false, taken = new Set<string>() } = options;
  const { wait } = options;
  const chance = new Chance(seed ^ (BOT_SHAPES.indexOf(shape) << 24));
  const lengthMs = Math.round(seconds * 1000);
  const { bots, names } = makeBots(shape, {
    chance,
    networks: new BotNetworks(chance, homes, taken),
    lengthMs,
    scale,
    addresses: options.addresses,
    perSecond: options.perSecond,
    requestsMax: options.requestsMax,
    rampMs: rampSeconds === undefined ? undefined : rampSeconds * 1000,
    networksHoldViewers,
    cgnatSource: options.cgnatSource,
    hasHomes: homes.size > 0,
  });
  let book = new OffenderBook(names);
  return {
    shape,
    lines: (judge) => {
      book = new OffenderBook(names);
      const status = String(blockStatus);
      const stage = { chance: new Chance(seed + 7), startAtMs, lengthMs, blockStatus: status };
      return fight(bots, { ...stage, book, judge, wait });
    },
    sources: () => book.report(),
    people: () => new Map(),
  };
}

function attackOfCrowd({ shape }: AttackOptions, crowd: LeanCrowd): Attack {
  return {
    shape,
    lines: (judge) => crowd.lines(judge),
    sources: () => [],
    people: () => crowd.people(),
  };
}

/** From nobody to all in a minute. */
export function makeFlashCrowd(
  options: AttackOptions & { cgnat?: number; fromMs?: number },
): LeanCrowd {
  const { seed, startAtMs, seconds, scale = 1, viewers = 1_000_000 } = options;
  const endMs = Math.round(seconds * 1000);
  const { fromMs = 0 } = options;
  const rampMs = Math.min(endMs - fromMs, (options.rampSeconds ?? FLASH_SECONDS) * 1000);
  const count = Math.max(1, Math.round(viewers * scale));
  const schedule = flashSchedule(new Chance(seed), count, { fromMs, rampMs, endMs });
  const { blockStatus, cgnat } = options;
  return makeLeanCrowd({
    seed,
    startAtMs,
    endAtMs: startAtMs + endMs,
    schedule,
    blockStatus,
    cgnat,
  });
}

/** Without `wait` the origin fails, from kick-off on. */
export function makeFailingCrowd(
  options: AttackOptions & { cgnat?: number },
  wait?: Wait,
): LeanCrowd {
  const { seed, startAtMs, seconds, scale = 1, viewers = 100_000 } = options;
  const endMs = Math.round(seconds * 1000);
  const fromMs = kickOffMs(seconds);
  const count = Math.max(1, Math.round(viewers * scale));
  // Some come before the start, and as many again while it fails.
  const rampMs = Math.min(endMs, 2 * fromMs);
  const schedule = flashSchedule(new Chance(seed), count, { fromMs: 0, rampMs, endMs });
  const outage: Failure = { shape: '5xx', fromMs, toMs: fromMs + FAILURE_SECONDS * 1000 };
  const failure = wait ?? outage;
  const { blockStatus, cgnat } = options;
  const endAtMs = startAtMs + endMs;
  return makeLeanCrowd({ seed, startAtMs, endAtMs, schedule, failure, blockStatus, cgnat });
}

function makeFailureWithBotnet(options: AttackOptions): Attack {
  const crowd = makeFailingCrowd(options);
  const people = crowd.people();
  const delayMs = kickOffMs(options.seconds);
  const fromAtMs = options.startAtMs + delayMs;
  const outage = { fromAtMs, toAtMs: fromAtMs + FAILURE_SECONDS * 1000 };
  const botnet = attackOfBots(
    {
      ...options,
      startAtMs: fromAtMs,
      seconds: options.seconds - delayMs / 1000,
      homes: people,
    },
    'botnet',
  );
  return {
    shape: options.shape,
    *lines(judge) {
      let n = 0;
      const failing = failingJudge(judge, new Chance(options.seed + 11), outage);
      for (const line of mergeByTime<AttackLine>([crowd.lines(judge), botnet.lines(failing)])) {
        yield { ...line, n };
        n += 1;
      }
    },
    sources: () => botnet.sources(),
    people: () => people,
  };
}

function checkOptions({ seed, shape, startAtMs, seconds, scale = 1 }: AttackOptions): void {
  const wrong = (name: string, got: unknown, expected: string) =>
    new Error(`${name} of an attack: got ${String(got)}, expected ${expected}`);
  if (!Number.isSafeInteger(seed)) throw wrong('seed', seed, 'a whole number');
  if (!SHAPES.includes(shape)) throw wrong('shape', shape, `one of ${SHAPES.join(', ')}`);
  if (!Number.isSafeInteger(startAtMs) || startAtMs < 0) {
    throw wrong('startAtMs', startAtMs, 'whole milliseconds since the epoch');
  }
  if (!(seconds >= 1 && seconds <= SECONDS_MAX)) {
    throw wrong('seconds', seconds, `a number from 1 to ${SECONDS_MAX}`);
  }
  if (!(scale > 0)) throw wrong('scale', scale, 'a number above 0');
}
