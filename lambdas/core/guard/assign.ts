import { type GuardList, type KnownSet, familyOf, isMissing, setKeyOf } from './guard-set';
import type { Block } from './plan';
import { isInSet } from './set-truth';

export interface Assignment {
  /** by key of the set: what it should hold of ours */
  readonly wanted: ReadonlyMap<string, Map<string, Block>>;
  /** no set of their list and family takes them */
  readonly noRoom: readonly Block[];
}

/**
 * Lays blocks into sets. Who is in one stays there, so that few sets change; who is on the way to one, if it
 * still has room; who is new goes to the first with room, the worst first. Entries of others count, and stay. What
 * was in a set that is no longer there is new.
 */
export function assignBlocks(
  sets: readonly KnownSet[],
  blocks: readonly Block[],
  listOf: (block: Block) => GuardList,
): Assignment {
  const wanted = new Map(sets.map((set) => [setKeyOf(set), new Map<string, Block>()]));
  const shelves = sets.map((set) => makeShelf(set, wanted.get(setKeyOf(set))!));
  const places = new Map<string, Shelf>();
  for (const shelf of shelves) {
    if (isMissing(shelf.set)) continue;
    for (const { cidr, state } of shelf.set.truth.records.values()) {
      const place = `${shelf.set.list} ${cidr}`;
      // An entry of ours goes before one of another that happens to be in a second set.
      if (state === 'foreign' ? !places.has(place) : true) places.set(place, shelf);
    }
  }
  const placeOf = (block: Block) => places.get(`${listOf(block)} ${block.cidr}`);
  const onTheWay: Block[] = [];
  const fresh: Block[] = [];
  for (const block of blocks) {
    const shelf = placeOf(block);
    if (shelf === undefined) fresh.push(block);
    else if (isInSet(shelf.set.truth.records.get(block.cidr)!)) shelf.put(block);
    else onTheWay.push(block);
  }
  for (const block of onTheWay.sort(byWeight)) {
    const shelf = placeOf(block)!;
    if (shelf.room() > 0) shelf.put(block);
    else fresh.push(block);
  }
  const noRoom: Block[] = [];
  fresh.sort(byWeight);
  for (const block of fresh) {
    const [list, family] = [listOf(block), familyOf(block.cidr)];
    const shelf = shelves.find(
      ({ set, room }) => set.list === list && set.family === family && room() > 0,
    );
    if (shelf === undefined) noRoom.push(block);
    else shelf.put(block);
  }
  return { wanted, noRoom };
}

/** What people ask for first, then the worst. */
export function byWeight(a: Block, b: Block): number {
  const [manualA, manualB] = [a.rule === 'manual' ? 1 : 0, b.rule === 'manual' ? 1 : 0];
  return manualB - manualA || b.attackHits - a.attackHits || (a.cidr < b.cidr ? -1 : 1);
}

interface Shelf {
  readonly set: KnownSet;
  readonly put: (block: Block) => void;
  readonly room: () => number;
}

function makeShelf(set: KnownSet, wanted: Map<string, Block>): Shelf {
  const { records } = set.truth;
  let foreign = 0;
  for (const { state } of records.values()) {
    if (state === 'foreign' || state === 'shared') foreign += 1;
  }
  let ours = 0;
  return {
    set,
    put(block) {
      const state = records.get(block.cidr)?.state;
      if (state !== 'foreign' && state !== 'shared') ours += 1;
      wanted.set(block.cidr, block);
    },
    room: () => (set.isShut === true ? 0 : set.sizeMax - foreign - ours),
  };
}
