import { compareSequence } from '../../../lambdas/core/road/sequence';

const REAL = '49590338271490256608559692538361571095921575989136588898';

describe('compareSequence', () => {
  it.each([
    ['', '0'],
    ['9', '10'],
    ['99', '100'],
    ['10', '11'],
    ['1', REAL],
    // Alike in the 16 digits that a number would keep.
    [REAL, REAL.replace(/8$/, '9')],
  ])('puts "%s" before "%s"', (a, b) => {
    expect(compareSequence(a, b)).toBeLessThan(0);
    expect(compareSequence(b, a)).toBeGreaterThan(0);
  });

  it.each(['', '0', REAL])('takes "%s" for itself', (a) => {
    expect(compareSequence(a, `${a}`)).toBe(0);
  });
});
