import { FIGURE_COLUMNS, figureCells } from '../../lambdas/core/audience/minute-csv';
import type { Report } from '../../lambdas/core/audience/report';
import { csvLine } from '../../lambdas/core/csv';

export const CSV_COLUMNS: readonly string[] = ['content', 'kind', 'minute', ...FIGURE_COLUMNS];

/** One row per content and minute that has one (`--minutes`), as RFC 4180 has it. */
export function renderCsv(report: Report): string {
  const rows = Object.entries(report.contents).flatMap(([id, { kind, minutes = [] }]) =>
    minutes.map((row) => csvLine([id, kind, row.minute, ...figureCells(kind, row)])),
  );
  return [csvLine(CSV_COLUMNS), ...rows].join('');
}
