import { formatWhole } from '../../lambdas/core/plain-words';
import type { AttackMoment } from './start-guard-report';
import type { Percentiles } from './start-meter';
import { attackParts, drawAttack } from './start-screen-attack';
import { formatTenths } from './text-table';

/** What is shown of the road at one moment. */
export interface Moment {
  readonly title: string;
  /** seconds of the event that are over, and all of them; undefined for a log */
  readonly elapsedSeconds: number | undefined;
  readonly totalSeconds: number | undefined;
  /** undefined where nothing is known yet, or too many contents are to be summed */
  readonly figures: Figures | undefined;
  readonly linesPut: number;
  readonly linesPerSecond: number;
  readonly counted: LedgerFigures;
  readonly delay: Percentiles;
  readonly behindSeconds: number;
  readonly phase: 'playing' | 'stopping' | 'draining';
  /** what a function said last that went wrong */
  readonly trouble: string | undefined;
  readonly chart: ChartFacts;
  /** what the guard makes of an attack, if there is one */
  readonly attack?: AttackMoment | undefined;
}

/** Of all streams, verified; bots are hits of invalid classes, of everything. */
export interface Figures {
  readonly concurrency: number | undefined;
  readonly view60: number;
  readonly attempts: number;
  readonly turnedAway: number;
  readonly bots: number;
}

export interface LedgerFigures {
  readonly lines: number;
  readonly bad: number;
}

export interface ChartFacts {
  readonly label: string;
  /** from the left; as many as there are so far */
  readonly values: readonly number[];
  /** how many there will be; undefined: the last are shown */
  readonly valuesMax: number | undefined;
}

export interface ScreenStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

export interface Screen {
  /** Called each second. What is said after the last time begins below. */
  show(moment: Moment): void;
}

const COLUMNS_DEFAULT = 80;
const COLUMNS_MAX = 100;
/** In a file or a pipe a line each second would be noise. */
const PLAIN_EVERY_MS = 5_000;
const CHART_ROWS = 6;
/** Lines of the screen without the chart. */
const OTHER_ROWS = 11;
const ERASE_BELOW = '\u001b[0J';

/** Redraws in place on a terminal; elsewhere says a line now and then. */
export function makeScreen(stream: ScreenStream, now: () => number): Screen {
  return stream.isTTY === true ? makeTerminal(stream) : makePlain(stream, now);
}

function makePlain(stream: ScreenStream, now: () => number): Screen {
  let saidAtMs = -Infinity;
  let last = '';
  return {
    show(moment) {
      if (now() - saidAtMs < PLAIN_EVERY_MS && moment.phase === 'playing') return;
      const text = plainLine(moment);
      if (text === last) return;
      last = text;
      saidAtMs = now();
      stream.write(`${text}\n`);
    },
  };
}

function plainLine(moment: Moment): string {
  const { elapsedSeconds, figures, linesPerSecond, counted, delay, phase, trouble } = moment;
  const time = elapsedSeconds === undefined ? [] : [clockText(elapsedSeconds)];
  const parts = [
    ...time,
    ...figureCells(figures).map(([name, value]) => `${name} ${value}`),
    `lines/s ${formatWhole(linesPerSecond)}`,
    `counted ${formatWhole(counted.lines)}`,
    `delay ${delayText(delay)}`,
    ...(moment.attack === undefined ? [] : attackParts(moment.attack)),
    ...(phase === 'playing' ? [] : [phase]),
    ...(trouble === undefined ? [] : [`trouble: ${trouble}`]),
  ];
  return parts.join('  ');
}

function makeTerminal(stream: ScreenStream): Screen {
  let drawn = 0;
  return {
    show(moment) {
      // The last column stays free: a full line would scroll some terminals.
      const columns = Math.min(COLUMNS_MAX, stream.columns || COLUMNS_DEFAULT) - 1;
      const room = (stream.rows || 24) - OTHER_ROWS - attackRows(moment) - 1;
      const chartRows = Math.min(CHART_ROWS, room);
      const lines = drawScreen(moment, columns, Math.max(0, chartRows));
      const up = drawn === 0 ? '' : `\u001b[${drawn}A\r`;
      stream.write(`${up}${ERASE_BELOW}${lines.map((line) => `${line}\n`).join('')}`);
      drawn = lines.length;
    },
  };
}

function attackRows({ attack }: Moment): number {
  return attack === undefined ? 0 : drawAttack(attack, COLUMNS_MAX, delayText).length + 1;
}

