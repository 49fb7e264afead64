import { SEGMENT_MS_DEFAULT, type Settings } from '../settings';
import { POLLS, agentsUpTo, explainedHits, peopleOf, polledBy, waitedFor } from './explained';
import { N } from './source-cells';
import type { SourceFacts } from './source-windows';
import type { SuspectRule } from './suspect';

/** What a player of this deployment does, from the shortest segment or part that is configured. */
export interface Rhythm {
  /** requests for one playlist in 10 seconds */
  readonly perPlaylist: number;
  /** G4_rhythm: what a device explains in 10 seconds */
  readonly perDevice: number;
}

/** Length of the shortest segment or part that is configured, ms. */
export function shortestMs({ contents }: Pick<Settings, 'contents'>): number {
  const lengths = contents
    .filter(({ kind }) => kind === 'stream')
    .map(({ segmentMs, parts }) => Math.min(segmentMs, parts?.partMs ?? Infinity));
  return Math.min(SEGMENT_MS_DEFAULT, ...lengths);
}

export function rhythmOf(shortestMs: number): Rhythm {
  const perPlaylist = 10_000 / shortestMs;
  return { perPlaylist, perDevice: Math.max(20, 4 * perPlaylist + 12) };
}

/** Conforming viewers of a source: now (60 seconds), and in the last 30 minutes. */
export interface ViewersBehind {
  readonly now: number;
  readonly recent: number;
}

export interface Judgement {
  readonly rule: SuspectRule;
  readonly windowSeconds: number;
  /** A */
  readonly attackHits: number;
  readonly hits: number;
  readonly explained: number;
  /** G cannot be more: so many viewers the hits that are not suspicious could feed. @default all */
  readonly viewersMax?: number;
}

type Rule = (facts: SourceFacts, viewers: ViewersBehind, rhythm: Rhythm) => Judgement | undefined;

const FLOOD_EXCESS_MIN = 10;
const FLOOD_EXCESS_AT_ONCE = 200;
const FLOOD_SLOTS_MIN = 3;
/** G1_refused_hits: they count when they come ten times as often as a player's. */
const REFUSED_RHYTHMS = 10;

function flood(facts: SourceFacts, viewers: ViewersBehind, rhythm: Rhythm): Judgement | undefined {
  const { window } = facts;
  // Who waits behind a shared address goes on asking while it is blocked.
  const people = Math.max(1, peopleOf(facts.agents));
  const refused = Math.max(0, window.refused - REFUSED_RHYTHMS * rhythm.perDevice * people);
  const explained = explainedHits(facts, viewers.now, rhythm);
  const excess = Math.max(0, window.hits - explained) + refused;
  const isLong = excess >= FLOOD_EXCESS_MIN && window.slots >= FLOOD_SLOTS_MIN;
  if (!isLong && excess < FLOOD_EXCESS_AT_ONCE) return undefined;
  const hits = window.hits + refused;
  return { rule: 'S1_flood', windowSeconds: 10, attackHits: excess, hits, explained };
}

/** A rule over the long window of a source without conforming viewers; the weight is a sixth of it. */
function lonely(
  rule: SuspectRule,
  isSo: (facts: SourceFacts, of: (n: number) => number, rhythm: Rhythm) => boolean,
): Rule {
  return (facts, viewers, rhythm) => {
    if (viewers.now > 0 || !isSo(facts, (n) => facts.long[n]!, rhythm)) return undefined;
    const hits = facts.long[N.hits]!;
    return { rule, windowSeconds: 60, attackHits: Math.ceil(hits / 6), hits, explained: 0 };
  };
}

/** At least as many of the stream's answers failed as were served: pages beside it do not make it sound. */
const isOurFault = (of: (n: number) => number) =>
  of(N.failed) >= Math.max(of(N.manifests), of(N.media));

