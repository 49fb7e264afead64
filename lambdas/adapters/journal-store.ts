import type { JournalStore, StoredJournal } from '../core/road/ports';
import { bytes, bytesOf, expiresAt, text, textOf } from './attributes';
import type { Dynamo } from './clients';
import { queryAll } from './item-pages';
import { loadItem, saveVersion, versionOf, type ItemKey } from './versioned-item';

/** Shards are spread over so many partitions, and all journals can still be listed. */
const PARTITIONS = 16;
const LIVES_DAYS = 30;

export interface ListedJournal extends StoredJournal {
  readonly shardId: string;
}

/** The journals of the source shards, as docs/ROAD.md lays them into State. */
export function makeJournalStore(
  dynamo: Dynamo,
  table: string,
  now: () => number,
): JournalStore & { list(): Promise<ListedJournal[]> } {
  return {
    async load(shardId) {
      const item = await loadItem(dynamo, table, keyOf(shardId));
      return item && { version: versionOf(item), body: bytesOf(item, 'body') };
    },
    save(shardId, { version, body }) {
      const attributes = { body: bytes(body), expiresAt: expiresAt(now(), LIVES_DAYS) };
      return saveVersion(dynamo, table, { ...keyOf(shardId), version, attributes });
    },
    async list() {
      const partitions = await Promise.all(
        Array.from({ length: PARTITIONS }, (_, n) =>
          queryAll(dynamo, {
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': text(pkOf(n)) },
          }),
        ),
      );
      return partitions.flat().map((item) => ({
        shardId: textOf(item, 'sk'),
        version: versionOf(item),
        body: bytesOf(item, 'body'),
      }));
    },
  };
}

const pkOf = (partition: number) => `journal#${partition}`;

function keyOf(shardId: string): ItemKey {
  const digits = /^shardId-(\d+)$/.exec(shardId)?.[1];
  if (digits === undefined) {
    throw new Error(`shard id is ${shardId}, expected shardId- and a number`);
  }
  return { pk: pkOf(Number(digits) % PARTITIONS), sk: shardId };
}
