import { sourcesUnder, textOf } from '../support/source-files';
import { type Resource, resourcesOf, synthTemplate } from './stack-support';

/**
 * Goal: nobody may do more than is needed, and nobody less. Method: every statement of every role,
 * then the calls that the adapters make.
 */
interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

const template = synthTemplate();
const roles = resourcesOf(template).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
const policies = resourcesOf(template).filter(([, { Type }]) => Type === 'AWS::IAM::ManagedPolicy');
type Policy = { readonly PolicyDocument: { readonly Statement: readonly Statement[] } };
const statementsOf = ({ Properties }: Resource) => {
  const own = (Properties['Policies'] ?? []) as Policy[];
  return own.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
};
const statementsOfPolicy = ({ Properties }: Resource) =>
  (Properties as unknown as Policy).PolicyDocument.Statement;
const actionsOf = ({ Action }: Statement) => [Action].flat();
/** `TurnoutTablesState` of a reference to the ARN of it; the stream of a table is told apart. */
const targetOf = ({ Resource: target }: Statement) =>
  [target]
    .flat()
    .map((one) => {
      const text = JSON.stringify(one);
      const name = /"(Turnout\w+?)[0-9A-F]{8}"/.exec(text)?.[1] ?? text;
      return text.includes('"StreamArn"') ? `stream of ${name}` : name;
    })
    .join(' ');
const textOfStatement = (it: Statement) =>
  `${it.Sid ?? 'no sid'}: ${it.Effect} ${actionsOf(it).join(' ')} on ${targetOf(it)}`;

const READ_STREAM =
  'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards kinesis:ListStreams';
/** Each set of the default configuration by itself: no other set of the account. */
const SETS = ['block', 'count']
  .flatMap((list) => [
    ...[1, 2, 3, 4, 5, 6].map((n) => `TurnoutBlockLists${list}v4${n}`),
    ...[1, 2].map((n) => `TurnoutBlockLists${list}v6${n}`),
  ])
  .join(' ');
const WRITE_LOG = 'WriteLog: Allow logs:CreateLogStream logs:PutLogEvents on';

