import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The files of the repository that tests read as text. Paths are from the root. */
const ROOT = join(__dirname, '../..');
/** Some of the layout may not be there. */
const FOLDERS = ['bench', 'bin', 'docs', 'lambdas', 'lib', 'local', 'test', 'web'];

export const SOURCES: readonly string[] = FOLDERS.flatMap(filesUnder).filter((file) =>
  /\.(ts|js)$/.test(file),
);

export function sourcesUnder(folder: string): string[] {
  return SOURCES.filter((file) => file.startsWith(folder));
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function filesUnder(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
