import { createHash } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { makeQuarantine } from '../../lambdas/adapters/quarantine';
import { makeWatchStore } from '../../lambdas/adapters/watch-store';
import { someBytes, type World } from './world';

const NOW_MS = Date.UTC(2026, 10, 24, 20, 15);

/** Quarantine and the snapshot of watch. */
export function describeNotes(world: World): void {
  describe('quarantine', () => {
    const recordOf = (sequence: number, bytes: number) => ({
      stream: 'viewer-packets',
      shardId: 'shardId-000000000003',
      sequence: String(sequence),
      reason: 'no_packet',
      data: someBytes(bytes),
    });
    const load = async (sequence: number) => {
      const sk = `viewer-packets#shardId-000000000003#${sequence}`;
      const Key = { pk: { S: 'quarantine' }, sk: { S: sk } };
      const command = new GetItemCommand({ TableName: world.table, Key });
      return (await world.dynamo.send(command)).Item;
    };

    it.each([0, 1, 7, 8, 9, 5_000])(
      'keeps the begin of %i bytes, and their hash',
      async (bytes) => {
        const sequence = world.fresh();
        await makeQuarantine(world.dynamo, world.table, () => NOW_MS).keep(
          recordOf(sequence, bytes),
        );
        expect(await load(sequence)).toMatchObject({
          reason: { S: 'no_packet' },
          bytes: { N: String(bytes) },
          sha256: { B: new Uint8Array(createHash('sha256').update(someBytes(bytes)).digest()) },
          begin: { B: someBytes(Math.min(bytes, 8)) },
          expiresAt: { N: String(NOW_MS / 1_000 + 30 * 86_400) },
        });
      },
    );

    it('changes nothing when the same record comes again', async () => {
      const sequence = world.fresh();
      const quarantine = makeQuarantine(world.dynamo, world.table, () => NOW_MS);
      const later = makeQuarantine(world.dynamo, world.table, () => NOW_MS + 60_000);
      await quarantine.keep(recordOf(sequence, 10));
      const before = await load(sequence);
      await later.keep({ ...recordOf(sequence, 10), reason: 'another' });
      expect(await load(sequence)).toEqual(before);
    });
  });

  describe('watch store', () => {
    it('has nothing at first, and then the last that was saved', async () => {
      const store = makeWatchStore(world.dynamo, world.table, () => NOW_MS);
      expect(await store.load()).toBeUndefined();
      await store.save('{"n":1}');
      await store.save('{"n":2}');
      expect(await store.load()).toBe('{"n":2}');
    });
  });
}
