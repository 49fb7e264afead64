/**
 * Lines of an event, second by second, as the road gets them. Knows nothing of the code that is
 * measured.
 */
import {
  type Chance,
  type EdgeRequest,
  HLS,
  SEGMENT_MS,
  START_MS,
  STREAM_HOST,
  emptyRequest,
  escapeAgent,
  makeChance,
  makeRequests,
  pickAddress,
} from './edge-log';
import { EDGES, PEOPLE_ASNS, PLAYER_AGENTS, RENDITIONS, SEGMENT_BYTES } from './edge-log-data';
import { renderRealtime } from './edge-log-files';

/** The lines of a second, without line ends. */
export type Rows = readonly string[];

export interface SteadyOptions {
  readonly seed: number;
  readonly viewers: number;
  readonly contents: number;
  readonly seconds: number;
  /** who is among the viewers, by address; others are passed over */
  readonly isPlayed?: (ip: string) => boolean;
}

const SECONDS_PER_SEGMENT = SEGMENT_MS / 1_000;
/** A manifest comes so long before its segment. */
const MANIFEST_LEAD_MS = 80;
/** Of addresses, so many are tried for each viewer that is wanted. */
const TRIES_PER_VIEWER_MAX = 10_000;

interface SteadyViewer {
  readonly ip: string;
  readonly agent: string;
  readonly country: string;
  readonly edge: string;
  readonly asn: number;
  readonly content: number;
  readonly rendition: number;
  /** within SEGMENT_MS */
  readonly phaseMs: number;
}

/** All watch on, and each asks for a manifest and a segment each 6 s: what docs/ROAD.md reckons with. */
export function* steadySeconds(options: SteadyOptions): Generator<Rows> {
  const chance = makeChance(options.seed);
  const bySecond = Array.from({ length: SECONDS_PER_SEGMENT }, (): SteadyViewer[] => []);
  for (let n = 0; n < options.viewers; n += 1) {
    const viewer = newViewer(chance, options);
    bySecond[Math.floor(viewer.phaseMs / 1_000)]!.push(viewer);
  }
  const request = emptyRequest();
  for (const viewers of bySecond) viewers.sort((a, b) => a.phaseMs - b.phaseMs);
  for (let second = 0; second < options.seconds; second += 1) {
    const round = Math.floor(second / SECONDS_PER_SEGMENT);
    const rows: string[] = [];
    for (const viewer of bySecond[second % SECONDS_PER_SEGMENT]!) {
      fillManifest(request, viewer, START_MS + round * SEGMENT_MS + viewer.phaseMs);
      rows.push(renderRealtime(request, 0));
      fillSegment(request, viewer, 1_000 + round);
      rows.push(renderRealtime(request, 0));
    }
    yield rows;
  }
}

function newViewer(chance: Chance, { contents, isPlayed }: SteadyOptions): SteadyViewer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
  const [edge, country] = pick(EDGES);
  let ip = pickAddress(chance);
  for (let tries = 1; isPlayed !== undefined && !isPlayed(ip); tries += 1) {
    if (tries === TRIES_PER_VIEWER_MAX) throw new Error(`no address of ${tries} is played`);
    ip = pickAddress(chance);
  }
  return {
    ip,
    agent: escapeAgent(pick(PLAYER_AGENTS)),
    country,
    edge,
    asn: pick(PEOPLE_ASNS),
    content: Math.floor(chance() * contents),
    rendition: Math.floor(chance() * RENDITIONS.length),
    phaseMs: Math.floor(chance() * (SEGMENT_MS - MANIFEST_LEAD_MS)),
  };
}

function fillManifest(request: EdgeRequest, viewer: SteadyViewer, tMs: number): void {
  const { ip, agent, country, edge, asn, content, rendition } = viewer;
  Object.assign(request, { tMs, ip, agent, country, edge, asn, method: 'GET', host: STREAM_HOST });
  request.path = `/channel${content}/${RENDITIONS[rendition]!}/index.m3u8`;
  request.contentType = HLS;
  request.bytes = 1_100;
  request.status = '200';
  request.detail = 'Hit';
  request.query = request.rangeStart = request.rangeEnd = '-';
  request.objectDuration = request.objectType = request.sessionId = '-';
}

function fillSegment(request: EdgeRequest, viewer: SteadyViewer, segment: number): void {
  request.tMs += MANIFEST_LEAD_MS;
  request.path = `/channel${viewer.content}/${RENDITIONS[viewer.rendition]!}/seg_${segment}.ts`;
  request.contentType = 'video/mp2t';
  request.bytes = SEGMENT_BYTES[viewer.rendition]!;
}

/** The event of bench/edge-log.ts: viewers come and go, two streams, pages, bots, errors. */
export function* eveningSeconds(options: {
  readonly seed: number;
  readonly viewers: number;
  readonly seconds: number;
}): Generator<Rows> {
  let rows: string[] = [];
  let second = 0;
  for (const request of makeRequests({ ...options, lines: Infinity })) {
    while (request.tMs >= START_MS + (second + 1) * 1_000) {
      yield rows;
      rows = [];
      second += 1;
      if (second === options.seconds) return;
    }
    rows.push(renderRealtime(request, 0));
  }
}
