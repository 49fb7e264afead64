import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { listenOnLoopback } from './emulator-front';

/** Who may call: as IAM has it. */
export interface UrlCaller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly userArn: string;
}

export interface ControlUrlOptions {
  readonly callers: readonly UrlCaller[];
  /** Takes the event of a function URL, payload 2.0, and answers as a function does. */
  readonly invoke: (event: object) => Promise<unknown>;
  /** @default the region of the rig */
  readonly region?: string;
}

export interface ControlUrl {
  readonly url: string;
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 6 * 1_048_576;
/** AWS takes a signature for so long before and after its time. */
const CLOCK_MS_MAX = 300_000;
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method.';

/**
 * The URL of the function control with AWS_IAM, on loopback: signatures (version 4, service `lambda`) are
 * checked as AWS does, and the event tells who signed. Policies are not known here: who has a key may call.
 */
export async function startControlUrl({
  callers,
  invoke,
  region = 'us-east-1',
}: ControlUrlOptions): Promise<ControlUrl> {
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      () => response.writeHead(502, JSON_HEADERS).end('{"Message":"Internal Server Error"}'),
    );
  });

  async function answer(request: IncomingMessage): Promise<UrlAnswer> {
    const body = await readBody(request);
    const checked = checkSignature(request, body, { callers, region });
    if ('refusal' in checked) {
      const json = JSON.stringify({ Message: checked.refusal });
      return { status: 403, headers: JSON_HEADERS, body: json };
    }
    const done = (await invoke(eventOf(request, body, checked))) as FunctionAnswer;
    return { status: done.statusCode, headers: done.headers ?? {}, body: done.body ?? '' };
  }

  const { port } = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const JSON_HEADERS = { 'content-type': 'application/json' };

interface UrlAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface FunctionAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) throw new Error(`body is longer than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function eventOf(request: IncomingMessage, body: Buffer, { userArn, accessKeyId }: UrlCaller) {
  const { method = 'GET', url = '/', headers } = request;
  const { pathname, search } = new URL(url, 'http://loopback');
  return {
    version: '2.0',
    rawPath: pathname,
    rawQueryString: search.slice(1),
    headers,
    body: body.toString('utf8'),
    isBase64Encoded: false,
    requestContext: {
      http: { method, path: pathname },
      authorizer: { iam: { accessKey: accessKeyId, userArn } },
    },
  };
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([\w]+)\/(\d{8})\/([\w-]+)\/lambda\/aws4_request, ?SignedHeaders=([\w;-]+), ?Signature=([0-9a-f]{64})$/;

/** Who signed; the comparison is made from the bytes that came, and not by what signs. */
function checkSignature(
  request: IncomingMessage,
  body: Buffer,
  { callers, region }: { readonly callers: readonly UrlCaller[]; readonly region: string },
): UrlCaller | { readonly refusal: string } {
  const { method = 'GET', url = '/', headers } = request;
  const found = AUTHORIZATION.exec(headers.authorization ?? '');
  if (found === null) return { refusal: 'Forbidden' };
  const [, keyId, day, ownRegion, names, signature] = found as unknown as string[];
  const caller = callers.find(({ accessKeyId }) => accessKeyId === keyId);
  if (caller === undefined) {
    return { refusal: 'The security token included in the request is invalid.' };
  }
  const time = String(headers['x-amz-date'] ?? '');
  const signed = names!.split(';');
  const isTimely = Math.abs(timeOf(time) - Date.now()) <= CLOCK_MS_MAX && time.startsWith(day!);
  if (!isTimely || ownRegion !== region || !signed.includes('host')) return { refusal: MISMATCH };
  const { pathname, searchParams } = new URL(url, 'http://loopback');
  searchParams.sort();
  const canonical = [
    ...[method, pathname, searchParams.toString().replaceAll('+', '%20')],
    ...signed.map((name) => `${name}:${String(headers[name] ?? '').trim()}`),
    ...['', names!, sha256(body)],
  ].join('\n');
  const scope = `${day}/${region}/lambda/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day!, region, 'lambda', 'aws4_request'].reduce<string | Buffer>(
    (last, part) => createHmac('sha256', last).update(part).digest(),
    `AWS4${caller.secretAccessKey}`,
  );
  const right = createHmac('sha256', key).update(text).digest();
  return timingSafeEqual(right, Buffer.from(signature!, 'hex')) ? caller : { refusal: MISMATCH };
}

/** `20261124T201503Z` */
function timeOf(text: string): number {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5');
  return Date.parse(iso);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
