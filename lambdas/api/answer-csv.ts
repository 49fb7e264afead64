import { FIGURE_COLUMNS, figureCells, sumInvalid } from '../core/audience/minute-csv';
import { csvLine } from '../core/csv';
import { VIEW_SECONDS } from '../core/audience/rules';
import type { DimensionRow, SeriesRow } from '../core/road/views-series';
import { BLOCK_COLUMNS, blockCells } from './block-list';
import type { answerAudit, answerBlocks } from './guard-answers';
import type { answerSeries } from './series-answer';
import type { answerLive, answerRecord, listContents } from './views-answers';

/** Answers as rows. Columns keep their order for good; new ones go to the end. */
type Answer<Of extends (...given: never[]) => Promise<unknown>> = Awaited<ReturnType<Of>>;

function csv(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [columns, ...rows].map(csvLine).join('');
}

/** No number leaves without what it is. */
const ABOUT = ['definition', 'version', 'state'] as const;

function aboutCells({
  definition,
  state,
}: Pick<Answer<typeof answerLive>, 'definition'> & { state: string }) {
  return [definition.id, definition.version, state];
}

export function contentsCsv({ contents }: Answer<typeof listContents>): string {
  return csv(
    ['id', 'kind', 'segmentSeconds', 'href'],
    contents.map(({ id, kind, segmentSeconds = '', href }) => [id, kind, segmentSeconds, href]),
  );
}

const SPLIT = ['gross', 'refusedByUs', 'invalid', 'unresolved', 'verified', 'lower', 'upper'];

export function recordCsv(answer: Answer<typeof answerRecord>): string {
  const { id, kind, content } = answer;
  const figures = Object.entries(content?.record ?? {});
  return csv(
    ['content', 'kind', 'from', 'to', 'figure', ...SPLIT, ...ABOUT],
    figures.map(([name, { gross, refusedByUs, invalid, unresolved, verified, lower, upper }]) => [
      ...[id, kind, content!.from, content!.to, name, gross, refusedByUs, sumInvalid(invalid)],
      ...[unresolved, verified, lower, upper, ...aboutCells(answer)],
    ]),
  );
}

/** Of minutes what `turnout recount --csv` prints, and what they are behind it. */
export function seriesCsv(answer: Answer<typeof answerSeries>): string {
  const { id, kind, step, dimension, rows } = answer;
  const about = aboutCells(answer);
  if (dimension === null) {
    return csv(
      ['content', 'kind', step, ...FIGURE_COLUMNS, ...ABOUT],
      (rows as readonly SeriesRow[]).map((row) => [
        ...[id, kind, row.from, ...figureCells(kind, row), ...about],
      ]),
    );
  }
  const views = kind === 'page' ? ['pageView30'] : VIEW_SECONDS.map((n) => `view${n}`);
  const names =
    dimension === 'edge' ? ['hits'] : ['attempts', 'starts', ...views, 'viewers', 'watchSeconds'];
  return csv(
    ['content', 'kind', step, dimension, ...names, ...ABOUT],
    (rows as readonly DimensionRow[]).map((row) => {
      const figures: Readonly<Record<string, unknown>> =
        'hits' in row ? { hits: row.hits } : { ...row, ...row.views };
      return [
        id,
        kind,
        row.from,
        row.value,
        ...names.map((name) => Number(figures[name])),
        ...about,
      ];
    }),
  );
}

export function liveCsv(answer: Answer<typeof answerLive>): string {
  const { id, kind, at, since, figures } = answer;
  const { concurrencyAt, ...numbers } = figures;
  return csv(
    ['content', 'kind', 'at', 'since', 'concurrencyAt', ...Object.keys(numbers), ...ABOUT],
    [[id, kind, at, since, concurrencyAt ?? '', ...Object.values(numbers), ...aboutCells(answer)]],
  );
}

export function blocksCsv({ listed, nowMs }: Answer<typeof answerBlocks>): string {
  return csv(
    BLOCK_COLUMNS,
    listed.map((one) => blockCells(one, nowMs)),
  );
}

const AUDIT_COLUMNS = [
  ...['at', 'id', 'kind', 'author', 'set', 'change', 'cidr', 'rule', 'attackHits'],
  ...['verifiedViewers', 'until', 'why', 'reason', 'mode'],
];

/** A row for each change; of what changed no set, one. */
export function auditCsv({ entries }: Answer<typeof answerAudit>): string {
  const rows = entries.flatMap((entry) => {
    const { at, id, kind, author, set, reason = '', until = '', mode = '', cidr = '' } = entry;
    const row = (change: string, of: string, ...more: (string | number)[]) => [
      ...[at, id, kind, author, set, change, of, ...more, reason, mode],
    ];
    const changes = [
      ...entry.added.map((it) =>
        row('added', it.cidr, it.rule, it.attackHits, it.verifiedViewers, it.until, ''),
      ),
      ...entry.removed.map((it) => row('removed', it.cidr, '', '', '', '', it.why)),
      ...entry.addedByOthers.map((it) => row('addedByOthers', it, '', '', '', '', '')),
      ...entry.removedByOthers.map((it) => row('removedByOthers', it, '', '', '', '', '')),
    ];
    return changes.length > 0 ? changes : [row('', cidr, '', '', '', until, '')];
  });
  return csv(AUDIT_COLUMNS, rows);
}
