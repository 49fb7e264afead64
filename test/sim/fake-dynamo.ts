import {
  ConditionalCheckFailedException,
  ResourceNotFoundException,
  type DeleteItemCommandInput,
  type GetItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Dynamo } from '../../lambdas/adapters/clients';
import { addTo, makeFakeSend, type CallCounts, type FakeHooks } from './fake-call';
import { attributeBytes, copyItem, itemBytes, type Attributes } from './fake-item';
import { checkPlaceholders, checkSize, holds, keyOf, planUpdate, readKeys } from './fake-request';

export interface FakeDynamoProps extends FakeHooks {
  readonly tables: readonly string[];
  /** Items of one page of a query, besides its 1 MB. @default no limit */
  readonly pageItemsMax?: number;
}

const PAGE_BYTES_MAX = 1_048_576;
const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;

interface Stored {
  readonly item: Attributes;
  bytes: number;
}

interface Partition {
  readonly bySk: Map<string, Stored>;
  /** The sort keys in order; undefined after a change of them. */
  order: string[] | undefined;
}

type Table = Map<string, Partition>;

/**
 * DynamoDB in memory, for tables with the keys `pk` and `sk` of text: the commands and expressions of
 * the adapters, each at once and whole, and its units counted. It passes test/contract.
 */
export class FakeDynamo implements Dynamo {
  readonly send: Dynamo['send'];
  readonly calls: CallCounts;
  /** By table, of 1 KB each. */
  readonly writeUnits = new Map<string, number>();
  /** By table, of 4 KB each; half a unit for a read that need not be consistent. */
  readonly readUnits = new Map<string, number>();
  private readonly tables: Map<string, Table>;
  private readonly pageItemsMax: number;

  constructor(props: FakeDynamoProps) {
    this.tables = new Map(props.tables.map((name) => [name, new Map()]));
    this.pageItemsMax = props.pageItemsMax ?? Infinity;
    const operations = {
      GetItem: (input: GetItemCommandInput) => this.getItem(input),
      PutItem: (input: PutItemCommandInput) => this.putItem(input),
      UpdateItem: (input: UpdateItemCommandInput) => this.updateItem(input),
      DeleteItem: (input: DeleteItemCommandInput) => this.deleteItem(input),
      Query: (input: QueryCommandInput) => this.query(input),
    };
    const { send, calls } = makeFakeSend(operations, props);
    this.send = send as Dynamo['send'];
    this.calls = calls;
  }

  /** All items of a table; not to be changed. */
  items(table: string): Attributes[] {
    const partitions = [...this.tableOf(table).values()];
    return partitions.flatMap(({ bySk }) => [...bySk.values()].map(({ item }) => item));
  }

  /** Deletes what has expired, as TTL would some day; answers how many. */
  sweep(table: string, nowSeconds: number): number {
    let removed = 0;
    for (const partition of this.tableOf(table).values()) {
      for (const [sk, { item }] of partition.bySk) {
        if (!(Number(item['expiresAt']?.N ?? Infinity) <= nowSeconds)) continue;
        partition.bySk.delete(sk);
        partition.order = undefined;
        removed += 1;
      }
    }
    return removed;
  }

  private getItem({ TableName, Key, ConsistentRead }: GetItemCommandInput) {
    const [pk, sk] = keyOf(Key);
    const stored = this.tableOf(TableName).get(pk)?.bySk.get(sk);
    this.countRead(TableName, stored?.bytes ?? 0, ConsistentRead);
    return stored === undefined ? {} : { Item: copyItem(stored.item) };
  }

  private putItem(input: PutItemCommandInput) {
    const { TableName, Item, ConditionExpression } = input;
    const [pk, sk] = keyOf(Item);
    const partition = this.partitionOf(TableName, pk);
    const before = partition.bySk.get(sk);
    checkPlaceholders(input, [ConditionExpression]);
    this.checkCondition(input, before);
    const bytes = itemBytes(Item!);
    checkSize(bytes);
    if (before === undefined) partition.order = undefined;
    partition.bySk.set(sk, { item: copyItem(Item!), bytes });
    this.countWrite(TableName, Math.max(bytes, before?.bytes ?? 0));
    return {};
  }

