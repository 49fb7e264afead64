import { formatWhole } from '../../lambdas/core/plain-words';
import type { AttackMoment } from './start-guard-report';
import type { Percentiles } from './start-meter';

const NAME_COLUMNS = 9;
const RATE_COLUMNS = 11;
const SUM_COLUMNS = 11;
const EIGHTHS = ' ▁▂▃▄▅▆▇█';
const LEFT_EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

type DelayText = (delay: Percentiles) => string;

/** What the attack gets and what the guard does, in lines of at most so many columns. */
export function drawAttack(moment: AttackMoment, columns: number, delayText: DelayText): string[] {
  const { shapes, hasBots, mode, suspects, held, updateCalls, overflow, viewersRefused } = moment;
  return [
    ...shapes.map((shape, n) => named(n > 0 ? '' : hasBots ? 'attack' : 'crowd', shape)),
    ...(hasBots
      ? [...tollLines(moment, columns), sourcesLine(moment, columns)]
      : [named('', 'nobody attacks, so nobody of them may be blocked')]),
    named(
      'guard',
      `mode ${mode}; suspects ${formatWhole(suspects)}; in WAF ${formatWhole(held.block)} to block, ` +
        `${formatWhole(held.count)} to count; updates ${formatWhole(updateCalls)}`,
    ),
    [
      ...(hasBots ? [`line to block  ${delayText(moment.latency)}`] : []),
      `viewers refused ${formatWhole(viewersRefused)}`,
      ...(overflow > 0 ? [`no room for ${formatWhole(overflow)}`] : []),
    ].join('; '),
  ];
}

/** For where there is no screen. */
export function attackParts(moment: AttackMoment): string[] {
  const { served, refused, suspects, held, viewersRefused } = moment;
  return [
    `let by/s ${formatWhole(served.at(-1) ?? 0)}`,
    `refused/s ${formatWhole(refused.at(-1) ?? 0)}`,
    `suspects ${formatWhole(suspects)}`,
    `blocks ${formatWhole(held.block)}`,
    ...(held.count > 0 ? [`counts ${formatWhole(held.count)}`] : []),
    `viewers refused ${formatWhole(viewersRefused)}`,
  ];
}

/** Both on one scale: what no longer comes through is seen to be refused. */
function tollLines(moment: AttackMoment, columns: number): string[] {
  const { served, refused, secondsMax, toll } = moment;
  const width = columns - NAME_COLUMNS - RATE_COLUMNS - SUM_COLUMNS;
  const top = Math.max(1, ...served, ...refused);
  const line = (name: string, values: readonly number[], sum: number) =>
    name.padEnd(NAME_COLUMNS) +
    sparkline(values, { width, secondsMax, top }).padEnd(Math.max(0, width)) +
    `${formatWhole(values.at(-1) ?? 0)}/s`.padStart(RATE_COLUMNS) +
    formatWhole(sum).padStart(SUM_COLUMNS);
  return [line('let by', served, toll.served), line('refused', refused, toll.refused)];
}

interface Spark {
  readonly width: number;
  readonly secondsMax: number;
  readonly top: number;
}

/** The whole event from left to right, the highest of each stretch. */
export function sparkline(values: readonly number[], { width, secondsMax, top }: Spark): string {
  if (width < 1) return '';
  const of = Math.max(width, secondsMax, values.length);
  let text = '';
  for (let column = 0; column < width; column += 1) {
    const from = Math.floor((column * of) / width);
    const part = values.slice(from, Math.max(from + 1, Math.floor(((column + 1) * of) / width)));
    const most = Math.max(0, ...part);
    // What is little is not nothing.
    text += EIGHTHS[most <= 0 ? 0 : Math.max(1, Math.min(8, Math.round((most / top) * 8)))]!;
  }
  return text;
}

function sourcesLine({ mode, sources, sourcesHeld }: AttackMoment, columns: number): string {
  const text = `  ${formatWhole(sourcesHeld)} of ${formatWhole(sources)} sources`;
  const width = Math.max(0, Math.min(40, columns - NAME_COLUMNS - text.length));
  const share = sources === 0 ? 0 : sourcesHeld / sources;
  return named(mode === 'count' ? 'counted' : 'blocked', bar(share, width) + text);
}

/** A part of a whole; the rest is dotted, so that nothing of something is seen too. */
export function bar(share: number, width: number): string {
  const eighths = Math.floor(Math.min(1, Math.max(0, share)) * width * 8);
  const full = Math.floor(eighths / 8);
  const text = '█'.repeat(full) + LEFT_EIGHTHS[eighths % 8]!;
  return text.padEnd(width, '·');
}

function named(name: string, text: string): string {
  return name.padEnd(NAME_COLUMNS) + text;
}
