import { byWeight, assignBlocks } from '../../../lambdas/core/guard/assign';
import { type Presence, hasPresenceFallen, limitChange } from '../../../lambdas/core/guard/fuses';
import type { KnownSet } from '../../../lambdas/core/guard/guard-set';
import { modeAt } from '../../../lambdas/core/guard/modes';
import { observe } from '../../../lambdas/core/guard/observe';
import type { Block } from '../../../lambdas/core/guard/plan';
import { EMPTY_TRUTH, type SetRecord } from '../../../lambdas/core/guard/set-truth';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';

const NOW_MS = Date.UTC(2026, 10, 24, 18);

function block(cidr: string, attackHits = 100, more: Partial<Block> = {}): Block {
  const times = { sinceMs: NOW_MS, untilMs: NOW_MS + 600_000 };
  const facts = { strikes: 1, attackHits, verifiedViewers: 0, suspects: 1 };
  return { cidr, rule: 'S1_flood', author: 'guard', ...times, ...facts, ...more };
}

const held = (cidr: string): SetRecord => ({
  ...{ cidr, state: 'held', isTouched: false, block: block(cidr) },
});
const address = (n: number) => `198.51.${100 + (n >> 8)}.${n & 255}/32`;
const blocks = (n: number) => Array.from({ length: n }, (_, at) => block(address(at), 1_000 - at));

function set(
  n: number,
  records: readonly SetRecord[] = [],
  more: Partial<KnownSet> = {},
): KnownSet {
  const truth = { ...EMPTY_TRUTH, records: new Map(records.map((it) => [it.cidr, it])) };
  return { list: 'block', family: 'v4', n, truth, sizeMax: 3, ...more };
}

describe('limitChange (F2)', () => {
  it.each([
    [3, 3, 3, 0],
    [4, 3, 3, 1],
    [9, 3, 3, 6],
  ])('of %i additions with %i allowed lets %i through and defers %i', (n, max, through, rest) => {
    const change = limitChange(new Map(), { blocks: blocks(n), removed: [] }, max);
    expect([change.blocks.length, change.deferred]).toEqual([through, rest]);
    expect(change.blocks.map(({ attackHits }) => attackHits)).toEqual(
      [1_000, 999, 998].slice(0, through),
    );
  });

  it('lets all of people through, and all that is in force', () => {
    const manual = blocks(5).map((it): Block => ({ ...it, rule: 'manual' }));
    expect(limitChange(new Map(), { blocks: manual, removed: [] }, 1).blocks).toHaveLength(5);
    const current = new Map(blocks(5).map((it) => [it.cidr, it]));
    expect(limitChange(current, { blocks: blocks(5), removed: [] }, 1).deferred).toBe(0);
  });

  it('keeps a block whose wider one has to wait', () => {
    const old = block('198.51.100.1/32');
    const wide = block('198.51.100.0/24', 50);
    const other = block('203.0.113.9/32');
    const worse = block('203.0.113.0/24', 60);
    const fresh = [...blocks(3).slice(2), wide, worse];
    const removed = [old, other].map((own) => ({ block: own, why: 'wider' as const }));
    const current = new Map([old, other].map((own) => [own.cidr, own]));
    const change = limitChange(current, { blocks: fresh, removed }, 1);
    expect(change.blocks).toContain(old);
    expect(change.blocks).not.toContain(wide);
  });

  it('lets a wider block that makes room go before worse ones, or a full list would never change', () => {
    const held = [block('198.51.100.34/32', 50), block('198.51.100.35/32', 40)];
    const current = new Map(held.map((own) => [own.cidr, own]));
    const wide = block('198.51.100.34/31', 90);
    const worse = [block('203.0.113.1/32', 900), block('203.0.113.2/32', 800)];
    const removed = held.map((own) => ({ block: own, why: 'wider' as const }));
    const plan = { blocks: [wide, ...worse], removed };
    const cidrs = (max: number) => limitChange(current, plan, max).blocks.map(({ cidr }) => cidr);
    // One addition and one removal: the list is no longer than it was.
    expect(cidrs(2)).toEqual([wide.cidr, held[0]!.cidr]);
    expect(cidrs(4)).toEqual([wide.cidr, worse[0]!.cidr]);
    expect(cidrs(5)).toEqual([wide.cidr, ...worse.map(({ cidr }) => cidr)]);
  });
});

