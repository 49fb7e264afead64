import { ExcessMemory, largestHits } from '../../../lambdas/core/guard/excess';
import { suspect } from '../../support/guard-plans';
import { Prng, seeds } from '../../support/prng';

/**
 * Goal: whoever looks knows how much excess there is, whence it comes and what it is after. Method: suspects told by
 * hand around the limits; random ones against sums of their own.
 */
const NOW_MS = Date.UTC(2026, 10, 24, 20);
const told = (n: number, attackHits: number, asn = 64_500, content = 'final') => ({
  ...suspect(`198.51.100.${n}/32`, attackHits),
  origin: { asn, content },
});

describe('the excess of a minute', () => {
  it.each([
    [59_999, 1],
    [60_000, 0],
  ])('holds who was told %i ms ago: %i', (agoMs, suspects) => {
    const memory = new ExcessMemory(9);
    memory.take(told(1, 30), NOW_MS - agoMs);
    expect(memory.report(NOW_MS)).toMatchObject({ suspects, hits: 30 * suspects });
    expect(memory.report(NOW_MS).byNetwork).toHaveLength(suspects);
  });

  it('is of each suspect as it was told last', () => {
    const memory = new ExcessMemory(9);
    memory.take(told(1, 30), NOW_MS - 9_000);
    memory.take(told(1, 40, 64_501, 'page'), NOW_MS - 5_000);
    memory.take(told(1, 99), NOW_MS - 6_000);
    expect(memory.report(NOW_MS)).toEqual({
      ...{ hits: 40, suspects: 1 },
      byNetwork: [{ name: 64_501, hits: 40, suspects: 1 }],
      byContent: [{ name: 'page', hits: 40, suspects: 1 }],
    });
  });

  it('holds no more suspects than it may, and goes on with those that it knows', () => {
    const memory = new ExcessMemory(2);
    for (const n of [1, 2, 3]) memory.take(told(n, n), NOW_MS);
    expect(memory.report(NOW_MS)).toMatchObject({ suspects: 2, hits: 3 });
    memory.take(told(1, 100), NOW_MS + 1);
    expect(memory.report(NOW_MS)).toMatchObject({ suspects: 2, hits: 102 });
    expect(memory.report(NOW_MS + 60_000)).toMatchObject({ suspects: 1, hits: 100 });
    memory.take(told(3, 3), NOW_MS + 60_000);
    expect(memory.report(NOW_MS + 60_000)).toMatchObject({ suspects: 2, hits: 103 });
  });

  it('counts who has no origin among all, and in no share', () => {
    const memory = new ExcessMemory(9);
    memory.take(suspect('192.0.2.1/32', 10), NOW_MS);
    memory.take(told(1, 20), NOW_MS);
    const { hits, byNetwork } = memory.report(NOW_MS);
    expect([hits, byNetwork]).toEqual([30, [{ name: 64_500, hits: 20, suspects: 1 }]]);
  });

  it('names the largest ten, and takes an unknown network for none', () => {
    const memory = new ExcessMemory(99);
    for (let n = 0; n < 12; n += 1) memory.take(told(n, 10 + n, n), NOW_MS);
    memory.take(told(50, 900, 0), NOW_MS);
    const { byNetwork, byContent } = memory.report(NOW_MS);
    expect(byNetwork.map(({ name }) => name)).toEqual([0, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(byNetwork[0]).toEqual({ name: 0, hits: 910, suspects: 2 });
    expect([largestHits(byNetwork), largestHits(byContent), largestHits([])]).toEqual([
      ...[21, 12 * 10 + 66 + 900, 0],
    ]);
  });

  it.each(seeds(100))('adds up (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const memory = new ExcessMemory(1_000);
    const all = Array.from({ length: prng.int(200) }, (_, n) =>
      told(n, prng.int(1_000), prng.int(5), prng.pick(['a', 'b'])),
    );
    for (const one of all) memory.take(one, NOW_MS - prng.int(60_000));
    const { hits, suspects, byNetwork, byContent } = memory.report(NOW_MS);
    expect(suspects).toBe(all.length);
    expect(hits).toBe(all.reduce((sum, { attackHits }) => sum + attackHits, 0));
    for (const shares of [byNetwork, byContent]) {
      expect(shares.reduce((sum, share) => sum + share.hits, 0)).toBe(hits);
      expect(shares.reduce((sum, share) => sum + share.suspects, 0)).toBe(suspects);
      const order = shares.map((share) => share.hits);
      expect(order).toEqual([...order].sort((a, b) => b - a));
    }
    for (const { name, hits: own } of byContent) {
      const mine = all.filter(({ origin }) => origin.content === name);
      expect(own).toBe(mine.reduce((sum, { attackHits }) => sum + attackHits, 0));
    }
  });
});
