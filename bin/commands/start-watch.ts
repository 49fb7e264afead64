import type { LiveContent } from '../../lambdas/core/road/views-live';
import type { LiveViews } from '../../local/views-client';
import type { Feed } from './start-feed';
import type { Road } from './start-road';
import type { ChartFacts, Figures, Moment, Screen } from './start-screen';
import type { Show } from './start-show';

export interface WatchProps {
  readonly show: Show;
  readonly road: Road;
  readonly feed: Feed;
  readonly screen: Screen;
  readonly phase: () => Moment['phase'];
  readonly pause: (ms: number) => Promise<unknown>;
  readonly over: AbortSignal;
}

const EVERY_MS = 1_000;
const RATES_MAX = 1_000;

/** Shows the road each second until it is over. */
export async function watchRoad({
  show,
  road,
  feed,
  screen,
  phase,
  pause,
  over,
}: WatchProps): Promise<void> {
  const history = makeHistory(show);
  let before = { lines: 0, atMs: performance.now() };
  while (!over.aborted) {
    const atMs = performance.now();
    const eventAtMs = feed.eventAtMs();
    const rate = (1_000 * (feed.linesPut - before.lines)) / Math.max(1, atMs - before.atMs);
    before = { lines: feed.linesPut, atMs };
    // What is shown is not what is compared: a read that fails is made up for by the next.
    const live = await road.views.loadLive(eventAtMs).catch(() => undefined);
    const attack = await show.guard?.look().catch(() => undefined);
    if (over.aborted) return;
    history.add(live?.contents, rate);
    const span = show.span;
    const { lines = 0, hits = 0 } = live?.ledger ?? {};
    screen.show({
      title: `Turnout: ${show.title}`,
      elapsedSeconds: span && ((eventAtMs ?? span.startAtMs) - span.startAtMs) / 1_000,
      totalSeconds: span && (span.endAtMs - span.startAtMs) / 1_000,
      figures: live?.contents && figuresOf(live.contents, eventAtMs !== undefined),
      linesPut: feed.lines,
      linesPerSecond: rate,
      counted: { lines, bad: lines - hits },
      delay: road.meter.recentDelay(),
      behindSeconds: feed.behindMs() / 1_000,
      phase: phase(),
      trouble: road.trouble(),
      chart: history.chart(),
      attack,
    });
    await pause(Math.max(0, EVERY_MS - (performance.now() - atMs)));
  }
}

type Contents = NonNullable<LiveViews['contents']>;

function figuresOf(contents: Contents, isTimed: boolean): Figures {
  const all = Object.values(contents);
  const streams = all.filter(({ kind }) => kind === 'stream');
  const sum = (of: readonly LiveContent[], figure: (content: LiveContent) => number) =>
    of.reduce((total, content) => total + figure(content), 0);
  return {
    concurrency: isTimed ? sum(streams, ({ concurrency }) => concurrency) : undefined,
    view60: sum(streams, ({ view60 }) => view60),
    attempts: sum(streams, ({ attempts }) => attempts),
    turnedAway: sum(streams, ({ turnedAway }) => turnedAway),
    bots: sum(all, ({ bots }) => bots),
  };
}

interface History {
  add(contents: LiveViews['contents'], linesPerSecond: number): void;
  chart(): ChartFacts;
}

/** Concurrency over the event, second by second; of a log, whose length nobody knows, lines/s. */
function makeHistory({ span }: Show): History {
  const values: number[] = [];
  if (span === undefined) {
    return {
      add(_, linesPerSecond) {
        values.push(linesPerSecond);
        if (values.length > RATES_MAX) values.shift();
      },
      chart: () => ({ label: 'lines put each second', values, valuesMax: undefined }),
    };
  }
  const seconds = Math.ceil((span.endAtMs - span.startAtMs) / 1_000);
  return {
    add(contents) {
      const streams = Object.values(contents ?? {}).filter(({ kind }) => kind === 'stream');
      const atMs = Math.max(0, ...streams.map(({ concurrencyAtMs }) => concurrencyAtMs ?? 0));
      const second = Math.min(seconds - 1, Math.floor((atMs - span.startAtMs) / 1_000));
      const value = streams.reduce((sum, { concurrency }) => sum + concurrency, 0);
      const last = values.at(-1) ?? 0;
      // What lay between two looks was on the way from one to the other.
      const steps = second - values.length + 1;
      if (steps <= 0) values[second] = value;
      for (let step = 1; step <= steps; step += 1) {
        values.push(last + ((value - last) * step) / steps);
      }
    },
    chart: () => ({ label: 'concurrency of the event', values, valuesMax: seconds }),
  };
}
