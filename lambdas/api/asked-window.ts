import type { MinuteWindow } from '../core/audience/content-tally';
import { isoOf } from '../core/audience/figure-record';
import type { QueryWindow } from '../core/road/views-query';
import type { Settings } from '../core/settings';
import type { NamedContent } from './content-name';
import { ProblemError, gotText } from './problem';

/** A window as it was asked for: by its ends, by the id of an event, or all. */
export interface WindowWish extends QueryWindow {
  readonly event?: string | undefined;
}

export interface AskedWindow {
  readonly window: QueryWindow;
  /** as it is told back */
  readonly event: { readonly id: string; readonly start: string; readonly end: string } | undefined;
}

export function askedWindow(
  { id, kind }: Pick<NamedContent, 'id' | 'kind'>,
  { fromMs, toMs, event: wanted }: WindowWish,
  { events, contents }: Pick<Settings, 'events' | 'contents'>,
): AskedWindow {
  if (wanted === undefined) {
    if (fromMs === undefined || toMs === undefined || toMs > fromMs) {
      return { window: { fromMs, toMs }, event: undefined };
    }
    throw new ProblemError(400, { what: 'to', got: isoOf(toMs), expected: 'a time after from' });
  }
  if (fromMs !== undefined || toMs !== undefined) {
    const expected = 'no from and to beside event, which has its own';
    throw new ProblemError(400, { what: 'query', got: 'both', expected });
  }
  const isOurs = contents.some((content) => content.id === id && content.kind === kind);
  const own = isOurs ? events.filter(({ content }) => content === id) : [];
  const event = own.find((one) => one.id === wanted);
  if (event === undefined) {
    const names = own.slice(0, NAMES_MAX).map((one) => one.id);
    const expected = `an event of this content in turnout.json (${names.join(', ') || 'it has none'})`;
    throw new ProblemError(400, { what: 'event', got: gotText(wanted), expected });
  }
  const { startAtMs, endAtMs } = event;
  return {
    window: { fromMs: startAtMs, toMs: endAtMs },
    event: { id: event.id, start: isoOf(startAtMs), end: isoOf(endAtMs) },
  };
}

const NAMES_MAX = 10;

/** What both hold; undefined if that is nothing. */
export function meet(a: MinuteWindow, b: MinuteWindow): MinuteWindow | undefined {
  const both = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  return both.to > both.from ? both : undefined;
}

export function msOf({ from, to }: MinuteWindow): QueryWindow {
  return {
    fromMs: Number.isFinite(from) ? from * 60_000 : undefined,
    toMs: Number.isFinite(to) ? to * 60_000 : undefined,
  };
}
