import { SignatureV4 } from '@smithy/signature-v4';
import { makeCaller } from '../../lambdas/adapters/deployment-reader';
import type { Deployment } from './deployment';
import { ToldError, codeOf } from './deployment-failure';
import { UsageError } from './errors';
import { plainText } from './text-table';

/** What control did, as it says it. */
export interface ControlDone {
  readonly action: string;
  readonly cidr?: string;
  readonly mode?: string;
  readonly reason: string;
  readonly author: string;
  readonly untilMs: number;
  readonly until: string;
}

export interface ControlAsk {
  readonly action: 'block' | 'unblock' | 'allow' | 'disallow' | 'mode';
  readonly cidr?: string;
  readonly mode?: string;
  readonly reason: string;
  readonly forMinutes?: number;
}

const REQUEST_MS_MAX = 15_000;
const ANSWER_CHARS_MAX = 20_000;

/**
 * Asks control, signed as the caller: who that is, is the author of what is done, and no option says
 * otherwise. Throws what control refuses, with its reason.
 */
export async function askControl(deployment: Deployment, ask: ControlAsk): Promise<ControlDone> {
  const url = checkUrl(await deployment.place('ControlUrl'));
  const { method, headers, body } = await sign(url, deployment.region, JSON.stringify(ask));
  let answer: Response;
  let text: string;
  try {
    const signal = AbortSignal.timeout(REQUEST_MS_MAX);
    answer = await fetch(url, { method, headers, body, signal, redirect: 'error' });
    text = (await answer.text()).slice(0, ANSWER_CHARS_MAX);
  } catch (error) {
    const { message, cause } = error as Error;
    const got = codeOf(error) ?? (cause as Error | undefined)?.message ?? message;
    throw new ToldError(`control cannot be reached at ${url.host}: got ${got}`, { cause: error });
  }
  const json = tryParse(text);
  if (answer.status === 200 && json !== undefined) return json as unknown as ControlDone;
  throw new ToldError(refusal(answer.status, json, text));
}

function refusal(status: number, json: Json | undefined, text: string): string {
  const problems = json?.['problems'];
  if (Array.isArray(problems)) return plainText(`control refuses: ${problems.join('; ')}`);
  const said = plainText(String(json?.['Message'] ?? json?.['message'] ?? text).slice(0, 300));
  if (status === 403) {
    return (
      `control is not for this caller: expected one with the policy of the output OperatePolicyArn, ` +
      `got 403 ${said}`
    );
  }
  return `control failed: expected 200, got ${status} ${said}`;
}

type Json = Readonly<Record<string, unknown>>;

function tryParse(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** A signature must not travel in the open. */
function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url !== undefined && isSafe) return url;
  throw new UsageError(`URL of control: expected https://..., got ${plainText(text)}`);
}

async function sign(url: URL, region: string, body: string) {
  const { credentials, sha256 } = makeCaller();
  // The URL of a function names its region, which wins over what is set for tables.
  const [, own = region] = /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(url.hostname) ?? [];
  const signer = new SignatureV4({ service: 'lambda', region: own, credentials, sha256 });
  const signed = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, 'content-type': 'application/json' },
    body,
  });
  // What sends the request sets it.
  const { host, ...headers } = signed.headers;
  void host;
  return { method: 'POST', headers, body };
}
