import type { Attributes } from '../../lambdas/adapters/attributes';
import type { Dynamo } from '../../lambdas/adapters/clients';
import { makeViewsReader } from '../../lambdas/adapters/views-reader';

/** Items share the list of their names with the one before where they can, and must not where they cannot. */
const ROWS: Record<string, number>[] = [
  { a: 1, b: 2 },
  { a: 3, b: 4 },
  { b: 5, a: 6 },
  { b: 7 },
  { b: 8, a: 9, c: 10 },
  {},
  { c: 11 },
  { b: 12, c: 13 },
];

describe('makeViewsReader', () => {
  it('keeps apart what neighbours have', async () => {
    const Items: Attributes[] = ROWS.map((row, n) => ({
      ...{ pk: { S: 's:live#0' }, sk: { S: `m#${n}` } },
      ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, { N: `${value}` }])),
    }));
    const dynamo = { send: async () => ({ Items }) } as unknown as Dynamo;
    const items = await makeViewsReader(dynamo, 'views').query('s:live#0', 'a', 'z');
    expect(items.map(({ values }) => [...values])).toEqual(ROWS.map(Object.entries));
  });
});
