import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expiresAt, text, textOf } from './attributes';
import type { Dynamo } from './clients';
import { keyAttributes, loadItem } from './versioned-item';

const LIVES_DAYS = 2;
const KEY = { pk: 'watch', sk: 'ledger' };

export interface WatchStore {
  load(): Promise<string | undefined>;
  save(body: string): Promise<void>;
}

/** The snapshot that watch compares with a minute later. It has one writer, so no version. */
export function makeWatchStore(dynamo: Dynamo, table: string, now: () => number): WatchStore {
  return {
    async load() {
      const item = await loadItem(dynamo, table, KEY);
      return item && textOf(item, 'body');
    },
    async save(body) {
      const Item = {
        ...keyAttributes(KEY),
        body: text(body),
        expiresAt: expiresAt(now(), LIVES_DAYS),
      };
      await dynamo.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}
