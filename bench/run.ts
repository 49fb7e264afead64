/**
 * npm run bench [-- --quick] [--rounds N] [--lines N]
 *
 * Runs the benchmarks and writes bench/RESULTS.md. --quick is a tiny input, to see that all of it
 * runs; its figures mean nothing and are printed instead of written.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FULL, QUICK, run } from './recount.bench';
import { renderResults } from './results';

const RESULTS = join(__dirname, 'RESULTS.md');

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: __dirname, encoding: 'utf8' }).trim();
}

function main(): void {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      lines: { type: 'string' },
    },
  });
  const base = values.quick ? QUICK : FULL;
  const results = run({
    ...base,
    rounds: wholeNumber('--rounds', values.rounds) ?? base.rounds,
    lines: wholeNumber('--lines', values.lines) ?? base.lines,
    tell: (text) => process.stderr.write(`${text}\n`),
  });
  const isDirty =
    git('status', '--porcelain', '--', ':(top)', ':(top,exclude)bench/RESULTS.md') !== '';
  const text = renderResults(results, {
    model: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    commit: `${git('rev-parse', '--short=12', 'HEAD')}${isDirty ? ' + changes' : ''}`,
    date: new Date().toISOString().slice(0, 10),
  });
  if (values.quick) process.stdout.write(text);
  else writeFileSync(RESULTS, text);
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1) throw new Error(`${name} must be a whole number, got ${text}`);
  return n;
}

main();
