import {
  InvalidArgumentException,
  ResourceNotFoundException,
  type GetRecordsCommandInput,
  type GetShardIteratorCommandInput,
  type ListShardsCommandInput,
  type MergeShardsCommandInput,
  type PutRecordsCommandInput,
  type PutRecordsRequestEntry,
  type SplitShardCommandInput,
} from '@aws-sdk/client-kinesis';
import type { Kinesis } from '../../lambdas/adapters/clients';
import { compareSequence } from '../../lambdas/core/road/sequence';
import { makeFakeSend, type CallCounts, type FakeHooks } from './fake-call';
import { placeAfter, sequenceOf, type FakeShard } from './fake-shard';
import { FakeStream } from './fake-stream';

export interface FakeKinesisProps extends FakeHooks {
  /** Names of streams, and the number of shards that each begins with. */
  readonly streams: Readonly<Record<string, number>>;
  readonly now: () => number;
  /** The code with which a record of a PutRecords call is refused; undefined where it is taken. */
  readonly refuses?:
    ((entry: PutRecordsRequestEntry, stream: string) => string | undefined) | undefined;
  /** What reading after an expired record does: the service is not clear about it. @default 'begin' */
  readonly afterExpired?: 'begin' | 'refuse';
  /** Records of one answer of GetRecords, besides its 10 MB. @default 10,000 */
  readonly recordsPerReadMax?: number;
}

const RECORDS_PER_CALL_MAX = 500;
const CALL_BYTES_MAX = 10 * 1_024 * 1_024;
const RECORD_BYTES_MAX = 1_024 * 1_024;
const READ_BYTES_MAX = 10 * 1_024 * 1_024;
const READ_RECORDS_MAX = 10_000;
const PAYLOAD_UNIT_BYTES = 25 * 1_024;
/** On-demand streams round each record up to it. */
const BILLED_BYTES = 1_024;

/**
 * Kinesis in memory: streams of shards with ranges of hash keys, parents and children, each command at
 * once and whole. It passes test/contract.
 */
export class FakeKinesis implements Kinesis {
  readonly send: Kinesis['send'];
  readonly calls: CallCounts;
  readonly streams: ReadonlyMap<string, FakeStream>;
  /** What was taken: PUT payload units of 25 KB, bytes, and bytes in whole KB. */
  readonly put = { records: 0, payloadUnits: 0, bytes: 0, billedBytes: 0 };

  constructor(private readonly props: FakeKinesisProps) {
    const streams = Object.entries(props.streams);
    this.streams = new Map(streams.map(([name, n]) => [name, new FakeStream(n, props.now)]));
    const { send, calls } = makeFakeSend(
      {
        PutRecords: (input: PutRecordsCommandInput) => this.putRecords(input),
        GetShardIterator: (input: GetShardIteratorCommandInput) => this.getShardIterator(input),
        GetRecords: (input: GetRecordsCommandInput) => this.getRecords(input),
        ListShards: (input: ListShardsCommandInput) => this.listShards(input),
        SplitShard: (input: SplitShardCommandInput) => this.splitShard(input),
        MergeShards: (input: MergeShardsCommandInput) => this.mergeShards(input),
      },
      props,
    );
    this.send = send as Kinesis['send'];
    this.calls = calls;
  }

  stream(name: string | undefined): FakeStream {
    const stream = this.streams.get(name ?? '');
    if (stream !== undefined) return stream;
    throw new ResourceNotFoundException({ message: `no stream ${name}`, $metadata: {} });
  }

  private putRecords({ StreamName, Records }: PutRecordsCommandInput) {
    const stream = this.stream(StreamName);
    checkCall(Records ?? []);
    let FailedRecordCount = 0;
    const answers = Records!.map((entry) => {
      const ErrorCode = this.props.refuses?.(entry, StreamName!);
      if (ErrorCode !== undefined) {
        FailedRecordCount += 1;
        return { ErrorCode, ErrorMessage: `refused by the test with ${ErrorCode}` };
      }
      const { Data, PartitionKey, ExplicitHashKey } = entry;
      const { sequence, shardId } = stream.put({
        data: Data!,
        partitionKey: PartitionKey!,
        hashKey: ExplicitHashKey,
      });
      this.countPut(bytesOf(entry));
      return { SequenceNumber: sequence, ShardId: shardId };
    });
    return { FailedRecordCount, Records: answers };
  }

  private getShardIterator(input: GetShardIteratorCommandInput) {
    const { StreamName, ShardId, ShardIteratorType, StartingSequenceNumber } = input;
    const shard = this.shardOf(StreamName, ShardId);
    const place = { stream: StreamName!, shard: shard.id };
    const from = StartingSequenceNumber ?? '';
    switch (ShardIteratorType) {
      case 'TRIM_HORIZON':
        return { ShardIterator: iteratorOf({ ...place, after: '' }) };
      case 'LATEST':
        return { ShardIterator: iteratorOf({ ...place, after: lastOf(shard) }) };
      case 'AFTER_SEQUENCE_NUMBER':
        this.checkSequence(shard, from);
        return { ShardIterator: iteratorOf({ ...place, after: from }) };
      case 'AT_SEQUENCE_NUMBER': {
        this.checkSequence(shard, from);
        const at = shard.records[placeAfter(shard, from) - 1]?.sequence;
        const before = shard.records[placeAfter(shard, from) - 2]?.sequence ?? '';
        return { ShardIterator: iteratorOf({ ...place, after: at === from ? before : from }) };
      }
      default:
        return refuse(`the double knows no iterator ${ShardIteratorType}`);
    }
  }

