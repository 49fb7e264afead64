import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { FunctionCode } from '../../local/rig-functions';
import { type Rig, type RigOptions, startRig } from '../../local/rig';
import { readTemplate } from '../../local/template-plan';
import { synthTemplate } from '../lib/stack-support';
import { bundleSmallRoad, keyedLines } from './small-road';
import { resourceIn, type TemplateJson, writeSynthesis } from './synthesis';

const folder = mkdtempSync(join(tmpdir(), 'turnout-template-rig-'));
jest.setTimeout(60_000); // a rig is many processes, and other tests run beside it
let code: FunctionCode;
let whole: TemplateJson;
const rigs: Rig[] = [];
beforeAll(async () => {
  code = await bundleSmallRoad(join(folder, 'functions'));
  whole = synthTemplate().toJSON() as TemplateJson;
});
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mapping = (template: TemplateJson, prefix: string) =>
  resourceIn(template, 'Lambda::EventSourceMapping', prefix).Properties;

/** A rig of a template, whose windows are short unless a test wants others. */
async function start(
  edit: (template: TemplateJson) => unknown = () => undefined,
  options: Partial<RigOptions> = {},
) {
  const template = structuredClone(whole);
  for (const prefix of ['Intake', 'Tally', 'Enforce']) {
    mapping(template, prefix)['MaximumBatchingWindowInSeconds'] = 0;
  }
  edit(template);
  const { dir } = writeSynthesis(join(folder, `cdk.out-${rigs.length}`), { template, code });
  const road = readTemplate(dir);
  const rig = await startRig({
    settings: road.settings,
    settingsText: road.settingsText,
    plan: road.plan,
    bundle: () => Promise.resolve(road.code),
    pollMs: 20,
    ...options,
  });
  rigs.push(rig);
  return rig;
}

async function countIn({ dynamo }: Rig, TableName: string): Promise<number> {
  const { Count } = await dynamo.send(new ScanCommand({ TableName, Select: 'COUNT' }));
  return Count!;
}

/** Goal: the rig runs what the template says. Method: small handlers, and one thing of the template changed. */
describe('startRig with the plan of a template', () => {
  it('carries lines to Views of the template, and wakes enforce by its filters', async () => {
    const logs: string[] = [];
    const rig = await start(undefined, { onLog: (name, line) => logs.push(`${name}: ${line}`) });
    await rig.putLines(keyedLines(300));
    await rig.drain();
    expect(rig.names.viewsTable).toMatch(/^Turnout-TurnoutTablesViews/);
    expect(await countIn(rig, rig.names.viewsTable)).toBe(300);
    expect(logs).toContainEqual(expect.stringMatching(/^intake: secret [0-9a-f]{64}$/));
    expect(await rig.runWatch()).toEqual({ source: 'aws.events', tables: ['STATE_TABLE'] });

    expect(await rig.invokeControl({ block: '192.0.2.0/24' })).toBe('done');
    await rig.drainGuard();
    expect(logs).toContain('enforce: INSERT manual block#192.0.2.0/24');
    const [first] = rig.waf.sets().filter(({ addresses }) => addresses.length > 0);
    expect(first).toMatchObject({ name: 'Turnout-block-v4-1', addresses: ['192.0.2.0/24'] });
    expect(rig.edge.answers('192.0.2.7', Date.now())).toBe('refused');
  });

  it.each([
    [100, 100],
    [7, 7],
  ])('makes batches of %i where the template says so', async (BatchSize, most) => {
    const sizes: number[] = [];
    const rig = await start(
      (template) => Object.assign(mapping(template, 'Intake'), { BatchSize }),
      { onInvocation: (name, { records }) => name === 'intake' && sizes.push(records) },
    );
    await rig.putLines(keyedLines(1_000));
    await rig.drain();
    expect(sizes.reduce((sum, n) => sum + n)).toBe(1_000);
    expect(Math.max(...sizes)).toBe(most);
  });

  it('waits as long as the window of the template', async () => {
    const rig = await start((template) => {
      mapping(template, 'Tally')['MaximumBatchingWindowInSeconds'] = 3;
    });
    const beginMs = performance.now();
    await rig.putLines(keyedLines(10));
    await rig.drain();
    expect(performance.now() - beginMs).toBeGreaterThan(3_000);
    expect(await countIn(rig, rig.names.viewsTable)).toBe(10);
  });

  it('shows a handler that exports nothing of the name (canary)', async () => {
    const seen = new Promise<Error>((resolve) => {
      const wrong = (template: TemplateJson) => {
        resourceIn(template, 'Lambda::Function', 'Tally').Properties['Handler'] = 'index.main';
      };
      void start(wrong, {
        onInvocation: (name, { error }) => name === 'tally' && error && resolve(error),
      }).then((rig) => rig.putLines(keyedLines(10)));
    });
    expect((await seen).message).toMatch(/index\.mjs exports no function main/);
  });

  it('counts nothing where a mapping reads another stream (canary)', async () => {
    const rig = await start((template) => {
      mapping(template, 'Intake')['EventSourceArn'] = mapping(template, 'Tally')['EventSourceArn'];
    });
    await rig.putLines(keyedLines(10));
    await rig.drain();
    expect(await countIn(rig, rig.names.viewsTable)).toBe(0);
  });

  it('refuses a mapping that it would not run as Lambda does', async () => {
    await expect(
      start((template) => Object.assign(mapping(template, 'Intake'), { ParallelizationFactor: 2 })),
    ).rejects.toThrow(/parallelizationFactor is 2, expected 1/);
  });
});
