import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  PutRecordsCommand,
  SplitShardCommand,
  type Shard,
} from '@aws-sdk/client-kinesis';
import { hashKeyOfLane, makePacketWriter } from '../../lambdas/adapters/packet-writer';
import { makeRecordReader } from '../../lambdas/adapters/record-reader';
import { compareSequence } from '../../lambdas/core/road/sequence';
import { someBytes, type World } from './world';

const LAST_SEQUENCE = '9'.repeat(56);
const FIRST_SHARD = 'shardId-000000000000';
const PATIENCE = { pause: async () => undefined, random: () => 0 };

/** PacketWriter and RecordReader: all arrives, where it belongs, and can be read again exactly. */
export function describePackets(world: World): void {
  describePacketWriter(world);
  describeRecordReader(world);
  describeKinesis(world);
}

function rigOf(world: World) {
  const listShards = async (stream: string): Promise<Shard[]> =>
    (await world.kinesis.send(new ListShardsCommand({ StreamName: stream }))).Shards!;
  return {
    listShards,
    openShards: async (stream: string) =>
      (await listShards(stream)).filter((s) => !s.SequenceNumberRange!.EndingSequenceNumber),
    makeWriter: (stream: string, lanes: number) =>
      makePacketWriter({ kinesis: world.kinesis, stream, lanes, ...PATIENCE }),
    makeReader: (stream: string) => makeRecordReader(world.kinesis, stream, PATIENCE),
  };
}

function describePacketWriter(world: World): void {
  const { listShards, openShards, makeWriter, makeReader } = rigOf(world);

  describe('packet writer', () => {
    it.each(world.isSlow ? [500, 501] : [1, 499, 500, 501, 512])(
      'puts %i packets on the shards of their lanes',
      async (n) => {
        const stream = await world.makeStream(n === 1 ? 1 : 4);
        const packets = Array.from({ length: n }, (_, lane) => ({ lane, data: laneBytes(lane) }));
        await makeWriter(stream, 512).send(packets);
        const arrived = new Map<number, string>();
        for (const { ShardId, HashKeyRange } of await listShards(stream)) {
          for (const { data } of await makeReader(stream).readBetween(
            ShardId!,
            '',
            LAST_SEQUENCE,
          )) {
            const lane = Buffer.from(data).readUInt16BE(0);
            const key = BigInt(hashKeyOfLane(lane, 512));
            expect(key).toBeGreaterThanOrEqual(BigInt(HashKeyRange!.StartingHashKey!));
            expect(key).toBeLessThanOrEqual(BigInt(HashKeyRange!.EndingHashKey!));
            arrived.set(lane, Buffer.from(data).toString('hex'));
          }
        }
        expect(arrived).toEqual(
          new Map(packets.map(({ lane, data }) => [lane, Buffer.from(data).toString('hex')])),
        );
      },
    );

    it('spreads the lanes evenly over the shards', async () => {
      const stream = await world.makeStream(4);
      const packets = Array.from({ length: 64 }, (_, lane) => ({ lane, data: laneBytes(lane) }));
      await makeWriter(stream, 64).send(packets);
      for (const { ShardId } of await listShards(stream)) {
        const records = await makeReader(stream).readBetween(ShardId!, '', LAST_SEQUENCE);
        expect(records).toHaveLength(16);
      }
    });

    it('keeps the order of a lane over several calls, to both sides of a split', async () => {
      const stream = await world.makeStream(1);
      const writer = makeWriter(stream, 2);
      const send = (n: number) =>
        writer.send([0, 1].map((lane) => ({ lane, data: Uint8Array.of(lane, n) })));
      await send(1);
      await send(2);
      await split(world, stream, FIRST_SHARD, openShards);
      await send(3);
      await send(4);
      const seen: Record<number, number[]> = { 0: [], 1: [] };
      for (const { ShardId } of await listShards(stream)) {
        for (const { data } of await makeReader(stream).readBetween(ShardId!, '', LAST_SEQUENCE)) {
          seen[data[0]!]!.push(data[1]!);
        }
      }
      expect(seen).toEqual({ 0: [1, 2, 3, 4], 1: [1, 2, 3, 4] });
    });

    it('sends a packet as large as a record may be', async () => {
      const stream = await world.makeStream(1);
      const data = someBytes(1_024 * 1_024 - 'lane-0'.length);
      await makeWriter(stream, 1).send([{ lane: 0, data }]);
      const [record] = await makeReader(stream).readBetween(FIRST_SHARD, '', LAST_SEQUENCE);
      expect(Buffer.compare(record!.data, data)).toBe(0);
    });
  });
}

