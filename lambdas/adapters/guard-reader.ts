import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { type AuditEntry, decodeAudit } from '../core/guard/audit';
import type { GuardList } from '../core/guard/guard-set';
import { decodeTruth } from '../core/guard/set-record';
import type { SetRecord, SetTruth } from '../core/guard/set-truth';
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
  /** The newest parts of batches of a lane, at most 1 MB of them, newest first. */
  loadBatches(lane: number, wanted: WantedParts): Promise<StoredPart[]>;
}

export interface WantedParts {
  readonly partsMax: number;
  /** Only those whose sort keys are above it. @default all */
  readonly after?: string;
  /** Only those that name one of these CIDRs: to look for bytes is far less than to read all of a part. */
  readonly naming?: readonly string[];
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
const DAY_MS = 86_400_000;
const HOURS_FROM_MS = 2 * DAY_MS;
const STATUS = { pk: 'enforce', sk: 'status' };

export interface GuardReaderProps {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly patience: Patience;
}

export function makeGuardReader({ dynamo, table, patience }: GuardReaderProps): GuardReader {
  const retry = <T>(work: () => Promise<T>) => retryThrottled(patience, work);
  const query: Query = (condition, values, more = {}) =>
    retry(() =>
      queryAll(dynamo, {
        TableName: table,
        KeyConditionExpression: condition,
        ExpressionAttributeValues: values,
        ...more,
      }),
    );
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
      const sets = items.map((item): StoredSet => {
        const key = textOf(item, 'sk');
        const list: GuardList = key.startsWith('count-') ? 'count' : 'block';
        return { list, key, truth: decodeTruth(bytesOf(item, 'body'), versionOf(item)) };
      });
      return nameAuthors(sets, async () =>
        query('pk = :pk AND begins_with(sk, :sk)', {
          ':pk': text('manual'),
          ':sk': text('block#'),
        }),
      );
    },
    async loadStatus() {
      const item = await retry(() => loadItem(dynamo, table, STATUS));
      return item && textOf(item, 'body');
    },
    loadHistory: (cidrs, fromMs, toMs) => readHistory(query, cidrs, { fromMs, toMs }),
    async loadBatches(lane, { partsMax, after = '', naming }) {
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
      const named = Items.filter((item) => naming === undefined || isNamed(item, naming));
      return named.map((item) => ({ sk: textOf(item, 'sk'), part: partOf(item) }));
    },
  };
}

/** Who blocked and why stands in the entries of people; of one that is gone, in the audit alone. */
async function nameAuthors(
  sets: readonly StoredSet[],
  loadEntries: () => Promise<Attributes[]>,
): Promise<StoredSet[]> {
  const isOfPeople = ({ block }: SetRecord) => block?.rule === 'manual';
  const ofPeople = sets.filter(({ truth }) => [...truth.records.values()].some(isOfPeople));
  if (ofPeople.length === 0) return [...sets];
  const entries = new Map((await loadEntries()).map((item) => [textOf(item, 'cidr'), item]));
  return sets.map((set) => {
    if (!ofPeople.includes(set)) return set;
    const records = new Map(set.truth.records);
    for (const [cidr, record] of records) {
      const entry = entries.get(cidr);
      if (entry === undefined || record.block?.rule !== 'manual') continue;
      const said = { author: textOf(entry, 'author'), reason: textOf(entry, 'reason') };
      records.set(cidr, { ...record, block: { ...record.block, ...said } });
    }
    return { ...set, truth: { ...set.truth, records } };
  });
}

/** Suspects stand in a part as their text: lambdas/core/guard/suspect-batch.ts. */
function isNamed(item: Attributes, cidrs: readonly string[]): boolean {
  const { buffer, byteOffset, byteLength } = bytesOf(item, 'body');
  const body = Buffer.from(buffer, byteOffset, byteLength);
  return cidrs.some((cidr) => body.includes(cidr));
}

type Query = (condition: string, values: Attributes, more?: object) => Promise<Attributes[]>;

async function readHistory(
  query: Query,
  cidrs: readonly string[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Promise<AuditEntry[]> {
  const { values, ...expression } = filterOf(cidrs);
  const found: Attributes[][] = [];
  await forEachParallel(periodsBetween(fromMs, toMs), AT_ONCE, async (period, at) => {
    const pk = `audit#${period.slice(0, 10)}`;
    const own = { ':pk': text(pk), ':sk': text(period), ...values };
    const items = await query('pk = :pk AND begins_with(sk, :sk)', own, expression);
    const whole: Attributes[] = [];
    for (const item of items) if (await isWhole(query, item)) whole.push(item);
    found[at] = whole;
  });
  return found
    .flat()
    .flatMap((item) => entriesOf(textOf(item, 'body')))
    .filter(({ atMs }) => fromMs <= atMs && atMs <= toMs);
}

/** An entry stands in full if all its parts do: they are written at once, and one may be lacking. */
async function isWhole(query: Query, item: Attributes): Promise<boolean> {
  const { parts } = JSON.parse(textOf(item, 'body')) as { parts: number };
  if (parts === 1) return true;
  const sk = textOf(item, 'sk');
  const begin = sk.slice(0, sk.lastIndexOf('#') + 1);
  const values = { ':pk': text(textOf(item, 'pk')), ':sk': text(begin) };
  const keys = { ProjectionExpression: 'sk' };
  const all = await query('pk = :pk AND begins_with(sk, :sk)', values, keys);
  return all.length === parts;
}

/** DynamoDB looks through the bodies, so that no more comes over the network than is asked for. */
function filterOf(cidrs: readonly string[]) {
  const FilterExpression = cidrs.map((_, n) => `contains(body, :c${n})`).join(' OR ');
  const values: Attributes = {};
  cidrs.forEach((cidr, n) => (values[`:c${n}`] = text(JSON.stringify(cidr))));
  return { FilterExpression, values };
}

/**
 * How the sort keys of the audit begin: of the newest days each hour, `2026-11-24T20`, so that a day of an
 * attack is read at once and not page by page; of older ones each day.
 */
function periodsBetween(fromMs: number, toMs: number): string[] {
  const periods: string[] = [];
  const hoursFromMs = Math.floor((toMs - HOURS_FROM_MS) / DAY_MS) * DAY_MS;
  for (let atMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS; atMs <= toMs;) {
    const isDay = atMs % DAY_MS === 0 && atMs < hoursFromMs;
    periods.push(new Date(atMs).toISOString().slice(0, isDay ? 10 : 13));
    atMs += isDay ? DAY_MS : HOUR_MS;
  }
  return periods;
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
