/**
 * Small audiences in which everything happens: any method and status, odd times, borders of days,
 * shared addresses, session ids, several contents and events. They are not meant to be likely; they
 * are meant to meet every rule together with every other.
 */
import { makeDayOf } from '../reference/oracle';
import type { OracleLine } from '../reference/oracle';
import { AGENTS } from './agents';
import { REALTIME_FIELDS } from './edge-lines';
import type { Prng } from './prng';
import type { TwinConfig, TwinContent, TwinWindow } from './twin-config';

export interface RandomAudience {
  readonly config: TwinConfig;
  readonly window: TwinWindow | undefined;
  /** No two are equal. */
  readonly lines: readonly OracleLine[];
}

const MINUTE_MS = 60_000;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
/** Ordinary days, a leap day, and the days on which some of the zones change their clocks. */
const DATES = ['2026-11-24', '2024-02-29', '2026-10-25', '2026-03-29', '2026-11-01', '2026-10-04'];
const FEW_FIELDS = REALTIME_FIELDS.filter(
  (name) =>
    /^(timestamp|asn|c-ip|c-country|x-edge-.*type|x-edge-location|cmcd-.*)$/.test(name) ||
    /^(sc-status|sc-content-type|sc-range-.*|cs-method|cs-host|cs-uri-.*|cs-user-agent)$/.test(
      name,
    ),
);

export function randomAudience(prng: Prng): RandomAudience {
  const zone = {
    timeZone: prng.pick(ZONES),
    dayStartHour: prng.bool(0.5) ? 6 : prng.int(24),
  };
  const spanMs = prng.pick([5, 20, 90, 200]) * MINUTE_MS;
  const fromMs = startOf(prng, zone, spanMs);
  const contents = someContents(prng);
  const config: TwinConfig = {
    ...zone,
    contents,
    events: someEvents(prng, contents, fromMs, spanMs),
    blockStatus: prng.pick([409, 409, 429]),
    sessionIdsMax: prng.pick([1024, 1024, 4, 1]),
    realtimeFields: prng.pick([REALTIME_FIELDS, FEW_FIELDS]),
    thresholds: {
      pagesPerDayMax: prng.pick([800, 5]),
      interruptionViewersMin: prng.pick([20, 5, 2]),
      interruptionFallPercent: prng.pick([30, 30, 10, 60]),
    },
  };
  const world = { prng, config, fromMs, spanMs };
  const people = prng.pick([3, 10, 25, 40]);
  const lines = Array.from({ length: people }, () => personLines(world, somePerson(prng))).flat();
  const window = prng.bool(0.3) ? someWindow(prng, fromMs, spanMs) : undefined;
  return { config, window, lines: distinct(lines).filter(isKept(prng, fromMs, spanMs)) };
}

interface World {
  readonly prng: Prng;
  readonly config: TwinConfig;
  readonly fromMs: number;
  readonly spanMs: number;
}

type Person = Pick<OracleLine, 'ip' | 'userAgent' | 'class' | 'country' | 'device' | 'edge'> & {
  readonly sessionId?: string;
  readonly asn?: string;
};

/** Half of the audiences meet a border of the broadcast day. */
function startOf(
  prng: Prng,
  zone: { timeZone: string; dayStartHour: number },
  spanMs: number,
): number {
  const midnightMs = Date.parse(`${prng.pick(DATES)}T00:00:00Z`);
  if (prng.bool(0.5)) return midnightMs + prng.int(24 * 3_600_000);
  const dayOf = makeDayOf(zone);
  let minute = 1;
  while (dayOf(midnightMs + (minute - 1) * MINUTE_MS) === dayOf(midnightMs + minute * MINUTE_MS)) {
    minute += 1;
  }
  return midnightMs + minute * MINUTE_MS - prng.int(spanMs);
}

function someContents(prng: Prng): TwinContent[] {
  const contents: TwinContent[] = [];
  for (let n = prng.between(1, 2); n > 0; n -= 1) {
    const folder = `/live${n}/`;
    contents.push({
      id: `live${n}`,
      kind: 'stream',
      paths: [`${folder}**`],
      segmentSeconds: prng.pick([0.5, 1, 2, 3, 4, 5, 6, 6, 6, 6.006, 10]),
      ...(prng.bool(0.3) && { hosts: ['a.example.org', 'b.example.org'] }),
      ...(prng.bool(0.3) && {
        parts: { paths: [`${folder}part/**`], seconds: prng.pick([0.2, 0.333, 0.5]) },
      }),
      ...(prng.bool(0.5) && { entry: [`${folder}join.json`, `/show${n}`] }),
    });
  }
  if (prng.bool(0.5)) contents.push({ id: 'page', kind: 'page', paths: ['/page/**'] });
  return contents;
}

