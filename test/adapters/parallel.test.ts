import { setImmediate } from 'node:timers/promises';
import { forEachParallel } from '../../lambdas/adapters/parallel';
import { failureOf } from '../contract/world';

const items = (n: number) => [...Array(n).keys()];

describe('forEachParallel', () => {
  it.each([
    [0, 3, 0],
    [1, 3, 1],
    [3, 3, 3],
    [20, 3, 3],
    [20, 1, 1],
  ])('works on %i items, at most %i at a time', async (n, limit, mostExpected) => {
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    await forEachParallel(items(n), limit, async (item, at) => {
      expect(at).toBe(item);
      begun.push(item);
      running += 1;
      most = Math.max(most, running);
      await setImmediate();
      running -= 1;
    });
    expect(begun).toEqual(items(n));
    expect(most).toBe(mostExpected);
  });

  it('begins nothing after a failure, and comes back when nothing runs any more', async () => {
    const begun: number[] = [];
    let running = 0;
    const work = forEachParallel(items(20), 3, async (item) => {
      begun.push(item);
      running += 1;
      for (let n = 0; n <= item; n += 1) await setImmediate();
      running -= 1;
      if (item === 1) throw new Error('failed at 1');
    });
    expect((await failureOf(work)).message).toBe('failed at 1');
    expect(running).toBe(0);
    expect(begun.length).toBeLessThan(6);
  });
});
