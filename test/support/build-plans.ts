import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(__dirname, '..', '..');

export interface TextChange {
  /** path from the root */
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

/**
 * The random problems on the real planner with one piece of its text changed. Throws if the text does
 * not stand in its module exactly once: then the mechanism has moved, and the canary with it.
 */
export async function buildPlans(change: TextChange): Promise<(seed: number) => string[]> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'random-prefixes.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
    plugins: [
      {
        name: 'change',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (path !== join(ROOT, change.file)) return undefined;
            const source = readFileSync(path, 'utf8');
            const found = source.split(change.text).length - 1;
            if (found !== 1) {
              throw new Error(`${change.file} has ${change.text} ${found} times, expected once`);
            }
            return { contents: source.replace(change.text, () => change.becomes), loader: 'ts' };
          });
        },
      },
    ],
  });
  const module = { exports: {} as { faultsOfDense: (seed: number) => string[] } };
  const load = new Function('require', 'module', 'exports', outputFiles[0]!.text) as (
    require: NodeJS.Require,
    module: object,
    exports: object,
  ) => void;
  load(createRequire(__filename), module, module.exports);
  return module.exports.faultsOfDense;
}
