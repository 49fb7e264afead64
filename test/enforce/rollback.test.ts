import { auditOf, guardScene, ours, suspect, tell } from '../support/guard-scene';

/**
 * Goal: F3 takes back what refuses viewers, and nothing else. Method: a push, and what lanes tell in the seconds after
 * it: viewers that are refused, and viewers that are gone.
 */

const A = '198.51.100.1/32';
const B = '198.51.100.2/32';
const CROWD = 1_000;

/** A is blocked, while so many watch. */
async function pushed(world = guardScene()) {
  await tell(world, [suspect(A)], CROWD);
  await world.play(8_000);
  return world;
}

describe('F3', () => {
  it('takes a push back after which viewers are refused, and holds it back for ten minutes', async () => {
    const world = await pushed();
    expect(ours(world)).toEqual([A]);
    await tell(world, [], CROWD, 400);
    await world.play(10_000);
    expect(ours(world)).toEqual([]);
    expect(world.counts.get('RollBacks')).toBe(1);
    await tell(world, [suspect(A)], CROWD);
    await world.play(60_000);
    expect(ours(world)).toEqual([]);
    expect(auditOf(world).some(({ kind }) => kind === 'rollback')).toBe(true);
    await world.play(600_000);
    await tell(world, [suspect(A)], CROWD);
    await world.play(20_000);
    expect(ours(world)).toEqual([A]);
  });

  it.each([
    [299, [A]],
    [300, []],
  ])('asks for 30 %% of 1,000 viewers: %i are refused, and %j is held', async (refused, held) => {
    const world = await pushed();
    await tell(world, [], CROWD, refused);
    await world.play(10_000);
    expect(ours(world)).toEqual(held);
  });

  it.each([
    [21_000, []],
    [33_000, [A]],
  ])('looks at the 30 seconds after a push: %i ms later %j is held', async (ms, held) => {
    const world = await pushed();
    await world.play(ms);
    await tell(world, [], CROWD, 900);
    await world.play(10_000);
    expect(ours(world)).toEqual(held);
  });

  it.each([
    ['the origin fails', [300, 100, 0]],
    ['the final whistle comes', [900, 500, 20]],
  ])('takes nothing back when %s at the moment of a push', async (_, watching) => {
    const world = await pushed();
    for (const viewers of watching) {
      await tell(world, [suspect(A), suspect(B)], viewers);
      await world.play(6_000);
    }
    expect(ours(world)).toEqual([A, B]);
    expect(world.counts.get('RollBacks')).toBeUndefined();
  });

  it('takes nothing back in count: nobody is refused by that list, whoever refuses them', async () => {
    const world = await pushed(guardScene({ mode: 'count' }));
    await tell(world, [], CROWD, 900);
    await world.play(20_000);
    expect(ours(world, 'count')).toEqual([A]);
    expect(world.counts.get('RollBacks')).toBeUndefined();
  });

  it('takes nothing back of what was refused before the push', async () => {
    const world = guardScene();
    await tell(world, [], CROWD, 400);
    await world.play(3_000);
    await tell(world, [suspect(A)], CROWD, 400);
    await world.play(8_000);
    await tell(world, [], CROWD, 420);
    await world.play(10_000);
    expect(ours(world)).toEqual([A]);
  });

  it('forgets no refused viewers with the one who had the lease', async () => {
    const world = guardScene();
    await tell(world, [suspect(B)], CROWD, 400);
    await world.play(20_000);
    world.crash();
    await world.play(60_000);
    await tell(world, [suspect(A)], CROWD, 400);
    await world.play(8_000);
    await tell(world, [], CROWD, 420);
    await world.play(10_000);
    expect(ours(world)).toEqual([A, B]);
  });
});
