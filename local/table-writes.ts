/** What a call writes to a table that is watched, as its stream tells it. */

export interface TableWrite {
  readonly eventName: (typeof EVENTS)[number];
  readonly keys: Readonly<Record<string, unknown>>;
}

/** Plain, so that it can be handed to another process. */
export interface WatchedTable {
  readonly table: string;
  /** Names of the keys, the partition key first. */
  readonly keyNames: readonly [string, string];
  /** Of the event source: what passes one of them is told. */
  readonly filters: readonly Pattern[];
}

/** A filter of Lambda, as far as Turnout uses them: leaves are lists of which one must fit. */
export type Pattern = PatternLeaf | { readonly [name: string]: Pattern };
type PatternLeaf = readonly (string | { readonly prefix: string })[];

export interface WrittenKey {
  readonly keys: Readonly<Record<string, unknown>>;
  readonly isDelete: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const EVENTS = ['INSERT', 'MODIFY', 'REMOVE'] as const;

const WRITES = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'TransactWriteItems',
]);

/** Whether it is worth parsing: most calls write elsewhere, and their bodies are large. */
export function mayWrite(operation: string, body: Buffer, { table }: WatchedTable): boolean {
  return WRITES.has(operation) && body.includes(`"${table}"`);
}

/** Whether a filter lets the write pass. */
export function isTold({ eventName, keys }: TableWrite, { filters }: WatchedTable): boolean {
  return filters.some((filter) => fits(filter, { eventName, dynamodb: { Keys: keys } }));
}

function fits(pattern: Pattern, value: unknown): boolean {
  if (isLeaf(pattern)) {
    if (typeof value !== 'string') return false;
    return pattern.some((it) =>
      typeof it === 'string' ? it === value : value.startsWith(it.prefix),
    );
  }
  const members = (value ?? {}) as Json;
  return Object.entries(pattern).every(([name, inner]) => fits(inner, members[name]));
}

function isLeaf(pattern: Pattern): pattern is PatternLeaf {
  return Array.isArray(pattern);
}

/** The keys of the table, in the order of the call, which some write of them would be told of. */
export function writtenKeys(operation: string, input: Json, watched: WatchedTable): WrittenKey[] {
  return actionsOf(operation, input, watched.table)
    .map(({ from, isDelete }) => ({
      isDelete,
      keys: Object.fromEntries(watched.keyNames.map((name) => [name, from[name]])),
    }))
    .filter(({ keys }) => EVENTS.some((eventName) => isTold({ eventName, keys }, watched)));
}

interface Action {
  /** the whole item, or its key */
  readonly from: Json;
  readonly isDelete: boolean;
}

function actionsOf(operation: string, input: Json, table: string): Action[] {
  switch (operation) {
    case 'BatchWriteItem': {
      const requests = (input['RequestItems'] as Record<string, Json[]>)[table] ?? [];
      return requests.map(({ PutRequest, DeleteRequest }) =>
        DeleteRequest === undefined
          ? { from: (PutRequest as { Item: Json }).Item, isDelete: false }
          : { from: (DeleteRequest as { Key: Json }).Key, isDelete: true },
      );
    }
    case 'TransactWriteItems':
      return (input['TransactItems'] as Json[]).flatMap(({ Put, Update, Delete }) => [
        ...(Put ? actionsOf('PutItem', Put as Json, table) : []),
        ...(Update ? actionsOf('UpdateItem', Update as Json, table) : []),
        ...(Delete ? actionsOf('DeleteItem', Delete as Json, table) : []),
      ]);
    default: {
      if (input['TableName'] !== table) return [];
      const from = (input['Key'] ?? input['Item']) as Json;
      return [{ from, isDelete: operation === 'DeleteItem' }];
    }
  }
}
