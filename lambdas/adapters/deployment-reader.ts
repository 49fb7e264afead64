import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** What a command line asks of AWS before it knows where the deployment is, and as whom it asks. */

const CONNECT_MS_MAX = 2_000;
const REQUEST_MS_MAX = 5_000;

/** Outputs of a stack by name. Throws what CloudFormation says, also that there is no such stack. */
export async function loadOutputs(stack: string): Promise<ReadonlyMap<string, string>> {
  const client = new CloudFormationClient({
    maxAttempts: 3,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      throwOnRequestTimeout: true,
    }),
  });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    const outputs = Stacks[0]?.Outputs ?? [];
    return new Map(
      outputs.flatMap(({ OutputKey, OutputValue }) =>
        OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
      ),
    );
  } finally {
    client.destroy();
  }
}

/** Keys of the caller as the SDK finds them: environment, profile, single sign-on, instance. */
export interface Caller {
  readonly credentials: CallerProvider;
  /** SHA-256 as the SDK has it, for who signs a request by hand */
  readonly sha256: DynamoDBClient['config']['sha256'];
}

type CallerProvider = DynamoDBClient['config']['credentials'];

export function makeCaller(): Caller {
  const { config } = new DynamoDBClient({});
  return { credentials: config.credentials, sha256: config.sha256 };
}
