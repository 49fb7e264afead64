import { type NetworkName, findNetworks } from '../../../lambdas/core/guard/network-rule';
import { SourceTable } from '../../../lambdas/core/guard/source-table';
import { type CellOptions, cell } from '../../support/guard-facts';

/** Goal: S11_network fires at its numbers. Method: networks made by hand, with one number on either side. */
const NOW = 897_000_000;
const NET = 0xcb007100; // 203.0.113.0
const NET6 = { hi: 0x20010db8, lo: 0x00000100 };

interface NetworkOptions {
  readonly sources?: number;
  /** that come for a second and third time */
  readonly busy?: number;
  readonly own?: Partial<CellOptions>;
  readonly firstSlot?: number;
  /** of `sources`, that are hosted */
  readonly hosted?: number;
  readonly failed?: number;
  readonly fresh?: number;
  readonly at?: (n: number) => { hi?: number; lo: number };
}

/** Sources that each asked once, ten seconds ago, from a hoster. */
function fill(table: SourceTable, options: NetworkOptions = {}): SourceTable {
  const {
    sources = 24,
    busy = 0,
    own = {},
    hosted = sources,
    failed = 0,
    fresh = sources,
  } = options;
  const { at = (n: number) => ({ lo: NET + n }), firstSlot = NOW - 5 } = options;
  for (let n = 0; n < sources; n += 1) {
    const where = at(n);
    // Who is not fresh was here more than a minute ago already, with what counts for nothing.
    if (n >= fresh) table.add(cell({ ...where, slot: NOW - 40 }));
    table.add(
      cell({
        ...{ ...where, slot: firstSlot, hits: n < busy ? 3 : 1, asks: 1, pages: 1 },
        ...{ hosted: n < hosted ? (n < busy ? 3 : 1) : 0, failed: n < failed ? 1 : 0, ...own },
      }),
    );
  }
  return table;
}

const found = (table: SourceTable, isWatched: (where: NetworkName) => boolean = () => false) =>
  findNetworks(table, NOW, isWatched).map(({ lo, bits, sources }) => [lo - NET, bits, sources]);

describe('findNetworks', () => {
  it.each<[string, number, NetworkOptions]>([
    ['24 sources', 1, {}],
    ['23 sources', 0, { sources: 23 }],
    ['2 of 24 with 3 hits', 1, { busy: 2 }],
    ['3 of 24 with 3 hits', 0, { busy: 3 }],
    ['all of 4 s ago', 1, { firstSlot: NOW - 2 }],
    ['all of 2 s ago', 0, { firstSlot: NOW - 1 }],
    ['all of 58 s ago', 1, { firstSlot: NOW - 29 }],
    ['all of a minute ago', 0, { firstSlot: NOW - 30 }],
    ['4 of 24 failed', 1, { failed: 4 }],
    ['5 of 24 failed', 0, { failed: 5 }],
    ['9 of 24 are new', 1, { fresh: 9 }],
    ['8 of 24 are new', 0, { fresh: 8 }],
    ['12 of 24 hosted', 1, { hosted: 12 }],
    ['11 of 24 hosted', 0, { hosted: 11 }],
    ['that asked for assets alone', 0, { own: { asks: 0, pages: 0 } }],
    ['that had media', 0, { own: { media: 1 } }],
    ['that asked for media in vain', 0, { own: { missed: 1 } }],
  ])('%s: %i', (_, networks, options) => {
    expect(found(fill(new SourceTable(1_000), options))).toHaveLength(networks);
  });

  it('names the smallest: /24 before /20, /56 before /40', () => {
    const of = (at: (n: number) => { hi?: number; lo: number }, sources = 24) =>
      findNetworks(fill(new SourceTable(1_000), { at, sources }), NOW, () => false).map(
        ({ hi, lo, bits }) => [hi.toString(16), lo.toString(16), bits],
      );
    expect(of((n) => ({ lo: NET + n }))).toEqual([['ffff', 'cb007100', 24]]);
    expect(of((n) => ({ lo: NET + 256 * (n % 2) + n }))).toEqual([['ffff', 'cb007000', 20]]);
    expect(of((n) => ({ ...NET6, lo: NET6.lo + n }))).toEqual([['20010db8', '100', 56]]);
    expect(of((n) => ({ ...NET6, lo: 256 * n }))).toEqual([['20010db8', '0', 40]]);
    // Two of one /20, each full enough: both, and not the /20 that holds them.
    expect(of((n) => ({ lo: NET + 256 * (n % 2) + n }), 48).map(([, , bits]) => bits)).toEqual([
      24, 24,
    ]);
    // Beyond the /20 and the /40 nothing is looked at.
    expect(of((n) => ({ lo: NET + 4_096 * n }))).toEqual([]);
    expect(of((n) => ({ ...NET6, lo: 0x01000000 * n }))).toEqual([]);
  });

  it('finds none where anybody watches, asked by address and by what its keyed hashes begin with', () => {
    const table = fill(new SourceTable(1_000), { own: { address: 0x00470001 } });
    const asked: NetworkName[] = [];
    const watched = (isWatched: boolean) =>
      found(table, ({ hi, lo, network }) => {
        asked.push({ hi, lo, network });
        return isWatched;
      }).length;
    expect([watched(true), watched(false)]).toEqual([0, 1]);
    // The /24 first; its /20 if nothing was found in it.
    expect(asked).toEqual(
      [
        { hi: 0xffff, lo: NET, network: 0x47 },
        { hi: 0xffff, lo: NET & 0xfffff000, network: 0x47 },
        { hi: 0xffff, lo: NET, network: 0x47 },
      ].map(({ lo, ...rest }) => ({ ...rest, lo: lo >>> 0 })),
    );
  });

  it('says what it saw', () => {
    const [network] = findNetworks(fill(new SourceTable(1_000), { failed: 2 }), NOW, () => false);
    expect(network).toMatchObject({ sources: 24, hits: 24, failed: 2, pages: 24, manifests: 0 });
    expect(network).toMatchObject({
      firstAtMs: (NOW - 5) * 2_000,
      lastAtMs: (NOW - 5) * 2_000 + 1_999,
    });
  });
});
