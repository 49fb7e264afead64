/**
 * The plain twin of `turnout recount`: what one would write first. Lines are strings, cut by
 * `split('\t')`; state is a Map of objects. It counts a subset: hits by outcome, and for each stream
 * attempts, starts, viewers, view2 to view120, watch seconds and peak, all verified, by
 * docs/VIEW_DEFINITION.md. It stands beside Turnout as the price of the plain way, so it takes what
 * it can get: lines in the order of time, one broadcast day, the agents and networks of
 * bench/edge-log.ts. It imports nothing of what it is compared with.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export interface StreamFigures {
  attempts: number;
  starts: number;
  viewers: number;
  views: Record<string, number>;
  watchSeconds: number;
  peakConcurrency: number;
}

export interface PlainAnswer {
  readonly lines: number;
  readonly outcomes: Record<string, number>;
  readonly streams: Record<string, StreamFigures>;
}

interface Session {
  lastMs: number;
  hasAsked: boolean;
  hasStarted: boolean;
  isAnswered: boolean;
}

interface Viewer {
  readonly content: string;
  isInvalid: boolean;
  hasAsked: boolean;
  readonly sessions: Session[];
  /** [first, last] slot */
  readonly runs: [number, number][];
}

const SILENCE_MS = 30 * 60_000;
const SEGMENT_MS = 6_000;
const HOLE_SLOTS = 3;
const VERIFIED_SLOTS = 5;
const SESSION_IDS = 1_024;
const VIEWS = [2, 30, 60, 120];

const INVALID_AGENT =
  /Googlebot|bingbot|AhrefsBot|SemrushBot|HeadlessChrome|^curl|^python|^Go-http/;
const DATACENTRE_ASNS = new Set(['16509', '14061', '24940']);

/** The columns of LOG_FIELDS, in the order in which they stand. */
export async function plainRecount(path: string): Promise<PlainAnswer> {
  const outcomes: Record<string, number> = {};
  const viewers = new Map<string, Viewer>();
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    lines += 1;
    const fields = line.split('\t');
    const [time, ip, status, method, host, stem, , agent, , , rangeStart, rangeEnd, detail] =
      fields as string[];
    const [asn, duration, type, sessionId] = fields.slice(14) as [string, string, string, string];
    const outcome = outcomeOf(status!, detail!);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;

    const asked = stem!.split('?')[0]!;
    const object = objectOf(asked, type);
    if (method !== 'GET' || object === undefined) continue;
    const isDelivered =
      object === 'media' &&
      outcome === 'served' &&
      (status === '200' || (status === '206' && Number(rangeEnd) - Number(rangeStart) >= 2));
    const tMs = Math.round(Number(time) * 1_000);

    const content = `${host}/${asked.split('/')[1]}`;
    const key = `${content} ${networkOf(ip!)} ${agent} ${sessionNumber(sessionId)}`;
    let viewer = viewers.get(key);
    if (viewer === undefined) {
      viewer = { content, isInvalid: false, hasAsked: false, sessions: [], runs: [] };
      viewers.set(key, viewer);
    }
    if (INVALID_AGENT.test(agent!) || DATACENTRE_ASNS.has(asn)) viewer.isInvalid = true;
    if (object === 'manifest') viewer.hasAsked = true;
    joinSession(viewer, tMs, {
      isManifest: object === 'manifest',
      isDelivered,
      isAnswered: outcome !== 'refusedByUs',
    });
    if (isDelivered) joinRun(viewer, tMs, durationOf(duration));
  }
  return { lines, outcomes, streams: figuresOf(viewers.values()) };
}

/** H2_outcome */
function outcomeOf(status: string, detail: string): string {
  if (status === '409') return 'refusedByUs';
  if (status === '000' || status === '499') return 'hungUp';
  if (detail === 'ClientHungUpRequest' || detail === 'ClientCommError') return 'hungUp';
  if (status.startsWith('2') || status === '304') return 'served';
  if (status.startsWith('4')) return '4xx';
  return status.startsWith('5') ? '5xx' : 'other';
}

/** H3_object of a stream; undefined for what touches no viewer, pages included */
function objectOf(path: string, type: string): 'manifest' | 'media' | 'init' | undefined {
  const isManifest = path.endsWith('.m3u8');
  if (!isManifest && !/\.(ts|m4s|mp4)$/.test(path)) return undefined;
  if (type === 'm') return 'manifest';
  if (type === 'i') return 'init';
  if (type === 'a' || type === 'v' || type === 'av') return 'media';
  if (isManifest) return 'manifest';
  return path.endsWith('/init.mp4') ? 'init' : 'media';
}

