/**
 * Writes edge-lines.tsv.gz: one evening that never was, in CloudFront's real-time form. Run it with
 * `npx tsx docs/example/make.ts`. It imports nothing from lambdas/core, so that it cannot agree with
 * the counting by construction, and draws from one seed, so that it writes the same lines each time.
 *
 * The evening: an interview is announced for 20:00 UTC and begins at 20:42. People open its page and
 * see a grey screen. When it begins the origin answers many with 503. At 20:54 it fails for two
 * minutes for most of the viewers; half of them find it on the backup host after one. Robots, scripts, a copier
 * of streams, machines in a data centre and a wave of refused requests are about as well.
 *
 * Lines stand person by person, which packs well; their order changes no figure.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Prng } from '../../test/support/prng';

const SEED = 42;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ANNOUNCED = Date.parse('2026-11-24T20:00:00Z');
const BEGINS = ANNOUNCED + 42 * MINUTE;
const FAILS = ANNOUNCED + 54 * MINUTE;
const ON_BACKUP = FAILS + MINUTE;
const RECOVERS = FAILS + 2 * MINUTE;
const ENDS = ANNOUNCED + 65 * MINUTE;
const SEGMENT = 6 * SECOND;

/** Who did what that evening; test/bin/example.test.ts holds the counted figures against it. */
export const PEOPLE = {
  watching: 400,
  /** of those who watch: people behind two addresses of a mobile network, with CMCD session ids */
  behindCarrier: 24,
  /** of those who watch: people who get a 503 first, and the stream within a minute */
  delayedByErrors: 60,
  leavingAtOnce: 25,
  refusedByOutage: 118,
  hangingUp: 14,
  withOldLink: 6,
  refusedByUs: 3,
  neverServed: 76,
} as const;
export const START_DELAY_SECONDS = (BEGINS - ANNOUNCED) / SECOND;
export const DOUBLED_LINES = 40;
export const BROKEN_LINES = 3;

interface Client {
  readonly ip: string;
  readonly agent: string;
  readonly country: string;
  readonly edge: string;
  readonly sessionId?: string;
}

interface Request {
  readonly atMs: number;
  readonly path: string;
  readonly host?: string;
  readonly status?: string;
  readonly mediaMs?: number;
}

const MAIN_HOST = 'live.example.com';
const BACKUP_HOST = 'backup.example.net';
const PAGE = '/events/interview';
const HLS = '/live/interview/hls/main.m3u8';
const DASH = '/live/interview/dash/main.mpd';

const PLACES = [
  ['US', 'IAD89-C1'],
  ['US', 'IAD89-C1'],
  ['US', 'LAX50-P3'],
  ['GB', 'LHR50-P1'],
  ['DE', 'FRA56-P1'],
  ['CA', 'YTO50-C1'],
  ['BR', 'GRU1-C1'],
  ['IN', 'BOM78-P1'],
] as const;

const IPHONE = 'AppleCoreMedia/1.0.0.22B91 (iPhone; U; CPU OS 18_1_1 like Mac OS X; en_us)';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0';
const PIXEL =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36';
const ROKU = 'Roku/DVP-14.0 (14.0.4.2806-AB)';
const TIZEN =
  'Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36';
const PERSON_AGENTS = [IPHONE, CHROME, CHROME, FIREFOX, PIXEL, PIXEL, ROKU, TIZEN] as const;

const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const MJ12BOT = 'Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)';

class Evening {
  readonly lines: string[] = [];
  readonly prng = new Prng(SEED);
  private clients = 0;

  /** A person at an address of its own: one in five by IPv6. */
  person(): Client {
    const n = (this.clients += 1);
    const [country, edge] = this.prng.pick(PLACES);
    const ip = n % 5 === 0 ? `2001:db8:${n.toString(16)}::1` : `198.18.${n >> 8}.${n & 255}`;
    return { ip, agent: this.prng.pick(PERSON_AGENTS), country, edge };
  }

