/** Intake from the parsed event and tally from packets, on stores in memory: lines in a CPU second. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaneCount } from '../lambdas/core/settings';
import { type Candidate, bundleChild, runChild } from './candidates';
import type { RoadRun, RoadTold } from './road-child';
import type { InputTold } from './road-input';
import { type TallyStage, profileTally } from './road-profile';
import { type Row, takeTurns } from './turns';

export interface RoadBenchOptions {
  readonly seed?: number;
  readonly rounds: number;
  readonly intake: readonly IntakeShape[];
  readonly tally: readonly TallyShape[];
  readonly tell?: (text: string) => void;
}

interface IntakeShape {
  readonly name: string;
  readonly batches: number;
  readonly warmBatches: number;
  readonly linesPerBatch: number;
  readonly viewers: number;
  readonly skipped: number;
  readonly lanes: readonly LaneCount[];
  /** the parsing of the event beside it */
  readonly isParsed: boolean;
}

interface TallyShape {
  readonly name: string;
  readonly lanes: LaneCount;
  readonly viewers: number;
  readonly contents: number;
  readonly seconds: number;
  readonly packetShards: number;
  readonly warmBatches: number;
}

export interface RoadRow extends Row {
  /** packets sent or folded for each line */
  readonly packetsPerLine: number;
}

export interface RoadResults {
  readonly rounds: number;
  readonly inputs: readonly (InputTold & { readonly name: string })[];
  readonly rows: readonly RoadRow[];
  /** by tally row */
  readonly stages: readonly { readonly name: string; readonly stages: readonly TallyStage[] }[];
}

export const ROAD_QUICK = {
  rounds: 1,
  intake: [
    {
      ...{ name: 'batches of 200 lines', batches: 3, warmBatches: 1, linesPerBatch: 200 },
      ...{ viewers: 100, skipped: 500, lanes: [16, 64], isParsed: true },
    },
  ],
  tally: [
    {
      ...{ name: '16 lanes', lanes: 16, viewers: 60, contents: 1, seconds: 12 },
      ...{ packetShards: 4, warmBatches: 4 },
    },
    {
      ...{ name: '64 lanes', lanes: 64, viewers: 640, contents: 2, seconds: 8 },
      ...{ packetShards: 2, warmBatches: 2 },
    },
  ],
} as const satisfies RoadBenchOptions;

/** 667 lines are what each of 150 shards gets in a second at 100,000 lines/s. */
export const ROAD_FULL = {
  rounds: 5,
  intake: [
    {
      ...{ name: 'batches of 5,000 lines', batches: 60, warmBatches: 20, linesPerBatch: 5_000 },
      ...{ viewers: 20_000, skipped: 600_000, lanes: [16, 64], isParsed: true },
    },
    {
      ...{ name: 'batches of 667 lines', batches: 450, warmBatches: 150, linesPerBatch: 667 },
      ...{ viewers: 20_000, skipped: 600_000, lanes: [64], isParsed: false },
    },
  ],
  tally: [
    {
      ...{ name: '16 lanes, 1,000 lines/s', lanes: 16, viewers: 3_000, contents: 1 },
      ...{ seconds: 240, packetShards: 4, warmBatches: 80 },
    },
    {
      ...{ name: '64 lanes, 100,000 lines/s, 4 of 32 shards', lanes: 64, viewers: 300_000 },
      ...{ contents: 2, seconds: 48, packetShards: 4, warmBatches: 16 },
    },
  ],
} as const satisfies RoadBenchOptions;

export function runRoad(options: RoadBenchOptions): RoadResults {
  const { rounds, seed = 1, tell = () => {} } = options;
  const folder = mkdtempSync(join(tmpdir(), 'turnout-road-'));
  try {
    const workshop = { folder, seed, tell, child: bundleChild(folder, 'road-child') };
    const intake = options.intake.map((shape, n) => prepareIntake(shape, n, workshop));
    const tally = options.tally.map((shape, n) => prepareTally(shape, n, workshop));
    const made = [...intake, ...tally];
    const entries = made.flatMap(({ candidates }) => candidates);
    const rows = takeTurns(entries, rounds, tell);
    return {
      rounds,
      inputs: made.map(({ name, told }) => ({ name, ...told })),
      rows: rows.map((row, n) => ({ ...row, packetsPerLine: entries[n]!.packetsPerLine() })),
      stages: tally.map(({ name, run }) => ({
        name,
        stages: profileTally(workshop.child, run, folder),
      })),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Workshop {
  readonly folder: string;
  readonly seed: number;
  readonly child: string;
  readonly tell: (text: string) => void;
}

interface RoadCandidate extends Candidate {
  readonly packetsPerLine: () => number;
}

function prepareIntake(shape: IntakeShape, n: number, { child, seed, tell, ...at }: Workshop) {
  const { name, warmBatches, lanes } = shape;
  const folder = join(at.folder, `intake-${n}`);
  mkdirSync(folder);
  tell(`writing ${name}`);
  const input = JSON.stringify({ ...shape, folder, seed });
  const told = runChild(child, ['write-intake', input]).answer as InputTold;
  const lines = (shape.batches - warmBatches) * shape.linesPerBatch;
  const candidate = (mode: string, laneCount: LaneCount, title: string): RoadCandidate => {
    const run: RoadRun = { folder, lanes: laneCount, warmBatches };
    return roadCandidate(`${mode}-${laneCount}-${n}`, { name: title, mode, run, lines, child });
  };
  const candidates = [
    ...(shape.isParsed ? [candidate('parse', 16, `JSON.parse of the event alone, ${name}`)] : []),
    ...lanes.map((count) => candidate('intake', count, `intake, ${count} lanes, ${name}`)),
  ];
  return { name: `intake, ${name}`, told, candidates };
}

function prepareTally(shape: TallyShape, n: number, { child, seed, tell, ...at }: Workshop) {
  const { name, lanes, warmBatches } = shape;
  const folder = join(at.folder, `tally-${n}`);
  mkdirSync(folder);
  tell(`writing ${name}`);
  const input = JSON.stringify({ ...shape, folder, seed });
  const told = runChild(child, ['write-tally', input]).answer as InputTold;
  const run: RoadRun = { folder, lanes, warmBatches };
  const { lines } = runChild(child, ['tally', JSON.stringify(run)]).answer as RoadTold;
  const given = { name: `tally, ${name}`, mode: 'tally', run, lines, child };
  return { name: given.name, told, run, candidates: [roadCandidate(`tally-${lanes}-${n}`, given)] };
}

function roadCandidate(
  id: string,
  given: { name: string; mode: string; run: RoadRun; lines: number; child: string },
): RoadCandidate {
  const { name, mode, run, lines, child } = given;
  let packets = 0;
  const play = (how: string) => {
    const { answer, wallMs, cpuMs } = runChild(child, [how, JSON.stringify(run)]);
    const told = answer as RoadTold;
    packets = told.packets;
    return { answer: { lines: told.lines, digest: told.digest }, wallMs, cpuMs };
  };
  return {
    id,
    name,
    lines,
    // An intake is checked against a recount once, and then has to make the same bytes; a tally is
    // checked in each run.
    expected: () => play(mode === 'intake' ? 'check-intake' : mode).answer,
    run: () => play(mode),
    packetsPerLine: () => packets / lines,
  };
}
