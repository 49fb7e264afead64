import type { StoredSet } from '../adapters/guard-reader';
import type { GuardList } from '../core/guard/guard-set';
import type { Block } from '../core/guard/plan';
import { type RecordState, type SetRecord, isInSet } from '../core/guard/set-truth';

/** One entry of one set, for people. */
export interface ListedBlock {
  readonly list: GuardList;
  readonly set: string;
  readonly cidr: string;
  readonly state: RecordState;
  /** undefined of what others added */
  readonly block: Block | undefined;
}

/** The worst first; what people blocked before all, what others added at the end. */
export function listBlocks(sets: readonly StoredSet[]): ListedBlock[] {
  const listed: ListedBlock[] = [];
  for (const { list, key, truth } of sets) {
    for (const record of truth.records.values()) listed.push(listedOf(list, key, record));
  }
  return listed.sort(compareBlocks);
}

/** What says where an entry stands in a list. */
export interface BlockPlace {
  readonly rank: number;
  readonly attackHits: number;
  readonly cidr: string;
  readonly set: string;
}

export function placeOf({ block, cidr, set }: ListedBlock): BlockPlace {
  const rank = block === undefined ? 2 : block.rule === 'manual' ? 0 : 1;
  return { rank, attackHits: block?.attackHits ?? 0, cidr, set };
}

export function comparePlaces(a: BlockPlace, b: BlockPlace): number {
  return (
    a.rank - b.rank ||
    b.attackHits - a.attackHits ||
    compareText(a.cidr, b.cidr) ||
    compareText(a.set, b.set)
  );
}

const compareBlocks = (a: ListedBlock, b: ListedBlock) => comparePlaces(placeOf(a), placeOf(b));
const compareText = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

function listedOf(list: GuardList, set: string, { cidr, state, block }: SetRecord): ListedBlock {
  return { list, set, cidr, state, block };
}

export const BLOCK_COLUMNS = [
  ...['list', 'set', 'cidr', 'state', 'rule', 'attackHits', 'verifiedViewers', 'suspects'],
  ...['strikes', 'since', 'until', 'leftSeconds', 'author', 'reason'],
] as const;

/** What --json says of one entry; a row of CSV has the same in this order. */
export function factsOf({ list, set, cidr, state, block }: ListedBlock, nowMs: number) {
  const head = { list, set, cidr, state };
  if (block === undefined) return head;
  const { rule, attackHits, verifiedViewers, suspects, strikes, author, reason } = block;
  return {
    ...{ ...head, rule, attackHits, verifiedViewers, suspects, strikes },
    since: new Date(block.sinceMs).toISOString(),
    until: new Date(block.untilMs).toISOString(),
    leftSeconds: Math.max(0, Math.round((block.untilMs - nowMs) / 1_000)),
    ...{ author, ...(reason !== undefined && { reason }) },
  };
}

/** A row of CSV, in the order of BLOCK_COLUMNS. */
export function blockCells(one: ListedBlock, nowMs: number): (string | number)[] {
  const facts = factsOf(one, nowMs) as Readonly<Record<string, string | number | undefined>>;
  return BLOCK_COLUMNS.map((name) => facts[name] ?? '');
}

/** What the last pass of enforce said; what it leaves out nobody knows. */
export interface PassStatus {
  readonly atMs: number;
  readonly mode: string;
  /** suspects and blocks that found no room */
  readonly overflow: number | undefined;
}

export function parseStatus(body: string | undefined): PassStatus | undefined {
  if (body === undefined) return undefined;
  const json = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const { atMs, mode, overflow } = json;
  if (typeof atMs !== 'number' || typeof mode !== 'string') return undefined;
  return { atMs, mode, overflow: typeof overflow === 'number' ? overflow : undefined };
}

/** What sets hold, as WAF had it when it was looked at last. */
export interface SetCounts {
  /** entries of ours */
  readonly ours: number;
  /** entries of others */
  readonly foreign: number;
  /** to be added or removed by the next calls */
  readonly waiting: number;
  /** sets with entries of ours */
  readonly sets: number;
}

export function countSets(sets: readonly StoredSet[]): SetCounts {
  let [ours, foreign, waiting, used] = [0, 0, 0, 0];
  for (const { truth } of sets) {
    let own = 0;
    for (const record of truth.records.values()) {
      if (isInSet(record) && record.block !== undefined) own += 1;
      if (record.state === 'foreign') foreign += 1;
      if (record.state === 'adding' || record.state === 'removing') waiting += 1;
    }
    ours += own;
    if (own > 0) used += 1;
  }
  return { ours, foreign, waiting, sets: used };
}

/** By list. */
export function countLists(sets: readonly StoredSet[]): Record<string, SetCounts> {
  return Object.fromEntries(
    [...new Set(sets.map(({ list }) => list))].map((list) => [
      list,
      countSets(sets.filter((set) => set.list === list)),
    ]),
  );
}

/** null: the last pass did not say, or there was none. */
export function lastFacts(status: PassStatus | undefined) {
  const { overflow = null, atMs, mode } = status ?? {};
  const lastPass = atMs === undefined ? null : { at: new Date(atMs).toISOString(), mode };
  return { overflow, lastPass };
}
