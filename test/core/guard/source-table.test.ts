import { N, SOURCE_COUNTS, type SourceCell } from '../../../lambdas/core/guard/source-cells';
import { SourceTable } from '../../../lambdas/core/guard/source-table';
import { S, type SourceFacts } from '../../../lambdas/core/guard/source-windows';
import { cell } from '../../support/guard-facts';
import { Prng, seeds } from '../../support/prng';

/**
 * Goal: the table says of a source what its cells say. Method: a slow twin that keeps all cells and reads the
 * windows off them; random cells in order, and within the window out of order.
 */
type Twin = Map<string, SourceCell[]>;

const keyOf = ({ hi, lo }: Pick<SourceCell, 'hi' | 'lo'>) => `${hi} ${lo}`;
const half = (slot: number) => Math.floor(slot / 15);

/** Linear counting of 32 bits; a full map says 128. */
function estimated(maps: readonly number[]): number {
  const seen = new Set(
    maps.flatMap((map) => Array.from({ length: 32 }, (_, n) => ((map >>> n) & 1 ? n : -1))),
  );
  seen.delete(-1);
  return seen.size === 32 ? 128 : Math.round(-32 * Math.log((32 - seen.size) / 32));
}

/** What a source's cells, in the order in which they came, amount to. */
function factsSlowly(
  cells: readonly SourceCell[],
): Omit<SourceFacts, 'agents' | 'urls' | 'pagePaths'> {
  const newest = Math.max(...cells.map(({ slot }) => slot));
  const inWindow = cells.filter(({ slot }) => slot > newest - 5);
  const inLong = cells.filter(({ slot }) => half(slot) >= half(newest) - 1);
  const sum = (of: readonly SourceCell[], name: (typeof SOURCE_COUNTS)[number]) =>
    of.reduce((total, { counts }) => total + counts[N[name]]!, 0);
  const window = (name: (typeof SOURCE_COUNTS)[number]) => sum(inWindow, name);
  const total = (name: (typeof SOURCE_COUNTS)[number]) => sum(cells, name);
  const first = Math.min(...cells.map(({ slot }) => slot));
  const lastMs = Math.max(...cells.filter(({ slot }) => slot === newest).map((it) => it.lastMs));
  let quarters = 0;
  let last = 0;
  for (const { slot } of cells) {
    if (Math.floor(slot / 8) <= last) continue;
    last = Math.floor(slot / 8);
    quarters += 1;
  }
  return {
    atMs: newest * 2_000 + lastMs,
    firstAtMs: Math.min(...inWindow.map(({ slot }) => slot)) * 2_000,
    window: {
      ...{ hits: window('hits'), refused: window('refused'), pages: window('pages') },
      ...{ unserved: window('unserved'), asks: window('asks') },
      ...{ manifests: window('manifests'), odd: window('odd') },
      slots: new Set(inWindow.map(({ slot }) => slot)).size,
    },
    long: SOURCE_COUNTS.map((name) => sum(inLong, name)),
    longSeconds: 2 * (newest - Math.max(first, 15 * (half(newest) - 1)) + 1),
    total: {
      ...{ hits: total('hits'), manifests: total('manifests'), media: total('media') },
      ...{ pages: total('pages'), failed: total('failed'), missed: total('missed') },
      ...{ quarterMinutes: quarters, seconds: (newest - first + 1) * 2 },
      agents: estimated(cells.map(({ agents }) => agents)),
    },
  };
}

const FROM = 897_000_007;

function randomCells(prng: Prng, isInOrder: boolean): SourceCell[] {
  const sources = prng.between(1, 12);
  let slot = FROM;
  return Array.from({ length: prng.between(1, 120) }, () => {
    slot += prng.pick([0, 0, 0, 1, 1, 2, 6, 20, 40]);
    const at = isInOrder ? slot : slot - prng.int(5);
    const counts = Object.fromEntries(SOURCE_COUNTS.map((name) => [name, prng.int(9)]));
    const lo = prng.int(sources);
    const hi = prng.bool(0.5) ? 0xffff : 0x20010db8;
    return cell({
      hi,
      lo,
      slot: at,
      lastMs: prng.int(2_000),
      agents: 1 << lo,
      pagePaths: 2 << lo,
      ...counts,
    });
  });
}

function fill(table: SourceTable, cells: readonly SourceCell[]): Twin {
  const twin: Twin = new Map();
  for (const one of cells) {
    table.add(one);
    twin.set(keyOf(one), [...(twin.get(keyOf(one)) ?? []), one]);
  }
  return twin;
}

