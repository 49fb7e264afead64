import type { Rhythm } from './rules';
import type { SourceFacts } from './source-windows';

const NEWCOMER_HITS = 20;
const NEWCOMER_HITS_PER_AGENT = 10;
const NEWCOMER_AGENTS_MAX = 8;
const ASSETS_PER_PAGE = 30;
const PAGES_PER_AGENT = 4;
const FAILED_HITS_PER_AGENT = 30;
const SHARERS_MAX = 64;

/** Of so many agents, people at most who meet our failure. */
export function peopleOf(agents: number): number {
  return agents * Math.min(SHARERS_MAX, agents);
}

/** G3_devices */
export function devicesOf(viewers: number): number {
  return viewers * Math.min(SHARERS_MAX, 4 + viewers);
}

/**
 * Who waits for a late start, or is on pause, polls two playlists at half their target duration: so many times what
 * one playlist is asked for in 10 seconds.
 */
export const POLLS = { window: 4, long: 24 } as const;

/** Agents that stand for somebody each: a bound on what one source gains by many names. */
export function agentsUpTo(agents: number): number {
  return Math.min(NEWCOMER_AGENTS_MAX, agents);
}

/** Of served manifests, those that so many agents poll. */
export function polledBy(agents: number, manifests: number, perAgent: number): number {
  return Math.min(manifests, agents * perAgent);
}

/** G5_newcomer */
function newcomersOf(
  { window, agents }: Pick<SourceFacts, 'window' | 'agents'>,
  { perPlaylist }: Rhythm,
): number {
  const people = agentsUpTo(agents);
  // With parts a player on pause polls more often than people arrive.
  const polled = polledBy(people, window.manifests, POLLS.window * perPlaylist);
  return NEWCOMER_HITS + Math.max(NEWCOMER_HITS_PER_AGENT * people, polled);
}

/**
 * G: how many hits of the window the viewers, newcomers (G5_newcomer), pages (G6_pages) and our own errors
 * (G7_our_failure) account for.
 */
export function explainedHits(
  { window, agents }: Pick<SourceFacts, 'window' | 'agents'>,
  viewers: number,
  rhythm: Rhythm,
): number {
  // Who waits fails at his rhythm: with parts that is more often than people try again.
  const perPerson = Math.max(FAILED_HITS_PER_AGENT, 6 * rhythm.perPlaylist);
  const retries = Math.min(3 * window.unserved, perPerson * peopleOf(agents));
  const assets = Math.min(
    window.hits - window.asks,
    Math.min(window.pages, PAGES_PER_AGENT * agents) * ASSETS_PER_PAGE,
  );
  const newcomers = newcomersOf({ window, agents }, rhythm);
  return Math.round(devicesOf(viewers) * rhythm.perDevice + newcomers + assets + retries);
}

/** Manifests in the long window that agents who wait poll, and a quarter more. */
export function waitedFor({ agents }: SourceFacts, { perPlaylist }: Rhythm): number {
  const people = Math.max(1, agentsUpTo(agents));
  return (POLLS.long * people + 6) * perPlaylist;
}
