import { ByteWriter } from '../../../lambdas/core/audience/byte-stream';
import { writeSources } from '../../../lambdas/core/guard/source-bytes';
import { SOURCE_COUNTS, type SourceCell } from '../../../lambdas/core/guard/source-cells';
import { IntervalReader } from '../../../lambdas/core/road/interval';
import {
  PACKET_BYTES_MAX,
  PACKET_SOURCES_MAX,
  decodePacket,
  encodePacket,
} from '../../../lambdas/core/road/packet';
import { AGENTS } from '../../support/agents';
import { cell, countOf, countsOf } from '../../support/guard-facts';
import { TEST_KEYS } from '../../support/road-in-memory';
import { NOON_MS, ROAD_SETTINGS, recordsOf, rowOf } from '../../support/road-rows';

/** Goal: packets say of sources what their lines do. Method: lines of each sort, read as intake reads them. */
function readSources(rows: readonly string[]) {
  const reader = new IntervalReader({ settings: ROAD_SETTINGS, lanes: 1, keys: TEST_KEYS });
  const facts = reader.read(recordsOf(rows), 0).packets.get(0)!;
  const identity = { lane: 0, shardId: 'shardId-000000000000', previous: 0, ordinal: 1 };
  const bytes = encodePacket(identity, 1, facts);
  return { ...decodePacket(bytes), bytes };
}

const named = ({ counts }: SourceCell) =>
  Object.fromEntries(
    SOURCE_COUNTS.flatMap((name, n) => (counts[n]! > 0 ? [[name, counts[n]]] : [])),
  );

const MEDIA = '/live/v/1.m4s';

