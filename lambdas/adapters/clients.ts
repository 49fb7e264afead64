import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** What the adapters need of a client: a double need be no more than this. */
export type Dynamo = Pick<DynamoDBClient, 'send'>;
export type Kinesis = Pick<KinesisClient, 'send'>;
export type Secrets = Pick<SecretsManagerClient, 'send'>;

/**
 * Attempts that the SDK makes at one call: throttling, 5xx answers and broken sockets. The adapters
 * that are throttled in ordinary operation try again on top of that.
 */
const ATTEMPTS_MAX = 4;
const CONNECT_MS_MAX = 2_000;
/** A call that takes longer is given up and tried again: every write may be repeated. */
const REQUEST_MS_MAX = 15_000;
const SOCKETS_MAX = 128;

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

/**
 * HTTP/1.1 for all: the default of the Kinesis client is HTTP/2, which no emulator speaks over http,
 * and one connection less to look after is no loss.
 */
function options() {
  const agent = { keepAlive: true, maxSockets: SOCKETS_MAX };
  return {
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    }),
  };
}
