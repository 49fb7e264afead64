import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateStreamCommand, DescribeStreamCommand } from '@aws-sdk/client-kinesis';
import { makeDynamo, makeKinesis } from '../../lambdas/adapters/clients';
import type { Services } from './world';

const TABLE = 'contract';
const POLLS_MAX = 100;
const POLL_MS = 20;

/** A table and streams on services that speak the real protocol, reached as a Lambda reaches them. */
export async function connectServices(
  endpoints: { readonly dynamo: string; readonly kinesis: string },
  close: () => Promise<void>,
): Promise<Services> {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamo,
    AWS_ENDPOINT_URL_KINESIS: endpoints.kinesis,
  });
  const dynamo = makeDynamo();
  const kinesis = makeKinesis();
  let streams = 0;
  await dynamo.send(
    new CreateTableCommand({
      TableName: TABLE,
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
  await poll(async () => {
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: TABLE }));
    return Table?.TableStatus === 'ACTIVE';
  });
  return {
    dynamo,
    kinesis,
    table: TABLE,
    async makeStream(shards) {
      streams += 1;
      const name = `contract-${streams}`;
      await kinesis.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }));
      await poll(async () => {
        const answer = await kinesis.send(new DescribeStreamCommand({ StreamName: name }));
        return answer.StreamDescription?.StreamStatus === 'ACTIVE';
      });
      return name;
    },
    async close() {
      dynamo.destroy();
      kinesis.destroy();
      await close();
    },
  };
}

async function poll(isReady: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < POLLS_MAX; n += 1) {
    if (await isReady()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`not ready after ${POLLS_MAX} polls`);
}
