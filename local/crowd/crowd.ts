/**
 * A live event that never was: people, televisions and machines who come to it, what the edge logs of
 * them, and the truth of what it made. Seeded. It imports nothing of Turnout, so that it cannot agree
 * with the counting by construction. Addresses are of networks that nobody has.
 */
import { type Act, renderLine } from './act';
import { type Judge, Origin, type Outage, REFUSED, UNAVAILABLE } from './answer';
import { Chance } from './chance';
import { type Client, Clients } from './client';
import { type Damage, damageLine } from './damage';
import { machinesOf } from './machines';
import { livePerson, reader } from './people';
import type { Script, Stage } from './player';
import { Queue, type Timed } from './queue';
import { SEGMENT_MS, type Truth, TruthBook } from './truth';

export type { Outage, Truth };

export interface CrowdOptions {
  readonly seed: number;
  /** People who come to watch. Readers of the page and machines come besides. */
  readonly viewers: number;
  /** Length from the first moment to the last, up to a day. */
  readonly minutes: number;
  /** The first moment, whole milliseconds since the epoch. The start is announced for a minute later. */
  readonly startAtMs: number;
  readonly outage?: Outage | undefined;
  /** So many of the people are behind one address of a mobile network, besides `viewers`. */
  readonly cgnat?: number | undefined;
  /** Everybody comes within so many seconds of the announced start, evenly. */
  readonly flashSeconds?: number | undefined;
  /** Status of requests that `judge` refuses. @default 409 */
  readonly blockStatus?: number | undefined;
}

export interface CrowdLine {
  /** from 0 */
  readonly n: number;
  /** when the edge delivers it; its own timestamp is the same or earlier */
  readonly atMs: number;
  /** with its newline */
  readonly line: string;
  readonly client: Client;
}

export interface Crowd {
  /** What turnout.json holds for this event. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly startAtMs: number;
  /** The announced start. */
  readonly kickOffAtMs: number;
  readonly endAtMs: number;
  /**
   * All lines by rising `atMs`, the same each time. Truth begins anew with each call. `judge` is an edge
   * that refuses, or an origin that fails, at the moment of each request; whoever is refused goes on asking.
   */
  lines(judge?: Judge): Generator<CrowdLine, void, undefined>;
  /** Of the lines that were taken since lines() was last called. */
  truth(): Truth;
  /** How many people are behind each source, readers of the page among them. Takes a while. */
  people(): ReadonlyMap<string, number>;
  /** Of the people of `cgnat`; undefined without. */
  cgnatSource(): string | undefined;
}

const MINUTE_MS = 60_000;
const VIEWERS_MAX = 10_000_000;
const MINUTES_MAX = 1440;
const CGNAT_MAX = 20_000;
/** Times of other years would be damage. */
const START_MIN_MS = Date.UTC(2000, 0, 1);
const START_MAX_MS = Date.UTC(2099, 0, 1);
/** For each who watches. */
const READER_SHARE = 0.1;

/** Most lines are delivered at once. */
const DELAYED_SHARE = 0.03;
const LATE_SHARE = 0.0005;
const DOUBLED_SHARE = 0.002;
const DAMAGED_SHARE = 0.0005;

/** A client's script and the act that is next in it. */
interface Turn extends Timed {
  atMs: number;
  act: Act;
  readonly script: Script;
}

/** A line on its way from the edge, and what it says, or why it says nothing. */
interface Delivery extends Timed {
  readonly line: string;
  readonly meant: Act | Damage;
  readonly client: Client;
}

