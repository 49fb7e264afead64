import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { detectFormat, unknownFormatError } from '../../lambdas/core/edge/format';
import type { RecountTask } from './recount-read';

const BATCH_BYTES = 4 * 1_048_576;

/** Standard input as tasks of some megabytes each, cut at line ends; gzip is found by content. */
export async function* stdinTasks(
  input: Readable,
  realtimeFields: readonly string[],
): AsyncIterable<RecountTask> {
  const plain = await unpack(input);
  let pending: Buffer[] = [];
  let size = 0;
  let format: ReturnType<typeof detectFormat>;
  let isWhole = false;
  const take = (bytes: Buffer): RecountTask => {
    format ??= detectFormat(bytes.subarray(0, 65_536), realtimeFields);
    if (format === undefined) throw unknownFormatError('standard input', bytes);
    isWhole ||= bytes[0] === 0x23;
    // A copy of its own, so that it can be handed to another thread.
    return { kind: 'bytes', bytes: new Uint8Array(bytes), format };
  };
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    pending.push(chunk);
    size += chunk.length;
    if (size < BATCH_BYTES) continue;
    const all = Buffer.concat(pending);
    const end = all.lastIndexOf(0x0a) + 1;
    if (end === 0) continue;
    yield take(all.subarray(0, end));
    pending = [all.subarray(end)];
    size = all.length - end;
  }
  if (size > 0) yield take(Buffer.concat(pending));
}

/** Looks at the first bytes and puts gunzip between if they are gzip. */
async function unpack(input: Readable): Promise<Readable> {
  const first = await new Promise<Buffer | undefined>((resolve, reject) => {
    input.once('error', reject);
    input.once('end', () => resolve(undefined));
    input.once('data', (chunk: Buffer) => {
      input.pause();
      resolve(chunk);
    });
  });
  const through = new PassThrough();
  if (first === undefined) return through.end();
  const isGzip = first[0] === 0x1f && first[1] === 0x8b;
  input.unshift(first);
  const plain = isGzip ? createGunzip({ chunkSize: 1_048_576 }) : through;
  input.on('error', (error) => plain.destroy(error));
  return input.pipe(plain);
}
