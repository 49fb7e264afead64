import type { Settings } from '../lambdas/core/settings';
import { parseConfig } from '../lib/config';
import { pipelineOf } from '../lib/pipeline';
import { kinesisArnOf } from './event-source';
import { LOCAL_SHARDS_MAX } from './provision';
import type { FunctionCode } from './rig-functions';
import type { RigNames, RigPlan, RigStream } from './rig-plan';
import { got, openSynthesis, type SynthesisedStack } from './template-files';
import { functionsOf, type TemplateFunctions } from './template-functions';
import { edgeLogOf, setsOf, streamsOf, tablesOf, type TemplateStream } from './template-resources';
import { schedulesOf, sourcesOf } from './template-sources';
import { TemplateValues } from './template-values';

/** The road as `cdk synth` has written it: what would be deployed, on this machine. */
export interface TemplateRoad {
  readonly stack: string;
  readonly plan: RigPlan;
  readonly code: FunctionCode;
  /** turnout.json as it lies beside the functions */
  readonly settingsText: string;
  readonly settings: Settings;
  /** What of the template is another thing here, for people. */
  readonly notes: readonly string[];
}

/** Throws one error that says what is missing or unknown: what, got, expected. */
export function readTemplate(dir: string, stackName?: string): TemplateRoad {
  const stack = openSynthesis(dir, stackName);
  const values = new TemplateValues(stack);
  const made = functionsOf(stack, values);
  const { functions, code, settingsText, byName } = made;
  const settings = parseConfig(readSettings(settingsText, dir), `turnout.json of ${dir}`);
  const streams = streamsOf(stack, values);
  const tables = tablesOf(stack, values);
  const question = { stack, values, functions: byName };
  const edgeLog = edgeLogOf(stack, values);
  checkFields(edgeLog.fields, settings);
  const edgeLines = streams.find(({ name }) => kinesisArnOf(name) === edgeLog.stream);
  if (edgeLines === undefined) {
    throw new Error(`CloudFront writes to ${edgeLog.stream}, expected a stream of ${stack.file}`);
  }
  const names = namesOf(made, edgeLines);
  checkNames(names, { streams, tables, file: stack.file });
  const usual = pipelineOf(settings).streams.edgeLines.shards;
  return {
    ...{ stack: stack.name, code, settingsText, settings },
    plan: {
      ...{ names, functions, tables },
      streams: streams.map((stream): RigStream => ({ ...stream, shards: stream.shards ?? usual })),
      sets: setsOf(stack, values, made.variable('enforce', 'WAF_SETS')),
      ...sourcesOf(question, streams, tables),
      everyMs: schedulesOf(question),
    },
    notes: notesOf(stack, { made, streams, usual }),
  };
}

function namesOf({ variable }: TemplateFunctions, edgeLines: TemplateStream): RigNames {
  return {
    edgeLines: edgeLines.name,
    viewerPackets: variable('intake', 'VIEWER_PACKETS_STREAM'),
    stateTable: variable('intake', 'STATE_TABLE'),
    viewsTable: variable('tally', 'VIEWS_TABLE'),
    blocksTable: variable('tally', 'BLOCKS_TABLE'),
    secret: variable('intake', 'VIEWER_KEY_SECRET'),
  };
}

interface Provided {
  readonly streams: readonly { readonly name: string }[];
  readonly tables: readonly { readonly name: string }[];
  readonly file: string;
}

/** A name that stands as text in the template may be of nothing. */
function checkNames(names: RigNames, { streams, tables, file }: Provided): void {
  const { edgeLines, viewerPackets, stateTable, viewsTable, blocksTable } = names;
  const check = (used: readonly string[], known: Provided['tables'], what: string) => {
    const missing = used.find((name) => !known.some((it) => it.name === name));
    if (missing === undefined) return;
    throw new Error(`functions use the ${what} ${missing}, expected one of ${file}`);
  };
  check([edgeLines, viewerPackets], streams, 'stream');
  check([stateTable, viewsTable, blocksTable], tables, 'table');
}

/** CloudFront writes the columns that it is told, and intake reads those of turnout.json. */
function checkFields(fields: unknown, { realtimeFields }: Settings): void {
  if (JSON.stringify(fields) === JSON.stringify(realtimeFields)) return;
  throw new Error(
    `RealtimeLogConfig has the fields ${got(fields)}, expected those of turnout.json: ${realtimeFields.join(', ')}`,
  );
}

function readSettings(text: string, dir: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`turnout.json of ${dir}: ${(error as Error).message}`, { cause: error });
  }
}

interface Noted {
  readonly made: TemplateFunctions;
  readonly streams: readonly TemplateStream[];
  readonly usual: number;
}

function notesOf({ resources }: SynthesisedStack, { made, streams, usual }: Noted): string[] {
  const eventRules = [...resources.values()].filter(
    ({ type, properties }) =>
      type === 'AWS::Events::Rule' && properties['ScheduleExpression'] === undefined,
  );
  const unrun = [...made.others, ...eventRules.map(({ id }) => id)];
  return [
    ...streams.map(({ name, shards }) => {
      const here = Math.min(shards ?? usual, LOCAL_SHARDS_MAX);
      const there = shards === undefined ? 'is on demand' : `has ${shards} shards`;
      return here === shards ? undefined : `${name} ${there}: here it has ${here} shards`;
    }),
    ...unrun.map((id) => `${id} is not run here`),
  ].filter((note) => note !== undefined);
}
