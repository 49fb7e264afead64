import type { Format } from '../../../lambdas/core/edge/format';
import { INPUT } from '../../../lambdas/core/edge/scanner';
import { makeNetworks } from '../../../lambdas/core/edge/network';
import { SHIPPED_FILES, networksOf } from '../../../lambdas/core/edge/network-lists';
import { makeLineTools } from '../../../lambdas/core/road/line-tools';
import { TURNOUT_FIELDS } from '../../../lambdas/core/edge/edge-fields';
import type { OracleLine } from '../../reference/oracle-line';
import {
  combinedLine,
  renderJson,
  renderRealtime,
  renderW3c,
  W3C_HEADER,
} from '../../support/edge-lines';
import { Prng } from '../../support/prng';
import { TEST_KEYS } from '../../support/road-in-memory';
import { NOON_MS, ROAD_SETTINGS } from '../../support/road-rows';

/** Goal: the guard sees of a line what is in it. Method: lines of each format, with one thing changed. */
const LINE: OracleLine = {
  ...{ tMs: NOON_MS, ip: '192.0.2.7', status: '200', method: 'GET', host: 'a.example.org' },
  ...{ path: '/live/v/1.m4s', userAgent: 'Mozilla/5.0 Firefox/130.0', class: 'browser' },
  ...{ country: 'DE', device: 'desktop', edge: 'FRA56-P1' },
};

const columns = (fields: readonly string[]): Format => ({ kind: 'columns', fields, delimiter: 9 });

function makeReader(format: Format) {
  const networks = makeNetworks(networksOf(SHIPPED_FILES, ROAD_SETTINGS));
  const tools = makeLineTools({ settings: ROAD_SETTINGS, networks, keys: TEST_KEYS, format });
  return (row: string) => {
    const bytes = new TextEncoder().encode(`${row}\n`);
    tools.bytes.set(bytes, INPUT);
    expect(tools.parseLine(INPUT) ?? tools.readHit()).toBeUndefined();
    return { ...tools.readSigns() };
  };
}

const FORMATS: readonly (readonly [string, Format, (line: OracleLine) => string])[] = [
  ['real-time', columns(TURNOUT_FIELDS), (line) => renderRealtime(line, 'id', TURNOUT_FIELDS)],
  [
    'standard',
    columns(W3C_HEADER.split('#Fields: ')[1]!.split(' ')),
    (line) => renderW3c(line, 'id'),
  ],
  ['JSON', { kind: 'json' }, (line) => renderJson(line, 'id')],
  ['combined', { kind: 'combined' }, combinedLine],
];

describe.each(FORMATS)('signs of a %s line', (_, format, render) => {
  const read = makeReader(format);
  const signs = (facts: Partial<OracleLine>) => read(render({ ...LINE, ...facts }));

  it.each<[Partial<OracleLine>, boolean]>([
    [{}, false],
    [{ query: 'CMCD=br%3D3200%2Csid%3D%22a%22' }, false],
    [{ query: 'CMCD=br%3D3200&a=1' }, true],
    [{ path: '/live/v.m3u8', query: '_HLS_msn=7&_HLS_part=2' }, false],
    [{ path: '/live/v.m3u8', query: '_HLS_msn=7&CMCD=bl%3D1&_HLS_skip=YES' }, false],
    [{ path: '/live/v.m3u8', query: '_HLS_msn=7&a=1' }, true],
    [{ path: '/live/v.m3u8', query: '_hls_msn=7' }, true],
    [{ path: '/live/v/1.m4s', query: '_HLS_msn=7' }, true],
    [{ query: 'a=1&CMCD=br%3D3200' }, true],
    [{ query: 'CMCE=1' }, true],
    [{ query: 'token=abc' }, true],
    [{ query: '1' }, true],
  ])('%p has a query of its own: %p', (facts, hasQuery) => {
    expect(signs(facts).hasQuery).toBe(hasQuery);
  });

  it.each<[Partial<OracleLine>, boolean]>([
    [{ path: '/login' }, false],
    [{ path: '/login', method: 'HEAD' }, false],
    [{ path: '/login', method: 'OPTIONS' }, false],
    [{ path: '/login', method: 'POST' }, true],
    [{ path: '/LogIn.php', method: 'PUT' }, true],
    [{ path: '/wp-login.php', method: 'POST' }, true],
    [{ path: '/session', method: 'POST' }, true],
    [{ path: '/sessions/12/beat', method: 'POST' }, false],
    [{ path: '/authors/new', method: 'POST' }, false],
    [{ path: '/beacon', method: 'POST' }, false],
    [{ path: '/blogging', method: 'POST' }, false],
    [{ path: '/beacon', method: 'POST', status: '401' }, true],
    [{ status: '403' }, true],
    [{ status: '401' }, true],
    [{ status: '402' }, false],
    [{ status: '404' }, false],
  ])('%p tries to log in: %p', (facts, isLogin) => {
    expect(signs(facts).isLogin).toBe(isLogin);
  });

  it.each<[Partial<OracleLine>, boolean]>([
    [{ path: '/.env' }, true],
    [{ path: '/x', query: 'f=../../etc/passwd' }, true],
    [{ path: '/x', query: `${'a=1&'.repeat(255)}f=/etc/passwd` }, false],
    [{ path: '/x', query: `${'a=1&'.repeat(240)}f=/etc/passwd` }, true],
    [{ path: '/x', query: 'f=1' }, false],
    // Read twice: the second time from the cache of paths.
    [{ path: '/.env' }, true],
  ])('%p is a probe: %p', (facts, isProbe) => {
    expect(signs(facts).isProbe).toBe(isProbe);
  });

  it('tells urls apart by path and query, CMCD aside', () => {
    const prng = new Prng(5);
    const of = (facts: Partial<OracleLine>) => signs(facts).url;
    expect(of({ query: 'a=1' })).toBe(of({ query: 'a=1' }));
    expect(of({ query: 'CMCD=bl%3D100' })).toBe(of({ query: 'CMCD=bl%3D2200' }));
    const all = Array.from({ length: 600 }, () => of({ query: `r=${prng.int(1e9)}` }));
    const paths = Array.from({ length: 600 }, () => of({ path: `/${prng.int(1e9)}` }));
    // All 64 are met by some hundreds that are spread evenly.
    expect([new Set(all).size, new Set(paths).size]).toEqual([64, 64]);
    expect(Math.min(...all, ...paths)).toBe(0);
    expect(Math.max(...all, ...paths)).toBe(63);
  });
});
