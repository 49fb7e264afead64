/**
 * A live event with attacks in it: the lines of a crowd and of attacks as one stream by time, each tagged with who
 * sent it, and the truth of both. A crowd of up to 100,000 is that of local/crowd, whose views are known exactly;
 * more, or a flash crowd, are lean: then it is known how many people are behind each source, and no more.
 */
import { type Crowd, type Outage, type Truth, makeCrowd } from '../crowd/crowd';
import {
  type Attack,
  type AttackOptions,
  type AttackShape,
  BOT_SHAPES,
  FAILURE_SECONDS,
  type Judge,
  type Offender,
  kickOffMs,
  makeAttack,
  makeFailingCrowd,
  makeFlashCrowd,
  troubleOf,
} from './attack';
import { Chance } from '../crowd/chance';
import { failingJudge } from './failing';
import { LATE_SHAPES, type Wait, waitOf } from './late';
import type { LeanCrowd, LeanTruth } from './lean-crowd';
import { mergeByTime } from './merge';

/** An attack with what it wants otherwise; it begins at kick-off unless `fromSecond` says so. */
export type MixedShape =
  | AttackShape
  | (Partial<Omit<AttackOptions, 'startAtMs'>> & {
      readonly shape: AttackShape;
      /** after the first moment of the event */
      readonly fromSecond?: number;
    });

export interface MixOptions {
  readonly seed: number;
  readonly viewers: number;
  readonly minutes: number;
  readonly startAtMs: number;
  readonly shapes: readonly MixedShape[];
  /** People behind one address besides `viewers`. @default 5,000 with behind-cgnat, else 0 */
  readonly cgnat?: number;
  /** @default by the shapes and the number of viewers */
  readonly crowd?: 'exact' | 'lean';
  /** @default 409 */
  readonly blockStatus?: number;
}

export interface MixedLine {
  /** from 0 */
  readonly n: number;
  /** when the edge delivers it */
  readonly atMs: number;
  /** with its newline */
  readonly line: string;
  /** an IPv4 address, or a /64 */
  readonly source: string;
  readonly isAttack: boolean;
  /** Of a person; neither viewer nor attack are the machines that come to every event. */
  readonly isViewer: boolean;
}

export interface MixedTruth {
  /** Of the crowd of local/crowd, its machines among them. */
  readonly crowd: Truth | undefined;
  readonly lean: LeanTruth | undefined;
  readonly attacks: readonly {
    readonly shape: AttackShape;
    readonly offenders: readonly Offender[];
  }[];
}

export interface MixedEvent {
  /** What turnout.json holds for this event. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly startAtMs: number;
  readonly kickOffAtMs: number;
  readonly endAtMs: number;
  /**
   * By rising `atMs`, the same each time. `answer` is asked at the moment of each request, of viewers too; of
   * each part of the event one request may have been answered before lines that come before it were taken.
   */
  lines(answer?: Judge): Generator<MixedLine, void, undefined>;
  /** How many people are behind each source that has any. */
  viewerSources(): ReadonlyMap<string, number>;
  /** The address of the people of `cgnat`. */
  readonly cgnatSource: string | undefined;
  /** Of the lines that were taken since lines() was last called. */
  truth(): MixedTruth;
}

const EXACT_VIEWERS_MAX = 100_000;
const CGNAT = 5000;

type Lines = (judge?: Judge) => Generator<MixedLine, void, undefined>;

/** A crowd of either sort. */
interface Part {
  readonly lines: Lines;
  readonly people: ReadonlyMap<string, number>;
  readonly cgnatSource: string | undefined;
  readonly truth: () => Pick<MixedTruth, 'crowd' | 'lean'>;
}

export function mixEvent(options: MixOptions): MixedEvent {
  const { startAtMs, minutes, blockStatus = 409 } = options;
  const shapes = options.shapes.map((shape) => (typeof shape === 'string' ? { shape } : shape));
  const names = new Set(shapes.map(({ shape }) => shape));
  const wait = findWait(shapes, minutes * 60);
  const kickOffAtMs = startAtMs + kickOffMs(minutes * 60);
  const endAtMs = startAtMs + Math.round(minutes * 60_000);
  const crowd = openCrowd(options, names, wait);
  const attacks = openAttacks(options, shapes, { crowd, wait });
  return {
    config: {
      // Of any crowd of this time: contents and windows do not depend on who comes.
      ...makeCrowd({ seed: 0, viewers: 1, minutes, startAtMs }).config,
      blockStatus,
      guard: { blockPrivate: true },
    },
    startAtMs,
    kickOffAtMs,
    endAtMs,
    *lines(judge) {
      let n = 0;
      // What fails for the crowd fails for the bots.
      const outage = { fromAtMs: kickOffAtMs, toAtMs: kickOffAtMs + FAILURE_SECONDS * 1000 };
      const chance = new Chance(options.seed + 11);
      const judgeBots = isFailing(names) ? failingJudge(judge, chance, outage) : judge;
      const bots = attacks.map((attack) => linesOfAttack(attack, judgeBots));
      const parts = [crowd.lines(judge), ...bots];
      // Named one by one: to spread an object costs more than all the rest here.
      for (const { atMs, line, source, isAttack, isViewer } of mergeByTime(parts)) {
        yield { n, atMs, line, source, isAttack, isViewer };
        n += 1;
      }
    },
    viewerSources: () => crowd.people,
    cgnatSource: crowd.cgnatSource,
    truth: () => ({
      ...crowd.truth(),
      attacks: attacks.map((attack) => ({ shape: attack.shape, offenders: attack.sources() })),
    }),
  };
}

