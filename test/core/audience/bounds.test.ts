import type { Report } from '../../../lambdas/core/audience/report';
import { Recount } from '../../../lambdas/core/recount';
import { parseConfig } from '../../../lib/config';
import { renderRealtime } from '../../support/edge-lines';
import { REALTIME_FIELDS as FIELDS } from '../../support/edge-lines';
import { Prng, seeds } from '../../support/prng';

const START = Date.UTC(2026, 10, 24, 20);
const CONFIG = {
  contents: [{ id: 'live', kind: 'stream', paths: ['/live/**'] }],
  thresholds: { viewersPerAddressMax: 16, waitingPerAddressMax: 16 },
};

interface Ask {
  readonly viewer: number;
  readonly path: string;
  readonly status?: string;
  readonly atSeconds?: number;
  readonly ip?: string;
}

/** Players of one address, told apart by their user agent. */
function row({ viewer, path, status = '200', atSeconds = 0, ip = '192.0.2.7' }: Ask): string {
  const line = {
    tMs: START + atSeconds * 1_000,
    ip,
    status,
    method: 'GET',
    host: 'live.example',
    path,
    userAgent: `AppleCoreMedia/1.0.0.${viewer} (iPhone; U; CPU OS 17_5 like Mac OS X; en_us)`,
    class: 'player',
    country: 'US',
    device: 'phone',
    edge: 'FRA56-P4',
  } as const;
  return `${renderRealtime(line, `id-${viewer}`)}\n`;
}

/** A viewer that asks for the playlist and two segments: verified. */
const watch = (viewer: number, ip?: string) =>
  ['/live/index.m3u8', '/live/1.ts', '/live/2.ts'].map((path, n) =>
    row({ viewer, path, atSeconds: n * 6, ...(ip === undefined ? {} : { ip }) }),
  );

function count(
  rows: readonly string[],
  { key = 1, ...limits }: { viewersMax?: number; waitingMax?: number; key?: number } = {},
): Report {
  const settings = parseConfig(CONFIG);
  const recount = new Recount({ settings, key: new Uint8Array(16).fill(key), ...limits });
  recount.begin({ kind: 'columns', fields: FIELDS, delimiter: 9 });
  recount.feed(new TextEncoder().encode(rows.join('')));
  recount.end();
  return recount.report();
}

/**
 * Goal: an address cannot fill a lane, and who is left out is counted. Method: both sides of each
 * bound; every order must leave out the same viewers.
 */
describe('the bounds of an address (B1_address)', () => {
  it.each([
    [15, 15, 0],
    [16, 16, 0],
    [17, 16, 3],
    [100, 16, 252],
  ])('of %i viewers that start holds %i, and counts %i hits over bound', (viewers, held, over) => {
    const report = count(Array.from({ length: viewers }, (_, n) => watch(n)).flat());
    expect(report.contents['live']!.viewers).toBe(held);
    // The playlist of a viewer over the bound may wait among the 16 that have not started.
    expect(report.ledger.overBound).toBeLessThanOrEqual(over);
    expect(report.ledger.overBound).toBeGreaterThanOrEqual(over - 16);
    expect(report.ledger.overBound === 0).toBe(over === 0);
  });

  it('counts the delivered seconds of the rest as unresolved', () => {
    const { record } = count(Array.from({ length: 20 }, (_, n) => watch(n)).flat()).contents[
      'live'
    ]!;
    // 4 viewers over the bound with two segments of 6 s each
    expect(record['watchSeconds']).toMatchObject({ verified: 16 * 12, unresolved: 4 * 12 });
    expect(record['view2']).toMatchObject({ verified: 16, unresolved: 24 });
    expect(record['view30']).toMatchObject({ verified: 0, unresolved: 1 });
  });

  it.each(seeds(40))('does not depend on the order of lines, nor on the key (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const rows = Array.from({ length: prng.between(17, 60) }, (_, n) => watch(n)).flat();
    const one = count(rows);
    const other = count(prng.shuffle(rows), { key: 2 });
    // Presence, views and watch seconds of those who are held. Whether a viewer's playlist found room
    // among the waiting before its first segment depends on order (see the definition).
    for (const name of ['viewers', 'starts', 'view2', 'view30', 'watchSeconds']) {
      const { upper, gross } = one.contents['live']!.record[name]!;
      expect([name, other.contents['live']!.record[name]]).toMatchObject([name, { upper, gross }]);
    }
  });

  it('leaves other addresses alone', () => {
    const crowd = Array.from({ length: 100 }, (_, n) => watch(n)).flat();
    const report = count([...crowd, ...watch(1, '192.0.2.8'), ...watch(2, '198.51.100.1')]);
    expect(report.contents['live']!.viewers).toBe(18);
  });

  it.each([
    [16, 16],
    [17, 16],
    [500, 16],
  ])('of %i viewers that never start remembers %i', (viewers, held) => {
    const rows = Array.from({ length: viewers }, (_, viewer) =>
      row({ viewer, path: '/live/index.m3u8', status: '503' }),
    );
    const report = count(rows);
    expect(report.contents['live']!.turnedAway).toEqual({ '5xx': held });
    expect(report.ledger.overBound).toBe(viewers - held);
  });
});

