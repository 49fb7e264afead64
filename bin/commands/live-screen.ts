import { formatWhole, lengthText } from '../../lambdas/core/plain-words';
import { contentText, networkText } from './excess-text';
import { overflowText } from './blocks-status';
import type { GuardMoment } from './live-guard';
import type { Figures, ScreenStream } from './start-screen';
import { formatTenths, plainText, textWidth } from './text-table';

/** What is known at one look; undefined where nothing is known yet. */
export interface LiveMoment {
  readonly atMs: number;
  /** undefined: all streams */
  readonly content: string | undefined;
  readonly figures: Figures | undefined;
  readonly linesPerSecond: number | undefined;
  readonly lines: number;
  /** how old the newest line is that is counted */
  readonly freshMs: number | undefined;
  readonly guard: GuardMoment | undefined;
  /** what could not be read at this look */
  readonly trouble: string | undefined;
}

const ERASE_BELOW = '\u001b[0J';
const COLUMNS_DEFAULT = 80;
const NAME_COLUMNS = 18;

/** Redraws in place on a terminal; elsewhere a line for each look. */
export function makeLiveScreen(stream: ScreenStream): (moment: LiveMoment) => void {
  if (stream.isTTY !== true) return (moment) => void stream.write(`${lineOf(moment)}\n`);
  let drawn = 0;
  return (moment) => {
    // The last column stays free: a full line would scroll some terminals.
    const columns = (stream.columns || COLUMNS_DEFAULT) - 1;
    const lines = drawLive(moment).map((line) => line.slice(0, columns));
    const up = drawn === 0 ? '' : `\u001b[${drawn}A\r`;
    stream.write(`${up}${ERASE_BELOW}${lines.map((line) => `${line}\n`).join('')}`);
    drawn = lines.length;
  };
}

export function drawLive(moment: LiveMoment): string[] {
  const { content, atMs, guard, trouble } = moment;
  const title = content === undefined ? 'all streams' : plainText(content);
  const cells = [...figureCells(moment), ...(guard === undefined ? [] : guardCells(guard))];
  const width = Math.max(...cells.map(([, value]) => textWidth(value)));
  return [
    `Turnout: ${title}, ${new Date(atMs).toISOString().slice(11, 19)} UTC`,
    '',
    ...cells.map(([name, value]) => `${name.padEnd(NAME_COLUMNS)}${value.padStart(width)}`),
    ...(trouble === undefined ? [] : ['', `trouble: ${plainText(trouble)}`]),
  ];
}

function lineOf(moment: LiveMoment): string {
  const { atMs, guard, trouble } = moment;
  const cells = [...figureCells(moment), ...(guard === undefined ? [] : guardCells(guard))];
  return [
    new Date(atMs).toISOString().slice(11, 19),
    ...cells.map(([name, value]) => `${name} ${value}`),
    ...(trouble === undefined ? [] : [`trouble: ${plainText(trouble)}`]),
  ].join('  ');
}

type Cell = readonly [name: string, value: string];

const UNKNOWN = '-';

function figureCells({ figures, linesPerSecond, freshMs }: LiveMoment): Cell[] {
  const whole = (value: number | undefined) => (value === undefined ? UNKNOWN : formatWhole(value));
  const fresh = freshMs === undefined ? UNKNOWN : freshText(freshMs);
  return [
    ['concurrency', whole(figures?.concurrency)],
    ['view60', whole(figures?.view60)],
    ['attempts', whole(figures?.attempts)],
    ['turned away', whole(figures?.turnedAway)],
    ['bots', whole(figures?.bots)],
    ['lines/s', whole(linesPerSecond)],
    ['newest line', fresh],
  ];
}

/** Tenths as long as they matter. */
function freshText(ms: number): string {
  return ms < 60_000 ? `${formatTenths(ms / 1_000)}s ago` : `${lengthText(ms)} ago`;
}

function guardCells({ mode, blocks, waiting, excess, status }: GuardMoment): Cell[] {
  return [
    ['guard', plainText(mode)],
    ['blocks', formatWhole(blocks.block)],
    ['only counted', formatWhole(blocks.count)],
    ['waiting', formatWhole(waiting)],
    ['suspects/min', formatWhole(excess.suspects)],
    ['excess in 10 s', formatWhole(excess.hits)],
    ['most from', networkText(excess) ?? UNKNOWN],
    ['most ask for', contentText(excess) ?? UNKNOWN],
    ['overflow', status?.overflow === undefined ? UNKNOWN : overflowText(status)],
  ];
}
