import { join } from 'node:path';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import type { Bundles } from '../lib/bundle';
import {
  type EventSourceName,
  FUNCTION_NAMES,
  type FunctionName,
  type Pipeline,
} from '../lib/pipeline';
import { type EventSource, startEventSource } from './event-source';
import { type EnvironmentParts, functionEnvironment } from './function-environment';
import { type LambdaFunction, makeFunction } from './lambda-runner';
import { parseMetrics } from './metrics-line';
import type { RigOptions } from './rig';

/** The functions of the rig, and what invokes them. */

/** Two of a kind race for lanes and journals as they may in Lambda, and two processors are busy. */
export const ENVIRONMENTS_DEFAULT: Readonly<Record<FunctionName, number>> = {
  intake: 2,
  tally: 2,
  watch: 1,
  // Its schedule and its stream meet in Lambda, too: the lease says who writes.
  enforce: 2,
  control: 1,
};

export function makeFunctions(
  { environments = {}, environment, onLog, onMetrics }: RigOptions,
  { bundles, ...parts }: EnvironmentParts & { readonly bundles: Bundles },
): Record<FunctionName, LambdaFunction> {
  const { functions } = parts.pipeline;
  const made = FUNCTION_NAMES.map((name) => {
    const one = makeFunction({
      name,
      dir: bundles[name].dir,
      handler: bundles[name].handler,
      memoryMb: functions[name].memoryMb,
      timeoutSeconds: functions[name].timeoutSeconds,
      environment: { ...functionEnvironment(name, parts), ...environment },
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

export interface SourceParts {
  readonly options: RigOptions;
  readonly pipeline: Pipeline;
  readonly dir: string;
  readonly kinesis: KinesisClient;
  readonly stream: string;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
}

export function startSource(
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

export interface Schedule {
  run(): Promise<unknown>;
  stop(): void;
}

/** Invokes as a schedule does; what takes longer than the time between two is not doubled. */
export function startSchedule(
  target: LambdaFunction,
  everyMs: number,
  onError?: (error: Error) => void,
): Schedule {
  let underWay: Promise<unknown> | undefined;
  const run = () => {
    const event = {
      version: '0',
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      time: new Date().toISOString(),
      detail: {},
    };
    underWay ??= target.invoke(event).finally(() => (underWay = undefined));
    return underWay;
  };
  const timer = setInterval(() => {
    run().catch((error: Error) => onError?.(error));
  }, everyMs);
  return { run, stop: () => clearInterval(timer) };
}
