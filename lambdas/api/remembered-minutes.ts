import type { ViewsItem, ViewsReader } from '../core/road/ports';
import { MINUTE_SERIES_NAMES } from '../core/road/views-counters';
import { REVISION_NAME } from '../core/road/views-item';

/** Of all that is remembered: some ten days of busy minutes, about 30 MB. */
const VALUES_MAX = 2_000_000;

const REVISION = [REVISION_NAME];
const NAMES = [...MINUTE_SERIES_NAMES, REVISION_NAME];

interface Minute {
  readonly item: ViewsItem;
  /** as many updates as the item had; undefined of one that was written before there were any */
  readonly revision: number | undefined;
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
 * Reads minutes for a series, and remembers them in the process. When they are asked for again, their revisions tell
 * which have changed since (each update counts one, docs/ROAD.md), and from the first of these to the last is read
 * again: answers are those of the table, strongly consistent. A minute that has not changed is the same object as
 * before. All other questions go through.
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
  const isKnown = [...minutes.keys()].some((sk) => from <= sk && sk <= to);
  if (!isKnown) return reader.query(pk, from, to, NAMES);
  const found = await reader.query(pk, from, to, REVISION);
  const isSame = (item: ViewsItem) => {
    const revision = revisionOf(item);
    return revision !== undefined && minutes.get(item.sk)?.revision === revision;
  };
  const news = found.filter((item) => !isSame(item));
  const same = (isIn: (sk: string) => boolean) =>
    found.flatMap(({ sk }) => (isIn(sk) ? [minutes.get(sk)!.item] : []));
  if (news.length === 0) return same(() => true);
  const [first, last] = [news[0]!.sk, news.at(-1)!.sk];
  const read = await reader.query(pk, first, last, NAMES);
  return [...same((sk) => sk < first), ...read, ...same((sk) => sk > last)];
}

function keep(partition: Partition, items: readonly ViewsItem[]): void {
  const { minutes } = partition;
  for (const item of items) {
    const before = minutes.get(item.sk)?.item;
    if (before === item) continue;
    partition.values += item.values.size - (before?.values.size ?? 0);
    minutes.set(item.sk, { item, revision: revisionOf(item) });
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

function revisionOf({ values }: ViewsItem): number | undefined {
  const revision = values.get(REVISION_NAME);
  return revision === undefined ? undefined : Number(revision);
}
