/**
 * A live evening that knows its own truth: who really watched when, and what the edge logs of it.
 * Truth is what people did (their play intervals), never what the log says. Seeded.
 *
 * The model: most people arrive in the first minutes; some leave within 2 to 12 s, the others stay
 * log-normally long (median 12 min, sigma 0.9), all until the end at most. A player asks for its
 * playlists, three segments at once, then one each D seconds with a little jitter.
 */
import type { OracleLine } from '../reference/oracle';
import { AGENTS } from './agents';
import type { Prng } from './prng';
import type { TwinConfig } from './twin-config';

export interface CrowdOptions {
  readonly people: number;
  readonly segmentSeconds: 2 | 4 | 6;
  /** Share of people behind one carrier address with a common agent, without session ids. */
  readonly natShare?: number;
  /** Share of people whose address changes once. */
  readonly roamingShare?: number;
}

export interface CrowdTruth {
  /** People who play, at each second from `fromMs` on. */
  readonly concurrency: Uint16Array;
  /** The highest average of 10 s. */
  readonly peak: number;
  readonly averageMinuteAudience: number;
  readonly viewers: number;
  readonly view60: number;
  /** People who met errors and gave up. */
  readonly turnedAway: number;
  readonly readers: number;
}

export interface Crowd {
  readonly config: TwinConfig;
  readonly fromMs: number;
  readonly toMs: number;
  readonly lines: readonly OracleLine[];
  readonly truth: CrowdTruth;
}

const FROM_MS = Date.parse('2026-11-24T20:00:00Z');
const LENGTH_SECONDS = 40 * 60;
const TO_MS = FROM_MS + LENGTH_SECONDS * 1000;
/** Nobody comes for the last seconds: a segment of theirs would lie behind the event. */
const LAST_ARRIVAL_SECONDS = LENGTH_SECONDS - 15;
const RUSH_SHARE = 0.6;
const RUSH_SECONDS = 6 * 60;
const BOUNCE_SHARE = 0.3;
const PLAYERS = ['applecore', 'appletv', 'roku', 'chrome', 'firefox', 'safari', 'iphone', 'cubot'];

interface Play {
  readonly startMs: number;
  readonly endMs: number;
}

export function makeCrowd(prng: Prng, options: CrowdOptions): Crowd {
  const plays = Array.from({ length: options.people }, () => somePlay(prng));
  const lines = plays.flatMap((play, n) => playerLines(prng, options, play, n));
  const turnedAway = Math.round(options.people * 0.05);
  const readers = Math.round(options.people * 0.2);
  for (let n = 0; n < turnedAway; n += 1) lines.push(...turnedAwayLines(prng, n));
  for (let n = 0; n < readers; n += 1) lines.push(...readerLines(prng, n));
  lines.push(...machineLines(prng, options.segmentSeconds));
  return {
    config: {
      contents: [
        {
          id: 'live',
          kind: 'stream',
          paths: ['/live/**'],
          segmentSeconds: options.segmentSeconds,
          entry: ['/show'],
        },
        { id: 'article', kind: 'page', paths: ['/article/**'] },
      ],
      events: [
        {
          id: 'final',
          content: 'live',
          start: new Date(FROM_MS).toISOString(),
          end: new Date(TO_MS).toISOString(),
        },
      ],
    },
    fromMs: FROM_MS,
    toMs: TO_MS,
    lines,
    truth: { ...truthOf(plays), turnedAway, readers },
  };
}

function somePlay(prng: Prng): Play {
  const isRush = prng.bool(RUSH_SHARE);
  const arrival = prng.next() * (isRush ? RUSH_SECONDS : LAST_ARRIVAL_SECONDS);
  const seconds = prng.bool(BOUNCE_SHARE)
    ? 2 + 10 * prng.next()
    : 12 * 60 * Math.exp(0.9 * prng.normal());
  const startMs = FROM_MS + Math.round(arrival * 1000);
  return { startMs, endMs: Math.min(TO_MS, startMs + Math.round(seconds * 1000)) };
}

function truthOf(plays: readonly Play[]): Omit<CrowdTruth, 'turnedAway' | 'readers'> {
  const concurrency = new Uint16Array(LENGTH_SECONDS);
  for (const { startMs, endMs } of plays) {
    for (let second = 0; second < LENGTH_SECONDS; second += 1) {
      const middleMs = FROM_MS + second * 1000 + 500;
      if (startMs <= middleMs && middleMs < endMs) concurrency[second]! += 1;
    }
  }
  let peak = 0;
  for (let second = 0; second + 10 <= LENGTH_SECONDS; second += 1) {
    const sum = concurrency.subarray(second, second + 10).reduce((total, n) => total + n, 0);
    peak = Math.max(peak, sum / 10);
  }
  const playedMs = plays.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return {
    concurrency,
    peak,
    averageMinuteAudience: playedMs / 1000 / LENGTH_SECONDS,
    viewers: plays.length,
    view60: plays.filter(({ startMs, endMs }) => endMs - startMs >= 60_000).length,
  };
}