function someEvents(
  prng: Prng,
  contents: readonly TwinContent[],
  fromMs: number,
  spanMs: number,
): NonNullable<TwinConfig['events']> {
  return Array.from({ length: prng.int(4) }, (_, n) => {
    const { fromMs: minuteMs, toMs } = someWindow(prng, fromMs, spanMs);
    // Announced times need not be whole minutes, nor whole slots.
    const startMs = minuteMs + prng.pick([0, 0, 1, 1_999, 30_500]);
    const endMs = toMs + prng.pick([0, 0, 1, 1_999, 30_500]);
    return {
      id: `event${n}`,
      content: prng.pick(contents).id,
      start: new Date(startMs).toISOString(),
      end: new Date(endMs).toISOString(),
    };
  });
}

/** Whole minutes, near or inside the span. */
function someWindow(prng: Prng, fromMs: number, spanMs: number): TwinWindow {
  const minute = (atMs: number) => Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  const startMs = minute(fromMs - MINUTE_MS + prng.int(spanMs));
  return { fromMs: startMs, toMs: startMs + minute(prng.int(spanMs)) + MINUTE_MS };
}

/** From a few addresses and agents, so that people share them. */
function somePerson(prng: Prng): Person {
  const agent = AGENTS[prng.pick(Object.keys(AGENTS))]!;
  const ip = prng.pick([
    () => `198.18.0.${prng.int(12)}`,
    () => `2001:db8:0:${prng.int(3)}::${prng.int(3)}`,
    () => `::ffff:198.18.0.${prng.int(12)}`,
    () => '100.64.0.1',
  ])();
  const isHosted = prng.bool(0.05);
  const name = agent.classOf(ip);
  const isPerson = name === 'player' || name === 'browser';
  return {
    ip,
    userAgent: agent.text,
    class: isHosted && isPerson ? 'datacentre' : name,
    ...(isHosted && { asn: '24940' }),
    country: prng.pick(['', 'DE', 'DE', 'AT', 'US']),
    device: agent.device,
    edge: prng.pick(['FRA56-P1', 'IAD12-P3', 'VIE50-C1']),
    ...(prng.bool(0.3) && {
      sessionId: prng.pick(['short', '12345678', 'abcdefgh', 'x'.repeat(64), 'y'.repeat(65)]),
    }),
  };
}

function personLines(world: World, person: Person): OracleLine[] {
  const { prng, config, fromMs, spanMs } = world;
  const visits = Array.from({ length: prng.between(1, 3) }, () => {
    const content = prng.pick(config.contents);
    const atMs = fromMs + prng.int(spanMs);
    if (prng.bool(0.2)) return strayLines(world, person, content, atMs);
    return content.kind === 'page'
      ? readerLines(world, person, content, atMs)
      : playerLines(world, person, content, atMs);
  });
  return visits.flat();
}

function playerLines(
  world: World,
  person: Person,
  content: TwinContent,
  startMs: number,
): OracleLine[] {
  const { prng } = world;
  const segmentMs = (content.segmentSeconds ?? 6) * 1000;
  const folder = content.paths[0]!.replace('**', '');
  const lines: OracleLine[] = [];
  const add = (tMs: number, path: string, more: Partial<OracleLine> = {}) =>
    lines.push(lineOf(world, person, content, { tMs: Math.round(tMs), path, ...more }));
  let tMs = startMs;
  if (prng.bool(0.4)) add(tMs - prng.int(90_000), content.entry?.[prng.int(2)] ?? `${folder}x.js`);
  if (prng.bool(0.2)) add(tMs - prng.int(90_000), `${folder}main.m3u8`, { status: '503' });
  if (prng.bool(0.85)) add(tMs, `${folder}main.m3u8`);
  const troublePercent = prng.pick([0, 0, 10, 60]);
  const step = prng.pick([0.5, 1, 1, 1, 2, 2.5]);
  for (let n = prng.int(prng.pick([3, 12, 60])); n > 0; n -= 1) {
    const isTrouble = prng.int(100) < troublePercent;
    const status = isTrouble ? someStatus(prng, world.config) : '200';
    const file = prng.pick(['v/', 'v/', 'hd/', 'part/']) + n;
    add(tMs, `${folder}${file}.m4s`, { status, ...someCmcd(prng, segmentMs) });
    if (prng.bool(0.3)) add(tMs + prng.int(500), `${folder}main.m3u8`);
    const jitterMs = prng.bool(0.5) ? 0 : prng.between(-1500, 1500);
    tMs = Math.max(startMs, tMs + segmentMs * step + jitterMs);
    if (prng.bool(0.03)) tMs += prng.pick([segmentMs, 60_000, 30 * MINUTE_MS, 31 * MINUTE_MS]);
  }
  return lines;
}

