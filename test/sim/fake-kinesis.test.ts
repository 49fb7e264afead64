import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
  type ShardIteratorType,
} from '@aws-sdk/client-kinesis';
import { failureOf } from '../contract/world';
import { FakeKinesis, type FakeKinesisProps } from './fake-kinesis';
import { shardIdOf } from './fake-shard';

/** Goal: shards of the double live, close and expire as those of Kinesis do. */

const StreamName = 's';

function makeRig(shards = 1, props: Partial<FakeKinesisProps> = {}) {
  const clock = { nowMs: 1_000 };
  const kinesis = new FakeKinesis({
    streams: { [StreamName]: shards },
    now: () => clock.nowMs,
    ...props,
  });
  const put = async (...numbers: number[]) => {
    const Records = numbers.map((n) => ({ Data: Uint8Array.of(n), PartitionKey: String(n) }));
    const answer = await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
    return answer.Records!.map(({ SequenceNumber }) => SequenceNumber!);
  };
  const iterator = async (type: ShardIteratorType, sequence?: string, shard = 0) => {
    const command = new GetShardIteratorCommand({
      StreamName,
      ShardId: shardIdOf(shard),
      ShardIteratorType: type,
      ...(sequence === undefined ? {} : { StartingSequenceNumber: sequence }),
    });
    return (await kinesis.send(command)).ShardIterator!;
  };
  const get = async (ShardIterator: string) => {
    const answer = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    return { ...answer, numbers: answer.Records!.map(({ Data }) => Data![0]) };
  };
  const split = (ShardToSplit: string, NewStartingHashKey = (1n << 127n).toString()) =>
    kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit, NewStartingHashKey }));
  return { kinesis, clock, put, iterator, get, split };
}

