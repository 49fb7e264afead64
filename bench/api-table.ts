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
const LANES = 16;
/** A page of a query. */
const PAGE_BYTES = 1_048_576;

export interface BenchTable {
  /** hands over typed values that are at hand */
  readonly dynamo: Dynamo;
  /** hands over what DynamoDB would send, to the SDK: signed, collected and decoded, without a socket */
  readonly wire: DynamoDBClient;
  /** verified, of all minutes as they stand now */
  attempts(): number;
  /** the newest minute gets one attempt more, and the next time loses it: from answer to answer it has changed */
  turn(): void;
  /** items handed over so far */
  read(): number;
}

type Page = Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>;

/** Views with the items of a busy day. A question is answered once: the table is not what is timed. */
export function makeTable(minutes: number): BenchTable {
  const random = new Prng(1);
  const own = Array.from({ length: minutes }, (_, n) => minuteOf(random, DAY_MS / 60_000 + n));
  const states = [own, [...own.slice(0, -1), withOneMore(own.at(-1)!)]].map(
    (minutes) => new TableState(minutes),
  );
  let [handed, turns] = [0, 0];
  const now = () => states[turns % 2]!;
  const count = <A extends Answer>(answer: A): A => {
    handed += answer.items;
    return answer;
  };
  const send = async ({ input }: { readonly input: QueryCommandInput }) =>
    count(now().pageFor(input, turns)).page;
  return {
    dynamo: { send: send as Dynamo['send'] },
    wire: makeWire((input) => count(now().answerTo(input)).text),
    attempts: () => now().attempts,
    turn() {
      turns += 1;
      for (const state of states) state.forget(turns - TURNS_KEPT);
    },
    read: () => handed,
  };
}

const TURNS_KEPT = 4;

interface Answer {
  readonly items: number;
  /** outside of the heap, as the table is where Lambda runs: its collector would go through it in each answer */
  readonly text: Buffer;
}

interface PagedAnswer extends Answer {
  readonly page: Page;
  turn: number;
}

/** What the table says while these are its minutes. */
class TableState {
  readonly attempts: number;
  private readonly stored: Buffer;
  private readonly answers = new Map<string, Answer>();
  private readonly pages = new Map<string, PagedAnswer>();

  constructor(minutes: readonly Attributes[]) {
    const hours = Array.from({ length: Math.ceil(minutes.length / 60) }, (_, hour) =>
      hourOf(minutes.slice(hour * 60, hour * 60 + 60), DAY_MS / 3_600_000 + hour),
    );
    this.attempts = minutes.reduce((sum, item) => sum + Number(item[ATTEMPTS_VERIFIED]!.N), 0);
    this.stored = Buffer.from(JSON.stringify([...hours, ...minutes]));
  }

  answerTo(input: QueryCommandInput): Answer {
    const question = JSON.stringify(input);
    let answer = this.answers.get(question);
    if (answer === undefined) {
      const items = JSON.parse(this.stored.toString()) as Attributes[];
      const page = pageOf(items, input);
      answer = { items: page.Items!.length, text: Buffer.from(JSON.stringify(page)) };
      this.answers.set(question, answer);
    }
    return answer;
  }

  /** Objects as the SDK has them: made by JSON.parse. */
  pageFor(input: QueryCommandInput, turn: number): PagedAnswer {
    const question = JSON.stringify(input);
    let answer = this.pages.get(question);
    if (answer === undefined) {
      const { items, text } = this.answerTo(input);
      answer = { items, text, page: JSON.parse(text.toString()) as Page, turn };
      this.pages.set(question, answer);
    }
    answer.turn = turn;
    return answer;
  }

  /** Pages that nobody has asked for since a turn. */
  forget(turn: number): void {
    for (const [question, page] of this.pages) if (page.turn < turn) this.pages.delete(question);
  }
}

function withOneMore(minute: Attributes): Attributes {
  const more = (name: string) => ({ [name]: { N: String(Number(minute[name]!.N) + 1) } });
  return { ...minute, ...more(ATTEMPTS_VERIFIED), ...more('L3'), ...more('v') };
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
  const values: Record<string, number> = {};
  for (let lane = 0; lane < LANES; lane += 1) values[`L${lane}`] = random.between(64, 640_000);
  values['v'] = random.between(16, 10_000);
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