  ask(client: Client, { atMs, path, host, status = '200', mediaMs }: Request): void {
    const isMedia = path.endsWith('.ts') || path.endsWith('.m4s');
    const hasIds = isMedia && client.sessionId !== undefined;
    this.lines.push(
      [
        (atMs / SECOND).toFixed(3),
        client.ip,
        status,
        'GET',
        host ?? MAIN_HOST,
        path,
        client.edge,
        client.agent.replaceAll(' ', '%20'),
        '-',
        contentTypeOf(path),
        '-',
        '-',
        status === '000' ? 'ClientHungUpRequest' : status === '200' ? 'Hit' : 'Error',
        client.country,
        '-',
        hasIds ? String(mediaMs ?? SEGMENT) : '-',
        hasIds ? 'v' : '-',
        client.sessionId ?? '-',
      ].join('\t'),
    );
  }
}

function contentTypeOf(path: string): string {
  if (path === PAGE) return 'text/html';
  if (path.endsWith('.m3u8')) return 'application/vnd.apple.mpegurl';
  if (path.endsWith('.mpd')) return 'application/dash+xml';
  return path.endsWith('.ts') ? 'video/mp2t' : 'video/mp4';
}

const manifestOf = ({ agent }: Client) => (agent === IPHONE || agent === ROKU ? HLS : DASH);

/** Plays from a moment on, one segment after the other; HLS players read the playlist each time. */
function play(evening: Evening, client: Client, fromMs: number, lengthMs: number): void {
  const { prng } = evening;
  const isHls = manifestOf(client) === HLS;
  const isHit = prng.bool(0.75);
  const findsBackup = prng.bool(0.5);
  evening.ask(client, { atMs: fromMs, path: manifestOf(client) });
  for (let atMs = fromMs; atMs < Math.min(fromMs + lengthMs, ENDS); atMs += SEGMENT) {
    const n = Math.floor((atMs - BEGINS) / SEGMENT) + 1;
    const path = isHls ? `/live/interview/hls/720p/${n}.ts` : `/live/interview/dash/v3/${n}.m4s`;
    const isDown = isHit && atMs >= FAILS && atMs < RECOVERS;
    const host = isDown && findsBackup && atMs >= ON_BACKUP ? BACKUP_HOST : MAIN_HOST;
    const status = isDown && host === MAIN_HOST ? '503' : '200';
    if (isHls && atMs > fromMs) evening.ask(client, { atMs: atMs + 20, path: HLS, host, status });
    evening.ask(client, { atMs: atMs + 40 + prng.int(9) * 20, path, host, status });
  }
}

/** Most stay a few minutes, some to the end. */
function watchLength({ prng }: Evening): number {
  return prng.bool(0.15) ? ENDS - BEGINS : 20 * SECOND + prng.int(prng.between(60, 900)) * SECOND;
}

function watchers(evening: Evening): void {
  const { prng } = evening;
  for (let n = 0; n < PEOPLE.watching - PEOPLE.behindCarrier; n += 1) {
    const client = evening.person();
    // The first is there when it begins; who opened the page at eight comes back for it.
    const arrivesMs = n === 0 ? BEGINS : BEGINS + prng.int(prng.between(30, 600)) * SECOND;
    let fromMs = arrivesMs;
    if (n >= 1 && n <= PEOPLE.delayedByErrors) {
      const path = manifestOf(client);
      for (; fromMs < arrivesMs + 20 * SECOND; fromMs += 5 * SECOND) {
        evening.ask(client, { atMs: fromMs, path, status: '503' });
      }
    }
    if (n % 4 === 1) evening.ask(client, { atMs: arrivesMs - 2 * SECOND, path: PAGE });
    play(evening, client, fromMs, n === 0 ? ENDS - BEGINS : watchLength(evening));
  }
  for (let n = 0; n < PEOPLE.behindCarrier; n += 1) {
    const [country, edge] = PLACES[0];
    const sessionId = `6f9a41e2-0c1d-4e5b-9a77-${String(n * 7919).padStart(12, '0')}`;
    const client = { ip: `100.64.9.${n % 2}`, agent: PIXEL, country, edge, sessionId };
    play(evening, client, BEGINS + prng.int(300) * SECOND, watchLength(evening));
  }
  for (let n = 0; n < PEOPLE.leavingAtOnce; n += 1) {
    play(evening, evening.person(), BEGINS + prng.int(600) * SECOND, SECOND);
  }
}

