import { type ReportOptions, windowOf } from '../audience/make-report';
import { STATUS_SK, contentPk, groupsOf, hourSk, ledgerPk, minuteSk } from './views-item';

/** A question for a ViewsReader: the items of a partition with from <= sk <= to. */
export interface ViewsQuery {
  readonly pk: string;
  readonly from: string;
  readonly to: string;
  /** Attributes that are asked for; all, if left out. */
  readonly names?: readonly string[];
}

export type QueryWindow = Pick<ReportOptions, 'fromMs' | 'toMs'>;

/** What a report of these contents needs: minutes, hours, countries, edges and status of all groups. */
export function queriesOf(
  contentKeys: readonly string[],
  lanes: number,
  window: QueryWindow,
): ViewsQuery[] {
  const { from, to } = windowOf(window);
  const ranges = [
    ...rangeOf('m#', minuteSk, from, to),
    ...(['h', 'c', 'e'] as const).flatMap((sort) => hoursOf(sort, window)),
    { from: STATUS_SK, to: STATUS_SK },
  ];
  return contentKeys.flatMap((key) =>
    partitions(lanes, (group) => contentPk(key, group)).flatMap((pk) =>
      ranges.map((range) => ({ pk, ...range })),
    ),
  );
}

/** The ledger of the hours of arrival that a window touches. */
export function ledgerQueries(lanes: number, window: QueryWindow = {}): ViewsQuery[] {
  return partitions(lanes, ledgerPk).flatMap((pk) =>
    hoursOf('h', window).map((range) => ({ pk, ...range })),
  );
}

function partitions(lanes: number, pkOf: (group: number) => string): string[] {
  return Array.from({ length: groupsOf(lanes) }, (_, group) => pkOf(group));
}

function hoursOf(sort: 'h' | 'c' | 'e', window: QueryWindow) {
  const { from, to } = windowOf(window);
  if (to <= from) return [];
  return rangeOf(
    `${sort}#`,
    (hour) => hourSk(sort, hour),
    Math.floor(from / 60),
    Math.ceil(to / 60),
  );
}

/** Sort keys of [from, to); a table refuses a range that ends before it begins. */
function rangeOf(prefix: string, skOf: (time: number) => string, from: number, to: number) {
  if (to <= from) return [];
  return [
    {
      from: from === -Infinity ? prefix : skOf(from),
      // ~ comes behind all digits
      to: to === Infinity ? `${prefix}~` : skOf(to - 1),
    },
  ];
}