function isFailing(names: ReadonlySet<AttackShape>): boolean {
  return [...names].some((name) => troubleOf(name) === 'origin-failure');
}

/** When the stream is not there, if a shape says so. A crowd has one trouble at a time. */
function findWait(shapes: readonly Exclude<MixedShape, string>[], seconds: number) {
  const troubles = shapes.flatMap(({ shape }) => troubleOf(shape) ?? []);
  if (new Set(troubles).size > 1) {
    throw new Error(`shapes of an event: got ${troubles.join(' and ')}, expected one of them`);
  }
  const late = LATE_SHAPES.find((name) => name === troubles[0]);
  const fromSecond = shapes.find(({ shape }) => shape === late)?.fromSecond;
  return late && waitOf(late, { seconds, fromSecond });
}

function openCrowd(
  options: MixOptions,
  names: ReadonlySet<AttackShape>,
  wait: Wait | undefined,
): Part {
  const { seed, viewers, minutes, startAtMs, blockStatus } = options;
  const isFlash = names.has('flash-crowd');
  const hasOutage = isFailing(names) || wait !== undefined;
  const cgnat = options.cgnat ?? (names.has('behind-cgnat') ? CGNAT : 0);
  const isLean =
    options.crowd === 'lean' ||
    (options.crowd === undefined && (isFlash || viewers > EXACT_VIEWERS_MAX));
  if (isLean) {
    const all = {
      seed,
      startAtMs,
      seconds: minutes * 60,
      viewers: viewers + cgnat,
      cgnat,
      blockStatus,
    };
    return partOfLean(
      hasOutage
        ? makeFailingCrowd({ ...all, shape: 'origin-failure' }, wait)
        : makeFlashCrowd({ ...all, ...arrivalOf(isFlash, minutes), shape: 'flash-crowd' }),
    );
  }
  const fromSecond = kickOffMs(minutes * 60) / 1000;
  return partOfExact(
    makeCrowd({
      seed,
      viewers,
      minutes,
      startAtMs,
      cgnat,
      blockStatus,
      flashSeconds: isFlash ? 60 : undefined,
      outage: hasOutage ? { ...outageOf(wait, fromSecond), reloads: true } : undefined,
    }),
  );
}

function outageOf(wait: Wait | undefined, kickOffSecond: number): Outage {
  if (wait === undefined) {
    return { fromSecond: kickOffSecond, seconds: FAILURE_SECONDS, shape: '5xx' };
  }
  const { shape, fromMs, toMs } = wait;
  return { fromSecond: fromMs / 1000, seconds: (toMs - fromMs) / 1000, shape };
}

/** In a minute from kick-off; on other evenings from the first moment to as long after kick-off. */
function arrivalOf(isFlash: boolean, minutes: number): { fromMs: number; rampSeconds: number } {
  const fromMs = kickOffMs(minutes * 60);
  return isFlash ? { fromMs, rampSeconds: 60 } : { fromMs: 0, rampSeconds: (2 * fromMs) / 1000 };
}

function partOfExact(crowd: Crowd): Part {
  return {
    *lines(judge) {
      for (const { n, atMs, line, client } of crowd.lines(judge)) {
        const { source } = client.network;
        yield { n, atMs, line, source, isAttack: false, isViewer: client.isPerson };
      }
    },
    people: crowd.people(),
    cgnatSource: crowd.cgnatSource(),
    truth: () => ({ crowd: crowd.truth(), lean: undefined }),
  };
}

function partOfLean(crowd: LeanCrowd): Part {
  return {
    *lines(judge) {
      for (const { n, atMs, line, source } of crowd.lines(judge)) {
        yield { n, atMs, line, source, isAttack: false, isViewer: true };
      }
    },
    people: crowd.people(),
    cgnatSource: crowd.cgnatSource,
    truth: () => ({ crowd: undefined, lean: crowd.truth() }),
  };
}

/** All shapes that are attacks; those that are crowds have made the crowd what it is. */
function openAttacks(
  options: MixOptions,
  shapes: readonly Exclude<MixedShape, string>[],
  { crowd, wait }: { crowd: Part; wait: Wait | undefined },
): Attack[] {
  const { seed, minutes, startAtMs, blockStatus } = options;
  const taken = new Set<string>();
  return shapes.flatMap(({ fromSecond = kickOffMs(minutes * 60) / 1000, ...own }, n) => {
    const shape = own.shape === 'origin-failure-with-botnet' ? 'botnet' : own.shape;
    if (!BOT_SHAPES.some((name) => name === shape)) return [];
    const rest = minutes * 60 - fromSecond;
    return makeAttack({
      homes: crowd.people,
      cgnatSource: crowd.cgnatSource,
      wait: wait && laterBy(wait, Math.round(fromSecond * 1000)),
      taken,
      blockStatus,
      ...own,
      seed: own.seed ?? seed + 101 * (n + 1),
      shape,
      startAtMs: startAtMs + Math.round(fromSecond * 1000),
      seconds: Math.min(rest, own.seconds ?? rest),
    });
  });
}

/** The same time, by the clock of an attack. */
function laterBy({ shape, fromMs, toMs }: Wait, ms: number): Wait {
  return { shape, fromMs: fromMs - ms, toMs: toMs - ms };
}

function* linesOfAttack(attack: Attack, judge: Judge | undefined): Generator<MixedLine> {
  for (const { n, atMs, line, source } of attack.lines(judge)) {
    yield { n, atMs, line, source, isAttack: true, isViewer: false };
  }
}