/** People who wanted to watch and could not, each for one reason. */
function turnedAway(evening: Evening): void {
  const { prng } = evening;
  const tries = (count: number, status: string, times: number) => {
    for (let n = 0; n < count; n += 1) {
      const client = evening.person();
      const fromMs = BEGINS - 2 * MINUTE + prng.int(9 * 60) * SECOND;
      for (let time = 0; time < times; time += 1) {
        evening.ask(client, { atMs: fromMs + time * 7 * SECOND, path: manifestOf(client), status });
      }
    }
  };
  tries(PEOPLE.refusedByOutage, '503', 5);
  tries(PEOPLE.hangingUp, '000', 2);
  tries(PEOPLE.withOldLink, '404', 1);
  tries(PEOPLE.refusedByUs, '409', 3);
  for (let n = 0; n < PEOPLE.neverServed; n += 1) {
    const client = evening.person();
    const fromMs = ANNOUNCED + prng.int(12 * 60) * SECOND;
    for (let time = 0; time < 3; time += 1) {
      evening.ask(client, { atMs: fromMs + time * 90 * SECOND, path: PAGE });
    }
  }
}

function machines(evening: Evening): void {
  const { prng } = evening;
  const [country, edge] = PLACES[0];
  const machine = (ip: string, agent: string): Client => ({ ip, agent, country, edge });
  // A copier of the stream, and machines in a data centre that say they are browsers.
  play(evening, machine('10.20.0.1', 'Lavf/60.16.100'), BEGINS + MINUTE, ENDS - BEGINS);
  for (let n = 0; n < 30; n += 1) {
    play(evening, machine(`198.19.4.${n}`, CHROME), BEGINS + n * SECOND, 4 * MINUTE);
  }
  for (let n = 0; n < 60; n += 1) {
    const atMs = ANNOUNCED + n * MINUTE;
    evening.ask(machine('10.20.1.7', MJ12BOT), { atMs, path: PAGE });
    evening.ask(machine('10.20.1.8', GOOGLEBOT), { atMs: atMs + SECOND, path: PAGE });
    evening.ask(machine('10.20.1.9', 'curl/8.5.0'), { atMs, path: HLS });
    evening.ask(machine('10.20.1.10', '-'), { atMs, path: HLS });
  }
  // A wave of scripts: what the block list holds is answered 409, the rest meets the outage.
  for (let n = 0; n < 2_400; n += 1) {
    evening.ask(machine(`10.77.${n % 40}.5`, 'python-requests/2.32.3'), {
      atMs: BEGINS + prng.int(6 * MINUTE),
      path: HLS,
      status: n % 40 < 30 ? '409' : '503',
    });
  }
}

/** The whole log as text. */
export function makeExample(): string {
  const evening = new Evening();
  watchers(evening);
  turnedAway(evening);
  machines(evening);
  const { lines } = evening;
  // Delivered twice, as happens; and some that lost their end on the way.
  lines.push(...lines.slice(0, DOUBLED_LINES));
  for (let n = 0; n < BROKEN_LINES; n += 1) lines.push(lines[n]!.slice(0, 30));
  return lines.map((line) => `${line}\n`).join('');
}

if (require.main === module) {
  writeFileSync(join(__dirname, 'edge-lines.tsv.gz'), gzipSync(makeExample(), { level: 9 }));
}
