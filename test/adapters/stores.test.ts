import { CHUNK_BYTES_MAX, makeBlobStore } from '../../lambdas/adapters/blob-store';
import { makeJournalStore } from '../../lambdas/adapters/journal-store';
import { makeLaneStore } from '../../lambdas/adapters/lane-store';
import { makeViewsReader } from '../../lambdas/adapters/views-reader';
import { makeViewsWriter } from '../../lambdas/adapters/views-writer';
import { failureOf, someBytes } from '../contract/world';
import type { FakeHooks } from '../sim/fake-call';
import { FakeDynamo } from '../sim/fake-dynamo';

/** What the stores do when the table refuses, and with answers that no emulator gives. */

const TABLE = 'state';
const makeDynamo = (hooks: FakeHooks = {}, pageItemsMax?: number) =>
  new FakeDynamo({
    tables: [TABLE],
    ...hooks,
    ...(pageItemsMax === undefined ? {} : { pageItemsMax }),
  });
const named = (name: string) => Object.assign(new Error(name), { name });

describe('makeBlobStore', () => {
  it('waits when a partition is throttled, which three chunks a second are enough for', async () => {
    let refusals = 4;
    const waits: number[] = [];
    const dynamo = makeDynamo({
      before: () => {
        refusals -= 1;
        if (refusals >= 0) throw named('ProvisionedThroughputExceededException');
      },
    });
    const pause = async (ms: number) => void waits.push(ms);
    const store = makeBlobStore(dynamo, TABLE, { pause, random: () => 0.5 });
    const bytes = someBytes(2 * CHUNK_BYTES_MAX);
    await store.put(1, '7', bytes, 0);
    expect(waits).toHaveLength(4);
    expect(Buffer.compare(await store.get(1, '7', bytes.length), bytes)).toBe(0);
  });

  it('throws anything else, so that no head can name what is not stored', async () => {
    const dynamo = makeDynamo({
      before: () => {
        throw named('TimeoutError');
      },
    });
    const work = makeBlobStore(dynamo, TABLE).put(1, '7', someBytes(10), 0);
    expect((await failureOf(work)).message).toBe('TimeoutError');
  });

  it.each([
    [0, undefined],
    [1_800_000_000, { N: '1800000000' }],
  ])('lets a blob expire at %i', async (seconds, expected) => {
    const dynamo = makeDynamo();
    await makeBlobStore(dynamo, TABLE).put(1, '7', someBytes(10), seconds);
    expect(dynamo.items(TABLE)[0]!['expiresAt']).toEqual(expected);
  });
});

describe('versioned stores', () => {
  const stores = {
    journal: (dynamo: FakeDynamo) => {
      const store = makeJournalStore(dynamo, TABLE, () => 0);
      return (version: number) =>
        store.save('shardId-000000000001', { version, body: someBytes(3) });
    },
    lane: (dynamo: FakeDynamo) => {
      const store = makeLaneStore(dynamo, TABLE);
      return (version: number) =>
        store.save(1, { version, body: someBytes(3), outbox: someBytes(3) });
    },
  };

  describe.each(['journal', 'lane'] as const)('%s', (name) => {
    it.each([0, -1, 1.5, NaN])('has no version %s', async (version) => {
      const error = await failureOf(stores[name](makeDynamo())(version));
      expect(error.message).toContain(`is ${version}, expected a number from 1 on`);
    });

    it('throws what is no lost condition: it may have been written or not', async () => {
      const dynamo = makeDynamo({
        after: () => {
          throw named('TimeoutError');
        },
      });
      expect((await failureOf(stores[name](dynamo)(1))).message).toBe('TimeoutError');
      expect(dynamo.items(TABLE)).toHaveLength(1);
    });

    it('says false to who saves again what was saved when the answer was lost', async () => {
      const dynamo = makeDynamo();
      await stores[name](dynamo)(1);
      expect(await stores[name](dynamo)(1)).toBe(false);
    });
  });

  it.each(['', 'shard-1', 'shardId-', 'shardId-12x'])('takes no journal of %s', async (id) => {
    const store = makeJournalStore(makeDynamo(), TABLE, () => 0);
    const save = async () => store.save(id, { version: 1, body: someBytes(1) });
    expect((await failureOf(save())).message).toContain('expected shardId- and a number');
  });

  it('lists journals page by page', async () => {
    const store = makeJournalStore(makeDynamo({}, 2), TABLE, () => 0);
    for (let n = 0; n < 7; n += 1) {
      const shard = `shardId-${String(n * 16).padStart(12, '0')}`; // all in one partition
      await store.save(shard, { version: 1, body: Uint8Array.of(n) });
    }
    expect((await store.list()).map(({ body }) => body[0])).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe('makeViewsReader', () => {
  it.each([1, 2, 3, 6, 7])('drops nothing at pages of %i items', async (pageItemsMax) => {
    const dynamo = makeDynamo({}, pageItemsMax);
    const updates = Array.from({ length: 6 }, (_, n) => ({
      pk: 's:final#0',
      sk: `m#${n}`,
      add: [['n', n] as const],
      set: [],
      expiresAtSeconds: 0,
      isFenced: true,
    }));
    await makeViewsWriter({ dynamo, table: TABLE }).publish(updates, { lane: 0, version: 1 });
    const items = await makeViewsReader(dynamo, TABLE).query('s:final#0', 'm#1', 'm#5');
    expect(items.map(({ values }) => values.get('n'))).toEqual([1, 2, 3, 4, 5]);
  });

  it('throws where an attribute is neither number nor text', async () => {
    const dynamo = makeDynamo();
    await makeLaneStore(dynamo, TABLE).save(1, {
      version: 1,
      body: someBytes(1),
      outbox: someBytes(1),
    });
    const work = makeViewsReader(dynamo, TABLE).query('lane#1', 'a', 'z');
    expect((await failureOf(work)).message).toBe('body of lane#1 is neither a number nor a text');
  });
});
