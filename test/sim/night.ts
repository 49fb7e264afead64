import { isDeepStrictEqual } from 'node:util';
import { makeJournalStore } from '../../lambdas/adapters/journal-store';
import { makeLaneStore } from '../../lambdas/adapters/lane-store';
import { makeViewsReader } from '../../lambdas/adapters/views-reader';
import { balanceRoad } from '../../lambdas/core/road/balance';
import { decodeJournal } from '../../lambdas/core/road/journal';
import { type LaneHead, decodeHead } from '../../lambdas/core/road/lane-head';
import { ledgerQueries, queriesOf } from '../../lambdas/core/road/views-query';
import { makeViewsReport } from '../../lambdas/core/road/views-report';
import { recountText } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import { countSlowly } from '../reference/oracle';
import { renderRealtime } from '../support/edge-lines';
import { Prng } from '../support/prng';
import { randomAudience } from '../support/random-audience';
import { stripZeros } from '../support/strip-zeros';
import { oracleSettings } from '../support/twin-config';
import { QUIET } from './faulty-client';
import { STATE, VIEWS, World } from './world';

/** Lines of one night: enough for everything to happen, few enough for thousands of nights. */
const LINES_MAX = 120;
const STEPS_MAX = 200_000;

export interface Night {
  readonly seed: number;
  /** what went wrong; empty if Views equal the oracle in every minute */
  readonly differences: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
}

/** Plays one seeded night and compares what stands in Views with the oracle. */
export async function playNight(seed: number): Promise<Night> {
  const prng = new Prng(seed);
  const { config, lines } = randomAudience(prng);
  const settings = parseConfig({ ...config, events: [], lanes: 16 });
  const few = prng.shuffle(lines).slice(0, LINES_MAX);
  const logged = [...few, ...few.filter((_, n) => n % 10 === 3)];
  // Edge logs come in the order of time, more or less.
  if (prng.bool(0.5)) logged.sort((a, b) => a.tMs - b.tMs);
  const bad = prng.int(4);
  const rows = logged.map((line) => `${renderRealtime(line, 'id', config.realtimeFields)}\n`);
  for (let n = 0; n < bad; n += 1) rows.splice(prng.int(rows.length + 1), 0, 'damaged\n');
  const startMs = lines.reduce((ms, { tMs }) => Math.max(ms, tMs), 0) + 86_400_000;
  const isQuiet = seed % 10 === 0;
  const world = new World({
    prng,
    settings,
    rows,
    startMs,
    faults: isQuiet
      ? QUIET
      : { throttledPercent: 3, lostAnswerPercent: 3, delayedPercent: 6, refusedPercent: 5 },
    crashPercent: isQuiet ? 0 : prng.pick([0.5, 2, 4]),
    zombiePercent: 40,
    rewindPercent: isQuiet ? 0 : 10,
    reshardPercent: prng.pick([0, 0.2, 1]),
  });
  try {
    await world.playToTheEnd(STEPS_MAX);
  } catch (error) {
    return { seed, differences: [String(error)], counts: world.counts };
  }
  const differences = [
    ...(await compareViews(world, settings, countSlowly(logged, oracleSettings(config)), {
      rows,
      bad,
    })),
    ...(await compareRoad(world, settings.lanes)),
    ...world.errors,
  ];
  return { seed, differences, counts: world.counts };
}

async function compareViews(
  { dynamo }: World,
  settings: ReturnType<typeof parseConfig>,
  expected: ReturnType<typeof countSlowly>,
  { rows, bad }: { rows: readonly string[]; bad: number },
): Promise<string[]> {
  const reader = makeViewsReader(dynamo, VIEWS);
  const ask = (queries: ReturnType<typeof queriesOf>) =>
    Promise.all(queries.map(({ pk, from, to }) => reader.query(pk, from, to)));
  const contents = await reader.query('contents', ' ', '~');
  const keys = contents.map(({ sk }) => sk);
  const items = (await ask(queriesOf(keys, settings.lanes, {}))).flat();
  const ledgerItems = (await ask(ledgerQueries(settings.lanes))).flat();
  const report = makeViewsReport(items, contents, ledgerItems, {
    settings,
    classifier: '',
    options: { minutes: true },
  });
  const mine = Object.fromEntries(
    Object.keys(expected.contents).map((id) => [id, report.contents[id]]),
  );
  const differences: string[] = [];
  for (const id of Object.keys(expected.contents)) {
    if (!isDeepStrictEqual(stripZeros(mine[id]), stripZeros(expected.contents[id]))) {
      differences.push(`content ${id} differs`);
    }
  }
  // Contents that no rule names are none of the oracle's: a recount says which there must be.
  const bytes = new TextEncoder().encode(rows.join(''));
  const recounted = recountText(bytes, settings, { minutes: true }).contents;
  if (!isDeepStrictEqual(report.contents, recounted)) differences.push('contents differ');
  const { ledger } = report;
  const { lines, hits, late, lost, overBound, overflow = 0 } = ledger;
  const got = [lines, hits, ledger.bad['too_few_fields'] ?? 0, late, lost, overBound, overflow];
  const wanted = [rows.length, rows.length - bad, bad, 0, 0, 0, 0];
  if (!isDeepStrictEqual(got, wanted)) differences.push(`ledger is ${got}, expected ${wanted}`);
  return differences;
}

/** No hole stays open, and what was forwarded was folded. */
async function compareRoad({ dynamo }: World, lanes: number): Promise<string[]> {
  const listed = await makeJournalStore(dynamo, STATE, () => 0).list();
  const journals = new Map(
    listed.map(({ shardId, body }) => [shardId, decodeJournal(body, lanes)] as const),
  );
  const store = makeLaneStore(dynamo, STATE);
  const heads = new Map<number, LaneHead>();
  for (let lane = 0; lane < lanes; lane += 1) {
    const head = await store.load(lane);
    if (head !== undefined) heads.set(lane, decodeHead(head.body));
  }
  const { snapshot, forwardedLines, foldedLines } = balanceRoad(journals, heads, undefined, 0);
  const differences = snapshot.holes.map((hole) => `hole ${hole} stays open`);
  if (forwardedLines !== foldedLines) {
    differences.push(`${forwardedLines} lines forwarded, ${foldedLines} folded`);
  }
  return differences;
}
