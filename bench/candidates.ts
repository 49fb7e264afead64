/** Who counts the log: each is a command in a process of its own, and tells an answer. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { buildSync } from 'esbuild';
import type { ChildAnswer } from './count-child';
import type { LogFiles } from './edge-log-files';
import type { StreamFigures } from './plain-recount';

/** What a candidate found out. What it does not count it leaves out; what it tells must be right. */
export interface Answer {
  readonly lines: number;
  readonly outcomes?: Readonly<Record<string, number>>;
  readonly streams?: Readonly<Record<string, StreamFigures>>;
  /** `turnout recount --json` to the last byte */
  readonly report?: string;
  /** SHA-256 of all that was made */
  readonly digest?: string;
}

export interface Run {
  readonly answer: Answer;
  readonly wallMs: number;
  /** undefined where the system does not tell (only Linux does) */
  readonly cpuMs: number | undefined;
}

export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly lines: number;
  /** the answer that it must give; without it, that of the first candidate */
  readonly expected?: () => Answer;
  readonly run: () => Run;
}

export interface Workshop {
  readonly folder: string;
  readonly files: LogFiles;
  /** the bundle of bench/count-child.ts */
  readonly child: string;
}

/** One file for the process, as bin/turnout.js does: calls between modules then cost nothing. */
export function bundleChild(
  folder: string,
  name = 'count-child',
  /** the doubles of test/sim know commands by the names of their classes; costs a little */
  keepNames = false,
): string {
  const outfile = join(folder, `${name}.js`);
  buildSync({
    entryPoints: [join(__dirname, `${name}.ts`)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    outfile,
    keepNames,
    logLevel: 'error',
  });
  return outfile;
}

export function makeCandidates(workshop: Workshop): Candidate[] {
  const { folder, files, child } = workshop;
  const { lines, realtime, allFields, allFieldsLines, short, standard, long, longLines } = files;
  const cli = join(__dirname, '..', 'bin', 'turnout.js');
  const recount = (threads: number) => [cli, 'recount', '--threads', String(threads), '--json'];
  const report = (text: string): Answer => answerOfReport(text);
  const inside = (mode: string, file: string, read: (answer: unknown) => Answer) => () => {
    const told = runChild(child, [mode, file]);
    return { answer: read(told.answer), wallMs: told.wallMs, cpuMs: told.cpuMs };
  };
  const whole = (threads: number, file: string) => () => {
    const { stdout, ...time } = timed('node', [...recount(threads), file], folder);
    return { answer: report(stdout), ...time };
  };
  const counted = (answer: unknown) => answer as Answer;
  return [
    {
      id: 'turnout',
      name: 'Turnout, all figures: counting and report',
      lines,
      run: inside('turnout', realtime, (answer) => report(answer as string)),
    },
    { id: 'turnout-1', name: 'Turnout, `recount --threads 1`', lines, run: whole(1, realtime) },
    { id: 'turnout-2', name: 'Turnout, `recount --threads 2`', lines, run: whole(2, realtime) },
    // The first run of one thread is the answer for all later runs of both.
    {
      id: 'long-1',
      name: 'Turnout, `recount --threads 1`, long log',
      lines: longLines,
      expected: () => whole(1, long)().answer,
      run: whole(1, long),
    },
    {
      id: 'long-2',
      name: 'Turnout, `recount --threads 2`, long log',
      lines: longLines,
      expected: () => whole(1, long)().answer,
      run: whole(2, long),
    },
    {
      id: 'turnout-71',
      name: 'Turnout, all 71 fields in the log: counting and report',
      lines: allFieldsLines,
      expected: () => inside('turnout', short, (answer) => report(answer as string))().answer,
      run: inside('turnout', allFields, (answer) => report(answer as string)),
    },
    {
      id: 'plain',
      name: 'plain twin (bench/plain-recount.ts), a subset of the figures',
      lines,
      run: inside('plain', realtime, counted),
    },
    {
      id: 'split',
      name: "lines and `split('\\t')` alone, nothing counted",
      lines,
      run: inside('split', realtime, counted),
    },
    {
      id: 'newlines',
      name: 'search for newlines alone',
      lines,
      run: inside('newlines', realtime, counted),
    },
    ...(goAccessVersion() === undefined ? [] : [goAccess(standard, lines, folder)]),
  ];
}

export function runChild(child: string, args: readonly string[], flags: readonly string[] = []) {
  const { stdout } = timed('node', [...flags, child, ...args]);
  return JSON.parse(stdout) as ChildAnswer;
}

/** undefined: not installed */
export function goAccessVersion(): string | undefined {
  const { status, stdout } = spawnSync('goaccess', ['--version'], { encoding: 'utf8' });
  return status === 0 ? /GoAccess - ([\d.]*\d)/.exec(stdout)?.[1] : undefined;
}

/** It reads standard logs: the same requests, in the older form. Status 000 is not strict. */
function goAccess(file: string, lines: number, folder: string): Candidate {
  const out = join(folder, 'goaccess.json');
  const args = [file, '--log-format=CLOUDFRONT', '--no-strict-status', '--no-progress', '-o', out];
  const run = () => {
    const { wallMs, cpuMs } = timed('goaccess', args, folder);
    const { general } = JSON.parse(readFileSync(out, 'utf8')) as GoAccessReport;
    return { answer: { lines: general.valid_requests }, wallMs, cpuMs };
  };
  return { id: 'goaccess', name: `GoAccess ${goAccessVersion()}, JSON report`, lines, run };
}

interface GoAccessReport {
  readonly general: { readonly valid_requests: number };
}

function answerOfReport(text: string): Answer {
  const { ledger, contents } = JSON.parse(text) as ReportText;
  const outcomes: Record<string, number> = {};
  const streams: Record<string, StreamFigures> = {};
  for (const [id, content] of Object.entries(contents)) {
    for (const [outcome, hits] of Object.entries(content.outcomes)) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + hits;
    }
    if (content.kind !== 'stream') continue;
    const { attempts, starts, viewers, views, watchSeconds, peakConcurrency } = content;
    streams[id] = { attempts, starts, viewers, views, watchSeconds, peakConcurrency };
  }
  return { lines: ledger.hits, outcomes, streams, report: text };
}

