import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The folder of public test data, which is not part of the repository: TURNOUT_DATA, or
 * ../shared/data beside it.
 */
const ROOT = process.env['TURNOUT_DATA'] ?? resolve(__dirname, '../../../shared/data');

/** The path of a file of the test data, or undefined when it is absent. */
export function dataPath(...parts: string[]): string | undefined {
  const path = join(ROOT, ...parts);
  return existsSync(path) ? path : undefined;
}

/** Tests that need the data. Without it they are skipped, and the report says why. */
export function describeWithData(name: string, tests: () => void): void {
  if (dataPath() !== undefined) describe(name, tests);
  else {
    // Jest names no test of a file that it skips whole, so the reason is written beside it.
    process.stderr.write(`${name}: skipped: data folder absent, set TURNOUT_DATA\n`);
    describe.skip(`${name} (skipped: data folder absent)`, tests);
  }
}
