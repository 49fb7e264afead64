import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Where the parts of a deployment are; as the outputs of its stack say. */
export interface PreflightPlaces {
  readonly stack: string;
  readonly edgeLinesStream: string;
  readonly viewerPacketsStream: string;
  readonly stateTable: string;
  readonly viewsTable: string;
  readonly blocksTable: string;
  readonly logConfigArn: string;
  readonly ruleGroupArn: string;
  readonly scope: 'CLOUDFRONT' | 'REGIONAL';
}

const CONNECT_MS_MAX = 2_000;
const REQUEST_MS_MAX = 10_000;
const ATTEMPTS_MAX = 3;
/** Whoever asks is a person who waits: few attempts, and HTTP/1.1 as in clients.ts. */
export function preflightOptions() {
  return {
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      throwOnRequestTimeout: true,
    }),
  };
}
