import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WafSet } from './waf-sets';

/** One file for each set: an update writes one of them, half a megabyte when it is full. */
export interface WafFiles {
  load(): WafSet[];
  save(set: WafSet): void;
  remove(id: string): void;
}

const IN_MEMORY: WafFiles = { load: () => [], save: () => undefined, remove: () => undefined };
const END = '.json';

export function openWafFiles(dir: string | undefined): WafFiles {
  if (dir === undefined) return IN_MEMORY;
  mkdirSync(dir, { recursive: true });
  const pathOf = (id: string) => join(dir, `${id}${END}`);
  return {
    load: () =>
      readdirSync(dir)
        .filter((file) => file.endsWith(END))
        .map((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')) as WafSet),
    save(set) {
      // Renamed into place: a rig that is killed leaves the whole of the one or of the other.
      const draft = `${pathOf(set.id)}.draft`;
      writeFileSync(draft, JSON.stringify(set));
      renameSync(draft, pathOf(set.id));
    },
    remove: (id) => rmSync(pathOf(id), { force: true }),
  };
}
