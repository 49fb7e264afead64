/**
 * A seeded edge log of a live event, so that a benchmark counts what CloudFront would write: viewers
 * of HLS at 6 s segments who come, change rendition, meet errors and go; pages, bots, tools. Lines are
 * in the order of time and mixed as an edge mixes them. The same options give the same bytes. Knows
 * nothing of the code that is measured.
 */
import {
  ASSETS,
  BOT_AGENTS,
  BROWSER_AGENTS,
  DATACENTRE_ASNS,
  EDGES,
  PAGES,
  PEOPLE_ASNS,
  PLAYER_AGENTS,
  RENDITIONS,
  SEGMENT_BYTES,
} from './edge-log-data';

export interface EdgeLogOptions {
  readonly seed: number;
  readonly lines: number;
  /** how many are there at a time; who goes makes room for another */
  readonly viewers: number;
}

/** One request that the edge answered, values as they stand in a log. Written over by the next. */
export interface EdgeRequest {
  tMs: number;
  ip: string;
  agent: string;
  country: string;
  edge: string;
  asn: number;
  method: string;
  host: string;
  path: string;
  query: string;
  status: string;
  bytes: number;
  contentType: string;
  rangeStart: string;
  rangeEnd: string;
  detail: string;
  objectType: string;
  objectDuration: string;
  sessionId: string;
}

export const START_MS = Date.UTC(2026, 10, 24, 20, 0, 0);
export const SEGMENT_MS = 6_000;
/** Everybody comes within this time; afterwards they come one by one. */
const RAMP_MS = 60_000;
const STAY_MS = 12 * 60_000;
export const STREAM_HOST = 'live.example.net';
const SITE_HOST = 'www.example.net';
const CONTENTS = ['finale', 'finale', 'finale', 'backstage'] as const;
export const HLS = 'application/vnd.apple.mpegurl';

/** mulberry32: in [0, 1) */
export type Chance = () => number;

export function makeChance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Step = 'page' | 'asset' | 'master' | 'playlist' | 'init' | 'segment' | 'audio' | 'crawl';

interface Client {
  ip: string;
  agent: string;
  country: string;
  edge: string;
  asn: number;
  sessionId: string;
  token: string;
  content: string;
  isBot: boolean;
  /** fragmented MP4 with audio apart, else MPEG-TS */
  isCmaf: boolean;
  step: Step;
  rendition: number;
  segment: number;
  /** segments that the player still fetches at once, to fill its buffer */
  burst: number;
  leaveMs: number;
  nextMs: number;
}

/** Makes the requests, in the order of time. */
export function* makeRequests({ seed, lines, viewers }: EdgeLogOptions): Generator<EdgeRequest> {
  const chance = makeChance(seed);
  const agenda = new Agenda();
  for (let n = 0; n < viewers; n += 1) {
    const client = newClient(chance, START_MS + Math.floor(chance() * RAMP_MS));
    agenda.add(client);
  }
  const request = emptyRequest();
  for (let n = 0; n < lines; n += 1) {
    const client = agenda.first();
    fill(request, client, chance);
    const waitMs = client.isBot ? moveBot(client, chance) : moveOn(client, request, chance);
    if (client.nextMs + waitMs > client.leaveMs) {
      Object.assign(client, newClient(chance, client.nextMs + Math.ceil(chance() * 20_000)));
    } else client.nextMs += waitMs;
    agenda.sink();
    yield request;
  }
}

function newClient(chance: Chance, nextMs: number): Client {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
  const isBot = chance() < 0.015;
  const isBrowser = chance() < 0.45;
  const [edge, country] = pick(EDGES);
  const stayMs = -Math.log(1 - chance()) * STAY_MS;
  return {
    ip: isBot
      ? `10.200.${Math.floor(chance() * 256)}.${Math.floor(chance() * 256)}`
      : pickAddress(chance),
    agent: escapeAgent(pick(isBot ? BOT_AGENTS : isBrowser ? BROWSER_AGENTS : PLAYER_AGENTS)),
    // Some travel, and some have a network whose country is not that of the edge.
    country: chance() < 0.05 ? pick(EDGES)[1] : country,
    edge,
    asn: isBot && chance() < 0.7 ? pick(DATACENTRE_ASNS) : pick(PEOPLE_ASNS),
    sessionId: chance() < 0.3 && !isBot ? uuid(chance) : '-',
    token: chance() < 0.2 ? Math.floor(chance() * 2 ** 32).toString(16) : '',
    content: pick(CONTENTS),
    isBot,
    isCmaf: chance() < 0.4,
    step: isBot ? 'crawl' : isBrowser ? 'page' : 'master',
    rendition: Math.floor(chance() * RENDITIONS.length),
    segment: 0,
    burst: 0,
    leaveMs: nextMs + 500 + stayMs,
    nextMs,
  };
}

