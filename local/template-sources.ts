import type { EventSourceName, FunctionName } from '../lib/pipeline';
import { type EventSourceSettings, kinesisArnOf } from './event-source';
import {
  SCHEDULED_NAMES,
  type ScheduledName,
  type StreamSource,
  type TableSource,
} from './rig-plan';
import { tableStreamArnOf } from './table-stream';
import type { Pattern } from './table-writes';
import { got, isObject, type Json, type SynthesisedStack } from './template-files';
import { ofType, type TemplateStream, type TemplateTable } from './template-resources';
import { checkKnown, type TemplateValues, wholeOf } from './template-values';

/** What invokes the functions of a template: mappings of streams, and schedules. */

export interface SourceQuestion {
  readonly stack: SynthesisedStack;
  readonly values: TemplateValues;
  /** by name and by ARN */
  readonly functions: ReadonlyMap<string, FunctionName>;
}

export interface TemplateSources {
  readonly eventSources: Readonly<Record<EventSourceName, StreamSource>>;
  readonly blocksSource: TableSource;
}

const MAPPING = [
  'EventSourceArn',
  'FunctionName',
  'BatchSize',
  'MaximumBatchingWindowInSeconds',
  'ParallelizationFactor',
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'StartingPosition',
  'BisectBatchOnFunctionError',
  'FilterCriteria',
  'Enabled',
  'Tags',
] as const;

/** The mappings of Kinesis by the function that they invoke, and the one of a table. */
export function sourcesOf(
  question: SourceQuestion,
  streams: readonly TemplateStream[],
  tables: readonly TemplateTable[],
): TemplateSources {
  const { stack } = question;
  const ofStreams = new Map<FunctionName, StreamSource>();
  const ofTables: TableSource[] = [];
  for (const { id, properties } of ofType(stack, ['AWS::Lambda::EventSourceMapping'])) {
    checkKnown(properties, MAPPING, id);
    if ((properties['Enabled'] ?? true) !== true) {
      throw new Error(`${id}.Enabled is ${got(properties['Enabled'])}, expected true`);
    }
    const arn = question.values.text(properties['EventSourceArn'], `${id}.EventSourceArn`);
    const target = targetOf(question, properties['FunctionName'], `${id}.FunctionName`);
    const settings = settingsOf(properties, id);
    const filters = filtersOf(properties, id);
    const stream = streams.find(({ name }) => kinesisArnOf(name) === arn);
    const table = tables.find(({ name }) => tableStreamArnOf(name) === arn);
    if (stream !== undefined) {
      if (filters !== undefined) {
        throw new Error(`${id} has FilterCriteria, expected none: the rig filters tables alone`);
      }
      if (ofStreams.has(target)) {
        throw new Error(`${id} is the second stream of ${target}, expected one`);
      }
      ofStreams.set(target, { ...settings, stream: stream.name });
    } else if (table !== undefined) {
      ofTables.push(tableSourceOf(table, { id, settings, filters, target }));
    } else {
      throw new Error(`${id}.EventSourceArn is ${arn}, expected a stream or a table of the stack`);
    }
  }
  return { ...streamSources(ofStreams, stack.file), blocksSource: only(ofTables, stack.file) };
}

function streamSources(found: ReadonlyMap<FunctionName, StreamSource>, file: string) {
  const { intake, tally, ...others } = Object.fromEntries(found) as Partial<
    Record<FunctionName, StreamSource>
  >;
  const names = Object.keys(others);
  if (intake !== undefined && tally !== undefined && names.length === 0) {
    return { eventSources: { intake, tally } };
  }
  throw new Error(
    `${file} has streams read by ${[...found.keys()].join(', ') || 'no function'}, expected by intake, tally`,
  );
}

function only(sources: readonly TableSource[], file: string): TableSource {
  const [source] = sources;
  if (source !== undefined && sources.length === 1) return source;
  throw new Error(`${file} has ${sources.length} mappings of streams of tables, expected 1`);
}

interface Mapping {
  readonly id: string;
  readonly settings: EventSourceSettings;
  readonly filters: readonly Pattern[] | undefined;
  readonly target: FunctionName;
}

function tableSourceOf(
  { name, partitionKey, sortKey, streamView }: TemplateTable,
  { id, settings, filters, target }: Mapping,
): TableSource {
  if (streamView !== 'KEYS_ONLY') {
    throw new Error(`${id}: the stream of ${name} has ${got(streamView)}, expected KEYS_ONLY`);
  }
  // Without a filter every write is told: a pattern of no member fits all.
  const all: readonly Pattern[] = [{}];
  const keyNames = [partitionKey, sortKey] as const;
  return { ...settings, table: name, keyNames, filters: filters ?? all, target };
}

