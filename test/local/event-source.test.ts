import { setTimeout as sleep } from 'node:timers/promises';
import { EVENT_BYTES_MAX } from '../../local/shard-poller';
import { createStream, putTexts } from './aws-clients';
import { HIGH, LOW, numbers, textsOf, useSources } from './source-scene';

const { kinesis, start } = useSources();

describe('startEventSource', () => {
  it('delivers every record once, in the order of its shard', async () => {
    await createStream(kinesis(), 3);
    await putTexts(kinesis(), numbers(1_000));
    const { source, deliveries, reports } = start();
    await source.drain();
    expect(textsOf(deliveries).sort()).toEqual(numbers(1_000).sort());
    for (const shardId of new Set(deliveries.map((it) => it.shardId))) {
      const sequences = deliveries
        .filter((it) => it.shardId === shardId)
        .flatMap((it) => it.sequences);
      expect(sequences.length).toBeGreaterThan(200);
      expect(sequences).toEqual(
        [...sequences].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)),
      );
    }
    expect(reports.map(({ bytes }) => bytes)).toEqual(deliveries.map(({ bytes }) => bytes));
    expect(Math.max(...reports.map(({ iteratorAgeMs }) => iteratorAgeMs))).toBeLessThan(5_000);
  });

  it('invokes once at a time for a shard, and for several shards at once', async () => {
    await createStream(kinesis(), 2);
    await putTexts(kinesis(), numbers(20), { hashKey: LOW });
    await putTexts(kinesis(), numbers(20), { hashKey: HIGH });
    const running = new Map<string, number>();
    let most = 0;
    let mostOfShard = 0;
    const { source, deliveries } = start({ batchSize: 4 }, async ({ shardId }) => {
      running.set(shardId, (running.get(shardId) ?? 0) + 1);
      mostOfShard = Math.max(mostOfShard, running.get(shardId)!);
      most = Math.max(
        most,
        [...running.values()].reduce((sum, n) => sum + n),
      );
      await sleep(15);
      running.set(shardId, running.get(shardId)! - 1);
    });
    await source.drain();
    expect(deliveries).toHaveLength(10);
    expect(mostOfShard).toBe(1);
    expect(most).toBe(2);
  });

  it('delivers a batch that fails again with the same records, and nothing of the shard before', async () => {
    await createStream(kinesis(), 1);
    await putTexts(kinesis(), numbers(10));
    const { source, deliveries, reports } = start({ batchSize: 4 }, async (_, n) => {
      if (n === 2) await putTexts(kinesis(), numbers(5, 10)); // more comes while it fails
      if (n >= 2 && n <= 5) throw new Error(`fails at ${n}`);
    });
    await source.drain();
    await source.drain(); // what came meanwhile
    expect(deliveries.map(({ texts }) => texts.join())).toEqual([
      '0,1,2,3',
      ...Array<string>(5).fill('4,5,6,7'),
      ...['8,9,10,11', '12,13,14'],
    ]);
    expect(reports.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 3, 4, 5, 1, 1]);
    expect(reports.map(({ error }) => error?.message)).toEqual(
      [undefined, 2, 3, 4, 5, undefined, undefined, undefined].map((n) => n && `fails at ${n}`),
    );
  });

  it('goes on with other shards while one fails', async () => {
    await createStream(kinesis(), 2);
    await putTexts(kinesis(), ['poison'], { hashKey: LOW });
    await putTexts(kinesis(), numbers(50), { hashKey: HIGH });
    const { deliveries } = start({ batchSize: 10 }, ({ texts }) => {
      if (texts.includes('poison')) throw new Error('cannot');
    });
    while (textsOf(deliveries).filter((text) => text !== 'poison').length < 50) await sleep(5);
    while (textsOf(deliveries).filter((text) => text === 'poison').length < 5) await sleep(5);
  });

  it.each([
    [9, 9],
    [10, 10],
    [11, 10],
  ])(
    'of %i records within the window and a batch size of 10 delivers %i first',
    async (n, first) => {
      await createStream(kinesis(), 1);
      await putTexts(kinesis(), numbers(n));
      const beginMs = Date.now();
      const { source, deliveries, reports } = start({ batchSize: 10, windowSeconds: 0.3 });
      while (reports.length === 0) await sleep(5);
      const firstMs = Date.now() - beginMs;
      expect(firstMs >= 300).toBe(n < 10); // a full batch does not wait
      await source.drain();
      expect(deliveries.map(({ texts }) => texts.length)).toEqual(
        n > 10 ? [first, n - 10] : [first],
      );
    },
  );

  it('fills a batch up to 6 MB of JSON and not beyond', async () => {
    await createStream(kinesis(), 1);
    // 60 records of 100 KB are 8 MB as base64
    await putTexts(kinesis(), Array<string>(30).fill('x'.repeat(100_000)));
    await putTexts(kinesis(), Array<string>(30).fill('y'.repeat(100_000)));
    const { source, deliveries } = start({ batchSize: 1_000, windowSeconds: 0.2 });
    await source.drain();
    expect(textsOf(deliveries)).toHaveLength(60);
    expect(deliveries).toHaveLength(2);
    const one = deliveries[0]!.bytes / deliveries[0]!.texts.length;
    expect(deliveries[0]!.bytes).toBeLessThanOrEqual(EVENT_BYTES_MAX);
    expect(deliveries[0]!.bytes + one).toBeGreaterThan(EVENT_BYTES_MAX);
  });

  it('waits for a stream that is not there yet, and says so', async () => {
    const errors: string[] = [];
    const { source, deliveries } = start({ onError: ({ name }) => errors.push(name) });
    while (errors.length === 0) await sleep(2);
    expect(errors[0]).toBe('ResourceNotFoundException');
    await createStream(kinesis(), 1);
    await putTexts(kinesis(), ['a']);
    await source.drain();
    expect(textsOf(deliveries)).toEqual(['a']);
  });

  it.each([
    [{ parallelizationFactor: 2 }, 'parallelizationFactor is 2, expected 1'],
    [{ retryAttempts: 0 }, 'retryAttempts is 0, expected -1'],
    [{ maxRecordAgeSeconds: 60 }, 'maxRecordAgeSeconds is 60, expected -1'],
    [{ startingPosition: 'LATEST' }, 'startingPosition is LATEST, expected TRIM_HORIZON'],
    [{ bisectOnError: true }, 'bisectOnError is true, expected false'],
  ])('refuses what it does not emulate: %j', (options, message) => {
    expect(() => start(options)).toThrow(message);
  });
});