function describeRecordReader(world: World): void {
  const { openShards, makeReader } = rigOf(world);

  describe('record reader', () => {
    /** A shard of the records 0, 1, 2, ... and their sequence numbers. */
    const makeShard = async (records: number) => {
      const stream = await world.makeStream(1);
      const Records = Array.from({ length: records }, (_, n) => ({
        Data: Uint8Array.of(n),
        PartitionKey: 'edge',
      }));
      const sequences: string[] = [];
      for (const half of [Records.slice(0, records / 2), Records.slice(records / 2)]) {
        const command = new PutRecordsCommand({ StreamName: stream, Records: half });
        const answer = await world.kinesis.send(command);
        sequences.push(...answer.Records!.map((record) => record.SequenceNumber!));
      }
      return { stream, sequences: sequences.sort(compareSequence) };
    };
    const numbers = (records: readonly { data: Uint8Array }[]) =>
      records.map(({ data }) => data[0]);

    it('reads what lies behind one record, up to and with another', async () => {
      const { stream, sequences } = await makeShard(10);
      const read = async (after: number, upTo: number) =>
        numbers(
          await makeReader(stream).readBetween(
            FIRST_SHARD,
            sequences[after] ?? '',
            sequences[upTo] ?? LAST_SEQUENCE,
          ),
        );
      expect(await read(-1, 0)).toEqual([0]);
      expect(await read(-1, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await read(3, 6)).toEqual([4, 5, 6]);
      expect(await read(8, 9)).toEqual([9]);
      expect(await read(9, 10)).toEqual([]);
      expect(await read(5, 5)).toEqual([]);
    });

    it('answers numbers, bytes and times of records, in order', async () => {
      const beforeMs = Date.now() - 60_000;
      const { stream, sequences } = await makeShard(6);
      const records = await makeReader(stream).readBetween(FIRST_SHARD, '', LAST_SEQUENCE);
      expect(records.map(({ sequence }) => sequence)).toEqual(sequences);
      for (const { arrivalMs } of records) {
        expect(arrivalMs).toBeGreaterThan(beforeMs);
        expect(arrivalMs).toBeLessThan(beforeMs + 120_000);
      }
    });

    it('reads a closed shard to its end', async () => {
      const { stream, sequences } = await makeShard(4);
      await split(world, stream, FIRST_SHARD, openShards);
      const reader = makeReader(stream);
      expect(numbers(await reader.readBetween(FIRST_SHARD, sequences[1]!, LAST_SEQUENCE))).toEqual([
        2, 3,
      ]);
    });

    it('reads the same again', async () => {
      const { stream, sequences } = await makeShard(8);
      const read = () => makeReader(stream).readBetween(FIRST_SHARD, sequences[1]!, sequences[6]!);
      expect(await read()).toEqual(await read());
    });
  });
}

function describeKinesis(world: World): void {
  const { makeWriter, makeReader } = rigOf(world);

  describe('Kinesis itself', () => {
    it('gives a shard that has never had a record an end that the reader sees', async () => {
      const stream = await world.makeStream(2);
      const records = await makeReader(stream).readBetween(FIRST_SHARD, '', LAST_SEQUENCE);
      expect(records).toEqual([]);
    });

    it('answers from an iterator as often as it is asked', async () => {
      const stream = await world.makeStream(1);
      await makeWriter(stream, 1).send([{ lane: 0, data: laneBytes(0) }]);
      const { ShardIterator } = await world.kinesis.send(
        new GetShardIteratorCommand({
          StreamName: stream,
          ShardId: FIRST_SHARD,
          ShardIteratorType: 'TRIM_HORIZON',
        }),
      );
      for (let n = 0; n < 2; n += 1) {
        const answer = await world.kinesis.send(
          new GetRecordsCommand({ ShardIterator: ShardIterator!, Limit: 10 }),
        );
        expect(answer.Records).toHaveLength(1);
        expect(answer.MillisBehindLatest).toBe(0);
      }
    });
  });
}

/** Some bytes of which the first two are the number of the lane. */
function laneBytes(lane: number): Uint8Array {
  const bytes = someBytes(40, lane + 1);
  Buffer.from(bytes.buffer).writeUInt16BE(lane, 0);
  return bytes;
}

const HALF = (1n << 127n).toString();

/** Splits the only shard of a stream in the middle, and waits until both children are there. */
async function split(
  world: World,
  stream: string,
  shardId: string,
  openShards: (stream: string) => Promise<Shard[]>,
): Promise<void> {
  await world.kinesis.send(
    new SplitShardCommand({
      StreamName: stream,
      ShardToSplit: shardId,
      NewStartingHashKey: HALF,
    }),
  );
  for (let n = 0; n < 100; n += 1) {
    if ((await openShards(stream)).length === 2) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${shardId} of ${stream} has not been split`);
}
