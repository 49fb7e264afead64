import { createHash } from 'node:crypto';
import type { Quarantine } from '../core/road/ports';
import { bytes, expiresAt, number, text } from './attributes';
import type { Dynamo } from './clients';
import { keyAttributes, putUnlessRefused } from './versioned-item';

const LIVES_DAYS = 30;
/** What is kept of a record, to see what it was meant to be: anything may come, also addresses. */
const BEGIN_BYTES = 8;

/** Notes of records that could not be read, as docs/ROAD.md lays them into State. */
export function makeQuarantine(dynamo: Dynamo, table: string, now: () => number): Quarantine {
  return {
    async keep({ stream, shardId, sequence, reason, data }) {
      const key = { pk: 'quarantine', sk: `${stream}#${shardId}#${sequence}` };
      // A refusal means that it is noted already.
      await putUnlessRefused(dynamo, {
        TableName: table,
        Item: {
          ...keyAttributes(key),
          reason: text(reason),
          bytes: number(data.length),
          sha256: bytes(createHash('sha256').update(data).digest()),
          begin: bytes(data.subarray(0, BEGIN_BYTES)),
          expiresAt: expiresAt(now(), LIVES_DAYS),
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      });
    },
  };
}
