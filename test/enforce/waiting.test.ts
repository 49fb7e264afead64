import { BLOCKS, type GuardWorld } from '../sim/guard-world';
import { guardScene, ours, suspect, tell } from '../support/guard-scene';

/**
 * Goal: while suspects find no room, who gets the lease next reads a bounded number of batches, and loses none that goes
 * on. Method: a set that others have all but filled; suspects told each 10 seconds, as lanes do; holders that die.
 */

const ROOM = 4;
/** Each in a /20 of its own: none can be taken together with another. */
const MANY = Array.from({ length: 12 }, (_, n) => suspect(`198.${51 + n}.16.7/32`, 500 + n));

function fullScene(): GuardWorld {
  const world = guardScene({ setsV4: 1, listChangePercentMax: 100, firstMinutes: 1_440 });
  const { addresses, foreign } = world.waf.sets.get('block-v4-1')!;
  for (let n = 0; n < 10_000 - ROOM; n += 1) {
    addresses.add(`240.0.${n >> 8}.${n & 255}/32`);
    foreign.add(`240.0.${n >> 8}.${n & 255}/32`);
  }
  return world;
}

/** Batches that a lane told, and those that the next holder of the lease would begin behind. */
function progress(world: GuardWorld) {
  const items = world.dynamo.items(BLOCKS);
  const told = items.filter(({ pk }) => pk!.S === 'suspects#0').map(({ sk }) => sk!.S!);
  const { body } = items.find(({ pk, sk }) => pk!.S === 'enforce' && sk!.S === 'status')!;
  const { cursors } = JSON.parse(body!.S!) as { cursors: Record<string, string> };
  return { told: told.length, left: told.filter((sk) => sk > (cursors['0'] ?? '')).length };
}

async function attack(world: GuardWorld, seconds: number): Promise<void> {
  for (let at = 0; at < seconds; at += 10) {
    await tell(world, MANY);
    await world.play(10_000);
  }
}

describe('suspects without room', () => {
  it('leave no more to read than what was told in the last minute or so', async () => {
    const world = fullScene();
    await attack(world, 300);
    expect(ours(world)).toHaveLength(ROOM);
    expect(world.values.get('BlocksOverflow')).toBe(MANY.length - ROOM);
    const { told, left } = progress(world);
    expect(told).toBe(30);
    expect(left).toBeLessThanOrEqual(8);
  }, 60_000);

  it('are blocked when there is room, also by who comes after one that died', async () => {
    const world = fullScene();
    await attack(world, 60);
    world.crash();
    const before = world.counts.get('BatchesRead')!;
    await attack(world, 60);
    expect(world.counts.get('BatchesRead')! - before).toBeLessThanOrEqual(6 + 8);
    world.crash();
    const { foreign } = world.waf.sets.get('block-v4-1')!;
    world.waf.foreignRemove('block-v4-1', [...foreign].slice(0, 100));
    await attack(world, 120);
    expect(ours(world)).toEqual(MANY.map(({ cidr }) => cidr).sort());
  }, 60_000);

  it('are forgotten ten minutes after they have stopped', async () => {
    const world = fullScene();
    await attack(world, 30);
    await world.play(600_000);
    const { foreign } = world.waf.sets.get('block-v4-1')!;
    world.waf.foreignRemove('block-v4-1', [...foreign].slice(0, 100));
    await world.play(130_000);
    expect(ours(world)).toHaveLength(ROOM);
  }, 60_000);

  it('are not needed for it: what was dealt with is not read again and again either', async () => {
    const world = guardScene({ firstMinutes: 1_440 });
    for (let minute = 0; minute < 10; minute += 1) {
      await tell(world, [suspect('198.51.100.7/32')]);
      await world.play(60_000);
    }
    expect(progress(world).left).toBeLessThanOrEqual(2);
  });
});
