import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { version } from '../package.json';
import { runClassify } from './commands/classify';
import { addCost } from './commands/cost-options';
import { addDeploymentCommands } from './commands/deployment-commands';
import { UsageError } from './commands/errors';
import { PLAN_DEFAULTS, type PlanOptions, runPlan } from './commands/plan';
import { type RecountOptions, runRecount } from './commands/recount';
import { parseTime } from './commands/time-option';

/** Exit status: 0 good, 1 could not do it, 2 wrong use. A user never sees a stack trace. */
async function main(): Promise<void> {
  const program = new Command('turnout')
    .description('Counts verified views of live events from edge logs, apart from bot traffic.')
    .version(version)
    .exitOverride()
    .configureHelp({ helpWidth: 100 });

  program
    .command('recount')
    .description('counts the lines of edge logs: views, viewers, concurrency, turned away, bots')
    .argument('<file...>', 'logs, plain or gzip, or folders of them; - is standard input')
    .option(
      '--config <file>',
      'contents, events and thresholds (default: ./turnout.json if it exists)',
    )
    .option('--from <time>', 'first minute to report, ISO 8601 with zone', parseTime)
    .option('--to <time>', 'end of the minutes to report, ISO 8601 with zone', parseTime)
    .option('--json', 'print one JSON object')
    .option('--csv', 'print one row for each content and minute')
    .option('--minutes', 'with --json: the figures of every minute too')
    .option(
      '--key-file <file>',
      'key of the viewer hash, 32 hexadecimal digits (default: drawn anew)',
    )
    .option(
      '--lists <folder>',
      'crawlers.json, relay.json and datacentres.json to use instead of ours',
    )
    .option('--threads <n>', 'threads that read (default: one for each core)', parseThreads)
    .option('--guard', 'say too what the guard would have blocked, and whom that would have hit')
    .option('--skip-unknown', 'pass over files of no known format, with a warning')
    .action((files: string[], options: RecountOptions) => runRecount(files, options));

  program
    .command('classify')
    .description('reads user agents, one a line, and prints class, group and rule of each')
    .option('--json', 'print one JSON object a line')
    .action(({ json = false }: { json?: boolean }) =>
      runClassify({ json }, { input: process.stdin, output: process.stdout }),
    );

  program
    .command('plan')
    .description('chooses the CIDRs to block for a list of addresses, and says what that costs')
    .argument(
      '<file>',
      'address, attackHits, verifiedViewers with tabs between; - is standard input',
    )
    .option('--capacity <n>', 'CIDRs of each family', parseCapacity, PLAN_DEFAULTS.capacity)
    .option(
      '--weight <n>',
      'attack hits that one viewer weighs up',
      parseWeight,
      PLAN_DEFAULTS.weight,
    )
    .option('--json', 'print one JSON object')
    .action((file: string, options: PlanOptions) => runPlan(file, options, process));

  addCost(program, process.stdout);
  addDeploymentCommands(program, { output: process.stdout, now: Date.now });

  await program.parseAsync();
}

function parseThreads(text: string): number {
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 1 || threads > 64) {
    throw new InvalidArgumentError(`expected a whole number from 1 to 64, got ${text}`);
  }
  return threads;
}

function parseCapacity(text: string): number {
  const n = Number(text);
  if (Number.isInteger(n) && n >= 1 && n <= 1_000_000 && /^\d+$/.test(text)) return n;
  throw new InvalidArgumentError(`expected a whole number from 1 to 1000000, got ${text}`);
}

function parseWeight(text: string): number {
  const n = Number(text);
  if (n >= 0 && n <= 1_000_000 && /^\d+(\.\d+)?$/.test(text)) return n;
  throw new InvalidArgumentError(`expected a number from 0 to 1000000, got ${text}`);
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

main()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.stderr.write(`turnout: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  })
  // All is said: whatever the runtime still waits for must not keep a terminal.
  .finally(() => process.stdout.write('', () => process.exit()));
