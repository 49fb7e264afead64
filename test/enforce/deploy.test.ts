import { DEPLOY_MS } from '../../lambdas/enforce/deploy';
import type { GuardWorld } from '../sim/guard-world';
import { auditOf, guardScene, ours, suspect, tell } from '../support/guard-scene';

/**
 * Goal: a deploy that empties a set frees nobody, and who takes an entry out by hand is heard. Method: entries of ours
 * vanish, and the stack was updated then, long before, never, or nobody says.
 */
const A = '198.51.100.1/32';
const B = '198.51.100.2/32';
const SIX = '2001:db8:0:1::/64';
const SET = 'block-v4-1';

async function blocking(cidrs: readonly string[]): Promise<GuardWorld> {
  const world = guardScene({ firstMinutes: 1_440 });
  await tell(
    world,
    cidrs.map((cidr) => suspect(cidr)),
  );
  await world.play(10_000);
  expect(ours(world)).toEqual(cidrs);
  return world;
}

/** What enforce is told of the stack when it asks, by the clock of then; and how often it asked. */
function tellStack(world: GuardWorld, ageMs: () => number | undefined) {
  const asked = { times: 0 };
  world.deployedAtMs = async () => {
    asked.times += 1;
    const age = ageMs();
    return age === undefined ? undefined : world.wallMs() - age;
  };
  return asked;
}

const whyOf = (world: GuardWorld) => auditOf(world).flatMap(({ removed }) => removed);
const countsOf = ({ counts }: GuardWorld) => [
  counts.get('EntriesRestored') ?? 0,
  counts.get('ForeignRemovals') ?? 0,
];

describe('a lone entry that is gone', () => {
  it.each([
    ['while the stack is updated', 0],
    // The clock of the stack is another one.
    ['of an update that began a moment from now', -2_000],
    ['within a quarter of an hour of an update', DEPLOY_MS],
  ])('%s is put back', async (_, ageMs) => {
    const world = await blocking([A]);
    const asked = tellStack(world, () => ageMs);
    world.waf.foreignRemove(SET, [A]);
    await world.play(70_000);
    expect(ours(world)).toEqual([A]);
    expect([countsOf(world), asked.times]).toEqual([[1, 0], 1]);
    expect(whyOf(world)).toEqual([{ cidr: A, why: 'restored' }]);
  });

  it.each<[string, () => number | undefined]>([
    ['later than a quarter of an hour after an update', () => DEPLOY_MS + 1],
    ['of a stack that was never updated', () => undefined],
    [
      'while nobody says whether the stack was updated',
      () => {
        throw new Error('AccessDenied');
      },
    ],
  ])('%s is an allow of one hour', async (_, ageMs) => {
    const world = await blocking([A]);
    const asked = tellStack(world, ageMs);
    world.waf.foreignRemove(SET, [A]);
    await world.play(70_000);
    await tell(world, [suspect(A)]);
    await world.play(70_000);
    expect(ours(world)).toEqual([]);
    expect([countsOf(world), asked.times]).toEqual([[0, 1], 1]);
    expect(whyOf(world)).toEqual([{ cidr: A, why: 'by_others' }]);
    expect(world.errors).toEqual(new Set());
  });
});

describe('a deploy', () => {
  it('has the one entry of each list and family put back', async () => {
    const world = guardScene({ mode: 'count', firstMinutes: 1_440 });
    await tell(world, [suspect(A), suspect(SIX)]);
    await world.ask({ action: 'block', cidr: B });
    await world.play(10_000);
    const before = [ours(world, 'block'), ours(world, 'count')];
    expect(before).toEqual([[B], [A, SIX]]);
    tellStack(world, () => 0);
    for (const { name } of world.sets) {
      world.waf.foreignRemove(name, [...world.waf.sets.get(name)!.addresses]);
    }
    expect([ours(world, 'block'), ours(world, 'count')]).toEqual([[], []]);
    await world.play(70_000);
    expect([ours(world, 'block'), ours(world, 'count')]).toEqual(before);
    expect(countsOf(world)).toEqual([3, 0]);
  });

  it('has some of many put back too', async () => {
    const world = await blocking([A, B, '198.51.100.9/32']);
    tellStack(world, () => 0);
    world.waf.foreignRemove(SET, [A]);
    await world.play(70_000);
    expect([ours(world), countsOf(world)]).toEqual([
      [A, B, '198.51.100.9/32'],
      [1, 0],
    ]);
  });

  it('is asked for only when entries would become allows', async () => {
    const world = await blocking([A, B]);
    const asked = tellStack(world, () => undefined);
    world.waf.foreignAdd(SET, '192.0.2.77/32');
    await world.play(70_000);
    world.waf.foreignRemove(SET, ['192.0.2.77/32']);
    await world.play(70_000);
    // All of two at once is no judgement, deploy or not.
    world.waf.foreignRemove(SET, [A, B]);
    await world.play(70_000);
    expect([ours(world), countsOf(world), asked.times]).toEqual([[A, B], [2, 0], 0]);
  });
});
