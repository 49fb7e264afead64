/** A broadcast day: its number (days since 1970-01-01 of the local date) and its bounds (T3). */
export interface BroadcastDay {
  readonly day: number;
  readonly startMs: number;
  readonly endMs: number;
}

const DAY_MS = 86_400_000;

/** Broadcast days of one time zone and hour. */
export interface Days {
  /** The day in which a time lies. */
  at(tMs: number): BroadcastDay;
  /** When a day begins, by its number. */
  startOf(day: number): number;
}

/**
 * T3_broadcast_day: makes the broadcast days that begin at `hour` by the clocks of `timeZone`; such a day has 23 or 25
 * hours when clocks change. The last answers are kept, since lines come from one or two days.
 */
export function makeDays(timeZone: string, hour: number): Days {
  const offsetOf = makeOffset(timeZone);
  const startOf = (day: number): number => {
    const wall = day * DAY_MS + hour * 3_600_000;
    return wall - offsetOf(wall - offsetOf(wall));
  };
  const find = (tMs: number): BroadcastDay => {
    let day = Math.floor((tMs + offsetOf(tMs) - hour * 3_600_000) / DAY_MS);
    while (tMs < startOf(day)) day -= 1;
    while (tMs >= startOf(day + 1)) day += 1;
    return { day, startMs: startOf(day), endMs: startOf(day + 1) };
  };
  let last: BroadcastDay = { day: 0, startMs: 0, endMs: 0 };
  let other: BroadcastDay = last;
  const at = (tMs: number): BroadcastDay => {
    if (tMs >= last.startMs && tMs < last.endMs) return last;
    const found = tMs >= other.startMs && tMs < other.endMs ? other : find(tMs);
    other = last;
    last = found;
    return found;
  };
  return { at, startOf };
}

/** Milliseconds by which the clocks of a zone are ahead of UTC at a time. */
function makeOffset(timeZone: string): (tMs: number) => number {
  if (timeZone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (tMs) => {
    const part: Partial<Record<string, number>> = {};
    for (const { type, value } of format.formatToParts(tMs)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(tMs / 1_000) * 1_000;
  };
}
