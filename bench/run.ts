/**
 * npm run bench [-- --quick] [--part recount|road|units|plan|api] [--rounds N] [--lines N]
 *
 * Runs the benchmarks and writes bench/RESULTS.md. --quick is a tiny input, to see that all of it
 * runs; its figures mean nothing. What is quick or a part is printed instead of written.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_SETTINGS } from '../lambdas/core/settings';
import { pipelineOf } from '../lib/pipeline';
import { nodeFlagsOf } from '../local/lambda-environment';
import { API_FULL, API_QUICK, type ApiResult, type ApiWish } from './api.bench';
import { renderApi } from './api-results';
import { PLANS_FULL, PLANS_QUICK, renderPlans, runPlans } from './plan.bench';
import { FULL, QUICK, run } from './recount.bench';
import { type Machine, renderResults } from './results';
import { renderRoad, renderUnits } from './road-results';
import { ROAD_FULL, ROAD_QUICK, runRoad } from './road.bench';
import { UNITS_FULL, UNITS_QUICK, runUnits } from './units.bench';

const RESULTS = join(__dirname, 'RESULTS.md');

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: __dirname, encoding: 'utf8' }).trim();
}

const PARTS = ['recount', 'road', 'units', 'plan', 'api'] as const;
type Part = (typeof PARTS)[number];

const tell = (text: string) => void process.stderr.write(`${text}\n`);

interface Wish {
  readonly isQuick: boolean;
  readonly rounds: number | undefined;
  readonly lines: number | undefined;
}

const RENDER: Readonly<Record<Part, (wish: Wish) => string>> = {
  recount: ({ isQuick, rounds, lines }) => {
    const base = isQuick ? QUICK : FULL;
    const chosen = { rounds: rounds ?? base.rounds, lines: lines ?? base.lines };
    return renderResults(run({ ...base, ...chosen, tell }), machine());
  },
  road: ({ isQuick, rounds }) => {
    const base = isQuick ? ROAD_QUICK : ROAD_FULL;
    return renderRoad(runRoad({ ...base, rounds: rounds ?? base.rounds, tell }));
  },
  units: ({ isQuick }) => renderUnits(runUnits(isQuick ? UNITS_QUICK : UNITS_FULL, tell)),
  plan: ({ isQuick, rounds }) => {
    const base = isQuick ? PLANS_QUICK : PLANS_FULL;
    return renderPlans(runPlans({ ...base, rounds: rounds ?? base.rounds }, tell));
  },
  api: ({ isQuick, rounds }) => {
    const base = isQuick ? API_QUICK : API_FULL;
    return renderApi(runApiApart({ ...base, rounds: rounds ?? base.rounds }));
  },
};

function runApiApart(wish: ApiWish): ApiResult {
  const { memoryMb } = pipelineOf(DEFAULT_SETTINGS).functions.api;
  const child = [join(__dirname, 'api-child.ts'), JSON.stringify(wish)];
  const args = [...nodeFlagsOf(memoryMb), '--import', 'tsx', ...child];
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  return JSON.parse(
    execFileSync(process.execPath, args, { stdio: [...stdio] }).toString(),
  ) as ApiResult;
}

function machine(): Machine {
  const isDirty =
    git('status', '--porcelain', '--', ':(top)', ':(top,exclude)bench/RESULTS.md') !== '';
  return {
    model: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    commit: `${git('rev-parse', '--short=12', 'HEAD')}${isDirty ? ' + changes' : ''}`,
    date: new Date().toISOString().slice(0, 10),
  };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      part: { type: 'string' },
      rounds: { type: 'string' },
      lines: { type: 'string' },
    },
  });
  const parts = values.part === undefined ? PARTS : PARTS.filter((name) => name === values.part);
  if (parts.length === 0) {
    throw new Error(`--part must be one of ${PARTS.join(', ')}, got ${values.part}`);
  }
  const wish = {
    isQuick: values.quick,
    rounds: wholeNumber('--rounds', values.rounds),
    lines: wholeNumber('--lines', values.lines),
  };
  let text = '';
  // One after the other: they would take each other's processor.
  for (const part of parts) text += RENDER[part](wish);
  if (values.quick || parts !== PARTS) process.stdout.write(text);
  else writeFileSync(RESULTS, text);
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new Error(`${name} must be a whole number, got ${text}`);
  return n;
}

main();
