import { SHIPPED_FILES } from '../../../lambdas/core/edge/network-lists';
import { exemptOf, makeExempt, PRIVATE_RANGES } from '../../../lambdas/core/guard/exempt';
import { parsePrefix } from '../../../lambdas/core/guard/prefix';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import { cidrOfBits } from '../../reference/oracle-prefix';
import { Prng, seeds } from '../../support/prng';

const LISTS = {
  allow: ['192.0.2.0/28'],
  own: ['198.51.100.7', '2001:db8:7::1/128'],
  crawlers: { bing: ['203.0.113.0/24'], googlebot: ['2001:db8:66::/48'] },
  relay: ['192.0.2.64/26'],
  blockPrivate: false,
};

describe('makeExempt', () => {
  it.each([
    ['192.0.2.15/32', 'allow'],
    ['192.0.2.16/32', undefined],
    ['192.0.2.0/24', 'allow'],
    ['192.0.2.128/25', undefined],
    ['192.0.2.127/32', 'relay'],
    ['198.51.100.6/32', undefined],
    ['198.51.100.6/31', 'own'],
    ['203.0.112.0/23', 'crawlers:bing'],
    ['2001:db8:7::/64', 'own'],
    ['2001:db8:7:1::/64', undefined],
    ['2001:db8:66:ffff::/64', 'crawlers:googlebot'],
    ['2001:db8::/32', 'own'],
    ['2001:db8:67::/48', undefined],
  ])('of %s names %p', (cidr, name) => {
    const table = makeExempt(LISTS);
    expect(table.nameOf(parsePrefix(cidr)!)).toBe(name);
    expect(table.covers(parsePrefix(cidr)!)).toBe(name !== undefined);
  });

  it.each(PRIVATE_RANGES)('exempts %s unless private addresses may be blocked', (range) => {
    const prefix = parsePrefix(range)!;
    expect(makeExempt(LISTS).nameOf(prefix)).toBe('private');
    expect(makeExempt({ ...LISTS, blockPrivate: true }).nameOf(prefix)).toBeUndefined();
  });

  it.each([
    ['9.255.255.255', undefined],
    ['10.0.0.0', 'private'],
    ['11.0.0.0', undefined],
    ['172.15.255.255', undefined],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', undefined],
    ['100.127.255.255', 'private'],
    ['100.128.0.0', undefined],
    ['223.255.255.255', undefined],
    ['239.255.255.255', undefined],
    ['240.0.0.0', 'private'],
  ])('%s is %p', (address, name) => {
    expect(makeExempt(LISTS).nameOf(parsePrefix(address)!)).toBe(name);
  });

  it('says which list has an entry that is no range', () => {
    expect(() => makeExempt({ ...LISTS, relay: ['192.0.2.0/33'] })).toThrow(
      'list relay: expected an address or a range, got "192.0.2.0/33"',
    );
  });

  it.each(seeds(200))('overlaps whatever begins alike (SEED=%i)', (seed) => {
    const random = new Prng(seed);
    const version = random.pick([4, 6] as const);
    const bits = () =>
      Array.from({ length: random.between(1, random.bool(0.7) ? 6 : 32) }, () =>
        random.int(2),
      ).join('');
    const listed = Array.from({ length: random.between(1, 12) }, bits);
    const allow = listed.map((own) => cidrOfBits(version, own));
    const { covers } = makeExempt({
      ...LISTS,
      own: [],
      crawlers: {},
      relay: [],
      allow,
      blockPrivate: true,
    });
    for (let n = 0; n < 50; n += 1) {
      const asked = bits();
      const expected = listed.some((own) => own.startsWith(asked) || asked.startsWith(own));
      expect(covers(parsePrefix(cidrOfBits(version, asked))!)).toBe(expected);
    }
  });
});

describe('exemptOf', () => {
  it('takes settings and the lists that are shipped', () => {
    const guard = { ...DEFAULT_SETTINGS.guard, own: ['192.0.2.1'] };
    const { nameOf } = exemptOf({ ...DEFAULT_SETTINGS, guard }, SHIPPED_FILES);
    const names = ['66.249.64.1', '104.28.1.1', '192.0.2.1', '192.168.1.1', '198.51.100.1'].map(
      (address) => nameOf(parsePrefix(address)!),
    );
    expect(names).toEqual(['crawlers:googlebot', 'relay', 'own', 'private', undefined]);
  });
});
