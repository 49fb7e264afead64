import type { GetShardIteratorCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { GetRecordsCommand } from '@aws-sdk/client-kinesis';
import type { Kinesis } from '../../lambdas/adapters/clients';
import { makeRecordReader } from '../../lambdas/adapters/record-reader';
import { failureOf } from '../contract/world';
import { FakeKinesis, type FakeKinesisProps } from '../sim/fake-kinesis';

const STREAM = 'edge-lines';
const SHARD = 'shardId-000000000000';
const LAST = '9'.repeat(56);

/** A shard of the records 0 to n - 1; record i arrived at i seconds. */
async function makeRig(n: number, props: Partial<FakeKinesisProps> = {}) {
  const waits: number[] = [];
  let nowMs = 0;
  const kinesis = new FakeKinesis({ streams: { [STREAM]: 1 }, now: () => nowMs, ...props });
  for (let at = 0; at < n; at += 1) {
    nowMs = at * 1_000;
    const data = Uint8Array.of(at);
    kinesis.stream(STREAM).put({ data, partitionKey: 'edge', hashKey: undefined });
  }
  const sequences = kinesis
    .stream(STREAM)
    .shards.get(SHARD)!
    .records.map((r) => r.sequence);
  const pause = async (ms: number) => void waits.push(ms);
  const reader = makeRecordReader(kinesis, STREAM, { pause, random: () => 0.5 });
  const read = async (after: number, upTo: number) =>
    (await reader.readBetween(SHARD, sequences[after] ?? '', sequences[upTo] ?? LAST)).map(
      ({ data }) => data[0],
    );
  return { kinesis, read, reader, sequences, waits };
}

const named = (name: string) => Object.assign(new Error(name), { name });

describe('makeRecordReader', () => {
  it('reads page by page, and not beyond what it was asked for', async () => {
    const { read, kinesis } = await makeRig(10, { recordsPerReadMax: 2 });
    expect(await read(2, 5)).toEqual([3, 4, 5]);
    expect(kinesis.calls.get('GetRecords')).toBe(2);
  });

  it.each(['begin', 'refuse'] as const)(
    'reads what is left of an interval that has begun to expire (%s)',
    async (afterExpired) => {
      const { kinesis, read } = await makeRig(10, { afterExpired });
      kinesis.stream(STREAM).trim(4_000);
      expect(await read(1, 6)).toEqual([4, 5, 6]);
      expect(await read(3, 6)).toEqual([4, 5, 6]);
      expect(await read(4, 6)).toEqual([5, 6]);
      expect(await read(-1, 6)).toEqual([4, 5, 6]);
    },
  );

  it.each(['begin', 'refuse'] as const)(
    'reads nothing of an interval that has expired (%s)',
    async (afterExpired) => {
      const { kinesis, read } = await makeRig(10, { afterExpired });
      kinesis.stream(STREAM).trim(7_000);
      expect(await read(1, 6)).toEqual([]);
      kinesis.stream(STREAM).trim(100_000);
      expect(await read(1, 6)).toEqual([]);
    },
  );

  it('leaves out what it was not asked for when a place is refused that is still there', async () => {
    const { read } = await makeRig(6, {
      before: ({ input }) => {
        if ('StartingSequenceNumber' in input) throw named('InvalidArgumentException');
      },
    });
    expect(await read(2, 4)).toEqual([3, 4]);
  });

  it('waits when it is throttled, as the event source reads the same shard', async () => {
    let refusals = 5;
    const { read, waits } = await makeRig(4, {
      before: () => {
        refusals -= 1;
        if (refusals >= 0) throw named('ProvisionedThroughputExceededException');
      },
    });
    expect(await read(0, 3)).toEqual([1, 2, 3]);
    expect(waits).toEqual([25, 50, 100, 200, 400]);
  });

  it('goes on behind what it has when its iterator expires', async () => {
    let reads = 0;
    const { read, kinesis } = await makeRig(6, {
      recordsPerReadMax: 2,
      before: ({ operation }) => {
        if (operation !== 'GetRecords') return;
        reads += 1;
        if (reads === 1 || reads === 3) throw named('ExpiredIteratorException');
      },
    });
    expect(await read(-1, 5)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(kinesis.calls.get('GetShardIterator')).toBe(3);
  });

  it('goes on over empty answers while the shard is behind', async () => {
    const answers = [
      { Records: [], MillisBehindLatest: 5_000, NextShardIterator: 'b' },
      { Records: [], MillisBehindLatest: 4_000, NextShardIterator: 'c' },
      { Records: [recordOf('7')], MillisBehindLatest: 0, NextShardIterator: 'd' },
      { Records: [], MillisBehindLatest: 0, NextShardIterator: 'e' },
    ];
    const reader = makeRecordReader(scripted(answers), STREAM);
    expect(await reader.readBetween(SHARD, '', '9')).toEqual([
      { sequence: '7', data: Uint8Array.of(1), arrivalMs: 1_000 },
    ]);
    expect(answers).toEqual([]);
  });

  it('gives up a shard that never comes to an end', async () => {
    const answers = Array.from({ length: 500 }, () => ({
      Records: [],
      MillisBehindLatest: 5_000,
      NextShardIterator: 'next',
    }));
    const reader = makeRecordReader(scripted(answers), STREAM);
    expect((await failureOf(reader.readBetween(SHARD, '3', '9'))).message).toBe(
      `${SHARD} of ${STREAM} gave no end of (3, 9] in 200 rounds`,
    );
    expect(answers).toHaveLength(300);
  });

  it('throws what is neither throttling nor expired', async () => {
    const { read } = await makeRig(4, {
      before: () => {
        throw named('AccessDeniedException');
      },
    });
    expect((await failureOf(read(0, 3))).message).toBe('AccessDeniedException');
    const { reader } = await makeRig(1);
    const unknown = reader.readBetween('shardId-000000000009', '', '9');
    expect((await failureOf(unknown)).name).toBe('ResourceNotFoundException');
  });
});

function recordOf(SequenceNumber: string) {
  return { SequenceNumber, Data: Uint8Array.of(1), ApproximateArrivalTimestamp: new Date(1_000) };
}

/** Answers GetRecords from a list, whatever the iterator. */
function scripted(answers: object[]): Kinesis {
  const send = async (command: GetShardIteratorCommand | GetRecordsCommand | PutRecordsCommand) =>
    command instanceof GetRecordsCommand ? answers.shift() : { ShardIterator: 'a' };
  return { send: send as Kinesis['send'] };
}
