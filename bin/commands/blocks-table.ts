import type { StoredSet } from '../../lambdas/adapters/guard-reader';
import {
  BLOCK_COLUMNS,
  type ListedBlock,
  type PassStatus,
  blockCells,
  countLists,
  countSets,
  factsOf,
  lastFacts,
  listBlocks,
} from '../../lambdas/api/block-list';
import { csvLine } from '../../lambdas/core/csv';
import { formatWhole, lengthText, timeText } from '../../lambdas/core/plain-words';
import { authorText, overflowText, passText } from './blocks-status';
import { plainText, textWidth } from './text-table';

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

export function renderCsv({ sets, nowMs }: BlocksFacts): string {
  const rows = listBlocks(sets).map((one) => csvLine(blockCells(one, nowMs)));
  return [csvLine(BLOCK_COLUMNS), ...rows].join('');
}

export function renderJson({ sets, status, nowMs }: BlocksFacts): string {
  const blocks = listBlocks(sets).map((one) => factsOf(one, nowMs));
  const json = { at: new Date(nowMs).toISOString(), lists: countLists(sets), ...lastFacts(status) };
  return `${JSON.stringify({ ...json, blocks })}\n`;
}

/** What people wrote may be anything. */
export function reasonText(reason: string): string {
  return plainText(reason.replaceAll('\n', ' '));
}
