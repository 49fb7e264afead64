import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeBatch } from '../core/guard/suspect-batch';
import type { SuspectBatch } from '../core/guard/suspect';
import { bytes, number } from './attributes';
import type { Dynamo } from './clients';
import { forEachParallel } from './parallel';
import { keyAttributes } from './versioned-item';

const LIVES_SECONDS = 7_200;
const PARTS_AT_ONCE = 4;

/** Where lanes tell their suspects: table Blocks, docs/GUARD.md, "Batches". */
export interface SuspectWriter {
  /** The same batch again changes nothing. */
  put(batch: SuspectBatch): Promise<void>;
}

export function makeSuspectWriter(dynamo: Dynamo, table: string, now: () => number): SuspectWriter {
  return {
    put(batch) {
      const expiresAt = number(Math.floor(now() / 1_000) + LIVES_SECONDS);
      const pk = `suspects#${batch.lane}`;
      const version = String(batch.version).padStart(12, '0');
      const parts = encodeBatch(batch).map((body, n) => ({ body, n }));
      return forEachParallel(parts, PARTS_AT_ONCE, async ({ body, n }) => {
        const key = keyAttributes({ pk, sk: `${version}#${String(n).padStart(3, '0')}` });
        const Item = { ...key, body: bytes(body), expiresAt };
        await dynamo.send(new PutItemCommand({ TableName: table, Item }));
      });
    },
  };
}
