import { setTimeout as sleep } from 'node:timers/promises';
import { makeAttackShow } from './start-attack';
import { makeCrowdShow } from './start-crowd';
import { Feed } from './start-feed';
import { checkReplayed, checkWriting, loadFrom, writeConfig } from './start-from';
import type { StartOptions } from './start-options';
import { type Plan, choosePlan, savePlan } from './start-plan';
import type { TemplateRoad } from '../../local/template-plan';
import { makeReplayShow } from './start-replay';
import { type Road, startRoad } from './start-road';
import { type Moment, makeScreen } from './start-screen';
import type { Show } from './start-show';
import { type SummaryFacts, makeSummary, renderSummary } from './start-summary';
import { watchRoad } from './start-watch';

/** Where people read, and how they stop. */
export interface StartHost {
  readonly human: NodeJS.WriteStream;
  readonly result: NodeJS.WriteStream;
  readonly stopping: AbortSignal;
}

const COLUMNS_MAX = 100;

/**
 * `npm start`: the whole road on this machine, with a made-up event or a log. Tells whether what was
 * counted is equal to what was put.
 */
export async function runStart(options: StartOptions, host: StartHost): Promise<boolean> {
  const { human, result } = host;
  const { keep } = options;
  if (options.writeConfig !== undefined) checkWriting(options);
  const plan = choosePlan(options, Date.now());
  const template = plan.from && loadFrom(plan.from);
  const show = makeShow(plan, template, host);
  if (options.writeConfig !== undefined) {
    writeConfig(options.writeConfig, show.settingsText);
    human.write(`${options.writeConfig}: turnout.json of ${show.title}\n`);
    return true;
  }
  if (keep !== undefined) savePlan(keep, plan);
  human.write(`Turnout: ${show.title}\n`);
  if (template !== undefined) human.write(templateText(template));
  human.write('The road is being laid on this machine ...\n');
  const road = await startRoad(show, keep, template);
  human.write(`Queries while it runs: ${road.rig.apiUrl}/v1/contents\n`);
  let facts: SummaryFacts;
  try {
    facts = await play(show, road, keep !== undefined, host);
  } finally {
    await road.stop();
  }
  const columns = Math.min(COLUMNS_MAX, human.columns || COLUMNS_MAX);
  human.write(
    `\n${renderSummary(facts, columns)
      .map((line) => `${line.trimEnd()}\n`)
      .join('')}`,
  );
  if (keep !== undefined) human.write(`\nkept in ${keep}\n`);
  const summary = makeSummary(facts);
  if (options.json === true) result.write(`${JSON.stringify(summary)}\n`);
  return summary.equal;
}

function makeShow(plan: Plan, template: TemplateRoad | undefined, { human }: StartHost): Show {
  const warn = (text: string) => human.write(`warning: ${text}\n`);
  if (plan.kind === 'replay') {
    if (template !== undefined) checkReplayed(plan.config, template);
    return makeReplayShow(plan, warn);
  }
  const { attack } = plan;
  return attack === undefined
    ? makeCrowdShow(plan, template)
    : makeAttackShow({ ...plan, attack }, warn, template);
}

function templateText({ stack, notes }: TemplateRoad): string {
  const lines = [`Functions, batches and settings are those of the stack ${stack}.`, ...notes];
  return lines.map((line) => `${line}\n`).join('');
}

/** Puts all lines when they are due, waits until they are counted, and compares. */
async function play(
  show: Show,
  road: Road,
  isKept: boolean,
  { human, stopping }: StartHost,
): Promise<SummaryFacts> {
  const { rig, meter, views } = road;
  const already = isKept ? await rig.listPutKeys() : new Set<string>();
  if (already.size > 0) human.write(`It goes on: ${already.size} lines were put before.\n`);
  const feed = new Feed({
    source: show.source,
    speed: show.speed,
    already,
    put(lines) {
      show.guard?.notePut(lines);
      return rig.putLines(lines);
    },
    taken: () => meter.linesReceived,
    settle: () => road.drain(),
    now: () => performance.now(),
    pause: sleep,
    stopping,
  });
  let phase: Moment['phase'] = 'playing';
  const screen = makeScreen(human, () => performance.now());
  const over = new AbortController();
  const pause = (ms: number) =>
    sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
  const currentPhase = () => (stopping.aborted ? 'stopping' : phase);
  const watching = watchRoad({
    show,
    road,
    feed,
    screen,
    pause,
    phase: currentPhase,
    over: over.signal,
  });
  let isAll: boolean;
  try {
    isAll = await feed.run();
    phase = 'draining';
    await road.drain();
    await show.guard?.settle(pause);
  } finally {
    over.abort();
    await watching;
  }
  const report = await views.loadReport();
  const put = { lines: feed.lines, isAll };
  const verdict = await show.judge(report, put);
  return { verdict, ledger: report.ledger, latency: meter.delay(), put };
}
