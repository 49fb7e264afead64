import { formatWhole } from '../../lambdas/core/plain-words';
import type { Truth } from '../../local/crowd/crowd';
import { type AttackFacts, figuresOf } from './start-attack-compare';
import { contentText, networkText } from './excess-text';
import type { SetLatency } from './start-block-latency';
import type { FallReport } from './start-fall';
import type { GuardReport } from './start-guard-report';
import { delayText } from './start-screen';
import { formatHundredths, formatTenths, layTable, type TableRow, wrapText } from './text-table';

export interface CountedFacts extends AttackFacts {
  readonly counted: Truth;
}

/** The figures of an attacked event for people: all lines, then the crowd and what attackers add to it. */
export function attackFigures(facts: CountedFacts, columns: number): string[] {
  const { recount, report, truth, counted } = facts;
  const sum = (bad: Readonly<Record<string, number>>) =>
    Object.values(bad).reduce((total, count) => total + count, 0);
  const ledgers = [
    row('lines', recount.ledger.lines, report.ledger.lines),
    row('bad lines', sum(recount.ledger.bad), sum(report.ledger.bad)),
    row('hits', recount.ledger.hits, report.ledger.hits),
  ];
  return [
    ...layTable(['recount', 'counted', ''], ledgers, columns),
    ...Object.entries(truth.contents).flatMap(([id, content]) => [
      '',
      `${content.kind} ${id}`,
      ...crowdTable(content, counted.contents[id as keyof Truth['contents']], columns),
    ]),
  ];
}

type Content = NonNullable<Truth['contents'][keyof Truth['contents']]>;

/** What is beyond the crowd is of attackers who play. */
function crowdTable(truth: Content, counted: Content | undefined, columns: number): string[] {
  const figures = counted === undefined ? {} : figuresOf(counted);
  const rows = Object.entries(figuresOf(truth)).map(([name, value]): TableRow => {
    const got = figures[name] ?? 0;
    const beyond = got > value ? `+${format(got - value)}` : '';
    return {
      label: `  ${name}`,
      cells: [format(value), format(got), beyond, got < value ? 'lower' : ''],
    };
  });
  return layTable(['crowd', 'counted', 'attackers', ''], rows, columns);
}

const NAME_COLUMNS = 26;

/** What the guard did, for people. */
export function guardLines(guard: GuardReport, columns: number): string[] {
  const { attackRequests, suspects, blocks, latency, overflow } = guard;
  const { served, refused } = attackRequests;
  const share = (100 * refused) / Math.max(1, served + refused);
  const ofBots: (readonly [string, string])[] = [
    ['offenders blocked', ofText(guard.offendersBlocked, guard.offenders)],
    ['attack requests refused', `${ofText(refused, served + refused)}, ${formatTenths(share)}%`],
    ...(guard.fall === null ? [] : [['attack requests let by', fallText(guard.fall)] as const]),
  ];
  const times: (readonly [string, string])[] = [
    ['line to block', delayText(latency)],
    // One set says no more than all of them.
    ...(latency.sets.length < 2 ? [] : latency.sets.map(setRow)),
    [
      'first attack line to block',
      `${secondsText(latency.first)} to the first, ${secondsText(latency.last)} to the last`,
    ],
  ];
  const facts: (readonly [string, string])[] = [
    ...(guard.offenders === 0 ? [] : ofBots),
    [
      'viewers behind a block',
      `${formatWhole(guard.viewersBlocked)}, ${formatHundredths(guard.collateral)}% of all`,
    ],
    ['requests of viewers', `${formatWhole(guard.viewersRefused)} refused`],
    [
      'suspects',
      `${formatWhole(suspects.attack)} of the attack, ${formatWhole(suspects.others)} others, ` +
        `${formatWhole(suspects.viewers)} viewers behind them`,
    ],
    ...excessRow(guard),
    [
      'in WAF',
      `${formatWhole(blocks.block)} to block, ${formatWhole(blocks.count)} to count, by ` +
        `${formatWhole(guard.updateCalls)} updates; no room for ${formatWhole(overflow)}`,
    ],
    ...(guard.offenders === 0 ? [] : times),
  ];
  return [
    `guard, mode ${guard.mode}`,
    ...facts.flatMap(([name, text]) =>
      wrapText(`  ${name.padEnd(NAME_COLUMNS)}  ${text}`, columns, ' '.repeat(NAME_COLUMNS + 4)),
    ),
  ];
}

/** Whence most of the excess came, and what it was after. */
function excessRow({ excess }: GuardReport): (readonly [string, string])[] {
  const [network, content] = [networkText(excess), contentText(excess)];
  if (network === undefined || content === undefined) return [];
  return [['most of the excess', `from ${network}, for ${content}`]];
}

function fallText({ beforePerSecond, afterPerSecond, percent }: FallReport): string {
  const rates =
    `${formatWhole(beforePerSecond)}/s before the first block, ${formatWhole(afterPerSecond)}/s ` +
    'from 15 s after it on';
  // An attack that grows meanwhile has not fallen.
  return percent < 0 ? rates : `${rates}: ${formatTenths(percent)}% less`;
}

function setRow({ set, offenders, p99 }: SetLatency): readonly [string, string] {
  return [`  ${set}`, `p99 ${secondsText(p99)}, ${formatWhole(offenders)} offenders`];
}

function ofText(part: number, whole: number): string {
  return `${formatWhole(part)} of ${formatWhole(whole)}`;
}

function secondsText(ms: number | null): string {
  return ms === null ? '-' : `${formatTenths(ms / 1_000)} s`;
}

function row(label: string, truth: number, counted: number): TableRow {
  const mark = truth === counted ? '' : 'differs';
  return { label: `  ${label}`, cells: [formatWhole(truth), formatWhole(counted), mark] };
}

function format(value: number): string {
  return Number.isInteger(value) ? formatWhole(value) : formatHundredths(value);
}