/** Defaults are those of Lambda for streams. */
function settingsOf(properties: Json, where: string): EventSourceSettings {
  const whole = (name: string, fallback: number, min: number, max: number) =>
    wholeOf(properties, { name, fallback, min, max, where });
  const { StartingPosition, BisectBatchOnFunctionError = false } = properties;
  if (typeof StartingPosition !== 'string' || typeof BisectBatchOnFunctionError !== 'boolean') {
    const [position, bisect] = [got(StartingPosition), got(BisectBatchOnFunctionError)];
    throw new Error(
      `${where}: StartingPosition is ${position}, BisectBatchOnFunctionError ${bisect}, expected text and true or false`,
    );
  }
  return {
    batchSize: whole('BatchSize', 100, 1, 10_000),
    windowSeconds: whole('MaximumBatchingWindowInSeconds', 0, 0, 300),
    parallelizationFactor: whole('ParallelizationFactor', 1, 1, 10),
    retryAttempts: whole('MaximumRetryAttempts', -1, -1, 10_000),
    maxRecordAgeSeconds: whole('MaximumRecordAgeInSeconds', -1, -1, 604_800),
    startingPosition: StartingPosition,
    bisectOnError: BisectBatchOnFunctionError,
  };
}

function filtersOf(properties: Json, id: string): readonly Pattern[] | undefined {
  const { FilterCriteria } = properties;
  if (FilterCriteria === undefined) return undefined;
  const filters = isObject(FilterCriteria) ? FilterCriteria['Filters'] : undefined;
  if (!Array.isArray(filters)) {
    throw new Error(`${id}.FilterCriteria is ${got(FilterCriteria)}, expected Filters`);
  }
  return filters.map((filter: unknown) => {
    const text = isObject(filter) ? filter['Pattern'] : undefined;
    const pattern = readPattern(text);
    if (pattern !== undefined) return pattern;
    throw new Error(
      `${id}: the filter is ${got(text)}, expected a pattern of texts and {"prefix": text} alone`,
    );
  });
}

function readPattern(text: unknown): Pattern | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && isPattern(value) ? value : undefined;
  } catch {
    return undefined; // said by the caller, as what is JSON and no pattern
  }
}

function isPattern(value: unknown): value is Pattern {
  if (isObject(value)) return Object.values(value).every(isPattern);
  const isPrefix = (it: unknown) =>
    isObject(it) && Object.keys(it).join() === 'prefix' && typeof it['prefix'] === 'string';
  return Array.isArray(value) && value.every((it) => typeof it === 'string' || isPrefix(it));
}

const UNIT_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** How often each function is invoked that the clock invokes. */
export function schedulesOf(question: SourceQuestion): Record<ScheduledName, number> {
  const { stack } = question;
  const found = new Map<FunctionName, number>();
  for (const { id, properties } of ofType(stack, ['AWS::Events::Rule'])) {
    const { ScheduleExpression, State, Targets } = properties;
    if (ScheduleExpression === undefined || State === 'DISABLED') continue;
    const everyMs = everyMsOf(ScheduleExpression, `${id}.ScheduleExpression`);
    for (const target of Array.isArray(Targets) ? (Targets as unknown[]) : []) {
      const arn = isObject(target) ? target['Arn'] : undefined;
      found.set(targetOf(question, arn, `${id}.Targets`), everyMs);
    }
  }
  const expected: readonly string[] = SCHEDULED_NAMES;
  const isAll = SCHEDULED_NAMES.every((name) => found.has(name));
  if (isAll && found.size === expected.length) {
    return Object.fromEntries(found) as Record<ScheduledName, number>;
  }
  const has = [...found.keys()].join(', ') || 'no function';
  throw new Error(`${stack.file} has schedules of ${has}, expected of ${expected.join(', ')}`);
}

function everyMsOf(expression: unknown, where: string): number {
  const [, count, unit] =
    /^rate\((\d+) (minute|hour|day)s?\)$/.exec(typeof expression === 'string' ? expression : '') ??
    [];
  if (count !== undefined && Number(count) > 0) return Number(count) * UNIT_MS[unit!]!;
  throw new Error(`${where} is ${got(expression)}, expected rate(N minutes), hours or days`);
}

function targetOf({ values, functions }: SourceQuestion, value: unknown, where: string) {
  const text = values.text(value, where);
  const target = functions.get(text);
  if (target !== undefined) return target;
  throw new Error(
    `${where} is ${text}, expected one of ${[...new Set(functions.values())].join(', ')}`,
  );
}
