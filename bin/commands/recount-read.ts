import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { Format } from '../../lambdas/core/edge/format';
import type { Recount } from '../../lambdas/core/recount';

/** What one thread reads at a time: bytes [start, end) of a file, a whole gzip, or bytes at hand. */
export type RecountTask =
  | {
      readonly kind: 'piece';
      readonly path: string;
      readonly start: number;
      readonly end: number;
      readonly format: Format;
    }
  | { readonly kind: 'gzip'; readonly path: string; readonly format: Format }
  | {
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      readonly format: Format;
      /** what a stream said that broke off behind these bytes */
      readonly broken?: string | undefined;
    };

const CHUNK_BYTES = 1_048_576;

/**
 * Counts a task. Tells how many bytes (of the file as it lies on disk) it read, now and then. Returns
 * what a gzip that breaks off or is damaged says; what could be read of it is counted.
 */
export async function readTask(
  recount: Recount,
  task: RecountTask,
  tell: (bytes: number) => void,
): Promise<string | undefined> {
  recount.begin(task.format);
  if (task.kind === 'gzip') return readGzip(recount, task.path, tell);
  if (task.kind === 'bytes') {
    recount.feed(task.bytes);
    tell(task.bytes.length);
    recount.end(task.broken === undefined);
    return task.broken;
  }
  readPiece(recount, task, tell);
  recount.end();
  return undefined;
}

function readPiece(
  recount: Recount,
  { path, start, end }: { path: string; start: number; end: number },
  tell: (bytes: number) => void,
): void {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let at = start; at < end;) {
      const read = readSync(file, buffer, 0, Math.min(CHUNK_BYTES, end - at), at);
      if (read === 0) break;
      // A plain Uint8Array: its indexOf and loops are what V8 compiles best.
      recount.feed(new Uint8Array(buffer.buffer, buffer.byteOffset, read));
      at += read;
      tell(read);
    }
  } finally {
    closeSync(file);
  }
}

async function readGzip(
  recount: Recount,
  path: string,
  tell: (bytes: number) => void,
): Promise<string | undefined> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  let told = 0;
  try {
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    file.on('error', (error) => gunzip.destroy(error));
    for await (const chunk of file.pipe(gunzip)) {
      recount.feed(chunk as Buffer);
      tell(file.bytesRead - told);
      told = file.bytesRead;
    }
    recount.end();
    return undefined;
  } catch (error) {
    if (!isGzipError(error)) throw error;
    recount.end(false);
    return (error as Error).message;
  } finally {
    file.destroy();
  }
}

/** Whether an error says that compressed data is cut or damaged. */
export function isGzipError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code !== undefined && code.startsWith('Z_');
}
