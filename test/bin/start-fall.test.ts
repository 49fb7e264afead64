import { AttackFall } from '../../bin/commands/start-fall';

/** Goal: the fall is that of docs/GUARD.md, and none is told of what was not there. Method: requests by hand. */
const START = 1_800_000_000_000;

/** So many requests a second, a thousandth after each quarter of a second, from a second on. */
function play(
  fall: AttackFall,
  span: readonly [number, number],
  perSecond: number,
  isServed = true,
) {
  for (let second = span[0]; second < span[1]; second += 1) {
    for (let n = 0; n < perSecond; n += 1) {
      fall.note(START + 1_000 * second + ((250 * n) % 1_000), isServed);
    }
  }
}

interface Attack {
  /** @default 30 */
  readonly blockAt?: number | null;
  readonly until?: number;
  readonly after?: number;
}

function fallOf({ blockAt = 30, until = 60, after = 2 }: Attack = {}) {
  const fall = new AttackFall();
  play(fall, [0, 20], 1_000); // long before: not asked
  play(fall, [20, 30], 40);
  play(fall, [30, 45], 20); // on its way to the edge
  play(fall, [45, Math.min(until, 55)], after);
  play(fall, [45, until], 38, false);
  play(fall, [55, until], 40);
  if (blockAt !== null) {
    fall.noteBlock(START + blockAt * 1_000);
    fall.noteBlock(START + 50_000);
  }
  return fall.report();
}

describe('AttackFall', () => {
  it('compares 10 s from 15 s after the first block on with the 5 s before it', () => {
    expect(fallOf()).toEqual({ beforePerSecond: 40, afterPerSecond: 2, percent: 95 });
    expect(fallOf({ after: 0 })?.percent).toBe(100);
    expect(fallOf({ after: 40 })?.percent).toBe(0);
  });

  it.each([
    ['nobody was blocked', { blockAt: null }],
    ['the attack ended before 25 s were over', { until: 55 }],
    ['nothing came before the block', { blockAt: -10 }],
  ])('tells nothing if %s', (_, options) => {
    expect(fallOf(options)).toBeUndefined();
  });

  it('tells it if the attack went on for 25 s', () => {
    expect(fallOf({ until: 56 })).toBeDefined();
  });
});
