import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import { LANE_COUNTS } from '../../lambdas/core/settings';
import { parseConfig } from '../../lib/config';
import { FUNCTION_NAMES, pipelineOf } from '../../lib/pipeline';
import { TABLES } from '../../lib/tables';
import { textOf } from '../support/source-files';
import { resourceOf, resourcesOf, synthTemplate } from './stack-support';

/**
 * Goal: what would hurt if it changed unseen is said here. Method: the template as it is deployed,
 * with stand-ins for the code of the functions.
 */
const template = synthTemplate();
const find = (type: string, prefix: string) => resourceOf(template, type, prefix);
const propertiesOf = (type: string, prefix: string) => find(type, prefix).Properties;

describe('streams', () => {
  it.each(['TurnoutEdgeLinesStream', 'TurnoutViewerPackets'])(
    '%s is encrypted and keeps a week',
    (id) => {
      expect(propertiesOf('AWS::Kinesis::Stream', id)).toMatchObject({
        RetentionPeriodHours: 168,
        StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      });
    },
  );

  it('goes with the stack, but keeps unread lines when it is replaced', () => {
    for (const id of ['TurnoutEdgeLinesStream', 'TurnoutViewerPackets']) {
      expect(find('AWS::Kinesis::Stream', id)).toMatchObject({
        DeletionPolicy: 'Delete',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  it('takes lines on demand, spread by Kinesis', () => {
    const edge = propertiesOf('AWS::Kinesis::Stream', 'TurnoutEdgeLinesStream');
    expect(edge).toMatchObject({
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      RecordDistributionStrategy: 'AUTO',
    });
    // CloudFormation refuses a number of shards beside on demand.
    expect(edge).not.toHaveProperty('ShardCount');
  });

  it.each(LANE_COUNTS)('keeps packets of %i lanes where their hash key says', (lanes) => {
    const packets = resourceOf(
      lanes === 16 ? template : synthTemplate({ lanes }),
      'AWS::Kinesis::Stream',
      'TurnoutViewerPackets',
    ).Properties;
    expect(packets).toMatchObject({
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      ShardCount: pipelineOf(parseConfig({ lanes })).streams.viewerPackets.shards,
    });
    expect(packets).not.toHaveProperty('RecordDistributionStrategy');
  });
});

describe('real-time log configuration', () => {
  const config = (of = template) =>
    resourceOf(of, 'AWS::CloudFront::RealtimeLogConfig', 'Turnout').Properties;

  it('logs every request', () => {
    expect(config()).toMatchObject({ SamplingRate: 100 });
  });

  it('asks for the 18 fields in the order in which CloudFront delivers them', () => {
    expect(config()['Fields']).toEqual([...TURNOUT_FIELDS]);
    expect(TURNOUT_FIELDS).toHaveLength(18);
  });

  it('sorts fields that are configured in another order', () => {
    const realtimeFields = [...TURNOUT_FIELDS, 'c-port'].reverse();
    const fields = config(synthTemplate({ realtimeFields }))['Fields'];
    expect(fields).toEqual(parseConfig({ realtimeFields }).realtimeFields);
    expect(fields).not.toEqual(realtimeFields);
  });

  it('writes into the edge stream by its own role', () => {
    const stream = expect.stringMatching(/^TurnoutEdgeLinesStream/) as unknown;
    const role = expect.stringMatching(/^TurnoutEdgeLinesWriterRole/) as unknown;
    expect(config()['EndPoints']).toEqual([
      {
        StreamType: 'Kinesis',
        KinesisStreamConfig: {
          RoleArn: { 'Fn::GetAtt': [role, 'Arn'] },
          StreamArn: { 'Fn::GetAtt': [stream, 'Arn'] },
        },
      },
    ]);
  });
});

describe('tables', () => {
  it.each([
    ['state', 'TurnoutTablesState'],
    ['views', 'TurnoutTablesViews'],
    ['blocks', 'TurnoutTablesBlocks'],
  ] as const)('%s has its keys, expires, and cannot be deleted by mistake', (name, id) => {
    const { partitionKey, sortKey, ttlAttribute } = TABLES[name];
    const table = find('AWS::DynamoDB::GlobalTable', id);
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: partitionKey, AttributeType: 'S' },
          { AttributeName: sortKey, AttributeType: 'S' },
        ],
        TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
        Replicas: [{ Region: 'us-east-1', DeletionProtectionEnabled: true }],
      },
    });
  });

  it('can go back to a point in time, all but State', () => {
    const has = (id: string) => {
      const [replica] = propertiesOf('AWS::DynamoDB::GlobalTable', id)['Replicas'] as object[];
      return 'PointInTimeRecoverySpecification' in replica!;
    };
    const ids = ['TurnoutTablesViews', 'TurnoutTablesBlocks', 'TurnoutTablesState'];
    expect(ids.map(has)).toEqual([true, true, false]);
  });

  it('tell what changes only in Blocks, and by key alone: no address leaves the table', () => {
    const streams = ['State', 'Views', 'Blocks'].map(
      (id) =>
        propertiesOf('AWS::DynamoDB::GlobalTable', `TurnoutTables${id}`)['StreamSpecification'],
    );
    expect(streams).toEqual([undefined, undefined, { StreamViewType: 'KEYS_ONLY' }]);
  });
});

