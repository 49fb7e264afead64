import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import dynalite from 'dynalite';
import { type EmulatorAnswer, type EmulatorFront, listenWithFront } from './emulator-front';
import type { EmulatorOptions, EmulatorServer } from './kinesis-server';
import { isTold, mayWrite, type TableWrite, type WatchedTable, writtenKeys } from './table-writes';

export interface DynamoOptions extends EmulatorOptions {
  /** A table with a stream: each write that passes its filter is told, before the writer hears. */
  readonly watched?: WatchedTable;
  readonly onWrite?: (write: TableWrite) => void;
}

export interface DynamoServer extends EmulatorServer {
  /** Deletes what has expired at that time, so that a test owns the clock; answers how many went. */
  sweep(nowSeconds: number): Promise<number>;
  /** Resolves when all writes are told that were answered before the call. */
  settle(): Promise<void>;
}

interface TimeToLive {
  readonly AttributeName: string;
  readonly Enabled: boolean;
}

type Json = EmulatorAnswer['json'];
type Item = Readonly<Record<string, unknown>>;

/**
 * DynamoDB on loopback (dynalite), and what it lacks of that which Turnout uses: time to live, and
 * the item that a failed condition met. Nothing expires by itself: DynamoDB promises no time for it.
 * Of streams it has the keys of one table. No transactions, PartiQL, capacity or throttling.
 */
export async function startDynamo(options: DynamoOptions = {}): Promise<DynamoServer> {
  const { path, watched, onWrite } = options;
  if (path !== undefined) mkdirSync(path, { recursive: true });
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(path === undefined ? {} : { path: join(path, 'level') }),
  });
  const settings = makeTtlSettings(path === undefined ? undefined : join(path, 'ttl.json'));
  const front: EmulatorFront = await listenWithFront(server, {
    target: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
    answerHere: (operation, body) => {
      const world: World = { ask: (name, input) => front.ask(name, input), settings };
      if (watched && onWrite && mayWrite(operation, body, watched)) {
        return writeWatched(world, { operation, body, watched, onWrite });
      }
      return answerOf(operation, body)?.(world, body);
    },
  });
  await front.ask('ListTables', {}); // as in startKinesis
  return {
    endpoint: front.endpoint,
    close: () => front.close(),
    settle: async () => undefined,
    async sweep(nowSeconds) {
      let removed = 0;
      for (const [table, { AttributeName, Enabled }] of settings.all()) {
        if (Enabled) removed += await sweepTable(front, { table, AttributeName, nowSeconds });
      }
      return removed;
    },
  };
}

interface World {
  readonly ask: EmulatorFront['ask'];
  readonly settings: TtlSettings;
}

type OwnAnswer = (world: World, body: Buffer) => Promise<EmulatorAnswer>;

/** How the front answers an operation; undefined: dynalite does. */
function answerOf(operation: string, body: Buffer): OwnAnswer | undefined {
  switch (operation) {
    case 'UpdateTimeToLive':
      return updateTimeToLive;
    case 'DescribeTimeToLive':
      return describeTimeToLive;
    case 'DeleteTable':
      return deleteTable;
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      if (!body.includes('"ReturnValuesOnConditionCheckFailure":"ALL_OLD"')) return undefined;
      return (world) => writeWithOldItem(world, operation, parse(body));
    default:
      return undefined;
  }
}

interface WatchedWrite {
  readonly operation: string;
  readonly body: Buffer;
  readonly watched: WatchedTable;
  readonly onWrite: (write: TableWrite) => void;
}

/** What was there before is read first: a delete of nothing is no write, and a put may be the first. */
async function writeWatched(
  world: World,
  { operation, body, watched, onWrite }: WatchedWrite,
): Promise<EmulatorAnswer> {
  const input = parse(body);
  const written = writtenKeys(operation, input, watched);
  const before = await Promise.all(
    written.map(({ keys: Key }) =>
      world.ask('GetItem', { TableName: watched.table, Key, ConsistentRead: true }),
    ),
  );
  const answer = await (answerOf(operation, body)?.(world, body) ?? world.ask(operation, input));
  if (answer.status !== 200) return answer;
  for (const [n, { keys, isDelete }] of written.entries()) {
    const wasThere = before[n]!.json['Item'] !== undefined;
    if (isDelete && !wasThere) continue;
    const eventName = isDelete ? 'REMOVE' : wasThere ? 'MODIFY' : 'INSERT';
    if (isTold({ eventName, keys }, watched)) onWrite({ eventName, keys });
  }
  return answer;
}

