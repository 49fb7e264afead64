import { execFileSync, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { program } from 'commander';
import { buildNight } from './build';
import { GUARD_NIGHT } from './guard-limits';

/**
 * Plays many nights of the road, `npm run sim -- --seeds 10000`, or of the guard, `npm run guard-sim`. Exit
 * status 1 if one ends wrong.
 */

interface Share {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly isGuard: boolean;
}

const PROGRESS_MS = 5_000;

/** What a process of its own plays. */
async function playShare({ first, last, step, isGuard }: Share): Promise<void> {
  const playNight = await buildNight(undefined, isGuard ? GUARD_NIGHT : undefined);
  for (let seed = first; seed <= last; seed += step) {
    const { differences, counts } = await playNight(seed);
    process.send!([seed, differences, [...counts]] satisfies Told);
  }
  process.disconnect();
}

type Told = [seed: number, differences: readonly string[], counts: [string, number][]];

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly threads: number;
  readonly guard: boolean;
}

function main(): void {
  program
    .name('sim')
    .option('--seeds <n>', 'how many nights', whole, 1_000)
    .option('--from <seed>', 'the first seed', whole, 1)
    .option('--threads <n>', 'nights at once', whole, cpus().length)
    .option('--guard', 'nights of the guard', false)
    .parse();
  const { seeds, from, threads, guard: isGuard } = program.opts<Options>();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim();
  process.stdout.write(`commit ${commit}, seeds ${from} to ${from + seeds - 1}\n`);
  const totals = new Map<string, number>();
  const beganMs = Date.now();
  let [played, wrong, saidMs, running] = [0, 0, beganMs, threads];
  const hear = ([seed, differences, counts]: Told) => {
    played += 1;
    for (const [name, n] of counts) totals.set(name, (totals.get(name) ?? 0) + n);
    if (differences.length > 0) {
      wrong += 1;
      process.stdout.write(`SEED=${seed}: ${differences.join('; ')}\n`);
    }
    if (Date.now() - saidMs < PROGRESS_MS) return;
    saidMs = Date.now();
    const left = ((saidMs - beganMs) / played) * (seeds - played);
    process.stderr.write(
      `${played} of ${seeds}, ${wrong} wrong, ${Math.ceil(left / 1_000)} s left\n`,
    );
  };
  const end = () => {
    running -= 1;
    if (running > 0) return;
    const facts = [...totals].sort().map(([name, n]) => `  ${name} ${n}`);
    process.stdout.write(`${facts.join('\n')}\n`);
    process.stdout.write(
      `${played} nights in ${Math.round((Date.now() - beganMs) / 1_000)} s, ${wrong} ended wrong\n`,
    );
    process.exitCode = wrong > 0 || played < seeds ? 1 : 0;
  };
  for (let n = 0; n < threads; n += 1) {
    const share: Share = { first: from + n, last: from + seeds - 1, step: threads, isGuard };
    const child = fork(__filename, [JSON.stringify(share)], { execArgv: ['--import', 'tsx'] });
    child.on('message', (told) => hear(told as Told));
    child.on('exit', end);
  }
}

function whole(text: string): number {
  const n = Number(text);
  if (Number.isInteger(n) && n > 0) return n;
  process.stderr.write(`expected a whole number from 1 on, got ${text}\n`);
  process.exit(2);
}

if (process.send === undefined) main();
else void playShare(JSON.parse(process.argv[2]!) as Share);