export function makeCrowd(options: CrowdOptions): Crowd {
  checkOptions(options);
  const { seed, minutes, startAtMs, outage } = options;
  const lengthMs = Math.round(minutes * MINUTE_MS);
  const kickOffAtMs = startAtMs + Math.min(MINUTE_MS, Math.floor(lengthMs / 5));
  const endAtMs = startAtMs + lengthMs;
  let book = new TruthBook(startAtMs);
  const flashMs = options.flashSeconds === undefined ? undefined : options.flashSeconds * 1000;
  const makeStage = (): Stage => {
    const chance = new Chance(seed);
    const origin = new Origin(chance, startAtMs, outage);
    return { chance, origin, startAtMs, kickOffAtMs, endAtMs, flashMs };
  };
  let cast: Cast | undefined;
  const castOf = () => (cast ??= castAgenda(options, makeStage()));
  return {
    config: makeConfig(kickOffAtMs, endAtMs),
    startAtMs,
    kickOffAtMs,
    endAtMs,
    lines: (judge) => {
      book = new TruthBook(startAtMs);
      return play(options, makeStage(), { book, judge });
    },
    truth: () => book.report(),
    people: () => castOf().people,
    cgnatSource: () => castOf().cgnatSource,
  };
}

function makeConfig(kickOffAtMs: number, endAtMs: number): Readonly<Record<string, unknown>> {
  return {
    contents: [
      {
        id: 'live',
        kind: 'stream',
        hosts: ['live.example.com', 'backup.example.net'],
        paths: ['/live/final/**'],
        segmentSeconds: SEGMENT_MS / 1000,
        entry: ['/join/final'],
      },
      { id: 'event-page', kind: 'page', hosts: ['www.example.com'], paths: ['/**'] },
    ],
    events: [
      {
        id: 'final',
        content: 'live',
        start: new Date(kickOffAtMs).toISOString(),
        end: new Date(endAtMs).toISOString(),
      },
    ],
  };
}

/** Everybody acts in turn; what the edge delivers late waits in a queue of its own. */
function* play(
  options: CrowdOptions,
  stage: Stage,
  { book, judge }: { book: TruthBook; judge: Judge | undefined },
): Generator<CrowdLine, void, undefined> {
  const { chance, endAtMs } = stage;
  const { agenda } = castAgenda(options, stage);
  const late = new Queue<Delivery>();
  let order = 0;
  for (let n = 0; ; n += 1) {
    const turn = agenda.first();
    const waiting = late.first();
    if (waiting !== undefined && (turn === undefined || waiting.atMs <= turn.atMs)) {
      late.shift();
      yield deliver(book, n, waiting);
      continue;
    }
    if (turn === undefined) return;
    const { atMs } = turn;
    const act = judge === undefined ? turn.act : judged(turn.act, judge, options.blockStatus);
    const written = writeLine(act, chance);
    const delayMs = someDelay(chance);
    if (chance.bool(DOUBLED_SHARE)) {
      const againAtMs = atMs + delayMs + chance.int(3000);
      late.push({ atMs: againAtMs, order: (order += 1), ...written });
    }
    advance(agenda, turn, endAtMs);
    const delivery = { atMs: atMs + delayMs, order: (order += 1), ...written };
    if (delayMs === 0) yield deliver(book, n, delivery);
    else {
      late.push(delivery);
      n -= 1;
    }
  }
}

function deliver(book: TruthBook, n: number, { atMs, line, meant, client }: Delivery): CrowdLine {
  if (typeof meant === 'string') book.takeBad(meant);
  else book.take(meant);
  return { n, atMs, line, client };
}

/** The same request, answered by somebody else. */
function judged(act: Act, judge: Judge, blockStatus = 409): Act {
  const verdict = judge(act.client.network.source, act.atMs);
  if (verdict === 'served') return act;
  const answer = verdict === 'refused' ? { ...REFUSED, status: String(blockStatus) } : UNAVAILABLE;
  return { ...act, answer, range: undefined, isDelivered: false };
}

function writeLine(act: Act, chance: Chance): Pick<Delivery, 'line' | 'meant' | 'client'> {
  const line = renderLine(act, chance);
  const { client } = act;
  return chance.bool(DAMAGED_SHARE)
    ? { ...damageLine(line, chance), client }
    : { line, meant: act, client };
}

