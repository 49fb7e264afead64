import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** What the adapters need of a client: a double need be no more than this. */
export type CloudFormation = Pick<CloudFormationClient, 'send'>;
export type Dynamo = Pick<DynamoDBClient, 'send'>;
export type Kinesis = Pick<KinesisClient, 'send'>;
export type Secrets = Pick<SecretsManagerClient, 'send'>;
export type Waf = Pick<WAFV2Client, 'send'>;

/**
 * Attempts that the SDK makes at one call: throttling, 5xx answers and broken sockets. The adapters
 * that are throttled in ordinary operation try again on top of that.
 */
const ATTEMPTS_MAX = 4;
const CONNECT_MS_MAX = 2_000;
/** A call that takes longer is given up and tried again: every write may be repeated. */
const REQUEST_MS_MAX = 15_000;
const SOCKETS_MAX = 128;
/** Who asks of a stack waits, and can do without an answer. */
const STACK_ATTEMPTS_MAX = 2;
/** WAF takes one update a second from a whole account: an attempt that nobody counts breaks the pace of all. */
const WAF_ATTEMPTS_MAX = 1;
/** A call that takes longer counts as lost. Whoever comes after waits it out: lambdas/enforce/pace.ts. */
const WAF_REQUEST_MS_MAX = 5_000;
/** All of WAF for CloudFront is in this region, wherever the functions are. */
const WAF_CLOUDFRONT_REGION = 'us-east-1';

/** Region, credentials and endpoint (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_KINESIS) come by themselves. */
export function makeKinesis(): KinesisClient {
  return new KinesisClient(options());
}

export function makeDynamo(): DynamoDBClient {
  return new DynamoDBClient(options());
}

export function makeSecrets(): SecretsManagerClient {
  return new SecretsManagerClient(options());
}

export function makeCloudFormation(): CloudFormationClient {
  return new CloudFormationClient(options(STACK_ATTEMPTS_MAX));
}

export function makeWaf(scope: string): WAFV2Client {
  return new WAFV2Client({
    ...options(WAF_ATTEMPTS_MAX, WAF_REQUEST_MS_MAX),
    ...(scope === 'CLOUDFRONT' && { region: WAF_CLOUDFRONT_REGION }),
  });
}

/**
 * HTTP/1.1 for all: the default of the Kinesis client is HTTP/2, which no emulator speaks over http,
 * and one connection less to look after is no loss.
 */
function options(maxAttempts = ATTEMPTS_MAX, requestTimeout = REQUEST_MS_MAX) {
  const agent = { keepAlive: true, maxSockets: SOCKETS_MAX };
  return {
    maxAttempts,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS_MAX,
      requestTimeout,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    }),
  };
}