describe('secret', () => {
  it('is made once, 64 characters, and outlives the stack', () => {
    expect(find('AWS::SecretsManager::Secret', 'TurnoutViewerKey')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { GenerateSecretString: { PasswordLength: 64 } },
    });
    expect(template.findResources('AWS::SecretsManager::RotationSchedule')).toEqual({});
  });
});

describe('functions', () => {
  const { functions, eventSources } = pipelineOf(parseConfig({}));
  const idOf = (name: string) => `Turnout${name[0]!.toUpperCase()}${name.slice(1)}`;

  it.each(Object.entries(functions))('%s is made as the pipeline says', (name, plan) => {
    expect(propertiesOf('AWS::Lambda::Function', `${idOf(name)}Function`)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: plan.memoryMb,
      Timeout: plan.timeoutSeconds,
      LoggingConfig: { LogFormat: 'JSON' },
    });
    expect(propertiesOf('AWS::Logs::LogGroup', `${idOf(name)}Log`)['RetentionInDays']).toBe(30);
  });

  it.each(Object.values(functions))('$entry finds what it asks for, and no more', ({ entry }) => {
    const name = entry.split('/')[1]!;
    const { Environment } = propertiesOf('AWS::Lambda::Function', `${idOf(name)}Function`);
    const { POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE, ...variables } = (
      Environment as { readonly Variables: Record<string, unknown> }
    ).Variables;
    const asked = [...textOf(entry).matchAll(/\b(required|optional)\('(\w+)'\)/g)];
    const needed = asked.filter(([, how]) => how === 'required').map(([, , own]) => own);
    const given = Object.keys(variables);
    expect(given).toEqual(expect.arrayContaining(needed));
    expect(asked.map(([, , own]) => own)).toEqual(expect.arrayContaining(given));
    // Alarms look for metrics under this service and namespace.
    expect([POWERTOOLS_SERVICE_NAME, POWERTOOLS_METRICS_NAMESPACE]).toEqual([name, 'Turnout']);
  });

  it('keep the secret to intake, which is told how long lines live', () => {
    const has = (name: string, key: string) =>
      JSON.stringify(propertiesOf('AWS::Lambda::Function', `${idOf(name)}Function`)).includes(key);
    expect(FUNCTION_NAMES.filter((name) => has(name, 'ViewerKey'))).toEqual(['intake']);
    expect(has('intake', '"RETENTION_HOURS":"168"')).toBe(true);
  });

  it.each(Object.entries(eventSources))(
    '%s reads its stream as the pipeline says',
    (name, plan) => {
      const source = propertiesOf('AWS::Lambda::EventSourceMapping', `${idOf(name)}Source`);
      expect(source).toMatchObject({
        BatchSize: plan.batchSize,
        MaximumBatchingWindowInSeconds: plan.windowSeconds,
        // Written out, whatever the defaults of CloudFormation are: nothing is given up or cut.
        MaximumRetryAttempts: -1,
        MaximumRecordAgeInSeconds: -1,
        BisectBatchOnFunctionError: false,
        ParallelizationFactor: 1,
        StartingPosition: 'TRIM_HORIZON',
      });
      // A filter drops every line that is no JSON; partial answers and windows are not in the protocol.
      for (const key of ['FilterCriteria', 'FunctionResponseTypes', 'TumblingWindowInSeconds']) {
        expect(source).not.toHaveProperty(key);
      }
    },
  );

  it('each read their own stream', () => {
    const streamOf = (id: string) =>
      JSON.stringify(propertiesOf('AWS::Lambda::EventSourceMapping', id)['EventSourceArn']);
    expect(streamOf('TurnoutIntakeSource')).toContain('TurnoutEdgeLinesStream');
    expect(streamOf('TurnoutTallySource')).toContain('TurnoutViewerPackets');
  });

  it.each([
    ['TurnoutEachMinute', 'TurnoutWatchFunction'],
    ['TurnoutEnforceEachMinute', 'TurnoutEnforceFunction'],
  ])('%s runs %s, and does not repeat what failed', (rule, target) => {
    const arn = { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${target}`)), 'Arn'] };
    expect(propertiesOf('AWS::Events::Rule', rule)).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ Arn: arn, RetryPolicy: { MaximumRetryAttempts: 0 } }],
    });
  });
});

describe('outputs', () => {
  it('are what one needs to attach, to look and to act', () => {
    expect(Object.keys(template.toJSON()['Outputs'] as object)).toEqual([
      'EdgeLinesStream',
      'ViewerPacketsStream',
      'StateTable',
      'ViewsTable',
      'BlocksTable',
      'RealtimeLogConfigArn',
      'RuleGroupArn',
      'ControlUrl',
      'ReadPolicyArn',
      'OperatePolicyArn',
      'PreflightPolicyArn',
      'ApiUrl',
      'AlarmTopicArn',
      'ViewsPolicyArn',
    ]);
  });
});

describe('resources that hold something', () => {
  const STATELESS =
    /^AWS::(IAM|Lambda|CloudWatch|Events|CloudFront)::|^AWS::Logs::LogGroup$|^AWS::CDK::|^AWS::ApiGatewayV2::(?!Api$)|^AWS::SNS::TopicPolicy$/;
  const GOLDEN = join(__dirname, 'stateful-resources.txt');

  it('never change their id: another id is another, empty resource', () => {
    const lines = resourcesOf(template)
      .filter(([, { Type }]) => !STATELESS.test(Type))
      .map(([id, { Type }]) => `${Type} ${id}\n`)
      .sort()
      .join('');
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(GOLDEN, lines);
    expect(lines).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});
