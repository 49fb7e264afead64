import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Outage } from '../../local/crowd/crowd';
import { readJson } from './json-file';
import { UsageError } from './errors';
import { type AttackPlan, planAttack } from './start-attack-plan';
import { type FromPlan, loadFrom, planFrom } from './start-from';
import { DEFAULTS, type Speed, type StartOptions, checkTogether } from './start-options';
import { peopleOf } from './start-shapes';

/** All that decides what a run counts. It is kept, so that a restart goes on with the same. */
export type Plan = CrowdPlan | ReplayPlan;

interface AnyPlan {
  /** @default what the rig makes itself */
  readonly from?: FromPlan;
}

export interface CrowdPlan extends AnyPlan {
  readonly kind: 'crowd';
  readonly viewers: number;
  readonly minutes: number;
  readonly seed: number;
  readonly speed: number;
  readonly outage?: Outage;
  readonly attack?: AttackPlan;
  readonly startAtMs: number;
}

export interface ReplayPlan extends AnyPlan {
  readonly kind: 'replay';
  /** absolute */
  readonly file: string;
  readonly bytes: number;
  readonly speed: Speed;
  /** what turnout.json holds */
  readonly config: unknown;
}

/** `{"version":1,"plan":{...}}` */
const FILE = 'rig.json';
const VERSION = 1;
const CONFIG_DEFAULT = 'turnout.json';
const MINUTE_MS = 60_000;
const START_STEP_MS = 5 * MINUTE_MS;

/** The plan that the directory keeps, or a new one. */
export function choosePlan(options: StartOptions, nowMs: number): Plan {
  checkTogether(options);
  const attack = planAttack(options, options.minutes ?? DEFAULTS.minutes);
  const { keep } = options;
  const kept = keep === undefined ? undefined : loadPlan(keep);
  if (kept === undefined) return makePlan(options, attack, nowMs);
  checkSame(kept, options, join(keep!, FILE));
  return kept;
}

/** Written once: what a run was begun with holds to its end. */
export function savePlan(dir: string, plan: Plan): void {
  const path = join(dir, FILE);
  if (existsSync(path)) return;
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${path}.draft`, `${JSON.stringify({ version: VERSION, plan }, null, 2)}\n`);
  renameSync(`${path}.draft`, path);
}

function makePlan(options: StartOptions, attack: AttackPlan | undefined, nowMs: number): Plan {
  const { replay, outage } = options;
  const from = planFrom(options);
  if (replay !== undefined) {
    const file = resolve(replay);
    const config = from ? JSON.parse(loadFrom(from).settingsText) : readConfig(options.config);
    const { speed = 'max' } = options;
    return { kind: 'replay', file, bytes: sizeOf(file), speed, config, ...(from && { from }) };
  }
  const usual = { ...DEFAULTS, viewers: peopleOf(options.attack ?? []) ?? DEFAULTS.viewers };
  const { viewers, minutes, seed, speed } = { ...usual, ...options };
  if (options.config !== undefined) throw new UsageError('--config is for --replay alone');
  if (speed === 'max') throw new UsageError('--speed max is for --replay alone');
  if (outage !== undefined && outage.fromSecond >= minutes * 60) {
    throw new UsageError(
      `--outage begins at second ${outage.fromSecond}, expected before the end at ${minutes * 60}`,
    );
  }
  return {
    kind: 'crowd',
    viewers,
    minutes,
    seed,
    speed,
    ...(outage && { outage }),
    ...(attack && { attack }),
    ...(from && { from }),
    startAtMs: startOf(minutes, speed, nowMs),
  };
}

/**
 * When the event begins by its own clock. A line must not be from the future when it arrives, so an event
 * that is played faster than the clock began earlier, and ends now. It begins with whole five minutes, as
 * the segments of the crowd's stream come in a pattern of 150 seconds: so one seed gives the same figures
 * whenever it is played.
 */
function startOf(minutes: number, speed: number, nowMs: number): number {
  const aheadMs = Math.max(0, minutes * MINUTE_MS * (1 - 1 / speed));
  return Math.floor((nowMs - aheadMs) / START_STEP_MS) * START_STEP_MS;
}

function loadPlan(dir: string): Plan | undefined {
  const path = join(dir, FILE);
  if (existsSync(path)) {
    const { version, plan } = readJson(path) as { version?: unknown; plan: Plan };
    if (version === VERSION) return plan;
    throw new Error(`${path} has version ${String(version)}, expected ${VERSION}`);
  }
  const isFree = !existsSync(dir) || (statSync(dir).isDirectory() && readdirSync(dir).length === 0);
  if (isFree) return undefined;
  throw new UsageError(`--keep ${dir}: expected a new or empty directory, or one with ${FILE}`);
}

/** What a restart says again must be what it was. */
function checkSame(plan: Plan, options: StartOptions, path: string): void {
  if (plan.kind === 'crowd' && plan.attack !== undefined) {
    // Who was refused then is in no plan, so the event could not be made again.
    throw new UsageError(`${path} keeps an attack, which cannot go on: name another directory`);
  }
  const said: Record<string, unknown> = {
    viewers: options.viewers,
    minutes: options.minutes,
    seed: options.seed,
    speed: options.speed,
    outage: options.outage,
    attack: options.attack,
    replay: options.replay && resolve(options.replay),
    from: planFrom(options),
    config: options.config && readConfig(options.config),
  };
  const kept: Record<string, unknown> =
    plan.kind === 'replay' ? { ...plan, replay: plan.file } : { ...plan };
  for (const [name, value] of Object.entries(said)) {
    if (value === undefined || JSON.stringify(value) === JSON.stringify(kept[name])) continue;
    const has = kept[name] === undefined ? `no ${name}` : `${name} ${tell(kept[name])}`;
    throw new UsageError(
      `${path} keeps a run with ${has}, got ${tell(value)}: ` +
        `leave --${name} out to go on with it, or name another directory`,
    );
  }
  if (plan.kind === 'replay' && sizeOf(plan.file) !== plan.bytes) {
    throw new Error(
      `${plan.file} has ${sizeOf(plan.file)} bytes, expected ${plan.bytes}: it has changed since`,
    );
  }
}

function tell(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readConfig(path: string | undefined): unknown {
  if (path === undefined && !existsSync(CONFIG_DEFAULT)) return {};
  return readJson(path ?? CONFIG_DEFAULT);
}

function sizeOf(path: string): number {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  const stat = statSync(path);
  if (!stat.isFile()) throw new Error(`${path} is no file; a replay reads one log`);
  return stat.size;
}
