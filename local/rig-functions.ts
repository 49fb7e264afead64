import { join } from 'node:path';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { type EventSourceName, FUNCTION_NAMES, type FunctionName } from '../lib/pipeline';
import { type EventSource, startEventSource } from './event-source';
import { type Endpoints, emulatorVariables } from './function-environment';
import type { LambdaSettings } from './lambda-environment';
import { type LambdaFunction, makeFunction } from './lambda-runner';
import { parseMetrics } from './metrics-line';
import type { RigOptions } from './rig';
import type { RigSet } from './rig-guard';
import type { RigPlan } from './rig-plan';

/** The functions of the rig, and what invokes them. */

/** Two of a kind race for lanes and journals as they may in Lambda, and two processors are busy. */
export const ENVIRONMENTS_DEFAULT: Readonly<Record<FunctionName, number>> = {
  intake: 2,
  tally: 2,
  watch: 1,
  // Its schedule and its stream meet in Lambda, too: the lease says who writes.
  enforce: 2,
  control: 1,
  api: 1,
};

/** Where the code of each function lies, and what is called in it. */
export type FunctionCode = Readonly<Record<FunctionName, Pick<LambdaSettings, 'dir' | 'handler'>>>;

export interface FunctionParts {
  readonly plan: RigPlan;
  readonly code: FunctionCode;
  readonly endpoints: Endpoints;
  readonly sets: readonly RigSet[];
}

export function makeFunctions(
  { environments = {}, environment, onLog, onMetrics }: RigOptions,
  { plan, code, endpoints, sets }: FunctionParts,
): Record<FunctionName, LambdaFunction> {
  const made = FUNCTION_NAMES.map((name) => {
    const {
      memoryMb,
      timeoutSeconds,
      variables,
      environmentsMax = Infinity,
    } = plan.functions[name];
    const wanted = environments[name] ?? ENVIRONMENTS_DEFAULT[name];
    const one = makeFunction({
      ...{ name, memoryMb, timeoutSeconds },
      dir: code[name].dir,
      handler: code[name].handler,
      environment: { ...variables(sets), ...emulatorVariables(endpoints), ...environment },
      environmentsMax: Math.min(wanted, environmentsMax),
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
  readonly plan: RigPlan;
  readonly dir: string;
  readonly kinesis: KinesisClient;
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
}

export function startSource(
  name: EventSourceName,
  { options, plan, dir, kinesis, functions }: SourceParts,
): EventSource {
  const { keepDir, pollMs, onInvocation, onError } = options;
  return startEventSource({
    ...plan.eventSources[name],
    kinesis,
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
