import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTemplate } from '../../local/template-plan';
import { synthTemplate } from '../lib/stack-support';
import { resourceIn, type TemplateJson, writeSynthesis } from './synthesis';

const folder = mkdtempSync(join(tmpdir(), 'turnout-template-errors-'));
afterAll(() => rmSync(folder, { recursive: true }));

jest.setTimeout(60_000);

let whole: TemplateJson;
beforeAll(() => {
  whole = synthTemplate().toJSON() as TemplateJson;
});

const dir = join(folder, 'cdk.out');

function readEdited(edit: (template: TemplateJson) => unknown) {
  const template = structuredClone(whole);
  edit(template);
  writeSynthesis(dir, { template });
  return () => readTemplate(dir);
}

const MAPPING = 'Lambda::EventSourceMapping';
const FUNCTION = 'Lambda::Function';

/** Changes properties of one resource. */
const set =
  (type: string, prefix: string, properties: Record<string, unknown>) => (template: TemplateJson) =>
    Object.assign(resourceIn(template, type, prefix).Properties, properties);

const setVariable = (prefix: string, name: string, value: unknown) => (template: TemplateJson) => {
  const { Environment } = resourceIn(template, FUNCTION, prefix).Properties as {
    Environment: { Variables: Record<string, unknown> };
  };
  Environment.Variables[name] = value;
};

const remove = (type: string, prefix: string) => (template: TemplateJson) => {
  const found = resourceIn(template, type, prefix);
  const [id] = Object.entries(template.Resources).find(([, it]) => it === found)!;
  delete template.Resources[id];
};

type Row = [what: string, edit: (template: TemplateJson) => unknown, message: RegExp];

