import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Settings } from '../lambdas/core/settings';
import { bundleFunctions, type Bundles } from '../lib/bundle';
import {
  type EventSourceName,
  FUNCTION_NAMES,
  type FunctionName,
  type Pipeline,
  pipelineOf,
} from '../lib/pipeline';
import { TABLES } from '../lib/tables';
import { startDynamoThread, startKinesisThread } from './emulator-threads';
import { type EventSource, startEventSource } from './event-source';
import { findSecret, functionEnvironment, NAMES, ownCredentials } from './function-environment';
import type { EmulatorServer } from './kinesis-server';
import type { LogStream } from './lambda-environment';
import { type LambdaFunction, makeFunction } from './lambda-runner';
import { type FunctionMetrics, parseMetrics } from './metrics-line';
import { type KeyedLine, listKeys, putLines } from './producer';
import { provideStream, provideTable } from './provision';
import { startSecrets } from './secrets-server';
import type { InvocationReport } from './shard-poller';

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
  /** Between two invocations of watch. @default 60,000 */
  readonly watchMs?: number;
  /** @default the one of the stack */
  readonly pipeline?: Pipeline;
  /** @default the one of the stack */
  readonly bundle?: (props: { outdir: string; settingsText: string }) => Promise<Bundles>;
  /** Lines that functions write, but for those of metrics. */
  readonly onLog?: (name: FunctionName, line: string, stream: LogStream) => void;
  readonly onMetrics?: (name: FunctionName, metrics: FunctionMetrics) => void;
  /** Also of invocations that failed: their batch comes again. */
  readonly onInvocation?: (name: EventSourceName, report: InvocationReport) => void;
  /** What is tried again (a read, watch), or an emulator that has broken. */
  readonly onError?: (error: Error) => void;
}

/** The whole road on this machine: emulators on loopback, the real handlers, and what feeds them. */
export interface Rig {
  readonly endpoints: Readonly<Record<'kinesis' | 'dynamo' | 'secrets', string>>;
  readonly names: typeof NAMES;
  readonly kinesis: KinesisClient;
  readonly dynamo: DynamoDBClient;
  readonly bundles: Bundles;
  /** Comes back when all are in the stream. */
  putLines(lines: readonly KeyedLine[]): Promise<void>;
  /** The key of every line that the stream holds: what need not be put again after a restart. */
  listPutKeys(): Promise<Set<string>>;
  /** Resolves when all that was put is through both functions; not while a batch fails. */
  drain(): Promise<void>;
  runWatch(): Promise<unknown>;
  /** Deletes from the tables what has expired; nothing expires by itself. */
  sweep(nowSeconds: number): Promise<number>;
  /** What is under way has so long to end; what is not acknowledged then comes again after a restart. */
  stop(graceMs?: number): Promise<void>;
}

/** Two of a kind race for lanes and journals as they may in Lambda, and two processors are busy. */
export const ENVIRONMENTS_DEFAULT: Readonly<Record<FunctionName, number>> = {
  intake: 2,
  tally: 2,
  watch: 1,
};
const WATCH_MS_DEFAULT = 60_000;

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
  const pipeline = options.pipeline ?? pipelineOf(settings);
  const bundle = options.bundle ?? bundleFunctions;

  const starts = [
    startServers(options, dir, closing),
    bundle({ outdir: join(dir, 'functions'), settingsText }),
  ] as const;
  await Promise.allSettled(starts); // what fails is closed when all have begun
  const [servers, bundles] = await Promise.all(starts);
  const endpoints = {
    kinesis: servers.kinesis.endpoint,
    dynamo: servers.dynamo.endpoint,
    secrets: servers.secrets.endpoint,
  };
  const { kinesis, dynamo, producer } = makeClients(endpoints, closing);
  await Promise.all([
    provideStream(kinesis, NAMES.edgeLines, pipeline.streams.edgeLines),
    provideStream(kinesis, NAMES.viewerPackets, pipeline.streams.viewerPackets),
    provideTable(dynamo, NAMES.stateTable, TABLES.state),
    provideTable(dynamo, NAMES.viewsTable, TABLES.views),
  ]);

  const functions = makeFunctions({ options, pipeline, bundles, endpoints });
  closing.push(() => Promise.all(FUNCTION_NAMES.map((name) => functions[name].stop())));
  const sourceOf = (name: EventSourceName, stream: string) =>
    startSource(name, { options, pipeline, dir, kinesis, stream, functions });
  const intake = sourceOf('intake', NAMES.edgeLines);
  const tally = sourceOf('tally', NAMES.viewerPackets);
  const watch = startWatch(functions.watch, options);

  return {
    endpoints,
    names: NAMES,
    kinesis,
    dynamo,
    bundles,
    putLines: (lines) => putLines(producer, NAMES.edgeLines, lines),
    listPutKeys: () => listKeys(kinesis, NAMES.edgeLines),
    async drain() {
      await intake.drain();
      await tally.drain();
    },
    runWatch: watch.run,
    sweep: (nowSeconds) => servers.dynamo.sweep(nowSeconds),
    async stop(graceMs) {
      watch.stop();
      await Promise.all([intake.stop(graceMs), tally.stop(graceMs)]);
      await closeAll(closing);
    },
  };
}

