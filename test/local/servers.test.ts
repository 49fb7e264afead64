import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-kinesis';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { startDynamo } from '../../local/dynamo-server';
import { startKinesis } from '../../local/kinesis-server';
import { startSecrets } from '../../local/secrets-server';
import { createStream, dynamoAt, kinesisAt, putTexts } from './aws-clients';

const dir = mkdtempSync(join(tmpdir(), 'turnout-servers-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A client that begins a call and vanishes before the answer, as one that is killed does. */
async function vanish(endpoint: string, body: string, sent = body): Promise<void> {
  const { port, hostname } = new URL(endpoint);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`;
      socket.write(head + sent, () => socket.destroy());
    });
    socket.on('close', () => resolve());
  });
}

describe('startKinesis', () => {
  const read = async (kinesis: ReturnType<typeof kinesisAt>) => {
    const { ShardIterator } = await kinesis.send(
      new GetShardIteratorCommand({
        StreamName: 'lines',
        ShardId: 'shardId-000000000000',
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    return Records.map(({ Data, SequenceNumber }) => ({
      text: Buffer.from(Data!).toString(),
      sequence: BigInt(SequenceNumber!),
    }));
  };

  it('finds its streams and records again, and goes on numbering behind them', async () => {
    const path = join(dir, 'kinesis');
    const before = await startKinesis({ path });
    const first = kinesisAt(before.endpoint);
    await createStream(first, 1);
    await putTexts(first, ['a', 'b']);
    await before.close();

    const after = await startKinesis({ path });
    const second = kinesisAt(after.endpoint);
    await putTexts(second, ['c']);
    const records = await read(second);
    expect(records.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(records[2]!.sequence > records[1]!.sequence).toBe(true);
    await after.close();
  });

  it('survives clients that vanish in the middle of a call, and behind it', async () => {
    const { endpoint, close } = await startKinesis();
    await vanish(endpoint, '{"a":1}', '{"a"');
    await vanish(endpoint, '{}');
    const kinesis = kinesisAt(endpoint);
    await createStream(kinesis, 1);
    await putTexts(kinesis, ['still here']);
    expect((await read(kinesis)).map(({ text }) => text)).toEqual(['still here']);
    await close();
  });
});

describe('startDynamo', () => {
  const createTable = (dynamo: DynamoDBClient) =>
    dynamo.send(
      new CreateTableCommand({
        TableName: 'state',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
  const setTtl = (dynamo: DynamoDBClient, Enabled: boolean) =>
    dynamo.send(
      new UpdateTimeToLiveCommand({
        TableName: 'state',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled },
      }),
    );
  const ttlOf = async (dynamo: DynamoDBClient) =>
    (await dynamo.send(new DescribeTimeToLiveCommand({ TableName: 'state' })))
      .TimeToLiveDescription;
  const put = (dynamo: DynamoDBClient, sk: string, expiresAt?: number) =>
    dynamo.send(
      new PutItemCommand({
        TableName: 'state',
        Item: {
          pk: { S: 'p' },
          sk: { S: sk },
          ...(expiresAt === undefined ? {} : { expiresAt: { N: String(expiresAt) } }),
        },
      }),
    );
  const has = async (dynamo: DynamoDBClient, sk: string) => {
    const Key = { pk: { S: 'p' }, sk: { S: sk } };
    return (await dynamo.send(new GetItemCommand({ TableName: 'state', Key }))).Item !== undefined;
  };

  it('deletes at a sweep what has expired by then, and nothing else', async () => {
    const server = await startDynamo();
    const dynamo = dynamoAt(server.endpoint);
    await createTable(dynamo);
    await put(dynamo, 'at 99', 99);
    await put(dynamo, 'at 100', 100);
    await put(dynamo, 'at 101', 101);
    await put(dynamo, 'for ever');
    expect(await server.sweep(100)).toBe(0); // no time to live yet
    await setTtl(dynamo, true);
    expect(await server.sweep(100)).toBe(2);
    const keys = ['at 99', 'at 100', 'at 101', 'for ever'];
    expect(await Promise.all(keys.map((sk) => has(dynamo, sk)))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    await setTtl(dynamo, false);
    expect(await server.sweep(1_000)).toBe(0);
    await server.close();
  });

  it('says what the time to live is, and refuses what already is so', async () => {
    const server = await startDynamo();
    const dynamo = dynamoAt(server.endpoint);
    await expect(ttlOf(dynamo)).rejects.toThrow(/not found/i);
    await createTable(dynamo);
    expect(await ttlOf(dynamo)).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await expect(setTtl(dynamo, false)).rejects.toThrow('TimeToLive is already disabled');
    await setTtl(dynamo, true);
    expect(await ttlOf(dynamo)).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expiresAt',
    });
    await expect(setTtl(dynamo, true)).rejects.toThrow('TimeToLive is already enabled');
    await dynamo.send(new DeleteTableCommand({ TableName: 'state' }));
    await createTableAgain(dynamo);
    expect(await ttlOf(dynamo)).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await server.close();
  });

  /** A table goes a moment after the answer. */
  async function createTableAgain(dynamo: DynamoDBClient): Promise<void> {
    for (;;) {
      try {
        await createTable(dynamo);
        return;
      } catch (error) {
        if ((error as Error).name !== 'ResourceInUseException') throw error;
      }
    }
  }

  it('finds tables, items and time to live again', async () => {
    const path = join(dir, 'dynamo');
    const before = await startDynamo({ path });
    await createTable(dynamoAt(before.endpoint));
    await setTtl(dynamoAt(before.endpoint), true);
    await put(dynamoAt(before.endpoint), 'x', 5);
    await before.close();

    const after = await startDynamo({ path });
    expect(await has(dynamoAt(after.endpoint), 'x')).toBe(true);
    expect(await after.sweep(5)).toBe(1);
    expect(await has(dynamoAt(after.endpoint), 'x')).toBe(false);
    await after.close();
  });

  it('gives the item that a failed condition met, if it is asked for', async () => {
    const server = await startDynamo();
    const dynamo = dynamoAt(server.endpoint);
    await createTable(dynamo);
    await put(dynamo, 'x', 7);
    const conflict = (returned: 'ALL_OLD' | 'NONE') =>
      dynamo.send(
        new UpdateItemCommand({
          TableName: 'state',
          Key: { pk: { S: 'p' }, sk: { S: 'x' } },
          UpdateExpression: 'SET expiresAt = :new',
          ConditionExpression: 'expiresAt < :new',
          ExpressionAttributeValues: { ':new': { N: '7' } },
          ReturnValuesOnConditionCheckFailure: returned,
        }),
      );
    const Item = { pk: { S: 'p' }, sk: { S: 'x' }, expiresAt: { N: '7' } };
    await expect(conflict('ALL_OLD')).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item,
    });
    await expect(conflict('NONE')).rejects.toMatchObject({ Item: undefined });
    await server.close();
  });

  it('survives clients that vanish in the middle of a call, and behind it', async () => {
    const server = await startDynamo();
    await vanish(server.endpoint, '{"a":1}', '{"a"');
    await vanish(server.endpoint, '{}');
    const dynamo = dynamoAt(server.endpoint);
    await createTable(dynamo);
    await put(dynamo, 'x');
    expect(await has(dynamo, 'x')).toBe(true);
    await server.close();
  });
});

describe('startSecrets', () => {
  it('gives the secrets it was given, and knows no other', async () => {
    const { endpoint, close } = await startSecrets({ 'viewer-key': 'correct horse' });
    const client = new SecretsManagerClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'rig', secretAccessKey: 'rig' },
    });
    const secretOf = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));
    expect((await secretOf('viewer-key')).SecretString).toBe('correct horse');
    await expect(secretOf('toString')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await close();
  });
});