describe('roles', () => {
  it.each([
    [
      'TurnoutIntakeRole',
      [
        `${WRITE_LOG} TurnoutIntakeLog`,
        `ReadEdgeLines: Allow ${READ_STREAM} on TurnoutEdgeLinesStream`,
        'SendPackets: Allow kinesis:PutRecords on TurnoutViewerPackets',
        'KeepJournals: Allow dynamodb:GetItem dynamodb:PutItem on TurnoutTablesState',
        'LoadViewerKey: Allow secretsmanager:GetSecretValue on TurnoutViewerKey',
      ],
    ],
    [
      'TurnoutTallyRole',
      [
        `${WRITE_LOG} TurnoutTallyLog`,
        `ReadPackets: Allow ${READ_STREAM} on TurnoutViewerPackets`,
        'KeepLanes: Allow dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem on TurnoutTablesState',
        'PublishFigures: Allow dynamodb:UpdateItem on TurnoutTablesViews',
        'TellSuspects: Allow dynamodb:PutItem on TurnoutTablesBlocks',
      ],
    ],
    [
      'TurnoutWatchRole',
      [
        `${WRITE_LOG} TurnoutWatchLog`,
        'CompareLedger: Allow dynamodb:GetItem dynamodb:PutItem dynamodb:Query on TurnoutTablesState',
      ],
    ],
    [
      'TurnoutEnforceRole',
      [
        `${WRITE_LOG} TurnoutEnforceLog`,
        'ReadBlocksStream: Allow dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:ListStreams on stream of TurnoutTablesBlocks',
        'KeepBlocks: Allow dynamodb:GetItem dynamodb:PutItem dynamodb:Query on TurnoutTablesBlocks',
        `RewriteSets: Allow wafv2:GetIPSet wafv2:UpdateIPSet on ${SETS}`,
        // Of its own stack and no other.
        'FindDeploys: Allow cloudformation:DescribeStacks on {"Ref":"AWS::StackId"}',
      ],
    ],
    [
      'TurnoutControlRole',
      [
        `${WRITE_LOG} TurnoutControlLog`,
        'KeepEntries: Allow dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query on TurnoutTablesBlocks',
      ],
    ],
    [
      'TurnoutApiRole',
      [
        `${WRITE_LOG} TurnoutApiLog`,
        'ReadViews: Allow dynamodb:Query on TurnoutTablesViews',
        'ReadBlocks: Allow dynamodb:GetItem dynamodb:Query on TurnoutTablesBlocks',
      ],
    ],
    [
      'TurnoutEdgeLinesWriterRole',
      [
        'WriteEdgeLines: Allow kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:PutRecord kinesis:PutRecords on TurnoutEdgeLinesStream',
      ],
    ],
  ])('%s may do this and no more', (prefix, expected) => {
    const [, role] = roles.find(([id]) => id.startsWith(prefix))!;
    expect(statementsOf(role).map(textOfStatement)).toEqual(expected);
  });

  it('are seven, and have no policies beside their own', () => {
    expect(roles).toHaveLength(7);
    expect(template.findResources('AWS::IAM::Policy')).toEqual({});
    for (const [, { Properties }] of roles) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('name no wildcard, but for who looks around', () => {
    const all = [
      ...roles.flatMap(([, role]) => statementsOf(role)),
      ...policies.flatMap(([, policy]) => statementsOfPolicy(policy)),
    ];
    expect(all.length).toBeGreaterThan(20);
    for (const statement of all) {
      // A path of the API ends in an id that somebody asks for: that is what its routes are.
      const isOfApi = actionsOf(statement).every((action) => action === 'execute-api:Invoke');
      if (statement.Sid === 'LookAround') {
        // Of no resource, or of one that is the team's: it may look, and no more (docs/CLI.md, preflight).
        expect(statement.Resource).toBe('*');
        for (const action of actionsOf(statement))
          expect(action).toMatch(/:(Get|List|Describe)\w+$/);
        continue;
      }
      const text = JSON.stringify(statement);
      const allowed = isOfApi ? text.replaceAll(/\/GET\/v1\/(contents|blocks)\/\*/g, '') : text;
      expect(allowed).not.toContain('*');
      expect(statement).not.toHaveProperty('NotAction');
      expect(statement).not.toHaveProperty('NotResource');
    }
  });

  it('trust CloudFront only for our own account, and Lambda', () => {
    const trusts = roles.map(([id, { Properties }]) => {
      const document = Properties['AssumeRolePolicyDocument'] as {
        readonly Statement: readonly Statement[];
      };
      expect(document.Statement).toHaveLength(1);
      const { Principal, Condition } = document.Statement[0]!;
      return [id.slice(0, -8), Principal, Condition];
    });
    const lambda = { Service: 'lambda.amazonaws.com' };
    expect(trusts).toEqual([
      [
        'TurnoutEdgeLinesWriterRole',
        { Service: 'cloudfront.amazonaws.com' },
        { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      ],
      ['TurnoutIntakeRole', lambda, undefined],
      ['TurnoutTallyRole', lambda, undefined],
      ['TurnoutWatchRole', lambda, undefined],
      ['TurnoutEnforceRole', lambda, undefined],
      ['TurnoutControlRole', lambda, undefined],
      ['TurnoutApiRole', lambda, undefined],
    ]);
  });
});

describe('policies for people', () => {
  const FIND = 'FindStack: Allow cloudformation:DescribeStacks on {"Ref":"AWS::StackId"}';
  const READ =
    'ReadFigures: Allow dynamodb:GetItem dynamodb:Query on TurnoutTablesBlocks TurnoutTablesViews';

  /** Which routes these are: test/lib/query-api.test.ts. */
  const VIEWS = `AskViews: Allow execute-api:Invoke on ${Array(6).fill('TurnoutQueryApi').join(' ')}`;
  const GUARD = `AskGuard: Allow execute-api:Invoke on ${Array(3).fill('TurnoutQueryApi').join(' ')}`;

  /** Of no resource (quotas, lists), or of one that is the team's. */
  const AROUND =
    'cloudfront:GetDistributionConfig cloudfront:ListDistributionsByRealtimeLogConfig cloudwatch:DescribeAlarms dynamodb:DescribeLimits kinesis:DescribeLimits lambda:GetAccountSettings lambda:ListEventSourceMappings servicequotas:ListServiceQuotas wafv2:GetWebACL wafv2:ListWebACLs';

  it.each([
    ['TurnoutViews', [VIEWS]],
    ['TurnoutRead', [FIND, READ, VIEWS, GUARD]],
    [
      'TurnoutOperate',
      [
        FIND,
        READ,
        VIEWS,
        GUARD,
        'CallControl: Allow lambda:InvokeFunctionUrl on TurnoutControlFunction',
        'CallControlByUrl: Allow lambda:InvokeFunction on TurnoutControlFunction',
      ],
    ],
    [
      'TurnoutPreflight',
      [
        'LookAtStack: Allow cloudformation:DescribeStacks cloudformation:ListStackResources on {"Ref":"AWS::StackId"}',
        'LookAtStreams: Allow kinesis:DescribeStreamSummary on TurnoutEdgeLinesStream TurnoutViewerPackets',
        'LookAtTables: Allow dynamodb:DescribeTable dynamodb:GetItem dynamodb:Query on TurnoutTablesBlocks TurnoutTablesState TurnoutTablesViews',
        'LookAtLogConfig: Allow cloudfront:GetRealtimeLogConfig on TurnoutEdgeLinesLogConfig',
        'LookAtTopic: Allow sns:ListSubscriptionsByTopic on TurnoutMonitoringTopic',
        'LookAtSecret: Allow secretsmanager:DescribeSecret on TurnoutViewerKey',
        `LookAround: Allow ${AROUND} on "*"`,
      ],
    ],
  ])('%s may do this and no more', (name, expected) => {
    const found = policies.filter(([, { Properties: p }]) => p['ManagedPolicyName'] === name);
    expect(found).toHaveLength(1);
    const [, policy] = found[0]!;
    expect(statementsOfPolicy(policy).map(textOfStatement)).toEqual(expected);
    // Whom to give it is the platform team's to say.
    for (const key of ['Users', 'Groups', 'Roles'])
      expect(policy.Properties).not.toHaveProperty(key);
  });

  it('are four', () => {
    expect(policies).toHaveLength(4);
  });

  it('let nobody invoke control but by its URL, where AWS says who calls', () => {
    const statements = policies.flatMap(([, policy]) => statementsOfPolicy(policy));
    const conditions = statements
      .filter((it) => actionsOf(it).some((action) => action.startsWith('lambda:Invoke')))
      .map((it) => [it.Action, it.Condition]);
    expect(conditions).toEqual([
      ['lambda:InvokeFunctionUrl', { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } }],
      ['lambda:InvokeFunction', { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } }],
    ]);
  });
});

describe('grants and calls', () => {
  const SERVICES: Readonly<Record<string, string>> = {
    'client-cloudformation': 'cloudformation',
    'client-cloudfront': 'cloudfront',
    'client-cloudwatch': 'cloudwatch',
    'client-dynamodb': 'dynamodb',
    'client-kinesis': 'kinesis',
    'client-lambda': 'lambda',
    'client-secrets-manager': 'secretsmanager',
    'client-service-quotas': 'servicequotas',
    'client-sns': 'sns',
    'client-wafv2': 'wafv2',
  };
  /** `dynamodb:GetItem` for each command or paginator that an adapter imports from a client. */
  const callsOf = (files: readonly string[]) =>
    files.flatMap((file) =>
      [...textOf(file).matchAll(/import (?:type )?\{([^}]+)\} from '@aws-sdk\/([\w-]+)'/g)].flatMap(
        ([, names, client]) =>
          [...names!.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)].map(
            ([, paged, one]) => `${SERVICES[client!]}:${paged ?? one}`,
          ),
      ),
    );
  const adapters = sourcesUnder('lambdas/adapters/');
  const isPreflight = (file: string) => file.startsWith('lambdas/adapters/preflight-');
  // Who is about to deploy or to begin an event has a policy for that.
  const called = callsOf(adapters.filter((file) => !isPreflight(file)));
  const granted = roles
    .filter(([id]) => !id.startsWith('TurnoutEdgeLines'))
    .flatMap(([, role]) => statementsOf(role).flatMap(actionsOf));
  const isOfPreflight = ([, { Properties }]: (typeof policies)[number]) =>
    Properties['ManagedPolicyName'] === 'TurnoutPreflight';
  const actionsIn = (some: typeof policies) =>
    some.flatMap(([, policy]) => statementsOfPolicy(policy).flatMap(actionsOf));
  const byPeople = actionsIn(policies.filter((policy) => !isOfPreflight(policy)));

  it('find the calls of the adapters', () => {
    expect(new Set(called).size).toBeGreaterThan(5);
  });

  it('allow every call that an adapter makes', () => {
    const allowed = [...granted, ...byPeople];
    expect([...new Set(called)].filter((name) => !allowed.includes(name))).toEqual([]);
  });

  it('allow nothing else, but what Lambda itself does', () => {
    const byLambda =
      /^(logs:(CreateLogStream|PutLogEvents)|kinesis:(DescribeStream|DescribeStreamSummary|ListShards|ListStreams)|dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams))$/;
    const unused = granted.filter((name) => !called.includes(name) && !byLambda.test(name));
    expect(unused).toEqual([]);
  });

  it('allow preflight what it asks, and nothing else', () => {
    // It looks at the tables and the stack by the adapters of all commands.
    const shared = ['cloudformation:DescribeStacks', 'dynamodb:GetItem', 'dynamodb:Query'];
    const asked = new Set([...callsOf(adapters.filter(isPreflight)), ...shared]);
    expect([...asked].sort()).toEqual(actionsIn(policies.filter(isOfPreflight)).sort());
  });
});
