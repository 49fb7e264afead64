import { makeLaneStore } from '../../lambdas/adapters/lane-store';
import { someBytes, type World } from './world';

const WRITERS = 20;

/** LaneStore: saving a head is the commit of a lane, so one writer of a version may. */
export function describeLaneStore(world: World): void {
  describe('lane store', () => {
    const makeStore = () => makeLaneStore(world.dynamo, world.table);

    it('has nothing of a lane that was never written', async () => {
      expect(await makeStore().load(world.fresh())).toBeUndefined();
    });

    it.each([
      ['with an outbox', 2_000, 9_000],
      ['with an outbox that is a blob', 2_000, 0],
      ['as large as a head may be', 90_000, 300_000],
    ])('gives back a head %s', async (_, bodyBytes, outboxBytes) => {
      const [store, lane] = [makeStore(), world.fresh()];
      const head = { version: 1, body: someBytes(bodyBytes), outbox: someBytes(outboxBytes, 2) };
      expect(await store.save(lane, head)).toBe(true);
      const { version, body, outbox } = (await store.load(lane))!;
      // Compared as buffers: jest takes a second to compare large typed arrays.
      expect([
        version,
        Buffer.compare(body, head.body),
        Buffer.compare(outbox, head.outbox),
      ]).toEqual([1, 0, 0]);
    });

    it('refuses a head that was not made from the stored one', async () => {
      const [store, lane] = [makeStore(), world.fresh()];
      const headOf = (version: number, seed: number) => ({
        version,
        body: someBytes(10, seed),
        outbox: someBytes(10, seed),
      });
      expect(await store.save(lane, headOf(2, 1))).toBe(false);
      expect(await store.save(lane, headOf(1, 2))).toBe(true);
      expect(await store.save(lane, headOf(1, 3))).toBe(false);
      expect(await store.save(lane, headOf(2, 4))).toBe(true);
      expect(await store.save(lane, headOf(2, 5))).toBe(false);
      expect(await store.save(lane, headOf(1, 6))).toBe(false);
      expect(await store.load(lane)).toEqual(headOf(2, 4));
    });

    it('lets one of twenty writers commit, and keeps body and outbox of one writer', async () => {
      const [store, lane] = [makeStore(), world.fresh()];
      const won = await Promise.all(
        Array.from({ length: WRITERS }, (_, n) =>
          store.save(lane, { version: 1, body: Uint8Array.of(n), outbox: Uint8Array.of(n, n) }),
        ),
      );
      const winner = won.indexOf(true);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await store.load(lane)).toEqual({
        version: 1,
        body: Uint8Array.of(winner),
        outbox: Uint8Array.of(winner, winner),
      });
    });
  });
}