/** Goal: nothing of a template is passed over or made up. Method: one thing at a time is broken. */
describe('readTemplate refuses, and says what, got and expected', () => {
  it.each<Row>([
    [
      'a window that Lambda would refuse',
      set(MAPPING, 'Tally', { MaximumBatchingWindowInSeconds: 301 }),
      /TallySource.*\.MaximumBatchingWindowInSeconds is 301, expected a whole number from 0 to 300/,
    ],
    [
      'a batch of nothing',
      set(MAPPING, 'Intake', { BatchSize: 0 }),
      /IntakeSource.*\.BatchSize is 0, expected a whole number from 1/,
    ],
    [
      'a mapping that is off',
      set(MAPPING, 'Intake', { Enabled: false }),
      /IntakeSource.*\.Enabled is false, expected true/,
    ],
    [
      'a setting that the rig does not know',
      set(MAPPING, 'Intake', { TumblingWindowInSeconds: 30 }),
      /IntakeSource.* has TumblingWindowInSeconds, expected no more than EventSourceArn/,
    ],
    [
      'a stream of nobody',
      set(MAPPING, 'Intake', { EventSourceArn: 'arn:aws:kinesis:us-east-1:1:stream/x' }),
      /IntakeSource.*\.EventSourceArn is arn.*x, expected a stream or a table of the stack/,
    ],
    [
      'a function of nobody',
      set(MAPPING, 'Intake', { FunctionName: 'x' }),
      /IntakeSource.*\.FunctionName is x, expected one of intake, tally/,
    ],
    [
      'a filter of lines',
      set(MAPPING, 'Intake', { FilterCriteria: { Filters: [{ Pattern: '{}' }] } }),
      /IntakeSource.* has FilterCriteria, expected none/,
    ],
    [
      'a filter that the rig cannot ask',
      set(MAPPING, 'Enforce', {
        FilterCriteria: { Filters: [{ Pattern: '{"n":[{"numeric":["=",1]}]}' }] },
      }),
      /EnforceSource.*: the filter is .*numeric.*, expected a pattern of texts/,
    ],
    [
      'a missing mapping',
      remove(MAPPING, 'Tally'),
      /has streams read by intake, expected by intake, tally/,
    ],
    [
      'a missing mapping of the table',
      remove(MAPPING, 'Enforce'),
      /has 0 mappings of streams of tables, expected 1/,
    ],
    [
      'a missing schedule',
      remove('Events::Rule', 'EachMinute'),
      /has schedules of enforce, expected of watch, enforce/,
    ],
    [
      'a schedule that is off',
      set('Events::Rule', 'EachMinute', { State: 'DISABLED' }),
      /has schedules of enforce, expected of watch, enforce/,
    ],
    [
      'a schedule of the calendar',
      set('Events::Rule', 'EachMinute', { ScheduleExpression: 'cron(0 9 * * ? *)' }),
      /EachMinute.*\.ScheduleExpression is "cron.*, expected rate/,
    ],
    [
      'a missing function',
      remove(FUNCTION, 'Tally'),
      /functions with .*: intake.*; expected tally too/,
    ],
    [
      'a function twice',
      setVariable('Tally', 'POWERTOOLS_SERVICE_NAME', 'intake'),
      /Intake.* and .*Tally.* both have POWERTOOLS_SERVICE_NAME intake, expected one/,
    ],
    [
      'another runtime',
      set(FUNCTION, 'Tally', { Runtime: 'python3.13' }),
      /TallyFunction.*\.Runtime is "python3\.13", expected one of nodejs/,
    ],
    [
      'a handler that is not there',
      set(FUNCTION, 'Tally', { Handler: 'main.handler' }),
      /TallyFunction.*\.Handler is "main\.handler", expected FILE\.EXPORT of a module in .*tally/,
    ],
    [
      'memory that Lambda would refuse',
      set(FUNCTION, 'Tally', { MemorySize: 64 }),
      /TallyFunction.*\.MemorySize is 64, expected a whole number from 128/,
    ],
    [
      'a variable that is missing',
      setVariable('Tally', 'VIEWS_TABLE', undefined),
      /TallyFunction.* \(tally\) has no variable VIEWS_TABLE/,
    ],
    [
      'a table of nobody',
      setVariable('Tally', 'VIEWS_TABLE', 'views'),
      /functions use the table views, expected one of .*template\.json/,
    ],
    [
      'a reference to what is not there',
      setVariable('Tally', 'VIEWS_TABLE', { Ref: 'Nobody' }),
      /variable VIEWS_TABLE refers to Nobody, expected a resource of .*template\.json/,
    ],
    [
      'a reference to what the rig does not have',
      (template) => {
        const [id] = Object.entries(template.Resources).find(
          ([, { Type }]) => Type === 'AWS::WAFv2::RuleGroup',
        )!;
        setVariable('Tally', 'GROUP', { 'Fn::GetAtt': [id, 'Arn'] })(template);
      },
      /variable GROUP is Arn of .*, a AWS::WAFv2::RuleGroup, expected one of AWS::Kinesis::Stream/,
    ],
    [
      'another function of CloudFormation',
      setVariable('Tally', 'VIEWS_TABLE', { 'Fn::ImportValue': 'x' }),
      /variable VIEWS_TABLE is .*ImportValue.*, expected text, Ref, Fn::GetAtt/,
    ],
    [
      'sets that are no list',
      setVariable('Enforce', 'WAF_SETS', '{}'),
      /WAF_SETS is "\{\}", expected a JSON list of sets/,
    ],
    [
      'a set of nobody',
      setVariable(
        'Enforce',
        'WAF_SETS',
        '[{"list":"block","family":"v4","n":1,"name":"x","id":"x"}]',
      ),
      /WAF_SETS: .* has the name "x", expected one of the IP sets of the stack/,
    ],
    [
      'the id of another set',
      setVariable(
        'Enforce',
        'WAF_SETS',
        '[{"list":"block","family":"v4","n":1,"name":"Turnout-block-v4-1","id":"Turnout-block-v4-2"}]',
      ),
      /has the id of "Turnout-block-v4-2", expected that of Turnout-block-v4-1/,
    ],
    [
      'a table that shows more in its stream',
      set('DynamoDB::GlobalTable', 'TablesBlocks', {
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      }),
      /the stream of .*Blocks.* has "NEW_IMAGE", expected KEYS_ONLY/,
    ],
    [
      'a table whose items never go',
      set('DynamoDB::GlobalTable', 'TablesState', { TimeToLiveSpecification: undefined }),
      /TablesState.*\.TimeToLiveSpecification is nothing, expected one that is enabled/,
    ],
    [
      'a key of numbers',
      set('DynamoDB::GlobalTable', 'TablesState', {
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'N' }],
      }),
      /TablesState.*: pk has the type "N", expected S/,
    ],
    [
      'a log of some lines',
      set('CloudFront::RealtimeLogConfig', '', { SamplingRate: 50 }),
      /\.SamplingRate is 50, expected 100/,
    ],
    [
      'a log of other columns',
      set('CloudFront::RealtimeLogConfig', '', { Fields: ['timestamp'] }),
      /RealtimeLogConfig has the fields \["timestamp"\], expected those of turnout\.json: timestamp, /,
    ],
  ])('%s', (_, edit, message) => {
    expect(readEdited(edit)).toThrow(message);
  });

  it('configurations that differ', () => {
    readEdited(() => undefined)();
    writeFileSync(join(dir, 'asset.tally/turnout.json'), '{ "lanes": 64 }');
    expect(() => readTemplate(dir)).toThrow(
      /asset\.tally\/turnout\.json is not .*asset\.intake\/turnout\.json, expected one configuration/,
    );
  });

  it('a configuration with problems', () => {
    const template = structuredClone(whole);
    writeSynthesis(dir, { template, config: '{ "lanes": 32 }' });
    expect(() => readTemplate(dir)).toThrow(/lanes: expected one of 16, 64, 256, 512, got 32/);
  });

  it('an asset that is not there', () => {
    readEdited(() => undefined)();
    rmSync(join(dir, 'asset.tally'), { recursive: true });
    expect(() => readTemplate(dir)).toThrow(/asset\.tally is no folder, expected the code/);
  });

  it('a folder of something else, and a stack that is not in it', () => {
    mkdirSync(join(folder, 'empty'));
    expect(() => readTemplate(join(folder, 'empty'))).toThrow(
      /empty has no manifest\.json, expected a folder that cdk synth has written/,
    );
    const read = readEdited(() => undefined);
    expect(read).not.toThrow();
    expect(() => readTemplate(dir, 'Other')).toThrow(/has Turnout, expected the stack Other/);
    expect(readTemplate(dir, 'Turnout').stack).toBe('Turnout');
  });
});
