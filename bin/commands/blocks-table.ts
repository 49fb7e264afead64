import type { StoredSet } from '../../lambdas/adapters/guard-reader';
import type { GuardList } from '../../lambdas/core/guard/guard-set';
import type { Block } from '../../lambdas/core/guard/plan';
import type { RecordState, SetRecord } from '../../lambdas/core/guard/set-truth';
import {
  type PassStatus,
  authorText,
  countSets,
  lengthText,
  overflowText,
  passText,
  timeText,
} from './blocks-status';
import { formatWhole, plainText, textWidth } from './text-table';

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
  return listed.sort(
    (a, b) =>
      rankOf(a) - rankOf(b) ||
      (b.block?.attackHits ?? 0) - (a.block?.attackHits ?? 0) ||
      (a.cidr < b.cidr ? -1 : 1),
  );
}

function listedOf(list: GuardList, set: string, { cidr, state, block }: SetRecord): ListedBlock {
  return { list, set, cidr, state, block };
}

function rankOf({ block }: ListedBlock): number {
  return block === undefined ? 2 : block.rule === 'manual' ? 0 : 1;
}

const HEADS = [
  ...['CIDR', 'rule', 'A', 'G', 'since', 'until', 'left', 'author', 'strikes', 'list', 'state'],
];
const IS_NUMBER = [false, false, true, true, false, false, true, false, true, false, false];

export interface BlocksFacts {
  readonly sets: readonly StoredSet[];
  readonly status: PassStatus | undefined;
  readonly nowMs: number;
}

export function renderTable({ sets, status, nowMs }: BlocksFacts): string {
  const rows = listBlocks(sets).map((one) => cellsOf(one, nowMs));
  const lines = rows.length === 0 ? ['no blocks'] : layRows([HEADS, ...rows]);
  return [...lines, '', ...totalLines(sets), ...lastLines(status, nowMs), ''].join('\n');
}

function cellsOf({ cidr, state, block, list }: ListedBlock, nowMs: number): string[] {
  if (block === undefined) return [cidr, '', '', '', '', '', '', 'others', '', list, state];
  const { rule, author, attackHits, verifiedViewers, sinceMs, untilMs, strikes } = block;
  return [
    ...[cidr, rule, formatWhole(attackHits), formatWhole(verifiedViewers)],
    ...[timeText(sinceMs), timeText(untilMs), lengthText(untilMs - nowMs)],
    ...[authorText(author), String(strikes), list, state],
  ];
}

/** One line for each row, however wide the terminal is: who looks for an address greps for it. */
function layRows(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADS.map((_, n) => rows.reduce((max, row) => Math.max(max, widthOf(row, n)), 0));
  return rows.map((row) =>
    row
      .map((cell, n) => {
        const gap = ' '.repeat(widths[n]! - textWidth(cell));
        return IS_NUMBER[n] ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}

const widthOf = (row: readonly string[], n: number) => textWidth(row[n]!);

function totalLines(sets: readonly StoredSet[]): string[] {
  const lists = [...new Set(sets.map(({ list }) => list))].sort();
  return lists.map((list) => {
    const own = countSets(sets.filter((set) => set.list === list));
    const where = own.sets === 1 ? '1 set' : `${own.sets} sets`;
    const counted = `${formatWhole(own.ours)} of ours in ${where}`;
    return (
      `${list}: ${counted}, ${formatWhole(own.foreign)} of others, ` +
      `${formatWhole(own.waiting)} waiting for a call`
    );
  });
}

function lastLines(status: PassStatus | undefined, nowMs: number): string[] {
  return [`overflow: ${overflowText(status)}`, passText(status, nowMs)];
}

const CSV_COLUMNS = [
  ...['list', 'set', 'cidr', 'state', 'rule', 'attackHits', 'verifiedViewers', 'suspects'],
  ...['strikes', 'since', 'until', 'leftSeconds', 'author', 'reason'],
] as const;

/** What --json says of one entry; a row of --csv has the same in this order. */
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

export function renderCsv({ sets, nowMs }: BlocksFacts): string {
  const rows = listBlocks(sets).map((one) => {
    const facts = factsOf(one, nowMs) as Readonly<Record<string, unknown>>;
    return CSV_COLUMNS.map((name) => String(facts[name] ?? ''));
  });
  return [CSV_COLUMNS, ...rows].map((cells) => `${cells.map(quoteCell).join(',')}\r\n`).join('');
}

function quoteCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function renderJson({ sets, status, nowMs }: BlocksFacts): string {
  const lists = Object.fromEntries(
    [...new Set(sets.map(({ list }) => list))].map((list) => [
      list,
      countSets(sets.filter((set) => set.list === list)),
    ]),
  );
  const blocks = listBlocks(sets).map((one) => factsOf(one, nowMs));
  return `${JSON.stringify({ at: new Date(nowMs).toISOString(), lists, ...lastFacts(status), blocks })}\n`;
}

/** null: the last pass did not say, or there was none. */
export function lastFacts(status: PassStatus | undefined) {
  const { overflow = null, atMs, mode } = status ?? {};
  const lastPass = atMs === undefined ? null : { at: new Date(atMs).toISOString(), mode };
  return { overflow, lastPass };
}

/** What people wrote may be anything. */
export function reasonText(reason: string): string {
  return plainText(reason.replaceAll('\n', ' '));
}