describe('hasPresenceFallen (F3)', () => {
  const told = (viewers: number, refused: number, atMs: number, lane = 0) =>
    [lane, { viewers, refused, atMs }] as const;
  const of = (...lanes: ReturnType<typeof told>[]) => new Map(lanes);
  const fallen = (before: Presence, after: Presence) =>
    hasPresenceFallen({ atMs: 1_000, presence: before }, after, 30);

  it.each([
    [29, 5_000, false],
    [30, 5_000, true],
    [100, 31_000, true],
    [100, 31_001, false],
    [100, 1_000, false],
  ])('of 100 viewers %i are refused at %i ms: %p', (refused, atMs, isFallen) => {
    expect(fallen(of(told(100, 0, 900)), of(told(100, refused, atMs)))).toBe(isFallen);
  });

  it.each([
    [19, false],
    [20, true],
  ])('asks for enough refused viewers, however few there are: %i', (refused, isFallen) => {
    expect(fallen(of(told(30, 0, 900)), of(told(30, refused, 2_000)))).toBe(isFallen);
  });

  it('is not about viewers who are gone: an origin that fails and a final whistle refuse nobody', () => {
    expect(fallen(of(told(1_000, 0, 900)), of(told(0, 0, 2_000)))).toBe(false);
  });

  it.each([
    [329, false],
    [330, true],
  ])('counts what came on top of 30 that were refused before: %i', (refused, isFallen) => {
    expect(fallen(of(told(1_000, 30, 900)), of(told(1_000, refused, 2_000)))).toBe(isFallen);
  });

  it('compares only lanes that spoke since, with the viewers of all', () => {
    const before = of(told(100, 0, 900), told(100, 0, 900, 1));
    const after = (refused: number) => of(told(100, refused, 2_000), told(100, 100, 900, 1));
    expect([fallen(before, after(59)), fallen(before, after(60))]).toEqual([false, true]);
  });

  it.each([
    [59, false],
    [60, true],
  ])('counts a lane that said nothing before by what it says now: %i', (refused, isFallen) => {
    const after = of(told(100, refused, 2_000, 1));
    expect(fallen(of(told(100, 0, 900)), after)).toBe(isFallen);
  });
});

describe('assignBlocks', () => {
  const list = () => 'block' as const;
  const sizes = (sets: readonly KnownSet[], some: readonly Block[]) => {
    const { wanted, noRoom } = assignBlocks(sets, some, list);
    return [...[...wanted.values()].map(({ size }) => size), noRoom.length];
  };

  it.each([
    [3, [3, 0, 0]],
    [4, [3, 1, 0]],
    [6, [3, 3, 0]],
    [7, [3, 3, 1]],
  ])('lays %i new blocks into the first sets with room', (n, expected) => {
    expect(sizes([set(1), set(2)], blocks(n))).toEqual(expected);
  });

  it('leaves who is in a set where it is, and counts what others added', () => {
    const foreign: SetRecord = { ...held('192.0.2.9/32'), state: 'foreign', block: undefined };
    const sets = [set(1, [foreign]), set(2, [held(address(0))])];
    expect(sizes(sets, blocks(4))).toEqual([2, 2, 0]);
    expect(assignBlocks(sets, blocks(1), list).wanted.get('block-v4-2')!.size).toBe(1);
  });

  it('finds another set for who was on the way to one that others filled', () => {
    const foreign = ['192.0.2.7/32', '192.0.2.8/32', '192.0.2.9/32'].map((cidr): SetRecord => ({
      ...held(cidr),
      state: 'foreign',
      block: undefined,
    }));
    const onTheWay: SetRecord = { ...held(address(0)), state: 'adding' };
    expect(sizes([set(1, [...foreign, onTheWay]), set(2)], blocks(1))).toEqual([0, 1, 0]);
  });

  it('takes people first, then the worst, then the address', () => {
    const some = [
      block('198.51.100.2/32', 5),
      block('198.51.100.1/32', 5),
      block('198.51.100.3/32', 9),
    ];
    const manual = block('198.51.100.9/32', 0, { rule: 'manual' });
    expect([...some, manual].sort(byWeight).map(({ cidr }) => cidr)).toEqual(
      [9, 3, 1, 2].map((n) => `198.51.100.${n}/32`),
    );
  });
});

