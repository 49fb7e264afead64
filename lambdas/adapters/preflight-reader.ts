import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeLimitsCommand as DescribeTableLimits,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeLimitsCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
} from '@aws-sdk/client-kinesis';
import {
  GetAccountSettingsCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ServiceQuotasClient, paginateListServiceQuotas } from '@aws-sdk/client-service-quotas';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  type AlarmFacts,
  type DeploymentFacts,
  type Fact,
  type SourceFacts,
  type StreamFacts,
  type TableFacts,
  type TopicFacts,
  readFact,
  readNext,
} from './deployment-facts';
import { readEdgeFacts } from './preflight-edge-reader';
import { type PreflightPlaces, preflightOptions } from './preflight-places';

/** DescribeAlarms takes so many names. */
const NAMES_MAX = 100;

/** Reads all facts of a deployment. What cannot be read is a fact too. */
export async function readDeployment(places: PreflightPlaces): Promise<DeploymentFacts> {
  const options = preflightOptions();
  const kinesis = new KinesisClient(options);
  const dynamo = new DynamoDBClient(options);
  const lambda = new LambdaClient(options);
  const [edgeLines, viewerPackets, state, views, blocks, resources] = await Promise.all([
    readStream(kinesis, places.edgeLinesStream),
    readStream(kinesis, places.viewerPacketsStream),
    readTable(dynamo, places.stateTable),
    readTable(dynamo, places.viewsTable),
    readTable(dynamo, places.blocksTable),
    readResources(places.stack),
  ]);
  const alarms = await readAlarms(resources);
  const [quotas, edge, intakeSource, tallySource, enforceSource, topics, secret] =
    await Promise.all([
      readQuotas(kinesis, dynamo, lambda),
      readEdgeFacts(places),
      readSources(lambda, edgeLines, ({ arn }) => arn),
      readSources(lambda, viewerPackets, ({ arn }) => arn),
      readSources(lambda, blocks, ({ streamArn }) => streamArn),
      readTopics(alarms),
      readSecret(resources),
    ]);
  return {
    ...{ edgeLines, viewerPackets, state, views, blocks, ...quotas, ...edge },
    ...{ intakeSource, tallySource, enforceSource, alarms, topics, secret },
  };
}

function readStream(kinesis: KinesisClient, name: string): Promise<Fact<StreamFacts>> {
  return readFact('kinesis:DescribeStreamSummary', async () => {
    const answer = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: name }));
    const told = answer.StreamDescriptionSummary!;
    return {
      ...{ name, arn: told.StreamARN!, status: told.StreamStatus! },
      isOnDemand: told.StreamModeDetails?.StreamMode === 'ON_DEMAND',
      openShards: told.OpenShardCount!,
      retentionHours: told.RetentionPeriodHours!,
      warmMiBps: told.WarmThroughput?.CurrentMiBps ?? 0,
      isSpread: told.RecordDistributionStrategy === 'AUTO',
    };
  });
}

async function readQuotas(kinesis: KinesisClient, dynamo: DynamoDBClient, lambda: LambdaClient) {
  const [kinesisShards, tableWritesMax, concurrency, requestsPerSecondMax] = await Promise.all([
    readFact('kinesis:DescribeLimits', async () => {
      const { ShardLimit, OpenShardCount } = await kinesis.send(new DescribeLimitsCommand({}));
      return { limit: ShardLimit!, open: OpenShardCount! };
    }),
    readFact('dynamodb:DescribeLimits', async () => {
      const { TableMaxWriteCapacityUnits } = await dynamo.send(new DescribeTableLimits({}));
      return told(TableMaxWriteCapacityUnits, 'TableMaxWriteCapacityUnits');
    }),
    readFact('lambda:GetAccountSettings', async () => {
      const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
      return {
        limit: told(AccountLimit?.ConcurrentExecutions, 'ConcurrentExecutions'),
        unreserved: told(
          AccountLimit?.UnreservedConcurrentExecutions,
          'UnreservedConcurrentExecutions',
        ),
      };
    }),
    readFact('servicequotas:ListServiceQuotas', async () => {
      const client = new ServiceQuotasClient({ ...preflightOptions(), region: 'us-east-1' });
      const pages = paginateListServiceQuotas({ client }, { ServiceCode: 'cloudfront' });
      for await (const { Quotas = [] } of pages) {
        // By name, so that nobody has to know its code.
        const own = Quotas.find(({ QuotaName = '' }) =>
          /^requests per second per dist/i.test(QuotaName),
        );
        if (own?.Value !== undefined) return own.Value;
      }
      return undefined;
    }),
  ]);
  return { kinesisShards, tableWritesMax, concurrency, requestsPerSecondMax };
}

function told(value: number | undefined, name: string): number {
  if (value === undefined) throw new Error(`AWS did not say ${name}`);
  return value;
}

