import { type KnownSet, setKeyOf } from './guard-set';
import type { Block } from './plan';
import { isWanted } from './set-truth';

type Wanted = ReadonlyMap<string, ReadonlyMap<string, Block>>;

/**
 * What every set should hold for now. A block that goes from one set to another (a mode that changes, room that
 * is made) stays where it is until WAF has it in the other: whoever dies in between would leave it nowhere.
 */
export function keepUntilHeld(
  sets: readonly KnownSet[],
  wanted: Wanted,
): { readonly wanted: Wanted; readonly isMoving: boolean } {
  const coming = new Set<string>();
  for (const set of sets) {
    const own = wanted.get(setKeyOf(set));
    for (const cidr of own?.keys() ?? []) {
      const state = set.truth.records.get(cidr)?.state;
      if (state !== 'held' && state !== 'shared') coming.add(cidr);
    }
  }
  let isMoving = false;
  const kept = new Map<string, ReadonlyMap<string, Block>>();
  for (const set of sets) {
    const key = setKeyOf(set);
    const own = wanted.get(key) ?? new Map<string, Block>();
    const staying = new Map(own);
    let room = set.sizeMax - own.size - foreignOf(set);
    for (const record of set.truth.records.values()) {
      const { cidr, block } = record;
      if (block === undefined || own.has(cidr) || !coming.has(cidr) || !isWanted(record)) continue;
      if (room <= 0) break;
      room -= 1;
      staying.set(cidr, block);
      isMoving = true;
    }
    kept.set(key, staying);
  }
  return { wanted: kept, isMoving };
}

function foreignOf({ truth }: KnownSet): number {
  let foreign = 0;
  for (const { state } of truth.records.values()) if (state === 'foreign') foreign += 1;
  return foreign;
}
