import { withOrigins } from '../../../lambdas/core/guard/origin';
import type { SourceCell } from '../../../lambdas/core/guard/source-cells';
import { cell } from '../../support/guard-facts';
import { suspect } from '../../support/guard-plans';
import { Prng, seeds } from '../../support/prng';

/**
 * Goal: a suspect says whence it comes and what it asks for, as its hits do. Method: cells by hand; random ones against
 * a count that goes by text.
 */
const lo = (last: number, third = 100) => (198 * 2 ** 24 + 51 * 2 ** 16 + third * 256 + last) >>> 0;
const SUSPECT = suspect('198.51.100.7/32', 50);
const own = (hits: number, asn: number, content: string, slot = 9) =>
  cell({ lo: lo(7), slot, hits, asn, content });

const originOf = (cells: readonly SourceCell[], cidr = SUSPECT.cidr) =>
  withOrigins([{ ...SUSPECT, cidr }], cells)[0]!.origin;

describe('the origin of a suspect', () => {
  it.each<[string, readonly SourceCell[], object | undefined]>([
    ['of one cell', [own(3, 64_500, 'final')], { asn: 64_500, content: 'final' }],
    [
      'of most hits, not of most cells',
      [own(5, 64_500, 'final'), own(2, 64_501, 'page', 10), own(2, 64_501, 'page', 11)],
      { asn: 64_500, content: 'final' },
    ],
    [
      'of each by itself',
      [own(5, 64_500, 'final'), own(3, 64_501, 'page', 10), own(3, 64_502, 'page', 11)],
      { asn: 64_500, content: 'page' },
    ],
    [
      'of equals the lowest',
      [own(2, 64_501, 'page'), own(2, 64_500, 'final', 10)],
      { asn: 64_500, content: 'final' },
    ],
    ['where the log does not say', [own(3, 0, 'final')], { asn: 0, content: 'final' }],
    ['of nobody else', [cell({ lo: lo(8), slot: 9, hits: 3 })], undefined],
    [
      'by what was refused too: who is blocked goes on asking for what he asked for',
      [own(2, 64_501, 'page'), cell({ lo: lo(7), slot: 10, refused: 3 })],
      { asn: 64_500, content: 'final' },
    ],
  ])('is %s', (_, cells, origin) => {
    expect(originOf(cells)).toEqual(origin);
  });

  it('of a network is that of all its sources, and of no other', () => {
    const cells = [
      cell({ lo: lo(1), slot: 9, hits: 2, asn: 64_500, content: 'final' }),
      cell({ lo: lo(255), slot: 9, hits: 2, asn: 64_501, content: 'page' }),
      cell({ lo: lo(9), slot: 9, hits: 1, asn: 64_501, content: 'page' }),
      cell({ lo: lo(1, 101), slot: 9, hits: 90, asn: 64_502, content: 'other' }),
    ];
    expect(originOf(cells, '198.51.100.0/24')).toEqual({ asn: 64_501, content: 'page' });
    expect(originOf(cells, '198.51.96.0/20')).toEqual({ asn: 64_502, content: 'other' });
  });

  it('is told of IPv6 too, and leaves all else as it is', () => {
    const six = { ...SUSPECT, cidr: '2001:db8:0:1::/64' };
    const cells = [cell({ hi: 0x20010db8, lo: 1, slot: 9, hits: 1 })];
    expect(withOrigins([SUSPECT, six], cells)).toEqual([
      SUSPECT,
      { ...six, origin: { asn: 64_500, content: 'final' } },
    ]);
    expect(withOrigins([], cells)).toEqual([]);
  });

  it.each(seeds(100))('is what a count by text says (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const cells = Array.from({ length: prng.int(60) }, (_, n) =>
      cell({
        ...{ lo: lo(prng.int(4), 100 + prng.int(2)), slot: n, hits: prng.int(4) },
        refused: 1 + prng.int(2),
        ...{ asn: prng.pick([0, 64_500, 64_501]), content: prng.pick(['a', 'b', 'c']) },
      }),
    );
    for (const [cidr, start] of [
      ['198.51.100.2/32', '198.51.100.2.'],
      ['198.51.100.0/24', '198.51.100.'],
      ['198.51.96.0/20', '198.51.'],
    ] as const) {
      const text = ({ lo: word }: SourceCell) =>
        [24, 16, 8, 0].map((bits) => `${(word >>> bits) & 255}.`).join('');
      const inIt = cells.filter((one) => text(one).startsWith(start));
      const most = (of: (one: SourceCell) => string) => {
        const hits: Record<string, number> = {};
        // Hits are the first count of a cell, refused requests the second.
        for (const one of inIt) {
          hits[of(one)] = (hits[of(one)] ?? 0) + one.counts[0]! + one.counts[1]!;
        }
        const names = Object.keys(hits).sort();
        return names.sort((a, b) => hits[b]! - hits[a]!)[0];
      };
      const asn = most((one) => String(one.asn));
      const expected = asn && { asn: Number(asn), content: most(({ content }) => content) };
      expect(originOf(cells, cidr)).toEqual(expected);
    }
  });
});
