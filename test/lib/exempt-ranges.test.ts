import { parseConfig } from '../../lib/config';
import { exemptRangesOf } from '../../lib/exempt-ranges';
import { resourcesOf, synthTemplate } from './stack-support';

describe('exemptRangesOf', () => {
  const of = (allow: string[], own: string[] = []) =>
    exemptRangesOf(parseConfig({ guard: { allow, own } }).guard);

  it('is nothing when nothing is configured', () => {
    expect(of([])).toEqual({ v4: [], v6: [] });
  });

  it.each([
    ['192.0.2.77/24', ['192.0.2.0/24']],
    ['198.51.100.7/32', ['198.51.100.7/32']],
    ['::ffff:203.0.113.9/120', ['203.0.113.0/24']],
    ['128.0.0.0/1', ['128.0.0.0/1']],
    // WAF refuses a length of 0.
    ['0.0.0.0/0', ['0.0.0.0/1', '128.0.0.0/1']],
  ])('has the host bits of %s cleared: %p', (given, expected) => {
    expect(of([given])).toEqual({ v4: expected, v6: [] });
  });

  it.each([
    ['2001:DB8:0:1::5/64', ['2001:db8:0:1::/64']],
    ['2001:db8::/32', ['2001:db8::/32']],
    // A source is a /64: what is longer is spared with all of it, as by the plan.
    ['2001:db8:1:2:3:4:5:6/128', ['2001:db8:1:2::/64']],
    ['::/0', ['::/1', '8000::/1']],
  ])('has %s in canonical text: %p', (given, expected) => {
    expect(of([given])).toEqual({ v4: [], v6: expected });
  });

  it('has each range once, and none within another, in whichever list they stand', () => {
    const allow = ['192.0.2.128/25', '192.0.2.0/24', '198.51.100.0/25', '192.0.2.0/25'];
    const own = ['192.0.2.77/32', '198.51.100.128/25', '192.0.2.0/24'];
    const v4 = ['192.0.2.0/24', '198.51.100.0/25', '198.51.100.128/25'];
    expect(of(allow, own)).toEqual({ v4, v6: [] });
    expect(of(own, allow)).toEqual({ v4, v6: [] });
  });
});

describe('exempt sets', () => {
  const exemptOf = (guard: object) =>
    resourcesOf(synthTemplate({ guard })).flatMap(([, { Type, Properties: p }]) =>
      Type === 'AWS::WAFv2::IPSet' && (p['Name'] as string).includes('exempt')
        ? [[p['Name'], p['Addresses']]]
        : [],
    );
  it('hold both lists of turnout.json, each range once and without host bits', () => {
    expect(
      exemptOf({
        allow: ['192.0.2.77/24', '192.0.2.0/25', '198.51.100.7/32', '2001:DB8:0:1::/64'],
        own: ['192.0.2.0/24', '2001:db8::/48'],
      }),
    ).toEqual([
      ['Turnout-exempt-v4-1', ['192.0.2.0/24', '198.51.100.7/32']],
      ['Turnout-exempt-v6-1', ['2001:db8::/48']],
    ]);
  });
  it.each([
    [10_000, [10_000]],
    [10_001, [10_000, 1]],
  ])('hold %i ranges as %p', (count, sizes) => {
    const all = Array.from({ length: count }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
    const found = exemptOf({
      setsV4: 1,
      setsV6: 1,
      allow: all.slice(0, 5_001),
      own: all.slice(5_001),
    });
    expect(found.map(([, addresses]) => (addresses as string[]).length)).toEqual(sizes);
  });
});
