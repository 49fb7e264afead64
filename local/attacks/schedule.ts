import type { Chance } from '../crowd/chance';

/** When each of many people comes and means to leave, in milliseconds from the first moment. */
export interface Schedule {
  readonly arriveMs: Int32Array;
  readonly leaveMs: Int32Array;
}

/** People of an event gather in this time before its start. */
const GATHER_SECONDS = 60;

/** When an event of so many seconds is announced for: a minute after its first moment, or a fifth of a shorter one. */
export function kickOffMs(seconds: number): number {
  return Math.floor(Math.min(GATHER_SECONDS, seconds / 5) * 1000);
}

/** Everybody comes within some seconds, evenly, and a third leaves again before the end. */
export function flashSchedule(
  chance: Chance,
  count: number,
  { fromMs, rampMs, endMs }: { fromMs: number; rampMs: number; endMs: number },
): Schedule {
  const arriveMs = new Int32Array(count);
  const leaveMs = new Int32Array(count);
  for (let n = 0; n < count; n += 1) {
    const at = fromMs + Math.floor(chance.next() * rampMs);
    arriveMs[n] = at;
    const stayMs = chance.bool(0.33) ? chance.exponential(15 * 60_000) : Infinity;
    leaveMs[n] = Math.min(endMs, at + stayMs);
  }
  return { arriveMs, leaveMs };
}

export interface CurveOptions {
  readonly chance: Chance;
  /** at the highest minute */
  readonly viewersMax: number;
  /** Share of those present who leave in a minute and are replaced, apart from the curve. @default 0.02 */
  readonly churn?: number;
}

/**
 * People who come and leave such that their number follows a curve of requests for each minute, as that of
 * the World Cup of 1998: a viewer of today asks in an even rhythm, so the requests of a minute are in
 * proportion to those present. When it falls, those who have been there longest leave first.
 */
export function worldCupCurve(
  countsPerMinute: readonly number[],
  { chance, viewersMax, churn = 0.02 }: CurveOptions,
): Schedule {
  const most = Math.max(...countsPerMinute);
  if (!(most > 0)) throw new Error(`counts of a curve: got a most of ${most}, expected above 0`);
  const arrive: number[] = [];
  const leave: number[] = [];
  const inMinute = (minute: number) => Math.floor((minute + chance.next()) * 60_000);
  let left = 0;
  countsPerMinute.forEach((count, minute) => {
    const wanted = Math.round((count / most) * viewersMax);
    const present = arrive.length - left;
    const changing = Math.floor(Math.min(wanted, present) * churn);
    for (let n = changing + Math.max(0, present - wanted); n > 0; n -= 1, left += 1) {
      leave[left] = inMinute(minute);
    }
    for (let n = changing + Math.max(0, wanted - present); n > 0; n -= 1) {
      arrive.push(inMinute(minute));
    }
  });
  const endMs = countsPerMinute.length * 60_000;
  while (leave.length < arrive.length) leave.push(endMs);
  return { arriveMs: Int32Array.from(arrive), leaveMs: Int32Array.from(leave) };
}