  private updateItem(input: UpdateItemCommandInput) {
    const { TableName, Key, UpdateExpression, ConditionExpression } = input;
    const [pk, sk] = keyOf(Key);
    const partition = this.partitionOf(TableName, pk);
    const before = partition.bySk.get(sk);
    checkPlaceholders(input, [UpdateExpression, ConditionExpression]);
    this.checkCondition(input, before);
    const changes = planUpdate(input, before?.item);
    const stored = before ?? { item: copyItem(Key!), bytes: itemBytes(Key!) };
    const bytesBefore = stored.bytes;
    let bytes = bytesBefore;
    for (const [name, value] of changes) {
      const old = stored.item[name];
      bytes += attributeBytes(name, value) - (old === undefined ? 0 : attributeBytes(name, old));
    }
    checkSize(bytes);
    for (const [name, value] of changes) stored.item[name] = value;
    stored.bytes = bytes;
    this.countWrite(TableName, Math.max(bytes, bytesBefore));
    if (before === undefined) {
      partition.order = undefined;
      partition.bySk.set(sk, stored);
    }
    return {};
  }

  private deleteItem({ TableName, Key, ConditionExpression }: DeleteItemCommandInput) {
    if (ConditionExpression !== undefined) throw new Error('the double deletes unconditionally');
    const [pk, sk] = keyOf(Key);
    const partition = this.partitionOf(TableName, pk);
    this.countWrite(TableName, partition.bySk.get(sk)?.bytes ?? 0);
    if (partition.bySk.delete(sk)) partition.order = undefined;
    return {};
  }

  private query(input: QueryCommandInput) {
    const { TableName, ConsistentRead, ExclusiveStartKey, KeyConditionExpression } = input;
    checkPlaceholders(input, [KeyConditionExpression]);
    const { pk, inRange } = readKeys(input);
    const partition = this.partitionOf(TableName, pk);
    const order = (partition.order ??= [...partition.bySk.keys()].sort());
    const after = ExclusiveStartKey === undefined ? '' : keyOf(ExclusiveStartKey)[1];
    const Items: Attributes[] = [];
    let bytes = 0;
    let last: Attributes | undefined;
    for (const sk of order) {
      if (sk <= after || !inRange(sk)) continue;
      if (bytes >= PAGE_BYTES_MAX || Items.length >= this.pageItemsMax) {
        const [lastPk, lastSk] = keyOf(Items.at(-1));
        last = { pk: { S: lastPk }, sk: { S: lastSk } };
        break;
      }
      const stored = partition.bySk.get(sk)!;
      bytes += stored.bytes;
      Items.push(copyItem(stored.item));
    }
    this.countRead(TableName, bytes, ConsistentRead);
    return {
      Items,
      Count: Items.length,
      ...(last === undefined ? {} : { LastEvaluatedKey: last }),
    };
  }

  private checkCondition(
    input: PutItemCommandInput | UpdateItemCommandInput,
    stored?: Stored,
  ): void {
    const { TableName, ConditionExpression } = input;
    if (ConditionExpression === undefined) return;
    if (holds(ConditionExpression, input, stored?.item)) return;
    // A refused write costs the units of what it looked at.
    this.countWrite(TableName, stored?.bytes ?? 0);
    throw new ConditionalCheckFailedException({
      message: 'The conditional request failed',
      $metadata: {},
    });
  }

  private tableOf(name: string | undefined): Table {
    const table = this.tables.get(name ?? '');
    if (table !== undefined) return table;
    throw new ResourceNotFoundException({ message: `no table ${name}`, $metadata: {} });
  }

  private partitionOf(tableName: string | undefined, pk: string): Partition {
    const table = this.tableOf(tableName);
    const found = table.get(pk);
    if (found !== undefined) return found;
    const made: Partition = { bySk: new Map(), order: undefined };
    table.set(pk, made);
    return made;
  }

  private countRead(table: string | undefined, bytes: number, isConsistent = false): void {
    const units = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
    addTo(this.readUnits, table!, isConsistent ? units : units / 2);
  }

  private countWrite(table: string | undefined, bytes: number): void {
    addTo(this.writeUnits, table!, Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES)));
  }
}
