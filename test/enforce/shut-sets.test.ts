import type { GuardWorld } from '../sim/guard-world';
import { guardScene, suspect, tell } from '../support/guard-scene';

/**
 * Goal: a set that is not there, or that WAF does not let us change, swallows no block, and keeps nobody from looking
 * after the others. Method: one of several sets fails, and later answers again.
 */

const A = '198.51.100.1/32';
const B = '198.51.100.2/32';
const [FIRST, SECOND] = ['block-v4-1', 'block-v4-2'] as const;

const held = (world: GuardWorld) => [world.waf.ours(FIRST), world.waf.ours(SECOND)];
const overflow = (world: GuardWorld) => world.values.get('BlocksOverflow');

describe.each(['missing', 'refusing'] as const)('a set that is %s', (how) => {
  it('takes no new block: the next set does, within seconds', async () => {
    const world = guardScene();
    world.waf[how].add(FIRST);
    await tell(world, [suspect(A)]);
    await world.play(10_000);
    expect(held(world)).toEqual([[], [A]]);
    expect([overflow(world), world.counts.get('SetErrors')]).toEqual([0, 1]);
    expect(world.waf.violations).toEqual([]);
  });

  it('leaves what has no other room as overflow, and takes it when it answers again', async () => {
    const world = guardScene({ setsV4: 1 });
    world.waf[how].add(FIRST);
    const go = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 10_000) {
        await tell(world, [suspect(A)]);
        await world.play(10_000);
      }
    };
    await go(60_000);
    expect([world.waf.ours(FIRST), overflow(world)]).toEqual([[], 1]);
    world.waf[how].delete(FIRST);
    await go(130_000);
    expect([world.waf.ours(FIRST), overflow(world)]).toEqual([[A], 0]);
  });

  it('is tried once a minute, and no more', async () => {
    const world = guardScene({ setsV4: 1 });
    world.waf[how].add(FIRST);
    for (let n = 0; n < 30; n += 1) {
      await tell(world, [suspect(A)]);
      await world.play(10_000);
    }
    const tries = world.counts.get('SetErrors')!;
    // Each holder of the lease, of which there is one in a minute, has to find out.
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThanOrEqual(11);
  });
});

describe('a set that fails later', () => {
  it('keeps what it holds if WAF refuses to change it', async () => {
    const world = guardScene();
    await tell(world, [suspect(A)]);
    await world.play(10_000);
    world.waf.refusing.add(FIRST);
    await tell(world, [suspect(B)]);
    await world.play(20_000);
    expect(held(world)).toEqual([[A], [B]]);
  });

  it('has what it held put into another when it is gone: there it blocks nobody', async () => {
    const world = guardScene({ firstMinutes: 1_440 });
    await tell(world, [suspect(A)]);
    await world.play(10_000);
    world.waf.missing.add(FIRST);
    await world.play(130_000);
    expect(world.waf.ours(SECOND)).toEqual([A]);
  });

  it('ends on time in the set that it went to', async () => {
    const world = guardScene({ firstMinutes: 3 });
    await tell(world, [suspect(A)]);
    await world.play(10_000);
    world.waf.missing.add(FIRST);
    await world.play(130_000);
    expect(world.waf.ours(SECOND)).toEqual([A]);
    await world.play(120_000);
    expect(world.waf.ours(SECOND)).toEqual([]);
    await tell(world, [suspect(A)]);
    await world.play(20_000);
    expect(world.waf.ours(SECOND)).toEqual([A]);
  });

  it('leaves one alone when both sets hold a block, and the first answers again', async () => {
    const world = guardScene({ firstMinutes: 1_440 });
    await tell(world, [suspect(A)]);
    await world.play(10_000);
    world.waf.missing.add(FIRST);
    await world.play(130_000);
    world.waf.missing.delete(FIRST);
    await world.play(130_000);
    expect(held(world).flat()).toEqual([A]);
    expect(world.counts.get('ForeignRemovals')).toBeUndefined();
  });
});

describe('looking around', () => {
  it.each(['missing', 'failing'] as const)(
    'goes on behind a set that is %s: what others took out behind it is seen',
    async (how) => {
      const world = guardScene({ firstMinutes: 1_440 });
      const cidrs = Array.from({ length: 12 }, (_, n) => `2001:db8:0:${n + 1}::/64`);
      await tell(
        world,
        cidrs.map((cidr) => suspect(cidr)),
      );
      await world.play(10_000);
      world.waf[how].add(FIRST);
      // It would have to be changed, too.
      await tell(world, [suspect(A)]);
      world.waf.foreignRemove('block-v6-1', world.waf.ours('block-v6-1'));
      await world.play(130_000);
      expect(world.waf.ours('block-v6-1')).toHaveLength(12);
    },
  );

  it('asks for a set that fails each ten seconds at most', async () => {
    const world = guardScene();
    world.waf.failing.add(FIRST);
    const before = world.waf.reads.get(FIRST) ?? 0;
    for (let n = 0; n < 12; n += 1) {
      await tell(world, []);
      await tell(world, [suspect('203.0.113.9/32')]);
      await world.play(10_000);
    }
    // Who takes the lease anew, each minute, asks too.
    expect(world.waf.reads.get(FIRST)! - before).toBeLessThanOrEqual(16);
  });
});
