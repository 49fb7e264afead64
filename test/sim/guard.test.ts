import { seeds } from '../support/prng';
import { buildNight } from './build';
import { GUARD_NIGHT, GUARD_REMOVALS } from './guard-limits';
import type { Night } from './night';

const NIGHT_MS_MAX = 120_000;

/**
 * Goal: whatever goes wrong, sets hold what they should: no addition lost, nothing of others removed, the pace
 * kept, every content in the audit. Method: nights of the real handlers and adapters on services in memory: lock
 * conflicts, throttles, lost answers, calls carried out late, other writers that add and take out, deploys
 * that empty a set, crashes and zombies at any call, two enforcers at once, steps of the clock. What must be
 * left is made from what was told and asked alone. `npm run guard-sim -- --seeds 100000` plays more.
 */
describe('the guard', () => {
  let playNight: (seed: number) => Promise<Night>;
  const met = new Map<string, number>();

  beforeAll(async () => {
    playNight = await buildNight(undefined, GUARD_NIGHT);
  });

  it.each(seeds(100))(
    'leaves the sets as they should be after a bad night (SEED=%i)',
    async (seed) => {
      const { differences, counts } = await playNight(seed);
      for (const [name, n] of counts) met.set(name, (met.get(name) ?? 0) + n);
      expect(differences).toEqual([]);
    },
    NIGHT_MS_MAX,
  );

  it('met what it is for', () => {
    if (process.env['SEED'] !== undefined) return;
    const names = ['SetConflicts', 'SetsThrottled', 'SetErrors', 'FeedsUnread', 'ChangesDeferred'];
    const missed = [...names, 'LeasesLost', 'ForeignRemovals', 'EntriesRestored'].filter(
      (name) => (met.get(name) ?? 0) === 0,
    );
    expect(missed).toEqual([]);
  });
});

/** A simulation that cannot fail shows nothing: without any one mechanism some night must end wrong. */
describe('the simulation of the guard', () => {
  it.each(Object.keys(GUARD_REMOVALS))(
    'notices when %s is missing',
    async (name) => {
      const play = await buildNight(GUARD_REMOVALS[name], GUARD_NIGHT);
      for (let seed = 1; seed <= 300; seed += 1) {
        if ((await play(seed)).differences.length > 0) return;
      }
      throw new Error(`300 nights without ${name} ended well`);
    },
    NIGHT_MS_MAX,
  );
});