async function updateTimeToLive({ ask, settings }: World, body: Buffer): Promise<EmulatorAnswer> {
  const { TableName, TimeToLiveSpecification } = parse(body) as {
    TableName: string;
    TimeToLiveSpecification: TimeToLive;
  };
  const table = await ask('DescribeTable', { TableName });
  if (table.status !== 200) return table;
  const before = settings.of(TableName);
  const { Enabled } = TimeToLiveSpecification;
  if ((before?.Enabled ?? false) === Enabled) {
    const message = `TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`;
    return {
      status: 400,
      json: { __type: 'com.amazon.coral.validate#ValidationException', message },
    };
  }
  settings.set(TableName, TimeToLiveSpecification);
  return { status: 200, json: { TimeToLiveSpecification } };
}

async function describeTimeToLive({ ask, settings }: World, body: Buffer): Promise<EmulatorAnswer> {
  const { TableName } = parse(body) as { TableName: string };
  const table = await ask('DescribeTable', { TableName });
  if (table.status !== 200) return table;
  const setting = settings.of(TableName);
  const TimeToLiveDescription = setting?.Enabled
    ? { TimeToLiveStatus: 'ENABLED', AttributeName: setting.AttributeName }
    : { TimeToLiveStatus: 'DISABLED' };
  return { status: 200, json: { TimeToLiveDescription } };
}

async function deleteTable({ ask, settings }: World, body: Buffer): Promise<EmulatorAnswer> {
  const input = parse(body) as { TableName: string };
  const answer = await ask('DeleteTable', input);
  if (answer.status === 200) settings.set(input.TableName, undefined);
  return answer;
}

/** The item is read after the condition has failed, and may be newer than the one it met. */
async function writeWithOldItem(
  { ask }: World,
  operation: string,
  asked: Json,
): Promise<EmulatorAnswer> {
  // dynalite answers without the item where it is asked for it.
  const input = { ...asked, ReturnValuesOnConditionCheckFailure: undefined };
  const answer = await ask(operation, input);
  const type = String(answer.json['__type'] ?? '');
  if (!type.endsWith('#ConditionalCheckFailedException')) return answer;
  const TableName = String(asked['TableName']);
  const names = await keyNames(ask, TableName);
  const from = (asked['Key'] ?? asked['Item']) as Item;
  const Key = Object.fromEntries(names.map((name) => [name, from[name]]));
  const { json } = await ask('GetItem', { TableName, Key, ConsistentRead: true });
  const found = json['Item'] === undefined ? {} : { Item: json['Item'] };
  return { status: answer.status, json: { ...answer.json, ...found } };
}

interface Sweep {
  readonly table: string;
  readonly AttributeName: string;
  readonly nowSeconds: number;
}

async function sweepTable(
  { ask }: Pick<EmulatorFront, 'ask'>,
  { table, AttributeName, nowSeconds }: Sweep,
): Promise<number> {
  const isExpired = {
    ExpressionAttributeNames: { '#ttl': AttributeName },
    ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
  };
  const names = await keyNames(ask, table);
  let removed = 0;
  let ExclusiveStartKey: unknown;
  do {
    const { json } = await ask('Scan', {
      TableName: table,
      ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
      FilterExpression: '#ttl <= :now',
      ...isExpired,
    });
    for (const item of (json['Items'] ?? []) as Item[]) {
      const Key = Object.fromEntries(names.map((name) => [name, item[name]]));
      // Conditional: its life may have been lengthened since the scan.
      const condition = { ConditionExpression: '#ttl <= :now', ...isExpired };
      const { status } = await ask('DeleteItem', { TableName: table, Key, ...condition });
      if (status === 200) removed += 1;
    }
    ExclusiveStartKey = json['LastEvaluatedKey'];
  } while (ExclusiveStartKey !== undefined);
  return removed;
}

async function keyNames(ask: EmulatorFront['ask'], TableName: string): Promise<string[]> {
  const { json } = await ask('DescribeTable', { TableName });
  const { KeySchema } = json['Table'] as { KeySchema: { AttributeName: string }[] };
  return KeySchema.map(({ AttributeName }) => AttributeName);
}

interface TtlSettings {
  of(table: string): TimeToLive | undefined;
  set(table: string, setting: TimeToLive | undefined): void;
  all(): [string, TimeToLive][];
}

/** Kept in a file beside dynalite's own state, as JSON by name of table. */
function makeTtlSettings(file: string | undefined): TtlSettings {
  const found = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  const byTable = new Map(Object.entries(JSON.parse(found) as Record<string, TimeToLive>));
  return {
    of: (table) => byTable.get(table),
    all: () => [...byTable],
    set(table, setting) {
      if (setting === undefined) byTable.delete(table);
      else byTable.set(table, setting);
      if (file !== undefined) writeFileSync(file, JSON.stringify(Object.fromEntries(byTable)));
    },
  };
}

function parse(body: Buffer): Json {
  return JSON.parse(body.toString()) as Json;
}
