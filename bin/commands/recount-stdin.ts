import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LINE_BYTES_MAX } from '../../lambdas/core/edge/bad-line';
import {
  type Format,
  detectFormat,
  formatOfHeader,
  unknownFormatError,
} from '../../lambdas/core/edge/format';
import { type RecountTask, isGzipError } from './recount-read';

const BATCH_BYTES = 4 * 1_048_576;
const HEAD_BYTES = 65_536;
const NEWLINE = 0x0a;

/**
 * A stream (standard input, a pipe) as tasks of some megabytes each, cut at line ends; gzip is found
 * by content. A gzip that breaks off ends with a task that says so.
 */
export async function* streamTasks(
  input: Readable,
  { name, realtimeFields }: { name: string; realtimeFields: readonly string[] },
): AsyncIterable<RecountTask> {
  let pending: Buffer[] = [];
  let size = 0;
  let format: Format | undefined;
  let broken: string | undefined;
  const take = (bytes: Buffer): RecountTask => {
    format ??= detect(bytes, name, realtimeFields);
    const task = { kind: 'bytes', bytes: new Uint8Array(bytes), format, broken } as const;
    // A header inside holds for what follows, in the next batch too.
    format = headerOf(bytes, format);
    return task;
  };
  const plain = await unpack(input);
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      pending.push(chunk);
      size += chunk.length;
      if (format === undefined && size >= HEAD_BYTES) {
        pending = [Buffer.concat(pending)];
        format = detect(pending[0]!, name, realtimeFields);
      }
      if (size < BATCH_BYTES) continue;
      const all = Buffer.concat(pending);
      const end = all.lastIndexOf(NEWLINE) + 1;
      if (end > 0) yield take(all.subarray(0, end));
      // A line of megabytes is too long whatever follows: its beginning is enough to say so.
      const rest = end > 0 ? all.subarray(end) : all.subarray(0, LINE_BYTES_MAX + 1);
      pending = [rest];
      size = rest.length;
    }
  } catch (error) {
    if (!isGzipError(error)) throw error;
    broken = (error as Error).message;
  }
  if (size > 0 || broken !== undefined) yield take(Buffer.concat(pending));
}

function detect(bytes: Buffer, name: string, realtimeFields: readonly string[]): Format {
  const format = detectFormat(bytes.subarray(0, HEAD_BYTES), realtimeFields);
  if (format === undefined) throw unknownFormatError(name, bytes);
  return format;
}

/** The format as the last header line of these bytes leaves it. */
function headerOf(bytes: Buffer, format: Format): Format {
  if (format.kind !== 'columns') return format;
  const at = bytes.lastIndexOf('\n#Fields:');
  if (at < 0) return format;
  const end = bytes.indexOf(NEWLINE, at + 1);
  const header = bytes.toString('utf8', at + 1, end < 0 ? bytes.length : end);
  return { ...format, fields: formatOfHeader(header, '').fields };
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
