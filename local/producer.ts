import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';

export interface KeyedLine {
  /** with or without its newline; bytes where a log holds what is no UTF-8 */
  readonly line: string | Uint8Array;
  /** the partition key: it chooses the shard, and names the line to who resumes */
  readonly key: string;
}

type SendOnly = Pick<KinesisClient, 'send'>;

/** Bounds of one PutRecords call; the emulator takes 7 MiB of JSON, and base64 is a third more. */
const CALL_RECORDS_MAX = 500;
const CALL_BYTES_MAX = 4 * 1024 * 1024;
const CALLS_AT_ONCE = 4;
const ATTEMPTS_MAX = 10;
const RETRY_MS = 10;
const READ_RECORDS = 2_000;

/**
 * Puts lines as CloudFront does, one record each. Comes back when all are acknowledged. A record that is
 * refused is put again; a call that fails is not, as its lines might then be there twice.
 */
export async function putLines(
  kinesis: SendOnly,
  stream: string,
  lines: readonly KeyedLine[],
): Promise<void> {
  const calls = callsOf(lines);
  const work = async () => {
    for (let call = calls.next(); !call.done; call = calls.next()) {
      await putCall(kinesis, stream, call.value);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work));
}

/** The partition key of every record that the stream holds. */
export async function listKeys(kinesis: SendOnly, StreamName: string): Promise<Set<string>> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  const keys = new Set<string>();
  for (const { ShardId } of Shards) {
    const from = { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(from));
    while (ShardIterator !== undefined) {
      const command = new GetRecordsCommand({ ShardIterator, Limit: READ_RECORDS });
      const { Records = [], NextShardIterator } = await kinesis.send(command);
      for (const { PartitionKey } of Records) keys.add(PartitionKey!);
      ShardIterator = Records.length === 0 ? undefined : NextShardIterator;
    }
  }
  return keys;
}

interface PutRecord {
  readonly Data: Uint8Array;
  readonly PartitionKey: string;
}

function* callsOf(lines: readonly KeyedLine[]): Generator<PutRecord[], undefined> {
  let call: PutRecord[] = [];
  let bytes = 0;
  for (const { line, key } of lines) {
    const Data = typeof line === 'string' ? Buffer.from(line) : line;
    const size = Data.length + key.length;
    if (call.length === CALL_RECORDS_MAX || (call.length > 0 && bytes + size > CALL_BYTES_MAX)) {
      yield call;
      call = [];
      bytes = 0;
    }
    call.push({ Data, PartitionKey: key });
    bytes += size;
  }
  if (call.length > 0) yield call;
}

async function putCall(
  kinesis: SendOnly,
  StreamName: string,
  call: readonly PutRecord[],
): Promise<void> {
  let left = call;
  for (let attempt = 1; ; attempt += 1) {
    const command = new PutRecordsCommand({ StreamName, Records: [...left] });
    const { Records = [], FailedRecordCount = 0 } = await kinesis.send(command);
    if (FailedRecordCount === 0) return;
    left = left.filter((_, n) => Records[n]?.ErrorCode !== undefined);
    if (attempt === ATTEMPTS_MAX) {
      throw new Error(`${left.length} records of ${StreamName} refused ${ATTEMPTS_MAX} times`);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS * attempt));
  }
}
