/**
 * The recount of a CloudFront log, beside GoAccess, a plain twin and the floor of reading. Answers are
 * compared before anything is timed, and every later run is compared again. Candidates take turns, so
 * that what else the machine does falls on all alike.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Answer,
  type Candidate,
  type Run,
  type Workshop,
  bundleChild,
  checkAnswer,
  goAccessVersion,
  hangsSeen,
  makeCandidates,
  runChild,
} from './candidates';
import type { StateSize } from './count-child';
import { writeLogs } from './edge-log-files';
import { type Stage, profileCount } from './profile';

export interface RecountBenchOptions {
  readonly seed?: number;
  readonly lines: number;
  /** lines of the file with all 71 fields */
  readonly allFieldsLines: number;
  /** lines of the longer log */
  readonly longLines: number;
  readonly viewers: number;
  readonly rounds: number;
  /** numbers of viewers whose state is weighed */
  readonly stateViewers: readonly number[];
  readonly profile: boolean;
  /** for a test: other candidates than ours */
  readonly candidates?: (workshop: Workshop) => readonly Candidate[];
  readonly tell?: (text: string) => void;
}

export interface Row {
  readonly id: string;
  readonly name: string;
  readonly lines: number;
  /** lines in each second of the clock */
  readonly best: number;
  readonly median: number;
  /** median of lines in each second of CPU time, undefined where the system does not tell it */
  readonly perCpuSecond: number | undefined;
}

export interface RecountResults {
  readonly input: {
    readonly lines: number;
    readonly viewers: number;
    readonly bytes: number;
    readonly longLines: number;
    readonly allFieldsLines: number;
    readonly allFieldsBytes: number;
    readonly standardBytes: number;
    readonly sha256: string;
  };
  readonly rounds: number;
  /** undefined: not installed */
  readonly goAccess: string | undefined;
  /** runs that did not end and were repeated */
  readonly hangs: number;
  readonly rows: readonly Row[];
  readonly states: readonly StateSize[];
  readonly stages: readonly Stage[];
}

/** Also bench/run.ts: a tiny input, so that a test can run all of it. */
export const QUICK = {
  lines: 6_000,
  allFieldsLines: 2_000,
  longLines: 8_000,
  viewers: 300,
  rounds: 1,
  stateViewers: [500],
  profile: true,
} as const satisfies RecountBenchOptions;

export const FULL = {
  lines: 2_000_000,
  allFieldsLines: 600_000,
  longLines: 8_000_000,
  viewers: 50_000,
  rounds: 5,
  stateViewers: [10_000, 100_000, 1_000_000],
  profile: true,
} as const satisfies RecountBenchOptions;

export function run(options: RecountBenchOptions): RecountResults {
  const { lines, allFieldsLines, longLines, viewers, rounds, seed = 1, tell = () => {} } = options;
  const folder = mkdtempSync(join(tmpdir(), 'turnout-bench-'));
  try {
    tell(`writing ${lines} lines`);
    const files = writeLogs(folder, { seed, lines, allFieldsLines, longLines, viewers });
    const child = bundleChild(folder);
    const candidates = (options.candidates ?? makeCandidates)({ folder, files, child });
    const runs = takeTurns(candidates, rounds, tell);
    const stages = options.profile ? profileCount(child, files.realtime, lines, folder) : [];
    const states = options.stateViewers.map((n) => {
      tell(`state of ${n} viewers`);
      return runChild(child, ['state', String(n)]).answer as StateSize;
    });
    return {
      input: {
        lines,
        viewers,
        longLines: files.longLines,
        bytes: files.bytes.realtime,
        allFieldsLines: files.allFieldsLines,
        allFieldsBytes: files.bytes.allFields,
        standardBytes: files.bytes.standard,
        sha256: files.sha256,
      },
      rounds,
      goAccess: goAccessVersion(),
      hangs: hangsSeen(),
      rows: candidates.map((candidate) => makeRow(candidate, runs.get(candidate.id)!)),
      states,
      stages,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Round 0 compares and is not timed: it also brings the files into memory. A single round, as in a
 * test, does without.
 */
function takeTurns(
  candidates: readonly Candidate[],
  rounds: number,
  tell: (text: string) => void,
): Map<string, Run[]> {
  const runs = new Map<string, Run[]>(candidates.map(({ id }) => [id, []]));
  const own = new Map(candidates.map(({ id, expected }) => [id, expected?.()]));
  let first: Answer | undefined;
  for (let round = rounds > 1 ? 0 : 1; round <= rounds; round += 1) {
    for (const candidate of candidates) {
      const { id, name, lines } = candidate;
      const done = candidate.run();
      first ??= done.answer;
      checkAnswer(name, done.answer, { ...(own.get(id) ?? first), lines });
      if (round > 0) runs.get(id)!.push(done);
      const speed = Math.round((lines / done.wallMs) * 1_000);
      tell(`round ${round} of ${rounds}: ${name}: ${speed} lines/s`);
    }
  }
  return runs;
}

function makeRow({ id, name, lines }: Candidate, runs: readonly Run[]): Row {
  const speeds = runs.map(({ wallMs }) => (lines / wallMs) * 1_000);
  const cpu = runs.flatMap(({ cpuMs }) => (cpuMs ? [(lines / cpuMs) * 1_000] : []));
  return {
    id,
    name,
    lines,
    best: Math.max(...speeds),
    median: medianOf(speeds),
    perCpuSecond: cpu.length === 0 ? undefined : medianOf(cpu),
  };
}

function medianOf(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  const middle = ascending.length >> 1;
  return ascending.length % 2 === 1
    ? ascending[middle]!
    : (ascending[middle - 1]! + ascending[middle]!) / 2;
}