/** The whole screen, line by line. */
export function drawScreen(moment: Moment, columns: number, chartRows: number): string[] {
  const { linesPut, counted, delay, behindSeconds, trouble, linesPerSecond } = moment;
  const cells: Cell[] = [
    ...figureCells(moment.figures),
    ['lines/s', formatWhole(linesPerSecond)],
    ['put', formatWhole(linesPut)],
    ['counted', formatWhole(counted.lines)],
    ['bad', formatWhole(counted.bad)],
  ];
  const late = behindSeconds >= 1 ? `  (${formatTenths(behindSeconds)} s behind the clock)` : '';
  return [
    headLine(moment, columns),
    '',
    ...drawChart(moment.chart, columns, chartRows),
    ...layCells(cells, columns),
    ...(moment.attack ? ['', ...drawAttack(moment.attack, columns, delayText)] : []),
    `line to count  ${delayText(delay)}${late}`,
    trouble === undefined ? PHASES[moment.phase] : `trouble: ${trouble}`,
  ].map((line) => line.slice(0, columns));
}

const PHASES: Readonly<Record<Moment['phase'], string>> = {
  playing: 'Ctrl-C stops, and compares what was counted until then',
  stopping: 'stopping: what was put is counted and compared; Ctrl-C again leaves at once',
  draining: 'all lines are put; the last are being counted',
};

function headLine({ title, elapsedSeconds, totalSeconds }: Moment, columns: number): string {
  if (elapsedSeconds === undefined || totalSeconds === undefined) return title;
  const time = `${clockText(elapsedSeconds)} of ${clockText(totalSeconds)}`;
  const room = Math.max(0, columns - time.length - 1);
  return `${title.slice(0, room).padEnd(room)} ${time}`;
}

type Cell = readonly [name: string, value: string];

function figureCells(figures: Figures | undefined): Cell[] {
  if (figures === undefined) return [];
  const { concurrency, view60, attempts, turnedAway, bots } = figures;
  const cells: Cell[] = [
    ['view60', formatWhole(view60)],
    ['attempts', formatWhole(attempts)],
    ['turned away', formatWhole(turnedAway)],
    ['bots', formatWhole(bots)],
  ];
  return concurrency === undefined ? cells : [['concurrency', formatWhole(concurrency)], ...cells];
}

const NAME_COLUMNS = 11;
const VALUE_COLUMNS = 9;
const CELL_GAP = 3;

/** As many beside each other as there is room for. */
function layCells(cells: readonly Cell[], columns: number): string[] {
  const width = NAME_COLUMNS + VALUE_COLUMNS + CELL_GAP;
  const perLine = Math.max(1, Math.floor((columns + CELL_GAP) / width));
  const texts = cells.map(
    ([name, value]) => name.padEnd(NAME_COLUMNS) + value.padStart(VALUE_COLUMNS),
  );
  return Array.from({ length: Math.ceil(texts.length / perLine) }, (_, line) =>
    texts.slice(line * perLine, (line + 1) * perLine).join(' '.repeat(CELL_GAP)),
  );
}

export function delayText({ p50, p99 }: Percentiles): string {
  const text = (ms: number | null) => (ms === null ? '-' : `${formatTenths(ms / 1_000)} s`);
  return `p50 ${text(p50)}, p99 ${text(p99)}`;
}

export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

const EIGHTHS = ' ▁▂▃▄▅▆▇█';
const SCALE_COLUMNS = 8;

/** An area under the values, the highest at the top; all of the event from left to right. */
export function drawChart(
  { label, values, valuesMax }: ChartFacts,
  columns: number,
  rows: number,
): string[] {
  const width = columns - SCALE_COLUMNS - 1;
  if (rows < 1 || width < 1) return [];
  const shown = valuesMax === undefined ? values.slice(-width) : values;
  const of = Math.max(1, valuesMax ?? width);
  const top = Math.max(1, ...shown);
  const heights = Array.from({ length: width }, (_, column) => {
    const from = Math.floor((column * of) / width);
    const to = Math.max(from + 1, Math.floor(((column + 1) * of) / width));
    const part = shown.slice(from, to);
    return part.length === 0 ? 0 : Math.round((Math.max(...part) / top) * rows * 8);
  });
  const lines = Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * 8;
    const cells = heights.map((height) => EIGHTHS[Math.min(8, Math.max(0, height - below))]!);
    const mark = row === 0 ? formatWhole(top) : row === rows - 1 ? '0' : '';
    return `${mark.padStart(SCALE_COLUMNS)} ${cells.join('')}`.trimEnd();
  });
  return [...lines, `${' '.repeat(SCALE_COLUMNS + 1)}${label}`];
}