/** In the order of docs/GUARD.md; the first that fits names the suspect. */
export const RULES: readonly Rule[] = [
  // Before the flood, because it knows that what the cache is passed by with is no viewer's.
  (facts, _viewers, rhythm) => cacheBusting(facts, rhythm),
  flood,
  lonely(
    'S2_manifest',
    (facts, of, rhythm) =>
      of(N.manifests) >= Math.max(20, waitedFor(facts, rhythm)) &&
      20 * (of(N.media) + of(N.missed)) <= of(N.manifests) &&
      !isOurFault(of),
  ),
  lonely(
    'S4_error_scan',
    (facts, of) => of(N.denied) >= 10 && 2 * of(N.denied) >= of(N.hits) && facts.urls >= 5,
  ),
  lonely(
    'S5_brute_force',
    (facts, of) => of(N.logins) >= 6 && 2 * of(N.logins) >= of(N.hits) && facts.urls <= 3,
  ),
  lonely('S6_probe', (_, of) => of(N.probes) >= 1),
  lonely('S7_non_player', (facts, of, rhythm) => {
    if (isOurFault(of)) return false;
    return (
      (of(N.media) >= Math.max(30, 24 * rhythm.perPlaylist) && of(N.manifests) === 0) ||
      (of(N.manifests) >= Math.max(30, waitedFor(facts, rhythm)) &&
        of(N.manifests) > 10 * (of(N.media) + of(N.missed)))
    );
  }),
  lonely('S8_tool', (_, of) => of(N.tools) >= 20),
  lonely('S9_fake_crawler', (_, of) => of(N.fakes) >= 3),
  slowScraper,
  asks,
];

/** What people ask for before they watch, at least: in the window, and in a minute. */
const ASKS = { window: 5, perAgent: 10, long: 20, longPerAgent: 20 } as const;
const ASKS_IN_WINDOW = ASKS.window + ASKS.perAgent;
/**
 * In the long window, where we fail: what people ask for who try again and again. Behind an address may be two more
 * than its agents say, as in a home with three devices of one make: they poll playlists that are served, and ask for
 * little else.
 */
const FAILING_ASKS = { long: 60, longPerAgent: 40, unnamed: 2 } as const;

function asks(facts: SourceFacts, viewers: ViewersBehind, rhythm: Rhythm): Judgement | undefined {
  const { long, longSeconds, window, agents } = facts;
  if (viewers.now > 0 || window.slots < FLOOD_SLOTS_MIN) return undefined;
  const inLong = long[N.asks]!;
  const isFailing = 5 * long[N.unserved]! >= long[N.hits]!;
  if (isFailing) {
    const onePolls = POLLS.long * rhythm.perPlaylist;
    const perPerson = Math.max(FAILING_ASKS.longPerAgent, onePolls);
    const polls = Math.max(0, 2 * long[N.manifests]! - inLong);
    const polled = polledBy(FAILING_ASKS.unnamed, polls, onePolls);
    const explained = FAILING_ASKS.long + perPerson * peopleOf(agents) + polled;
    return inLong < explained ? undefined : asked(60, inLong, explained);
  }
  const inWindow = explainedAsks(agents, window.manifests, 10, rhythm);
  if (window.asks >= inWindow) return asked(10, window.asks, inWindow);
  const inAll = explainedAsks(agents, long[N.manifests]!, longSeconds, rhythm);
  return inLong < inAll ? undefined : asked(longSeconds, inLong, inAll);
}

/** Asks of so many agents who have not watched yet, in 10 to 60 seconds. */
function explainedAsks(
  agents: number,
  manifests: number,
  seconds: number,
  { perPlaylist: often }: Rhythm,
): number {
  const people = agentsUpTo(agents);
  const some = within(seconds, Math.max(ASKS.window, 3 * often), Math.max(ASKS.long, 12 * often));
  const each = within(
    seconds,
    Math.max(ASKS.perAgent, 2 * often),
    Math.max(ASKS.longPerAgent, 12 * often),
  );
  const polls = within(seconds, POLLS.window * often, POLLS.long * often);
  return some + Math.max(each * people, polledBy(people, manifests, polls));
}

/** What is so much in the window and so much in a minute, in proportion between. */
function within(seconds: number, inWindow: number, inMinute: number): number {
  const share = Math.min(1, Math.max(0, (seconds - 10) / 50));
  return inWindow + share * (inMinute - inWindow);
}

function asked(windowSeconds: number, hits: number, explained: number): Judgement {
  const attackHits = Math.ceil((10 * hits) / windowSeconds);
  const rounded = Math.round(explained);
  return { rule: 'S12_asks', windowSeconds, attackHits, hits, explained: rounded };
}

const BUSTS_MIN = 15;
/** A page or a player of ours may poll with another query each time, once a second. */
const QUERIES_POLLED = { perSlot: 2, long: 60 } as const;
/** And so many more in the window are none of its. */
const BUSTS_IN_WINDOW = 5;
const URLS_TOLD_APART = 100;

