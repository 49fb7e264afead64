import { contentsCsv } from '../../lambdas/api/answer-csv';
import { listContents } from '../../lambdas/api/views-answers';
import type { GuardHost } from './blocks';
import { UsageError } from './errors';
import { layTable, plainText } from './text-table';
import { type ViewsPlace, withViews } from './views-deployment';

export interface ContentsOptions extends ViewsPlace {
  readonly json?: boolean;
  readonly csv?: boolean;
}

type Listed = Awaited<ReturnType<typeof listContents>>['contents'];

const PAGE = 500;
/** For people; a log without turnout.json has many thousands. */
const SHOWN_MAX = 200;
const COLUMNS = 100;

/** `turnout contents` */
export async function runContents(
  options: ContentsOptions,
  { output, now }: GuardHost,
): Promise<void> {
  const { json = false, csv = false } = options;
  if (json && csv) throw new UsageError('--json and --csv exclude each other');
  const contents: Listed = [];
  await withViews(options, now, async (source) => {
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: Awaited<ReturnType<typeof listContents>> = await listContents(
        source,
        after,
        PAGE,
      );
      contents.push(...page.contents);
      after = page.next;
    }
  });
  const text = json
    ? `${JSON.stringify({ contents })}\n`
    : csv
      ? contentsCsv({ contents, next: undefined })
      : renderTable(contents);
  output.write(text);
}

function renderTable(contents: Listed): string {
  if (contents.length === 0) return 'nothing has been counted\n';
  const rows = contents.slice(0, SHOWN_MAX).map(({ id, kind, segmentSeconds }) => ({
    label: plainText(id),
    cells: [kind, segmentSeconds === undefined ? '' : String(segmentSeconds)],
  }));
  const hidden = contents.length - rows.length;
  const more = hidden > 0 ? [`and ${hidden} more, see --json`] : [];
  const lines = [...layTable(['kind', 'segment s'], rows, COLUMNS), ...more];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
