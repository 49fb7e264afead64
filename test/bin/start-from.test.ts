import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../lambdas/core/audience/report';
import { recountText } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import { makeCrowd, type Truth } from '../../local/crowd/crowd';
import { runCdk } from '../support/cdk';
import type { GuardReport } from '../../bin/commands/start-guard-report';
import { type Summary, start, summaryOf } from './start-process';

const ROOT = join(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'turnout-from-'));
const path = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const SYNTH_MS_MAX = 180_000;
jest.setTimeout(150_000);

const EVENT = ['--viewers', '40', '--minutes', '1', '--seed', '7'];
const ATTACK = ['--attack', 'single-source'];
const TEMPLATE = 'Turnout.template.json';

async function writeConfig(name: string, args: readonly string[]) {
  const run = await start([...args, '--write-config', path(name)]).ended;
  if (run.status !== 0) throw new Error(run.stderr);
  return readFileSync(path(name), 'utf8');
}

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>
  >;
}

/** What was synthesised, in another folder, with what a test changes of it. */
function copy(name: string, change: { config?: string; edit?: (template: Template) => unknown }) {
  const dir = path(name);
  cpSync(path('cdk.out'), dir, { recursive: true });
  const { config, edit } = change;
  if (config !== undefined) {
    for (const asset of readdirSync(dir).filter((it) => it.startsWith('asset.'))) {
      writeFileSync(join(dir, asset, 'turnout.json'), config);
    }
  }
  if (edit !== undefined) {
    const template = JSON.parse(readFileSync(join(dir, TEMPLATE), 'utf8')) as Template;
    edit(template);
    writeFileSync(join(dir, TEMPLATE), JSON.stringify(template));
  }
  return dir;
}

function propertiesIn({ Resources }: Template, type: string, prefix: string) {
  const [, found] = Object.entries(Resources).find(
    ([id, { Type }]) => Type === `AWS::Lambda::${type}` && id.startsWith(`Turnout${prefix}`),
  )!;
  return found.Properties;
}

/** Where the code of a function lies; its name is a hash. */
function folderOf(dir: string, prefix: string): string {
  const template = JSON.parse(readFileSync(join(dir, TEMPLATE), 'utf8')) as Template;
  const { Code } = propertiesIn(template, 'Function', prefix) as { Code: { S3Key: string } };
  return join(dir, `asset.${Code.S3Key.replace(/\.zip$/, '')}`);
}

/**
 * Goal: what would be deployed counts the truth. Method: the folder of a real `cdk synth` is run as it is; then
 * with one thing of it changed, which must be seen.
 */
