import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addCost } from '../../bin/commands/cost-options';
import { UsageError } from '../../bin/commands/errors';
import { PRICES_OF } from '../../lib/prices';
import { textOf } from '../support/source-files';
import type { Ran } from './blocks-scene';

const dir = mkdtempSync(join(tmpdir(), 'turnout-test-cost-'));
afterAll(() => rmSync(dir, { recursive: true }));

function configOf(json: object): string {
  const path = join(dir, `${Math.abs(JSON.stringify(json).length)}.json`);
  writeFileSync(path, JSON.stringify(json));
  return path;
}

/** Runs the command as bin/turnout.ts does. */
function run(...args: readonly string[]): Ran {
  let [out, error] = ['', ''];
  const program = new Command('turnout').exitOverride().configureOutput({
    writeErr: (text) => (error += text),
  });
  addCost(program, { write: (text) => (out += text) });
  try {
    program.parse(['cost', ...args], { from: 'user' });
    return { status: 0, out, error };
  } catch (thrown) {
    const isWrongUse = thrown instanceof CommanderError || thrown instanceof UsageError;
    return { status: isWrongUse ? 2 : 1, out, error: error + (thrown as Error).message };
  }
}

interface Told {
  readonly lanes: number;
  readonly lines: number;
  readonly event: { readonly usd: number; readonly rows: readonly { readonly usd: number }[] };
  readonly month: { readonly usd: number };
}

const json = (...args: string[]) => JSON.parse(run(...args, '--json').out) as Told;

describe('turnout cost', () => {
  it('says what an event costs, its rows and their sum', () => {
    const told = json('--viewers', '3000', '--hours', '2');
    expect([told.lanes, told.lines]).toEqual([16, 7_200_000]);
    expect(told.event.rows.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(told.event.usd, 9);
  });

  it('names region and date of its prices, and that they are to be checked', () => {
    const { out } = run('--viewers', '3000', '--hours', '2');
    expect(out).toContain(`List prices of ${PRICES_OF.region}, ${PRICES_OF.date}`);
    expect(out).toContain('check them against the price pages');
    expect(out).toContain('CloudFront: its fee for real-time log lines');
    expect(out).toContain('a million lines');
  });

  it.each([
    ['8000', 16],
    ['8001', 64],
    ['200000', 64],
    ['200001', 256],
  ])('of %s viewers is reckoned with %i lanes, the fewest that take them', (viewers, lanes) => {
    expect(json('--viewers', viewers, '--hours', '1').lanes).toBe(lanes);
  });

  it('takes viewers, segments and lanes from turnout.json where no option says other', () => {
    const config = configOf({ lanes: 64, expected: { viewers: 3_000, segmentSeconds: 2 } });
    expect(json('--hours', '1', '--config', config)).toMatchObject({
      ...{ lanes: 64, lines: 10_800_000, segmentSeconds: 2, viewers: 3_000 },
    });
    const more = json(
      '--hours',
      '1',
      '--config',
      config,
      '--segment-seconds',
      '6',
      '--viewers',
      '6',
    );
    expect(more.lines).toBe(7_200);
  });

  it('says that a warm stream has other rates', () => {
    const config = configOf({ expected: { viewers: 3_000, edgeStream: 'warm' } });
    expect(run('--hours', '1', '--config', config).out).toContain('On-demand Advantage');
    expect(run('--hours', '1', '--viewers', '3000').out).not.toContain('On-demand Advantage');
  });

  it.each([
    [['--viewers', '10'], '--hours'],
    [['--hours', '1'], 'expected --viewers N'],
    [['--viewers', '0', '--hours', '1'], 'expected a whole number from 1'],
    [['--viewers', '1e3', '--hours', '1'], 'expected a whole number from 1'],
    [['--viewers', '10', '--hours', '0'], 'expected a number from 0.1'],
    [['--viewers', '10', '--hours', '721'], 'to 720'],
    [['--viewers', '10', '--hours', '1', '--segment-seconds', '0.4'], 'expected a number from 0.5'],
    [['--viewers', '4000001', '--hours', '1'], 'split the audience'],
  ])('%j is wrong use', (args, says) => {
    const { status, out, error } = run(...args);
    expect([status, out]).toEqual([2, '']);
    expect(error).toContain(says);
  });
});

describe('docs/COST.md', () => {
  const blocks = [
    ...textOf('docs/COST.md').matchAll(/```text\n\$ npx turnout cost (.*)\n([^`]*)```/g),
  ];

  it('shows events of several sizes', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(3);
  });

  it.each(blocks.map(([, args, text]) => [args!, text!] as const))(
    'says of %s what the command says',
    (args, text) => {
      expect(run(...args.split(' ')).out).toBe(text);
    },
  );
});
