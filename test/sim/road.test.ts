import { seeds } from '../support/prng';
import { buildNight } from './build';
import type { Night } from './night';
import { REMOVALS } from './removals';

/** Most nights take a fraction of a second; on a busy machine a few take some. */
const NIGHT_MS_MAX = 120_000;

/**
 * Goal: whatever goes wrong, every line is counted once. Method: nights of the real handlers and adapters on
 * services in memory: crashes at any call, zombies, redelivery with other boundaries, doubled, late and
 * reordered packets, resharding of both streams, throttling, lost answers, clock steps. An oracle that
 * shares no code with the core reads the lines once; Views must equal it in every minute of every
 * content. `npm run sim -- --seeds 10000` plays more.
 */
describe('the road', () => {
  let playNight: (seed: number) => Promise<Night>;
  const met = new Map<string, number>();

  beforeAll(async () => {
    playNight = await buildNight();
  });

  it.each(seeds(200))(
    'counts every line once in a bad night (SEED=%i)',
    async (seed) => {
      const { differences, counts } = await playNight(seed);
      for (const [name, n] of counts) met.set(name, (met.get(name) ?? 0) + n);
      expect(differences).toEqual([]);
    },
    NIGHT_MS_MAX,
  );

  it('met what it is for', () => {
    if (process.env['SEED'] !== undefined) return;
    const names = ['IntervalsRedone', 'JournalConflicts', 'PacketsDuplicate', 'LaneConflicts'];
    for (const name of [...names, 'OutboxesRedone']) {
      expect([name, (met.get(name) ?? 0) > 50]).toEqual([name, true]);
    }
  });
});

/** A simulation that cannot fail shows nothing: without any one mechanism some night must end wrong. */
describe('the simulation', () => {
  it.each(Object.keys(REMOVALS))(
    'notices when %s is missing',
    async (name) => {
      const play = await buildNight(REMOVALS[name]);
      for (let seed = 1; seed <= 20; seed += 1) {
        if ((await play(seed)).differences.length > 0) return;
      }
      throw new Error(`20 nights without ${name} ended well`);
    },
    120_000,
  );
});
