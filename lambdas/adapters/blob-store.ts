import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { BlobStore } from '../core/road/ports';
import { bytes as bytesValue, bytesOf, number } from './attributes';
import { REAL_PATIENCE, retryThrottled, type Patience } from './backoff';
import type { Dynamo } from './clients';
import { forEachParallel } from './parallel';
import { keyAttributes, loadItem, type ItemKey } from './versioned-item';

/** An item may have 409,600 bytes with its keys and names. */
export const CHUNK_BYTES_MAX = 384_000;
const PARALLEL_MAX = 8;

/**
 * The blobs of the lanes, cut into chunks in State. A chunk is up to 375 write units of the 1,000 a
 * second that a partition takes, so being throttled is ordinary here.
 */
export function makeBlobStore(
  dynamo: Dynamo,
  table: string,
  patience: Patience = REAL_PATIENCE,
): BlobStore {
  const forChunks = (length: number, work: (n: number) => Promise<unknown>) =>
    forEachParallel([...Array(chunksOf(length)).keys()], PARALLEL_MAX, async (n) => {
      await retryThrottled(patience, () => work(n));
    });

  return {
    async put(lane, id, bytes, expiresAtSeconds) {
      await forChunks(bytes.length, (n) => {
        const data = bytes.subarray(n * CHUNK_BYTES_MAX, (n + 1) * CHUNK_BYTES_MAX);
        const Item = {
          ...keyAttributes(keyOf(lane, id, n)),
          data: bytesValue(data),
          ...(expiresAtSeconds > 0 ? { expiresAt: number(expiresAtSeconds) } : {}),
        };
        return dynamo.send(new PutItemCommand({ TableName: table, Item }));
      });
    },
    async get(lane, id, bytes) {
      const whole = new Uint8Array(bytes);
      await forChunks(bytes, async (n) => {
        const item = await loadItem(dynamo, table, keyOf(lane, id, n));
        const name = `chunk ${n} of ${chunksOf(bytes)} of blob ${id} of lane ${lane}`;
        if (item === undefined) throw new Error(`${name} is not stored`);
        const data = bytesOf(item, 'data');
        const expected = Math.min(CHUNK_BYTES_MAX, bytes - n * CHUNK_BYTES_MAX);
        if (data.length !== expected) {
          throw new Error(`${name} has ${data.length} bytes, expected ${expected}`);
        }
        whole.set(data, n * CHUNK_BYTES_MAX);
      });
      return whole;
    },
    async remove(lane, id, bytes) {
      await forChunks(bytes, (n) => {
        const Key = keyAttributes(keyOf(lane, id, n));
        return dynamo.send(new DeleteItemCommand({ TableName: table, Key }));
      });
    },
  };
}

function chunksOf(length: number): number {
  if (!(length > 0)) throw new Error(`a blob has ${length} bytes, expected at least 1`);
  return Math.ceil(length / CHUNK_BYTES_MAX);
}

const keyOf = (lane: number, id: string, n: number): ItemKey => ({
  pk: `blob#${lane}`,
  sk: `${id}#${n}`,
});
