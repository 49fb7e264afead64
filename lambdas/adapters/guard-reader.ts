import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { type AuditEntry, decodeAudit } from '../core/guard/audit';
import type { GuardList } from '../core/guard/guard-set';
import { decodeTruth } from '../core/guard/set-record';
import type { SetTruth } from '../core/guard/set-truth';
import { type BatchPart, decodeBatch } from '../core/guard/suspect-batch';
import { type Attributes, bytesOf, text, textOf } from './attributes';
import { type Patience, retryThrottled } from './backoff';
import type { Dynamo } from './clients';
import { queryAll } from './item-pages';
import { forEachParallel } from './parallel';
import { loadItem, versionOf } from './versioned-item';

/** What people look at of the table Blocks. Writes nothing, and has no part in what is decided. */
export interface GuardReader {
  /** Of a list and a family, or all; in the order of their keys. */
  loadSets(of?: { list: GuardList; family: 'v4' | 'v6' }): Promise<StoredSet[]>;
  /** JSON of what the last pass said. */
  loadStatus(): Promise<string | undefined>;
  /**
   * What was written down of these CIDRs, oldest first. Of an entry in several parts only the parts that
   * name one; parts of entries that were never finished are left out.
   */
  loadHistory(cidrs: readonly string[], fromMs: number, toMs: number): Promise<AuditEntry[]>;
  /** The newest parts of batches of a lane whose sort keys are above `after`, newest first. */
  loadBatches(lane: number, after: string, partsMax: number): Promise<StoredPart[]>;
}

export interface StoredSet {
  readonly list: GuardList;
  readonly key: string;
  readonly truth: SetTruth;
}

export interface StoredPart {
  readonly sk: string;
  /** undefined if the bytes are no batch */
  readonly part: BatchPart | undefined;
}

const AT_ONCE = 16;
const HOUR_MS = 3_600_000;
const STATUS = { pk: 'enforce', sk: 'status' };

export interface GuardReaderProps {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly patience: Patience;
}

export function makeGuardReader({ dynamo, table, patience }: GuardReaderProps): GuardReader {
  const retry = <T>(work: () => Promise<T>) => retryThrottled(patience, work);
  const query = (condition: string, values: Attributes, more: object = {}) =>
    retry(() =>
      queryAll(dynamo, {
        TableName: table,
        KeyConditionExpression: condition,
        ExpressionAttributeValues: values,
        ...more,
      }),
    );
  const partsOf = async (pk: string, begin: string): Promise<number> => {
    const values = { ':pk': text(pk), ':sk': text(begin) };
    const keys = { ProjectionExpression: 'sk' };
    return (await query('pk = :pk AND begins_with(sk, :sk)', values, keys)).length;
  };
  /** An entry stands in full if all its parts do: they are written at once, and one may be lacking. */
  const isWhole = async (item: Attributes): Promise<boolean> => {
    const { parts } = JSON.parse(textOf(item, 'body')) as { parts: number };
    if (parts === 1) return true;
    const sk = textOf(item, 'sk');
    return (await partsOf(textOf(item, 'pk'), sk.slice(0, sk.lastIndexOf('#') + 1))) === parts;
  };

  return {
    async loadSets(of) {
      const begin = of === undefined ? '' : `${of.list}-${of.family}-`;
      const items =
        of === undefined
          ? await query('pk = :pk', { ':pk': text('set') })
          : await query('pk = :pk AND begins_with(sk, :sk)', {
              ':pk': text('set'),
              ':sk': text(begin),
            });
      return items.map((item) => {
        const key = textOf(item, 'sk');
        const list: GuardList = key.startsWith('count-') ? 'count' : 'block';
        return { list, key, truth: decodeTruth(bytesOf(item, 'body'), versionOf(item)) };
      });
    },
    async loadStatus() {
      const item = await retry(() => loadItem(dynamo, table, STATUS));
      return item && textOf(item, 'body');
    },
    async loadHistory(cidrs, fromMs, toMs) {
      const filter = filterOf(cidrs);
      const found: Attributes[][] = [];
      const hours = hoursBetween(fromMs, toMs);
      await forEachParallel(hours, AT_ONCE, async (hour, at) => {
        const { values, ...expression } = filter;
        const pk = `audit#${hour.slice(0, 10)}`;
        const own = { ':pk': text(pk), ':hour': text(hour), ...values };
        const items = await query('pk = :pk AND begins_with(sk, :hour)', own, expression);
        const whole: Attributes[] = [];
        for (const item of items) if (await isWhole(item)) whole.push(item);
        found[at] = whole;
      });
      return found.flat().flatMap((item) => entriesOf(textOf(item, 'body')));
    },
    async loadBatches(lane, after, partsMax) {
      const { Items = [] } = await retry(() =>
        dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk AND sk > :after',
            ExpressionAttributeValues: {
              ':pk': text(`suspects#${lane}`),
              ':after': text(after === '' ? ' ' : after),
            },
            ScanIndexForward: false,
            Limit: partsMax,
          }),
        ),
      );
      return Items.map((item) => ({ sk: textOf(item, 'sk'), part: partOf(item) }));
    },
  };
}

/** DynamoDB looks through the bodies, so that no more comes over the network than is asked for. */
function filterOf(cidrs: readonly string[]) {
  const FilterExpression = cidrs.map((_, n) => `contains(body, :c${n})`).join(' OR ');
  const values: Attributes = {};
  cidrs.forEach((cidr, n) => (values[`:c${n}`] = text(JSON.stringify(cidr))));
  return { FilterExpression, values };
}

/** `2026-11-24T20`, as the sort keys of the audit begin: hours are asked for at once. */
function hoursBetween(fromMs: number, toMs: number): string[] {
  const hours: string[] = [];
  for (let hour = Math.floor(fromMs / HOUR_MS); hour * HOUR_MS <= toMs; hour += 1) {
    hours.push(new Date(hour * HOUR_MS).toISOString().slice(0, 13));
  }
  return hours;
}

/** One part as if it were all of its entry. */
function entriesOf(body: string): AuditEntry[] {
  const part = JSON.parse(body) as object;
  return decodeAudit([JSON.stringify({ ...part, part: 0, parts: 1 })]);
}

function partOf(item: Attributes): BatchPart | undefined {
  try {
    return decodeBatch(bytesOf(item, 'body'));
  } catch {
    // Enforce reports it. Who looks must see the others.
    return undefined;
  }
}
