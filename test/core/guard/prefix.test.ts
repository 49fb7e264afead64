import {
  canonicalCidr,
  compare,
  contains,
  parsePrefix,
  prefixText,
  widen,
} from '../../../lambdas/core/guard/prefix';
import { Prng, seeds } from '../../support/prng';

describe('parsePrefix and prefixText', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.7/24', '192.0.2.0/24'],
    ['255.255.255.255/1', '128.0.0.0/1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::ffff:192.0.2.7/120', '192.0.2.0/24'],
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:db8::1/128', '2001:db8::/64'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::/64'],
    ['2001:DB8:ffff::/33', '2001:db8:8000::/33'],
    ['::/0', '::/0'],
  ])('%s is %s', (text, canonical) => {
    expect(prefixText(parsePrefix(text)!)).toBe(canonical);
  });

  it.each(['', '192.0.2', '192.0.2.0/33', '192.0.2.0/x', '::/129', '1/2/3', '::ffff:1.2.3.4/95'])(
    'refuses %p',
    (text) => {
      expect(parsePrefix(text)).toBeUndefined();
      expect(canonicalCidr(text)).toBeUndefined();
    },
  );
});

describe('canonicalCidr', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001/128', '2001:db8::1/128'],
    ['2001:0DB8:0000:0001:0000:0000:0000:0000/64', '2001:db8:0:1::/64'],
    ['2001:db8::ffff:1/112', '2001:db8::ffff:0/112'],
    ['2001:db8::ffff:ffff/113', '2001:db8::ffff:8000/113'],
    ['2001:db8:0:0:8000::/65', '2001:db8:0:0:8000::/65'],
    ['2001:db8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['2001:db8:0:1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'],
    ['2001:0:0:1:0:0:0:1/128', '2001:0:0:1::1/128'],
    ['::ffff:c000:0207/128', '192.0.2.7/32'],
    ['64:ff9b::192.0.2.7/128', '64:ff9b::c000:207/128'],
    ['::1/128', '::1/128'],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalCidr(text)).toBe(canonical);
  });

  it.each(seeds(200))('however a range is written, it has one text (SEED=%i)', (seed) => {
    const random = new Prng(seed);
    const groups = Array.from({ length: 8 }, () => (random.bool(0.5) ? 0 : random.int(65_536)));
    groups[0] = 0x2001;
    const bits = random.between(0, 128);
    const hex = groups.map((group) => group.toString(16));
    const full = hex.map((group) => group.padStart(4, '0').toUpperCase());
    const canonical = canonicalCidr(`${hex.join(':')}/${bits}`)!;
    expect(canonicalCidr(`${full.join(':')}/${bits}`)).toBe(canonical);
    expect(canonicalCidr(canonical)).toBe(canonical);
    // The same again by big integers.
    const value = groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
    const masked = bits === 0 ? 0n : (value >> BigInt(128 - bits)) << BigInt(128 - bits);
    const plain = Array.from({ length: 8 }, (_, n) => (masked >> BigInt(112 - 16 * n)) & 0xffffn);
    const [head = '', tail] = canonical.split('/')[0]!.split('::');
    const before = head === '' ? [] : head.split(':');
    const after = tail === undefined || tail === '' ? [] : tail.split(':');
    const zeros = new Array<string>(8 - before.length - after.length).fill('0');
    expect([...before, ...zeros, ...after]).toEqual(plain.map((group) => group.toString(16)));
  });
});

describe('contains, widen and compare', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.255/32', true],
    ['192.0.2.0/24', '192.0.3.0/32', false],
    ['192.0.2.0/24', '192.0.2.0/24', true],
    ['192.0.2.0/25', '192.0.2.0/24', false],
    ['0.0.0.0/0', '255.0.0.0/8', true],
    ['::/0', '192.0.2.0/24', false],
    ['2001:db8::/32', '2001:db8:ffff:ffff::/64', true],
    ['2001:db8::/33', '2001:db8:8000::/64', false],
  ])('%s contains %s: %p', (outer, inner, isSo) => {
    expect(contains(parsePrefix(outer)!, parsePrefix(inner)!)).toBe(isSo);
  });

  it('widens to what contains it', () => {
    expect(prefixText(widen(parsePrefix('192.0.2.7')!, 20))).toBe('192.0.0.0/20');
    expect(prefixText(widen(parsePrefix('2001:db8:a:b::')!, 40))).toBe('2001:db8::/40');
  });

  it('sorts IPv4 first, by address, the wider first', () => {
    const sorted = ['9.0.0.0/8', '192.0.2.0/24', '192.0.2.0/32', '192.0.2.1/32', '2001:db8::/32'];
    const mixed = [...sorted].reverse().map((text) => parsePrefix(text)!);
    expect(mixed.sort(compare).map(prefixText)).toEqual(sorted);
  });
});
