import type { GuardMode, Settings } from '../settings';

/** What a person set for a time. */
export interface ModeOrder {
  readonly mode: GuardMode;
  readonly author: string;
  readonly reason: string;
  readonly untilMs: number;
}

/** M: what a person set wins; else the mode of the file, which outside of event windows is another. */
export function modeAt(
  { guard, events }: Pick<Settings, 'guard' | 'events'>,
  order: ModeOrder | undefined,
  nowMs: number,
): GuardMode {
  if (order !== undefined && order.untilMs > nowMs) return order.mode;
  const isInside = events.some(({ startAtMs, endAtMs }) => startAtMs <= nowMs && nowMs < endAtMs);
  return events.length === 0 || isInside ? guard.mode : guard.outsideEvents;
}
