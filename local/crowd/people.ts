/** What people do: watch, look in, come back, be turned away, read the page of the event. */
import { type Act, type Wanted, act } from './act';
import {
  type Answer,
  FORBIDDEN,
  HIT,
  HUNG_UP,
  MOVED,
  NOT_FOUND,
  NOT_MODIFIED,
  REFUSED,
  UNAVAILABLE,
} from './answer';
import type { Client } from './client';
import { Player, type Script, type Stage } from './player';
import { playThrough } from './reload';
import { JOIN, MASTER } from './stream';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** S1_silence */
const SILENCE_MS = 30 * MINUTE;

const page = (object: 'page' | 'asset', path: string, contentType: string): Wanted => ({
  content: 'event-page',
  object,
  path,
  contentType,
  objectType: 'o',
  lengthMs: 0,
});

export const EVENT_PAGE = page('page', '/final', 'text/html;%20charset=utf-8');
export const PAGES: readonly Wanted[] = [
  EVENT_PAGE,
  page('page', '/', 'text/html'),
  page('page', '/teams/blue.html', 'text/html;%20charset=utf-8'),
];
export const ROBOTS = page('asset', '/robots.txt', 'text/plain');
export const MISSING_PAGE = page('page', '/wp-login.php', 'text/html');
const ASSETS: readonly Wanted[] = [
  page('asset', '/assets/app.js', 'text/javascript'),
  page('asset', '/assets/app.css', 'text/css'),
  page('asset', '/assets/poster.jpg', 'image/jpeg'),
  // A path that looks like a page, and an answer that is none.
  page('asset', '/api/score', 'application/json'),
];

type Story = (client: Client, stage: Stage, arrivalMs: number) => Script;

/** Shares of 1,000 people, and what each of them does. */
const STORIES: readonly (readonly [number, Story])[] = [
  [640, watch],
  [120, bounce],
  [90, comeBack],
  [40, startLate],
  [30, waitAtTheDoor],
  [30, seeGrey],
  [10, meet(REFUSED)],
  [12, meet(NOT_FOUND)],
  [3, meet(FORBIDDEN)],
  [12, meet(UNAVAILABLE)],
  [13, meet(HUNG_UP)],
];

const STORY_OF: readonly Story[] = STORIES.flatMap(([share, story]) =>
  Array.from({ length: share }, () => story),
);

/** One of the stories, begun when most people begin or some time later. */
export function livePerson(client: Client, stage: Stage): Script {
  const { chance } = stage;
  return chance.pick(STORY_OF)(client, stage, someArrival(stage));
}

/** Two thirds come in the minutes around the start, the others bit by bit. */
function someArrival({ chance, startAtMs, kickOffAtMs, endAtMs, flashMs }: Stage): number {
  if (flashMs !== undefined) return Math.floor(kickOffAtMs + chance.next() * flashMs);
  const leadMs = kickOffAtMs - startAtMs;
  if (chance.bool(0.66)) {
    // The sum of two: most of all at the start itself.
    return Math.floor(startAtMs + (chance.next() + chance.next()) * leadMs);
  }
  const lengthMs = endAtMs - kickOffAtMs;
  const lateMs = chance.exponential(lengthMs / 3);
  return Math.floor(kickOffAtMs + (lateMs < lengthMs ? lateMs : chance.next() * lengthMs));
}

/** Log-normal with a long tail; a third stays until the end. */
function someStay({ chance, kickOffAtMs, endAtMs }: Stage): number {
  if (chance.bool(0.33)) return Infinity;
  const median = Math.min(15 * MINUTE, Math.max(MINUTE, (endAtMs - kickOffAtMs) / 4));
  return median * Math.exp(0.9 * chance.normal());
}

function* watch(client: Client, stage: Stage, arrivalMs: number): Script {
  const fromMs = yield* arrive(client, stage, arrivalMs);
  const player = new Player(client, stage, fromMs);
  const untilMs = Math.min(stage.endAtMs, fromMs + someStay(stage));
  yield* playThrough(client, stage, { player, untilMs, page: readPage });
}

/** Gone within one or two segments. */
function* bounce(client: Client, stage: Stage, arrivalMs: number): Script {
  const player = new Player(client, stage, yield* arrive(client, stage, arrivalMs));
  yield* player.play(player.now + stage.chance.int(9 * SECOND), stage.chance.between(1, 2));
}

/** Leaves and returns, sometimes after more than the silence that ends a session. */
function* comeBack(client: Client, stage: Stage, arrivalMs: number): Script {
  const { chance, endAtMs } = stage;
  const player = new Player(client, stage, yield* arrive(client, stage, arrivalMs));
  for (let visits = 0; visits < 4 && player.now < endAtMs; visits += 1) {
    yield* player.play(Math.min(endAtMs, player.now + 15 * SECOND + chance.int(3 * MINUTE)));
    const isLong = player.now + SILENCE_MS + MINUTE < endAtMs && chance.bool(0.5);
    player.now += isLong
      ? SILENCE_MS + chance.int(3 * MINUTE)
      : 20 * SECOND + chance.int(4 * MINUTE);
  }
}

