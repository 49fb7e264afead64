import type { Kind } from '../core/edge/classes';
import type { ViewsItem } from '../core/road/ports';
import { sumItems } from '../core/road/views-counters';
import { timeOfSk } from '../core/road/views-item';
import { type Period, sumPeriods } from '../core/road/views-series';

/** A minute of one content as it stands in Views. */
export interface MinuteItems {
  /** since the epoch */
  readonly minute: number;
  /** of each lane group that has one */
  readonly items: readonly ViewsItem[];
}

/** Items of minutes of one content, by minute. */
export function groupMinutes(items: readonly ViewsItem[]): MinuteItems[] {
  const bySk = new Map<string, ViewsItem[]>();
  for (const item of items) {
    const own = bySk.get(item.sk);
    if (own === undefined) bySk.set(item.sk, [item]);
    else own.push(item);
  }
  return [...bySk]
    .map(([sk, own]) => ({ minute: timeOfSk(sk), items: own }))
    .sort((a, b) => a.minute - b.minute);
}

/** The sums of minutes, without those in which all is zero. */
export function periodsOfMinutes(minutes: readonly MinuteItems[], kind: Kind): Period[] {
  const [counters] = sumItems(minutes.flatMap(({ items }) => items)).values();
  if (counters === undefined) return [];
  const periodOf = (minute: number) => ({ from: minute, to: minute + 1 });
  return sumPeriods(counters, {
    kind,
    step: 'minute',
    window: { from: -Infinity, to: Infinity },
    periodOf,
  });
}
