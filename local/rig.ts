import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Settings } from '../lambdas/core/settings';
import { bundleFunctions } from '../lib/bundle';
import {
  type EventSourceName,
  FUNCTION_NAMES,
  type FunctionName,
  type Pipeline,
  pipelineOf,
} from '../lib/pipeline';
import type { DemoEdge } from './demo-edge';
import { startApiUrl } from './api-url';
import { startDynamoProcess, startKinesisProcess } from './emulator-processes';
import { type Endpoints, findSecret, ownCredentials } from './function-environment';
import type { EmulatorServer } from './kinesis-server';
import type { LogStream } from './lambda-environment';
import type { FunctionMetrics } from './metrics-line';
import { type KeyedLine, listKeys, putLines } from './producer';
import { provideStream, provideTable } from './provision';
import { type FunctionCode, makeFunctions, startSchedule, startSource } from './rig-functions';
import { makeEdge, provideSets, type RigSet, startBlocksStream } from './rig-guard';
import { planOfSettings, type RigNames, type RigPlan } from './rig-plan';
import { startSecrets } from './secrets-server';
import type { InvocationReport } from './shard-poller';
import type { TableWrite } from './table-writes';
import { startWaf, type WafServer } from './waf-server';
import type { WafUpdate } from './waf-sets';

export interface RigOptions {
  readonly settings: Settings;
  /** turnout.json as it lies beside the functions */
  readonly settingsText: string;
  /** State lies in this directory and is found again. @default it is thrown away */
  readonly keepDir?: string;
  /** Execution environments of each function. @default ENVIRONMENTS_DEFAULT */
  readonly environments?: Partial<Record<FunctionName, number>>;
  /** More variables for all functions. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Between two reads of a shard that has nothing new; AWS: 1,000. @default 200 */
  readonly pollMs?: number;
  /** Between two invocations of watch. @default as its schedule says */
  readonly watchMs?: number;
  /** Between two invocations of enforce; the table Blocks wakes it too. @default as its schedule says */
  readonly enforceMs?: number;
  /** Until the edges have an update of a set; AWS: seconds to minutes. @default 0 */
  readonly propagationMs?: number | ((set: string) => number);
  /** Another caller of the account writes to WAF, so often. @default nobody does */
  readonly neighbourEveryMs?: number;
  /** @default the one of the stack */
  readonly pipeline?: Pipeline;
  /** In place of what settings and pipeline say: what a template says. */
  readonly plan?: RigPlan;
  /** @default the one of the stack */
  readonly bundle?: (props: { outdir: string; settingsText: string }) => Promise<FunctionCode>;
  /** Lines that functions write, but for those of metrics. */
  readonly onLog?: (name: FunctionName, line: string, stream: LogStream) => void;
  readonly onMetrics?: (name: FunctionName, metrics: FunctionMetrics) => void;
  /** Also of invocations that failed: their batch comes again. */
  readonly onInvocation?: (name: EventSourceName, report: InvocationReport) => void;
  /** Each update of a set that WAF has taken, whoever made it. */
  readonly onWafUpdate?: (update: WafUpdate) => void;
  /** What is tried again (a read, watch, enforce), or an emulator that has broken. */
  readonly onError?: (error: Error) => void;
}

/** The whole road on this machine: emulators on loopback, the real handlers, and what feeds them. */
export interface Rig {
  readonly endpoints: Endpoints;
  readonly names: RigNames;
  readonly kinesis: KinesisClient;
  readonly dynamo: DynamoDBClient;
  readonly code: FunctionCode;
  readonly waf: WafServer;
  /** The sets of the guard, in the order in which they are filled. */
  readonly sets: readonly RigSet[];
  /** What has reached the edges decides who is served. */
  readonly edge: DemoEdge;
  /** Comes back when all are in the stream. */
  putLines(lines: readonly KeyedLine[]): Promise<void>;
  /** The key of every line that the stream holds: what need not be put again after a restart. */
  listPutKeys(): Promise<Set<string>>;
  /** Resolves when all that was put is through both functions; not while a batch fails. */
  drain(): Promise<void>;
  runWatch(): Promise<unknown>;
  /** As its schedule does. */
  runEnforce(): Promise<unknown>;
  /** Resolves when enforce has heard of all that was written to Blocks; it may have failed at it. */
  drainGuard(): Promise<void>;
  invokeControl(event: unknown): Promise<unknown>;
  /** Where the queries are answered, by the function api. */
  readonly apiUrl: string;
  /** Deletes from the tables what has expired; nothing expires by itself. */
  sweep(nowSeconds: number): Promise<number>;
  /** What is under way has so long to end; what is not acknowledged then comes again after a restart. */
  stop(graceMs?: number): Promise<void>;
}

export async function startRig(options: RigOptions): Promise<Rig> {
  const closing: (() => unknown)[] = [];
  try {
    return await assemble(options, closing);
  } catch (error) {
    await closeAll(closing);
    throw error;
  }
}

