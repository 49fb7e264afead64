import { Key } from 'aws-cdk-lib/aws-kms';

import { type Resource, resourcesOf, synthPlaced, synthTemplate } from './stack-support';

/**
 * Goal: with a key of its own a team's data is encrypted with it wherever it lies, and each role may do
 * with the key what it needs. Method: the template with a key and without.
 */
const template = synthPlaced({
  region: 'us-east-1',
  makeProps: (stack) => ({ encryptionKey: new Key(stack, 'Own') }),
});
const KEY = { 'Fn::GetAtt': [expect.stringMatching(/^Own/), 'Arn'] };
const all = resourcesOf(template);
const propertiesOf = (type: string, id: RegExp) =>
  all.filter(([name, it]) => it.Type === type && id.test(name)).map(([, it]) => it.Properties);

const WRITE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
const READ = ['kms:Decrypt', 'kms:DescribeKey'];

/** What a role or policy may do with the key. */
function usesOf({ Properties }: Resource): unknown[] {
  const documents = [
    Properties['PolicyDocument'],
    ...((Properties['Policies'] ?? []) as { PolicyDocument: unknown }[]).map(
      ({ PolicyDocument }) => PolicyDocument,
    ),
  ].filter((it) => it !== undefined) as {
    Statement: { Sid?: string; Resource: unknown; Action: unknown }[];
  }[];
  return documents
    .flatMap(({ Statement }) => Statement)
    .filter(({ Sid }) => Sid === 'UseKey')
    .map(({ Resource, Action }) => {
      expect(Resource).toEqual(KEY);
      return Action;
    });
}

describe('a key of their own', () => {
  it('encrypts both streams', () => {
    const streams = propertiesOf('AWS::Kinesis::Stream', /^Turnout/);
    expect(streams.map((it) => it['StreamEncryption'])).toEqual(
      Array(2).fill({ EncryptionType: 'KMS', KeyId: KEY }),
    );
  });

  it('encrypts all tables', () => {
    const tables = propertiesOf('AWS::DynamoDB::GlobalTable', /^Turnout/);
    expect(tables).toHaveLength(3);
    for (const table of tables) {
      expect(table).toMatchObject({
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [{ SSESpecification: { KMSMasterKeyId: KEY } }],
      });
    }
  });

  it('encrypts the secret, and the logs of functions and of the API', () => {
    expect(propertiesOf('AWS::SecretsManager::Secret', /^Turnout/)[0]).toMatchObject({
      KmsKeyId: KEY,
    });
    const logs = propertiesOf('AWS::Logs::LogGroup', /^Turnout/);
    expect(logs).toHaveLength(7);
    for (const log of logs) expect(log['KmsKeyId']).toEqual(KEY);
  });

  it.each([
    ['TurnoutIntakeRole', WRITE],
    ['TurnoutTallyRole', WRITE],
    ['TurnoutWatchRole', WRITE],
    ['TurnoutEnforceRole', WRITE],
    ['TurnoutControlRole', WRITE],
    ['TurnoutApiRole', READ],
    // CloudFront sends, and reads nothing.
    ['TurnoutEdgeLinesWriterRole', 'kms:GenerateDataKey'],
    ['TurnoutPeopleRead', READ],
    ['TurnoutPeopleOperate', READ],
    ['TurnoutPeoplePreflight', READ],
  ])('lets %s do %j with it', (prefix, actions) => {
    const found = all.filter(([id, it]) => /^AWS::IAM::/.test(it.Type) && id.startsWith(prefix));
    expect(found).toHaveLength(1);
    expect(usesOf(found[0]![1])).toEqual([actions]);
  });

  it('lets CloudWatch Logs use it for the logs of this stack', () => {
    const [key] = propertiesOf('AWS::KMS::Key', /^Own/);
    const { Statement } = key!['KeyPolicy'] as { readonly Statement: Record<string, unknown>[] };
    const [logs] = Statement.filter(({ Sid }) => Sid === 'EncryptLogs');
    expect(JSON.stringify(logs!['Principal'])).toContain('"logs.');
    expect(JSON.stringify(logs!['Condition'])).toMatch(
      /"ArnLike":\{"kms:EncryptionContext:aws:logs:arn":.*:log-group:Turnout-\*"/,
    );
  });
});

describe('without it', () => {
  it('the keys of AWS are used, and nobody is given one', () => {
    const plain = resourcesOf(synthTemplate());
    expect(plain.flatMap(([, it]) => usesOf(it))).toEqual([]);
    const logs = plain.filter(([, it]) => it.Type === 'AWS::Logs::LogGroup');
    for (const [, log] of logs) expect(log.Properties).not.toHaveProperty('KmsKeyId');
  });
});