/** Different queries for what others share: the cache is passed by. */
function cacheBusting(facts: SourceFacts, { perPlaylist }: Rhythm): Judgement | undefined {
  const { long, window, urls } = facts;
  const [odd, hits, media] = [long[N.odd]!, long[N.hits]!, long[N.media]!];
  const people = Math.max(1, agentsUpTo(facts.agents));
  const polled = QUERIES_POLLED.perSlot * window.slots * people;
  const isPoll =
    window.odd < Math.max(BUSTS_MIN, polled + BUSTS_IN_WINDOW) &&
    odd < QUERIES_POLLED.long * people + BUSTS_MIN;
  if (isPoll || 5 * media >= 2 * hits) return undefined;
  if (urls < 0.8 * Math.min(odd, URLS_TOLD_APART)) return undefined;
  const attackHits = Math.ceil(odd / 6);
  // Whoever watches beside it asks for what others ask for, at least one playlist in half a minute.
  const viewersMax = Math.floor((hits - odd) / (3 * perPlaylist));
  const evidence = { windowSeconds: 60, attackHits, hits, explained: hits - odd };
  return { rule: 'S3_cache_busting', ...evidence, viewersMax };
}

const SCRAPES_MIN = 60;
const SCRAPE_QUARTERS_MIN = 20;
const SCRAPE_SECONDS_MIN = 300;

/** Of one page that reloads by itself there are not so many. */
const SCRAPED_PATHS_MIN = 8;

function slowScraper(
  { total, pagePaths }: SourceFacts,
  viewers: ViewersBehind,
  { perPlaylist }: Rhythm,
): Judgement | undefined {
  if (viewers.recent > 0 || total.media + total.missed > 0) return undefined;
  const people = Math.max(1, total.agents);
  // Who waits for a late start polls its playlists, for as long as it takes.
  const waited = people * POLLS.window * perPlaylist * (total.seconds / 10);
  const polled = Math.round(Math.max(0, total.manifests - waited));
  const asked = polled + total.pages;
  if (polled < SCRAPES_MIN * people && pagePaths < SCRAPED_PATHS_MIN) return undefined;
  if (asked < SCRAPES_MIN * people || total.seconds < SCRAPE_SECONDS_MIN) return undefined;
  if (total.quarterMinutes < SCRAPE_QUARTERS_MIN || 5 * total.failed >= total.hits) {
    return undefined;
  }
  const attackHits = Math.max(1, Math.ceil((10 * asked) / total.seconds));
  return {
    rule: 'S10_slow_scraper',
    windowSeconds: total.seconds,
    attackHits,
    hits: total.hits,
    explained: 0,
  };
}

/** The first rule that fits. Who is mostly a verified crawler is none (G8_crawler). */
export function judgeSource(
  facts: SourceFacts,
  viewers: ViewersBehind,
  rhythm: Rhythm,
): Judgement | undefined {
  if (2 * facts.long[N.crawlers]! >= facts.long[N.hits]! && facts.long[N.crawlers]! > 0) {
    return undefined;
  }
  for (const rule of RULES) {
    const judgement = rule(facts, viewers, rhythm);
    if (judgement !== undefined) return judgement;
  }
  return undefined;
}

/** Below all of these no rule can fit: it is asked for every source that a fold touches. */
export function mayBeSuspect(of: {
  windowHits: number;
  longSeconds: number;
  refused: number;
  long: (n: number) => number;
  quarterMinutes: number;
}): boolean {
  return (
    of.windowHits >= ASKS_IN_WINDOW ||
    of.long(N.asks) >= within(of.longSeconds, ASKS_IN_WINDOW, ASKS.long + ASKS.longPerAgent) ||
    of.refused > 0 ||
    of.long(N.manifests) >= 20 ||
    of.long(N.media) >= 30 ||
    of.long(N.odd) >= BUSTS_MIN ||
    of.long(N.denied) >= 10 ||
    of.long(N.logins) >= 6 ||
    of.long(N.probes) >= 1 ||
    of.long(N.tools) >= 20 ||
    of.long(N.fakes) >= 3 ||
    of.quarterMinutes >= SCRAPE_QUARTERS_MIN
  );
}
