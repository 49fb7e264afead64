import { isIP } from 'node:net';
import { masked, readAddress, readRange, textOfRange } from '../../local/waf-cidr';
import { Prng, seeds } from '../support/prng';

/** An IPv6 address as text, in one of the ways in which it may be written. */
function writeIPv6(groups: readonly number[], prng: Prng): string {
  const form = (group: number) => {
    const text = group.toString(16).padStart(prng.between(1, 4), '0');
    return prng.bool(0.3) ? text.toUpperCase() : text;
  };
  const texts = groups.map(form);
  if (prng.bool(0.2)) {
    const [high, low] = groups.slice(6) as [number, number];
    texts.splice(6, 2, [high >> 8, high & 255, low >> 8, low & 255].join('.'));
  }
  const zeros = groups.flatMap((group, n) => (group === 0 && n < 6 ? [n] : []));
  if (zeros.length === 0 || prng.bool(0.3)) return texts.join(':');
  const from = prng.pick(zeros);
  let to = from;
  while (to < 5 && groups[to + 1] === 0) to += 1;
  return `${texts.slice(0, from).join(':')}::${texts.slice(to + 1).join(':')}`;
}

const valueOf = (groups: readonly number[]) =>
  groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
const wordsAsValue = (words: readonly number[]) =>
  words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);

describe('readRange', () => {
  it.each(seeds(200))('reads IPv6 however it is written (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const bits = prng.between(1, 128);
    const mask = ((1n << BigInt(bits)) - 1n) << BigInt(128 - bits);
    const any = Array.from({ length: 8 }, () => (prng.bool(0.4) ? 0 : prng.int(0x1_0000)));
    const isNetwork = prng.bool(0.7);
    const value = isNetwork ? valueOf(any) & mask : valueOf(any);
    const groups = Array.from({ length: 8 }, (_, n) =>
      Number((value >> BigInt(112 - 16 * n)) & 0xffffn),
    );
    const range = readRange(`${writeIPv6(groups, prng)}/${bits}`);
    if ((value & mask) !== value) {
      expect(range).toBe('has host bits');
      return;
    }
    if (typeof range === 'string') throw new Error(`${range}, expected a range`);
    expect({ value: wordsAsValue(range.words), bits: range.bits }).toEqual({ value, bits });
    const full = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
    expect(textOfRange(range)).toBe(`${full}/${bits}`);
  });

  it.each(seeds(100))('keeps IPv4 as it is, unless it has host bits (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const bits = prng.between(1, 32);
    const value = prng.int(2 ** 32);
    const size = 2 ** (32 - bits);
    const kept = prng.bool(0.7) ? value - (value % size) : value;
    const dotted = [24, 16, 8, 0].map((shift) => Math.floor(kept / 2 ** shift) % 256).join('.');
    const range = readRange(`${dotted}/${bits}`);
    if (kept % size !== 0) expect(range).toBe('has host bits');
    else expect(textOfRange(range as never)).toBe(`${dotted}/${bits}`);
  });

  it.each([
    ['192.0.2.0/024', 'is not CIDR'],
    ['192.0.02.0/24', 'is not CIDR'],
    ['192.0.2.0/-1', 'is not CIDR'],
    ['192.0.2.0/24/24', 'is not CIDR'],
    [' 192.0.2.0/24', 'is not CIDR'],
    ['192.0.2/24', 'is not CIDR'],
    ['2001:db8::/ 32', 'is not CIDR'],
    ['2001:db8::%eth0/128', 'is not CIDR'],
    ['2001:db8:::/32', 'is not CIDR'],
    ['/8', 'is not CIDR'],
    ['0.0.0.0/0', 'is /0'],
    ['192.0.2.1/0', 'is /0'],
  ])('refuses %s: %s', (text, reason) => {
    expect(readRange(text)).toBe(reason);
  });
});

describe('readAddress', () => {
  it('takes addresses of both families and nothing else', () => {
    expect(readAddress('255.255.255.255')).toEqual({ family: 'IPV4', words: [0xffff_ffff] });
    expect(readAddress('2001:db8::1')).toEqual({ family: 'IPV6', words: [0x2001_0db8, 0, 0, 1] });
    for (const text of ['', '-', '192.0.2.0/24', 'localhost']) {
      expect(readAddress(text)).toBeUndefined();
    }
  });

  /** Texts that are nearly addresses: what Node takes for one is read, and nothing else. */
  it.each(seeds(50))('agrees with the platform about what is an address (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const verdicts = Array.from({ length: 200 }, () => {
      const groups = Array.from({ length: 8 }, () => (prng.bool(0.5) ? 0 : prng.int(0x1_0000)));
      const text = writeIPv6(groups, prng);
      const at = prng.int(text.length + 1);
      const cut = prng.int(3);
      return `${text.slice(0, at)}${prng.pick(['', ':', '::', '0', 'g', '.', ' ', '/'])}${text.slice(at + cut)}`;
    }).map((text) => [text, readAddress(text) !== undefined, isIP(text) !== 0] as const);
    expect(verdicts.filter(([, got, expected]) => got !== expected)).toEqual([]);
    expect(new Set(verdicts.map(([, got]) => got))).toEqual(new Set([true, false]));
  });
});

describe('masked', () => {
  it.each([
    [0, 0xffff_ffff, 0, 0],
    [0, 0xffff_ffff, 1, 0x8000_0000],
    [0, 0xffff_ffff, 31, 0xffff_fffe],
    [0, 0xffff_ffff, 32, 0xffff_ffff],
    [1, 0xffff_ffff, 32, 0],
    [1, 0xffff_ffff, 33, 0x8000_0000],
    [3, 0xffff_ffff, 128, 0xffff_ffff],
  ])('of word %i: %i under %i bits is %i', (n, word, bits, expected) => {
    expect(masked(word, n, bits)).toBe(expected);
  });
});
