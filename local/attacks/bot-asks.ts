/** What bots ask for. Each writes one request as it would be answered if nobody refused it. */
import type { Chance } from '../crowd/chance';
import { type Ask, HLS, HTML, LIVE_HOST, PAGE_HOST, setAnswer, setAsk } from './edge-text';

const SEGMENT_MS = 6000;
const PAGES = ['/', '/final', '/teams/blue.html', '/teams/red.html', '/news/preview.html'] as const;
const PLAYLISTS = ['240p', '480p', '720p', '1080p'].map((name) => `/live/final/${name}/index.m3u8`);
const MASTER = '/live/final/main.m3u8';

const token = (chance: Chance) => chance.int(2 ** 31).toString(36);

export type BotAsk = (
  ask: Ask,
  chance: Chance,
  at: { readonly bot: number; readonly turn: number; readonly atMs: number },
) => void;

/** Pages without their assets, playlists without segments, and paths that are not there. */
export const askMixture: BotAsk = (ask, chance, at) => {
  const p = chance.next();
  if (p < 0.55) askPage(ask, chance, at);
  else if (p < 0.85) askManifest(ask, chance, at);
  else askNowhere(ask, chance, at);
};

export const askPage: BotAsk = (ask, chance) => {
  setAsk(ask, PAGE_HOST, chance.pick(PAGES), HTML);
  if (chance.bool(0.3)) ask.detail = 'Miss';
};

export const askManifest: BotAsk = (ask, chance) => {
  setAsk(ask, LIVE_HOST, chance.bool(0.2) ? MASTER : chance.pick(PLAYLISTS), HLS);
};

const askNowhere: BotAsk = (ask, chance) => {
  setAsk(ask, PAGE_HOST, `/${token(chance)}`, HTML);
  setAnswer(ask, '404', 'Error', 'text/html');
};

/** Pages that an origin has to make: a search each time for something else, or an article. */
export const askDear: BotAsk = (ask, chance) => {
  if (chance.bool(0.6)) {
    setAsk(ask, PAGE_HOST, '/search', HTML);
    ask.query = `q=${token(chance)}`;
  } else setAsk(ask, PAGE_HOST, chance.pick(PAGES), HTML);
  ask.detail = 'Miss';
};

/** Each time another query, so that no cache helps: on a page, a playlist or the newest segment. */
export const askBusting: BotAsk = (ask, chance, { atMs }) => {
  const p = chance.next();
  if (p < 0.5) setAsk(ask, PAGE_HOST, '/final', HTML);
  else if (p < 0.8) setAsk(ask, LIVE_HOST, MASTER, HLS);
  else setAsk(ask, LIVE_HOST, segmentPath('720p', atMs), 'video/mp2t');
  ask.query = `${chance.pick(['r', '_', 'cb', 'v'])}=${token(chance)}`;
  ask.detail = 'Miss';
};

/** One page of many or a playlist, walked through: what a reader asks for, without what belongs to it. */
export const askScrape: BotAsk = (ask, chance, { turn }) => {
  if (turn % 5 === 4) setAsk(ask, LIVE_HOST, MASTER, HLS);
  else setAsk(ask, PAGE_HOST, `/archive/${1 + ((turn * 7) % 5000)}.html`, HTML);
  if (chance.bool(0.7)) ask.detail = 'Miss';
};

/** Playlist and newest segment in turn, as a television does, only too often. */
export const askTooFast: BotAsk = (ask, chance, { bot, turn, atMs }) => {
  const name = bot % 2 === 0 ? '720p' : '1080p';
  if (turn === 0) setAsk(ask, LIVE_HOST, MASTER, HLS);
  else if (turn % 2 === 1) setAsk(ask, LIVE_HOST, `/live/final/${name}/index.m3u8`, HLS);
  else setAsk(ask, LIVE_HOST, segmentPath(name, atMs), 'video/mp2t');
  if (chance.bool(0.1)) ask.detail = 'Miss';
};

/** Playlist and segment in turn and in time, but of a segment only two bytes, or it is broken off. */
export const askHollow: BotAsk = (ask, chance, { bot, turn, atMs }) => {
  askTooFast(ask, chance, { bot, turn, atMs });
  if (turn === 0 || turn % 2 === 1) return;
  if (chance.bool(0.6)) {
    setAnswer(ask, '206', 'Hit', 'video/mp2t');
    ask.range = '0-1';
  } else setAnswer(ask, '200', 'ClientCommError', 'video/mp2t');
};

function segmentPath(name: string, atMs: number): string {
  return `/live/final/${name}/seg_${Math.floor(atMs / SEGMENT_MS)}.ts`;
}
