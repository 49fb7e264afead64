import type { Audience, OverBound } from '../audience/audience';
import { serialiseEntries } from '../audience/lane-state';
import { W } from '../audience/viewer-table';
import type { PacketDay } from './packet';
import { chooseEntries, compareContents } from './packet-room';

export interface PacketDaysOptions {
  readonly lane: number;
  readonly lanes: number;
  readonly entriesMax: number;
  /** contents of a day whose left out hits are told apart */
  readonly overMax: number;
}

/**
 * The entries of a lane as bytes, by broadcast day, and the hits of those that had no room. What is left
 * out is told by content, as far as there is room: the ids of many contents alone would fill a packet.
 */
export function makePacketDays(
  audience: Audience,
  entries: readonly number[],
  { lane, lanes, entriesMax, overMax }: PacketDaysOptions,
): { days: PacketDay[]; over: number } {
  const { table, contents } = audience;
  const { kept, dropped } = chooseEntries(audience, entries, entriesMax);
  const byDay = new Map<number, { kept: number[]; over: Map<number, OverBound> }>();
  const dayOf = (entry: number) => {
    const day = table.dayOf(entry);
    let known = byDay.get(day);
    if (known === undefined) byDay.set(day, (known = { kept: [], over: new Map() }));
    return known;
  };
  for (const entry of kept) dayOf(entry).kept.push(entry);
  let hits = 0;
  for (const entry of dropped) {
    const { over } = dayOf(entry);
    const content = table.contentOf(entry);
    const sum = over.get(content) ?? { hits: 0, slots: 0 };
    sum.hits += table.words[entry + W.hits]!;
    sum.slots += table.words[entry + W.raw]!;
    over.set(content, sum);
    hits += table.words[entry + W.hits]!;
  }
  const mostOf = (over: ReadonlyMap<number, OverBound>) =>
    [...over]
      .sort(
        ([m, a], [n, b]) =>
          b.hits - a.hits || compareContents(contents.list[m]!, contents.list[n]!),
      )
      .slice(0, overMax);
  const days = [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([day, own]) => ({ day, kept: own.kept, over: new Map(mostOf(own.over)) }))
    .filter((own) => own.kept.length + own.over.size > 0)
    .map(({ day, kept: own, over }) => ({
      day,
      entries: serialiseEntries(audience, own, { lane, lanes, isSorted: true, over }),
    }));
  return { days, over: hits };
}