describe('npm start --from', () => {
  let written: string;
  /** Most of its time is waiting, so the others run beside it. */
  let attacked: ReturnType<typeof summaryOf<Truth>>;
  beforeAll(async () => {
    written = await writeConfig('event.json', EVENT);
    const args = ['synth', '-q', '-o', path('cdk.out'), '-c', `config=${path('event.json')}`];
    // The library's own validator takes seconds; test/lib/synth.test.ts has it.
    const env = { CDK_VALIDATION: 'false' };
    const run = await runCdk(args, { cwd: ROOT, home: path('home'), env });
    if (run.status !== 0) throw new Error(run.output);
    // Nothing of the template depends on the mode of the guard, so no second synthesis is needed.
    const config = await writeConfig('attack.json', [...EVENT, ...ATTACK]);
    const dir = copy('attack.out', { config });
    const when = ['--attack-at', '5', '--propagation', '1', '--speed', '2'];
    attacked = summaryOf<Truth>([...EVENT, ...ATTACK, ...when, '--from', dir]);
    attacked.catch(() => undefined); // whoever waits for it hears of it
  }, SYNTH_MS_MAX);

  it('counts an event through the synthesised functions as its truth says', async () => {
    const args = [...EVENT, '--speed', '30', '--from', path('cdk.out')];
    const { status, summary, stderr } = await summaryOf<Truth>(args);
    expect([status, summary.equal]).toEqual([0, true]);
    expect(summary.counted).toEqual(summary.truth);
    expect(summary.truth.contents.live!.views['view30']).toBeGreaterThan(10);
    expect(summary.ledger).toMatchObject({ lines: summary.truth.lines, late: 0, lost: 0 });
    expect(stderr).toContain('Functions, batches and settings are those of the stack Turnout.\n');
    expect(stderr).toMatch(/EdgeLinesStream\w+ is on demand: here it has 4 shards\n/);
  });

  it('counts a log by the configuration in the functions as a recount does', async () => {
    const crowd = makeCrowd({
      ...{ seed: 3, viewers: 30, minutes: 2 },
      startAtMs: Date.parse('2026-03-03T19:00:00Z'),
    });
    const text = [...crowd.lines()].map(({ line }) => line).join('');
    writeFileSync(path('event.log'), text);
    const args = ['--replay', path('event.log'), '--from', path('cdk.out')];
    const { status, summary } = await summaryOf<Report>(args);
    const recount = recountText(Buffer.from(text), parseConfig(JSON.parse(written)));
    expect([status, summary.equal]).toEqual([0, true]);
    expect(summary.counted.contents).toEqual(recount.contents);
    expect(Object.keys(recount.contents)).toContain('live');
  });

  it('is not equal where the code of tally counts nothing (canary)', async () => {
    const dir = copy('idle.out', {});
    const module = join(folderOf(dir, 'Tally'), 'index.mjs');
    expect(readFileSync(module, 'utf8').length).toBeGreaterThan(100_000);
    writeFileSync(module, 'export const handler = async () => undefined;');
    const { status, summary } = await summaryOf<Truth>([...EVENT, '--speed', '60', '--from', dir]);
    expect([status, summary.equal]).toEqual([1, false]);
    expect(summary.counted.lines).toBe(0);
  });

  it('refuses a window that is none (canary), another event, and what cannot be meant', async () => {
    const dir = copy('window.out', {
      edit(template) {
        const source = propertiesIn(template, 'EventSourceMapping', 'Tally');
        source['MaximumBatchingWindowInSeconds'] = 900;
      },
    });
    const from = ['--from', path('cdk.out')];
    const rows: [number, RegExp, string[]][] = [
      [
        1,
        /TallySource\w+\.MaximumBatchingWindowInSeconds is 900, expected .* 0 to 300/,
        ['--from', dir],
      ],
      [
        1,
        /has no manifest\.json, expected a folder that cdk synth has written/,
        ['--from', folder],
      ],
      [1, /has Turnout, expected the stack Other/, [...from, '--stack', 'Other']],
      [
        2,
        /guard\.outsideEvents is "count", expected "block".*--write-config FILE/,
        [...from, ...ATTACK],
      ],
      [2, /--config is in the functions of --from/, [...from, '--config', path('event.json')]],
      [2, /--stack is of --from/, ['--stack', 'Turnout']],
      [
        2,
        /--write-config plays nothing: expected it without --from/,
        [...from, '--write-config', 'x'],
      ],
      [1, /event\.json exists, expected a new file/, ['--write-config', path('event.json')]],
    ];
    for (const [status, message, args] of rows) {
      const ended = await start(args, folder).ended;
      expect([ended.status, ended.stdout]).toEqual([status, expect.not.stringContaining('EQUAL')]);
      expect(ended.stderr).toMatch(message);
      expect(ended.stderr).not.toMatch(/\n {4}at /);
    }
  });

  it('blocks an attacker and no viewer by the synthesised functions', async () => {
    const { status, summary } = await attacked;
    const { guard, equal } = summary as Summary<Truth> & { guard: GuardReport };
    expect([status, equal]).toEqual([0, true]);
    expect(guard).toMatchObject({
      ...{ mode: 'block', offenders: 1, offendersBlocked: 1 },
      ...{ viewersBlocked: 0, viewersRefused: 0, overflow: 0 },
      blocks: { count: 0 },
    });
    // How soon, and so how many requests the edge refuses, is the machine's: start-attack.test.ts has it.
    expect(guard.blocks.block).toBeGreaterThan(0);
    expect(guard.suspects).toMatchObject({ attack: 1, viewers: 0 });
    expect(guard.latency.p50).toBeGreaterThan(0);
  });
});
