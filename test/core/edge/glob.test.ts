import { makeGlob } from '../../../lambdas/core/edge/glob';
import { Prng } from '../../support/prng';

describe('makeGlob', () => {
  it.each([
    ['/a', '/a', true],
    ['/a', '/a/', false],
    ['/a', '/A', false],
    ['/a/*', '/a/', true],
    ['/a/*', '/a/b.ts', true],
    ['/a/*', '/a/b/c', false],
    ['/a/*', '/a', false],
    ['/a/*.ts', '/a/.ts', true],
    ['/a/*.ts', '/a/b.ts', true],
    ['/a/*.ts', '/a/b/c.ts', false],
    ['/a/*.ts', '/a/b.ts.m4s', false],
    ['/a*a', '/a', false], // the ends may not share a letter
    ['/a*a', '/aa', true],
    ['/a/**', '/a/', true],
    ['/a/**', '/a/b/c.ts', true],
    ['/a/**', '/a', false],
    ['/a/**', '/ab/c', false],
    ['**.ts', '/a/b.ts', true],
    ['/a**b', '/ab', true],
    ['/a**b', '/a/x/b', true],
    ['/a/**/b', '/a/b', true],
    ['/a/**/b', '/a/x/y/b', true],
    ['/a/**/b', '/a/xb', false],
    ['/a/**/b', '/ab', false],
    ['**/b', '/b', true],
    ['**/b', '/a/b', true],
    ['**/b', '/ab', false],
    ['/a/**/**/b', '/a/b', true],
    ['/a/**/*', '/a/', true],
    ['/*/x/*.ts', '/a/x/1.ts', true],
    ['/*/x/*.ts', '/a/b/x/1.ts', false],
    ['/a/***', '/a/b/c', true],
    ['/a.b', '/axb', false], // no letter but the star is special
    ['/a+(b)$', '/a+(b)$', true],
    ['*', '/', false],
    ['**', '', true],
  ])('%s on %s: %p', (glob, path, fits) => {
    expect(makeGlob(glob)(path)).toBe(fits);
  });

  it.each(Array.from({ length: 300 }, (_, seed) => seed))(
    'agrees with a regular expression (SEED=%i)',
    (seed) => {
      const prng = new Prng(seed);
      const word = (letters: readonly string[]) =>
        Array.from({ length: prng.int(9) }, () => prng.pick(letters)).join('');
      const glob = `/${word(['a', 'b', '/', '/', '*', '**', '/**/'])}`;
      const test = makeGlob(glob);
      for (let n = 0; n < 50; n += 1) {
        const path = `/${word(['a', 'b', '/', 'ab'])}`;
        expect([glob, path, test(path)]).toEqual([glob, path, slowGlob(glob).test(path)]);
      }
    },
  );

  it.each(['/*a*a*a*a*x*b', '**a**a**a**x**b', '/**/*a*a*x*/**/b', '/**/a/**/a/**/x/**/b'])(
    'walks %s along a hostile path of 8 KB in bounded time',
    (glob) => {
      const test = makeGlob(glob);
      const startMs = performance.now();
      for (const unit of ['a', '/a', 'a/', 'aa/']) {
        // Both ends fit, and only the x is nowhere.
        expect(test(`/${unit.repeat(8_180 / unit.length)}/b`)).toBe(false);
      }
      // Measured: some milliseconds. A backtracking matcher does not end.
      expect(performance.now() - startMs).toBeLessThan(2_000);
    },
  );
});

/** The plain meaning, which is fast enough for short globs only. */
function slowGlob(glob: string): RegExp {
  const source = glob
    .replace(/[.+()$]/g, '\\$&')
    .replace(/(^|(?<=\/))\*\*\/|\*{2,}|\*/g, (stars) =>
      stars === '*' ? '[^/]*' : stars.endsWith('/') ? '(?:[^]*/)?' : '[^]*',
    );
  return new RegExp(`^${source}$`);
}
