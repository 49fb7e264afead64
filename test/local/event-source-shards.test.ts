import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { createStream, putTexts, shardsOf } from './aws-clients';
import { HIGH, LOW, MIDDLE, numbers, textsOf, useSources } from './source-scene';

const { kinesis, start } = useSources();
const dir = mkdtempSync(join(tmpdir(), 'turnout-source-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Takes effect a moment after the answer. */
async function splitFirstShard(): Promise<void> {
  await kinesis().send(
    new SplitShardCommand({
      StreamName: 'lines',
      ShardToSplit: 'shardId-000000000000',
      NewStartingHashKey: MIDDLE,
    }),
  );
  await shardsOf(kinesis(), 3);
}

describe('startEventSource, over reshards and restarts', () => {
  it('reads a shard to its end before its children, and finds them by itself', async () => {
    await createStream(kinesis(), 1);
    await putTexts(kinesis(), numbers(20));
    const { source, deliveries } = start({ batchSize: 5 }, () => sleep(10));
    while (deliveries.length === 0) await sleep(2);
    await splitFirstShard();
    await putTexts(kinesis(), numbers(10, 100), { hashKey: LOW });
    await putTexts(kinesis(), numbers(10, 200), { hashKey: HIGH });
    await source.drain();
    const shards = deliveries.map(({ shardId }) => Number(shardId.slice(-2)));
    expect(textsOf(deliveries).slice(0, 20)).toEqual(numbers(20));
    expect(shards.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(shards.slice(4).sort()).toEqual([1, 1, 2, 2]);

    await kinesis().send(
      new MergeShardsCommand({
        StreamName: 'lines',
        ShardToMerge: 'shardId-000000000001',
        AdjacentShardToMerge: 'shardId-000000000002',
      }),
    );
    await shardsOf(kinesis(), 4);
    await putTexts(kinesis(), numbers(5, 300));
    await source.drain();
    expect(deliveries.at(-1)).toMatchObject({
      shardId: 'shardId-000000000003',
      texts: numbers(5, 300),
    });
  });

  it('does not begin a child while a batch of its parent fails', async () => {
    await createStream(kinesis(), 1);
    await putTexts(kinesis(), ['parent']);
    await splitFirstShard();
    await putTexts(kinesis(), ['child'], { hashKey: LOW });
    const { source, deliveries } = start({}, (_, n) => {
      if (n < 10) throw new Error('not yet');
    });
    await source.drain();
    expect(textsOf(deliveries)).toEqual([...Array<string>(10).fill('parent'), 'child']);
  });

  it('goes on after a restart from what was acknowledged, also in children', async () => {
    const checkpointDir = mkdtempSync(join(dir, 'restart-'));
    await createStream(kinesis(), 1);
    await putTexts(kinesis(), numbers(6));
    const first = start({ batchSize: 3, checkpointDir }, (_, n) => {
      if (n > 1) throw new Error('fails from the second batch on');
    });
    while (first.reports.length < 3) await sleep(2);
    await first.source.stop();

    const second = start({ batchSize: 2, checkpointDir });
    await splitFirstShard();
    await putTexts(kinesis(), ['child'], { hashKey: LOW });
    await second.source.drain();
    expect(second.deliveries.map(({ texts }) => texts.join())).toEqual(['3,4', '5', 'child']);
    await second.source.stop();

    const third = start({ checkpointDir });
    await putTexts(kinesis(), ['later'], { hashKey: HIGH });
    await third.source.drain();
    expect(textsOf(third.deliveries)).toEqual(['later']);
  });

  it.each([
    [2_000, ['next']],
    [0, ['slow', 'next']],
  ])('stopped with %i ms for what is under way, a restart delivers %j', async (graceMs, rest) => {
    const checkpointDir = mkdtempSync(join(dir, 'stop-'));
    await createStream(kinesis(), 1);
    await putTexts(kinesis(), ['slow', 'next']);
    const first = start({ batchSize: 1, checkpointDir }, () => sleep(100));
    while (first.deliveries.length === 0) await sleep(2);
    const drained = first.source.drain();
    const refused = expect(drained).rejects.toThrow('lines was stopped before it was drained');
    await first.source.stop(graceMs);
    await refused;
    await sleep(150); // an answer after the end changes nothing
    expect(textsOf(first.deliveries)).toEqual(['slow']);

    const second = start({ batchSize: 1, checkpointDir });
    await second.source.drain();
    expect(textsOf(second.deliveries)).toEqual(rest);
  });
});
