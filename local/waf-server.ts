import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listenOnLoopback, readAll } from './emulator-front';
import type { EmulatorServer } from './kinesis-server';
import {
  makeWafAccount,
  type WafAccount,
  type WafAccountOptions,
  type WafCallee,
} from './waf-account';
import { WafError } from './waf-error';
import { WAF_OPERATIONS } from './waf-operations';

export interface WafServer extends EmulatorServer, WafAccount {}

interface Answer {
  readonly status: number;
  readonly json: object;
}

const TARGET = 'AWSWAF_20190729.';
const CONTENT_TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const UNKNOWN = { status: 400, json: { __type: 'UnknownOperationException' } };

/** IP sets of AWS WAFv2 on loopback, as strict as the service is known to be: docs/GUARD.md, "Enforce". */
export async function startWaf(options: WafAccountOptions = {}): Promise<WafServer> {
  const account = makeWafAccount(options);
  const server = createServer((request, response) => {
    response.on('error', () => undefined); // the client has gone
    readAll(request)
      .then((body) => reply(response, answer(account, request.headers, body)))
      .catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0; // as in listenWithFront
  const { port } = await listenOnLoopback(server);
  return {
    ...account,
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(
  account: WafCallee,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Answer | 'broken_connection' {
  const target = String(headers['x-amz-target'] ?? '');
  const operation = WAF_OPERATIONS.find((it) => target === TARGET + it);
  if (operation === undefined) return UNKNOWN;
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1];
  try {
    const input = JSON.parse(body.toString()) as Readonly<Record<string, unknown>>;
    const json = account.call({ operation, input, region });
    return json === 'broken_connection' ? json : { status: 200, json };
  } catch (error) {
    if (error instanceof WafError) return { status: error.status, json: error.json };
    throw error;
  }
}

function reply(response: ServerResponse, answer: Answer | 'broken_connection'): void {
  if (answer === 'broken_connection') response.destroy();
  else response.writeHead(answer.status, CONTENT_TYPE).end(JSON.stringify(answer.json));
}