describe('SourceTable', () => {
  it.each(seeds(200))('says what a slow twin says (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const table = new SourceTable(1_000);
    const twin = fill(table, randomCells(prng, prng.bool(0.5)));
    expect(table.size).toBe(twin.size);
    for (const cells of twin.values()) {
      const { hi, lo } = cells[0]!;
      const at = table.find(hi, lo);
      const { agents, urls, pagePaths, ...rest } = table.factsOf(at);
      expect(rest).toEqual(factsSlowly(cells));
      expect([agents, urls, pagePaths]).toEqual([1, 1, 1]);
      expect(table.windowHits(at)).toBe(rest.window.hits);
      for (const name of SOURCE_COUNTS) expect(table.long(at, N[name])).toBe(rest.long[N[name]]);
      expect(table.quarterMinutes(at)).toBe(rest.total.quarterMinutes);
    }
  });

  it('forgets half minutes that are gone, and a cell that comes too late for them', () => {
    const table = new SourceTable(10);
    const slot = 15 * 1_000;
    const at = table.add(cell({ lo: 1, slot, hits: 1 }));
    const hits = () => table.long(at, N.hits);
    expect(hits()).toBe(1);
    table.add(cell({ lo: 1, slot: slot + 29, hits: 10 }));
    expect(hits()).toBe(11);
    table.add(cell({ lo: 1, slot: slot + 30, hits: 100 }));
    expect(hits()).toBe(110);
    table.add(cell({ lo: 1, slot: slot + 14, hits: 1_000 }));
    expect(hits()).toBe(110);
    table.add(cell({ lo: 1, slot: slot + 75, hits: 7 }));
    expect(hits()).toBe(7);
  });

  it('knows the address of this broadcast day and of the one before, in any order', () => {
    const words = (...cells: SourceCell[]) => {
      const table = new SourceTable(10);
      for (const one of cells) table.add(one);
      return [table.words[S.address], table.words[S.addressBefore]];
    };
    const [before, now] = [
      cell({ lo: 1, slot: 9, address: 5 }),
      cell({ lo: 1, slot: 10, address: 6 }),
    ];
    expect(words(before)).toEqual([5, 0]);
    expect(words(before, before, now, now)).toEqual([6, 5]);
    expect(words(now, before, now)).toEqual([6, 5]);
  });

  it.each([
    [1, 1],
    [2, 2],
    [8, 9],
    [20, 31],
    [31, 111],
    [32, 128],
  ])('takes %i bits of agents for %i agents', (bits, agents) => {
    const table = new SourceTable(10);
    const all = Array.from({ length: bits }, (_, n) => 1 << n).reduce((a, b) => a | b, 0) >>> 0;
    const at = table.add(cell({ lo: 1, slot: 9, agents: all, urlsHi: all, urlsLo: 0 }));
    expect(table.factsOf(at).agents).toBe(agents);
    expect(table.factsOf(at).urls).toBe(Math.round(-64 * Math.log((64 - bits) / 64)));
  });

  it('says 256 urls when all 64 bits are met', () => {
    const table = new SourceTable(10);
    const at = table.add(cell({ lo: 1, slot: 9, urlsHi: 0xffffffff, urlsLo: 0xffffffff }));
    expect(table.factsOf(at).urls).toBe(256);
  });
});

describe('a full SourceTable', () => {
  it.each([
    [99, 0],
    [100, 0],
    [101, 25],
    [1_000, 900],
  ])('of 100 places, after %i sources, has dropped %i and never holds more', (sources, dropped) => {
    const table = new SourceTable(100);
    for (let lo = 0; lo < sources; lo += 1) {
      table.add(cell({ lo, slot: 9, hits: 1 }));
      expect(table.size).toBeLessThanOrEqual(100);
    }
    expect(table.size + table.dropped).toBe(sources);
    expect(Math.abs(table.dropped - dropped)).toBeLessThan(25);
    if (sources < 200) expect(table.dropped).toBe(dropped);
  });

  it.each(seeds(40))(
    'keeps the heavy ones, and what it knows of them is exact (SEED=%i)',
    (seed) => {
      const prng = new Prng(seed);
      const table = new SourceTable(64);
      // 12 heavy sources among thousands that come once or twice.
      const light = Array.from({ length: 3_000 }, () =>
        cell({ lo: 1_000 + prng.int(2_500), slot: 9, hits: 1 }),
      );
      const heavy = Array.from({ length: 12 }, (_, lo) => cell({ lo, slot: 9, hits: 50 + lo }));
      for (const one of heavy) table.add(one);
      for (const one of light) table.add(one);
      for (const one of heavy) {
        const at = table.find(one.hi, one.lo);
        expect(at).toBeGreaterThanOrEqual(0);
        expect(table.long(at, N.hits)).toBe(one.counts[N.hits]);
      }
      expect(table.dropped).toBeGreaterThan(0);
    },
  );

  it('bounds what the forgotten had: nobody had more than the error of who is new', () => {
    const table = new SourceTable(8);
    const hits = [5, 1, 7, 2, 9, 3, 8, 6];
    for (const [lo, n] of hits.entries()) table.add(cell({ lo, slot: 9, hits: n }));
    const at = table.add(cell({ lo: 99, slot: 9, hits: 1 }));
    const gone = hits.filter((_, lo) => table.find(0xffff, lo) < 0);
    // A quarter goes at once, and these are the fewest.
    expect(gone.sort()).toEqual([1, 2]);
    expect(table.words[at + S.error]).toBe(2);
    // What is remembered is not held against the newcomer.
    expect(table.long(at, N.hits)).toBe(1);
  });

  it('lets go who has been silent for 3 minutes before who asks once now', () => {
    const after = (slots: number) => {
      const table = new SourceTable(4);
      table.add(cell({ lo: 0, slot: 100, hits: 900 }));
      for (let lo = 1; lo < 5; lo += 1) table.add(cell({ lo, slot: 100 + slots, hits: 1 }));
      return table.find(0xffff, 0) >= 0;
    };
    expect([after(90), after(91)]).toEqual([true, false]);
  });

  it('of many equal ones drops no more than a quarter', () => {
    const table = new SourceTable(100);
    for (let lo = 0; lo < 101; lo += 1) table.add(cell({ lo, slot: 9, hits: lo < 10 ? 0 : 3 }));
    expect(table.size).toBe(76);
    for (let lo = 0; lo < 10; lo += 1) expect(table.find(0xffff, lo)).toBe(-1);
  });
});