/** I1_viewer: IPv6 by its /64. Addresses of the log are written in full. */
function networkOf(ip: string): string {
  return ip.includes(':') ? ip.split(':').slice(0, 4).join(':') : ip;
}

/** I2_session_id: FNV-1a of the id, mod 1024 */
function sessionNumber(id: string): number {
  if (id.length < 8 || id.length > 64) return -1;
  let hash = 0x811c9dc5;
  for (let n = 0; n < id.length; n += 1) hash = Math.imul(hash ^ id.charCodeAt(n), 0x01000193);
  return (hash >>> 0) % SESSION_IDS;
}

function durationOf(text: string): number {
  const ms = Number(text);
  return ms > 0 && ms <= SEGMENT_MS ? ms : SEGMENT_MS;
}

interface SessionHit {
  readonly isManifest: boolean;
  readonly isDelivered: boolean;
  readonly isAnswered: boolean;
}

/** S1_silence, for lines in the order of time */
function joinSession({ sessions }: Viewer, tMs: number, hit: SessionHit): void {
  let session = sessions.at(-1);
  if (session === undefined || tMs - session.lastMs > SILENCE_MS) {
    session = { lastMs: tMs, hasAsked: false, hasStarted: false, isAnswered: false };
    sessions.push(session);
  }
  if (tMs < session.lastMs) throw new Error(`lines must be in the order of time, got ${tMs}`);
  session.lastMs = tMs;
  if (hit.isManifest) session.hasAsked = true;
  if (hit.isDelivered) session.hasStarted = true;
  if (hit.isAnswered) session.isAnswered = true;
}

/** P1_media_proves, P2_union, P3_hole, for lines in the order of time */
function joinRun({ runs }: Viewer, tMs: number, durationMs: number): void {
  const first = Math.round(tMs / 2_000);
  const last = Math.round((tMs + durationMs) / 2_000) - 1;
  const run = runs.at(-1);
  if (run !== undefined && first - run[1] - 1 <= HOLE_SLOTS) run[1] = Math.max(run[1], last);
  else runs.push([first, last]);
}

function figuresOf(viewers: Iterable<Viewer>): Record<string, StreamFigures> {
  const streams: Record<string, StreamFigures> = {};
  const steps: Record<string, Map<number, number>> = {};
  for (const { content, isInvalid, hasAsked, sessions, runs } of viewers) {
    streams[content] ??= {
      attempts: 0,
      starts: 0,
      viewers: 0,
      views: Object.fromEntries(VIEWS.map((seconds) => [`view${seconds}`, 0])),
      watchSeconds: 0,
      peakConcurrency: 0,
    };
    const step = (steps[content] ??= new Map<number, number>());
    const slots = runs.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    if (isInvalid || !hasAsked || slots < VERIFIED_SLOTS) continue; // G2, G3, G5
    const figures = streams[content];
    for (const session of sessions) {
      if (!session.isAnswered) continue; // G1
      if (session.hasAsked) figures.attempts += 1;
      if (session.hasStarted) figures.starts += 1;
    }
    figures.viewers += 1;
    figures.watchSeconds += 2 * slots;
    for (const seconds of VIEWS) {
      if (slots * 2 >= seconds) figures.views[`view${seconds}`]! += 1;
    }
    for (const [first, last] of runs) {
      step.set(first, (step.get(first) ?? 0) + 1);
      step.set(last + 1, (step.get(last + 1) ?? 0) - 1);
    }
  }
  for (const [content, figures] of Object.entries(streams)) {
    figures.peakConcurrency = peakOf(steps[content]!);
  }
  return streams;
}

/** A4_peak: the highest average of 5 slots */
function peakOf(steps: ReadonlyMap<number, number>): number {
  const slots = [...steps.keys()];
  const from = slots.reduce((a, b) => Math.min(a, b), Infinity);
  const to = slots.reduce((a, b) => Math.max(a, b), -Infinity);
  const counts: number[] = [];
  let count = 0;
  for (let slot = from; slot <= to; slot += 1) counts.push((count += steps.get(slot) ?? 0));
  let peak = 0;
  for (let n = 4; n < counts.length; n += 1) {
    const sum = counts.slice(n - 4, n + 1).reduce((a, b) => a + b, 0);
    peak = Math.max(peak, sum / 5);
  }
  return Math.round(peak * 100) / 100;
}
