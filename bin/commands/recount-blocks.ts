import { formatWhole } from '../../lambdas/core/plain-words';
import type { GuardReplay } from '../../lambdas/core/guard/guard-replay';
import { layTable, wrapText } from './text-table';

/** A block that the guard would have made, as `--json` prints it. */
export interface BlockReport {
  readonly cidr: string;
  /** ISO 8601 */
  readonly at: string;
  readonly until: string;
  readonly rule: string;
  /** how often the CIDR was blocked in 24 hours, this time included */
  readonly strikes: number;
  /** requests of the log that it would have refused */
  readonly attackHits: number;
  /** conforming viewers behind it */
  readonly verifiedViewers: number;
}

const SHOWN_MAX = 20;

/** All blocks, by time. */
export function blocksOf(guard: Pick<GuardReplay, 'finish'>): BlockReport[] {
  return guard
    .finish()
    .map(({ cidr, atMs, untilMs, rule, strikes, attackHits, verifiedViewers }) => ({
      ...{ cidr, at: timeText(atMs), until: timeText(untilMs), rule, strikes },
      ...{ attackHits, verifiedViewers },
    }));
}

/** For people: the totals, and those that would have refused most. */
export function renderBlocks(
  blocks: readonly BlockReport[],
  { columns }: { columns: number },
): string {
  const sum = (of: (block: BlockReport) => number) =>
    formatWhole(blocks.reduce((total, block) => total + of(block), 0));
  const totals =
    `  blocks ${formatWhole(blocks.length)}, ` +
    `requests that would have been refused ${sum((it) => it.attackHits)}, ` +
    `viewers hit ${sum((it) => it.verifiedViewers)}`;
  const worst = [...blocks].sort(byHits).slice(0, SHOWN_MAX);
  const rows = worst.map((block) => ({
    label: `  ${block.cidr}`,
    cells: [
      block.at,
      block.rule,
      formatWhole(minutesOf(block)),
      formatWhole(block.strikes),
      formatWhole(block.attackHits),
      formatWhole(block.verifiedViewers),
    ],
  }));
  const lines = [
    'guard',
    ...wrapText(totals, columns, '    '),
    ...(rows.length > 0 ? layTable(HEADS, rows, columns) : []),
    ...(blocks.length > worst.length
      ? [`  and ${formatWhole(blocks.length - worst.length)} more, see --json`]
      : []),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

const HEADS = ['at', 'rule', 'minutes', 'strikes', 'refused', 'viewers'];

function byHits(a: BlockReport, b: BlockReport): number {
  if (a.attackHits !== b.attackHits) return b.attackHits - a.attackHits;
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  return a.cidr < b.cidr ? -1 : 1;
}

function minutesOf({ at, until }: BlockReport): number {
  return Math.round((Date.parse(until) - Date.parse(at)) / 60_000);
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
