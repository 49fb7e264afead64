import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Night } from './night';

const ROOT = join(__dirname, '..', '..');

/** Takes a mechanism out of a real module: one piece of its text becomes another. */
export interface Removal {
  /** path from the root */
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

/**
 * Bundles the simulation with the real modules, less one mechanism if asked to. Throws if the text
 * does not stand in the module exactly once: then the mechanism has moved, and the canary with it.
 */
export async function buildNight(removal?: Removal): Promise<(seed: number) => Promise<Night>> {
  let isRemoved = removal === undefined;
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'night.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The doubles know commands by the names of their classes.
    keepNames: true,
    logLevel: 'error',
    plugins: [
      {
        name: 'removal',
        setup({ onLoad }) {
          if (removal === undefined) return;
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (path !== join(ROOT, removal.file)) return undefined;
            const source = readFileSync(path, 'utf8');
            const found = source.split(removal.text).length - 1;
            if (found !== 1) {
              throw new Error(`${removal.file} has the text ${found} times, expected once`);
            }
            isRemoved = true;
            return { contents: source.replace(removal.text, () => removal.becomes), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (!isRemoved) throw new Error(`${removal!.file} is not part of the simulation`);
  const module = { exports: {} as { playNight: (seed: number) => Promise<Night> } };
  const load = new Function('require', 'module', 'exports', outputFiles[0]!.text) as (
    require: NodeJS.Require,
    module: object,
    exports: object,
  ) => void;
  load(createRequire(__filename), module, module.exports);
  return module.exports.playNight;
}
