import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateRuleGroupCommand, CreateWebACLCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { runPreflight } from '../../bin/commands/preflight';
import type { PreflightLine } from '../../bin/commands/preflight-line';
import { TABLES } from '../../lib/tables';
import {
  type Moto,
  MOTO_CREDENTIALS,
  MOTO_REGION,
  describeWithMoto,
  startMoto,
} from '../support/moto';
import { clientOf, stackResources } from '../support/moto-stack';

/**
 * Goal: what preflight reads of AWS is what is there. Method: a small stack on moto, and the command against it. What
 * moto does not have must come out as lines that fail, never as a crash.
 */

const table = (name: keyof typeof TABLES) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((key) => ({ AttributeName: key, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: TABLES[name].partitionKey, KeyType: 'HASH' },
      { AttributeName: TABLES[name].sortKey, KeyType: 'RANGE' },
    ],
  },
});
const stream = (ShardCount: number) => ({
  Type: 'AWS::Kinesis::Stream',
  Properties: { ShardCount },
});
const alarm = (AlarmActions: object[]) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    ...{ AlarmActions, Threshold: 0, Period: 60, EvaluationPeriods: 1 },
    ...{ MetricName: 'OpenHoles', Namespace: 'Turnout', Statistic: 'Maximum' },
    ComparisonOperator: 'GreaterThanThreshold',
  },
});
const ref = (Ref: string) => ({ Value: { Ref } });

const template = (ruleGroupArn: string) => ({
  Resources: {
    Lines: stream(2),
    Packets: stream(4),
    State: table('state'),
    Views: table('views'),
    Blocks: table('blocks'),
    TurnoutViewerKey: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true } },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
    Holes: alarm([{ Ref: 'Topic' }]),
    Mute: alarm([]),
  },
  Outputs: {
    EdgeLinesStream: ref('Lines'),
    ViewerPacketsStream: ref('Packets'),
    StateTable: ref('State'),
    ViewsTable: ref('Views'),
    BlocksTable: ref('Blocks'),
    RealtimeLogConfigArn: { Value: 'arn:aws:cloudfront::123456789012:realtime-log-config/x' },
    RuleGroupArn: { Value: ruleGroupArn },
  },
});

const visibility = (MetricName: string) => ({
  ...{ SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName },
});

/** A web ACL whose rule for our group stands behind one that allows. */
async function makeWebAcl(moto: Moto): Promise<string> {
  const waf = new WAFV2Client(clientOf(moto));
  const { Summary } = await waf.send(
    new CreateRuleGroupCommand({
      ...{ Name: 'Turnout', Scope: 'REGIONAL', Capacity: 100, Rules: [] },
      VisibilityConfig: visibility('group'),
    }),
  );
  const ARN = Summary!.ARN!;
  await waf.send(
    new CreateWebACLCommand({
      ...{ Name: 'site', Scope: 'REGIONAL', DefaultAction: { Allow: {} } },
      VisibilityConfig: visibility('site'),
      Rules: [
        {
          ...{ Name: 'ours', Priority: 5, VisibilityConfig: visibility('ours') },
          ...{ Statement: { RuleGroupReferenceStatement: { ARN } }, OverrideAction: { None: {} } },
        },
        {
          ...{ Name: 'home', Priority: 1, VisibilityConfig: visibility('home') },
          ...{ Statement: { GeoMatchStatement: { CountryCodes: ['DE'] } }, Action: { Allow: {} } },
        },
      ],
    }),
  );
  return ARN;
}

describeWithMoto('preflight of a stack on moto', () => {
  let moto: Moto;
  let dir: string;
  const environment = { ...process.env };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'turnout-preflight-'));
    writeFileSync(join(dir, 'turnout.json'), '{"guard":{"scope":"REGIONAL"}}');
    moto = await startMoto();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_REGION: MOTO_REGION,
      AWS_ACCESS_KEY_ID: MOTO_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: MOTO_CREDENTIALS.secretAccessKey,
    });
    const ruleGroupArn = await makeWebAcl(moto);
    await new CloudFormationClient(clientOf(moto)).send(
      new CreateStackCommand({
        StackName: 'Turnout',
        TemplateBody: JSON.stringify(template(ruleGroupArn)),
      }),
    );
    const resources = await stackResources(moto);
    const TopicArn = resources.find(({ id }) => id === 'Topic')!.name;
    await new SNSClient(clientOf(moto)).send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: 'arn:aws:sqs:us-east-1:123456789012:q',
      }),
    );
  }, 60_000);

  afterAll(async () => {
    process.env = environment;
    await moto?.stop();
    rmSync(dir, { recursive: true });
  });

  async function run(more: object = {}): Promise<{ lines: PreflightLine[]; error: Error }> {
    let text = '';
    const host = { output: { write: (part: string) => (text += part) }, now: Date.now };
    const config = join(dir, 'turnout.json');
    const options = { viewers: 5_000, contents: 1, json: true, config, ...more };
    const error = await runPreflight(options, host).then(
      () => new Error('nothing failed'),
      (thrown: Error) => thrown,
    );
    return {
      lines: (JSON.parse(text || '{"lines":[]}') as { lines: PreflightLine[] }).lines,
      error,
    };
  }

  it('reads what is there', async () => {
    const { lines, error } = await run();
    const got = (check: string) => lines.filter((line) => line.check === check);
    expect(got('edge_shards')).toMatchObject([
      // 1,667 lines/s, 2,500 with headroom.
      { result: 'warn', got: '2 shards provisioned, ACTIVE', expected: '3 shards, ACTIVE' },
    ]);
    expect(got('packet_shards')).toMatchObject([{ result: 'pass' }]);
    expect(got('state_writes')).toMatchObject([{ result: 'pass' }]);
    expect(got('intake_source')).toMatchObject([{ result: 'fail', got: '0 event sources' }]);
    expect(got('web_acl')).toMatchObject([{ result: 'fail', got: 'site: behind home (allow)' }]);
    expect(got('alarms')[0]!.got).toContain('1 of 2 tell nobody');
    expect(got('alarm_topics')).toMatchObject([{ result: 'pass' }]);
    expect(got('viewer_secret')).toMatchObject([{ result: 'pass' }]);
    expect(got('last_pass')).toMatchObject([{ result: 'fail', got: 'none yet' }]);
    const failed = lines.filter(({ result }) => result === 'fail').length;
    expect(error.message).toBe(`${failed} of ${lines.length} checks fail`);
  }, 30_000);

  it('says what it could not read, and goes on', async () => {
    const { lines } = await run();
    const unread = lines.filter(({ got }) => got.startsWith('could not be read'));
    expect(unread.map(({ check }) => check)).toContain('log_config');
    for (const { result, repair } of unread) {
      expect([result, repair]).toEqual(['fail', expect.stringMatching(/^allow \w+:\w+/)]);
    }
    expect(lines.length - unread.length).toBeGreaterThan(15);
  }, 30_000);

  it('ends at once where there is no such stack', async () => {
    const { lines, error } = await run({ stack: 'Nothing' });
    expect(lines).toEqual([]);
    expect(error.message).toContain('Nothing');
  }, 30_000);
});
