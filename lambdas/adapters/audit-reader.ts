import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { type AuditEntry, decodeAudit } from '../core/guard/audit';
import { type Attributes, text, textOf } from './attributes';
import { type Patience, retryThrottled } from './backoff';
import type { Dynamo } from './clients';
import { forEachParallel } from './parallel';

/** What was written down, page by page in the order of time. An entry of many changes stands in several parts. */
export interface AuditReader {
  load(wish: AuditWish): Promise<AuditPage>;
}

export interface AuditWish {
  readonly fromMs: number;
  /** not included */
  readonly toMs: number;
  /** Place of the last part that was read; '' of none. */
  readonly after: string;
  readonly partsMax: number;
}

export interface AuditPage {
  readonly parts: readonly AuditPart[];
  /** Place after which the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** One part as if it were all of its entry. */
export interface AuditPart {
  readonly part: number;
  readonly parts: number;
  readonly entry: AuditEntry;
}

/** Of all parts of a page: JSON of them for people has about three times as many. */
const CHARS_MAX = 1_000_000;
const DAY_MS = 86_400_000;
const DAYS_AT_ONCE = 8;
const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[\x20-\x7e]{1,200}#\d{3}$/;

export function isAuditPlace(place: string): boolean {
  return PLACE.test(place) && !Number.isNaN(Date.parse(place.slice(0, 24)));
}

export interface AuditReaderProps {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly patience: Patience;
}

export function makeAuditReader({ dynamo, table, patience }: AuditReaderProps): AuditReader {
  const query = async (pk: string, from: string, to: string, Limit: number) => {
    const { Items = [], LastEvaluatedKey } = await retryThrottled(patience, () =>
      dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: { ':pk': text(pk), ':from': text(from), ':to': text(to) },
          ConsistentRead: true,
          Limit,
        }),
      ),
    );
    return { items: Items, isAll: LastEvaluatedKey === undefined };
  };

  /** An entry stands in full if all its parts do: they are written at once, and one may be lacking. */
  async function wholeOnly(items: readonly Attributes[]): Promise<AuditPart[]> {
    const kept: (AuditPart | undefined)[] = [];
    await forEachParallel(items, DAYS_AT_ONCE, async (item, at) => {
      const one = partOf(item);
      const sk = textOf(item, 'sk');
      const begin = sk.slice(0, sk.lastIndexOf('#') + 1);
      const isWhole =
        one.parts === 1 ||
        (await query(textOf(item, 'pk'), begin, `${begin}~`, one.parts)).items.length === one.parts;
      kept[at] = isWhole ? one : undefined;
    });
    return kept.filter((one) => one !== undefined);
  }

  return {
    async load({ fromMs, toMs, after, partsMax }) {
      const begin = after === '' ? timeKey(fromMs) : `${after} `;
      const end = timeKey(toMs);
      const found: Attributes[] = [];
      let chars = 0;
      let dayMs = Math.floor(Date.parse(begin.slice(0, 10)) / DAY_MS) * DAY_MS;
      for (; dayMs < toMs; dayMs += DAY_MS) {
        const day = new Date(dayMs).toISOString().slice(0, 10);
        for (let from = begin > day ? begin : day; ;) {
          if (from > end) break;
          const { items, isAll } = await query(`audit#${day}`, from, end, partsMax - found.length);
          for (const item of items) {
            found.push(item);
            chars += textOf(item, 'body').length;
            if (found.length === partsMax || chars >= CHARS_MAX) {
              return { parts: await wholeOnly(found), next: textOf(item, 'sk') };
            }
          }
          if (isAll) break;
          from = `${textOf(items.at(-1)!, 'sk')} `;
        }
      }
      return { parts: await wholeOnly(found), next: undefined };
    },
  };
}

/** `2026-11-24T20:15:03.000Z`, before all that was written at that time. */
function timeKey(ms: number): string {
  return new Date(ms).toISOString();
}

function partOf(item: Attributes): AuditPart {
  const body = JSON.parse(textOf(item, 'body')) as {
    readonly part: number;
    readonly parts: number;
  };
  const [entry] = decodeAudit([JSON.stringify({ ...body, part: 0, parts: 1 })]);
  return { part: body.part, parts: body.parts, entry: entry! };
}
