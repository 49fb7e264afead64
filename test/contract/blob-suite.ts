import { CHUNK_BYTES_MAX, makeBlobStore } from '../../lambdas/adapters/blob-store';
import { failureOf, someBytes, type World } from './world';

const EXPIRES_AT = Date.UTC(2026, 11, 4) / 1_000;

/** BlobStore: bytes come back whole, or not at all. */
export function describeBlobStore(world: World): void {
  describe('blob store', () => {
    const makeStore = () => makeBlobStore(world.dynamo, world.table);

    const lengths = [
      300_000,
      CHUNK_BYTES_MAX,
      CHUNK_BYTES_MAX + 1,
      CHUNK_BYTES_MAX - 1,
      2 * CHUNK_BYTES_MAX + 1,
      1,
    ];
    it.each(lengths.slice(0, world.isSlow ? 3 : undefined))(
      'gives back %i bytes',
      async (length) => {
        const [store, lane] = [makeStore(), world.fresh()];
        await store.put(lane, '20781-7', someBytes(length), EXPIRES_AT);
        // Compared as buffers: jest takes seconds to compare large typed arrays.
        const bytes = await store.get(lane, '20781-7', length);
        expect(Buffer.compare(bytes, someBytes(length))).toBe(0);
      },
    );

    it('keeps blobs of other lanes and names apart', async () => {
      const store = makeStore();
      const [lane, other] = [world.fresh(), world.fresh()];
      await store.put(lane, '1', Uint8Array.of(1), EXPIRES_AT);
      await store.put(lane, '11', Uint8Array.of(2), EXPIRES_AT);
      await store.put(other, '1', Uint8Array.of(3), EXPIRES_AT);
      expect(await store.get(lane, '1', 1)).toEqual(Uint8Array.of(1));
      expect(await store.get(lane, '11', 1)).toEqual(Uint8Array.of(2));
      expect(await store.get(other, '1', 1)).toEqual(Uint8Array.of(3));
    });

    it('may be written again, and is gone once removed', async () => {
      const [store, lane] = [makeStore(), world.fresh()];
      const length = CHUNK_BYTES_MAX + 10;
      await store.put(lane, '7', someBytes(length), EXPIRES_AT);
      await store.put(lane, '7', someBytes(length), EXPIRES_AT);
      await store.remove(lane, '7', length);
      const error = await failureOf(store.get(lane, '7', length));
      expect(error.message).toMatch(/^chunk \d of 2 of blob 7 of lane \d+ is not stored$/);
      await store.remove(lane, '7', length); // by who died after the first time
    });

    it('throws rather than give back fewer or other bytes than were asked for', async () => {
      const [store, lane] = [makeStore(), world.fresh()];
      await store.put(lane, '7', someBytes(100), EXPIRES_AT);
      for (const length of [99, 101, CHUNK_BYTES_MAX + 1]) {
        expect((await failureOf(store.get(lane, '7', length))).message).toMatch(
          /has 100 bytes, expected|is not stored/,
        );
      }
    });

    it('takes no blob without bytes', async () => {
      const error = await failureOf(makeStore().put(1, '7', new Uint8Array(0), EXPIRES_AT));
      expect(error.message).toBe('a blob has 0 bytes, expected at least 1');
    });
  });
}
