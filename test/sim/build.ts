import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Night } from './night';
import { SMALL_LIMITS } from './small-limits';

const ROOT = join(__dirname, '..', '..');

/** One piece of the text of a real module becomes another. */
export interface Removal {
  /** path from the root */
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

/** A simulation: its module, which exports `playNight`, and what is made small for it. */
export interface Simulation {
  readonly entry: string;
  readonly limits: readonly Removal[];
}

const ROAD: Simulation = { entry: 'night.ts', limits: SMALL_LIMITS };

/**
 * Bundles the simulation with the real modules: their limits made small, so that a night of some hundred
 * lines meets every one of them, and less one mechanism if asked to. Throws if a text does not stand in
 * its module exactly once: then the mechanism has moved, and the canary with it.
 */
export async function buildNight(
  removal?: Removal,
  { entry, limits }: Simulation = ROAD,
): Promise<(seed: number) => Promise<Night>> {
  const changes = removal === undefined ? limits : [...limits, removal];
  const missing = new Set(changes);
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, entry)],
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
        name: 'changes',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const own = changes.filter(({ file }) => path === join(ROOT, file));
            if (own.length === 0) return undefined;
            let contents = readFileSync(path, 'utf8');
            for (const change of own) {
              contents = changed(contents, change);
              missing.delete(change);
            }
            return { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
  for (const { file } of missing) throw new Error(`${file} is not part of the simulation`);
  const module = { exports: {} as { playNight: (seed: number) => Promise<Night> } };
  const load = new Function('require', 'module', 'exports', outputFiles[0]!.text) as (
    require: NodeJS.Require,
    module: object,
    exports: object,
  ) => void;
  load(createRequire(__filename), module, module.exports);
  return module.exports.playNight;
}

function changed(source: string, { file, text, becomes }: Removal): string {
  const found = source.split(text).length - 1;
  if (found !== 1) throw new Error(`${file} has the text ${text} ${found} times, expected once`);
  return source.replace(text, () => becomes);
}
