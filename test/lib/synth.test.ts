import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FUNCTION_NAMES } from '../../lib/pipeline';
import { STACK_NAME } from '../../lib/turnout-stack';
import { runCdk } from '../support/cdk';
import { resourcesOf, ROOT, synthTemplate } from './stack-support';

/** Goal: `npx cdk synth` of a fresh clone works as it is, without an account. Method: it is run. */
const CONFIG = 'docs/example/turnout.json';
const SYNTH_MS_MAX = 120_000;

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'turnout-synth-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('cdk synth', () => {
  let output: string;
  const out = (...path: string[]) => join(dir, 'cdk.out', ...path);

  beforeAll(async () => {
    const args = ['synth', '-q', '-o', out(), '-c', `config=${CONFIG}`];
    const run = await runCdk(args, { cwd: ROOT, home: join(dir, 'home') });
    if (run.status !== 0) throw new Error(run.output);
    ({ output } = run);
  }, SYNTH_MS_MAX);

  it('makes the resources that the template tests see, under the same ids', () => {
    const text = readFileSync(out(`${STACK_NAME}.template.json`), 'utf8');
    const { Resources } = JSON.parse(text) as { Resources: Record<string, { Type: string }> };
    const typed = Object.entries(Resources).map(([id, { Type }]) => `${Type} ${id}`);
    const seen = resourcesOf(synthTemplate()).map(([id, { Type }]) => `${Type} ${id}`);
    expect(typed.sort()).toEqual(seen.sort());
  });

  it('puts the code of each function and the configuration into its asset', () => {
    const assets = readdirSync(out()).filter((name) => name.startsWith('asset.'));
    expect(assets).toHaveLength(FUNCTION_NAMES.length);
    for (const asset of assets) {
      expect(readdirSync(out(asset)).sort()).toEqual(['index.mjs', 'turnout.json']);
      expect(readFileSync(out(asset, 'turnout.json'), 'utf8')).toBe(
        readFileSync(join(ROOT, CONFIG), 'utf8'),
      );
    }
  });

  it('is for any account of the region, and passes the validator of the library', () => {
    const manifest = JSON.parse(readFileSync(out('manifest.json'), 'utf8')) as {
      readonly artifacts: Record<string, { readonly environment?: string }>;
    };
    expect(manifest.artifacts[STACK_NAME]!.environment).toBe('aws://unknown-account/us-east-1');
    expect(output).not.toMatch(/\b(error|warning)\b(?!s? of)/i);
  });
});

describe('bin/app.ts', () => {
  /** As the CDK command line calls it, without waiting for that. */
  const runApp = (config: string, region?: string) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'bin/app.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        CDK_OUTDIR: join(dir, 'refused'),
        CDK_CONTEXT_JSON: JSON.stringify({ config }),
        ...(region !== undefined && { CDK_DEFAULT_REGION: region }),
      },
    });

  it.each([
    ['{ "lanes": 32 }', 'lanes: expected one of 16, 64, 256, 512, got 32'],
    ['{ "lanes": ', 'is no JSON'],
    [undefined, 'no such file'],
  ])('refuses the configuration %p in one sentence, and makes nothing', (text, expected) => {
    const path = join(dir, 'turnout-refused.json');
    rmSync(path, { force: true });
    if (text !== undefined) writeFileSync(path, text);
    const { status, stdout, stderr } = runApp(path);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(expected);
    expect(stderr).toContain('turnout-refused.json');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(join(dir, 'refused/manifest.json'))).toBe(false);
  });

  it('refuses a region that AWS WAF does not guard CloudFront from, and makes nothing', () => {
    const { status, stdout, stderr } = runApp(CONFIG, 'eu-west-1');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('the stack is for eu-west-1, expected us-east-1');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(join(dir, 'refused/manifest.json'))).toBe(false);
  });
});
