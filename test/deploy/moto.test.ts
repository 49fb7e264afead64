import { join } from 'node:path';

import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListStreamsCommand,
} from '@aws-sdk/client-kinesis';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

import { parseConfig } from '../../lib/config';
import { pipelineOf } from '../../lib/pipeline';
import { STACK_NAME } from '../../lib/turnout-stack';
import { describeWithMoto, type Moto } from '../support/moto';
import {
  actionsOfAlarms,
  callLambda,
  clientOf,
  nameOf,
  policyOfTopic,
  stackResources,
} from '../support/moto-stack';
import { addressesFor, copyTouched, makeSets, namedSets, variablesOf } from './deployed-sets';
import { expectGood, MotoDeployment } from './moto-deployment';

/**
 * Goal: the stack really deploys, and is whole. Method: the CDK command line against moto, which
 * proves wiring: names, references, roles, code. Values that moto does not keep (encryption, stream
 * mode, architecture) are asserted in test/lib/stack.test.ts.
 */
const OTHER_SETTINGS_TEXT = '{"blockStatus":429,"guard":{"allow":["192.0.2.0/24"]}}';
const TABLE_IDS = ['TurnoutTablesState', 'TurnoutTablesViews', 'TurnoutTablesBlocks'];

// Each step asks moto, which takes one request at a time, for all resources, or runs the command line.
jest.setTimeout(120_000);

