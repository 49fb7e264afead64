import {
  decodeEscapes,
  makeAddressWords,
  parseAddress,
  parseClfMs,
  parseDateTimeMs,
  parseEpochMs,
} from '../../../lambdas/core/edge/values';
import { Prng, seeds } from '../../support/prng';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('parseEpochMs', () => {
  it.each([
    ['1684226820.937', 1_684_226_820_937],
    ['1684226820.9', 1_684_226_820_900],
    ['1684226820', 1_684_226_820_000],
    ['1684226820.', 1_684_226_820_000],
    ['1684226820.9379', 1_684_226_820_937],
    ['1731623425421', 1_731_623_425_421],
    ['946684800.000', 946_684_800_000],
    ['4102444799.999', 4_102_444_799_999],
  ])('reads %s', (text, ms) => {
    expect(parseEpochMs(bytes(text), 0, text.length)).toBe(ms);
  });

  it.each([
    '',
    '-',
    'abc',
    '1684226820.9x',
    '946684799.999',
    '4102444800',
    '16842268209',
    '-1684226820',
    '1e9',
  ])('refuses %j', (text) => {
    expect(parseEpochMs(bytes(text), 0, text.length)).toBeNaN();
  });
});

describe('parseDateTimeMs', () => {
  const parse = (text: string) => parseDateTimeMs(bytes(text), 0, 10, 11, text.length);

  it.each([
    '2026-11-24 20:42:01',
    '2024-02-29 00:00:00',
    '2000-03-01 23:59:59',
    '2099-12-31 12:00:00',
  ])('reads %s as UTC', (text) => {
    expect(parse(text)).toBe(Date.parse(`${text.replace(' ', 'T')}Z`));
  });

  it.each([
    '2026-13-24 20:42:01',
    '2026-00-24 20:42:01',
    '2026-11-32 20:42:01',
    '2026-11-24 24:00:00',
    '2026-11-24 20:60:00',
    '2026/11/24 20:42:01',
    '2026-11-24 2a:42:01',
  ])('refuses %s', (text) => {
    expect(parse(text)).toBeNaN();
  });
});

describe('parseClfMs', () => {
  it.each([
    ['17/May/2015:10:05:03 +0000', '2015-05-17T10:05:03Z'],
    ['17/May/2015:10:05:03 +0230', '2015-05-17T07:35:03Z'],
    ['01/Jan/2016:00:05:03 -0800', '2016-01-01T08:05:03Z'],
    ['17/May/2015:10:05:03', '2015-05-17T10:05:03Z'],
  ])('reads %s', (text, iso) => {
    expect(parseClfMs(bytes(text), 0, text.length)).toBe(Date.parse(iso));
  });

  it.each([
    '17/Mai/2015:10:05:03 +0000',
    '17/ayJ/2015:10:05:03 +0000',
    '99/May/2015:10:05:03 +0000',
    '17/May/2015',
  ])('refuses %s', (text) => {
    expect(parseClfMs(bytes(text), 0, text.length)).toBeNaN();
  });
});

describe('parseAddress', () => {
  const parse = (text: string) => {
    const out = makeAddressWords();
    if (!parseAddress(bytes(text), 0, text.length, out)) return undefined;
    return out.isV4 ? out.words[3] : [...out.words];
  };

  it.each([
    ['192.0.2.1', 0xc0000201],
    ['255.255.255.255', 0xffffffff],
    ['0.0.0.0', 0],
    ['::ffff:192.0.2.1', 0xc0000201],
    ['::ffff:c000:201', 0xc0000201],
    ['2001:db8::1', [0x20010db8, 0, 0, 1]],
    ['2001:db8:1:2:3:4:5:6', [0x20010db8, 0x00010002, 0x00030004, 0x00050006]],
    ['::', [0, 0, 0, 0]],
    ['2001:DB8::', [0x20010db8, 0, 0, 0]],
    ['1::8', [0x00010000, 0, 0, 8]],
    ['64:ff9b::192.0.2.1', [0x0064ff9b, 0, 0, 0xc0000201]],
  ])('reads %s', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    '',
    '-',
    'x.x.x.x',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.1.1',
    '192..2.1',
    ':1',
    '1:2',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:',
    '2001:db8::g',
    '::1.2.3',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  // The URL parser of the platform reads addresses by itself: an independent oracle for any text.
  it.each(seeds(300))('reads IPv6 as a browser does (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const groups = Array.from({ length: 8 }, () => prng.pick(['0', prng.int(65_536).toString(16)]));
    let text = groups.join(':');
    if (prng.bool(0.6)) {
      const from = prng.int(8);
      text = `${groups.slice(0, from).join(':')}::${groups.slice(from + prng.between(1, 8 - from)).join(':')}`;
    }
    const host = new URL(`http://[${text}]/`).hostname;
    const canonical = host.slice(1, -1);
    expect(parse(text)).toEqual(parse(canonical));
    expect(parse(text)).not.toBeUndefined();
  });
});

describe('decodeEscapes', () => {
  it.each([
    ['Mozilla/5.0%20(X)', 'Mozilla/5.0 (X)'],
    ['Mozilla/5.0%2520(X)', 'Mozilla/5.0 (X)'],
    ['100%', '100%'],
    ['%zz%4', '%zz%4'],
    ['%C3%A9', 'é'],
    ['%ff', '\ufffd'],
    ['%25252525', '%2525'],
  ])('decodes %s at most twice and never throws', (text, expected) => {
    expect(decodeEscapes(text)).toBe(expected);
  });
});
