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
const statementsOf = ({ Properties }: Resource) => {
  const policies = (Properties['Policies'] ?? []) as {
    readonly PolicyDocument: { readonly Statement: readonly Statement[] };
  }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
};
const actionsOf = ({ Action }: Statement) => [Action].flat();
/** `TurnoutTablesState` of a reference to the ARN of it. */
const targetOf = ({ Resource: target }: Statement) =>
  /"(Turnout\w+?)[0-9A-F]{8}"/.exec(JSON.stringify(target))?.[1] ?? JSON.stringify(target);
const textOfStatement = (it: Statement) =>
  `${it.Sid ?? 'no sid'}: ${it.Effect} ${actionsOf(it).join(' ')} on ${targetOf(it)}`;

const READ_STREAM =
  'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards kinesis:ListStreams';
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
      'TurnoutEdgeLinesWriterRole',
      [
        'WriteEdgeLines: Allow kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:PutRecord kinesis:PutRecords on TurnoutEdgeLinesStream',
      ],
    ],
  ])('%s may do this and no more', (prefix, expected) => {
    const [, role] = roles.find(([id]) => id.startsWith(prefix))!;
    expect(statementsOf(role).map(textOfStatement)).toEqual(expected);
  });

  it('are four, and have no policies beside their own', () => {
    expect(roles).toHaveLength(4);
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']) {
      expect(template.findResources(type)).toEqual({});
    }
    for (const [, { Properties }] of roles) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  it('name no wildcard', () => {
    for (const [, role] of roles) {
      for (const statement of statementsOf(role)) {
        expect(JSON.stringify(statement)).not.toContain('*');
        expect(statement).not.toHaveProperty('NotAction');
      }
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
    ]);
  });
});

describe('grants and calls', () => {
  const SERVICES: Readonly<Record<string, string>> = {
    'client-dynamodb': 'dynamodb',
    'client-kinesis': 'kinesis',
    'client-secrets-manager': 'secretsmanager',
  };
  /** `dynamodb:GetItem` for each command that an adapter imports from a client. */
  const called = sourcesUnder('lambdas/adapters/').flatMap((file) =>
    [...textOf(file).matchAll(/import (?:type )?\{([^}]+)\} from '@aws-sdk\/([\w-]+)'/g)].flatMap(
      ([, names, client]) =>
        [...names!.matchAll(/\b(\w+)Command\b/g)].map(([, name]) => `${SERVICES[client!]}:${name}`),
    ),
  );
  const granted = roles
    .filter(([id]) => !id.startsWith('TurnoutEdgeLines'))
    .flatMap(([, role]) => statementsOf(role).flatMap(actionsOf));

  it('find the calls of the adapters', () => {
    expect(new Set(called).size).toBeGreaterThan(5);
  });

  it('allow every call that an adapter makes', () => {
    expect([...new Set(called)].filter((name) => !granted.includes(name))).toEqual([]);
  });

  it('allow nothing else, but what Lambda itself does', () => {
    const byLambda =
      /^(logs:(CreateLogStream|PutLogEvents)|kinesis:(DescribeStream|DescribeStreamSummary|ListShards|ListStreams))$/;
    const unused = granted.filter((name) => !called.includes(name) && !byLambda.test(name));
    expect(unused).toEqual([]);
  });
});
