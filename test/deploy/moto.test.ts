import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
import { App } from 'aws-cdk-lib';

import { bundleFunctions } from '../../lib/bundle';
import { parseConfig } from '../../lib/config';
import { pipelineOf } from '../../lib/pipeline';
import { makeTurnoutStack, STACK_NAME } from '../../lib/turnout-stack';
import { deployedContext, type Resource } from '../lib/stack-support';
import { type CdkRun, runCdk } from '../support/cdk';
import {
  describeWithMoto,
  type Moto,
  MOTO_ACCOUNT,
  MOTO_CREDENTIALS,
  MOTO_REGION,
  startMoto,
} from '../support/moto';
import { callLambda, clientOf, nameOf, stackResources } from '../support/moto-stack';
import { addressesFor, copyTouched, makeSets, namedSets, variablesOf } from './deployed-sets';

/**
 * Goal: the stack really deploys, and is whole. Method: the CDK command line against moto, which
 * proves wiring: names, references, roles, code. Values that moto does not keep (encryption, stream
 * mode, architecture) are asserted in test/lib/stack.test.ts.
 */
const STEP_MS_MAX = 60_000;
const SETTINGS_TEXT = '{}';
const OTHER_SETTINGS_TEXT = '{"blockStatus":429,"guard":{"allow":["192.0.2.0/24"]}}';
const TABLE_IDS = ['TurnoutTablesState', 'TurnoutTablesViews', 'TurnoutTablesBlocks'];

describeWithMoto('cdk deploy to moto', () => {
  let dir: string;
  let moto: Moto;
  let env: Record<string, string>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'turnout-deploy-'));
    mkdirSync(join(dir, 'empty'));
    moto = await startMoto();
    env = {
      AWS_ACCESS_KEY_ID: MOTO_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: MOTO_CREDENTIALS.secretAccessKey,
      AWS_REGION: MOTO_REGION,
      AWS_ENDPOINT_URL: moto.endpoint,
      // Only parsed, by moto itself: it does not understand its own address in that of a template.
      AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: `https://s3.${MOTO_REGION}.amazonaws.com`,
    };
    // In a folder without cdk.json, or it would make the app first.
    const bootstrap = cdk('bootstrap', `aws://${MOTO_ACCOUNT}/${MOTO_REGION}`);
    const [run] = await Promise.all([bootstrap, synth('first')]);
    expectGood(run);
  }, STEP_MS_MAX);

  afterAll(async () => {
    await moto?.stop();
    rmSync(dir, { recursive: true });
  });

  const cdk = (...args: string[]) =>
    runCdk([...args, '--no-notices'], { cwd: join(dir, 'empty'), home: join(dir, 'home'), env });
  const deploy = (name: string, ...more: string[]) =>
    cdk(
      ...['deploy', STACK_NAME, '--app', join(dir, name), '--method', 'direct'],
      ...['--require-approval', 'never', ...more],
    );
  /** All of it anew, in another folder, as another machine would. */
  async function synth(name: string, settingsText = SETTINGS_TEXT): Promise<void> {
    process.env['CDK_VALIDATION'] = 'false';
    const app = new App({ context: deployedContext(), outdir: join(dir, name) });
    makeTurnoutStack(app, {
      settings: parseConfig(JSON.parse(settingsText)),
      bundles: await bundleFunctions({
        outdir: join(dir, `${name}-bundles`),
        settingsText,
      }),
      env: { account: MOTO_ACCOUNT, region: MOTO_REGION },
    });
    app.synth();
  }

  it(
    'makes every resource of the template, none skipped',
    async () => {
      expectGood(await deploy('first'));
      const wanted = Object.entries(templateOf(dir).Resources).map(
        ([id, { Type }]) => `${Type} ${id}`,
      );
      const made = await stackResources(moto);
      expect(made.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(wanted.sort());
      // moto gives a permission no name; anything else without one would be an empty reference.
      const nameless = made.filter(({ name }) => name === '').map(({ type }) => type);
      expect(new Set(nameless)).toEqual(new Set(['AWS::Lambda::Permission']));
    },
    STEP_MS_MAX,
  );

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

  it(
    'changes nothing the second time, though all is made anew in another folder',
    async () => {
      const before = await stackResources(moto);
      await synth('second');
      const run = await deploy('second');
      expectGood(run);
      expect(run.output).toContain('(no changes)');
      expect(await stackResources(moto)).toEqual(before);
    },
    STEP_MS_MAX,
  );

  it(
    'leaves what the sets hold when it changes something else',
    async () => {
      const { sets, scope } = await namedSets(moto);
      const { get, put } = makeSets(moto, scope);
      for (const set of sets) await put(set, addressesFor(set));
      await synth('third', OTHER_SETTINGS_TEXT);
      const run = await deploy('third', '--no-previous-parameters');
      expectGood(run);
      expect(run.output).not.toContain('(no changes)');
      expect((await namedSets(moto)).sets).toEqual(sets);
      for (const set of sets) expect((await get(set)).Addresses).toEqual(addressesFor(set));
    },
    STEP_MS_MAX,
  );

  it(
    'would empty a set that a template touches (canary)',
    async () => {
      const { sets, scope } = await namedSets(moto);
      const { get } = makeSets(moto, scope);
      const [touched, other] = sets;
      copyTouched(join(dir, 'third'), join(dir, 'touched'), touched!.name);
      expectGood(await deploy('touched', '--no-previous-parameters'));
      expect((await get(touched!)).Addresses).toEqual([]);
      expect((await get(other!)).Addresses).toEqual(addressesFor(other!));
    },
    STEP_MS_MAX,
  );

  it(
    'leaves tables and secret behind when it is destroyed, and nothing else',
    async () => {
      const tables = await Promise.all(TABLE_IDS.map((id) => nameOf(moto, id)));
      const { sets, scope } = await namedSets(moto);
      const secret = await nameOf(moto, 'TurnoutViewerKey');
      expectGood(await cdk('destroy', STACK_NAME, '--app', join(dir, 'second'), '--force'));

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
    },
    STEP_MS_MAX,
  );
});

function expectGood({ status, output }: CdkRun): void {
  // The output says why, so it is what a failure shows.
  if (status !== 0) throw new Error(`cdk ended with status ${status}, expected 0\n${output}`);
}

function templateOf(dir: string): { readonly Resources: Record<string, Resource> } {
  const text = readFileSync(join(dir, 'first', `${STACK_NAME}.template.json`), 'utf8');
  return JSON.parse(text) as { readonly Resources: Record<string, Resource> };
}
