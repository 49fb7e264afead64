import { Command, CommanderError } from 'commander';
import { UsageError } from './commands/errors';
import { runStart } from './commands/start';
import { ATTACK_DEFAULTS, parseMode } from './commands/start-attack-plan';
import {
  DEFAULTS,
  type StartOptions,
  parseAttackRate,
  parseAttackRequests,
  parseAttackers,
  parseMinutes,
  parseOutage,
  parsePropagation,
  parseSeconds,
  parseSeed,
  parseSpeed,
  parseViewers,
} from './commands/start-options';
import { parseShapes } from './commands/start-shapes';
import { SHAPES } from '../local/attacks/attack';

const HELP = `
Examples:
  npm start                                                a live event of three minutes
  npm start -- --viewers 2000 --outage 20@90               the origin fails from second 90 on
  npm start -- --attack botnet                             an attack, and what the guard makes of it
  npm start -- --minutes 30 --speed 10                     half an hour in three minutes
  npm start -- --replay access.log.gz                      a log of yours through the whole road
  npm start -- --keep /tmp/event                           the same again goes on where it was ended
  npm start -- --from cdk.out                              what cdk synth has written, in place of the sources
  npm start --silent -- --json 2> /dev/null | tail -n 1    truth, counted, equal, ledger, latency

Ctrl-C stops: what was put until then is counted and compared. Ctrl-C again leaves at once.
Exit status: 0 what was counted is equal to the truth, 1 it is not (or could not do it), 2 wrong use.
Formats of a log, and turnout.json: README.md, docs/CONFIGURATION.md.`;

/** A terminal's Ctrl-C comes twice where npm passes it on. */
const SAME_CTRL_C_MS = 500;
const EXIT_INTERRUPTED = 130;

/** Exit status: 0 equal, 1 not equal or could not do it, 2 wrong use. A user never sees a stack trace. */
async function main(): Promise<void> {
  const program = new Command('npm start --')
    .description(
      'The whole road on this machine: Kinesis and DynamoDB emulated on loopback, the real handlers,\n' +
        'and a live event that knows its own truth, or a log. No account, no Docker.',
    )
    .option(
      '--viewers <n>',
      `people who come to watch (default: ${DEFAULTS.viewers})`,
      parseViewers,
    )
    .option('--minutes <n>', `length of the event (default: ${DEFAULTS.minutes})`, parseMinutes)
    .option('--seed <n>', `same seed, same event (default: ${DEFAULTS.seed})`, parseSeed)
    .option(
      '--speed <n>',
      'times faster than the clock, 0.1 to 1000 (default: 1); of a log by the times of its lines, ' +
        'or max: as fast as it goes (default of --replay: max)',
      parseSpeed,
    )
    .option(
      '--outage <when>',
      'the stream fails: SECONDS@SECOND with 5xx, SECONDS@SECOND:timeouts with segments that hang, ' +
        ':404 as if it were not there, :still with playlists that do not change',
      parseOutage,
    )
    .option(
      '--replay <file>',
      'a log instead, plain or gzip; equal means: to turnout recount of it',
    )
    .option('--config <file>', 'for --replay: as of recount (default: ./turnout.json if it exists)')
    .option('--keep <dir>', 'state on disk; started again with it, a run that was ended goes on')
    .option(
      '--from <dir>',
      'the functions and the template of cdk synth, as they would be deployed',
    )
    .option('--stack <name>', 'of --from, if it holds several')
    .option('--write-config <file>', 'turnout.json of the event for cdk synth; nothing is played')
    .option('--json', 'the summary as one JSON object on the last line of standard output');
  const options = addAttackOptions(program)
    .addHelpText('after', HELP)
    .exitOverride()
    .configureHelp({ helpWidth: 100 })
    .allowExcessArguments(false)
    .parse()
    .opts<StartOptions>();
  const isEqual = await runStart(options, {
    human: options.json === true ? process.stderr : process.stdout,
    result: process.stdout,
    stopping: stopOnInterrupt(),
  });
  if (!isEqual) process.exitCode = 1;
}

function addAttackOptions(program: Command): Command {
  const { mode, propagationSeconds } = ATTACK_DEFAULTS;
  return program
    .option(
      '--attack <shapes>',
      `attacks, or crowds that look like one, with commas between: ${SHAPES.join(', ')}`,
      parseShapes,
    )
    .option('--attack-at <second>', 'when it begins (default: at kick-off)', parseSeconds)
    .option(
      '--attackers <n>',
      'bots of each shape (default: as many as the machine carries)',
      parseAttackers,
    )
    .option('--attack-rate <n>', 'requests a second of each bot', parseAttackRate)
    .option('--attack-ramp <seconds>', 'in which the bots begin one by one', parseSeconds)
    .option(
      '--attack-requests <n>',
      'after which a bot of a botnet is gone (default: they stay)',
      parseAttackRequests,
    )
    .option(
      '--propagation <seconds>',
      `from an update of WAF to the edge (default: ${propagationSeconds})`,
      parsePropagation,
    )
    .option(
      '--mode <mode>',
      `of the guard: block, count, hold or off (default: ${mode})`,
      parseMode,
    );
}

/** The first Ctrl-C stops in order; one that comes later leaves at once. */
function stopOnInterrupt(): AbortSignal {
  const stopping = new AbortController();
  let firstAtMs = Infinity;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (performance.now() - firstAtMs > SAME_CTRL_C_MS) process.exit(EXIT_INTERRUPTED);
      firstAtMs = Math.min(firstAtMs, performance.now());
      stopping.abort();
    });
  }
  return stopping.signal;
}

main()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.stderr.write(`npm start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  })
  // All is said: whatever the runtime still waits for must not keep a terminal.
  .finally(() => process.stdout.write('', () => process.exit()));
