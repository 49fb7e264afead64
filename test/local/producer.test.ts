import type { KinesisClient, PutRecordsCommandInput } from '@aws-sdk/client-kinesis';
import { putLines } from '../../local/producer';

/** A stream that takes what `refuses` does not say no to, and writes down each call. */
function makeStream(refuses: (key: string, call: number) => boolean = () => false) {
  const calls: { key: string; bytes: number }[][] = [];
  const taken: string[] = [];
  const send = async ({ input }: { input: PutRecordsCommandInput }) => {
    const records = input.Records!;
    calls.push(records.map((it) => ({ key: it.PartitionKey!, bytes: it.Data!.length })));
    const Records = records.map(({ PartitionKey: key, Data }) => {
      if (refuses(key!, calls.length))
        return { ErrorCode: 'ProvisionedThroughputExceededException' };
      taken.push(Buffer.from(Data!).toString('latin1'));
      return { SequenceNumber: '1' };
    });
    return { Records, FailedRecordCount: Records.filter((it) => 'ErrorCode' in it).length };
  };
  return { kinesis: { send } as unknown as Pick<KinesisClient, 'send'>, calls, taken };
}

const lines = (count: number, bytes = 1) =>
  Array.from({ length: count }, (_, n) => ({ line: 'x'.repeat(bytes), key: `${n}` }));

describe('putLines', () => {
  it.each([
    [0, []],
    [499, [499]],
    [500, [500]],
    [501, [500, 1]],
    [2_600, [500, 500, 500, 500, 500, 100]],
  ])('puts %i lines in calls of %j', async (count, sizes) => {
    const { kinesis, calls } = makeStream();
    await putLines(kinesis, 'lines', lines(count));
    expect(calls.map((call) => call.length)).toEqual(sizes);
    expect(new Set(calls.flat().map(({ key }) => key)).size).toBe(count);
  });

  it('opens a new call before one is too large for the emulator', async () => {
    const { kinesis, calls } = makeStream();
    await putLines(kinesis, 'lines', lines(10, 1_000_000));
    expect(calls.map((call) => call.length)).toEqual([4, 4, 2]);
  });

  it('puts again what was refused, and only that', async () => {
    const { kinesis, calls, taken } = makeStream((key, call) => call < 3 && key === '1');
    await putLines(kinesis, 'lines', lines(3));
    expect(calls.map((call) => call.map(({ key }) => key))).toEqual([
      ['0', '1', '2'],
      ['1'],
      ['1'],
    ]);
    expect(taken).toHaveLength(3);
  });

  it('gives up what is refused for ever', async () => {
    const { kinesis } = makeStream((key) => key === '1');
    await expect(putLines(kinesis, 'lines', lines(2))).rejects.toThrow(
      '1 records of lines refused 10 times',
    );
  });

  it('takes bytes as they are', async () => {
    const { kinesis, taken } = makeStream();
    await putLines(kinesis, 'lines', [{ line: new Uint8Array([0xff, 0x00, 0x0a]), key: '0' }]);
    expect(taken).toEqual(['\xff\x00\x0a']);
  });
});
