import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../lib/config';
import { FUNCTION_NAMES, pipelineOf } from '../../lib/pipeline';
import { planOfSettings, type RigPlan } from '../../local/rig-plan';
import type { PlannedSet, RigSet } from '../../local/rig-guard';
import { readTemplate } from '../../local/template-plan';
import { synthTemplate } from '../lib/stack-support';
import { resourceIn, type TemplateJson, writeSynthesis } from './synthesis';

const folder = mkdtempSync(join(tmpdir(), 'turnout-template-'));
afterAll(() => rmSync(folder, { recursive: true }));

jest.setTimeout(60_000);

/** A configuration that leaves the usual number of everything. */
const CONFIG = { lanes: 64, guard: { setsV4: 2, setsV6: 1 } };
let whole: TemplateJson;
beforeAll(() => {
  whole = synthTemplate(CONFIG).toJSON() as TemplateJson;
});

function read(edit: (template: TemplateJson) => unknown = () => undefined) {
  const template = structuredClone(whole);
  edit(template);
  const dir = join(folder, 'cdk.out');
  writeSynthesis(dir, { template, config: JSON.stringify(CONFIG) });
  return readTemplate(dir);
}

const rigSet = ({ list, family, n, name }: PlannedSet): RigSet => ({
  ...{ list, family, n, name },
  id: `id-of-${name}`,
});

/** All that a plan says, functions with the variables that they would get. */
function told({ sets, functions, ...rest }: RigPlan) {
  const given = sets.map(rigSet);
  const named = FUNCTION_NAMES.map((name) => {
    const { variables, ...settings } = functions[name];
    return [name, { ...settings, variables: variables(given) }];
  });
  return { ...rest, sets, functions: Object.fromEntries(named) };
}

/** Names of the template in place of those of the rig, wherever they stand. */
function renamed(plan: unknown, from: RigPlan, to: RigPlan): unknown {
  const names = new Map<string, string>([
    ...Object.entries(from.names).map(([key, name]): [string, string] => [
      name,
      to.names[key as keyof typeof to.names],
    ]),
    ...from.sets.map(({ name }, at): [string, string] => [name, to.sets[at]!.name]),
  ]);
  const all = [...names.keys()].sort((a, b) => b.length - a.length).join('|');
  const text = JSON.stringify(plan).replace(new RegExp(all, 'g'), (name) => names.get(name)!);
  return JSON.parse(text);
}

describe('readTemplate', () => {
  it('says of the template what the rig says by itself, but for names', () => {
    const settings = parseConfig(CONFIG);
    const usual = planOfSettings(settings, pipelineOf(settings));
    const { plan, settings: own } = read();
    expect(own).toEqual(settings);
    const byTemplate = JSON.parse(JSON.stringify(told(plan))) as ReturnType<typeof told>;
    const expected = renamed(told(usual), usual, plan) as ReturnType<typeof told>;
    // Streams have their shards and hours here; how a stream is run is the stack's.
    const forms = (streams: RigPlan['streams']) =>
      streams.map(({ name, shards, retentionHours }) => ({ name, shards, retentionHours }));
    const bare = (tables: RigPlan['tables']) =>
      tables.map(({ name, partitionKey, sortKey, ttlAttribute }) => [
        ...[name, partitionKey, sortKey, ttlAttribute],
      ]);
    expect(forms(byTemplate.streams)).toEqual(forms(expected.streams));
    expect(bare(byTemplate.tables)).toEqual(bare(expected.tables));
    const rest = { streams: undefined, tables: undefined };
    expect({ ...byTemplate, ...rest }).toEqual({ ...expected, ...rest });
    expect(byTemplate.names).not.toEqual(usual.names);
  });

  it('takes numbers, filters and schedules from the template, not from the rig', () => {
    const { plan, notes } = read((template) => {
      Object.assign(resourceIn(template, 'Lambda::EventSourceMapping', 'Intake').Properties, {
        BatchSize: 77,
        MaximumBatchingWindowInSeconds: 9,
      });
      Object.assign(resourceIn(template, 'Lambda::EventSourceMapping', 'Enforce').Properties, {
        FilterCriteria: { Filters: [{ Pattern: '{"eventName":["REMOVE"]}' }] },
      });
      Object.assign(resourceIn(template, 'Lambda::Function', 'Tally').Properties, {
        MemorySize: 512,
        Timeout: 31,
        ReservedConcurrentExecutions: 1,
      });
      resourceIn(template, 'Kinesis::Stream', 'ViewerPackets').Properties['ShardCount'] = 2;
      const rule = resourceIn(template, 'Events::Rule', 'EnforceEachMinute').Properties;
      rule['ScheduleExpression'] = 'rate(2 hours)';
    });
    expect(plan.eventSources.intake).toMatchObject({ batchSize: 77, windowSeconds: 9 });
    expect(plan.blocksSource).toMatchObject({ filters: [{ eventName: ['REMOVE'] }] });
    expect(plan.functions.tally).toMatchObject({
      ...{ memoryMb: 512, timeoutSeconds: 31, environmentsMax: 1 },
    });
    expect(plan.streams.map(({ shards }) => shards)).toEqual([150, 2]);
    expect(plan.everyMs).toEqual({ watch: 60_000, enforce: 7_200_000 });
    expect(notes).toContainEqual(
      expect.stringMatching(/^Turnout-TurnoutEdgeLines.* is on demand: here it has 16 shards$/),
    );
  });

  it('has enforce ask nobody for deploys: nothing that is run here is a stack', () => {
    const { Environment } = resourceIn(whole, 'Lambda::Function', 'Enforce').Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Environment.Variables).toHaveProperty('STACK_ID');
    const { enforce } = read().plan.functions;
    expect(enforce.variables([])).not.toHaveProperty('STACK_ID');
  });

  it('takes what Lambda takes where the template says nothing', () => {
    const { plan } = read((template) => {
      const mapping = resourceIn(template, 'Lambda::EventSourceMapping', 'Intake').Properties;
      delete mapping['BatchSize'];
      delete mapping['MaximumBatchingWindowInSeconds'];
      const { Properties } = resourceIn(template, 'Lambda::Function', 'Watch');
      delete Properties['Timeout'];
      delete Properties['MemorySize'];
    });
    expect(plan.eventSources.intake).toMatchObject({ batchSize: 100, windowSeconds: 0 });
    expect(plan.functions.watch).toMatchObject({ memoryMb: 128, timeoutSeconds: 3 });
  });

  it('gives each set its own id, and text with references the names of emulators', () => {
    const { plan } = read((template) => {
      const { Environment } = resourceIn(template, 'Lambda::Function', 'Watch').Properties as {
        Environment: { Variables: Record<string, unknown> };
      };
      const [stream] = Object.entries(template.Resources).find(
        ([, { Type }]) => Type === 'AWS::Kinesis::Stream',
      )!;
      Environment.Variables['PLACE'] = {
        'Fn::Sub': `\${AWS::StackName} in \${AWS::Region}: \${${stream}} \${${stream}.Arn} \${!x}`,
      };
    });
    const name = plan.names.edgeLines;
    expect(plan.functions.watch.variables([])['PLACE']).toBe(
      `Turnout in us-east-1: ${name} arn:aws:kinesis:us-east-1:000000000000:stream/${name} \${x}`,
    );
    const ids = plan.sets.map(rigSet);
    const sets: unknown = JSON.parse(plan.functions.enforce.variables(ids)['WAF_SETS']!);
    expect(sets).toEqual(ids);
  });
});
