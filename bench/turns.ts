/**
 * Candidates take turns, so that what else the machine does falls on all alike. Answers are compared
 * before anything is timed, and every later run is compared again.
 */
import { type Answer, type Candidate, type Run, checkAnswer } from './candidates';

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

/**
 * Round 0 compares and is not timed: it also brings the files into memory. A single round, as in a
 * test, does without.
 */
export function takeTurns(
  candidates: readonly Candidate[],
  rounds: number,
  tell: (text: string) => void,
): Row[] {
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
  return candidates.map((candidate) => makeRow(candidate, runs.get(candidate.id)!));
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
