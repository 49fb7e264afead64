/**
 * A live event that never was: people, televisions and machines who come to it, what the edge logs of
 * them, and the truth of what it made. Seeded. It imports nothing of Turnout, so that it cannot agree
 * with the counting by construction. Addresses are of networks that nobody has.
 */
import { type Act, renderLine } from './act';
import { Origin, type Outage } from './answer';
import { Chance } from './chance';
import { Clients } from './client';
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
}

export interface CrowdLine {
  /** from 0 */
  readonly n: number;
  /** when the edge delivers it; its own timestamp is the same or earlier */
  readonly atMs: number;
  /** with its newline */
  readonly line: string;
}

export interface Crowd {
  /** What turnout.json holds for this event. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly startAtMs: number;
  /** The announced start. */
  readonly kickOffAtMs: number;
  readonly endAtMs: number;
  /** All lines by rising `atMs`, the same each time. Truth begins anew with each call. */
  lines(): Generator<CrowdLine, void, undefined>;
  /** Of the lines that were taken since lines() was last called. */
  truth(): Truth;
}

const MINUTE_MS = 60_000;
const VIEWERS_MAX = 10_000_000;
const MINUTES_MAX = 1440;
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
}

export function makeCrowd(options: CrowdOptions): Crowd {
  checkOptions(options);
  const { seed, viewers, minutes, startAtMs, outage } = options;
  const lengthMs = Math.round(minutes * MINUTE_MS);
  const kickOffAtMs = startAtMs + Math.min(MINUTE_MS, Math.floor(lengthMs / 5));
  const endAtMs = startAtMs + lengthMs;
  let book = new TruthBook(startAtMs);
  return {
    config: makeConfig(kickOffAtMs, endAtMs),
    startAtMs,
    kickOffAtMs,
    endAtMs,
    lines: () => {
      const chance = new Chance(seed);
      const origin = new Origin(chance, startAtMs, outage);
      book = new TruthBook(startAtMs);
      return play(viewers, { chance, origin, startAtMs, kickOffAtMs, endAtMs }, book);
    },
    truth: () => book.report(),
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
  viewers: number,
  stage: Stage,
  book: TruthBook,
): Generator<CrowdLine, void, undefined> {
  const { chance, endAtMs } = stage;
  const agenda = openAgenda(viewers, stage);
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
    const { act, atMs } = turn;
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

function deliver(book: TruthBook, n: number, { atMs, line, meant }: Delivery): CrowdLine {
  if (typeof meant === 'string') book.takeBad(meant);
  else book.take(meant);
  return { n, atMs, line };
}

function writeLine(act: Act, chance: Chance): { line: string; meant: Act | Damage } {
  const line = renderLine(act, chance);
  return chance.bool(DAMAGED_SHARE) ? damageLine(line, chance) : { line, meant: act };
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

/** Each of the cast with what it does first. */
function openAgenda(viewers: number, stage: Stage): Queue<Turn> {
  const agenda = new Queue<Turn>();
  const clients = new Clients(stage.chance);
  let order = 0;
  const enter = (script: Script) => {
    const first = script.next();
    if (first.done === true || first.value.atMs >= stage.endAtMs) return;
    agenda.push({ atMs: first.value.atMs, order: (order += 1), act: first.value, script });
  };
  for (let n = 0; n < viewers; n += 1) enter(livePerson(clients.person(), stage));
  for (let n = Math.ceil(viewers * READER_SHARE); n > 0; n -= 1) {
    const client = clients.person();
    // Pages have no session ids: two of one pair would be one reader.
    if (client.isLonePair) enter(reader(client, stage));
  }
  for (const script of machinesOf(viewers, clients, stage)) enter(script);
  return agenda;
}

/** Milliseconds from the end of a response to its line: none, seconds, and very seldom minutes. */
function someDelay(chance: Chance): number {
  const p = chance.next();
  if (p > DELAYED_SHARE) return 0;
  return p < LATE_SHARE ? chance.between(60_000, 240_000) : chance.between(100, 5000);
}

function checkOptions({ seed, viewers, minutes, startAtMs, outage }: CrowdOptions): void {
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
  for (const name of ['fromSecond', 'seconds'] as const) {
    const value = outage?.[name] ?? 0;
    if (!(value >= 0)) throw wrong(`outage.${name}`, value, 'a number of seconds from 0');
  }
}
