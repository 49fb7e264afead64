import { setTimeout as sleep } from 'node:timers/promises';
import { lastFacts } from '../../lambdas/api/block-list';
import type { ViewsReader } from '../../lambdas/core/road/ports';
import { freshnessPk, groupsOf, STATUS_SK } from '../../lambdas/core/road/views-item';
import type { LiveContent } from '../../lambdas/core/road/views-live';
import { type LiveViews, makeViewsClient } from '../../local/views-client';
import type { GuardHost } from './blocks';
import { type Deployment, type DeploymentOptions, withDeployment } from './deployment';
import { plainFailure } from './deployment-failure';
import { type GuardMoment, makeGuardWatch } from './live-guard';
import { type LiveMoment, makeLiveScreen } from './live-screen';
import { readSettings } from './recount';
import type { Figures, ScreenStream } from './start-screen';

export interface LiveOptions extends DeploymentOptions {
  readonly config?: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

const EVERY_MS = 1_000;
/** All sets are some megabytes, and change slowly. */
const GUARD_EVERY_MS = 5_000;

/** `turnout live`: each second what is counted and blocked, until Ctrl-C. */
export async function runLive(
  content: string | undefined,
  options: LiveOptions,
  host: GuardHost,
): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const look = await makeLook(content, options, deployment, host.now);
    const show = options.json ? writeJson(host) : makeLiveScreen(host.output as ScreenStream);
    // What is wrong from the beginning ends the command; later it is shown, and looked for again.
    const first = await look(false);
    if (options.once) {
      await sleep(EVERY_MS); // lines in a second need two looks
      show(await look(false));
      return;
    }
    show(first);
    const stopping = new AbortController();
    const stop = () => stopping.abort();
    process.once('SIGINT', stop);
    try {
      let beganMs = performance.now();
      while (!stopping.signal.aborted) {
        const leftMs = Math.max(0, EVERY_MS - (performance.now() - beganMs));
        await sleep(leftMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        beganMs = performance.now();
        if (!stopping.signal.aborted) show(await look(true));
      }
    } finally {
      process.off('SIGINT', stop);
    }
  });
}

/** One look after the other; `isPatient`: what fails is told in the moment. */
async function makeLook(
  content: string | undefined,
  { config }: LiveOptions,
  deployment: Deployment,
  now: () => number,
): Promise<(isPatient: boolean) => Promise<LiveMoment>> {
  const settings = readSettings(config);
  const reader = await deployment.views();
  const client = makeViewsClient(reader, settings);
  const [guard, manual] = [await deployment.guard(), await deployment.manual()];
  const watch = makeGuardWatch({ guard, manual, settings, now });
  let before: { readonly lines: number; readonly atMs: number } | undefined;
  let known: { readonly moment: GuardMoment; readonly atMs: number } | undefined;

  const lookNow = async (): Promise<LiveMoment> => {
    const atMs = now();
    const [live, newestAtMs, guardMoment] = await Promise.all([
      client.loadLive(atMs),
      loadNewest(reader, settings.lanes),
      known === undefined || atMs - known.atMs >= GUARD_EVERY_MS ? watch.look() : known.moment,
    ]);
    if (guardMoment !== known?.moment) known = { moment: guardMoment, atMs };
    const { lines } = live.ledger;
    const rate = before && (1_000 * (lines - before.lines)) / Math.max(1, atMs - before.atMs);
    before = { lines, atMs };
    return {
      ...{ atMs, content, lines, guard: guardMoment, trouble: undefined },
      figures: figuresOf(live, content),
      linesPerSecond: rate,
      freshMs: newestAtMs === undefined ? undefined : Math.max(0, now() - newestAtMs),
    };
  };
  return async (isPatient) => {
    try {
      return await lookNow();
    } catch (error) {
      if (!isPatient) throw error;
      const { message } = plainFailure(error, deployment.region) as Error;
      const nothing = { figures: undefined, linesPerSecond: undefined, freshMs: undefined };
      const lines = before?.lines ?? 0;
      return { ...nothing, atMs: now(), content, lines, guard: known?.moment, trouble: message };
    }
  };
}

/** Arrival of the newest line that any lane has counted. */
async function loadNewest(reader: ViewsReader, lanes: number): Promise<number | undefined> {
  const groups = Array.from({ length: groupsOf(lanes) }, (_, group) => freshnessPk(group));
  const items = await Promise.all(groups.map((pk) => reader.query(pk, STATUS_SK, STATUS_SK)));
  let newest = 0;
  for (const { values } of items.flat()) {
    for (const [name, value] of values) {
      if (/^a\d+$/.test(name)) newest = Math.max(newest, Number(value));
    }
  }
  return newest === 0 ? undefined : newest;
}

/** undefined: there are too many contents to be summed each second. */
function figuresOf({ contents }: LiveViews, content: string | undefined): Figures | undefined {
  if (contents === undefined) {
    if (content === undefined) return undefined;
    throw new Error('there are too many contents to be looked at each second');
  }
  const all = Object.entries(contents);
  const wanted = content === undefined ? all : all.filter(([name]) => name === content);
  if (content !== undefined && wanted.length === 0) {
    const names = all.map(([name]) => name).join(', ') || 'none yet';
    throw new Error(
      `content ${content} has not been counted: expected one of those that have: ${names}`,
    );
  }
  const sum = (figure: (content: LiveContent) => number, of = wanted) =>
    of.reduce((total, [, one]) => total + figure(one), 0);
  const streams = wanted.filter(([, { kind }]) => kind === 'stream' || content !== undefined);
  return {
    concurrency: sum(({ concurrency }) => concurrency, streams),
    view60: sum(({ view60 }) => view60, streams),
    attempts: sum(({ attempts }) => attempts, streams),
    turnedAway: sum(({ turnedAway }) => turnedAway, streams),
    bots: sum(({ bots }) => bots),
  };
}

function writeJson({ output }: GuardHost): (moment: LiveMoment) => void {
  return ({ atMs, content, figures, linesPerSecond, lines, freshMs, guard, trouble }) => {
    const json = {
      at: new Date(atMs).toISOString(),
      content: content ?? null,
      figures: figures ?? null,
      lines,
      linesPerSecond: linesPerSecond === undefined ? null : Math.round(linesPerSecond),
      newestLineSeconds: freshMs === undefined ? null : Math.round(freshMs / 100) / 10,
      guard: guard === undefined ? null : guardJson(guard),
      ...(trouble !== undefined && { trouble }),
    };
    output.write(`${JSON.stringify(json)}\n`);
  };
}

function guardJson({ mode, blocks, waiting, excess, status }: GuardMoment) {
  const { suspects: suspectsPerMinute, ...rest } = excess;
  return { mode, blocks, waiting, suspectsPerMinute, excess: rest, ...lastFacts(status) };
}
