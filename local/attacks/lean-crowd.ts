/**
 * A crowd for millions: HLS players in homes and behind carriers, with the start-up burst of each and the
 * reloads of all. It knows how many people are behind each source, and not what each of them saw: for that
 * there is local/crowd.
 */
import type { Judge } from '../crowd/answer';
import { addressOf } from '../crowd/addresses';
import { Chance } from '../crowd/chance';
import { makeAsk, renderAsk } from './edge-text';
import { LowLatencyPlayers } from './lean-low-latency';
import { LeanPeople } from './lean-people';
import { type Failure, LeanPlayers } from './lean-player';
import type { Schedule } from './schedule';
import { Wheel } from './wheel';

export interface LeanOptions {
  readonly seed: number;
  readonly startAtMs: number;
  /** nobody asks for anything from here on */
  readonly endAtMs: number;
  readonly schedule: Schedule;
  readonly failure?: Failure | undefined;
  /** So many of the people are behind one address. */
  readonly cgnat?: number | undefined;
  /** The stream comes in parts of so long, its people pause now and then, and it never fails. */
  readonly partMs?: number | undefined;
  /** @default 409 */
  readonly blockStatus?: number | undefined;
}

export interface LeanLine {
  /** from 0 */
  readonly n: number;
  readonly atMs: number;
  /** with its newline */
  readonly line: string;
  readonly source: string;
  readonly isAttack: false;
}

export interface LeanTruth {
  readonly lines: number;
  /** Who asked for something. */
  readonly arrived: number;
  /** Who got at least one segment. */
  readonly played: number;
}

export interface LeanCrowd {
  /** By rising `atMs`, the same each time. `judge` is an edge that refuses, or an origin that fails. */
  lines(judge?: Judge): Generator<LeanLine, void, undefined>;
  /** How many people are behind each source. */
  people(): ReadonlyMap<string, number>;
  /** Of the people of `cgnat`; undefined without. */
  readonly cgnatSource: string | undefined;
  /** Of the lines that were taken since lines() was last called. */
  truth(): LeanTruth;
}

export function makeLeanCrowd(options: LeanOptions): LeanCrowd {
  const { seed, schedule, cgnat } = options;
  const { length } = schedule.arriveMs;
  const people = new LeanPeople(new Chance(seed), length, cgnat);
  let truth = { lines: 0, arrived: 0, played: 0 };
  return {
    lines: (judge) => {
      truth = { lines: 0, arrived: 0, played: 0 };
      return play(options, people, { truth, judge });
    },
    people: () => people.sources(),
    cgnatSource: people.cgnatSource,
    truth: () => ({ ...truth }),
  };
}

interface Watch {
  readonly truth: { lines: number; arrived: number; played: number };
  readonly judge: Judge | undefined;
}

function* play(
  options: LeanOptions,
  people: LeanPeople,
  { truth, judge }: Watch,
): Generator<LeanLine, void, undefined> {
  const { seed, startAtMs, endAtMs, failure, partMs, blockStatus = 409 } = options;
  const { arriveMs, leaveMs } = options.schedule;
  const chance = new Chance(seed + 1);
  const sessionId = (one: number) => people.sessionId(one);
  const stage = { chance, startAtMs, failure, blockStatus: String(blockStatus), sessionId };
  const players =
    partMs === undefined
      ? new LeanPlayers(stage, people.count)
      : new LowLatencyPlayers(stage, people.count, partMs);
  const wheel = new Wheel(people.count);
  arriveMs.forEach((atMs, one) => wheel.push(one, atMs));
  const hasCome = new Uint8Array(people.count);
  const ask = makeAsk();
  for (let one = wheel.shift(); one !== -1; one = wheel.shift()) {
    const nowMs = wheel.now;
    const atMs = startAtMs + nowMs;
    if (atMs >= endAtMs) return;
    if (nowMs >= leaveMs[one]!) continue;
    if (hasCome[one] === 0) {
      hasCome[one] = 1;
      truth.arrived += 1;
    }
    const network = people.networkAt(one);
    const { source } = network;
    const verdict = judge === undefined ? 'served' : judge(source, atMs);
    const waitMs = players.step(one, nowMs, verdict, ask);
    if (waitMs > 0) wheel.push(one, nowMs + waitMs);
    truth.played = players.played;
    const asker = {
      address: addressOf(network, chance),
      edgeAndAgent: people.edgeAndAgent(one),
      countryAndAsn: people.countryAndAsn(one),
    };
    const line = renderAsk(ask, atMs, asker);
    yield { n: truth.lines, atMs, line, source, isAttack: false };
    truth.lines += 1;
  }
}
