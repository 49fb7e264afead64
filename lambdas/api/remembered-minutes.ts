import type { ViewsItem, ViewsReader } from '../core/road/ports';
import { MINUTE_SERIES_NAMES } from '../core/road/views-counters';
import { fenceNamesOf } from '../core/road/views-item';

/** Of all that is remembered: some ten days of busy minutes, about 30 MB. */
const VALUES_MAX = 2_000_000;

interface Minute {
  readonly item: ViewsItem;
  /** of all its fences: none ever falls, so it is the same only if nothing was added */
  readonly fences: number;
}

interface Partition {
  /** by sort key */
  readonly minutes: Map<string, Minute>;
  values: number;
}

interface Range {
  readonly pk: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Reads minutes for a series, and remembers them in the process. When they are asked for again, their fences tell
 * which have changed since (every counter is added under one, docs/ROAD.md), and from the first of these to the
 * last is read again: answers are those of the table, strongly consistent. All other questions go through.
 */
export function rememberMinutes(reader: ViewsReader, valuesMax = VALUES_MAX): ViewsReader {
  /** by key, the one that was asked for longest ago first */
  const known = new Map<string, Partition>();
  return {
    async query(pk, from, to, names) {
      if (names !== MINUTE_SERIES_NAMES) return reader.query(pk, from, to, names);
      const partition = known.get(pk) ?? { minutes: new Map<string, Minute>(), values: 0 };
      const items = await readMinutes(reader, partition.minutes, { pk, from, to });
      known.delete(pk);
      known.set(pk, partition);
      keep(partition, items);
      makeRoom(known, valuesMax);
      return items;
    },
  };
}

async function readMinutes(
  reader: ViewsReader,
  minutes: Partition['minutes'],
  { pk, from, to }: Range,
): Promise<ViewsItem[]> {
  const fenceNames = fenceNamesOf(pk);
  const names = [...MINUTE_SERIES_NAMES, ...fenceNames];
  const isKnown = [...minutes.keys()].some((sk) => from <= sk && sk <= to);
  if (!isKnown) return reader.query(pk, from, to, names);
  const found = await reader.query(pk, from, to, fenceNames);
  const news = found.filter((item) => minutes.get(item.sk)?.fences !== fencesOf(item));
  const same = (isIn: (sk: string) => boolean) =>
    found.flatMap(({ sk }) => (isIn(sk) ? [minutes.get(sk)!.item] : []));
  if (news.length === 0) return same(() => true);
  const [first, last] = [news[0]!.sk, news.at(-1)!.sk];
  const read = await reader.query(pk, first, last, names);
  return [...same((sk) => sk < first), ...read, ...same((sk) => sk > last)];
}

function keep(partition: Partition, items: readonly ViewsItem[]): void {
  const { minutes } = partition;
  for (const item of items) {
    const before = minutes.get(item.sk)?.item;
    if (before === item) continue;
    partition.values += item.values.size - (before?.values.size ?? 0);
    minutes.set(item.sk, { item, fences: fencesOf(item) });
  }
}

function makeRoom(known: Map<string, Partition>, valuesMax: number): void {
  let values = [...known.values()].reduce((sum, partition) => sum + partition.values, 0);
  for (const [pk, partition] of known) {
    if (values <= valuesMax) return;
    known.delete(pk);
    values -= partition.values;
  }
}

function fencesOf({ values }: ViewsItem): number {
  let sum = 0;
  values.forEach((value, name) => {
    if (name.startsWith('L')) sum += Number(value);
  });
  return sum;
}