function readTable(dynamo: DynamoDBClient, name: string): Promise<Fact<TableFacts>> {
  return readFact('dynamodb:DescribeTable', async () => {
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName: name }));
    return {
      name,
      status: Table!.TableStatus!,
      isOnDemand: Table!.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST',
      warmWrites: Table!.WarmThroughput?.WriteUnitsPerSecond ?? 0,
      streamArn: Table!.LatestStreamArn ?? '',
    };
  });
}

/** The event sources of a stream. */
function readSources<T>(
  lambda: LambdaClient,
  stream: Fact<T>,
  arnOf: (stream: T) => string,
): Promise<Fact<SourceFacts[]>> {
  return readNext(stream, 'lambda:ListEventSourceMappings', async (value) => {
    // Without the filter it would be all of the account.
    const EventSourceArn = arnOf(value);
    if (EventSourceArn === '') return [];
    const input = { EventSourceArn };
    const { EventSourceMappings = [] } = await lambda.send(
      new ListEventSourceMappingsCommand(input),
    );
    return EventSourceMappings.map((own) => ({
      ...{ id: own.UUID ?? '', state: own.State ?? '' },
      lastResult: own.LastProcessingResult ?? '',
      batchSize: own.BatchSize ?? 0,
      windowSeconds: own.MaximumBatchingWindowInSeconds ?? 0,
      parallelizationFactor: own.ParallelizationFactor ?? 0,
      retryAttempts: own.MaximumRetryAttempts ?? 0,
    }));
  });
}

interface Resource {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

function readResources(stack: string): Promise<Fact<Resource[]>> {
  return readFact('cloudformation:ListStackResources', async () => {
    const client = new CloudFormationClient(preflightOptions());
    const found: Resource[] = [];
    for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
      for (const own of page.StackResourceSummaries ?? []) {
        const { ResourceType = '', LogicalResourceId = '', PhysicalResourceId = '' } = own;
        found.push({ type: ResourceType, id: LogicalResourceId, name: PhysicalResourceId });
      }
    }
    return found;
  });
}

function readAlarms(resources: Fact<readonly Resource[]>): Promise<Fact<AlarmFacts[]>> {
  return readNext(resources, 'cloudwatch:DescribeAlarms', async (all) => {
    const names = all
      .filter(({ type }) => type === 'AWS::CloudWatch::Alarm')
      .map(({ name }) => name);
    const client = new CloudWatchClient(preflightOptions());
    const found: AlarmFacts[] = [];
    for (let from = 0; from < names.length; from += NAMES_MAX) {
      const input = { AlarmNames: names.slice(from, from + NAMES_MAX), MaxRecords: NAMES_MAX };
      const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand(input));
      found.push(...MetricAlarms.map(alarmOf));
    }
    return found;
  });
}

function alarmOf({ AlarmName, StateValue, ActionsEnabled, AlarmActions }: MetricAlarm): AlarmFacts {
  return {
    ...{ name: AlarmName ?? '', state: StateValue ?? '', isEnabled: ActionsEnabled !== false },
    actions: AlarmActions ?? [],
  };
}

function readTopics(alarms: Fact<readonly AlarmFacts[]>): Promise<Fact<TopicFacts[]>> {
  return readNext(alarms, 'sns:ListSubscriptionsByTopic', async (all) => {
    const actions = all.flatMap((alarm) => alarm.actions);
    const arns = new Set(actions.filter((arn) => /^arn:[^:]+:sns:/.test(arn)));
    const client = new SNSClient(preflightOptions());
    return Promise.all(
      [...arns].map(async (arn) => {
        const input = { TopicArn: arn };
        // The first hundred are enough: one that is confirmed wakes somebody.
        const { Subscriptions = [] } = await client.send(
          new ListSubscriptionsByTopicCommand(input),
        );
        const pending = Subscriptions.filter((own) => own.SubscriptionArn === PENDING).length;
        return { arn, confirmed: Subscriptions.length - pending, pending };
      }),
    );
  });
}

/** What SNS says instead of an ARN. */
const PENDING = 'PendingConfirmation';

function readSecret(resources: Fact<readonly Resource[]>): Promise<DeploymentFacts['secret']> {
  return readNext(resources, 'secretsmanager:DescribeSecret', async (all) => {
    const own = all.find(
      ({ type, id }) => type === 'AWS::SecretsManager::Secret' && id.includes('ViewerKey'),
    );
    if (own === undefined) throw new Error('the stack has no secret ViewerKey');
    const client = new SecretsManagerClient(preflightOptions());
    const { Name = '', DeletedDate } = await client.send(
      new DescribeSecretCommand({ SecretId: own.name }),
    );
    return { name: Name, isBeingDeleted: DeletedDate !== undefined };
  });
}
