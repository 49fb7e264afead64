/** How long the API takes to answer with a day of figures, beside what DynamoDB takes to hand over the items. */
import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Attributes } from '../lambdas/adapters/attributes';
import type { Dynamo } from '../lambdas/adapters/clients';
import { makeContentsReader } from '../lambdas/adapters/contents-reader';
import { makeViewsReader } from '../lambdas/adapters/views-reader';
import { makeApi } from '../lambdas/api/api';
import { makeViewsSource } from '../lambdas/api/views-source';
import { BUCKETS, FIGURES } from '../lambdas/core/audience/viewer-figures';
import { hourSk, minuteSk } from '../lambdas/core/road/views-item';
import { DEFAULT_SETTINGS } from '../lambdas/core/settings';
import { Prng } from '../test/support/prng';

export interface ApiWish {
  readonly minutes: number;
  readonly rounds: number;
}

export const API_QUICK: ApiWish = { minutes: 60, rounds: 3 };
export const API_FULL: ApiWish = { minutes: 1_440, rounds: 300 };

/** CPU milliseconds in which 99 of 100 answers with a day of minutes are made. */
export const API_P99_MS_MAX = 50;

export interface ApiRow {
  readonly name: string;
  readonly items: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const DAY_MS = Date.UTC(2026, 10, 24);
const ATTEMPTS_VERIFIED = 'f0_2';
/** A page of a query. */
const PAGE_BYTES = 1_048_576;
const WARM_ROUNDS = 5;

export async function runApi(
  { minutes, rounds }: ApiWish,
  tell: (text: string) => void = () => {},
): Promise<ApiRow[]> {
  const table = makeTable(minutes);
  const app = makeApp(table);
  const to = new Date(DAY_MS + minutes * 60_000).toISOString();
  const window = `from=${new Date(DAY_MS).toISOString()}&to=${to}`;
  const routes = [
    ['minutes, JSON', `/v1/contents/live/minutes?${window}`],
    ['minutes, CSV', `/v1/contents/live/minutes?${window}&format=csv`],
    ['record', `/v1/contents/live?${window}`],
    ['hours', `/v1/contents/live/minutes?${window}&step=hour`],
  ] as const;
  const rows: ApiRow[] = [];
  for (const [name, path] of routes) {
    const before = table.read();
    const { body } = await ask(app, path);
    const items = table.read() - before;
    if (name !== 'minutes, CSV') checkAnswer(name, body, table.attempts);
    const times: number[] = [];
    for (let round = -WARM_ROUNDS; round < rounds; round += 1) {
      const { ms } = await ask(app, path);
      if (round >= 0) times.push(ms);
    }
    times.sort((a, b) => a - b);
    const p99Ms = times[Math.ceil(times.length * 0.99) - 1]!;
    rows.push({ name, items, bytes: body.length, p50Ms: times[times.length >> 1]!, p99Ms });
    tell(`api, ${name}: p99 ${p99Ms.toFixed(1)} ms`);
  }
  return rows;
}

async function ask(app: ReturnType<typeof makeApp>, path: string) {
  // CPU time: what else the machine does would be most of the clock's.
  const before = process.cpuUsage();
  const answer = await app.request(`http://localhost${path}`);
  const body = await answer.text();
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1_000;
  if (answer.status !== 200) throw new Error(`${path}: got ${answer.status}, expected 200`);
  return { body, ms };
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

interface BenchTable {
  readonly dynamo: Dynamo;
  readonly attempts: number;
  /** items handed over so far */
  read(): number;
}

/** A client that has the items of a busy day at hand, as typed values, page by page. */
function makeTable(minutes: number): BenchTable {
  const random = new Prng(1);
  const items: Attributes[] = [];
  let attempts = 0;
  for (let n = 0; n < minutes; n += 1) {
    const item = minuteOf(random, DAY_MS / 60_000 + n);
    attempts += Number(item[ATTEMPTS_VERIFIED]!.N);
    items.push(item);
  }
  for (let hour = 0; hour < minutes / 60; hour += 1) {
    const own = items.slice(hour * 60, hour * 60 + 60);
    items.push(hourOf(own, DAY_MS / 3_600_000 + hour));
  }
  const lean = new Map<string, readonly Attributes[]>();
  let handed = 0;
  const send = async ({ input }: { readonly input: QueryCommandInput }) => {
    const { ProjectionExpression: names = '' } = input;
    // Once: that is not what is timed.
    const asked = lean.get(names) ?? (names === '' ? items : projected(items, names));
    lean.set(names, asked);
    const page = pageOf(asked, input);
    handed += page.Items.length;
    return page;
  };
  return { dynamo: { send: send as Dynamo['send'] }, attempts, read: () => handed };
}

/** What an event of some thousand viewers leaves in a minute: most figures, few invalid classes, all slots. */
function minuteOf(random: Prng, minute: number): Attributes {
  const values: Record<string, number> = { L3: 64_001 };
  for (let figure = 0; figure < FIGURES; figure += 1) {
    for (const bucket of [0, 1, 2, 4, 8]) {
      if (bucket < BUCKETS) values[`f${figure}_${bucket}`] = random.between(1, 5_000);
    }
  }
  for (const cause of [0, 1, 2]) values[`t${cause}`] = random.between(1, 50);
  for (const hits of ['h0_4', 'h1_0', 'h1_1', 'h1_4', 'h2_4', 'h5_0', 'h5_4', 'h6_4']) {
    values[hits] = random.between(1, 90_000);
  }
  for (let slot = 0; slot < 30; slot += 1) {
    for (const bucket of [1, 2, 4, 8]) values[`s${slot}_${bucket}`] = random.between(1, 9_000);
  }
  return itemOf('s:live#0', minuteSk(minute), values);
}

function hourOf(minutes: readonly Attributes[], hour: number): Attributes {
  const values: Record<string, number> = {};
  for (const minute of minutes) {
    for (const [name, { N }] of Object.entries(minute)) {
      if (/^[fth]\d/.test(name)) values[name] = (values[name] ?? 0) + Number(N);
    }
  }
  return itemOf('s:live#0', hourSk('h', hour), values);
}

function itemOf(pk: string, sk: string, values: Readonly<Record<string, number>>): Attributes {
  const typed = Object.entries(values).map(([name, n]) => [name, { N: String(n) }]);
  return { pk: { S: pk }, sk: { S: sk }, ...Object.fromEntries(typed) };
}

const CONTENT: Attributes = {
  ...{ pk: { S: 'contents' }, sk: { S: 's:live' }, id: { S: 'live' }, kind: { S: 'stream' } },
  segmentMs: { N: '6000' },
};

function pageOf(items: readonly Attributes[], input: QueryCommandInput) {
  const { ExpressionAttributeValues: values, Limit, ExclusiveStartKey, ScanIndexForward } = input;
  const [pk, from, to] = [':pk', ':from', ':to'].map((name) => values![name]!.S!);
  if (pk === 'contents') return { Items: [CONTENT] };
  const after = ExclusiveStartKey?.['sk']?.S ?? '';
  const found = pk !== 's:live#0' ? [] : items.filter(({ sk }) => isBetween(sk!.S!, from!, to!));
  const left = found.filter(({ sk }) => sk!.S! > after);
  if (ScanIndexForward === false) left.reverse();
  const Items: Attributes[] = [];
  for (let bytes = 0; Items.length < Math.min(left.length, Limit ?? Infinity);) {
    const next = left[Items.length]!;
    bytes += 10 * Object.keys(next).length;
    if (bytes > PAGE_BYTES) return { Items, LastEvaluatedKey: { sk: Items.at(-1)!['sk']! } };
    Items.push(next);
  }
  return { Items };
}

/** As DynamoDB does it before it answers. */
function projected(items: readonly Attributes[], expression: string): readonly Attributes[] {
  const names = new Set(expression.split(','));
  return items.map((item) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name))),
  );
}

