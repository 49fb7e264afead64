import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Stands before the request handler of kinesalite or dynalite, in the same process. It answers what
 * they lack, and keeps clients that vanish away from them: both throw out of an event when a
 * connection breaks, and each time-out of a Lambda breaks some.
 */
export interface EmulatorFront {
  readonly endpoint: string;
  /** Calls the emulator as a client would, past `answerHere`. */
  ask(operation: string, input: unknown): Promise<EmulatorAnswer>;
  /** Ends when what is under way is answered and the state is closed. */
  close(): Promise<void>;
}

export interface EmulatorAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface EmulatorFrontOptions {
  /** what `x-amz-target` begins with */
  readonly target: string;
  readonly contentType: string;
  /** The answer to a call that the emulator must not see, or undefined. */
  readonly answerHere?: (operation: string, body: Buffer) => Promise<EmulatorAnswer> | undefined;
}

type Handler = (request: unknown, response: unknown) => void;

interface RawRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

/** The emulators want a well-formed signature and do not verify it. */
const SIGNED = {
  authorization: 'AWS4-HMAC-SHA256 Credential=rig, SignedHeaders=host, Signature=rig',
  'x-amz-date': '20260101T000000Z',
};
/** Above the emulators' own limits, whose answers then are seen. */
const BODY_BYTES_MAX = 24 * 1024 * 1024;

export async function listenWithFront(
  server: Server,
  { target, contentType, answerHere }: EmulatorFrontOptions,
): Promise<EmulatorFront> {
  const handler = server.listeners('request')[0] as Handler;
  server.removeAllListeners('request');
  const underWay = new Set<Promise<unknown>>();
  const track = <T>(work: Promise<T>): Promise<T> => {
    const kept: Promise<unknown> = work.then(
      () => underWay.delete(kept),
      () => underWay.delete(kept),
    );
    underWay.add(kept);
    return work;
  };
  const jsonHeaders = { 'content-type': contentType };

  async function answer(request: IncomingMessage): Promise<RawResponse> {
    const body = await readAll(request);
    const operation = String(request.headers['x-amz-target'] ?? '').slice(target.length + 1);
    const own = await answerHere?.(operation, body);
    if (own) {
      return { status: own.status, headers: jsonHeaders, body: Buffer.from(toJson(own.json)) };
    }
    const { method = 'POST', url = '/', headers } = request;
    return track(handOver(handler, { method, url, headers, body }));
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined); // the client has gone, and nobody waits for this answer
    track(answer(request)).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.destroy(),
    );
  });
  server.keepAliveTimeout = 0; // a connection that is closed while a call is on its way costs a retry
  const { port } = await listenOnLoopback(server);

  return {
    endpoint: `http://127.0.0.1:${port}`,
    async ask(operation, input) {
      const headers = {
        ...jsonHeaders,
        ...SIGNED,
        'x-amz-target': `${target}.${operation}`,
      };
      const body = Buffer.from(toJson(input));
      const got = await track(handOver(handler, { method: 'POST', url: '/', headers, body }));
      const json = JSON.parse(got.body.toString() || '{}') as EmulatorAnswer['json'];
      return { status: got.status, json };
    },
    async close() {
      // Their state must not be closed under a call: they throw, and the process would end.
      while (underWay.size > 0) await Promise.allSettled(underWay);
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

export function listenOnLoopback(server: Server): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address() as AddressInfo));
  });
}

export function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) reject(new Error(`request is above ${BODY_BYTES_MAX} bytes`));
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client has gone')));
  });
}

/** Gives a handler written for node:http a whole request, and takes its whole response. */
function handOver(handler: Handler, { body, ...request }: RawRequest): Promise<RawResponse> {
  return new Promise((resolve) => {
    const headers: Record<string, string | number> = {};
    const source = Object.assign(new EventEmitter(), request);
    const target = {
      statusCode: 200,
      setHeader: (name: string, value: string | number) => (headers[name] = value),
      end: (text?: string | Buffer) =>
        resolve({ status: target.statusCode, headers, body: Buffer.from(text ?? '') }),
    };
    handler(source, target);
    if (body.length > 0) source.emit('data', body);
    source.emit('end');
  });
}

function toJson(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
