import { ItemValues } from '../../lambdas/adapters/item-values';
import { parseItem } from '../../lambdas/adapters/views-reader';

const CASES: [string, [string, number | string][]][] = [
  ['nothing', []],
  ['one attribute', [['id', 'live']]],
  [
    'numbers and texts',
    [
      ['f0_2', 7],
      ['kind', 'stream'],
      ['f0_1', 0],
    ],
  ],
];

describe('ItemValues', () => {
  it.each(CASES)('reads as a Map does: %s', (_, pairs) => {
    const map = new Map(pairs);
    const values = new ItemValues(
      pairs.map(([name]) => name),
      pairs.map(([, value]) => value),
    );
    expect([...values]).toEqual([...map]);
    expect([...values.entries()]).toEqual([...map.entries()]);
    expect([...values.keys()]).toEqual([...map.keys()]);
    expect([...values.values()]).toEqual([...map.values()]);
    expect(values.size).toBe(map.size);
    const visited: unknown[] = [];
    values.forEach((value, name, all) => visited.push([name, value, all === values]));
    expect(visited).toEqual(pairs.map(([name, value]) => [name, value, true]));
    for (const name of [...map.keys(), 'none', '']) {
      expect([values.get(name), values.has(name)]).toEqual([map.get(name), map.has(name)]);
    }
  });
});

describe('parseItem', () => {
  it('has keys apart from attributes', () => {
    const item = { sk: { S: 'm#1' }, f0_2: { N: '7' }, pk: { S: 's:a#0' }, kind: { S: 'page' } };
    const { pk, sk, values } = parseItem(item);
    expect([pk, sk, Object.fromEntries(values)]).toEqual([
      's:a#0',
      'm#1',
      { f0_2: 7, kind: 'page' },
    ]);
  });
});
