import { execFileSync, fork } from 'node:child_process';
import { cpus } from 'node:os';
import { program } from 'commander';
import { faultsOfDense, faultsOfSparse } from '../../support/random-prefixes';

/**
 * Checks many small random plans: `npm run plans -- --plans 1000000`. No exempt address covered, no
 * suspect lost, no choice better. Exit status 1 if one is wrong.
 */

interface Share {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

const TOLD_EACH = 500;
const PROGRESS_MS = 5_000;
/** The oracle that goes bit by bit is slow: one plan of so many. */
const SPARSE_EACH = 10;

interface Told {
  readonly plans: number;
  readonly faults: readonly string[];
}

/** What a process of its own checks. */
function playShare({ first, last, step }: Share): void {
  let told: { plans: number; faults: string[] } = { plans: 0, faults: [] };
  for (let seed = first; seed <= last; seed += step) {
    const isSparse = Math.floor(seed / step) % SPARSE_EACH === 0;
    told.faults.push(...(isSparse ? faultsOfSparse(seed) : faultsOfDense(seed)));
    told.plans += 1;
    if (told.plans < TOLD_EACH && seed + step <= last) continue;
    process.send!(told satisfies Told);
    told = { plans: 0, faults: [] };
  }
  process.disconnect();
}

function main(): void {
  program
    .name('plans')
    .option('--plans <n>', 'how many', whole, 100_000)
    .option('--from <seed>', 'the first seed', whole, 1)
    .option('--threads <n>', 'plans at once', whole, cpus().length)
    .parse();
  const { plans, from, threads } = program.opts<{ plans: number; from: number; threads: number }>();
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim();
  process.stdout.write(`commit ${commit}, seeds ${from} to ${from + plans - 1}\n`);
  const beganMs = Date.now();
  let [checked, wrong, saidMs, running] = [0, 0, beganMs, threads];
  const hear = (told: Told) => {
    checked += told.plans;
    wrong += told.faults.length;
    for (const fault of told.faults) process.stdout.write(`${fault}\n`);
    if (Date.now() - saidMs < PROGRESS_MS) return;
    saidMs = Date.now();
    const left = ((saidMs - beganMs) / checked) * (plans - checked);
    process.stderr.write(
      `${checked} of ${plans}, ${wrong} faults, ${Math.ceil(left / 1_000)} s left\n`,
    );
  };
  const end = () => {
    running -= 1;
    if (running > 0) return;
    const seconds = Math.round((Date.now() - beganMs) / 1_000);
    process.stdout.write(`${checked} plans in ${seconds} s, ${wrong} faults\n`);
    process.exitCode = wrong > 0 || checked < plans ? 1 : 0;
  };
  for (let n = 0; n < threads; n += 1) {
    const share: Share = { first: from + n, last: from + plans - 1, step: threads };
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
else playShare(JSON.parse(process.argv[2]!) as Share);