describe('observe', () => {
  const seen = (cidrs: readonly string[], token = 'new') => ({ token, cidrs: new Set(cidrs) });
  const truthOf = (n: number) =>
    set(
      1,
      blocks(n).map(({ cidr }) => held(cidr)),
    ).truth;
  const known = (n: number) => ({ ...truthOf(n), seenToken: 'known', pastToken: 'past' });

  it.each([
    [19, 9, 'lost', 9],
    [20, 9, 'lost', 9],
    [19, 10, 'restored', 10],
    [20, 10, 'lost', 10],
    [21, 10, 'lost', 10],
    [30, 30, 'restored', 30],
    // All of them: a stack update, but for one alone, which may be meant.
    [1, 1, 'lost', 1],
    [2, 2, 'restored', 2],
    [3, 2, 'lost', 2],
  ] as const)('of %i entries %i are gone: %s', (n, gone, as, expected) => {
    const cidrs = blocks(n)
      .map(({ cidr }) => cidr)
      .slice(gone);
    const observation = observe(known(n), seen(cidrs));
    expect(observation[as]).toHaveLength(expected);
    expect(observation[as === 'lost' ? 'restored' : 'lost']).toEqual([]);
  });

  it.each([
    [1, 1],
    [3, 1],
    [20, 10],
    [30, 30],
  ])('of %i entries %i are gone in a deploy: all of them are restored', (n, gone) => {
    const all = blocks(n).map(({ cidr }) => cidr);
    const { truth, lost, restored } = observe(known(n), seen(all.slice(gone)), true);
    expect(restored.map(({ cidr }) => cidr)).toEqual(all.slice(0, gone));
    expect(lost).toEqual([]);
    const states = all.map((cidr) => truth.records.get(cidr)?.state);
    expect(states).toEqual(all.map((_, at) => (at < gone ? 'adding' : 'held')));
  });

  it('knows of what others had in the set no more than that a deploy took it', () => {
    const foreign = { cidr: '192.0.2.77/32', state: 'foreign', isTouched: false } as const;
    const { truth } = set(1, [held(address(0)), { ...foreign, block: undefined }]);
    const before = { ...truth, seenToken: 'known', pastToken: 'past' };
    const after = observe(before, seen([]), true);
    expect([after.foreignRemoved, [...after.truth.records.keys()]]).toEqual([
      ['192.0.2.77/32'],
      [address(0)],
    ]);
  });

  it('says nothing of an answer that is older than what is known', () => {
    const { isStale, truth } = observe(known(3), seen([], 'past'));
    expect([isStale, truth.records.size]).toEqual([true, 3]);
  });

  it('changes nothing while the lock token is the same', () => {
    const truth = known(3);
    expect(observe(truth, seen([], 'known')).truth).toBe(truth);
  });
});

describe('modeAt', () => {
  const guard = DEFAULT_SETTINGS.guard;
  const event = { id: 'e', content: 'c', startAtMs: 1_000, endAtMs: 2_000 };
  const order = { mode: 'hold' as const, author: 'a', reason: 'r', untilMs: 1_500 };

  it.each([
    [999, 'count'],
    [1_000, 'block'],
    [1_999, 'block'],
    [2_000, 'count'],
  ])('at %i ms of an event is %s', (nowMs, mode) => {
    expect(modeAt({ guard, events: [event] }, undefined, nowMs)).toBe(mode);
  });

  it('always is that of the file if there are no events', () => {
    expect(modeAt({ guard, events: [] }, undefined, 5)).toBe('block');
  });

  it('is what a person said, until it ends', () => {
    const at = (nowMs: number) => modeAt({ guard, events: [event] }, order, nowMs);
    expect([at(0), at(1_499), at(1_500)]).toEqual(['hold', 'hold', 'block']);
  });
});
