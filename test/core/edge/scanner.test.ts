import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeWasmSource } from '../../../bin/write-wasm';
import { SipHash } from '../../../lambdas/core/edge/siphash';
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

/** Pieces that are alike: common beginnings, one byte apart, every length around eight. */
function somePiece(prng: Prng): string {
  const stem = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36'.slice(0, prng.int(40));
  return stem + prng.pick(['', 'a', 'b', 'ab', '1234567', '12345678', '\0', '\0\0']);
}

describe('PieceCache', () => {
  it.each(seeds(100))('answers as a Map does, even when it began anew (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const keysMax = prng.pick([2, 16, 1_024]);
    const { scanner, put } = makeLineReader([{ keysMax, room: prng.pick([128, 4_096, 65_536]) }]);
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
    const { scanner, put } = makeLineReader([{ keysMax: 16, room: 1_024 }]);
    const cache = scanner.makeCache<string>();
    const start = put('abcd');
    cache.get(start, start + 1, start + 1, start + 4, () => 'a, bcd');
    expect(cache.get(start, start + 3, start + 3, start + 4, () => 'abc, d')).toBe('abc, d');
  });
});
