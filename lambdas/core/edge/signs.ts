import { isPlainQuery } from './plain-query';
import { findProbe } from './probes';
import type { PieceCache, Scanner } from './scanner';
import { SPAN, type Spans, bytesText, spanIs } from './spans';
import { fnv1a } from './values';

/**
 * What the guard looks at beside the hit (docs/GUARD.md, S3 to S6). It is read apart from it, because
 * counting needs none of it.
 */
export interface Signs {
  /** answered 401 or 403, or written to a path where people log in */
  readonly isLogin: boolean;
  /** a query that is more than CMCD and, on playlists, the delivery directives of LL-HLS */
  readonly hasQuery: boolean;
  readonly isProbe: boolean;
  /** 0 to 63: of a hash of path and query */
  readonly url: number;
  /** 0 to 31: of a hash of the path alone */
  readonly path: number;
}

/** Paths that are kept at hand, for the scanner's caches. */
export const SIGNS_CACHE = { keysMax: 32_768, room: 3_145_728 } as const;

interface PathSigns {
  readonly isProbe: boolean;
  readonly isDoor: boolean;
  readonly isPlaylist: boolean;
  readonly hash: number;
}

/** Where people log in. Other writes, such as the beacons of players, are ordinary. */
const DOOR =
  /log-?(?:in|on)\b|sign-?in|\/auth(?:\b|enticat|oriz)|\/sessions?\/?$|wp-login|xmlrpc|\/admin|j_security_check|\/token|password/i;

const QUESTION = 0x3f;
const AMPERSAND = 0x26;
const DASH = 0x2d;
const CMCD = [...'CMCD='].map((c) => c.charCodeAt(0));
/** A playlist that is asked for before it is there has another query each time (RFC 8216bis, 6.2.5). */
const HLS = [...'_HLS_'].map((c) => c.charCodeAt(0));
const QUERY_BYTES_MAX = 1_024;

/** Makes the reader of the signs of the line whose hit was read last. The object is written over. */
export function makeSignReader(scanner: Scanner, spans: Spans): () => Signs {
  const { bytes, at } = spans;
  const paths: PieceCache<PathSigns> = scanner.makeCache<PathSigns>();
  const signs = { isLogin: false, hasQuery: false, isProbe: false, url: 0, path: 0 };
  let [start, end] = [0, 0];
  const makePath = (): PathSigns => {
    const text = bytesText(bytes, start, end);
    const isDoor = DOOR.test(text.slice(0, QUERY_BYTES_MAX));
    return {
      isProbe: findProbe(text) !== undefined,
      isDoor,
      isPlaylist: text.endsWith('.m3u8'),
      hash: fnv1a(bytes, start, end),
    };
  };
  return () => {
    start = Math.max(at[2 * SPAN.path]!, 0);
    const pathEnd = scanner.headPathEnd;
    end = pathEnd < start ? start : pathEnd;
    const path = paths.get(start, end, 0, 0, makePath);
    const status = scanner.headStatus;
    signs.isLogin =
      status === 401 ||
      status === 403 ||
      (path.isDoor && at[2 * SPAN.method]! >= 0 && !isReading(spans));
    let { hash, isProbe } = path;
    signs.path = (hash ^ (hash >>> 15)) & 31;
    const [from, to] = querySpan(spans, end);
    signs.hasQuery = to > from && !isOfPlayer(bytes, { from, to }, path.isPlaylist);
    if (signs.hasQuery) {
      const cut = Math.min(to, from + QUERY_BYTES_MAX);
      hash ^= fnv1a(bytes, from, cut);
      const query = bytesText(bytes, from, cut);
      isProbe ||= !isPlainQuery(query) && findProbe(`?${query}`) !== undefined;
    }
    signs.isProbe = isProbe;
    signs.url = (hash ^ (hash >>> 15)) & 63;
    return signs;
  };
}

function isReading(spans: Spans): boolean {
  return READING.some((name) => spanIs(spans, SPAN.method, name));
}

const READING = ['GET', 'HEAD', 'OPTIONS'] as const;

/** The query of its own field, or what stands behind the path. */
function querySpan({ bytes, at }: Spans, pathEnd: number): readonly [number, number] {
  const own = at[2 * SPAN.query]!;
  const ownEnd = at[2 * SPAN.query + 1]!;
  if (own >= 0 && !(ownEnd - own === 1 && bytes[own] === DASH)) return [own, ownEnd];
  const stemEnd = at[2 * SPAN.path + 1]!;
  return bytes[pathEnd] === QUESTION && stemEnd > pathEnd + 1 ? [pathEnd + 1, stemEnd] : [0, 0];
}

function isOfPlayer(
  bytes: Uint8Array,
  { from, to }: { from: number; to: number },
  isPlaylist: boolean,
): boolean {
  const begins = (at: number, word: readonly number[]) => {
    for (let n = 0; n < word.length; n += 1) if (bytes[at + n] !== word[n]) return false;
    return true;
  };
  for (let at = from; at < to; at += 1) {
    if (!begins(at, CMCD) && !(isPlaylist && begins(at, HLS))) return false;
    while (at < to && bytes[at] !== AMPERSAND) at += 1;
  }
  return true;
}
