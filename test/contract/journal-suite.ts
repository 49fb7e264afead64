import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { makeJournalStore } from '../../lambdas/adapters/journal-store';
import { someBytes, type World } from './world';

const NOW_MS = Date.UTC(2026, 10, 24, 20, 15);
const WRITERS = 20;

const shardIdOf = (n: number) => `shardId-${String(n).padStart(12, '0')}`;

/** JournalStore: one of those who promise an ordinal at the same time may do so. */
export function describeJournalStore(world: World): void {
  describe('journal store', () => {
    describeVersions(world);
    describePlaces(world);
  });
}

function rigOf(world: World) {
  return {
    makeStore: () => makeJournalStore(world.dynamo, world.table, () => NOW_MS),
    makeShard: () => shardIdOf(world.fresh()),
  };
}

function describeVersions(world: World): void {
  describe('versions', () => {
    const { makeStore, makeShard } = rigOf(world);

    it('has nothing of a shard that was never written', async () => {
      expect(await makeStore().load(makeShard())).toBeUndefined();
    });

    it('gives back what was saved, to the byte', async () => {
      const [store, shard] = [makeStore(), makeShard()];
      expect(await store.save(shard, { version: 1, body: someBytes(1_000) })).toBe(true);
      expect(await store.load(shard)).toEqual({ version: 1, body: someBytes(1_000) });
    });

    it.each([
      ['the first', 1, 1],
      ['the same', 2, 2],
      ['an older', 3, 2],
      ['one too far', 1, 3],
      ['one out of nothing', 0, 2],
    ])('refuses %s version (stored %i, written %i)', async (_, stored, written) => {
      const [store, shard] = [makeStore(), makeShard()];
      for (let version = 1; version <= stored; version += 1) {
        expect(await store.save(shard, { version, body: someBytes(9, version) })).toBe(true);
      }
      const before = await store.load(shard);
      expect(await store.save(shard, { version: written, body: someBytes(9, 99) })).toBe(false);
      expect(await store.load(shard)).toEqual(before);
    });

    it.each([1, 2])('lets one of twenty writers save version %i', async (version) => {
      const [store, shard] = [makeStore(), makeShard()];
      if (version === 2) await store.save(shard, { version: 1, body: someBytes(9) });
      const won = await Promise.all(
        Array.from({ length: WRITERS }, (_, n) =>
          makeStore().save(shard, { version, body: Uint8Array.of(n) }),
        ),
      );
      expect(won.filter(Boolean)).toHaveLength(1);
      const body = Uint8Array.of(won.indexOf(true));
      expect(await store.load(shard)).toEqual({ version, body });
    });
  });
}

function describePlaces(world: World): void {
  describe('places', () => {
    const { makeStore, makeShard } = rigOf(world);

    it('lists the journals of all shards, wherever they lie', async () => {
      const store = makeStore();
      const shards = Array.from({ length: 34 }, makeShard);
      await Promise.all(
        shards.map((shard, n) => store.save(shard, { version: 1, body: Uint8Array.of(n) })),
      );
      const listed = new Map((await store.list()).map((journal) => [journal.shardId, journal]));
      expect(shards.map((shard) => listed.get(shard))).toEqual(
        shards.map((shardId, n) => ({ shardId, version: 1, body: Uint8Array.of(n) })),
      );
    });

    it('lies where docs/ROAD.md says, and expires 30 days after the last write', async () => {
      const shard = makeShard();
      await makeStore().save(shard, { version: 1, body: someBytes(3) });
      const pk = `journal#${Number(shard.slice(-12)) % 16}`;
      const { Item } = await world.dynamo.send(
        new GetItemCommand({ TableName: world.table, Key: { pk: { S: pk }, sk: { S: shard } } }),
      );
      expect(Item).toEqual({
        pk: { S: pk },
        sk: { S: shard },
        ver: { N: '1' },
        body: { B: someBytes(3) },
        expiresAt: { N: String(NOW_MS / 1_000 + 30 * 86_400) },
      });
    });
  });
}
