import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { LINE_BYTES_MAX } from '../lambdas/core/edge/bad-line';
import { type Format, formatOfHeader } from '../lambdas/core/edge/format';

export interface LogFile {
  readonly path: string;
  readonly isGzip: boolean;
  readonly format: Format;
}

/** Some lines of a log, in order. */
export interface LogBatch {
  readonly lines: readonly Uint8Array[];
  /** What a gzip says that breaks off behind these lines. The line that it cuts is none of them. */
  readonly broken?: string;
}

const CHUNK_BYTES = 262_144;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const HASH = 0x23;

/**
 * Reads a log as a stream and cuts it into lines as CloudFront would deliver them: neither empty lines
 * nor comments are any. Of a line that is too long as much is kept as shows that it is.
 */
export async function* readLogLines({ path, isGzip, format }: LogFile): AsyncGenerator<LogBatch> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const plain = isGzip ? file.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : file;
  if (plain !== file) file.on('error', (error) => plain.destroy(error));
  const cutter = makeLineCutter((header) => checkHeader(header, format, path));
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      const lines = cutter.take(chunk);
      if (lines.length > 0) yield { lines };
    }
    const last = cutter.end();
    if (last.length > 0) yield { lines: last };
  } catch (error) {
    if (!isGzipError(error)) throw error;
    yield { lines: [], broken: (error as Error).message };
  } finally {
    file.destroy();
  }
}

/** The stream has one list of fields from its beginning to its end. */
function checkHeader(header: string, format: Format, path: string): void {
  if (format.kind !== 'columns' || !header.startsWith('#Fields:')) return;
  const { fields } = formatOfHeader(header, '');
  const [got, expected] = [fields.join(' '), format.fields.join(' ')];
  if (got === expected) return;
  throw new Error(
    `${path} changes its fields on the way, which a stream cannot: ` +
      `got ${got}, expected ${expected}; replay its parts one by one`,
  );
}

/** Compressed data that is cut or damaged. */
function isGzipError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code !== undefined && code.startsWith('Z_');
}

interface LineCutter {
  take(chunk: Buffer): Uint8Array[];
  /** The last line, where no newline ends it. */
  end(): Uint8Array[];
}

function makeLineCutter(onComment: (text: string) => void): LineCutter {
  /** the beginning of a line whose end has not come yet, in pieces */
  let rest: Buffer[] = [];
  let restBytes = 0;

  const keep = (piece: Buffer) => {
    const room = LINE_BYTES_MAX + 1 - restBytes;
    if (room <= 0 || piece.length === 0) return;
    // A copy: a slice would keep the whole chunk alive.
    rest.push(Buffer.from(piece.subarray(0, room)));
    restBytes += Math.min(room, piece.length);
  };
  const finish = (piece: Buffer): Uint8Array | undefined => {
    keep(piece);
    const line = rest.length === 1 ? rest[0]! : Buffer.concat(rest);
    rest = [];
    restBytes = 0;
    if (line.length === 0 || (line.length === 1 && line[0] === RETURN)) return undefined;
    if (line[0] !== HASH) return line;
    if (line.length <= LINE_BYTES_MAX) onComment(line.toString('utf8').replace(/\r$/, ''));
    return undefined;
  };

  return {
    take(chunk) {
      const lines: Uint8Array[] = [];
      for (let at = 0; at < chunk.length;) {
        const newline = chunk.indexOf(NEWLINE, at);
        if (newline < 0) {
          keep(chunk.subarray(at));
          break;
        }
        const line = finish(chunk.subarray(at, newline));
        if (line !== undefined) lines.push(line);
        at = newline + 1;
      }
      return lines;
    },
    end() {
      const line = finish(Buffer.alloc(0));
      return line === undefined ? [] : [line];
    },
  };
}
