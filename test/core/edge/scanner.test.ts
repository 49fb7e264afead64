import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeWasmSource } from '../../../bin/write-wasm';
import { makeColumnParser } from '../../../lambdas/core/edge/line-tsv';
import { HEAD } from '../../../lambdas/core/edge/scanner';
import { SipHash } from '../../../lambdas/core/edge/siphash';
import { SPAN } from '../../../lambdas/core/edge/spans';
import {
  inRange,
  makeAddressWords,
  parseAddress,
  parseEpochMs,
} from '../../../lambdas/core/edge/values';
import { makeLineReader } from '../../support/line-reader';
import { Prng, seeds } from '../../support/prng';

describe('scan-wasm.ts', () => {
  it('is what npm run wasm makes of scan.as.ts', () => {
    const file = join(__dirname, '../../../lambdas/core/edge/scan/scan-wasm.ts');
    expect(readFileSync(file, 'utf8')).toBe(makeWasmSource());
  });
});

describe('makeViewerHash', () => {
  it.each(seeds(100))('hashes as SipHash in TypeScript does (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const key = Uint8Array.from({ length: 16 }, () => prng.int(256));
    const fast = makeLineReader().scanner.makeViewerHash(key);
    const slow = new SipHash(key);
    for (let n = 0; n < 50; n += 1) {
      const word = () =>
        prng.pick([0, 1, -1, 0x7fffffff, 0x80000000, 0xffffffff, prng.int(2 ** 32)]);
      const words = [word(), word(), word(), word(), word()] as const;
      fast.hashWords(...words);
      slow.hashWords(...words);
      expect([fast.hi, fast.lo]).toEqual([slow.hi, slow.lo]);
    }
  });
});

/** Texts around what a time, an address or a status may be. */
function someValue(prng: Prng): string {
  const stem = prng.pick([
    '1684226820.937',
    '1731623425421',
    '192.0.2.1',
    '255.255.255.255',
    '200',
    '000',
  ]);
  const at = prng.int(stem.length + 1);
  const odd = prng.pick(['', '', '', '.', '-', '9', '0', 'x', ' ', ':', '256', '/']);
  return stem.slice(0, at) + odd + stem.slice(at + prng.int(2));
}

describe('readHead', () => {
  it.each(seeds(200))('reads what the parsers of values.ts read (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const reader = makeLineReader();
    const { scanner, spans, put } = reader;
    const fields = ['timestamp', 'c-ip', 'sc-status', 'cs-method', 'cs-uri-stem'];
    const parse = makeColumnParser(fields, reader);
    for (let n = 0; n < 50; n += 1) {
      const method = prng.pick(['GET', 'get', 'GE', 'GETS', 'HEAD', '-']);
      const path = prng.pick(['/a', '/a?b', '?', '', '/a?b?c']);
      const values = [someValue(prng), someValue(prng), someValue(prng), method, path];
      expect(parse(put(values.join('\t'), prng.int(20)))).toBeUndefined();
      const read = scanner.readHead();
      const span = (name: keyof typeof SPAN) =>
        [spans.bytes, spans.at[2 * SPAN[name]]!, spans.at[2 * SPAN[name] + 1]!] as const;
      const time = inRange(parseEpochMs(...span('timestamp')));
      expect((read & HEAD.time) !== 0 ? inRange(scanner.headTime) : NaN).toBe(time);
      const address = makeAddressWords();
      const isV4 = parseAddress(...span('ip'), address) && address.isV4;
      expect([values[1], (read & HEAD.ip) !== 0]).toEqual([values[1], isV4]);
      if (isV4) expect(scanner.headIp).toBe(address.words[3]);
      const isStatus = /^\d{3}$/.test(values[2]!);
      expect((read & HEAD.status) !== 0 ? scanner.headStatus : NaN).toBe(
        isStatus ? Number(values[2]) : NaN,
      );
      expect((read & HEAD.get) !== 0).toBe(method === 'GET');
      expect(scanner.headPathEnd - spans.at[2 * SPAN.path]!).toBe(path.split('?')[0]!.length);
    }
  });
});

/** Pieces that are alike: common beginnings, one byte apart, every length around eight. */
function somePiece(prng: Prng): string {
  const stem = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36'.slice(0, prng.int(40));
  return stem + prng.pick(['', 'a', 'b', 'ab', '1234567', '12345678', '\0', '\0\0']);
}

describe('PieceCache', () => {
  it.each(seeds(100))('answers as a Map does, even when it began anew (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const keysMax = prng.pick([2, 16, 1_024]);
    const { scanner, put } = makeLineReader([{ keysMax, room: prng.pick([65_536, 131_072]) }]);
    const cache = scanner.makeCache<string>();
    let made = 0;
    for (let n = 0; n < 500; n += 1) {
      const [a, b] = [somePiece(prng), somePiece(prng)];
      const start = put(a + b, prng.int(20));
      const middle = start + a.length;
      // The value says its key: a wrong answer cannot look right.
      const key = JSON.stringify([a, b]);
      const value = cache.get(start, middle, middle, middle + b.length, () => {
        made += 1;
        return key;
      });
      expect(value).toBe(key);
    }
    expect(made).toBeGreaterThan(0);
  });

  it('makes a value once while there is room', () => {
    const { scanner, put } = makeLineReader([{ keysMax: 1_024, room: 65_536 }]);
    const cache = scanner.makeCache<number>();
    let made = 0;
    for (let n = 0; n < 5_000; n += 1) {
      const text = `agent ${n % 1_000}`;
      const start = put(text);
      cache.get(start, start + text.length, 0, 0, () => (made += 1));
    }
    expect(made).toBe(1_000);
  });

  it('tells pieces apart that are cut elsewhere', () => {
    const { scanner, put } = makeLineReader([{ keysMax: 16, room: 65_536 }]);
    const cache = scanner.makeCache<string>();
    const start = put('abcd');
    cache.get(start, start + 1, start + 1, start + 4, () => 'a, bcd');
    expect(cache.get(start, start + 3, start + 3, start + 4, () => 'abc, d')).toBe('abc, d');
  });
});