describe('the bounds of a lane (B2_lane)', () => {
  const rows = (addresses: number) =>
    Array.from({ length: addresses }, (_, n) =>
      row({
        viewer: n,
        path: '/live/index.m3u8',
        status: '503',
        ip: `198.18.${n >> 8}.${n & 255}`,
      }),
    );

  it.each([
    [99, 99],
    [100, 100],
    [101, 100],
    [1_000, 100],
  ])('of %i addresses that never start remembers %i of 100', (addresses, held) => {
    const report = count(rows(addresses), { waitingMax: 100 });
    expect(report.contents['live']!.turnedAway).toEqual({ '5xx': held });
    expect(report.ledger.overBound).toBe(addresses - held);
  });

  it.each(seeds(20))('forgets the same in any order (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const all = rows(450);
    const one = count(all, { waitingMax: 100 });
    expect(count(prng.shuffle(all), { waitingMax: 100 })).toEqual(one);
  });

  /** Players of one make at many addresses: all have the same agent. */
  const crowd = (viewers: number) =>
    Array.from({ length: viewers }, (_, n) => watch(1, `198.18.${n >> 8}.${n & 255}`)).flat();

  it.each([
    [99, 99],
    [100, 100],
    [101, 100],
    [350, 100],
  ])('of %i viewers with one agent that start holds %i of 100', (viewers, held) => {
    const report = count(crowd(viewers), { viewersMax: 100 });
    const { record } = report.contents['live']!;
    expect(record['viewers']).toMatchObject({ verified: held, gross: held });
    // Two segments of 6 s each: the seconds of the rest are unresolved.
    expect(record['watchSeconds']).toMatchObject({
      verified: held * 12,
      unresolved: (viewers - held) * 12,
    });
    expect(report.ledger.overBound > 0).toBe(viewers > held);
  });

  it.each(seeds(20))('holds the same viewers in any order (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const all = crowd(prng.between(101, 400));
    const one = count(all, { viewersMax: 100 }).contents['live']!;
    const other = count(prng.shuffle(all), { viewersMax: 100 }).contents['live']!;
    for (const name of ['viewers', 'starts', 'view2', 'watchSeconds']) {
      const { upper, gross } = one.record[name]!;
      expect([name, other.record[name]]).toMatchObject([name, { upper, gross }]);
    }
  });

  it('keeps everyone who starts; a playlist asked for while the table is full may be forgotten', () => {
    const report = count([...rows(1_000), ...watch(1)], { waitingMax: 10 });
    expect(report.contents['live']!.record['viewers']!.upper).toBe(1);
    const asksAgain = row({ viewer: 1, path: '/live/index.m3u8', atSeconds: 12 });
    const later = count([...rows(1_000), ...watch(1), asksAgain], { waitingMax: 10 });
    expect(later.contents['live']!.viewers).toBe(1);
  });
});
