import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  type Shard,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Clients of the emulators, and the calls that several tests make. */

const COMMON = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'rig', secretAccessKey: 'rig' },
  maxAttempts: 1,
};

export function kinesisAt(endpoint: string): KinesisClient {
  return new KinesisClient({ ...COMMON, endpoint, requestHandler: new NodeHttpHandler() });
}

export function dynamoAt(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ ...COMMON, endpoint, requestHandler: new NodeHttpHandler() });
}

export async function createStream(kinesis: KinesisClient, shards: number, name = 'lines') {
  await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
  await shardsOf(kinesis, shards, name);
}

/** Waits until the stream has so many shards, open and closed. */
export async function shardsOf(
  kinesis: KinesisClient,
  count: number,
  name = 'lines',
): Promise<Shard[]> {
  for (;;) {
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName: name }));
    if (Shards.length >= count) return Shards;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Puts texts; a hash key sends all of them to the shard that holds it. */
export async function putTexts(
  kinesis: KinesisClient,
  texts: readonly string[],
  { hashKey, name = 'lines' }: { hashKey?: string; name?: string } = {},
) {
  for (let from = 0; from < texts.length; from += 500) {
    const Records = texts.slice(from, from + 500).map((text, n) => ({
      Data: Buffer.from(text),
      PartitionKey: `${from + n}`,
      ...(hashKey === undefined ? {} : { ExplicitHashKey: hashKey }),
    }));
    await kinesis.send(new PutRecordsCommand({ StreamName: name, Records }));
  }
}
