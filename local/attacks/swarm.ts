/**
 * Bots and the one loop that all active shapes share: each bot asks, sees how it is answered and waits. Most
 * bots go on when they are refused; some back off, twice as long each time, up to a minute.
 */
import { type Network, addressOf } from '../crowd/addresses';
import type { Judge } from '../crowd/answer';
import type { Chance } from '../crowd/chance';
import type { BotAsk } from './bot-asks';
import { type Ask, makeAsk, renderAsk, setAnswer } from './edge-text';
import { type Wait, isAbsent } from './late';
import type { OffenderBook } from './offenders';
import { Wheel } from './wheel';

const SLEEP_MS_MAX = 60_000;

export interface Bot {
  /** where it stands in the book of offenders */
  readonly offender: number;
  readonly network: Network;
  /** With a /64: the low half of each request's address; undefined: chance. */
  readonly lowHalf?: (turn: number) => string;
  readonly edge: string;
  readonly countryAndAsn: string;
  /** As in the log. More than one: another for each request. */
  readonly agents: readonly string[];
  readonly ask: BotAsk;
  /** In milliseconds from the start. */
  readonly fromMs: number;
  /** How long it waits behind its request number `turn`; at least 1. */
  readonly gapMs: (chance: Chance, turn: number) => number;
  readonly turnsMax: number;
  readonly backsOff: boolean;
}

export interface SwarmLine {
  /** from 0 */
  readonly n: number;
  readonly atMs: number;
  /** with its newline */
  readonly line: string;
  readonly source: string;
  readonly isAttack: true;
}

interface Fight {
  readonly chance: Chance;
  readonly startAtMs: number;
  readonly lengthMs: number;
  readonly blockStatus: string;
  readonly book: OffenderBook;
  readonly judge: Judge | undefined;
  /** When the stream is not there. */
  readonly wait?: Wait | undefined;
}

export function* fight(bots: readonly Bot[], stage: Fight): Generator<SwarmLine, void, undefined> {
  const { chance, startAtMs, lengthMs, book, judge, wait } = stage;
  const wheel = new Wheel(bots.length);
  const turns = new Int32Array(bots.length);
  /** how often in a row the bot was refused */
  const refusals = new Uint8Array(bots.length);
  bots.forEach(({ fromMs }, one) => wheel.push(one, fromMs));
  const ask = makeAsk();
  let n = 0;
  for (let one = wheel.shift(); one !== -1; one = wheel.shift()) {
    const nowMs = wheel.now;
    if (nowMs >= lengthMs) return;
    const bot = bots[one]!;
    const { source } = bot.network;
    const atMs = startAtMs + nowMs;
    const turn = turns[one]!;
    bot.ask(ask, chance, { bot: one, turn, atMs });
    const verdict = judge === undefined ? 'served' : judge(source, atMs);
    if (verdict !== 'served') spoil(ask, verdict, stage);
    else if (wait !== undefined && isAbsent(ask, wait, nowMs)) {
      setAnswer(ask, '404', 'Error', 'text/html');
    }
    refusals[one] = verdict === 'refused' ? Math.min(200, refusals[one]! + 1) : 0;
    turns[one] = turn + 1;
    const gapMs = bot.gapMs(chance, turn);
    const sleepMs = bot.backsOff ? backOffMs(refusals[one]!, gapMs) : 0;
    if (turn + 1 < bot.turnsMax) wheel.push(one, nowMs + Math.max(1, gapMs + sleepMs));
    const address = addressAt(bot, turn, chance);
    book.take(bot.offender, { atMs, verdict, address });
    const agent = bot.agents.length === 1 ? bot.agents[0]! : chance.pick(bot.agents);
    const edgeAndAgent = `${bot.edge}\t${agent}`;
    const line = renderAsk(ask, atMs, { address, edgeAndAgent, countryAndAsn: bot.countryAndAsn });
    yield { n, atMs, line, source, isAttack: true };
    n += 1;
  }
}

function spoil(ask: Ask, verdict: 'refused' | 'failed', { chance, blockStatus }: Fight): void {
  if (verdict === 'refused') setAnswer(ask, blockStatus, 'Error', 'text/html');
  else if (chance.bool(0.7)) setAnswer(ask, '503', 'OriginError', 'text/html');
  else setAnswer(ask, '502', 'OriginConnectError', 'text/html');
}

function backOffMs(refused: number, gapMs: number): number {
  return refused === 0 ? 0 : Math.min(SLEEP_MS_MAX, gapMs * 2 ** Math.min(refused, 16));
}

function addressAt({ network, lowHalf }: Bot, turn: number, chance: Chance): string {
  if (lowHalf === undefined || !network.isV6) return addressOf(network, chance);
  return `${network.text}${lowHalf(turn)}`;
}
