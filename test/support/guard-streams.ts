/** Small streams of requests by time, and what the guard says of them in a recount. */
import type { Suspect } from '../../lambdas/core/guard/suspect';
import { Recount } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import type { OracleLine } from '../reference/oracle-line';
import { AGENTS } from './agents';
import { renderRealtime } from './edge-lines';

export const START_MS = Date.parse('2026-11-24T20:00:00Z');

/** HLS of 6 s and of 2 s, LL-HLS, DASH, and pages. */
export const STREAMS = {
  guard: { blockPrivate: true },
  contents: [
    { id: 'live', kind: 'stream', paths: ['/live/**'], segmentSeconds: 6 },
    { id: 'page', kind: 'page', paths: ['/page/**'] },
  ],
};

export const LOW_LATENCY = {
  ...STREAMS,
  contents: [
    {
      ...{ id: 'live', kind: 'stream', paths: ['/live/**'], segmentSeconds: 4 },
      parts: { paths: ['/live/**/part*'], seconds: 0.33 },
    },
  ],
};

export interface Request {
  /** since START_MS */
  readonly second: number;
  readonly path: string;
  readonly ip?: string;
  readonly status?: string;
  readonly method?: string;
  readonly query?: string;
  readonly agent?: string;
  readonly asn?: string;
}

export const CHROME = AGENTS['chrome']!.text;

/** A browser by number: so many different ones that are all browsers. */
export const browser = (n: number) =>
  CHROME.replace('130.0.0.0', `${90 + (n % 50)}.0.${1_000 + n}.0`);

export function lineOf(request: Request, startMs = START_MS): OracleLine {
  const { second, path, ip = '198.18.0.1', agent = CHROME, asn, query } = request;
  return {
    ...{ tMs: Math.round(startMs + second * 1_000), ip, path, host: 'a.example.org' },
    ...{ status: request.status ?? '200', method: request.method ?? 'GET', userAgent: agent },
    ...{ class: 'browser', country: 'DE', device: 'desktop', edge: 'FRA56-P1' },
    ...(asn !== undefined && { asn }),
    ...(query !== undefined && { query }),
  };
}

export interface Judging {
  readonly config?: object;
  readonly startMs?: number;
}

/** The requests, by time, through a recount with its guard. */
export function judgeStream(requests: readonly Request[], judging: Judging = {}) {
  return judgeAsGiven(
    [...requests].sort((a, b) => a.second - b.second),
    judging,
  );
}

/** In the order in which they are given. */
export function judgeAsGiven(requests: readonly Request[], { config, startMs }: Judging = {}) {
  const settings = parseConfig(config ?? STREAMS);
  const { realtimeFields } = settings;
  const recount = new Recount({ settings, key: new Uint8Array(16), guard: true });
  recount.begin({ kind: 'columns', fields: realtimeFields, delimiter: 9 });
  const rows = requests.map(
    (it) => `${renderRealtime(lineOf(it, startMs), 'id', realtimeFields)}\n`,
  );
  recount.feed(new TextEncoder().encode(rows.join('')));
  recount.end();
  const blocks = recount.guard!.finish();
  return { recount, blocks, suspects: recount.guard!.suspects };
}

/** Who is suspected, and why. */
export function rulesOf(suspects: ReadonlyMap<string, Suspect>): Record<string, string> {
  return Object.fromEntries([...suspects].map(([cidr, { rule }]) => [cidr, rule]));
}

export const every = <Item>(
  { from = 0, to, step }: { from?: number; to: number; step: number },
  make: (second: number, n: number) => readonly Item[],
): Item[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, n) => make(from + n * step, n)).flat();

export interface PlayerOptions extends Pick<Request, 'ip' | 'agent' | 'asn'> {
  readonly from?: number;
  readonly to: number;
  /** of a segment, seconds. @default 6 */
  readonly length?: number;
}

/** An HLS player with audio apart: two playlists and two segments each time. */
export function hlsPlayer({ from = 0, to, length = 6, ...own }: PlayerOptions): Request[] {
  return [
    { second: from, path: '/live/main.m3u8', ...own },
    ...every({ from: from + 0.3, to, step: length }, (second, n) =>
      ['v720', 'audio'].flatMap((track) => [
        { second, path: `/live/${track}.m3u8`, ...own },
        { second: second + 0.2, path: `/live/${track}/${n}.m4s`, ...own },
      ]),
    ),
  ];
}
