import type { OracleLine } from '../reference/oracle';
import { networkOf } from '../reference/oracle-line';
import { fieldsOf } from './crowd-lines';
import {
  gapsOf,
  groupBy,
  isDelivered,
  isManifest,
  isPerson,
  renditionOf,
  segmentOf,
  watch,
} from './crowd-watch';

/**
 * Goal: what is said to happen in a crowd does happen, so that equal figures mean something. Method:
 * it is looked for in the lines themselves.
 */
describe('in a few crowds', () => {
  const crowds = [1, 2, 3].map((seed) => watch({ seed, viewers: 300, minutes: 3 }));
  const known = crowds.flatMap((crowd) => crowd.known);
  const viewers = crowds.flatMap((crowd) => crowd.viewers);
  const people = viewers.filter(([first]) => isPerson(first!));

  it('most people come in the minute before and after the start', () => {
    for (const { viewers: all, crowd } of crowds) {
      const first = all.filter(([line]) => isPerson(line!)).map(([line]) => line!.tMs);
      const rush = first.filter((tMs) => Math.abs(tMs - crowd.kickOffAtMs) <= 60_000);
      expect(rush.length).toBeGreaterThan(first.length * 0.6);
      expect(rush.length).toBeLessThan(first.length * 0.97);
    }
  });

  it.each<[string, (lines: readonly OracleLine[]) => boolean]>([
    [
      'bounces after one or two segments',
      (own) => new Set(own.filter(isDelivered).map(segmentOf)).size === 2,
    ],
    [
      'fills its buffer with several segments at once',
      (own) => {
        const media = own.filter(isDelivered);
        return (
          media.length > 2 &&
          media[2]!.tMs - media[0]!.tMs < 1000 &&
          segmentOf(media[0]!) !== segmentOf(media[2]!)
        );
      },
    ],
    ['changes rendition', (own) => new Set(own.filter(isDelivered).map(renditionOf)).size > 1],
    [
      'gets one segment in two renditions',
      (own) =>
        [
          ...groupBy(
            own.filter((line) => isDelivered(line) && renditionOf(line) !== undefined),
            segmentOf,
          ).values(),
        ].some((same) => new Set(same.map(renditionOf)).size > 1),
    ],
    [
      'asks for one segment twice',
      (own) => {
        const paths = own.filter(isDelivered).map(({ path }) => path);
        return new Set(paths).size < paths.length;
      },
    ],
    [
      'tries again after an error',
      (own) =>
        own.some(
          (line, n) =>
            line.status === '503' && own[n + 1]?.path === line.path && own[n + 1]?.status === '200',
        ),
    ],
    ['pauses', (own) => gapsOf(own.filter(isDelivered)).some((gap) => gap > 20_000)],
    ['reads the page before', (own) => own[0]!.path === '/final' && own.some(isDelivered)],
    [
      'calls the entry path before',
      (own) => own[0]!.path === '/join/final' && own.some(isDelivered),
    ],
    [
      'calls the entry path with a session id',
      (own) => own[0]!.path === '/join/final' && own[0]!.sessionId !== undefined,
    ],
    [
      'waits at the door',
      (own) => own.filter(({ path }) => path === '/join/final').length > 2 && own.some(isDelivered),
    ],
    ['is never served', (own) => own.every(({ path }) => path === '/join/final')],
    [
      'starts late, more than a minute after the first error',
      (own) => {
        const error = own.find(({ status }) => status === '503');
        const start = own.find(isDelivered);
        return error !== undefined && start !== undefined && start.tMs > error.tMs + 60_000;
      },
    ],
    [
      'starts in spite of errors, within a minute',
      (own) => {
        const start = own.findIndex(isDelivered);
        return own[0]!.status === '503' && start > 0 && own[start]!.tMs < own[0]!.tMs + 60_000;
      },
    ],
    ['reads the page alone', (own) => own.every(({ host }) => host === 'www.example.com')],
    [
      'clicks the page twice',
      (own) =>
        gapsOf(own.filter(({ path, status }) => path === '/final' && status === '200')).some(
          (gap) => gap > 0 && gap < 30_000,
        ),
    ],
    [
      'has an IPv6 network and many addresses',
      (own) => own.length > 10 && new Set(own.map(({ ip }) => ip)).size > own.length / 2,
    ],
    ['comes from no known country', (own) => own[0]!.country === ''],
    ['uses the backup host', (own) => own.some(({ host }) => host === 'backup.example.net')],
  ])('somebody %s', (_, does) => {
    expect(people.filter(does).length).toBeGreaterThan(1);
  });

  it('dozens share an address of a carrier, told apart by agents or by session ids alone', () => {
    const carriers = groupBy(
      people.filter(([line]) => line!.ip.startsWith('100.')),
      ([line]) => line!.ip,
    );
    const shared = [...carriers.values()].filter((own) => own.length > 20);
    expect(shared.length).toBeGreaterThan(2);
    for (const own of shared) {
      expect(new Set(own.map(([line]) => line!.userAgent)).size).toBeGreaterThan(5);
      const alike = [...groupBy(own, ([line]) => line!.userAgent).values()].map(
        (same) => same.length,
      );
      expect(Math.max(...alike)).toBeGreaterThan(2);
    }
  });

  it('several devices share an address at home, each with an agent of its own', () => {
    const homes = groupBy(
      people.filter(([line]) => !line!.ip.startsWith('100.')),
      ([line]) => networkOf(line!.ip),
    );
    const shared = [...homes.values()].filter((own) => own.length > 1);
    expect(shared.length).toBeGreaterThan(10);
    for (const own of shared) {
      expect(new Set(own.map(([line]) => line!.userAgent)).size).toBe(own.length);
    }
  });

  it.each([
    ['device', ['phone', 'tablet', 'desktop', 'tv', 'console', 'other']],
    ['class', 'player browser declared_bot fake_crawler tool datacentre malformed'.split(' ')],
    ['status', '200 206 301 304 404 403 409 503 000'.split(' ')],
    ['method', ['GET', 'HEAD']],
    ['detailedResult', ['Hit', 'Miss', 'ClientHungUpRequest', 'ClientCommError']],
    ['objectType', ['m', 'i', 'a', 'v', 'av', 'o']],
    ['objectDurationMs', [4000, 6000, 6006]],
    ['rangeEnd', [1, 751_999]],
  ] as const)('there is every %s', (field, values) => {
    const seen = new Set<unknown>(
      known.map((line) => line[field]).filter((value) => value !== undefined),
    );
    expect([...values].filter((value) => !seen.has(value))).toEqual([]);
  });

  it('every cause turns somebody away, and the page too', () => {
    for (const { truth } of crowds) {
      const { live } = truth.contents;
      expect(Object.keys(live!.turnedAway).sort()).toEqual(
        ['4xx', '5xx', 'hungUp', 'neverAsked', 'refusedByUs'].sort(),
      );
      expect(live!.record['viewers']!.unresolved).toBeGreaterThan(0);
      expect(live!.record['attempts']!.refusedByUs).toBeGreaterThan(0);
    }
    expect(
      crowds.some(({ truth }) => (truth.contents['event-page']!.turnedAway['4xx'] ?? 0) > 0),
    ).toBe(true);
  });

  it('machines of a data centre ask for playlists alone, or play as well', () => {
    const hosted = viewers.filter(([line]) => line!.class === 'datacentre');
    expect(hosted.filter((own) => own.every(isManifest)).length).toBeGreaterThan(1);
    expect(hosted.filter((own) => own.some(isDelivered)).length).toBeGreaterThan(1);
  });

  it('lines come twice, out of order by seconds, very seldom late by minutes, and damaged', () => {
    const lines = crowds.flatMap((crowd) => crowd.lines);
    expect(new Set(lines.map(({ line }) => line)).size).toBeLessThan(lines.length - 20);
    const delays = lines.flatMap(({ line, atMs }) => {
      const read = fieldsOf(line);
      return read.ok ? [atMs - Math.round(Number(read.fields['timestamp']) * 1000)] : [];
    });
    const share = (fits: (delayMs: number) => boolean) =>
      delays.filter(fits).length / delays.length;
    expect(share((delay) => delay === 0)).toBeGreaterThan(0.95);
    expect(share((delay) => delay > 0 && delay <= 8000)).toBeGreaterThan(0.02);
    expect(share((delay) => delay >= 60_000)).toBeGreaterThan(0.0002);
    expect(share((delay) => delay >= 60_000)).toBeLessThan(0.001);
    const reasons = new Set(crowds.flatMap(({ truth }) => Object.keys(truth.bad)));
    expect([...reasons].sort()).toEqual(
      ['bad_address', 'bad_status', 'bad_timestamp', 'too_few_fields'].sort(),
    );
  });
});
