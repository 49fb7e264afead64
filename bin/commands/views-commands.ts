import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { DIMENSIONS, STEPS } from '../../lambdas/core/road/views-series';
import type { GuardHost } from './blocks';
import type { ContentsOptions } from './contents';
import { CONFIG, addPlaces } from './deployment-commands';
import { parseTime } from './time-option';
import type { ViewsOptions } from './views';

/** The commands of analysts. They ask the tables as the other commands do, and answer as the API does. */
export function addViewsCommands(program: Command, host: GuardHost): void {
  addPlaces(program.command('contents'))
    .description('lists what has been counted')
    .option(...CONFIG)
    .option('--json', 'print one JSON object')
    .option('--csv', 'print one row for each content')
    .action(async (options: ContentsOptions) =>
      (await import('./contents')).runContents(options, host),
    );
  addPlaces(program.command('views'))
    .description('prints the figures of a content: of all, of a window or of an event')
    .argument('<content>', 'its name, as in contents and in reports')
    .option('--from <time>', 'first minute, ISO 8601 with zone', parseTime)
    .option('--to <time>', 'end of the minutes, ISO 8601 with zone', parseTime)
    .option('--event <id>', 'an event of turnout.json, instead of --from and --to')
    .option('--by <step>', 'minute, hour or day: figures of each', oneOf(STEPS))
    .option('--dimension <name>', 'country, device or edge, by hour or day', oneOf(DIMENSIONS))
    .option(...CONFIG)
    .option('--json', 'print one JSON object, as the API answers')
    .option('--csv', 'print rows')
    .action(async (content: string, options: ViewsOptions) =>
      (await import('./views')).runViews(content, options, host),
    );
}

function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`expected one of ${names.join(', ')}, got ${text}`);
  };
}
