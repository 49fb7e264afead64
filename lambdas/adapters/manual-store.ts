import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeAudit, type AuditEntry } from '../core/guard/audit';
import type { ModeOrder } from '../core/guard/modes';
import type { Allow, ManualBlock } from '../core/guard/plan';
import { GUARD_MODES } from '../core/settings';
import { type Attributes, expiresAt, number, numberOf, text, textOf } from './attributes';
import { type Patience, retryThrottled } from './backoff';
import type { Dynamo } from './clients';
import { queryAll } from './item-pages';
import { forEachParallel } from './parallel';
import { type ItemKey, keyAttributes, loadItem, putUnlessRefused } from './versioned-item';

/** What people said, and what was written down of it all. */
export interface ManualStore {
  /** What is in force at `nowMs`. Throws if an entry cannot be read: it might be an allow. */
  load(nowMs: number): Promise<ManualEntries>;
  putBlock(block: ManualBlock): Promise<void>;
  removeBlock(cidr: string): Promise<void>;
  putAllow(allow: NamedAllow): Promise<void>;
  /** As putAllow, unless one stands there that ends later: the guard takes nothing back that a person said. */
  spare(allow: NamedAllow): Promise<void>;
  removeAllow(cidr: string): Promise<void>;
  putMode(order: ModeOrder): Promise<void>;
  /** F3: what a push added is held back. */
  holdBack(id: string, cidrs: readonly string[], untilMs: number): Promise<void>;
  /** The same entry again changes nothing. */
  writeAudit(entry: AuditEntry): Promise<void>;
}

export interface NamedAllow extends Allow {
  readonly author: string;
  readonly reason: string;
}

export interface ManualEntries {
  readonly blocks: readonly ManualBlock[];
  readonly allows: readonly NamedAllow[];
  readonly mode: ModeOrder | undefined;
  /** until they end: what F3 took back */
  readonly heldBack: readonly Allow[];
}

const AT_ONCE = 8;
const MODE = { pk: 'control', sk: 'mode' };
const DAY_MS = 86_400_000;

export interface ManualStoreProps {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly keepDays: number;
  readonly patience: Patience;
}

export function makeManualStore(props: ManualStoreProps): ManualStore {
  const { dynamo, table, keepDays, patience } = props;
  const retry = <T>(work: () => Promise<T>) => retryThrottled(patience, work);
  const put = async (key: ItemKey, attributes: Attributes) => {
    const Item = { ...keyAttributes(key), ...attributes };
    await retry(() => dynamo.send(new PutItemCommand({ TableName: table, Item })));
  };
  const remove = async (key: ItemKey) => {
    const input = { TableName: table, Key: keyAttributes(key) };
    await retry(() => dynamo.send(new DeleteItemCommand(input)));
  };
  const query = (condition: string, values: Attributes) =>
    retry(() =>
      queryAll(dynamo, {
        TableName: table,
        KeyConditionExpression: condition,
        ExpressionAttributeValues: values,
      }),
    );

  return {
    load: (nowMs) => loadEntries(query, () => retry(() => loadItem(dynamo, table, MODE)), nowMs),
    putBlock: (block) => put(blockKey(block.cidr), entryOf(block, block.sinceMs)),
    removeBlock: (cidr) => remove(blockKey(cidr)),
    putAllow: (allow) => put(allowKey(allow.cidr), entryOf(allow, 0)),
    async spare(allow) {
      const Item = { ...keyAttributes(allowKey(allow.cidr)), ...entryOf(allow, 0) };
      const condition = {
        ConditionExpression: 'attribute_not_exists(pk) OR untilMs < :until',
        ExpressionAttributeValues: { ':until': number(allow.untilMs) },
      };
      await retry(() => putUnlessRefused(dynamo, { TableName: table, Item, ...condition }));
    },
    removeAllow: (cidr) => remove(allowKey(cidr)),
    putMode: ({ mode, author, reason, untilMs }) =>
      put(MODE, {
        ...{ mode: text(mode), ...saidBy(author, reason) },
        ...{ untilMs: number(untilMs), expiresAt: expiresAt(untilMs, 1) },
      }),
    holdBack: (id, cidrs, untilMs) =>
      put(
        { pk: 'enforce', sk: `held#${id}` },
        {
          body: text(cidrs.join(' ')),
          untilMs: number(untilMs),
          expiresAt: expiresAt(untilMs, 1),
        },
      ),
    async writeAudit(entry) {
      const time = new Date(entry.atMs).toISOString();
      const pk = `audit#${time.slice(0, 10)}`;
      await forEachParallel(encodeAudit(entry), AT_ONCE, (body, part) =>
        put(
          { pk, sk: `${time}#${entry.id}#${String(part).padStart(3, '0')}` },
          { body: text(body), expiresAt: expiresAt(entry.atMs, keepDays) },
        ),
      );
    },
  };
}

async function loadEntries(
  query: (condition: string, values: Attributes) => Promise<Attributes[]>,
  loadMode: () => Promise<Attributes | undefined>,
  nowMs: number,
): Promise<ManualEntries> {
  const [items, order, held] = await Promise.all([
    query('pk = :pk', { ':pk': text('manual') }),
    loadMode(),
    query('pk = :pk AND begins_with(sk, :sk)', {
      ':pk': text('enforce'),
      ':sk': text('held#'),
    }),
  ]);
  const live = items.filter((item) => numberOf(item, 'untilMs') > nowMs);
  const isAllow = (item: Attributes) => textOf(item, 'sk').startsWith('allow#');
  return {
    blocks: live.filter((item) => !isAllow(item)).map(blockOf),
    allows: live.filter(isAllow).map(blockOf),
    mode: order && modeOf(order),
    heldBack: held.flatMap((item) => heldOf(item, nowMs)),
  };
}

const blockKey = (cidr: string): ItemKey => ({ pk: 'manual', sk: `block#${cidr}` });
const allowKey = (cidr: string): ItemKey => ({ pk: 'manual', sk: `allow#${cidr}` });
const saidBy = (author: string, reason: string) => ({ author: text(author), reason: text(reason) });

function entryOf({ cidr, author, reason, untilMs }: NamedAllow, sinceMs: number): Attributes {
  return {
    cidr: text(cidr),
    ...saidBy(author, reason),
    sinceMs: number(sinceMs),
    untilMs: number(untilMs),
    // The audit remembers it longer.
    expiresAt: number(Math.floor((untilMs + DAY_MS) / 1_000)),
  };
}

function blockOf(item: Attributes): ManualBlock {
  return {
    cidr: textOf(item, 'cidr'),
    author: textOf(item, 'author'),
    reason: textOf(item, 'reason'),
    sinceMs: numberOf(item, 'sinceMs'),
    untilMs: numberOf(item, 'untilMs'),
  };
}

function modeOf(item: Attributes): ModeOrder {
  const text = textOf(item, 'mode');
  const mode = GUARD_MODES.find((known) => known === text);
  if (mode === undefined) throw new Error(`mode is ${text}, expected ${GUARD_MODES.join(', ')}`);
  const [author, reason] = [textOf(item, 'author'), textOf(item, 'reason')];
  return { mode, author, reason, untilMs: numberOf(item, 'untilMs') };
}

function heldOf(item: Attributes, nowMs: number): Allow[] {
  const untilMs = numberOf(item, 'untilMs');
  if (untilMs <= nowMs) return [];
  return textOf(item, 'body')
    .split(' ')
    .filter(Boolean)
    .map((cidr) => ({ cidr, untilMs }));
}
