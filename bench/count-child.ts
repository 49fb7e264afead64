/**
 * What the benchmark runs in a process of its own, so that each candidate has its own heap and its
 * own compiled code: `node child.js MODE FILE`. Prints its answer and how long the counting took.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { serialiseState } from '../lambdas/core/audience/lane-state';
import { detectFormat } from '../lambdas/core/edge/format';
import { Recount } from '../lambdas/core/recount';
import { DEFAULT_SETTINGS } from '../lambdas/core/settings';
import { makeRequests } from './edge-log';
import { renderRealtime } from './edge-log-files';
import { plainRecount } from './plain-recount';

export interface ChildAnswer {
  readonly answer: unknown;
  /** counting alone, without start of the process */
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface StateSize {
  readonly viewers: number;
  readonly entries: number;
  readonly lines: number;
  readonly memoryBytes: number;
  readonly serialisedBytes: number;
}

const CHUNK_BYTES = 1_048_576;

const MODES: Readonly<Record<string, (argument: string) => unknown>> = {
  turnout: countFile,
  plain: plainRecount,
  split: splitFile,
  newlines: findNewlines,
  state: measureState,
};

/** As bin/commands/recount-read.ts feeds a plain file. */
function countFile(path: string): string {
  const recount = new Recount({ settings: DEFAULT_SETTINGS, key: new Uint8Array(16) });
  eachChunk(path, (chunk, isFirst) => {
    if (isFirst) {
      const format = detectFormat(chunk.subarray(0, 65_536), DEFAULT_SETTINGS.realtimeFields);
      if (format === undefined) throw new Error(`${path} is no log of a known format`);
      recount.begin(format);
    }
    recount.feed(chunk);
  });
  recount.end();
  return `${JSON.stringify(recount.report(), null, 2)}\n`;
}

/** The floor of reading lines as strings: every field cut, nothing counted. */
function splitFile(path: string): { lines: number } {
  let lines = 0;
  let fields = 0;
  let rest = '';
  eachChunk(path, (chunk) => {
    const parts = (rest + Buffer.from(chunk).toString('latin1')).split('\n');
    rest = parts.pop()!;
    for (const line of parts) fields += line.split('\t').length;
    lines += parts.length;
  });
  if (fields < lines) throw new Error(`expected fields, got ${fields} in ${lines} lines`);
  return { lines };
}

/** The floor of reading at all. */
function findNewlines(path: string): { lines: number } {
  let lines = 0;
  eachChunk(path, (chunk) => {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
  });
  return { lines };
}

function eachChunk(path: string, visit: (chunk: Uint8Array, isFirst: boolean) => void): void {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let isFirst = true; ; isFirst = false) {
      const read = readSync(file, buffer, 0, CHUNK_BYTES, null);
      if (read === 0) return;
      visit(new Uint8Array(buffer.buffer, buffer.byteOffset, read), isFirst);
    }
  } finally {
    closeSync(file);
  }
}

/** All have come by then, and watch some segments. */
const LINES_PER_VIEWER = 8;

function measureState(viewersText: string): StateSize {
  const viewers = Number(viewersText);
  const lines = viewers * LINES_PER_VIEWER;
  const recount = new Recount({ settings: DEFAULT_SETTINGS, key: new Uint8Array(16) });
  const encoder = new TextEncoder();
  let buffer = '';
  let isFirst = true;
  const flush = () => {
    const bytes = encoder.encode(buffer);
    if (isFirst) recount.begin(detectFormat(bytes, DEFAULT_SETTINGS.realtimeFields)!);
    isFirst = false;
    recount.feed(bytes);
    buffer = '';
  };
  let n = 0;
  for (const request of makeRequests({ seed: 3, lines, viewers })) {
    buffer += `${renderRealtime(request, n)}\n`;
    n += 1;
    if (buffer.length > CHUNK_BYTES) flush();
  }
  if (buffer !== '') flush();
  recount.end();
  const { audience } = recount;
  return {
    viewers,
    entries: audience.table.count,
    lines,
    memoryBytes: audience.bytesUsed,
    serialisedBytes: serialiseState(audience).length,
  };
}

async function main([mode = '', argument = '']: readonly string[]): Promise<void> {
  const count = MODES[mode];
  if (count === undefined)
    throw new Error(`expected ${Object.keys(MODES).join(', ')}, got ${mode}`);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const answer = await count(argument);
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const told: ChildAnswer = { answer, wallMs, cpuMs: (user + system) / 1_000 };
  // Node 20 was once seen to wait for ever at its end, with nothing left to do (2026-11-24).
  process.stdout.write(JSON.stringify(told), () => process.exit());
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
