import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from './emulator-front';

export interface ApiUrlOptions {
  /** Takes the event of an HTTP API, payload 2.0, and answers as a function does. */
  readonly invoke: (event: object) => Promise<unknown>;
}

export interface ApiUrl {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  close(): Promise<void>;
}

interface FunctionAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

const OWN_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/;

/**
 * The HTTP API in front of the function api, on loopback. There is no IAM: whoever is on this machine may ask.
 * A page of the web may not: it would come under another name of the host.
 */
export async function startApiUrl({ invoke }: ApiUrlOptions): Promise<ApiUrl> {
  const server = createServer((request, response) => {
    answer(request, response, invoke).catch(() => {
      if (!response.headersSent) response.writeHead(500, JSON_HEADERS);
      response.end('{"message":"Internal Server Error"}');
    });
  });
  const { port } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const JSON_HEADERS = { 'content-type': 'application/json' };

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  invoke: ApiUrlOptions['invoke'],
): Promise<void> {
  request.resume(); // bodies mean nothing here
  const { method = 'GET', headers } = request;
  if (!OWN_HOST.test(headers.host ?? '')) {
    response.writeHead(403, JSON_HEADERS).end('{"message":"Forbidden"}');
    return;
  }
  // API Gateway has routes for GET alone.
  if (method !== 'GET') {
    response.writeHead(404, JSON_HEADERS).end('{"message":"Not Found"}');
    return;
  }
  const done = (await invoke(eventOf(request))) as FunctionAnswer;
  const body = Buffer.from(done.body ?? '', done.isBase64Encoded === true ? 'base64' : 'utf8');
  response.writeHead(done.statusCode, { ...done.headers }).end(body);
}

function eventOf({ method = 'GET', url = '/', headers }: IncomingMessage) {
  const at = url.indexOf('?');
  const rawPath = at === -1 ? url : url.slice(0, at);
  const single = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(', ')]],
  );
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: at === -1 ? '' : url.slice(at + 1),
    headers: Object.fromEntries(single),
    requestContext: {
      domainName: headers.host,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
    },
    isBase64Encoded: false,
  };
}
