import { rememberMinutes } from '../../lambdas/api/remembered-minutes';
import type { ViewsItem, ViewsReader } from '../../lambdas/core/road/ports';
import { MINUTE_SERIES_NAMES } from '../../lambdas/core/road/views-counters';
import { minuteSk } from '../../lambdas/core/road/views-item';
import { Prng } from '../support/prng';

/**
 * Goal: what is remembered is never told once the table says otherwise, and little is read again. Method: a table in
 * memory that does what docs/ROAD.md says of revisions, and a reader without a memory beside it.
 */
const PK = 's:live#1';
const DAY = Date.UTC(2026, 10, 24) / 60_000;

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly isRevisions: boolean;
}

class Table implements ViewsReader {
  readonly asked: Asked[] = [];
  readonly minutes = new Map<string, Record<string, number>>();

  /** As views-writer.ts does: counters, and the revision. */
  add(minute: number, name: string, delta: number): void {
    const sk = minuteSk(DAY + minute);
    const values = this.minutes.get(sk) ?? {};
    const more = { [name]: (values[name] ?? 0) + delta, v: (values['v'] ?? 0) + 1 };
    this.minutes.set(sk, { ...values, ...more });
  }

  async query(pk: string, from: string, to: string, names?: readonly string[]) {
    this.asked.push({ from, to, isRevisions: names?.join() === 'v' });
    return this.itemsOf(pk, from, to, names);
  }

  itemsOf(pk: string, from: string, to: string, names?: readonly string[]): ViewsItem[] {
    const own = [...this.minutes].filter(([sk]) => from <= sk && sk <= to);
    return own
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([sk, values]) => {
        const wanted = Object.entries(values).filter(([name]) => names?.includes(name) ?? true);
        return { pk, sk, values: new Map(wanted) };
      });
  }
}

const range = (from: number, to: number) => [minuteSk(DAY + from), minuteSk(DAY + to)] as const;
const ask = (reader: ViewsReader, from: number, to: number) =>
  reader.query(PK, ...range(from, to), MINUTE_SERIES_NAMES);

/** Without revisions, which are nobody's figures. */
const countersOf = (items: readonly ViewsItem[]) =>
  items.map(({ pk, sk, values }) => [
    ...[pk, sk],
    [...values].filter(([name]) => name !== 'v').sort(),
  ]);

function hourTable(): Table {
  const table = new Table();
  for (let minute = 0; minute < 60; minute += 1) table.add(minute, 'f0_2', minute);
  return table;
}

describe('rememberMinutes', () => {
  it('reads a minute once, and then only what was added to since', async () => {
    const table = hourTable();
    const reader = rememberMinutes(table);
    await ask(reader, 0, 59);
    table.add(57, 'f0_2', 5);
    table.add(60, 'f0_2', 7);
    const items = await ask(reader, 0, 60);
    expect(table.asked.map(({ isRevisions }) => isRevisions)).toEqual([false, true, false]);
    expect([table.asked[2]!.from, table.asked[2]!.to]).toEqual(range(57, 60));
    expect(countersOf(items)).toEqual(countersOf(table.itemsOf(PK, ...range(0, 60))));
    await ask(reader, 10, 50);
    expect(table.asked.slice(3).map(({ isRevisions }) => isRevisions)).toEqual([true]);
  });

  it('hands out the same objects of minutes that have not changed, and others of those that have', async () => {
    const table = hourTable();
    const reader = rememberMinutes(table);
    const first = await ask(reader, 0, 59);
    // A correction that leaves all counters as they were is a change.
    table.add(30, 'f0_2', 0);
    const second = await ask(reader, 0, 59);
    expect(second.flatMap((item, n) => (item === first[n] ? [] : [n]))).toEqual([30]);
  });

  it('reads those again that have no revision', async () => {
    const table = hourTable();
    const reader = rememberMinutes(table);
    const sk = minuteSk(DAY + 3);
    table.minutes.set(sk, { f0_2: 1 });
    await ask(reader, 0, 59);
    table.minutes.set(sk, { f0_2: 2 });
    expect((await ask(reader, 0, 59))[3]!.values.get('f0_2')).toBe(2);
  });

  it('does not tell of a minute that is gone', async () => {
    const table = hourTable();
    const reader = rememberMinutes(table);
    await ask(reader, 0, 59);
    table.minutes.delete(minuteSk(DAY + 3));
    expect(await ask(reader, 0, 59)).toHaveLength(59);
  });

  it('lets all other questions through', async () => {
    const table = hourTable();
    const reader = rememberMinutes(table);
    for (const names of [undefined, [...MINUTE_SERIES_NAMES]]) {
      await reader.query(PK, ...range(0, 59), names);
      await reader.query(PK, ...range(0, 59), names);
    }
    expect(table.asked.map(({ isRevisions }) => isRevisions)).toEqual([false, false, false, false]);
  });

  // A minute of the table has two values: its counter and its revision.
  it.each([
    ['room for both', 240, true],
    ['room for less than both', 239, false],
  ])('forgets whom it was asked for longest ago: %s', async (_, valuesMax, isKept) => {
    const table = hourTable();
    const reader = rememberMinutes(table, valuesMax);
    const of = (pk: string) => reader.query(pk, ...range(0, 59), MINUTE_SERIES_NAMES);
    await of('s:first#1');
    await of('s:second#1');
    table.asked.length = 0;
    await of('s:second#1');
    await of('s:first#1');
    expect(table.asked.map(({ isRevisions }) => isRevisions)).toEqual([true, isKept]);
  });

  it('answers as a reader without a memory, whatever is added and asked', async () => {
    let short = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = new Prng(seed);
      const table = new Table();
      const reader = rememberMinutes(table, random.between(20, 400));
      for (let step = 0; step < 60; step += 1) {
        if (random.between(0, 2) > 0) {
          table.add(random.between(0, 50), `f${random.between(0, 2)}_2`, random.between(-3, 5));
          continue;
        }
        const from = random.between(0, 50);
        const window = range(from, random.between(from, 50));
        const items = await reader.query(PK, ...window, MINUTE_SERIES_NAMES);
        expect(countersOf(items)).toEqual(countersOf(table.itemsOf(PK, ...window)));
      }
      short += table.asked.filter(({ isRevisions }) => isRevisions).length;
    }
    expect(short).toBeGreaterThan(1_000);
  });

  it('gives the answer to each of two questions at the same time', async () => {
    const table = hourTable();
    const reader = rememberMinutes(table);
    await ask(reader, 0, 59);
    table.add(5, 'f0_2', 100);
    const both = await Promise.all([ask(reader, 0, 30), ask(reader, 5, 59)]);
    for (const items of both) {
      const five = items.find(({ sk }) => sk === minuteSk(DAY + 5));
      expect(five?.values.get('f0_2')).toBe(105);
    }
  });
});
