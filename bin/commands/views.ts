import { formatWhole } from '../../lambdas/core/plain-words';
import { recordCsv, seriesCsv } from '../../lambdas/api/answer-csv';
import { type NamedContent, findContent } from '../../lambdas/api/content-name';
import { answerSeries } from '../../lambdas/api/series-answer';
import { answerRecord } from '../../lambdas/api/views-answers';
import type { ViewsSource } from '../../lambdas/api/views-source';
import type {
  Dimension,
  DimensionRow,
  SeriesRow,
  Step,
} from '../../lambdas/core/road/views-series';
import type { GuardHost } from './blocks';
import { UsageError } from './errors';
import { renderTable } from './recount-output';
import { type TableRow, formatTenths, layTable, plainText, wrapText } from './text-table';
import { type ViewsPlace, withViews } from './views-deployment';

export interface ViewsOptions extends ViewsPlace {
  readonly from?: number;
  readonly to?: number;
  readonly event?: string;
  readonly by?: Step;
  readonly dimension?: Dimension;
  readonly json?: boolean;
  readonly csv?: boolean;
}

type RecordAnswer = Awaited<ReturnType<typeof answerRecord>>;
type SeriesAnswer = Awaited<ReturnType<typeof answerSeries>>;

const COLUMNS = 100;
const PERIODS = 1_440;

/** `turnout views`: what `GET /v1/contents/{id}` answers, or with --by or --dimension its minutes. */
export async function runViews(
  name: string,
  options: ViewsOptions,
  { output, now }: GuardHost,
): Promise<void> {
  const { json = false, csv = false, by, dimension } = options;
  if (json && csv) throw new UsageError('--json and --csv exclude each other');
  const text = await withViews(options, now, async (source) => {
    const content = await findContent(name, undefined, source.findKey);
    if (by === undefined && dimension === undefined) {
      const answer = await answerRecord(source, content, windowOf(options));
      return json ? jsonOf(answer) : csv ? recordCsv(answer) : renderRecord(name, answer);
    }
    const answer = await loadSeries(source, content, options);
    return json ? jsonOf(answer) : csv ? seriesCsv(answer) : renderSeries(name, answer);
  });
  output.write(text);
}

const jsonOf = (answer: object) => `${JSON.stringify(answer)}\n`;

const windowOf = ({ from, to, event }: ViewsOptions) => ({ fromMs: from, toMs: to, event });

/** All pages as one. */
async function loadSeries(
  source: ViewsSource,
  content: NamedContent,
  options: ViewsOptions,
): Promise<SeriesAnswer> {
  const { dimension, by: step = 'hour' } = options;
  const wish = { ...windowOf(options), step, dimension, limit: PERIODS };
  const rows: (SeriesRow | DimensionRow)[] = [];
  for (let after = ''; ;) {
    const { next, ...page } = await answerSeries(source, content, { ...wish, after });
    rows.push(...page.rows);
    if (next === undefined) return { ...page, rows, next };
    after = next;
  }
}

function stateLines({ state, countedTo }: Pick<RecordAnswer, 'state' | 'countedTo'>): string[] {
  const counted =
    countedTo === null ? 'nothing is counted yet' : `all lanes have counted to ${countedTo}`;
  return [`${state}: ${counted}`];
}

function renderRecord(name: string, answer: RecordAnswer): string {
  const { definition, window, ledger, content } = answer;
  const contents = content === null ? {} : { [name]: content };
  const report = { definition, window, ledger, contents, events: {} };
  return `${renderTable(report, { columns: COLUMNS })}\n${stateLines(answer).join('\n')}\n`;
}

const HEADS = ['attempts', 'starts', 'view60', 'newViewers', 'watch h', 'concurrent', 'hits'];
const PAGE_HEADS = ['attempts', 'starts', 'pageView30', 'newViewers', 'hits'];

/** Verified figures, a row for each period. */
function renderSeries(name: string, answer: SeriesAnswer): string {
  const { definition, kind, step, dimension, rows } = answer;
  const title =
    `${kind} ${plainText(name)} by ${dimension === null ? step : `${step} and ${dimension}`}, ` +
    `definition ${definition.id} ${definition.version}; verified figures`;
  const table = rows.length === 0 ? ['nothing in this window'] : tableOf(answer);
  const lines = [...wrapText(title, COLUMNS), ...table, ...stateLines(answer)];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function tableOf({ kind, step, dimension, rows }: SeriesAnswer): string[] {
  const isPage = kind === 'page';
  const view = isPage ? 'pageView30' : 'view60';
  if (dimension === 'edge') {
    const own = rows as readonly { from: string; value: string; hits: number }[];
    const cells = own.map(({ from, value, hits }) => rowOf(from, value, [formatWhole(hits)]));
    return layTable(['hits'], cells, COLUMNS);
  }
  const isWithout = (head: string) =>
    (dimension !== null && head === 'hits') ||
    (head === 'concurrent' && (dimension !== null || step !== 'minute'));
  const heads = (isPage ? PAGE_HEADS : HEADS).filter((head) => !isWithout(head));
  const told = rows.map((row) => {
    const figures = dimension === null ? ofSeries(row as SeriesRow) : ofDimension(row as never);
    const cells: Readonly<Record<string, string>> = {
      attempts: formatWhole(figures('attempts')),
      starts: formatWhole(figures('starts')),
      [view]: formatWhole(figures(view)),
      newViewers: formatWhole(figures('newViewers')),
      'watch h': formatTenths(figures('watchSeconds') / 3_600),
      concurrent: formatWhole((row as SeriesRow).concurrencyMax ?? 0),
      hits: formatWhole((row as SeriesRow).hits ?? 0),
    };
    const value = dimension === null ? '' : (row as DimensionRow).value;
    return rowOf(
      row.from,
      value,
      heads.map((head) => cells[head]!),
    );
  });
  return layTable(heads, told, COLUMNS);
}

type Figure = (name: string) => number;

const ofSeries =
  ({ record }: SeriesRow): Figure =>
  (name) =>
    record[name]?.verified ?? 0;

function ofDimension(row: Extract<DimensionRow, { readonly viewers: number }>): Figure {
  const figures: Readonly<Record<string, unknown>> = {
    ...{ ...row, ...row.views },
    newViewers: row.viewers,
  };
  return (name) => Number(figures[name] ?? 0);
}

function rowOf(from: string, value: string, cells: readonly string[]): TableRow {
  return { label: value === '' ? from : `${from} ${plainText(value)}`, cells };
}
