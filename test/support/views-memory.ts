import type { ContentsReader } from '../../lambdas/adapters/contents-reader';
import type { ViewsItem, ViewsReader } from '../../lambdas/core/road/ports';
import { type ViewsSource, makeViewsSource } from '../../lambdas/api/views-source';
import type { Settings } from '../../lambdas/core/settings';

/** Readers of items that are at hand, in the order of a table. */
export function readersOf(items: readonly ViewsItem[]): {
  readonly reader: ViewsReader;
  readonly contents: ContentsReader;
} {
  const byPk = new Map<string, ViewsItem[]>();
  for (const item of items) byPk.set(item.pk, [...(byPk.get(item.pk) ?? []), item]);
  for (const own of byPk.values()) own.sort((a, b) => (a.sk < b.sk ? -1 : 1));
  const between = (pk: string, from: string, to: string) =>
    (byPk.get(pk) ?? []).filter(({ sk }) => from <= sk && sk <= to);
  return {
    reader: { query: async (pk, from, to) => between(pk, from, to) },
    contents: {
      loadContents: async (after, limit) =>
        between('contents', 'p:', 's;')
          .filter(({ sk }) => sk > after)
          .slice(0, limit),
      async loadSpan(pk) {
        const hours = between(pk, 'h#', 'h#~');
        return hours.length === 0 ? undefined : { first: hours[0]!.sk, last: hours.at(-1)!.sk };
      },
    },
  };
}

export function sourceOf(
  items: readonly ViewsItem[],
  settings: Settings,
  now: () => number = () => Date.UTC(2027, 0, 1),
): ViewsSource {
  return makeViewsSource({ ...readersOf(items), settings, now });
}
