import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import type { StreamPlan } from '../lib/pipeline';
import type { TablePlan } from '../lib/tables';

/** Streams and tables as the plan of the stack says, made where they are not there yet. */

/**
 * More shards only take processor here: the emulator takes what comes, however few there are. A power
 * of two, as the lanes ask for.
 */
export const LOCAL_SHARDS_MAX = 16;
/** What a new stream has. */
const RETENTION_HOURS_DEFAULT = 24;
const WAIT_MS = 10;
const WAITS_MAX = 1_000;

export async function provideStream(
  kinesis: KinesisClient,
  StreamName: string,
  { shards, retentionHours }: Pick<StreamPlan, 'shards' | 'retentionHours'>,
): Promise<void> {
  const describe = async () => {
    const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
    return answer.StreamDescriptionSummary!;
  };
  if ((await orMissing(describe())) === undefined) {
    const ShardCount = Math.min(shards, LOCAL_SHARDS_MAX);
    await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }));
  }
  await until(`stream ${StreamName}`, async () => (await describe()).StreamStatus === 'ACTIVE');
  const { RetentionPeriodHours = RETENTION_HOURS_DEFAULT } = await describe();
  if (retentionHours > RetentionPeriodHours) {
    const RetentionPeriod = { StreamName, RetentionPeriodHours: retentionHours };
    await kinesis.send(new IncreaseStreamRetentionPeriodCommand(RetentionPeriod));
  }
}

export async function provideTable(
  dynamo: DynamoDBClient,
  TableName: string,
  { partitionKey, sortKey, ttlAttribute }: TablePlan,
): Promise<void> {
  const describe = () => dynamo.send(new DescribeTableCommand({ TableName }));
  if ((await orMissing(describe())) === undefined) {
    const keys = [
      { AttributeName: partitionKey, KeyType: 'HASH' as const },
      { AttributeName: sortKey, KeyType: 'RANGE' as const },
    ];
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: keys,
        AttributeDefinitions: keys.map(({ AttributeName }) => ({
          AttributeName,
          AttributeType: 'S',
        })),
      }),
    );
  }
  await until(`table ${TableName}`, async () => (await describe()).Table?.TableStatus === 'ACTIVE');
  const ttl = await dynamo.send(new DescribeTimeToLiveCommand({ TableName }));
  if (ttl.TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') return;
  const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true };
  await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let waits = 0; !(await isSo()); waits += 1) {
    if (waits === WAITS_MAX) throw new Error(`${what} is not active after ${WAITS_MAX} looks`);
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}
