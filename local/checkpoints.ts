import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Up to where a shard was processed. */
export interface Checkpoint {
  /** the sequence number of the last record; '' before the first */
  readonly after: string;
  /** The shard is closed and all of it is processed: its children may begin. */
  readonly isEnd: boolean;
}

export interface Checkpoints {
  of(shardId: string): Checkpoint;
  save(shardId: string, checkpoint: Checkpoint): void;
}

const BEGINNING: Checkpoint = { after: '', isEnd: false };

/** Kept in memory, and as `<shard id>.json` in a directory if there is one. */
export function openCheckpoints(dir: string | undefined): Checkpoints {
  const byShard = new Map<string, Checkpoint>();
  if (dir !== undefined) {
    mkdirSync(dir, { recursive: true });
    for (const file of readdirSync(dir)) {
      // What does not end so is a draft that a kill has left.
      if (!file.endsWith('.json')) continue;
      const text = readFileSync(join(dir, file), 'utf8');
      byShard.set(basename(file, '.json'), JSON.parse(text) as Checkpoint);
    }
  }
  return {
    of: (shardId) => byShard.get(shardId) ?? BEGINNING,
    save(shardId, checkpoint) {
      byShard.set(shardId, checkpoint);
      if (dir === undefined) return;
      const path = join(dir, `${shardId}.json`);
      writeFileSync(`${path}.draft`, JSON.stringify(checkpoint));
      renameSync(`${path}.draft`, path);
    },
  };
}
