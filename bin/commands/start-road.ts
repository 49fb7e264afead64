import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { makeViewsReader } from '../../lambdas/adapters/views-reader';
import { type Rig, startRig } from '../../local/rig';
import type { TemplateRoad } from '../../local/template-plan';
import { type ViewsClient, makeViewsClient } from '../../local/views-client';
import { RoadMeter } from './start-meter';
import type { Show } from './start-show';

/** The road of one show on this machine, and what it says of itself. */
export interface Road {
  readonly rig: Rig;
  readonly meter: RoadMeter;
  readonly views: ViewsClient;
  /** What went wrong and is tried again, for a while after it happened. */
  trouble(): string | undefined;
  /** Comes back when all that was put is counted; throws if nothing moves for long. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

const TROUBLE_MS = 15_000;
const STILL_MS_MAX = 90_000;
const LOOK_MS = 1_000;
/** Between two reads of a shard; the road is meant to be looked at, so twice as often as in AWS. */
const POLL_MS = 200;
const STATE_DIR = 'road';
const LOG_FILE = 'road.log';

export async function startRoad(
  show: Show,
  keep: string | undefined,
  template?: TemplateRoad,
): Promise<Road> {
  const meter = new RoadMeter(() => performance.now());
  const log = keep === undefined ? undefined : createWriteStream(join(keep, LOG_FILE), APPEND);
  let last = { text: '', atMs: -Infinity };
  const note = (text: string) => {
    last = { text, atMs: performance.now() };
    log?.write(`${text}\n`);
  };
  const rig = await startRig({
    settings: show.settings,
    settingsText: show.settingsText,
    environment: show.environment,
    pollMs: POLL_MS,
    ...(template && { plan: template.plan, bundle: () => Promise.resolve(template.code) }),
    ...(keep === undefined ? {} : { keepDir: join(keep, STATE_DIR) }),
    ...(show.guard && {
      propagationMs: show.guard.propagationMs,
      onWafUpdate: (update) => show.guard?.noteUpdate(update),
    }),
    onMetrics(name, metrics) {
      meter.take(metrics);
      if (name === 'enforce') show.guard?.noteMetrics(metrics);
    },
    onLog: (_, line) => void log?.write(`${line}\n`),
    onInvocation: (name, { error }) => error && note(`${name}: ${error.message}`),
    onError: (error) => note(error.message),
  });
  show.guard?.open(rig);
  return {
    rig,
    meter,
    views: makeViewsClient(makeViewsReader(rig.dynamo, rig.names.viewsTable), show.settings),
    trouble: () => (performance.now() - last.atMs < TROUBLE_MS ? last.text : undefined),
    drain: () => drainWatched(rig, meter, () => last.text),
    async stop() {
      await rig.stop();
      log?.end();
    },
  };
}

const APPEND = { flags: 'a' } as const;

async function drainWatched(rig: Rig, meter: RoadMeter, lastTrouble: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const beginMs = performance.now();
  const stuck = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      if (performance.now() - Math.max(beginMs, meter.movedAtMs) < STILL_MS_MAX) return;
      const why = lastTrouble() === '' ? 'nothing says why' : `the last trouble: ${lastTrouble()}`;
      reject(new Error(`nothing was counted for ${STILL_MS_MAX / 1_000} seconds; ${why}`));
    }, LOOK_MS);
  });
  try {
    await Promise.race([rig.drain(), stuck]);
  } finally {
    clearInterval(timer);
  }
}