  private getRecords({ ShardIterator, Limit }: GetRecordsCommandInput) {
    const { stream, shard: id, after } = JSON.parse(ShardIterator!) as Place;
    const shard = this.shardOf(stream, id);
    const limit = Math.min(
      Limit ?? READ_RECORDS_MAX,
      this.props.recordsPerReadMax ?? READ_RECORDS_MAX,
    );
    let at = placeAfter(shard, after);
    let bytes = 0;
    let last = after;
    const Records = [];
    for (; at < shard.records.length && Records.length < limit; at += 1) {
      const { sequence, partitionKey, data, arrivalMs } = shard.records[at]!;
      bytes += data.length;
      if (bytes > READ_BYTES_MAX && Records.length > 0) break;
      Records.push({
        SequenceNumber: sequence,
        PartitionKey: partitionKey,
        Data: data.slice(),
        ApproximateArrivalTimestamp: new Date(arrivalMs),
      });
      last = sequence;
    }
    const next = shard.records[at];
    const isEnd = next === undefined && shard.closed !== undefined;
    return {
      Records,
      MillisBehindLatest: next === undefined ? 0 : Math.max(1, this.props.now() - next.arrivalMs),
      ...(isEnd ? {} : { NextShardIterator: iteratorOf({ stream, shard: id, after: last }) }),
    };
  }

  private listShards({ StreamName }: ListShardsCommandInput) {
    const shards = [...this.stream(StreamName).shards.values()];
    return { Shards: shards.map(describeShard) };
  }

  private splitShard({ StreamName, ShardToSplit, NewStartingHashKey }: SplitShardCommandInput) {
    this.stream(StreamName).split(ShardToSplit!, BigInt(NewStartingHashKey!));
    return {};
  }

  private mergeShards(input: MergeShardsCommandInput) {
    this.stream(input.StreamName).merge(input.ShardToMerge!, input.AdjacentShardToMerge!);
    return {};
  }

  private shardOf(stream: string | undefined, id: string | undefined): FakeShard {
    const shard = this.stream(stream).shards.get(id ?? '');
    if (shard !== undefined) return shard;
    throw new ResourceNotFoundException({ message: `no shard ${id} in ${stream}`, $metadata: {} });
  }

  private checkSequence(shard: FakeShard, sequence: string): void {
    if (!/^\d+$/.test(sequence) || sequence.length !== sequenceOf(0).length) {
      refuse(`${sequence} is no sequence number`);
    }
    if (compareSequence(sequence, shard.startSequence) < 0)
      refuse(`${sequence} is of another shard`);
    const isExpired = compareSequence(sequence, shard.trimmedTo) <= 0;
    if (isExpired && this.props.afterExpired === 'refuse') refuse(`${sequence} has expired`);
  }

  private countPut(bytes: number): void {
    this.put.records += 1;
    this.put.bytes += bytes;
    this.put.payloadUnits += Math.max(1, Math.ceil(bytes / PAYLOAD_UNIT_BYTES));
    this.put.billedBytes += Math.max(1, Math.ceil(bytes / BILLED_BYTES)) * BILLED_BYTES;
  }
}

interface Place {
  readonly stream: string;
  readonly shard: string;
  /** '' before the first record */
  readonly after: string;
}

const iteratorOf = (place: Place) => JSON.stringify(place);
const lastOf = (shard: FakeShard) => shard.records.at(-1)?.sequence ?? shard.startSequence;

function describeShard(shard: FakeShard) {
  const [ParentShardId, AdjacentParentShardId] = shard.parents;
  return {
    ShardId: shard.id,
    ...(ParentShardId === undefined ? {} : { ParentShardId }),
    ...(AdjacentParentShardId === undefined ? {} : { AdjacentParentShardId }),
    HashKeyRange: {
      StartingHashKey: String(shard.firstHashKey),
      EndingHashKey: String(shard.lastHashKey),
    },
    SequenceNumberRange: {
      StartingSequenceNumber: shard.startSequence,
      ...(shard.closed === undefined ? {} : { EndingSequenceNumber: shard.closed.sequence }),
    },
  };
}

function checkCall(entries: readonly PutRecordsRequestEntry[]): void {
  if (entries.length === 0 || entries.length > RECORDS_PER_CALL_MAX) {
    refuse(`PutRecords has ${entries.length} records, expected 1 to ${RECORDS_PER_CALL_MAX}`);
  }
  let bytes = 0;
  for (const entry of entries) {
    const size = bytesOf(entry);
    if (size > RECORD_BYTES_MAX) refuse(`a record has ${size} bytes, over ${RECORD_BYTES_MAX}`);
    bytes += size;
  }
  if (bytes > CALL_BYTES_MAX) refuse(`PutRecords has ${bytes} bytes, over ${CALL_BYTES_MAX}`);
}

function bytesOf({ Data, PartitionKey }: PutRecordsRequestEntry): number {
  return Data!.length + Buffer.byteLength(PartitionKey!);
}

function refuse(message: string): never {
  throw new InvalidArgumentException({ message, $metadata: {} });
}
