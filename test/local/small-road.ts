import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import type { Bundles } from '../../lib/bundle';
import { FUNCTION_NAMES, type FunctionName, pipelineOf } from '../../lib/pipeline';
import type { RigOptions } from '../../local/rig';

/**
 * A road with nothing in it: intake hands each line on and reads the secret, tally writes one item for
 * each line, watch says what it was called with. Control writes what it is told as an entry of people,
 * and enforce puts those into the first set. Whatever comes twice leaves the same items.
 */
const SOURCES: Readonly<Record<FunctionName, string>> = {
  intake: `
    import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
    import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
    import { NodeHttpHandler } from '@smithy/node-http-handler';
    const SecretId = process.env.VIEWER_KEY_SECRET;
    const secret = new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId }));
    const kinesis = new KinesisClient({ requestHandler: new NodeHttpHandler() });
    export const handler = async ({ Records }) => {
      for (let from = 0; from < Records.length; from += 500) {
        await kinesis.send(new PutRecordsCommand({
          StreamName: process.env.VIEWER_PACKETS_STREAM,
          Records: Records.slice(from, from + 500).map(({ kinesis: { data, partitionKey } }) => ({
            Data: Buffer.from(data, 'base64'), PartitionKey: partitionKey })),
        }));
      }
      console.log('secret ' + (await secret).SecretString);
      console.log(JSON.stringify({
        _aws: { Timestamp: 5, CloudWatchMetrics: [{ Metrics: [{ Name: 'LinesReceived' }] }] },
        LinesReceived: [Records.length] }));
    };`,
  tally: `
    import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
    const dynamo = new DynamoDBClient();
    const table = process.env.VIEWS_TABLE;
    export const handler = async ({ Records }) => {
      for (let from = 0; from < Records.length; from += 25) {
        await dynamo.send(new BatchWriteItemCommand({ RequestItems: {
          [table]: Records.slice(from, from + 25).map(({ kinesis: { data } }) => ({
            PutRequest: { Item: {
              pk: { S: 'lines' }, sk: { S: Buffer.from(data, 'base64').toString() } } } })) } }));
      }
      console.log('counted by ' + process.pid);
    };`,
  watch: `
    export const handler = async (event) => ({
      source: event.source,
      tables: Object.keys(process.env).filter((name) => name.endsWith('_TABLE')),
    });`,
  enforce: `
    import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
    import { GetIPSetCommand, UpdateIPSetCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
    const dynamo = new DynamoDBClient();
    const waf = new WAFV2Client();
    const [{ name: Name, id: Id }] = JSON.parse(process.env.WAF_SETS);
    const ref = { Name, Id, Scope: process.env.WAF_SCOPE };
    export const handler = async (event) => {
      const { Items } = await dynamo.send(new QueryCommand({
        TableName: process.env.BLOCKS_TABLE, KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'manual' } } }));
      const Addresses = Items.map(({ sk }) => sk.S.slice('block#'.length));
      for (const { eventName, dynamodb } of event.Records ?? []) {
        console.log(eventName + ' ' + dynamodb.Keys.pk.S + ' ' + dynamodb.Keys.sk.S);
      }
      if (Addresses.includes('0.0.0.0/0')) throw new Error('poison');
      const { IPSet, LockToken } = await waf.send(new GetIPSetCommand(ref));
      if (IPSet.Addresses.join() !== Addresses.join()) {
        await waf.send(new UpdateIPSetCommand({ ...ref, Addresses, LockToken }));
      }
      return { source: event.source, sets: JSON.parse(process.env.WAF_SETS).length };
    };`,
  control: `
    import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
    const dynamo = new DynamoDBClient();
    const TableName = process.env.BLOCKS_TABLE;
    export const handler = async ({ block, unblock }) => {
      const Key = { pk: { S: 'manual' }, sk: { S: 'block#' + (block ?? unblock) } };
      if (block) await dynamo.send(new PutItemCommand({ TableName, Item: Key }));
      else await dynamo.send(new DeleteItemCommand({ TableName, Key }));
      return 'done';
    };`,
  api: `
    export const handler = async () => ({ statusCode: 204 });`,
};

/** Once for all rigs of a test: it takes longer than a rig. */
export async function bundleSmallRoad(outdir: string): Promise<Bundles> {
  mkdirSync(outdir, { recursive: true });
  const bundles = FUNCTION_NAMES.map(async (name) => {
    const dir = join(outdir, name);
    await build({
      stdin: { contents: SOURCES[name], resolveDir: __dirname },
      outfile: join(dir, 'index.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'],
      banner: {
        js: `import { createRequire } from 'node:module';const require = createRequire(import.meta.url);`,
      },
      logLevel: 'silent',
    });
    writeFileSync(join(dir, 'turnout.json'), '{}');
    return [name, { dir, handler: 'index.handler', bytes: 0 }] as const;
  });
  return Object.fromEntries(await Promise.all(bundles)) as Bundles;
}

const pipeline = pipelineOf(DEFAULT_SETTINGS);
const sourceOf = (plan: typeof pipeline.eventSources.intake) => ({ ...plan, windowSeconds: 0.1 });

/** Of a rig that runs it, with short windows. */
export const smallRoad = (bundles: Bundles): RigOptions => ({
  bundle: () => Promise.resolve(bundles),
  settings: DEFAULT_SETTINGS,
  settingsText: '{}',
  pollMs: 20,
  environments: { intake: 1, tally: 1, watch: 1, enforce: 1, control: 1 },
  pipeline: {
    ...pipeline,
    eventSources: {
      intake: sourceOf(pipeline.eventSources.intake),
      tally: sourceOf(pipeline.eventSources.tally),
    },
    blocksSource: { ...pipeline.blocksSource, windowSeconds: 0.1 },
  },
});

export const keyedLines = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => ({ line: `line ${from + n}`, key: String(from + n) }));
