import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

import { buildSync } from 'esbuild';

import { DEFAULT_SETTINGS } from '../../lib/config';
import { pipelineOf } from '../../lib/pipeline';
import { ROOT } from './stack-support';

/**
 * Goal: the package that `npm pack` makes works in the app of another team, where nothing else of this folder is, and
 * nothing that only its developers have. Method: all that its command line, construct and functions import.
 */
interface Package {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const own = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Package;

const { metafile } = buildSync({
  absWorkingDir: ROOT,
  entryPoints: [
    'bin/turnout.ts',
    'bin/commands/recount-worker.ts',
    'lib/turnout.ts',
    ...Object.values(pipelineOf(DEFAULT_SETTINGS).functions).map(({ entry }) => entry),
  ],
  bundle: true,
  packages: 'external',
  platform: 'node',
  outdir: join(ROOT, 'out'),
  write: false,
  metafile: true,
});
const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
const packages = new Set(
  imports
    // What is only a type is left as it stands.
    .filter(({ external, path }) => external === true && !/^(?:node:|\.)/.test(path))
    .map(({ path }) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'))
    .filter((name) => !builtinModules.includes(name)),
);

describe('the package', () => {
  it('holds every file that is imported', () => {
    const files = Object.keys(metafile.inputs);
    expect(files.length).toBeGreaterThan(200);
    const isOutside = (file: string) => !own.files.includes(file.slice(0, file.indexOf('/')));
    // npm always takes it.
    expect(files.filter(isOutside)).toEqual(['package.json']);
  });

  it('names every package that is imported, and leaves the library of CDK to the app', () => {
    expect([...packages]).toEqual(expect.arrayContaining(['aws-cdk-lib', 'commander', 'zod']));
    const named = { ...own.dependencies, ...own.peerDependencies };
    expect([...packages].filter((name) => !(name in named))).toEqual([]);
    expect(Object.keys(own.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
    expect(own.dependencies).not.toHaveProperty('aws-cdk-lib');
  });

  it('is tried with the oldest library that it allows', () => {
    for (const [name, range] of Object.entries(own.peerDependencies)) {
      expect(range).toBe(`^${own.devDependencies[name]}`);
    }
  });
});