describe('FakeKinesis', () => {
  it('numbers records with 56 digits that rise', async () => {
    const { put } = makeRig();
    const sequences = [...(await put(1, 2)), ...(await put(3))];
    expect(sequences).toEqual([...sequences].sort());
    expect(new Set(sequences).size).toBe(3);
    for (const sequence of sequences) expect(sequence).toMatch(/^[1-9]\d{55}$/);
  });

  it.each([1, 2, 3, 7])('shares all hash keys among %i shards', async (n) => {
    const { kinesis } = makeRig(n);
    const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }));
    let next = 0n;
    for (const { HashKeyRange } of Shards!) {
      expect(BigInt(HashKeyRange!.StartingHashKey!)).toBe(next);
      next = BigInt(HashKeyRange!.EndingHashKey!) + 1n;
    }
    expect([Shards!.length, next]).toEqual([n, 1n << 128n]);
  });

  it('reads from all places where a reader may begin', async () => {
    const { put, iterator, get } = makeRig();
    const [, two] = await put(1, 2, 3);
    const latest = await iterator('LATEST');
    await put(4);
    expect((await get(await iterator('TRIM_HORIZON'))).numbers).toEqual([1, 2, 3, 4]);
    expect((await get(await iterator('AT_SEQUENCE_NUMBER', two))).numbers).toEqual([2, 3, 4]);
    expect((await get(await iterator('AFTER_SEQUENCE_NUMBER', two))).numbers).toEqual([3, 4]);
    expect((await get(latest)).numbers).toEqual([4]);
  });

  it('says how far behind a reader is, and goes on from where it was', async () => {
    const { put, iterator, get, clock } = makeRig(1, { recordsPerReadMax: 2 });
    await put(1, 2, 3);
    clock.nowMs += 500;
    const first = await get(await iterator('TRIM_HORIZON'));
    expect([first.numbers, first.MillisBehindLatest]).toEqual([[1, 2], 500]);
    const second = await get(first.NextShardIterator!);
    expect([second.numbers, second.MillisBehindLatest]).toEqual([[3], 0]);
    await put(4);
    expect((await get(second.NextShardIterator!)).numbers).toEqual([4]);
  });

  it('ends a shard that was split, and sends what comes to its children', async () => {
    const { kinesis, put, iterator, get, split } = makeRig();
    await put(1, 2);
    await split(shardIdOf(0));
    await put(3, 4, 5, 6, 7, 8);
    const parent = await get(await iterator('TRIM_HORIZON'));
    expect([parent.numbers, parent.NextShardIterator]).toEqual([[1, 2], undefined]);
    const children = [1, 2].map((n) => iterator('TRIM_HORIZON', undefined, n).then(get));
    const numbers = (await Promise.all(children)).flatMap((child) => child.numbers);
    expect(numbers.sort()).toEqual([3, 4, 5, 6, 7, 8]);
    const { Shards } = await kinesis.send(new ListShardsCommand({ StreamName }));
    expect(Shards!.map(({ ParentShardId }) => ParentShardId)).toEqual([
      undefined,
      shardIdOf(0),
      shardIdOf(0),
    ]);
  });

  it('merges neighbours, and nothing else', async () => {
    const { kinesis, put, iterator, get } = makeRig(3);
    const merge = (a: number, b: number) =>
      kinesis.send(
        new MergeShardsCommand({
          StreamName,
          ShardToMerge: shardIdOf(a),
          AdjacentShardToMerge: shardIdOf(b),
        }),
      );
    expect((await failureOf(merge(0, 2))).message).toContain('are not adjacent');
    await merge(1, 0);
    expect((await failureOf(merge(1, 2))).message).toBe(`${shardIdOf(1)} is not open`);
    await merge(3, 2);
    await put(1, 2, 3);
    expect((await get(await iterator('TRIM_HORIZON', undefined, 4))).numbers).toEqual([1, 2, 3]);
  });

  it.each([
    ['0', 'does not split'],
    [(1n << 128n).toString(), 'does not split'],
  ])('does not split at %s', async (key, message) => {
    expect((await failureOf(makeRig().split(shardIdOf(0), key))).message).toContain(message);
  });

  it('lets records expire, and closed shards with their last record', async () => {
    const { kinesis, put, iterator, get, split, clock } = makeRig();
    await put(1);
    clock.nowMs = 2_000;
    await put(2);
    await split(shardIdOf(0));
    kinesis.stream(StreamName).trim(2_000);
    expect((await get(await iterator('TRIM_HORIZON'))).numbers).toEqual([2]);
    kinesis.stream(StreamName).trim(2_001);
    expect((await failureOf(iterator('TRIM_HORIZON'))).name).toBe('ResourceNotFoundException');
  });

  it('refuses single records as it is told, and takes the others', async () => {
    const { kinesis, put, iterator, get } = makeRig(1, {
      refuses: ({ PartitionKey }) => (PartitionKey === '2' ? 'InternalFailure' : undefined),
    });
    expect(await put(1, 2, 3)).toEqual([expect.any(String), undefined, expect.any(String)]);
    expect((await get(await iterator('TRIM_HORIZON'))).numbers).toEqual([1, 3]);
    expect(kinesis.put).toEqual({ records: 2, payloadUnits: 2, bytes: 4, billedBytes: 2_048 });
  });

  it.each([
    [25 * 1_024 - 1, 1],
    [25 * 1_024, 2],
  ])('counts %i bytes and a key of one as %i payload units', async (bytes, units) => {
    const { kinesis } = makeRig();
    const Records = [{ Data: new Uint8Array(bytes), PartitionKey: 'x' }];
    await kinesis.send(new PutRecordsCommand({ StreamName, Records }));
    expect(kinesis.put.payloadUnits).toBe(units);
  });

  it.each([
    ['no record', 0, 1],
    ['501 records', 501, 1],
    ['a record over 1 MiB', 1, 1_024 * 1_024],
    ['over 10 MiB', 11, 1_024 * 1_024 - 1],
  ])('refuses a call of %s', async (_, n, bytes) => {
    const { kinesis } = makeRig();
    const Records = Array.from({ length: n }, () => ({
      Data: new Uint8Array(bytes),
      PartitionKey: 'x',
    }));
    const sent = kinesis.send(new PutRecordsCommand({ StreamName, Records }));
    expect((await failureOf(sent)).name).toBe('InvalidArgumentException');
    expect(kinesis.put.records).toBe(0);
  });
});