/** The first answers are errors: for up to a minute, or for longer, which is turned away. */
function* startLate(client: Client, stage: Stage, arrivalMs: number): Script {
  const { chance } = stage;
  const untilMs =
    arrivalMs + 4 * SECOND + chance.int(chance.bool(0.5) ? 40 * SECOND : 150 * SECOND);
  let atMs = arrivalMs;
  for (; atMs < untilMs; atMs += 2 * SECOND + chance.int(4 * SECOND)) {
    yield act(client, atMs, MASTER, UNAVAILABLE);
  }
  const player = new Player(client, stage, atMs);
  const leaveMs = Math.min(stage.endAtMs, atMs + someStay(stage));
  yield* playThrough(client, stage, { player, untilMs: leaveMs, page: readPage });
}

/** There before the start; calls the join path again and again until the picture comes. */
function* waitAtTheDoor(client: Client, stage: Stage): Script {
  const { chance, kickOffAtMs, startAtMs } = stage;
  let atMs = startAtMs + chance.int((kickOffAtMs - startAtMs) / 4);
  for (; atMs < kickOffAtMs; atMs += 5 * SECOND + chance.int(10 * SECOND)) {
    yield act(client, atMs, JOIN, HIT);
  }
  yield* watch(client, stage, atMs);
}

/** The grey screen: joins, and is never served. */
function* seeGrey(client: Client, { chance, endAtMs }: Stage, arrivalMs: number): Script {
  const calls = chance.between(1, 5);
  let atMs = arrivalMs;
  for (let n = 0; n < calls && atMs < endAtMs; n += 1) {
    yield act(client, atMs, JOIN, HIT);
    atMs += 3 * SECOND + chance.int(60 * SECOND);
  }
}

/** Meets one answer again and again, and gives up. */
function meet(answer: Answer): Story {
  return function* (client, { chance }, arrivalMs) {
    let atMs = arrivalMs;
    if (chance.bool(0.3)) yield act(client, atMs, JOIN, answer === REFUSED ? REFUSED : HIT);
    for (let n = chance.between(1, 5); n > 0; n -= 1) {
      atMs += 300 + chance.int(7 * SECOND);
      yield act(client, atMs, MASTER, answer);
    }
  };
}

/** Some read the page first and some call the join path; answers when the player begins. */
function* arrive(client: Client, stage: Stage, arrivalMs: number): Script<number> {
  const { chance, origin } = stage;
  let atMs = arrivalMs;
  // Without session id, as pages have none: two readers of one pair would be one.
  if (client.isLonePair && chance.bool(0.15)) {
    for (const one of readPage(client, stage, atMs)) {
      yield one;
      atMs = one.atMs;
    }
    atMs += SECOND + chance.int(4 * SECOND);
  }
  if (chance.bool(0.5)) {
    const answer = origin.answer(JOIN, atMs);
    atMs += origin.waitMs(answer);
    yield act(client, atMs, JOIN, answer);
    atMs += 200 + chance.int(1500);
  }
  return atMs;
}

/** A page and what it needs to be seen. */
function readPage(client: Client, { chance }: Stage, fromMs: number): Act[] {
  const assets = ASSETS.slice(0, chance.int(ASSETS.length + 1));
  return [
    act(client, fromMs, EVENT_PAGE, HIT),
    ...assets.map((asset, n) => act(client, fromMs + 40 * (n + 1), asset, HIT)),
  ];
}

/** Comes for the page alone: once or more often, with double clicks, old links and moved ones. */
export function* reader(client: Client, stage: Stage): Script {
  const { chance, endAtMs } = stage;
  let atMs = someArrival(stage);
  const p = chance.next();
  if (p < 0.05) yield act(client, atMs, MISSING_PAGE, NOT_FOUND);
  if (p < 0.03) return;
  if (p > 0.9) yield act(client, atMs, PAGES[1]!, MOVED);
  for (let reads = chance.between(1, 4); reads > 0 && atMs < endAtMs; reads -= 1) {
    atMs += 100;
    for (const one of readPage(client, stage, atMs)) {
      yield one;
      atMs = one.atMs;
    }
    if (chance.bool(0.1)) yield act(client, atMs, EVENT_PAGE, NOT_MODIFIED);
    // A double click is two loads within 30 s (V2_page_view).
    atMs += chance.bool(0.3) ? chance.int(30 * SECOND) : 31 * SECOND + chance.int(3 * MINUTE);
  }
}