describe('sources of a packet', () => {
  it.each<[string, Parameters<typeof rowOf>[0], object]>([
    ['media', { path: MEDIA }, { hits: 1, media: 1, asks: 1 }],
    ['an init segment', { path: '/live/v/init.mp4' }, { hits: 1 }],
    ['a manifest', { path: '/live/a.m3u8' }, { hits: 1, manifests: 1, asks: 1 }],
    [
      'a manifest that has not changed',
      { path: '/live/a.m3u8', status: '304' },
      { hits: 1, manifests: 1, asks: 1 },
    ],
    ['a page', { path: '/page/a' }, { hits: 1, pages: 1, asks: 1 }],
    ['an asset', { path: '/static/a.js' }, { hits: 1 }],
    ['an asset with a query', { path: '/static/a.js', query: 'v=1' }, { hits: 1 }],
    ['media with a token', { path: MEDIA, query: 't=1' }, { hits: 1, media: 1, asks: 1, odd: 1 }],
    [
      'media that is missing',
      { path: MEDIA, status: '404' },
      { hits: 1, missed: 1, unserved: 1, asks: 1 },
    ],
    [
      'a page that fails',
      { path: '/page/a', status: '503' },
      { hits: 1, failed: 1, unserved: 1, asks: 1 },
    ],
    [
      'media that fails',
      { path: MEDIA, status: '503' },
      { hits: 1, missed: 1, failed: 1, unserved: 1, asks: 1 },
    ],
    [
      'who hung up',
      { path: '/live/a.m3u8', status: '000' },
      { hits: 1, missed: 1, failed: 1, unserved: 1, asks: 1 },
    ],
    [
      'a manifest that is missing',
      { path: '/live/a.m3u8', status: '404' },
      { hits: 1, missed: 1, unserved: 1, asks: 1 },
    ],
    [
      'a manifest that a bucket does not have, which it calls forbidden',
      { path: '/live/a.m3u8', status: '403' },
      { hits: 1, missed: 1, unserved: 1, asks: 1 },
    ],
    [
      'what is forbidden',
      { path: '/page/a', status: '403' },
      { hits: 1, denied: 1, logins: 1, asks: 1 },
    ],
    ['a login', { path: '/login', method: 'POST' }, { hits: 1, logins: 1, asks: 1 }],
    ['a probe', { path: '/.env', status: '404' }, { hits: 1, denied: 1, probes: 1 }],
    [
      'a tool',
      { path: MEDIA, userAgent: AGENTS['curl']!.text },
      { hits: 1, media: 1, asks: 1, tools: 1 },
    ],
    [
      'a fake crawler',
      { path: '/page/a', userAgent: AGENTS['googlebot']!.text },
      { hits: 1, pages: 1, asks: 1, fakes: 1 },
    ],
    [
      'a crawler',
      { path: '/page/a', ip: '66.249.64.1', userAgent: AGENTS['googlebot']!.text },
      { hits: 1, pages: 1, asks: 1, crawlers: 1 },
    ],
    ['what we refused', { path: '/.env', status: '409' }, { refused: 1 }],
  ])('say of %s', (_, line, counts) => {
    const { sources } = readSources([rowOf(line)]);
    expect(sources.map(named)).toEqual([counts]);
  });

  it.each<[string, Parameters<typeof rowOf>[0], string, boolean]>([
    ['a browser of a data centre', { asn: '16509' }, 'chrome', true],
    ['a tool of one', { asn: '16509' }, 'curl', true],
    ['a declared bot of one', { asn: '16509' }, 'mj12bot', true],
    ['a browser behind a relay in one', { asn: '16509', ip: '172.224.0.1' }, 'chrome', false],
    ['a fake crawler of one', { asn: '16509' }, 'googlebot', true],
    ['a tool at home', { asn: '3320' }, 'curl', false],
    ['a crawler of its own network', { asn: '16509', ip: '66.249.64.1' }, 'googlebot', false],
  ])('say whether it is hosted, whatever it says of itself: %s', (_, line, agent, isHosted) => {
    const { sources } = readSources([rowOf({ ...line, userAgent: AGENTS[agent]!.text })]);
    expect(countOf(sources[0]!.counts, 'hosted')).toBe(isHosted ? 1 : 0);
  });

  it('say of pages which they were, whatever the query, and nothing of other objects', () => {
    const bitsOf = (...lines: Parameters<typeof rowOf>[0][]) => {
      const [source] = readSources(lines.map((line) => rowOf(line))).sources;
      return [...(source!.pagePaths >>> 0).toString(2)].filter((bit) => bit === '1').length;
    };
    const polls = Array.from({ length: 9 }, (_, n) => ({ path: '/page/a', query: `t=${n}` }));
    expect(bitsOf(...polls)).toBe(1);
    expect(bitsOf(...polls, { path: '/page/b' })).toBe(2);
    expect(bitsOf({ path: MEDIA }, { path: '/static/a.js' }, { path: '/live/a.m3u8' })).toBe(0);
    expect(bitsOf({ path: '/page/a', status: '404' })).toBe(0);
  });

  it.each<[string, readonly Parameters<typeof rowOf>[0][], number, string]>([
    ['none', [{ asn: '-' }], 0, 'live'],
    ['one', [{ asn: '64500' }], 64_500, 'live'],
    ['the last number that there is', [{ asn: '4294967295' }], 2 ** 32 - 1, 'live'],
    ['more than that', [{ asn: '4294967296' }], 0, 'live'],
    ['none at last', [{ asn: '64500' }, { asn: '-' }], 64_500, 'live'],
    ['a page of three', [{ path: '/page/a' }, { path: '/page/b' }, {}], 0, 'page'],
    ['a stream of three', [{ path: '/page/a' }, {}, {}], 0, 'live'],
    ['what we refused', [{ path: '/page/a' }, { status: '409' }, { status: '409' }], 0, 'live'],
    ['refused alone', [{ status: '409', path: '/page/a', asn: '64500' }], 64_500, 'page'],
  ])('say whence they come, and what most requests ask for: %s', (_, lines, asn, content) => {
    const { sources } = readSources(lines.map((line) => rowOf(line)));
    expect(sources).toMatchObject([{ asn, content }]);
  });

  it('are one for each source and slot, /64 for IPv6, with the newest hit', () => {
    const at = (ms: number, ip: string) => rowOf({ tMs: NOON_MS + ms, ip });
    const { sources } = readSources([
      ...[at(0, '192.0.2.1'), at(1_999, '192.0.2.1'), at(700, '192.0.2.1'), at(2_000, '192.0.2.1')],
      ...[at(0, '2001:db8:0:1::1'), at(1, '2001:db8:0:1:ffff::2'), at(2, '2001:db8:0:2::1')],
    ]);
    const facts = sources.map((it) => [
      it.hi.toString(16),
      it.lo.toString(16),
      it.slot - NOON_MS / 2_000,
      it.lastMs,
      countOf(it.counts, 'hits'),
    ]);
    expect(facts).toEqual([
      ['ffff', 'c0000201', 0, 1_999, 3],
      ['ffff', 'c0000201', 1, 0, 1],
      ['20010db8', '1', 0, 1, 2],
      ['20010db8', '2', 0, 2, 1],
    ]);
  });

  it.each([4_096, 4_097, 12 * 4_096])('keep slots apart that are %i slots apart', (slots) => {
    const { sources } = readSources([rowOf({}), rowOf({ tMs: NOON_MS - slots * 2_000 + 5 })]);
    expect(sources.map(({ lastMs, counts }) => [lastMs, countOf(counts, 'hits')])).toEqual([
      [5, 1],
      [0, 1],
    ]);
  });

  it('of a flood of sources are the heaviest, bounded, with what is left out counted', () => {
    const many = 10_000;
    const ip = (n: number) => `10.0.${n >> 8}.${n & 255}`;
    const rows = Array.from({ length: many }, (_, n) => rowOf({ ip: ip(n), path: '/page/a' }));
    for (let n = 0; n < 50; n += 1) rows.push(rowOf({ ip: ip(9_876), path: '/page/a' }));
    rows.push(rowOf({ ip: '192.0.2.9', path: '/page/a', status: '409' }));
    const { sources, sourcesDropped, bytes, ledger } = readSources(rows);
    expect(sources).toHaveLength(PACKET_SOURCES_MAX);
    expect(sourcesDropped).toBe(many + 1 - PACKET_SOURCES_MAX);
    expect(Math.max(...sources.map(({ counts }) => countOf(counts, 'hits')))).toBe(51);
    // Who was refused weighs least.
    expect(sources.every(({ counts }) => countOf(counts, 'refused') === 0)).toBe(true);
    expect(bytes.length).toBeLessThan(PACKET_BYTES_MAX);
    // Counting loses nothing by it.
    expect(ledger).toMatchObject({ lines: rows.length, hits: rows.length });
  });

  it.each<[string, Parameters<typeof rowOf>[0], number]>([
    ['media', { path: MEDIA }, 1],
    ['media that are missing', { path: MEDIA, status: '404' }, 0],
    ['media that we refused', { path: MEDIA, status: '409' }, 0],
    ['a manifest', { path: '/live/a.m3u8' }, 0],
    ['a page', { path: '/page/a' }, 0],
    ['media for a tool', { path: MEDIA, userAgent: AGENTS['curl']!.text }, 0],
    ['media for a data centre', { path: MEDIA, asn: '16509' }, 0],
  ])('stand beside what all lanes of the interval had: %s', (_, line, mediaHits) => {
    const reader = new IntervalReader({ settings: ROAD_SETTINGS, lanes: 16, keys: TEST_KEYS });
    const quiet = Array.from({ length: 40 }, (_, n) =>
      rowOf({ ip: `10.${n}.0.1`, path: '/page/a' }),
    );
    const read = (rows: readonly string[]) =>
      new Set([...reader.read(recordsOf(rows), 0).packets.values()].map((it) => it.mediaHits));
    expect(read([...quiet, rowOf(line)])).toEqual(new Set([mediaHits]));
    // Nothing of it is left for the next interval.
    expect(read(quiet)).toEqual(new Set([0]));
  });

  it('fit into a packet also at their worst', () => {
    const all = Object.fromEntries(SOURCE_COUNTS.map((name) => [name, 1_999_999]));
    const worst = Array.from({ length: PACKET_SOURCES_MAX }, (_, n) =>
      cell({
        ...{ hi: n * 1_048_575, lo: 0xffffffff, slot: n % 2 === 0 ? 1 : 2 ** 30, lastMs: 1_999 },
        ...{ address: 0xffffffff - n, agents: 3, urlsHi: 3, urlsLo: 3, ...all },
        ...{ asn: 0xffffffff - n, content: `/stream/${n}` },
      }),
    );
    const out = new ByteWriter();
    writeSources(out, worst);
    expect(out.finish().length).toBeLessThan(PACKET_BYTES_MAX / 2);
    expect(countsOf(all)).toHaveLength(SOURCE_COUNTS.length);
  });
});
