import { Command, CommanderError } from 'commander';
import { addDeploymentCommands } from '../../bin/commands/deployment-commands';
import { UsageError } from '../../bin/commands/errors';
import { checkAll, renderText } from '../../bin/commands/preflight';
import { textOf } from '../support/source-files';
import { type Ran, spawnTurnout } from './blocks-scene';
import { GOOD, withGuard } from './preflight-scene';

/** Port 9 answers nobody. */
const NOBODY = {
  ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' },
  ...{ AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_CONFIG_FILE: '/dev/null' },
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

async function run(...args: readonly string[]): Promise<Ran> {
  let [out, error] = ['', ''];
  const program = new Command('turnout').exitOverride().configureOutput({
    writeErr: (text) => (error += text),
  });
  const output = { write: (text: string) => (out += text) };
  addDeploymentCommands(program, { output, now: () => GOOD.nowMs });
  try {
    await program.parseAsync(['preflight', ...args], { from: 'user' });
    return { status: 0, out, error };
  } catch (thrown) {
    const isWrongUse = thrown instanceof CommanderError || thrown instanceof UsageError;
    return { status: isWrongUse ? 2 : 1, out, error: error + (thrown as Error).message };
  }
}

describe('turnout preflight', () => {
  it.each([
    [[], 'expected --viewers N'],
    [['--viewers', '-1'], 'expected a whole number from 1'],
    [['--viewers', '10', '--contents', '0'], 'expected a whole number from 1'],
    [['--viewers', '10', '--stack', '?'], 'expected the name of a stack'],
  ])('%j is wrong use', async (args, says) => {
    const { status, out, error } = await run(...args);
    expect([status, out]).toEqual([2, '']);
    expect(error).toContain(says);
  });

  it('says in words that AWS cannot be reached', async () => {
    const { status, out, error } = await spawnTurnout(['preflight', '--viewers', '10'], NOBODY);
    expect([status, out]).toEqual([1, '']);
    expect(error).toContain('AWS cannot be reached in us-east-1');
  }, 30_000);

  it('prints what was found, and of what does not pass the repair, which is not cut', () => {
    const text = renderText(checkAll({ ...GOOD, ...withGuard({ mode: 'off' }) }));
    expect(text).toContain('pass  lanes: 16 lanes, for 4,000 lines/s\n');
    expect(text).toContain(
      'fail  guard_mode: off in the event, by turnout.json\n' +
        '      expected block in the event\n' +
        '      repair   "guard": {"mode": "block"} in turnout.json, and deploy\n',
    );
    expect(text).toMatch(/\n\d+ pass, 0 warn, 1 fail\n$/);
  });

  it('has each of its checks in docs/CLI.md, and no other', () => {
    const page = textOf('docs/CLI.md');
    const part = page.slice(page.indexOf('## preflight'), page.indexOf('## cost'));
    const table = part.slice(part.indexOf('| check |'));
    const told = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(\w+)`/g)].map(([, check]) => check!),
    );
    const checks = new Set(checkAll(GOOD).map(({ check }) => check));
    expect(told.sort()).toEqual([...checks].sort());
  });

  it('knows no permission that docs/CLI.md does not name', () => {
    const page = textOf('docs/CLI.md');
    const sources = ['preflight-reader', 'preflight-edge-reader'].map((name) =>
      textOf(`lambdas/adapters/${name}.ts`),
    );
    const named = sources.join().match(/'[a-z0-9]+:[A-Z]\w+'/g) ?? [];
    expect(named.length).toBeGreaterThan(12);
    for (const permission of named) {
      const [service, action] = permission.slice(1, -1).split(':');
      expect(page).toMatch(new RegExp(`\`${service}:`));
      expect(page).toContain(`${action}\``);
    }
  });
});
