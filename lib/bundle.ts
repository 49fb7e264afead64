import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { build } from 'esbuild';

import { DEFAULT_SETTINGS } from './config';
import { FUNCTION_NAMES, type FunctionName, pipelineOf } from './pipeline';

export interface Bundle {
  /** The folder that becomes the code of the function: index.mjs and turnout.json. */
  readonly dir: string;
  readonly handler: 'index.handler';
  /** Of index.mjs. */
  readonly bytes: number;
}
export type Bundles = Readonly<Record<FunctionName, Bundle>>;

/** Libraries in CommonJS call `require` for modules of Node, and a module has none by itself. */
const BANNER =
  `import { createRequire as makeRequire } from 'node:module';` +
  `const require = makeRequire(import.meta.url);`;

/** Lambda has 24, the rig runs on 20. */
const TARGET = 'node20';

/**
 * Bundles all functions with one call of esbuild. Beside each lies the configuration as it was given:
 * environment variables of a function hold 4 KB together. Equal sources make equal bytes wherever
 * they lie, so that nothing is deployed that has not changed; a source map would hold paths.
 */
export async function bundleFunctions(given: {
  readonly outdir: string;
  readonly settingsText: string;
}): Promise<Bundles> {
  const { outdir, settingsText } = given;
  const { functions } = pipelineOf(DEFAULT_SETTINGS); // entries are the same under all settings
  await build({
    absWorkingDir: join(__dirname, '..'),
    entryPoints: FUNCTION_NAMES.map((name) => ({
      in: functions[name].entry,
      out: `${name}/index`,
    })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    // The module form of a package can be cut down to what is used: two thirds of the size, and half
    // of the time to import.
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    banner: { js: BANNER },
    logLevel: 'silent', // problems are thrown
  });
  const bundles = FUNCTION_NAMES.map(async (name) => [name, await finish(name)] as const);
  return Object.fromEntries(await Promise.all(bundles)) as Record<FunctionName, Bundle>;

  async function finish(name: FunctionName): Promise<Bundle> {
    const dir = join(outdir, name);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'turnout.json'), settingsText);
    const { length } = await readFile(join(dir, 'index.mjs'));
    return { dir, handler: 'index.handler', bytes: length };
  }
}
