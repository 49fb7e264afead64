import {
  DynamoDBClient,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { Readable } from 'node:stream';
import type { Attributes } from '../lambdas/adapters/attributes';
import type { Dynamo } from '../lambdas/adapters/clients';
import { BUCKETS, FIGURES } from '../lambdas/core/audience/viewer-figures';
import { hourSk, minuteSk } from '../lambdas/core/road/views-item';
import { Prng } from '../test/support/prng';

export const DAY_MS = Date.UTC(2026, 10, 24);
const ATTEMPTS_VERIFIED = 'f0_2';
/** A page of a query. */
const PAGE_BYTES = 1_048_576;

export interface BenchTable {
  /** hands over typed values that are at hand */
  readonly dynamo: Dynamo;
  /** hands over what DynamoDB would send, to the SDK: signed, collected and decoded, without a socket */
  readonly wire: DynamoDBClient;
  readonly attempts: number;
  /** items handed over so far */
  read(): number;
}

type Page = Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>;

/** Views with the items of a busy day. A question is answered once: the table is not what is timed. */
export function makeTable(minutes: number): BenchTable {
  const random = new Prng(1);
  const own = Array.from({ length: minutes }, (_, n) => minuteOf(random, DAY_MS / 60_000 + n));
  const attempts = own.reduce((sum, item) => sum + Number(item[ATTEMPTS_VERIFIED]!.N), 0);
  const hours = Array.from({ length: Math.ceil(minutes / 60) }, (_, hour) =>
    hourOf(own.slice(hour * 60, hour * 60 + 60), DAY_MS / 3_600_000 + hour),
  );
  const items = [...hours, ...own];
  const answers = new Map<string, { readonly text: Buffer; readonly page: Page }>();
  let handed = 0;
  const answerTo = (input: QueryCommandInput) => {
    const question = JSON.stringify(input);
    let answer = answers.get(question);
    if (answer === undefined) {
      const text = JSON.stringify(pageOf(items, input));
      // Objects as the SDK has them: made by JSON.parse.
      answer = { text: Buffer.from(text), page: JSON.parse(text) as Page };
      answers.set(question, answer);
    }
    handed += answer.page.Items!.length;
    return answer;
  };
  const send = async ({ input }: { readonly input: QueryCommandInput }) => answerTo(input).page;
  return {
    dynamo: { send: send as Dynamo['send'] },
    wire: makeWire((input) => answerTo(input).text),
    attempts,
    read: () => handed,
  };
}

function makeWire(textFor: (input: QueryCommandInput) => Buffer): DynamoDBClient {
  return new DynamoDBClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
    requestHandler: {
      handle: async ({ body }: { readonly body: Uint8Array }) => ({
        response: {
          statusCode: 200,
          headers: { 'content-type': 'application/x-amz-json-1.0' },
          body: Readable.from([
            textFor(JSON.parse(new TextDecoder().decode(body)) as QueryCommandInput),
          ]),
        },
      }),
    } as never,
  });
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

function pageOf(items: readonly Attributes[], input: QueryCommandInput): Page {
  const { ExpressionAttributeValues: values, Limit, ExclusiveStartKey, ScanIndexForward } = input;
  const [pk, from, to] = [':pk', ':from', ':to'].map((name) => values![name]!.S!);
  if (pk === 'contents') return { Items: [CONTENT] };
  const after = ExclusiveStartKey?.['sk']?.S ?? '';
  const found = pk !== 's:live#0' ? [] : items.filter(({ sk }) => isBetween(sk!.S!, from!, to!));
  const left = found.filter(({ sk }) => sk!.S! > after);
  if (ScanIndexForward === false) left.reverse();
  const { ProjectionExpression: names } = input;
  const Items: Attributes[] = [];
  for (let bytes = 0; Items.length < Math.min(left.length, Limit ?? Infinity);) {
    const next = left[Items.length]!;
    // A page is full by what is read, whatever of it is asked for.
    bytes += 10 * Object.keys(next).length;
    if (bytes > PAGE_BYTES) return { Items, LastEvaluatedKey: { sk: Items.at(-1)!['sk']! } };
    Items.push(names === undefined ? next : projected(next, names));
  }
  return { Items };
}

function projected(item: Attributes, names: string): Attributes {
  const wanted = new Set(names.split(','));
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name)));
}

const isBetween = (sk: string, from: string, to: string) => from <= sk && sk <= to;
