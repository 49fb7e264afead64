import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { decodeMemory, encodeMemory } from '../core/guard/guard-memory';
import type { GuardList } from '../core/guard/guard-set';
import type { BlockMemory } from '../core/guard/plan';
import { decodeTruth, encodeTruth } from '../core/guard/set-record';
import { EMPTY_TRUTH, type SetTruth } from '../core/guard/set-truth';
import { type BatchPart, decodeBatch } from '../core/guard/suspect-batch';
import { type Attributes, bytes, bytesOf, number, text, textOf } from './attributes';
import { type Patience, retryThrottled } from './backoff';
import type { Dynamo } from './clients';
import { queryAll } from './item-pages';
import { forEachParallel } from './parallel';
import {
  type ItemKey,
  keyAttributes,
  loadItem,
  putUnlessRefused,
  saveVersion,
  versionOf,
} from './versioned-item';

/** What enforce reads and writes of the table Blocks besides what people say: docs/GUARD.md. */
export interface BlocksStore {
  loadSet(key: string): Promise<SetTruth>;
  /** Truths of sets that are none any more expire then: addresses stand in them. */
  retireSets(keysInUse: readonly string[], atMs: number): Promise<void>;
  /** False if another writer came between. The version of the truth is the one to be written. */
  saveSet(key: string, truth: SetTruth): Promise<boolean>;
  loadMemory(list: GuardList): Promise<BlockMemory[]>;
  saveMemory(list: GuardList, memory: readonly BlockMemory[]): Promise<void>;
  /** Parts whose sort key is above `after`, in order. */
  readBatches(lane: number, after: string): Promise<ReadBatch[]>;
  /** JSON of what the last pass said, and of how far lanes are read. */
  loadStatus(): Promise<string | undefined>;
  saveStatus(body: string): Promise<void>;
}

export interface ReadBatch {
  readonly sk: string;
  /** undefined if the bytes are no batch */
  readonly part: BatchPart | undefined;
}

const AT_ONCE = 8;
const AFTER_ALL = '~';
const STATUS = { pk: 'enforce', sk: 'status' };

export interface BlocksStoreProps {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly patience: Patience;
}

export function makeBlocksStore({ dynamo, table, patience }: BlocksStoreProps): BlocksStore {
  const retry = <T>(work: () => Promise<T>) => retryThrottled(patience, work);
  const load = (key: ItemKey) => retry(() => loadItem(dynamo, table, key));
  const put = async (key: ItemKey, attributes: Attributes) => {
    const Item = { ...keyAttributes(key), ...attributes };
    await retry(() => dynamo.send(new PutItemCommand({ TableName: table, Item })));
  };
  const query = (condition: string, values: Attributes) =>
    retry(() =>
      queryAll(dynamo, {
        TableName: table,
        KeyConditionExpression: condition,
        ExpressionAttributeValues: values,
      }),
    );
  const setExpiry = (item: Attributes, more: Attributes) =>
    retry(() => rewrite(dynamo, table, item, more));
  return {
    async loadSet(key) {
      const item = await load({ pk: 'set', sk: key });
      // A set that was none for a while is one again.
      if (item?.['expiresAt'] !== undefined) await setExpiry(item, {});
      return item === undefined ? EMPTY_TRUTH : decodeTruth(bytesOf(item, 'body'), versionOf(item));
    },
    saveSet(key, truth) {
      const attributes = { body: bytes(encodeTruth(truth)) };
      const item = { pk: 'set', sk: key, version: truth.version, attributes };
      return retry(() => saveVersion(dynamo, table, item));
    },
    async retireSets(keysInUse, atMs) {
      const items = await query('pk = :pk', { ':pk': text('set') });
      const over = items.filter((item) => !isOf(item, keysInUse));
      const expiresAt = number(Math.floor(atMs / 1_000));
      await forEachParallel(over, AT_ONCE, (item) => setExpiry(item, { expiresAt }));
    },
    ...makeMemoryStore(query, put),
    async readBatches(lane, after) {
      const items = await query('pk = :pk AND sk BETWEEN :from AND :to', {
        ':pk': text(`suspects#${lane}`),
        // The next text after it, so that it is not among them itself.
        ':from': text(`${after} `),
        ':to': text(AFTER_ALL),
      });
      return items.map((item) => ({ sk: textOf(item, 'sk'), part: partOf(item) }));
    },
    async loadStatus() {
      const item = await load(STATUS);
      return item && textOf(item, 'body');
    },
    saveStatus: (body) => put(STATUS, { body: text(body) }),
  };
}

function makeMemoryStore(
  query: (condition: string, values: Attributes) => Promise<Attributes[]>,
  put: (key: ItemKey, attributes: Attributes) => Promise<void>,
): Pick<BlocksStore, 'loadMemory' | 'saveMemory'> {
  /** Bodies of memory as they were written last: an unchanged part costs no write. */
  const written = new Map<string, string>();
  return {
    async loadMemory(list) {
      const items = await query('pk = :pk AND begins_with(sk, :sk)', {
        ':pk': text('memory'),
        ':sk': text(`${list}-`),
      });
      return items.flatMap((item) => {
        const body = bytesOf(item, 'body');
        written.set(textOf(item, 'sk'), fingerprint(body));
        return decodeMemory(body);
      });
    },
    async saveMemory(list, memory) {
      await forEachParallel(encodeMemory(memory), AT_ONCE, async (body, n) => {
        const print = fingerprint(body);
        const sk = `${list}-${n}`;
        if (written.get(sk) === print) return;
        await put({ pk: 'memory', sk }, { body: bytes(body), ...expiryOf(memory) });
        written.set(sk, print);
      });
    },
  };
}

/** One that is in use, or expires already. */
function isOf(item: Attributes, keysInUse: readonly string[]): boolean {
  return item['expiresAt'] !== undefined || keysInUse.includes(textOf(item, 'sk'));
}

/** The same truth with another time to live; not if somebody wrote another one meanwhile. */
async function rewrite(
  dynamo: Dynamo,
  table: string,
  item: Attributes,
  more: Attributes,
): Promise<void> {
  const { pk, sk, ver, body } = item;
  await putUnlessRefused(dynamo, {
    TableName: table,
    Item: { pk: pk!, sk: sk!, ver: ver!, body: body!, ...more },
    ConditionExpression: 'ver = :ver',
    ExpressionAttributeValues: { ':ver': ver! },
  });
}

const MEMORY_LIVES_SECONDS = 2 * 86_400;

/** Strikes are of 24 hours: addresses are gone some time after the last block, whoever writes then. */
function expiryOf(memory: readonly BlockMemory[]): Attributes {
  const endMs = memory.reduce((ms, { endsMs }) => Math.max(ms, ...endsMs), 0);
  if (endMs === 0) return {};
  return { expiresAt: number(Math.floor(endMs / 1_000) + MEMORY_LIVES_SECONDS) };
}

/** Bytes as text, to be compared. */
function fingerprint(body: Uint8Array): string {
  return Buffer.from(body).toString('latin1');
}

function partOf(item: Attributes): BatchPart | undefined {
  try {
    return decodeBatch(bytesOf(item, 'body'));
  } catch {
    // Reported by whoever reads it: one damaged batch must not keep all others from being read.
    return undefined;
  }
}
