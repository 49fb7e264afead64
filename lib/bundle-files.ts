import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes what was made at synth into a folder, from where it is taken as an asset. */
export function writeFiles(dir: string, files: ReadonlyMap<string, Uint8Array>): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(dir, name), bytes);
}
