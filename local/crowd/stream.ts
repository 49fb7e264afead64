/** The live stream as it lies at the origin: playlists, and a new segment each six seconds. */
import type { Wanted } from './act';

export const SEGMENT_MS = 6000;
/** Longer than the content's segment by a few frames: a client's word that counts for no more. */
const LONG_SEGMENT_MS = 6006;
const SHORT_SEGMENT_MS = 4000;

const RENDITIONS = ['240p', '480p', '720p', '1080p'] as const;
const HLS = 'application/vnd.apple.mpegurl';

const wanted = (
  object: Wanted['object'],
  path: string,
  contentType: string,
  objectType: Wanted['objectType'],
  lengthMs = 0,
): Wanted => ({ content: 'live', object, path, contentType, objectType, lengthMs });

/** What an app calls before it plays. */
export const JOIN = wanted('entry', '/join/final', 'application/json', 'o');
export const MASTER = wanted('manifest', '/live/final/main.m3u8', HLS, 'm');
export const AUDIO_PLAYLIST = wanted('manifest', '/live/final/audio/index.m3u8', HLS, 'm');
/** By rendition, as the next. */
export const PLAYLISTS = RENDITIONS.map((name) =>
  wanted('manifest', `/live/final/${name}/index.m3u8`, HLS, 'm'),
);
export const INITS = RENDITIONS.map((name) =>
  wanted('init', `/live/final/${name}/init.mp4`, 'video/mp4', 'i'),
);

type Sort = 'ts' | 'cmaf' | 'audio' | 'subtitles';

/** Makes segment n of a rendition. */
const MAKERS: Readonly<Record<Sort, (n: number, name: string) => Wanted>> = {
  ts: (n, name) =>
    wanted('media', `/live/final/${name}/seg_${n}.ts`, 'video/mp2t', 'av', lengthOf(n)),
  cmaf: (n, name) =>
    wanted('media', `/live/final/${name}/seg_${n}.m4s`, 'video/mp4', 'v', lengthOf(n)),
  audio: (n) => wanted('media', `/live/final/audio/seg_${n}.m4s`, 'audio/mp4', 'a', lengthOf(n)),
  subtitles: (n) => wanted('asset', `/live/final/subtitles/seg_${n}.vtt`, 'text/vtt', 'o'),
};

/** Everybody asks for the newest segments, so few are in use at a time. */
const KEPT = 64;

interface Kept {
  readonly segment: number;
  readonly wanted: Wanted;
}

const makeShelf = () => RENDITIONS.map(() => new Array<Kept | undefined>(KEPT).fill(undefined));
const SHELVES = { ts: makeShelf(), cmaf: makeShelf(), audio: makeShelf(), subtitles: makeShelf() };

/** Segments are numbered by the clock, in units of their length. */
export function segmentOf(sort: Sort, rendition: number, segment: number): Wanted {
  const shelf = SHELVES[sort][rendition]!;
  const kept = shelf[segment % KEPT];
  if (kept?.segment === segment) return kept.wanted;
  const made = MAKERS[sort](segment, RENDITIONS[rendition]!);
  shelf[segment % KEPT] = { segment, wanted: made };
  return made;
}

function lengthOf(segment: number): number {
  if (segment % 25 === 24) return SHORT_SEGMENT_MS;
  return segment % 7 === 0 ? LONG_SEGMENT_MS : SEGMENT_MS;
}
