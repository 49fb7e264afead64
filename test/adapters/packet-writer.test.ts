import type { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { type PutRecordsCommandInput } from '@aws-sdk/client-kinesis';
import { THROTTLED_ATTEMPTS_MAX } from '../../lambdas/adapters/backoff';
import type { Kinesis } from '../../lambdas/adapters/clients';
import {
  CALL_BYTES_MAX,
  hashKeyOfLane,
  makePacketWriter,
  RECORD_BYTES_MAX,
} from '../../lambdas/adapters/packet-writer';
import { failureOf } from '../contract/world';
import { FakeKinesis, type FakeKinesisProps } from '../sim/fake-kinesis';

const STREAM = 'viewer-packets';

/** A writer on a double, with what it was asked and how long the writer waited. */
function makeRig(props: Partial<FakeKinesisProps> = {}, lanes = 2_000) {
  const waits: number[] = [];
  const asked: string[][] = [];
  const kinesis = new FakeKinesis({
    streams: { [STREAM]: 4 },
    now: () => 0,
    ...props,
    before: (call) => {
      const { Records } = call.input as PutRecordsCommandInput;
      asked.push(Records!.map(({ PartitionKey }) => PartitionKey!));
      return props.before?.(call);
    },
  });
  const pause = async (ms: number) => void waits.push(ms);
  const writer = makePacketWriter({ kinesis, stream: STREAM, lanes, pause, random: () => 0.5 });
  const lanesArrived = () =>
    [...kinesis.stream(STREAM).shards.values()]
      .flatMap(({ records }) => records.map(({ partitionKey }) => Number(partitionKey.slice(5))))
      .sort((a, b) => a - b);
  return { kinesis, writer, waits, asked, lanesArrived };
}

const packets = (n: number, bytes = 10) =>
  Array.from({ length: n }, (_, lane) => ({ lane, data: new Uint8Array(bytes) }));
const lanes = (n: number) => [...Array(n).keys()];
const throttling = () => Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

describe('hashKeyOfLane', () => {
  const END = 1n << 128n;

  it.each([1, 2, 3, 16, 17, 100, 512, 65_535])('spreads %i lanes evenly', (count) => {
    const keys = [0, 1, Math.floor(count / 2), count - 1]
      .filter((lane) => lane >= 0 && lane < count)
      .map((lane) => [BigInt(lane), BigInt(hashKeyOfLane(lane, count))] as const);
    for (const [lane, key] of keys) {
      const share = [(END * lane) / BigInt(count), (END * (lane + 1n)) / BigInt(count)] as const;
      expect(key - share[0]).toBeGreaterThan(0n);
      expect(share[1] - key).toBeGreaterThan(1n); // so never 2^128 - 1
    }
  });

  it.each([
    [0, 1, '170141183460469231731687303715884105728'],
    [0, 2, '85070591730234615865843651857942052864'],
    [1, 2, '255211775190703847597530955573826158592'],
  ])('puts lane %i of %i at %s', (lane, count, key) => {
    expect(hashKeyOfLane(lane, count)).toBe(key);
  });
});

describe('makePacketWriter', () => {
  it.each([
    [0, 10, []],
    [1, 10, [1]],
    [500, 10, [500]],
    [501, 10, [500, 1]],
    [1_001, 10, [500, 500, 1]],
  ])('sends %i packets of %i bytes in calls of %j', async (n, bytes, calls) => {
    const { writer, asked, lanesArrived } = makeRig();
    await writer.send(packets(n, bytes));
    expect(asked.map(({ length }) => length)).toEqual(calls);
    expect(lanesArrived()).toEqual(lanes(n));
  });

  it.each([
    [0, [11]],
    [1, [10, 1]],
  ])('counts data and keys towards the 10 MiB of a call (%i over)', async (over, calls) => {
    const { writer, asked } = makeRig();
    const sizes = [...Array(9).fill(RECORD_BYTES_MAX), RECORD_BYTES_MAX - 100, 100 + over];
    expect(sizes.reduce((sum, size) => sum + size)).toBe(CALL_BYTES_MAX + over);
    await writer.send(
      sizes.map((size, lane) => ({ lane, data: new Uint8Array(size - `lane-${lane}`.length) })),
    );
    expect(asked.map(({ length }) => length)).toEqual(calls);
  });

  it('sends what was refused alone, again and again', async () => {
    let call = 0;
    const { writer, asked, waits, lanesArrived } = makeRig({
      before: () => void (call += 1),
      refuses: ({ PartitionKey }) =>
        call < { 'lane-1': 2, 'lane-3': 3 }[PartitionKey!]! ? 'InternalFailure' : undefined,
    });
    await writer.send(packets(5));
    expect(asked).toEqual([
      ['lane-0', 'lane-1', 'lane-2', 'lane-3', 'lane-4'],
      ['lane-1', 'lane-3'],
      ['lane-3'],
    ]);
    expect(waits).toEqual([25, 50]);
    expect(lanesArrived()).toEqual(lanes(5));
  });

  it('gives up after some attempts, and says what was left and why', async () => {
    const { writer, asked } = makeRig({
      refuses: ({ PartitionKey }) =>
        PartitionKey === 'lane-1' ? 'ProvisionedThroughputExceededException' : undefined,
    });
    expect((await failureOf(writer.send(packets(3)))).message).toBe(
      `${STREAM} refused 1 of 3 packets in ${THROTTLED_ATTEMPTS_MAX} attempts, the last with ProvisionedThroughputExceededException`,
    );
    expect(asked).toHaveLength(THROTTLED_ATTEMPTS_MAX);
  });

  it('waits and sends the whole call again when the whole call is throttled', async () => {
    let refusals = 2;
    const { writer, asked, waits } = makeRig({
      before: () => {
        refusals -= 1;
        if (refusals >= 0) throw throttling();
      },
    });
    await writer.send(packets(3));
    expect(asked).toHaveLength(3);
    expect(asked[2]).toHaveLength(3);
    expect(waits).toEqual([25, 50]);
  });

  it('gives up a call that is throttled for ever', async () => {
    const before = () => {
      throw throttling();
    };
    expect((await failureOf(makeRig({ before }).writer.send(packets(3)))).message).toMatch(
      /refused 3 of 3 packets in \d+ attempts, the last with ThrottlingException$/,
    );
  });

  it('throws what is no throttling at once', async () => {
    const before = () => {
      throw Object.assign(new Error('who are you'), { name: 'AccessDeniedException' });
    };
    const { writer, asked } = makeRig({ before });
    expect((await failureOf(writer.send(packets(3)))).message).toBe('who are you');
    expect(asked).toHaveLength(1);
  });

  it('throws when an answer does not speak of every record', async () => {
    const send = async () => ({ FailedRecordCount: 0, Records: [{ SequenceNumber: '1' }] });
    const kinesis = { send: send as unknown as Kinesis['send'] };
    const pause = async () => undefined;
    const writer = makePacketWriter({ kinesis, stream: STREAM, lanes: 8, pause, random: () => 0 });
    expect((await failureOf(writer.send(packets(2)))).message).toBe(
      'PutRecords answered for 1 records, expected 2',
    );
  });

  it.each([
    ['is of no lane', [{ lane: 16, data: new Uint8Array(1) }], 'packet is of lane 16'],
    ['is of half a lane', [{ lane: 0.5, data: new Uint8Array(1) }], 'packet is of lane 0.5'],
    ['is the second of its lane', [...packets(2), ...packets(1)], 'lane 0 has two packets'],
    [
      'is too large',
      packets(1, RECORD_BYTES_MAX - 5),
      'packet of lane 0 has 1048577 bytes with its key, expected at most 1048576',
    ],
  ])('sends nothing if a packet %s', async (_, given, message) => {
    const { writer, asked } = makeRig({}, 16);
    expect((await failureOf(writer.send(given))).message).toContain(message);
    expect(asked).toEqual([]);
  });

  it('addresses the stream by name', async () => {
    let input: PutRecordsCommandInput | undefined;
    const send = async (command: PutRecordsCommand) => {
      ({ input } = command);
      return { Records: [{ SequenceNumber: '1' }] };
    };
    const kinesis = { send: send as unknown as Kinesis['send'] };
    const pause = async () => undefined;
    const writer = makePacketWriter({ kinesis, stream: STREAM, lanes: 8, pause, random: () => 0 });
    await writer.send(packets(1));
    expect(input).toEqual({
      StreamName: STREAM,
      Records: [
        {
          Data: new Uint8Array(10),
          PartitionKey: 'lane-0',
          ExplicitHashKey: hashKeyOfLane(0, 8),
        },
      ],
    });
  });
});
