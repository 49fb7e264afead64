import { makeBatcher } from '../../local/batcher';
import { makeEventRecords } from '../../local/kinesis-event';

const FRAME = '{"Records":[]}'.length;
const LIMITS = { batchSize: 3, windowMs: 1_000, bytesMax: 1_000 };

function fill(sizes: readonly number[], limits = LIMITS) {
  const batcher = makeBatcher<number>(limits);
  sizes.forEach((bytes, n) => batcher.add({ record: n, bytes, readAtMs: 0 }));
  return batcher;
}

describe('makeBatcher', () => {
  it.each([
    [2, undefined],
    [3, [0, 1, 2]],
    [4, [0, 1, 2]],
    [9, [0, 1, 2]],
  ])('of %i records within the window gives %j', (count, records) => {
    expect(fill(Array<number>(count).fill(1)).take(0, false)?.records).toEqual(records);
  });

  it.each([
    [999, undefined],
    [1_000, [0]],
    [5_000, [0]],
  ])('gives one record %i ms after it was read: %j', (nowMs, records) => {
    expect(fill([1]).take(nowMs, false)?.records).toEqual(records);
  });

  it('gives what waits when no more can come', () => {
    expect(fill([1, 1]).take(0, true)?.records).toEqual([0, 1]);
    expect(fill([]).take(0, true)).toBeUndefined();
  });

  it.each([
    // frame and comma count; the second record just fits, or opens the next batch
    [500, 1_000 - FRAME - 1 - 500, undefined],
    [500, 1_000 - FRAME - 500, [0]],
    [500, 999, [0]],
  ])('of %i and %i bytes within the window gives %j', (first, second, records) => {
    expect(fill([first, second]).take(0, false)?.records).toEqual(records);
  });

  it('gives a record that is too large alone, so that it cannot stand in the way unseen', () => {
    const batcher = fill([1_001, 1]);
    expect(batcher.take(0, false)).toEqual({ records: [0], bytes: FRAME + 1_001 });
    expect(batcher.size).toBe(1);
  });

  it('counts the window of the next batch from its own first record', () => {
    const batcher = fill([1, 1, 1]);
    batcher.add({ record: 3, bytes: 1, readAtMs: 700 });
    expect(batcher.take(900, false)?.records).toEqual([0, 1, 2]);
    expect(batcher.dueInMs(900)).toBe(800);
    expect(batcher.take(1_699, false)).toBeUndefined();
    expect(batcher.take(1_700, false)?.records).toEqual([3]);
    expect(batcher.dueInMs(1_700)).toBeUndefined();
  });

  it('knows the bytes of the event as JSON', () => {
    const batcher = fill([10, 20, 30]);
    expect(batcher.take(0, false)?.bytes).toBe(FRAME + 60 + 2);
  });
});

describe('makeEventRecords', () => {
  const eventRecordOf = makeEventRecords({
    streamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/edge-lines',
    shardId: 'shardId-000000000003',
  });
  const kinesisRecord = (partitionKey: string, text: string, ms: number) => ({
    PartitionKey: partitionKey,
    SequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    Data: new TextEncoder().encode(text),
    ApproximateArrivalTimestamp: new Date(ms),
  });

  it('makes the record that Lambda makes', () => {
    expect(eventRecordOf(kinesisRecord('7', 'Hello', 1_545_084_650_987)).record).toEqual({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: '7',
        sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
        data: 'SGVsbG8=',
        approximateArrivalTimestamp: 1545084650.987,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: 'shardId-000000000003:49590338271490256608559692538361571095921575989136588898',
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/rig',
      awsRegion: 'us-east-1',
      eventSourceARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/edge-lines',
    });
  });

  it.each([
    ['1', '', 0],
    ['a "quoted" key', 'x', 1_545_084_650_000],
    ['Zürich \u{1f600}\n', 'line\twith\ttabs\n', 1_545_084_650_100],
    ['k'.repeat(256), '\u0000'.repeat(1_000), 1_545_084_650_987],
  ])('knows the length of its JSON: key %j', (key, text, ms) => {
    const { record, bytes } = eventRecordOf(kinesisRecord(key, text, ms));
    expect(bytes).toBe(Buffer.byteLength(JSON.stringify(record)));
  });
});
