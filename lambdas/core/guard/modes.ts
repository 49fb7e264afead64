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

/** The mode in force, and which of the three sources says so. */
export interface ModeReason {
  readonly mode: GuardMode;
  readonly because: 'person' | 'in_event' | 'outside_events' | 'no_events';
  readonly order?: ModeOrder;
  readonly event?: string;
  /** when it changes by itself; undefined: not before somebody says so */
  readonly untilMs?: number;
}

export function whyMode(
  settings: Pick<Settings, 'guard' | 'events'>,
  order: ModeOrder | undefined,
  nowMs: number,
): ModeReason {
  const mode = modeAt(settings, order, nowMs);
  if (order !== undefined && order.untilMs > nowMs) {
    return { mode, because: 'person', order, untilMs: order.untilMs };
  }
  const { events } = settings;
  if (events.length === 0) return { mode, because: 'no_events' };
  const inside = events.find((event) => event.startAtMs <= nowMs && nowMs < event.endAtMs);
  if (inside !== undefined) {
    return { mode, because: 'in_event', event: inside.id, untilMs: endOfWindows(events, nowMs) };
  }
  const next = Math.min(...events.map((event) => event.startAtMs).filter((ms) => ms > nowMs));
  return { mode, because: 'outside_events', ...(next < Infinity && { untilMs: next }) };
}

/** Windows that overlap or follow on each other are one. */
function endOfWindows(events: Settings['events'], nowMs: number): number {
  let endMs = nowMs;
  for (const { startAtMs, endAtMs } of [...events].sort((a, b) => a.startAtMs - b.startAtMs)) {
    if (startAtMs <= endMs) endMs = Math.max(endMs, endAtMs);
  }
  return endMs;
}
