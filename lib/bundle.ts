import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { build, type BuildOptions, buildSync } from 'esbuild';

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

export interface BundleProps {
  /** Where the folders of the functions are made. */
  readonly outdir: string;
  /** turnout.json, as it was given. */
  readonly settingsText: string;
}

/**
 * Bundles all functions with one call of esbuild. Beside each lies the configuration as it was given:
 * environment variables of a function hold 4 KB together. Equal sources make equal bytes wherever
 * they lie, so that nothing is deployed that has not changed; a source map would hold paths.
 */
export async function bundleFunctions(props: BundleProps): Promise<Bundles> {
  await build(buildOptions(props));
  return finishAll(props);
}

/** The same for constructs, which cannot wait. */
export function bundleFunctionsSync(props: BundleProps): Bundles {
  buildSync(buildOptions(props));
  return finishAll(props);
}

/**
 * Folders without code, for who only looks at the template: CDK asks for no bundles in tests and when
 * it lists stacks.
 */
export function skipBundling(props: BundleProps): Bundles {
  for (const name of FUNCTION_NAMES) {
    mkdirSync(join(props.outdir, name), { recursive: true });
    writeFileSync(join(props.outdir, name, 'index.mjs'), '// not bundled\n');
  }
  return finishAll(props);
}

function buildOptions({ outdir }: BundleProps) {
  const { functions } = pipelineOf(DEFAULT_SETTINGS); // entries are the same under all settings
  return {
    absWorkingDir: join(__dirname, '..'),
    entryPoints: FUNCTION_NAMES.map((name) => ({
      in: functions[name].entry,
      out: `${name}/index`,
    })),
    // CDK names it from where the app runs, which may be another folder than this package's.
    outdir: resolve(outdir),
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
  } satisfies BuildOptions;
}

function finishAll({ outdir, settingsText }: BundleProps): Bundles {
  const bundles = FUNCTION_NAMES.map((name) => {
    const dir = join(outdir, name);
    writeFileSync(join(dir, 'turnout.json'), settingsText);
    const bytes = statSync(join(dir, 'index.mjs')).size;
    return [name, { dir, handler: 'index.handler', bytes }] as const;
  });
  return Object.fromEntries(bundles) as unknown as Bundles;
}
