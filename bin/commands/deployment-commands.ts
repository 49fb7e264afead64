import type { Command } from 'commander';
import type { Change, ChangeOptions, GuardHost, ListOptions } from './blocks';
import {
  parseAddress,
  parseCidr,
  parseDays,
  parseDuration,
  parseList,
  parseMode,
  parseReason,
} from './blocks-options';
import type { ExplainOptions } from './explain';
import { addExpected } from './cost-options';
import type { LiveOptions } from './live';
import type { ModeOptions } from './mode';
import type { PreflightOptions } from './preflight';
import { addViewsCommands } from './views-commands';

/**
 * The commands that ask a deployment. What they need of AWS is loaded when one of them runs: who counts
 * logs must not wait for it.
 */
export function addDeploymentCommands(program: Command, host: GuardHost): void {
  addBlocks(program, host);
  addExplain(program, host);
  addMode(program, host);
  addLive(program, host);
  addViewsCommands(program, host);
  addPreflight(program, host);
}

export function addPlaces(command: Command): Command {
  return command
    .option('--stack <name>', 'stack whose outputs say where all is (default: Turnout)')
    .option('--blocks-table <name>', 'table of blocks, instead of the output BlocksTable')
    .option('--views-table <name>', 'table of figures, instead of the output ViewsTable')
    .option('--control-url <url>', 'URL of control, instead of the output ControlUrl');
}

export const CONFIG = [
  '--config <file>',
  'turnout.json as it is deployed (default: ./turnout.json if it exists)',
] as const;
const REASON = ['--reason <text>', 'why; it stands in the audit', parseReason] as const;
const FOR = ['--for <time>', 'such as 10m, 1h, 2d (default: 1h)', parseDuration] as const;

const CHANGES: readonly (readonly [name: string, action: Change, says: string])[] = [
  ['add', 'block', 'blocks an address or a range'],
  ['rm', 'unblock', 'ends a block, and spares what it covered for the same time'],
  ['allow', 'allow', 'spares an address or a range, and ends its blocks'],
  ['disallow', 'disallow', 'takes back what people spared'],
];

function addBlocks(program: Command, host: GuardHost): void {
  const blocks = program.command('blocks').description('shows and changes what the guard blocks');
  addPlaces(blocks.command('ls', { isDefault: true }))
    .description('lists what all sets hold, the worst first')
    .option('--list <list>', 'block or count alone', parseList)
    .option('--json', 'print one JSON object')
    .option('--csv', 'print one row for each entry')
    .action(async (options: ListOptions) => (await import('./blocks')).runList(options, host));
  for (const [name, action, says] of CHANGES) {
    const command = addPlaces(blocks.command(name))
      .description(says)
      .argument('<cidr>', 'address, or range in CIDR notation', parseCidr)
      .requiredOption(...REASON)
      .option('--json', 'print what control did as one JSON object')
      .action(async (cidr: string, options: ChangeOptions) =>
        (await import('./blocks')).runChange(action, cidr, options, host),
      );
    if (action !== 'disallow') command.option(...FOR);
  }
}

function addExplain(program: Command, host: GuardHost): void {
  addPlaces(program.command('explain'))
    .description('says whether an address is blocked, why, since when and until when')
    .argument('<address>', 'IPv4 or IPv6', parseAddress)
    .option('--days <n>', 'how far back to look, 1 to 400', parseDays, 2)
    .option(...CONFIG)
    .option('--json', 'print one JSON object')
    .action(async (address: string, options: ExplainOptions) =>
      (await import('./explain')).runExplain(address, options, host),
    );
}

function addMode(program: Command, host: GuardHost): void {
  addPlaces(program.command('mode'))
    .description('says what mode the guard is in, or sets one for a time')
    .argument('[mode]', 'block, count, hold or off', parseMode)
    .option(...REASON)
    .option(...FOR)
    .option(...CONFIG)
    .option('--json', 'print one JSON object')
    .action(async (mode: string | undefined, options: ModeOptions) =>
      (await import('./mode')).runMode(mode, options, host),
    );
}

function addLive(program: Command, host: GuardHost): void {
  addPlaces(program.command('live'))
    .description('shows each second what is counted and blocked')
    .argument('[content]', 'one content (default: all streams)')
    .option('--once', 'print it once')
    .option(...CONFIG)
    .option('--json', 'print one JSON object a line')
    .action(async (content: string | undefined, options: LiveOptions) =>
      (await import('./live')).runLive(content, options, host),
    );
}

function addPreflight(program: Command, host: GuardHost): void {
  addExpected(program.command('preflight'))
    .description('looks at a deployment before an event: quotas, logs, rules, guard, alarms')
    .option('--stack <name>', 'stack to look at (default: Turnout)')
    .option(...CONFIG)
    .option('--json', 'print one JSON object')
    .action(async (options: PreflightOptions) =>
      (await import('./preflight')).runPreflight(options, host),
    );
}
