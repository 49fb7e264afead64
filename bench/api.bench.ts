/** How long the API takes to answer with a day of figures: event in, response out, DynamoDB's own time not in it. */
import type { LambdaEvent } from 'hono/aws-lambda';
import { handle } from 'hono/aws-lambda';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Dynamo } from '../lambdas/adapters/clients';
import { makeContentsReader } from '../lambdas/adapters/contents-reader';
import { makeViewsReader } from '../lambdas/adapters/views-reader';
import { makeApi } from '../lambdas/api/api';
import { makeViewsSource } from '../lambdas/api/views-source';
import { DEFAULT_SETTINGS } from '../lambdas/core/settings';
import { startApiUrl } from '../local/api-url';
import type { ClientAnswer } from './api-client';
import { DAY_MS, makeTable } from './api-table';

export interface ApiWish {
  readonly minutes: number;
  readonly rounds: number;
}

export const API_QUICK: ApiWish = { minutes: 60, rounds: 3 };
export const API_FULL: ApiWish = { minutes: 1_440, rounds: 300 };

/** Milliseconds in which 99 of 100 answers with a day of minutes are made. */
export const API_P99_MS_MAX = 50;

export interface ApiTimes {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ApiRow {
  readonly name: string;
  readonly items: number;
  readonly bytes: number;
  readonly cpu: ApiTimes;
  readonly wall: ApiTimes;
}

export interface ApiResult {
  readonly rows: readonly ApiRow[];
  /** Of the machine in the minute before: what ran while it was timed, and what it ran itself. */
  readonly load: number;
}

const WARM_ROUNDS = 20;

export async function runApi(
  { minutes, rounds }: ApiWish,
  tell: (text: string) => void = () => {},
): Promise<ApiResult> {
  const table = makeTable(minutes);
  const [load] = loadavg();
  const to = new Date(DAY_MS + minutes * 60_000).toISOString();
  const window = `from=${new Date(DAY_MS).toISOString()}&to=${to}`;
  const again = (dynamo: Dynamo) => {
    const ask = makeAsk(dynamo);
    return () => ask;
  };
  const [atHand, wire] = [again(table.dynamo), again(table.wire)];
  const front = await serve(table.wire);
  const asked = [
    ['minutes, JSON', atHand, '/minutes', ''],
    ['minutes, JSON, and the SDK', wire, '/minutes', ''],
    ['minutes, JSON, and the SDK, over HTTP', () => front.ask, '/minutes', ''],
    ['minutes, JSON, and the SDK, for the first time', () => makeAsk(table.wire), '/minutes', ''],
    ['minutes, CSV', atHand, '/minutes', '&format=csv'],
    ['record', atHand, '', ''],
    ['hours', atHand, '/minutes', '&step=hour'],
  ] as const;
  const rows: ApiRow[] = [];
  for (const [name, ask, route, more] of asked) {
    const place = [`/v1/contents/live${route}`, `${window}${more}`] as const;
    const cpu: number[] = [];
    const wall: number[] = [];
    let [items, body] = [0, ''];
    for (let round = -WARM_ROUNDS; round < rounds; round += 1) {
      // In an event the newest minute has changed whenever somebody asks again.
      table.turn();
      const asks = ask();
      const before = table.read();
      const { cpuMs, wallMs, ...answer } = await asks(...place);
      items = table.read() - before;
      body = answer.body;
      if (round < 2 && name !== 'minutes, CSV') checkAnswer(name, body, table.attempts());
      if (round < 0) continue;
      cpu.push(cpuMs);
      wall.push(wallMs);
    }
    const row = { name, items, bytes: body.length, cpu: timesOf(cpu), wall: timesOf(wall) };
    rows.push(row);
    tell(`api, ${name}: p99 ${row.cpu.p99Ms.toFixed(1)} CPU ms, ${row.wall.p99Ms.toFixed(1)} ms`);
  }
  await front.close();
  return { rows, load: load! };
}

function timesOf(ms: number[]): ApiTimes {
  ms.sort((a, b) => a - b);
  return { p50Ms: ms[ms.length >> 1]!, p99Ms: ms[Math.ceil(ms.length * 0.99) - 1]! };
}

/** The function of Lambda but for its environment: what API Gateway hands over, and what it gets back. */
function makeAsk(dynamo: Dynamo) {
  const answer = handle(makeApp(dynamo));
  return async (rawPath: string, rawQueryString: string) => {
    const http = { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' };
    const event = {
      ...{ version: '2.0', routeKey: '$default', rawPath, rawQueryString, headers: {} },
      ...{ body: null, isBase64Encoded: false },
      requestContext: { domainName: 'localhost', http: { ...http, userAgent: '' } },
    } as unknown as LambdaEvent;
    const before = process.cpuUsage();
    const began = process.hrtime.bigint();
    const { statusCode, body } = await answer(event);
    const wallMs = Number(process.hrtime.bigint() - began) / 1e6;
    const { user, system } = process.cpuUsage(before);
    checkStatus(rawPath, statusCode);
    return { body, cpuMs: (user + system) / 1_000, wallMs };
  };
}

/** The same behind the front that the rig has on loopback, asked by another process and by its clock. */
async function serve(dynamo: Dynamo) {
  const answer = handle(makeApp(dynamo));
  const { url, close } = await startApiUrl({ invoke: (event) => answer(event as LambdaEvent) });
  const client = fork(join(__dirname, 'api-client.ts'), { execArgv: ['--import', 'tsx'] });
  const ask = async (path: string, query: string) => {
    const answered = once(client, 'message');
    const before = process.cpuUsage();
    client.send(`${url}${path}?${query}`);
    const [{ status, body, wallMs }] = (await answered) as [ClientAnswer];
    const { user, system } = process.cpuUsage(before);
    checkStatus(path, status);
    return { body, cpuMs: (user + system) / 1_000, wallMs };
  };
  return {
    ask,
    async close() {
      client.disconnect();
      await close();
    },
  };
}

function checkStatus(path: string, status: number): void {
  if (status !== 200) throw new Error(`${path}: got ${status}, expected 200`);
}

interface Split {
  readonly record: Readonly<Record<string, { readonly verified: number }>>;
}

/** A wrong answer is an error, not a fast result. */
function checkAnswer(name: string, body: string, expected: number): void {
  const { rows, content } = JSON.parse(body) as {
    readonly rows?: readonly Split[];
    readonly content?: Split;
  };
  const got = (rows ?? [content!]).reduce((sum, row) => sum + row.record['attempts']!.verified, 0);
  if (got !== expected) throw new Error(`${name}: got ${got} attempts, expected ${expected}`);
}

function makeApp(dynamo: Dynamo) {
  const views = makeViewsSource({
    reader: makeViewsReader(dynamo, 'views'),
    contents: makeContentsReader(dynamo, 'views'),
    settings: DEFAULT_SETTINGS,
    now: () => DAY_MS,
  });
  const guard = {} as Parameters<typeof makeApi>[0]['guard'];
  return makeApi({
    ...{ views, guard },
    onError: (error) => {
      throw error;
    },
  });
}
