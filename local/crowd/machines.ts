/** What machines do: crawl pages, poll playlists, copy the stream, knock at a closed door. */
import { act } from './act';
import { DECLARED_BOTS, FAKE_CRAWLERS, HEADLESS, NO_AGENT, POSED_BROWSERS } from './agents';
import { RESTREAMERS, TOOLS } from './agents';
import type { CrowdAgent } from './agents';
import { HIT, NOT_FOUND, REFUSED } from './answer';
import type { Client, Clients } from './client';
import { MISSING_PAGE, PAGES, ROBOTS } from './people';
import { Player, type Script, type Stage } from './player';
import { MASTER, PLAYLISTS } from './stream';

const SECOND = 1000;

type Habit = (client: Client, stage: Stage, fromMs: number) => Script;

interface Sort {
  /** for each person who comes; at least one in each crowd */
  readonly share: number;
  readonly agents: readonly CrowdAgent[];
  readonly isHosted?: boolean;
  readonly habit: Habit;
}

const SORTS: readonly Sort[] = [
  { share: 0.001, agents: DECLARED_BOTS, habit: crawl },
  { share: 0.001, agents: FAKE_CRAWLERS, habit: crawl },
  { share: 0.002, agents: TOOLS, habit: poll },
  { share: 0.001, agents: NO_AGENT, habit: poll },
  { share: 0.002, agents: TOOLS, habit: knock },
  { share: 0.0005, agents: RESTREAMERS, habit: copy },
  { share: 0.001, agents: HEADLESS, habit: lookIn },
  { share: 0.004, agents: POSED_BROWSERS, isHosted: true, habit: poll },
  { share: 0.001, agents: POSED_BROWSERS, isHosted: true, habit: lookIn },
];

/** All machines that come to an event of so many people. */
export function* machinesOf(viewers: number, clients: Clients, stage: Stage): Generator<Script> {
  const { chance, startAtMs, endAtMs } = stage;
  for (const { share, agents, isHosted = false, habit } of SORTS) {
    for (let n = Math.max(1, Math.round(viewers * share)); n > 0; n -= 1) {
      const client = clients.machine(chance.pick(agents), { isHosted });
      yield habit(client, stage, startAtMs + chance.int((endAtMs - startAtMs) / 2));
    }
  }
}

function* crawl(client: Client, { chance, origin, endAtMs }: Stage, fromMs: number): Script {
  yield act(client, fromMs, ROBOTS, HIT);
  let atMs = fromMs;
  while (atMs < endAtMs) {
    atMs += SECOND + chance.int(40 * SECOND);
    if (chance.bool(0.2)) yield act(client, atMs, MASTER, origin.isMissing(atMs) ? NOT_FOUND : HIT);
    else if (chance.bool(0.1)) yield act(client, atMs, MISSING_PAGE, NOT_FOUND);
    else
      yield act(client, atMs, chance.pick(PAGES), HIT, {
        method: chance.bool(0.1) ? 'HEAD' : 'GET',
      });
  }
}

/** Playlists alone, and never a segment. */
function* poll(client: Client, { chance, origin, endAtMs }: Stage, fromMs: number): Script {
  const playlist = chance.pick(PLAYLISTS);
  let atMs = fromMs;
  while (atMs < endAtMs) {
    const wanted = chance.bool(0.2) ? MASTER : playlist;
    const method = chance.bool(0.05) ? 'HEAD' : 'GET';
    yield act(client, atMs, wanted, origin.answer(wanted, atMs), { method });
    atMs += SECOND + chance.int(12 * SECOND);
  }
}

/** Is on the block list, and does not take no for an answer. */
function* knock(client: Client, { chance, endAtMs }: Stage, fromMs: number): Script {
  let atMs = fromMs;
  while (atMs < endAtMs) {
    yield act(client, atMs, MASTER, REFUSED);
    atMs += SECOND + chance.int(8 * SECOND);
  }
}

/** Asks as a player does, to the end. */
function* copy(client: Client, stage: Stage, fromMs: number): Script {
  yield* new Player(client, stage, fromMs).play(stage.endAtMs);
}

function* lookIn(client: Client, stage: Stage, fromMs: number): Script {
  const untilMs = fromMs + 10 * SECOND + stage.chance.int(120 * SECOND);
  yield* new Player(client, stage, fromMs).play(Math.min(stage.endAtMs, untilMs));
}