async function startServers(options: RigOptions, dir: string, closing: (() => unknown)[]) {
  const onBroken = options.onError ?? (() => undefined);
  const begin = async <T extends EmulatorServer>(start: Promise<T>): Promise<T> => {
    const server = await start;
    closing.push(() => server.close());
    return server;
  };
  // On disk in any case: that is faster than its own memory, and does not fill ours. It comes first,
  // because it says clearly when another rig has the directory open.
  const kinesis = await begin(startKinesisThread({ path: join(dir, 'kinesis'), onBroken }));
  const path = options.keepDir === undefined ? {} : { path: join(dir, 'dynamo') };
  const dynamo = await begin(startDynamoThread({ ...path, onBroken }));
  const secrets = await begin(startSecrets({ [NAMES.secret]: findSecret(join(dir, 'secret')) }));
  return { kinesis, dynamo, secrets };
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

interface Parts {
  readonly options: RigOptions;
  readonly pipeline: Pipeline;
}

function makeFunctions({
  options,
  pipeline,
  bundles,
  endpoints,
}: Parts & { bundles: Bundles; endpoints: Rig['endpoints'] }): Record<
  FunctionName,
  LambdaFunction
> {
  const { environments = {}, environment, onLog, onMetrics } = options;
  const made = FUNCTION_NAMES.map((name) => {
    const one = makeFunction({
      name,
      dir: bundles[name].dir,
      handler: bundles[name].handler,
      memoryMb: pipeline.functions[name].memoryMb,
      timeoutSeconds: pipeline.functions[name].timeoutSeconds,
      environment: { ...functionEnvironment(name, { pipeline, endpoints }), ...environment },
      environmentsMax: environments[name] ?? ENVIRONMENTS_DEFAULT[name],
      onLogLine(line, stream) {
        const metrics = stream === 'stdout' ? parseMetrics(line) : undefined;
        if (metrics) onMetrics?.(name, metrics);
        else onLog?.(name, line, stream);
      },
    });
    return [name, one] as const;
  });
  return Object.fromEntries(made) as Record<FunctionName, LambdaFunction>;
}

interface SourceParts extends Parts {
  readonly dir: string;
  readonly kinesis: KinesisClient;
  readonly stream: string;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
}

function startSource(
  name: EventSourceName,
  { options, pipeline, dir, kinesis, stream, functions }: SourceParts,
): EventSource {
  const { keepDir, pollMs, onInvocation, onError } = options;
  return startEventSource({
    ...pipeline.eventSources[name],
    kinesis,
    stream,
    invoke: (event) => functions[name].invoke(event),
    ...(keepDir === undefined ? {} : { checkpointDir: join(dir, 'checkpoints', name) }),
    ...(pollMs === undefined ? {} : { pollMs }),
    ...(onInvocation && { onInvocation: (report) => onInvocation(name, report) }),
    ...(onError && { onError }),
  });
}

/** Invokes watch as a schedule does; one that takes longer than the time between two is not doubled. */
function startWatch(watch: LambdaFunction, { watchMs = WATCH_MS_DEFAULT, onError }: RigOptions) {
  let underWay: Promise<unknown> | undefined;
  const run = () => {
    const event = {
      version: '0',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: new Date().toISOString(),
      detail: {},
    };
    underWay ??= watch.invoke(event).finally(() => (underWay = undefined));
    return underWay;
  };
  const timer = setInterval(() => {
    run().catch((error: Error) => onError?.(error));
  }, watchMs);
  return { run, stop: () => clearInterval(timer) };
}

/** The last that began ends first. */
async function closeAll(closing: (() => unknown)[]): Promise<void> {
  for (let close = closing.pop(); close !== undefined; close = closing.pop()) await close();
}
