import { closeSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { type Format, detectFormat, unknownFormatError } from '../../lambdas/core/edge/format';
import type { RecountTask } from './recount-read';

const HEAD_BYTES = 65_536;
/** Files above this are read in pieces by all threads. */
const PIECE_BYTES = 32 * 1_048_576;

export interface Plan {
  readonly tasks: readonly RecountTask[];
  readonly bytes: number;
  /** named pipes and the like, which can be read once and from the beginning only */
  readonly pipes: readonly string[];
  /** Files of no known format; the caller says whether that is an error. */
  readonly unknown: readonly Error[];
}

/**
 * Finds out what to read: folders are walked, formats found by content. All files are looked at
 * before the first is counted, so that a mistake shows at once and not after an hour.
 */
export function planFiles(paths: readonly string[], realtimeFields: readonly string[]): Plan {
  const tasks: RecountTask[] = [];
  const unknown: Error[] = [];
  const pipes: string[] = [];
  let bytes = 0;
  for (const path of paths.flatMap(filesUnder)) {
    const stat = statSync(path);
    const { size } = stat;
    if (!stat.isFile()) {
      pipes.push(path);
      continue;
    }
    if (size === 0) continue;
    const head = readAt(path, 0, HEAD_BYTES);
    const isGzip = head[0] === 0x1f && head[1] === 0x8b;
    const text = isGzip ? gunzipHead(head) : head;
    if (text === undefined) {
      unknown.push(new Error(`${path} is a damaged gzip: nothing of it could be read`));
      continue;
    }
    if (text.length === 0) continue;
    const format = detectFormat(text, realtimeFields);
    if (format === undefined) {
      unknown.push(unknownFormatError(path, text));
      continue;
    }
    bytes += size;
    if (isGzip) tasks.push({ kind: 'gzip', path, format });
    else tasks.push(...piecesOf({ path, size, format, hasHeader: text[0] === 0x23 }));
  }
  return { tasks, bytes, pipes, unknown };
}

/** A file itself, or all files below a folder in the order of their names; hidden ones are left out. */
function filesUnder(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

interface PlainFile {
  readonly path: string;
  readonly size: number;
  readonly format: Format;
  readonly hasHeader: boolean;
}

/** Pieces that end at line ends. A file with header lines stays whole: they may come again inside. */
function piecesOf({ path, size, format, hasHeader }: PlainFile): RecountTask[] {
  const pieces: RecountTask[] = [];
  for (let start = 0; start < size;) {
    const end = hasHeader ? size : lineEndAfter(path, start + PIECE_BYTES, size);
    pieces.push({ kind: 'piece', path, start, end, format });
    start = end;
  }
  return pieces;
}

function lineEndAfter(path: string, from: number, size: number): number {
  for (let at = from; at < size; at += HEAD_BYTES) {
    const newline = readAt(path, at, HEAD_BYTES).indexOf(0x0a);
    if (newline >= 0) return at + newline + 1;
  }
  return size;
}

function readAt(path: string, start: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, start));
  } finally {
    closeSync(file);
  }
}

/**
 * The beginning of what a gzip holds. The head may be cut, so that the end of its data is no error, and
 * it may be damaged: then as much of it as can be read. Undefined if nothing can.
 */
function gunzipHead(head: Uint8Array): Buffer | undefined {
  const options = { finishFlush: constants.Z_SYNC_FLUSH };
  // Without its last eight bytes nobody checks the sum; then ever shorter, until the damage is behind.
  for (let length = head.length; length > 18; length = Math.min(length - 8, length >> 1)) {
    for (const end of [length, length - 8]) {
      try {
        return gunzipSync(head.subarray(0, end), options);
      } catch {
        // The next one is shorter.
      }
    }
  }
  return undefined;
}
