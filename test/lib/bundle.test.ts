import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { type Bundles, bundleFunctions, bundleFunctionsSync } from '../../lib/bundle';
import { FUNCTION_NAMES, type FunctionName } from '../../lib/pipeline';

const SETTINGS_TEXT = '{ "lanes": 64 }\n';
const KB = 1_024;
/** What a function may weigh: its cold start reads and parses all of it. */
const BYTES_MAX: Readonly<Record<FunctionName, number>> = {
  intake: 650 * KB,
  tally: 550 * KB,
  watch: 510 * KB,
  enforce: 600 * KB,
  control: 530 * KB,
  api: 1_050 * KB,
};
const BUILD_MS_MAX = 60_000;

/** As in Lambda, but whatever is called is refused here, on a port where nobody listens. */
const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'x',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  STATE_TABLE: 'state',
  VIEWS_TABLE: 'views',
  EDGE_LINES_STREAM: 'edge-lines',
  VIEWER_PACKETS_STREAM: 'viewer-packets',
  VIEWER_KEY_SECRET: 'viewer-key',
  RETENTION_HOURS: '168',
  BLOCKS_TABLE: 'blocks',
  WAF_SETS: '[{"list":"block","family":"v4","n":1,"name":"Turnout-block-v4-1","id":"set-1"}]',
  WAF_SCOPE: 'CLOUDFRONT',
  STACK_ID: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Turnout/1',
};

const dirs: string[] = [];
const makeDir = () => {
  const dir = mkdtempSync(join(tmpdir(), 'turnout-bundle-'));
  dirs.push(dir);
  return dir;
};
let bundles: Bundles;

beforeAll(async () => {
  bundles = await bundleFunctions({ outdir: makeDir(), settingsText: SETTINGS_TEXT });
}, BUILD_MS_MAX);
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true });
});

/** Of names and contents, as the asset of a function is. */
function hashOf(dir: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(dir).sort())
    hash.update(name).update(readFileSync(join(dir, name)));
  return hash.digest('hex');
}

describe('bundleFunctions', () => {
  it.each(FUNCTION_NAMES)('puts %s into a folder of its own, with the configuration', (name) => {
    const { dir, handler } = bundles[name];
    expect(handler).toBe('index.handler');
    expect(readdirSync(dir).sort()).toEqual(['index.mjs', 'turnout.json']);
    expect(readFileSync(join(dir, 'turnout.json'), 'utf8')).toBe(SETTINGS_TEXT);
  });

  it.each(FUNCTION_NAMES)('keeps %s within its size', (name) => {
    const { dir, bytes } = bundles[name];
    expect(bytes).toBe(statSync(join(dir, 'index.mjs')).size);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(BYTES_MAX[name]);
  });

  it.each(FUNCTION_NAMES)('makes a module of %s that this Node loads', async (name) => {
    const { dir } = bundles[name];
    const url = JSON.stringify(pathToFileURL(join(dir, 'index.mjs')).href);
    const script = `import(${url}).then((it) => { console.log(typeof it.handler); process.exit(); })`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
      env: { ...ENVIRONMENT, LAMBDA_TASK_ROOT: dir },
    });
    expect(stdout).toBe('function\n');
  });

  it(
    'makes the same bytes in another folder, so that nothing is deployed for nothing',
    async () => {
      const again = await bundleFunctions({ outdir: makeDir(), settingsText: SETTINGS_TEXT });
      for (const name of FUNCTION_NAMES) {
        expect(again[name].dir).not.toBe(bundles[name].dir);
        expect(hashOf(again[name].dir)).toBe(hashOf(bundles[name].dir));
      }
    },
    BUILD_MS_MAX,
  );

  it(
    'makes the same bytes for constructs, which cannot wait',
    () => {
      const again = bundleFunctionsSync({ outdir: makeDir(), settingsText: SETTINGS_TEXT });
      expect(FUNCTION_NAMES.map((name) => hashOf(again[name].dir))).toEqual(
        FUNCTION_NAMES.map((name) => hashOf(bundles[name].dir)),
      );
    },
    BUILD_MS_MAX,
  );

  it(
    'makes other bytes of another configuration',
    async () => {
      const other = await bundleFunctions({ outdir: makeDir(), settingsText: '{}' });
      expect(hashOf(other.intake.dir)).not.toBe(hashOf(bundles.intake.dir));
    },
    BUILD_MS_MAX,
  );
});