function someCmcd(prng: Prng, segmentMs: number): Partial<OracleLine> {
  if (prng.bool(0.7)) return {};
  return {
    objectType: prng.pick(['v', 'av', 'a', 'v', 'm', 'i', 'c']),
    objectDurationMs: prng.pick([0, 1, 400, 1000, 2000, 4000, Math.floor(segmentMs), 20_000]),
  };
}

function readerLines(
  world: World,
  person: Person,
  content: TwinContent,
  startMs: number,
): OracleLine[] {
  const { prng } = world;
  let tMs = startMs;
  return Array.from({ length: prng.between(1, 8) }, () => {
    tMs += prng.pick([200, 5_000, 29_999, 30_000, 30_001, 40_000, 1_800_000, 1_800_001]);
    const path = prng.pick(['/page/one', '/page/two.html', '/page/three', '/page/logo.png']);
    const status = prng.bool(0.7) ? '200' : someStatus(prng, world.config);
    const contentType = prng.pick([undefined, undefined, 'text/html', 'application/json']);
    return lineOf(world, person, content, {
      tMs,
      path,
      status,
      ...(contentType !== undefined && { contentType }),
    });
  });
}

/** Requests without a plan. */
function strayLines(
  world: World,
  person: Person,
  content: TwinContent,
  startMs: number,
): OracleLine[] {
  const { prng } = world;
  const folder = content.paths[0]!.replace('**', '');
  const files = ['main.m3u8', 'main.mpd', 'init.mp4', '1.ts', '2.ts', 'one', 'logo.png', 'key.bin'];
  let tMs = startMs;
  return Array.from({ length: prng.between(1, 12) }, () => {
    tMs += prng.pick([0, 1, 10, 1_000, 30_000, 60_000, 60_001, 1_799_999, 1_800_000, 1_800_001]);
    const path = prng.bool(0.2) ? (content.entry?.[1] ?? '/none') : folder + prng.pick(files);
    const status = someStatus(prng, world.config);
    const [rangeStart, rangeEnd] = prng.pick([[], [0, 1], [5, 5], [0, 2], [0, 999]]);
    return lineOf(world, person, content, {
      tMs,
      path,
      status,
      method: prng.pick(['GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS']),
      // An edge names a range only with 206.
      ...(status === '206' &&
        rangeStart !== undefined &&
        rangeEnd !== undefined && { rangeStart, rangeEnd }),
      ...(prng.bool(0.1) && { detailedResult: prng.pick(['ClientHungUpRequest', 'OriginError']) }),
    });
  });
}

function someStatus(prng: Prng, { blockStatus }: TwinConfig): string {
  const others = ['304', '403', '404', '499', '000', '500', '503', '302', '204', '101'];
  return prng.pick(['200', '200', '206', String(blockStatus), ...others]);
}

function lineOf(
  { prng }: World,
  person: Person,
  content: TwinContent,
  line: Partial<OracleLine> & Pick<OracleLine, 'tMs' | 'path'>,
): OracleLine {
  return {
    status: '200',
    method: 'GET',
    host: prng.bool(0.05) ? 'c.example.org' : prng.pick(content.hosts ?? ['a.example.org']),
    ...person,
    ...line,
  };
}

/** In some audiences a share of all is gone for a while. */
function isKept(prng: Prng, fromMs: number, spanMs: number): (line: OracleLine) => boolean {
  if (prng.bool(0.7)) return () => true;
  const outageMs = fromMs + prng.int(spanMs);
  const lengthMs = prng.between(10_000, 120_000);
  const share = prng.pick([0.3, 0.8, 1]);
  return ({ tMs }) => tMs < outageMs || tMs >= outageMs + lengthMs || !prng.bool(share);
}

function distinct(lines: readonly OracleLine[]): OracleLine[] {
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}