/** Networks that nobody has: benchmarking, carrier-grade NAT (shared), private, documentation. */
export function pickAddress(chance: Chance): string {
  const byte = () => Math.floor(chance() * 256);
  const p = chance();
  if (p < 0.25) {
    const group = () => Math.floor(chance() * 65_536).toString(16);
    return `2001:db8:${group()}:${group()}:${group()}:${group()}:${group()}:${group()}`;
  }
  if (p < 0.45) return `198.${18 + Math.floor(chance() * 2)}.${byte()}.${byte()}`;
  if (p < 0.55) return `100.64.${Math.floor(chance() * 4)}.${byte()}`;
  if (p < 0.75) return `100.${64 + Math.floor(chance() * 64)}.${byte()}.${byte()}`;
  return `10.${Math.floor(chance() * 200)}.${byte()}.${byte()}`;
}

function uuid(chance: Chance): string {
  const hex = (n: number) =>
    Math.floor(chance() * 16 ** n)
      .toString(16)
      .padStart(n, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`;
}

/** CloudFront escapes what is no plain ASCII, and the space. */
export function escapeAgent(text: string): string {
  return text.replace(
    /[^!$&()*+,\-./0-9:;=?@A-Z_a-z]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** The step after this one, for who watches; how long until then in ms, Infinity to go. */
function moveOn(client: Client, request: EdgeRequest, chance: Chance): number {
  const soon = 20 + Math.floor(chance() * 180);
  const failed = request.status >= '400' || request.status === '000';
  switch (client.step) {
    case 'page':
      client.step = chance() < 0.5 ? 'asset' : 'master';
      return chance() < 0.15 ? Infinity : soon;
    case 'asset':
      client.step = 'master';
      return soon;
    case 'master':
      if (failed) return chance() < 0.4 ? Infinity : 1_000 + soon;
      client.step = 'playlist';
      client.burst = 2 + Math.floor(chance() * 2);
      client.segment = Math.floor((client.nextMs - START_MS) / SEGMENT_MS) + 1_000;
      return soon;
    case 'playlist':
      client.step = client.isCmaf && client.burst > 1 ? 'init' : 'segment';
      return soon;
    case 'init':
      client.step = 'segment';
      return soon;
    case 'segment':
      if (client.isCmaf) {
        client.step = 'audio';
        return soon;
      }
      return afterSegment(client, failed, chance, soon);
    default:
      return afterSegment(client, failed, chance, soon);
  }
}

function afterSegment(client: Client, failed: boolean, chance: Chance, soon: number): number {
  client.step = 'segment';
  if (failed && chance() < 0.7) return 300 + soon; // the same again
  if (chance() < 0.03) {
    // Another rendition: its playlist, then the segment that was just fetched once more.
    client.rendition = Math.floor(chance() * RENDITIONS.length);
    client.step = 'playlist';
    return soon;
  }
  client.segment += 1;
  if (client.burst > 0) {
    client.burst -= 1;
    return soon;
  }
  client.step = 'playlist';
  // Now and then the network stalls, or the app is in the background.
  const pauseMs = chance() < 0.004 ? chance() * 60_000 : 0;
  return Math.floor(SEGMENT_MS - 450 + chance() * 700 + pauseMs);
}

function moveBot(client: Client, chance: Chance): number {
  client.step = chance() < 0.3 ? 'segment' : chance() < 0.1 ? 'master' : 'crawl';
  client.segment = Math.floor((client.nextMs - START_MS) / SEGMENT_MS) + 1_000;
  return 200 + Math.floor(chance() * 4_000);
}

function fill(request: EdgeRequest, client: Client, chance: Chance): void {
  const { step, content, rendition, isCmaf } = client;
  const name = RENDITIONS[rendition]!;
  request.tMs = client.nextMs;
  request.ip = client.ip;
  request.agent = client.agent;
  request.country = client.country;
  request.edge = client.edge;
  request.asn = client.asn;
  request.method = chance() < 0.002 ? 'HEAD' : 'GET';
  request.host = STREAM_HOST;
  request.query = client.token === '' ? '-' : `token=${client.token}`;
  request.sessionId = client.sessionId;
  request.objectDuration = request.objectType = request.rangeStart = request.rangeEnd = '-';
  const hasCmcd = client.sessionId !== '-';
  if (step === 'page' || step === 'crawl' || step === 'asset') {
    request.host = SITE_HOST;
    request.query = request.sessionId = '-';
    const other = Math.floor(chance() * (step === 'asset' ? ASSETS.length : PAGES.length));
    request.path =
      step === 'asset' ? ASSETS[other]! : chance() < 0.5 ? `/watch/${content}` : PAGES[other]!;
    const kind = request.path.slice(request.path.lastIndexOf('.') + 1);
    request.contentType =
      step !== 'asset'
        ? 'text/html;charset=utf-8'
        : kind === 'js'
          ? 'text/javascript'
          : kind === 'css'
            ? 'text/css'
            : 'image/jpeg';
    request.bytes = 2_000 + Math.floor(chance() * 60_000);
  } else if (step === 'master' || step === 'playlist') {
    request.path = step === 'master' ? `/${content}/master.m3u8` : `/${content}/${name}/index.m3u8`;
    request.contentType = HLS;
    request.bytes = 700 + Math.floor(chance() * 900);
    if (hasCmcd) request.objectType = 'm';
  } else if (step === 'audio' || step === 'init' || isCmaf) {
    const isAudio = step === 'audio';
    const file = step === 'init' ? 'init.mp4' : `seg_${client.segment}.m4s`;
    request.path = `/${content}/${isAudio ? 'audio' : name}/${file}`;
    request.contentType = isAudio ? 'audio/mp4' : 'video/mp4';
    request.bytes = isAudio ? 97_000 : step === 'init' ? 1_224 : SEGMENT_BYTES[rendition]!;
    if (hasCmcd) {
      request.objectType = step === 'init' ? 'i' : isAudio ? 'a' : 'v';
      if (step !== 'init') request.objectDuration = isAudio ? '5994' : '6000';
    }
  } else {
    request.path = `/${content}/${name}/seg_${client.segment}.ts`;
    request.contentType = 'video/mp2t';
    request.bytes = SEGMENT_BYTES[rendition]! + Math.floor(chance() * 40_000);
    if (hasCmcd) {
      request.objectType = 'av';
      request.objectDuration = '6000';
    }
  }
  if (hasCmcd && request.host === STREAM_HOST) {
    const duration = request.objectDuration === '-' ? '' : `od%3D${request.objectDuration}%2C`;
    const told = `CMCD=${duration}ot%3D${request.objectType}%2Csid%3D%22${request.sessionId}%22`;
    request.query = request.query === '-' ? told : `${request.query}&${told}`;
  }
  answer(request, client, chance);
}

function answer(request: EdgeRequest, client: Client, chance: Chance): void {
  const p = chance();
  request.status = '200';
  request.detail = p < 0.93 ? 'Hit' : p < 0.97 ? 'RefreshHit' : 'Miss';
  const isMedia = client.step === 'segment' || client.step === 'audio';
  if (client.isBot && chance() < 0.2) {
    request.status = '409';
    request.detail = 'FunctionGeneratedResponse';
  } else if (p < 0.0015) {
    request.status = '000';
    request.detail = 'ClientHungUpRequest';
  } else if (p < 0.0045) {
    request.status = chance() < 0.9 ? '404' : '403';
    request.detail = 'Error';
  } else if (p < 0.0065) {
    request.status = chance() < 0.5 ? '503' : '502';
    request.detail = 'OriginConnectError';
  } else if (p < 0.015 && !isMedia) {
    request.status = '304';
  } else if (p < 0.02 && isMedia) {
    request.status = '206';
    request.rangeStart = '0';
    request.rangeEnd = chance() < 0.3 ? '1' : String(request.bytes - 1);
  } else return;
  if (request.status !== '206') request.bytes = 300 + Math.floor(chance() * 300);
  if (request.status >= '400') request.contentType = 'text/html';
}

export function emptyRequest(): EdgeRequest {
  const texts = { ip: '', agent: '', country: '', edge: '', method: '', host: '', path: '' };
  const more = { query: '', status: '', contentType: '', rangeStart: '', rangeEnd: '', detail: '' };
  const cmcd = { objectType: '', objectDuration: '', sessionId: '' };
  return { tMs: 0, asn: 0, bytes: 0, ...texts, ...more, ...cmcd };
}

/** Who asks next: a binary heap by time. */
class Agenda {
  private readonly heap: Client[] = [];

  first(): Client {
    return this.heap[0]!;
  }

  add(client: Client): void {
    const { heap } = this;
    let at = heap.push(client) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above]!.nextMs <= client.nextMs) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = client;
  }

  /** Puts the first where it belongs, after its time has moved. */
  sink(): void {
    const { heap } = this;
    const client = heap[0]!;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]!.nextMs < heap[below]!.nextMs) below += 1;
      if (heap[below]!.nextMs >= client.nextMs) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = client;
  }
}
