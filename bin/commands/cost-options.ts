import { type Command, InvalidArgumentError } from 'commander';
import { LIMITS } from '../../lambdas/core/settings';
import { type CostOptions, runCost } from './cost';

/** Options that `turnout cost` and `turnout preflight` share. */
export function addExpected(command: Command): Command {
  const { min, max } = LIMITS.viewers;
  return command
    .option(
      '--viewers <n>',
      'at once (default: expected.viewers of turnout.json)',
      wholeFrom(min, max),
    )
    .option(
      '--segment-seconds <s>',
      `length of a media segment (default: as expected, else ${LIMITS.segmentSeconds.fallback})`,
      numberFrom(LIMITS.segmentSeconds.min, LIMITS.segmentSeconds.max),
    )
    .option('--contents <n>', 'streams that are live at once', wholeFrom(1, 500), 1);
}

export function addCost(program: Command, output: { write(text: string): unknown }): void {
  addExpected(program.command('cost'))
    .description('says what an event costs, and a month between events, by list prices')
    .requiredOption('--hours <h>', 'how long the event is', numberFrom(0.1, 720))
    .option('--config <file>', 'lanes and expected viewers (default: ./turnout.json if it exists)')
    .option('--json', 'print one JSON object')
    .action((options: CostOptions) => runCost(options, output));
}

function wholeFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (/^\d+$/.test(text) && n >= min && n <= max) return n;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}, got ${text}`);
  };
}

function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const n = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && n >= min && n <= max) return n;
    throw new InvalidArgumentError(`expected a number from ${min} to ${max}, got ${text}`);
  };
}