describeWithMoto('cdk deploy to moto', () => {
  let deployment: MotoDeployment;
  let moto: Moto;

  beforeAll(async () => {
    deployment = await MotoDeployment.start();
    ({ moto } = deployment);
    // Now and not when it is deployed: sources that somebody edits meanwhile would be a change.
    await deployment.synth('second');
  });
  afterAll(() => deployment?.stop());

  it('makes every resource of the template, none skipped', async () => {
    expectGood(await deployment.deploy('first'));
    const wanted = deployment.resourcesOf('first').map(([id, { Type }]) => `${Type} ${id}`);
    const made = await stackResources(moto);
    expect(made.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(wanted.sort());
    // moto gives a permission no name; anything else without one would be an empty reference.
    const nameless = made.filter(({ name }) => name === '').map(({ type }) => type);
    expect(new Set(nameless)).toEqual(new Set(['AWS::Lambda::Permission']));
  });

  it('made tables with their keys and TTL', async () => {
    const dynamo = new DynamoDBClient(clientOf(moto));
    for (const id of TABLE_IDS) {
      const TableName = await nameOf(moto, id);
      const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
      expect(Table).toMatchObject({
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        DeletionProtectionEnabled: true,
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      });
      const ttl = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
      expect(ttl.TimeToLiveDescription).toEqual({
        AttributeName: 'expiresAt',
        TimeToLiveStatus: 'ENABLED',
      });
    }
  });

  it('made streams that keep a week', async () => {
    const kinesis = new KinesisClient(clientOf(moto));
    const { viewerPackets } = pipelineOf(parseConfig({})).streams;
    const summaryOf = async (id: string) => {
      const StreamName = await nameOf(moto, id);
      const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
      return answer.StreamDescriptionSummary;
    };
    expect(await summaryOf('TurnoutEdgeLinesStream')).toMatchObject({ RetentionPeriodHours: 168 });
    expect(await summaryOf('TurnoutViewerPackets')).toMatchObject({
      RetentionPeriodHours: 168,
      OpenShardCount: viewerPackets.shards,
    });
  });

  it('made a secret of 64 characters', async () => {
    const secrets = new SecretsManagerClient(clientOf(moto));
    const SecretId = await nameOf(moto, 'TurnoutViewerKey');
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    expect(SecretString).toMatch(/^[A-Za-z0-9]{64}$/);
  });

  it('made event sources that join the right stream to the right function', async () => {
    const { eventSources, blocksSource } = pipelineOf(parseConfig({}));
    const { EventSourceMappings: mappings } = (await callLambda(
      moto,
      '/2015-03-31/event-source-mappings/',
    )) as { readonly EventSourceMappings: readonly Record<string, unknown>[] };
    expect(mappings).toHaveLength(3);
    for (const [stream, target, plan] of [
      ['TurnoutEdgeLinesStream', 'TurnoutIntakeFunction', eventSources.intake],
      ['TurnoutViewerPackets', 'TurnoutTallyFunction', eventSources.tally],
      ['TurnoutTablesBlocks', 'TurnoutEnforceFunction', blocksSource],
    ] as const) {
      const name = await nameOf(moto, target);
      const mapping = mappings.find(({ FunctionArn }) => (FunctionArn as string).endsWith(name));
      expect(mapping).toMatchObject({
        BatchSize: plan.batchSize,
        MaximumBatchingWindowInSeconds: plan.windowSeconds,
        MaximumRetryAttempts: plan.retryAttempts,
        MaximumRecordAgeInSeconds: plan.maxRecordAgeSeconds,
        BisectBatchOnFunctionError: false,
        ParallelizationFactor: 1,
        StartingPosition: 'TRIM_HORIZON',
        State: 'Enabled',
      });
      expect(mapping!['EventSourceArn']).toMatch(
        new RegExp(`/${await nameOf(moto, stream)}(/stream/.+)?$`),
      );
    }
  });

  it('gave the functions their names and their own code', async () => {
    const hashes = new Set<unknown>();
    for (const id of ['Intake', 'Tally', 'Watch', 'Enforce', 'Control']) {
      const name = await nameOf(moto, `Turnout${id}Function`);
      const { Configuration } = (await callLambda(moto, `/2015-03-31/functions/${name}`)) as {
        readonly Configuration: { readonly CodeSha256: string; readonly Handler: string };
      };
      expect(Configuration.Handler).toBe('index.handler');
      const { STATE_TABLE, BLOCKS_TABLE, ...others } = await variablesOf(
        moto,
        `Turnout${id}Function`,
      );
      const tables = [STATE_TABLE, BLOCKS_TABLE].filter((table) => table !== undefined);
      expect(tables).not.toEqual([]);
      if (STATE_TABLE) expect(STATE_TABLE).toBe(await nameOf(moto, 'TurnoutTablesState'));
      if (BLOCKS_TABLE) expect(BLOCKS_TABLE).toBe(await nameOf(moto, 'TurnoutTablesBlocks'));
      expect(Object.values(others)).not.toContain('');
      hashes.add(Configuration.CodeSha256);
    }
    expect(hashes.size).toBe(5);
  });

  it('made alarms that all tell the topic, which CloudWatch may write to', async () => {
    const topic = await nameOf(moto, 'TurnoutMonitoringTopic2');
    const told = await actionsOfAlarms(moto);
    const wanted = deployment
      .resourcesOf('first')
      .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
    expect(told).toEqual(wanted.flatMap(() => [topic, topic]));
    expect(await policyOfTopic(moto, topic)).toContain('cloudwatch.amazonaws.com');
  });

  it('made every set that enforce is told of, empty and of its family', async () => {
    const { sets, scope } = await namedSets(moto);
    expect(sets).toHaveLength(16);
    for (const set of sets) {
      expect(await makeSets(moto, scope).get(set)).toMatchObject({
        Name: `${STACK_NAME}-${set.list}-${set.family}-${set.n}`,
        IPAddressVersion: `IP${set.family.toUpperCase()}`,
        Addresses: [],
      });
    }
  });

  it('changes nothing the second time, though all is made anew in another folder', async () => {
    const before = await stackResources(moto);
    const run = await deployment.deploy('second');
    expectGood(run);
    expect(run.output).toContain('(no changes)');
    expect(await stackResources(moto)).toEqual(before);
  });

  it('leaves what the sets hold when it changes something else', async () => {
    const { sets, scope } = await namedSets(moto);
    const { get, put } = makeSets(moto, scope);
    for (const set of sets) await put(set, addressesFor(set));
    await deployment.synth('third', OTHER_SETTINGS_TEXT);
    const run = await deployment.deploy('third', '--no-previous-parameters');
    expectGood(run);
    expect(run.output).not.toContain('(no changes)');
    expect((await namedSets(moto)).sets).toEqual(sets);
    for (const set of sets) expect((await get(set)).Addresses).toEqual(addressesFor(set));
  });

  it('would empty a set that a template touches (canary)', async () => {
    const { sets, scope } = await namedSets(moto);
    const { get } = makeSets(moto, scope);
    const [touched, other] = sets;
    copyTouched(deployment, {
      from: 'third',
      to: 'touched',
      isTouched: (it) => it === touched!.name,
    });
    expectGood(await deployment.deploy('touched', '--no-previous-parameters'));
    expect((await get(touched!)).Addresses).toEqual([]);
    expect((await get(other!)).Addresses).toEqual(addressesFor(other!));
  });

  it('leaves tables and secret behind when it is destroyed, and nothing else', async () => {
    const tables = await Promise.all(TABLE_IDS.map((id) => nameOf(moto, id)));
    const { sets, scope } = await namedSets(moto);
    const secret = await nameOf(moto, 'TurnoutViewerKey');
    expectGood(
      await deployment.cdk(
        'destroy',
        STACK_NAME,
        '--app',
        join(deployment.dir, 'second'),
        '--force',
      ),
    );

    const dynamo = new DynamoDBClient(clientOf(moto));
    expect((await dynamo.send(new ListTablesCommand({}))).TableNames?.sort()).toEqual(
      tables.sort(),
    );
    const secrets = new SecretsManagerClient(clientOf(moto));
    const kept = await secrets.send(new GetSecretValueCommand({ SecretId: secret }));
    expect(kept.SecretString).toHaveLength(64);
    const kinesis = new KinesisClient(clientOf(moto));
    expect((await kinesis.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
    const functions = await callLambda(moto, '/2015-03-31/functions/');
    expect(functions).toMatchObject({ Functions: [] });
    // Sets that stay would block without end, and be in the way of the next deploy.
    const gone = makeSets(moto, scope).get(sets[0]!);
    await expect(gone).rejects.toMatchObject({ name: 'WAFNonexistentItemException' });
  });
});
