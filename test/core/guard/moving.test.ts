import { type KnownSet, setKeyOf } from '../../../lambdas/core/guard/guard-set';
import { keepUntilHeld } from '../../../lambdas/core/guard/moving';
import type { Block } from '../../../lambdas/core/guard/plan';
import { EMPTY_TRUTH, type RecordState } from '../../../lambdas/core/guard/set-truth';

/**
 * Goal: a block that goes from one set to another is at no moment in none, whatever dies in between. Method: sets by
 * hand, in each state that the other set may be in.
 */

const CIDR = '198.51.100.7/32';
const block: Block = {
  cidr: CIDR,
  rule: 'S1_flood',
  author: 'guard',
  sinceMs: 1,
  untilMs: 2,
  strikes: 1,
  attackHits: 50,
  verifiedViewers: 0,
  suspects: 1,
};

function setOf(
  list: 'block' | 'count',
  states: Record<string, RecordState>,
  sizeMax = 10,
): KnownSet {
  const records = new Map(
    Object.entries(states).map(([cidr, state]) => [
      cidr,
      {
        cidr,
        state,
        isTouched: false,
        block: state === 'foreign' ? undefined : { ...block, cidr },
      },
    ]),
  );
  return { list, family: 'v4', n: 1, sizeMax, truth: { ...EMPTY_TRUTH, records } };
}

/** The mode has gone to `count`: the one list gives all to the other. */
function moved(from: KnownSet, to: KnownSet) {
  const wanted = new Map([
    [setKeyOf(from), new Map<string, Block>()],
    [setKeyOf(to), new Map([[CIDR, block]])],
  ]);
  const { wanted: kept, isMoving } = keepUntilHeld([from, to], wanted);
  return {
    stays: kept.get(setKeyOf(from))!.has(CIDR),
    comes: kept.get(setKeyOf(to))!.has(CIDR),
    isMoving,
  };
}

describe('keepUntilHeld', () => {
  it.each([
    ['is not there yet', {}, true],
    ['is to be added', { [CIDR]: 'adding' }, true],
    ['may come by a call that is lost', { [CIDR]: 'leaving' }, true],
    ['is held', { [CIDR]: 'held' }, false],
    ['is there by somebody else', { [CIDR]: 'shared' }, false],
  ] as const)('keeps a block where it is while in the other set it %s', (_, states, stays) => {
    const from = setOf('block', { [CIDR]: 'held' });
    expect(moved(from, setOf('count', states))).toEqual({ stays, comes: true, isMoving: stays });
  });

  it('keeps nothing that is wanted nowhere', () => {
    const from = setOf('block', { [CIDR]: 'held' });
    const { wanted, isMoving } = keepUntilHeld([from], new Map([[setKeyOf(from), new Map()]]));
    expect([wanted.get(setKeyOf(from))!.size, isMoving]).toEqual([0, false]);
  });

  it.each([
    [2, true],
    [1, false],
  ])('keeps as much as a set of %i takes beside what is foreign', (sizeMax, stays) => {
    const from = setOf('block', { [CIDR]: 'held', '192.0.2.9/32': 'foreign' }, sizeMax);
    expect(moved(from, setOf('count', {})).stays).toBe(stays);
  });
});