/** Lets the client whose turn it was think of its next act; those who are done leave. */
function advance(agenda: Queue<Turn>, turn: Turn, endAtMs: number): void {
  const next = turn.script.next();
  if (next.done === true || next.value.atMs >= endAtMs) {
    agenda.shift();
    return;
  }
  turn.act = next.value;
  turn.atMs = next.value.atMs;
  agenda.replaceFirst(turn);
}

interface Cast {
  readonly agenda: Queue<Turn>;
  readonly people: ReadonlyMap<string, number>;
  readonly cgnatSource: string | undefined;
}

/** Each of the cast with what it does first. */
function castAgenda({ viewers, cgnat = 0 }: CrowdOptions, stage: Stage): Cast {
  const agenda = new Queue<Turn>();
  const clients = new Clients(stage.chance);
  const people = new Map<string, number>();
  let cgnatSource: string | undefined;
  let order = 0;
  const enter = (script: Script) => {
    const first = script.next();
    if (first.done === true || first.value.atMs >= stage.endAtMs) return;
    const act = first.value;
    agenda.push({ atMs: act.atMs, order: (order += 1), act, script });
    if (!act.client.isPerson) return;
    const { source } = act.client.network;
    people.set(source, (people.get(source) ?? 0) + 1);
  };
  for (let n = 0; n < viewers; n += 1) enter(livePerson(clients.person(), stage));
  for (let n = Math.ceil(viewers * READER_SHARE); n > 0; n -= 1) {
    const client = clients.person();
    // Pages have no session ids: two of one pair would be one reader.
    if (client.isLonePair) enter(reader(client, stage));
  }
  for (let n = 0; n < cgnat; n += 1) {
    const client = clients.personAtSharedAddress();
    cgnatSource = client.network.source;
    enter(livePerson(client, stage));
  }
  for (const script of machinesOf(viewers, clients, stage)) enter(script);
  return { agenda, people, cgnatSource };
}

/** Milliseconds from the end of a response to its line: none, seconds, and very seldom minutes. */
function someDelay(chance: Chance): number {
  const p = chance.next();
  if (p > DELAYED_SHARE) return 0;
  return p < LATE_SHARE ? chance.between(60_000, 240_000) : chance.between(100, 5000);
}

function checkOptions(options: CrowdOptions): void {
  const { seed, viewers, minutes, startAtMs, outage, cgnat = 0, flashSeconds = 60 } = options;
  const wrong = (name: string, got: number, expected: string) =>
    new Error(`${name} of a crowd: got ${got}, expected ${expected}`);
  if (!Number.isSafeInteger(seed)) throw wrong('seed', seed, 'a whole number');
  if (!Number.isSafeInteger(viewers) || viewers < 1 || viewers > VIEWERS_MAX) {
    throw wrong('viewers', viewers, `a whole number from 1 to ${VIEWERS_MAX}`);
  }
  if (!(minutes >= 1 && minutes <= MINUTES_MAX)) {
    throw wrong('minutes', minutes, `a number from 1 to ${MINUTES_MAX}`);
  }
  if (!Number.isSafeInteger(startAtMs) || startAtMs < START_MIN_MS || startAtMs > START_MAX_MS) {
    throw wrong('startAtMs', startAtMs, 'whole milliseconds since the epoch, of 2000 to 2098');
  }
  if (!Number.isSafeInteger(cgnat) || cgnat < 0 || cgnat > CGNAT_MAX) {
    throw wrong('cgnat', cgnat, `a whole number from 0 to ${CGNAT_MAX}`);
  }
  if (!(flashSeconds > 0)) throw wrong('flashSeconds', flashSeconds, 'a number of seconds above 0');
  for (const name of ['fromSecond', 'seconds'] as const) {
    const value = outage?.[name] ?? 0;
    if (!(value >= 0)) throw wrong(`outage.${name}`, value, 'a number of seconds from 0');
  }
}
