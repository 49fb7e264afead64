import { isPlainQuery } from '../../../lambdas/core/edge/plain-query';
import { PROBES, findProbe } from '../../../lambdas/core/edge/probes';
import { Prng } from '../../support/prng';

/** Goal: no query is passed over that a pattern fits. Method: whatever the words of patterns can be put together to. */
const seed = Number(process.env['SEED'] ?? 1);

function checkQuery(query: string): boolean {
  const isProbe = findProbe(`?${query}`) !== undefined;
  expect([query, isProbe && isPlainQuery(query)]).toEqual([query, false]);
  return isProbe;
}

describe('isPlainQuery', () => {
  it.each(['token=4d2f&quality=720p', 'CMCD=ot%3Dv%2cd,sid%3D%22a-b%22', '', 'a_b-c?d=E'])(
    'takes %s',
    (query) => {
      expect(isPlainQuery(query)).toBe(true);
    },
  );

  it.each(['a=b.c', 'a=b/c', 'a=%41', 'a=b+c', 'a=é', 'a=b;c', 'a=b\n'])('leaves %s', (query) => {
    expect(isPlainQuery(query)).toBe(false);
  });

  it('leaves whatever is made of the words of patterns and fits one', () => {
    const random = new Prng(seed);
    const words = PROBES.flatMap(({ pattern }) => pattern.source.split(/[^\w=-]+|\\[sdwb]/));
    const parts = [
      ...new Set(words),
      '=',
      '%3D',
      '%2c',
      '%22',
      '%27',
      '&',
      '?',
      '-',
      ',',
      '7',
    ].filter((word) => word !== '');
    expect(parts.length).toBeGreaterThan(200);
    let found = 0;
    for (let round = 0; round < 60_000; round += 1) {
      const some = Array.from({ length: random.between(1, 6) }, () => random.pick(parts));
      if (checkQuery(some.join(''))) found += 1;
    }
    expect(found).toBeGreaterThan(100);
  });

  it('leaves each word of a pattern that fits by itself, with what may stand around it', () => {
    const words = PROBES.flatMap(({ pattern }) => pattern.source.match(/[\w=&?-]+/g) ?? []);
    const found = words.flatMap((word) =>
      [word, word.toUpperCase(), `a=${word}`, `${word}=1`, `a=${word}&b`].filter(checkQuery),
    );
    expect(found.length).toBeGreaterThan(10);
  });
});