/** Person n has an address of its own, and a second one for when it roams. */
function addressOf(n: number, base = 0): string {
  return `198.${18 + base}.${n >> 8}.${n & 255}`;
}

function playerLines(prng: Prng, options: CrowdOptions, play: Play, n: number): OracleLine[] {
  const segmentMs = options.segmentSeconds * 1000;
  const isNat = prng.bool(options.natShare ?? 0);
  const agent = isNat ? 'applecore' : prng.pick(PLAYERS);
  const roamsAtMs = prng.bool(options.roamingShare ?? 0)
    ? play.startMs + prng.next() * (play.endMs - play.startMs)
    : Infinity;
  const isDemuxed = prng.bool(0.4);
  const lines: OracleLine[] = [];
  const add = (tMs: number, path: string, more: Partial<OracleLine> = {}) => {
    const own = tMs < roamsAtMs ? addressOf(n) : addressOf(n, 1);
    const ip = isNat ? '100.64.0.1' : own;
    lines.push(lineOf(agent, { tMs: Math.round(tMs), ip, path, ...more }));
  };
  const media = (tMs: number, at: number, rendition = 'v720') => {
    add(tMs, `/live/${rendition}/${at}.m4s`);
    if (isDemuxed) add(tMs + 5, `/live/audio/${at}.m4s`);
  };
  if (prng.bool(0.5)) add(play.startMs - 1500, '/show');
  if (prng.bool(0.02)) add(play.startMs - 800, '/live/main.m3u8', { status: '503' });
  add(play.startMs - 300, '/live/main.m3u8');
  add(play.startMs - 200, '/live/v720.m3u8');
  if (isDemuxed) add(play.startMs - 200, '/live/audio.m3u8');
  const first = Math.floor((play.startMs - FROM_MS) / segmentMs);
  for (let at = 0; at < 3; at += 1) media(play.startMs + at * 40, first + at);
  for (let at = 1; play.startMs + at * segmentMs < play.endMs; at += 1) {
    const jitterMs = prng.normal() * 0.03 * segmentMs;
    const tMs = play.startMs + at * segmentMs + jitterMs;
    add(tMs - 60, '/live/v720.m3u8', prng.bool(0.1) ? { status: '304' } : {});
    media(tMs, first + 2 + at);
    if (prng.bool(0.05)) media(tMs + 300, first + 2 + at, 'v1080');
  }
  return lines;
}

/** Reload four times within a quarter of a minute, then give up. */
function turnedAwayLines(prng: Prng, n: number): OracleLine[] {
  const status = prng.pick(['503', '404', '000', '503']);
  const atMs = FROM_MS + prng.int(LENGTH_SECONDS * 1000);
  return Array.from({ length: 4 }, (_, at) =>
    lineOf('chrome', {
      tMs: atMs + at * 5000,
      ip: `10.1.${n >> 8}.${n & 255}`,
      path: '/live/main.m3u8',
      status,
    }),
  );
}

/** One visit, here and there with a double click. */
function readerLines(prng: Prng, n: number): OracleLine[] {
  const who = { ip: `10.2.${n >> 8}.${n & 255}`, path: '/article/one', contentType: 'text/html' };
  const tMs = FROM_MS + prng.int(LENGTH_SECONDS * 1000);
  const asset = { ...who, path: '/article/logo.png', contentType: 'image/png' };
  return [
    lineOf('firefox', { ...who, tMs }),
    lineOf('firefox', { ...asset, tMs: tMs + 100 }),
    ...(prng.bool(0.3) ? [lineOf('firefox', { ...who, tMs: tMs + prng.int(30_000) })] : []),
  ];
}

/** Bots, a ripper, sources that we block, probes: none of them is a person. */
function machineLines(prng: Prng, segmentSeconds: number): OracleLine[] {
  const lines: OracleLine[] = [];
  for (let second = 0; second < LENGTH_SECONDS; second += segmentSeconds) {
    const tMs = FROM_MS + second * 1000;
    const path = `/live/v720/${second}.m4s`;
    lines.push(lineOf('python', { tMs, ip: '192.0.2.1', path: '/live/main.m3u8' }));
    lines.push(lineOf('python', { tMs: tMs + 100, ip: '192.0.2.1', path }));
    lines.push(lineOf('curl', { tMs, ip: '192.0.2.2', path, method: 'HEAD' }));
    for (let n = 0; n < 5; n += 1) {
      const ip = `192.0.2.${100 + n}`;
      lines.push(lineOf('curl', { tMs: tMs + prng.int(2000), ip, path, status: '409' }));
    }
    if (prng.bool(0.1)) lines.push(lineOf('mj12bot', { tMs, ip: '192.0.2.3', path: '/article/a' }));
  }
  return lines;
}

function lineOf(
  agentName: string,
  line: Partial<OracleLine> & Pick<OracleLine, 'tMs' | 'ip' | 'path'>,
): OracleLine {
  const agent = AGENTS[agentName]!;
  return {
    status: '200',
    method: 'GET',
    host: 'live.example.org',
    userAgent: agent.text,
    class: agent.classOf(line.ip),
    country: 'DE',
    device: agent.device,
    edge: 'FRA56-P1',
    ...line,
  };
}