const isBetween = (sk: string, from: string, to: string) => from <= sk && sk <= to;

function makeApp({ dynamo }: BenchTable) {
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

export function renderApi(rows: readonly ApiRow[]): string {
  const count = (n: number) => n.toLocaleString('en-US');
  const lines = rows.map(
    ({ name, items, bytes, p50Ms, p99Ms }) =>
      `| ${name} | ${count(items)} | ${count(Math.round(bytes / 1_024))} | ${p50Ms.toFixed(1)} | ${p99Ms.toFixed(1)} |`,
  );
  const { p99Ms } = rows[0]!;
  const verdict = p99Ms <= API_P99_MS_MAX ? 'reached' : 'not reached';
  return `
## Queries

A day of one content in one lane group, asked of the API in process, warm (bench/api.bench.ts). The table is in memory and
hands over typed values in pages of 1 MB: CPU time of validation, the adapters, adding up and writing the answer, and not
of DynamoDB, its network or the cold start of Lambda. Each answer is checked before it is timed.

| answer | items read | KB | CPU ms, median | CPU ms, p99 |
|---|---:|---:|---:|---:|
${lines.join('\n')}

| goal | wanted | measured | |
|---|---:|---:|---|
| a day of minutes, CPU ms, p99 | ${API_P99_MS_MAX} | ${p99Ms.toFixed(1)} | ${verdict} |
`;
}