interface ReportText {
  readonly ledger: { readonly hits: number };
  readonly contents: Readonly<
    Record<string, StreamFigures & { kind: string; outcomes: Record<string, number> }>
  >;
}

/** A wrong answer is an error, not a fast result. */
export function checkAnswer(name: string, got: Answer, expected: Answer): void {
  for (const key of ['lines', 'outcomes', 'streams', 'report', 'digest'] as const) {
    if (got[key] === undefined || isDeepStrictEqual(got[key], expected[key])) continue;
    const [was, wanted] = [got[key], expected[key]].map((value) => JSON.stringify(value, sorted));
    throw new Error(`${name} has other ${key}: got ${was}, expected ${wanted}`);
  }
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Timed {
  readonly stdout: string;
  readonly wallMs: number;
  readonly cpuMs: number | undefined;
}

/** Longer than the slowest candidate needs by far. */
const RUN_MS_MAX = 5 * 60_000;
const HANGS_MAX = 3;

/** Runs that did not end, although they had nothing left to do: they are repeated and told of. */
let hangs = 0;

export function hangsSeen(): number {
  return hangs;
}

function timed(command: string, args: readonly string[], cwd = process.cwd()): Timed {
  const program = command === 'node' ? process.execPath : command;
  const limits = { timeout: RUN_MS_MAX, maxBuffer: 64 * 1_048_576 } as const;
  const cpu = childrenCpuMs();
  const start = performance.now();
  const done = spawnSync(program, args, { cwd, encoding: 'utf8', ...limits });
  const wallMs = performance.now() - start;
  const cpuAfter = childrenCpuMs();
  const { status, stdout, stderr, error } = done;
  const shown = `${command} ${args.join(' ')}`;
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT' && hangs < HANGS_MAX) {
    hangs += 1;
    process.stderr.write(`${shown} did not end in ${RUN_MS_MAX / 1_000} s; run once more\n`);
    return timed(command, args, cwd);
  }
  if (error !== undefined) throw new Error(`${shown} could not be run`, { cause: error });
  if (status !== 0) throw new Error(`${shown} ended with ${status}: ${stderr}`);
  const isKnown = cpu !== undefined && cpuAfter !== undefined;
  return { stdout, wallMs, cpuMs: isKnown ? cpuAfter - cpu : undefined };
}

/** CPU time of all children that have ended, from Linux (cutime and cstime, in hundredths). */
function childrenCpuMs(): number | undefined {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) * 10;
  } catch {
    return undefined;
  }
}
