import type { LaneStore } from '../core/road/ports';
import { bytes, bytesOf } from './attributes';
import type { Dynamo } from './clients';
import { loadItem, saveVersion, versionOf, type ItemKey } from './versioned-item';

/** The heads of the lanes, as docs/ROAD.md lays them into State. */
export function makeLaneStore(dynamo: Dynamo, table: string): LaneStore {
  return {
    async load(lane) {
      const item = await loadItem(dynamo, table, keyOf(lane));
      return (
        item && {
          version: versionOf(item),
          body: bytesOf(item, 'body'),
          outbox: bytesOf(item, 'outbox'),
        }
      );
    },
    save(lane, { version, body, outbox }) {
      const attributes = { body: bytes(body), outbox: bytes(outbox) };
      return saveVersion(dynamo, table, { ...keyOf(lane), version, attributes });
    },
  };
}

const keyOf = (lane: number): ItemKey => ({ pk: `lane#${lane}`, sk: 'head' });
