import { isoOf } from '../core/audience/figure-record';
import { windowOf } from '../core/audience/make-report';
import { CONTENTS_PK } from '../core/road/views-item';
import { type LiveContent, liveOf } from '../core/road/views-live';
import { type QueryWindow, queriesOf } from '../core/road/views-query';
import { makeViewsReport } from '../core/road/views-report';
import { type WindowWish, askedWindow, meet, msOf } from './asked-window';
import { type NamedContent, hrefOf, namedOf } from './content-name';
import { ProblemError } from './problem';
import type { ViewsSource } from './views-source';

/** Items that one answer is made of: of minutes about 75 MB, which takes some seconds. */
export const ITEMS_MAX = 50_000;
const DAY_MINUTES = 1_440;
const HOUR_MS = 3_600_000;
/** Concurrency is that of the last minutes. */
const LIVE_MINUTES_MS = 3 * 60_000;

/** A page of names. Numbers are not among them. */
export async function listContents(source: ViewsSource, after: string, limit: number) {
  const items = await source.contents.loadContents(after, limit);
  const contents = items.map((item) => {
    const named = namedOf(item);
    const { id, kind, segmentSeconds } = named;
    return { id, kind, ...(segmentSeconds && { segmentSeconds }), href: hrefOf(named) };
  });
  return { contents, next: items.length < limit ? undefined : items.at(-1)!.sk };
}

/** The record of a window, of an event, or of all: what a recount of the same lines has of this content. */
export async function answerRecord(source: ViewsSource, content: NamedContent, wish: WindowWish) {
  const { settings, classifier } = source;
  const { key, id, kind } = content;
  const { window, event } = askedWindow(content, wish, settings);
  const span = await source.loadSpan(key);
  const toRead = span && meet(windowOf(window), span);
  if (toRead !== undefined) checkLength(toRead.to - toRead.from, source.groups);
  const [items, ledger, { countedToMs }] = await Promise.all([
    toRead === undefined ? [] : source.load(queriesOf([key], settings.lanes, msOf(toRead))),
    source.loadLedger(window),
    source.loadFreshness(),
  ]);
  const named = [{ pk: CONTENTS_PK, sk: key, values: new Map([['id', id]]) }];
  const input = { settings, classifier, options: window, countedToMs };
  const { contents, ...report } = makeViewsReport(items, named, ledger, input);
  return {
    ...report,
    ...{ countedTo: isoOrNull(countedToMs), id, kind },
    ...(event && { event }),
    // Nothing may have happened in a window.
    content: Object.values(contents)[0] ?? null,
  };
}

function checkLength(minutes: number, groups: number): void {
  const daysMax = Math.floor(ITEMS_MAX / groups / DAY_MINUTES);
  if (minutes <= daysMax * DAY_MINUTES) return;
  const days = Math.ceil(minutes / DAY_MINUTES);
  const expected = `at most ${daysMax} days with counts in one record: from and to say which`;
  throw new ProblemError(400, { what: 'window', got: `${days} days`, expected });
}

const NOTHING: Omit<LiveContent, 'kind'> = {
  ...{ concurrency: 0, concurrencyAtMs: undefined, view60: 0, attempts: 0 },
  ...{ starts: 0, turnedAway: 0, viewers: 0, bots: 0 },
};

/** What is counted of the broadcast day that goes on, and how many are there at this moment. */
export async function answerLive(source: ViewsSource, { key, id, kind }: NamedContent) {
  const { definition, settings, days } = source;
  const nowMs = source.now();
  const sinceMs = Math.floor(days.at(nowMs).startMs / HOUR_MS) * HOUR_MS;
  const of = (window: QueryWindow, wanted: RegExp) =>
    queriesOf([key], settings.lanes, window).filter(({ from }) => wanted.test(from));
  const around = { fromMs: nowMs - LIVE_MINUTES_MS, toMs: nowMs + LIVE_MINUTES_MS };
  const [items, fresh] = await Promise.all([
    source.load([...of({ ...around, fromMs: sinceMs }, /^(h#|now)/), ...of(around, /^m#/)]),
    source.loadFreshness(),
  ]);
  const live = Object.values(liveOf(items, nowMs))[0] ?? NOTHING;
  const { concurrency, concurrencyAtMs, view60, attempts, starts, turnedAway, viewers, bots } =
    live;
  return {
    ...{ definition, state: 'provisional' as const, countedTo: isoOrNull(fresh.countedToMs) },
    ...{ id, kind, at: isoOf(nowMs), since: isoOf(sinceMs) },
    newestLineSeconds: ageOf(fresh.newestMs, nowMs),
    figures: {
      ...{ concurrency, concurrencyAt: isoOrNull(concurrencyAtMs), view60, attempts, starts },
      ...{ turnedAway, viewers, bots },
    },
  };
}

export async function answerHealth(source: ViewsSource) {
  const nowMs = source.now();
  const { countedToMs, newestMs } = await source.loadFreshness();
  return {
    ...{ status: 'ok' as const, at: isoOf(nowMs), definition: source.definition },
    ...{ countedTo: isoOrNull(countedToMs), newestLineSeconds: ageOf(newestMs, nowMs) },
  };
}

export function isoOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : isoOf(ms);
}

/** In seconds, to a tenth. */
function ageOf(thenMs: number | undefined, nowMs: number): number | null {
  return thenMs === undefined ? null : Math.round(Math.max(0, nowMs - thenMs) / 100) / 10;
}