/** `closing` gets what ends each part, in the order in which parts begin. */
async function assemble(options: RigOptions, closing: (() => unknown)[]): Promise<Rig> {
  const { settings, settingsText, keepDir } = options;
  const dir = keepDir ?? mkdtempSync(join(tmpdir(), 'turnout-rig-'));
  if (keepDir === undefined) closing.push(() => rmSync(dir, { recursive: true, force: true }));
  else mkdirSync(dir, { recursive: true });
  const plan = options.plan ?? planOfSettings(settings, options.pipeline ?? pipelineOf(settings));
  const bundle = options.bundle ?? bundleFunctions;

  // Nobody writes to Blocks before there are functions.
  const wake = (event: object) => functions[plan.blocksSource.target].invoke(event);
  const blocks = startBlocksStream(plan.blocksSource, wake, options.onError);
  const starts = [
    startServers(options, { dir, plan, onWrite: blocks.take }, closing),
    bundle({ outdir: join(dir, 'functions'), settingsText }),
  ] as const;
  await Promise.allSettled(starts); // what fails is closed when all have begun
  const [servers, code] = await Promise.all(starts);
  const { waf, endpoints } = servers;
  const sets = provideSets(waf, plan.sets);
  const { kinesis, dynamo, producer } = makeClients(endpoints, closing);
  await provide({ kinesis, dynamo, plan });

  const functions = makeFunctions(options, { plan, code, endpoints, sets });
  closing.push(() => Promise.all(FUNCTION_NAMES.map((name) => functions[name].stop())));
  const api = await startApiUrl({ invoke: (event) => functions.api.invoke(event) });
  closing.push(() => api.close());
  const sourceOf = (name: EventSourceName) =>
    startSource(name, { options, plan, dir, kinesis, functions });
  const intake = sourceOf('intake');
  const tally = sourceOf('tally');
  const { watchMs = plan.everyMs.watch, enforceMs = plan.everyMs.enforce, onError } = options;
  const watch = startSchedule(functions.watch, watchMs, onError);
  const enforce = startSchedule(functions.enforce, enforceMs, onError);

  return {
    endpoints,
    names: plan.names,
    kinesis,
    dynamo,
    code,
    waf,
    sets,
    edge: makeEdge(waf, sets, settings.guard),
    putLines: (lines) => putLines(producer, plan.names.edgeLines, lines),
    listPutKeys: () => listKeys(kinesis, plan.names.edgeLines),
    async drain() {
      await intake.drain();
      await tally.drain();
    },
    runWatch: watch.run,
    runEnforce: enforce.run,
    async drainGuard() {
      await servers.dynamo.settle();
      await blocks.drain();
    },
    invokeControl: (event) => functions.control.invoke(event),
    apiUrl: api.url,
    sweep: (nowSeconds) => servers.dynamo.sweep(nowSeconds),
    async stop(graceMs) {
      watch.stop();
      enforce.stop();
      await Promise.all([intake, tally, blocks].map((source) => source.stop(graceMs)));
      await closeAll(closing);
    },
  };
}

interface Place {
  readonly dir: string;
  readonly plan: RigPlan;
  readonly onWrite: (write: TableWrite) => void;
}

async function startServers(
  options: RigOptions,
  { dir, plan, onWrite }: Place,
  closing: (() => unknown)[],
) {
  const { keepDir, propagationMs, neighbourEveryMs, onWafUpdate } = options;
  const onBroken = options.onError ?? (() => undefined);
  const begin = async <T extends EmulatorServer>(start: Promise<T>): Promise<T> => {
    const server = await start;
    closing.push(() => server.close());
    return server;
  };
  // On disk in any case: that is faster than its own memory, and does not fill ours. It comes first,
  // because it says clearly when another rig has the directory open.
  const kinesis = await begin(startKinesisProcess({ path: join(dir, 'kinesis'), onBroken }));
  const path = keepDir === undefined ? {} : { path: join(dir, 'dynamo') };
  const { table, keyNames, filters } = plan.blocksSource;
  const watching = { watched: { table, keyNames, filters }, onWrite };
  const dynamo = await begin(startDynamoProcess({ ...path, ...watching, onBroken }));
  const secrets = await begin(
    startSecrets({ [plan.names.secret]: findSecret(join(dir, 'secret')) }),
  );
  const waf = await begin(
    startWaf({
      ...(keepDir === undefined ? {} : { dir: join(dir, 'waf') }),
      ...(propagationMs === undefined ? {} : { propagationMs }),
      ...(neighbourEveryMs === undefined ? {} : { neighbourEveryMs }),
      ...(onWafUpdate && { onUpdate: onWafUpdate }),
    }),
  );
  const endpoints: Endpoints = {
    kinesis: kinesis.endpoint,
    dynamo: dynamo.endpoint,
    secrets: secrets.endpoint,
    waf: waf.endpoint,
  };
  return { dynamo, waf, endpoints };
}

interface Providing {
  readonly kinesis: KinesisClient;
  readonly dynamo: DynamoDBClient;
  readonly plan: RigPlan;
}

async function provide({ kinesis, dynamo, plan: { streams, tables } }: Providing): Promise<void> {
  await Promise.all([
    ...streams.map((stream) => provideStream(kinesis, stream.name, stream)),
    ...tables.map((table) => provideTable(dynamo, table.name, table)),
  ]);
}

function makeClients(endpoints: Rig['endpoints'], closing: (() => unknown)[]) {
  const kinesisOptions = () => ({
    ...ownCredentials(),
    endpoint: endpoints.kinesis,
    requestHandler: new NodeHttpHandler(), // the default speaks HTTP/2, which the emulator does not
  });
  const clients = {
    kinesis: new KinesisClient(kinesisOptions()),
    // A call that is repeated by itself could put its lines twice.
    producer: new KinesisClient({ ...kinesisOptions(), maxAttempts: 1 }),
    dynamo: new DynamoDBClient({ ...ownCredentials(), endpoint: endpoints.dynamo }),
  };
  closing.push(() => Object.values(clients).forEach((client) => client.destroy()));
  return clients;
}

/** The last that began ends first. */
async function closeAll(closing: (() => unknown)[]): Promise<void> {
  for (let close = closing.pop(); close !== undefined; close = closing.pop()) await close();
}
