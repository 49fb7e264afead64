/**
 * The recount of a CloudFront log, beside GoAccess, a plain twin and the floor of reading.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Candidate,
  type Workshop,
  bundleChild,
  goAccessVersion,
  hangsSeen,
  makeCandidates,
  runChild,
} from './candidates';
import type { StateSize } from './count-child';
import { writeLogs } from './edge-log-files';
import { type Stage, profileCount } from './profile';
import { type Row, takeTurns } from './turns';

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
    const rows = takeTurns(candidates, rounds, tell);
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
      rows,
      states,
      stages,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
