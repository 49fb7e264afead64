/** One family from the input of a plan to its draft: what people want, what is in force, what is new. */
import { PrefixMap } from './prefix-map';
import { type Remembered, isFrozen } from './block-memory';
import type { ExemptTable } from './exempt';
import { makeRanges } from './exempt';
import { type Candidate, type FamilyDraft, planFamily } from './family-plan';
import {
  type Block,
  type BlockMemory,
  GUARD_AUTHOR,
  type ManualBlock,
  type PlanInput,
  type Removed,
  type Spared,
} from './plan';
import { type ByFamily, type Placed, placeByFamily } from './plan-place';
import { type Prefix, canonicalCidr } from './prefix';
import { LANE_BITS } from './prefix-plan';
import type { Neighbour, Suspect } from './suspect';
import { type Told, type ViewersBehind, viewersBehind } from './viewers-behind';

/** The input by family, its texts read. */
export interface PlacedInput {
  readonly suspects: ByFamily<Suspect>;
  readonly viewers: ByFamily<Neighbour>;
  readonly manual: ByFamily<ManualBlock>;
  readonly current: ByFamily<Block>;
  /** of what is or was just blocked, where it says something of viewers */
  readonly frozen: ByFamily<BlockMemory>;
}

export function placeInput(input: PlanInput, memory: Remembered): PlacedInput {
  const watched = new Set<string>();
  for (const { cidr, verifiedViewers } of [...input.viewers, ...input.suspects]) {
    if (verifiedViewers > 0) watched.add(cidr);
  }
  // That there were no viewers before says something only where some were told since.
  const counts = ({ cidr, verifiedViewers }: BlockMemory) =>
    verifiedViewers > 0 || watched.has(cidr);
  return {
    suspects: placeByFamily(input.suspects),
    viewers: placeByFamily(input.viewers),
    manual: placeByFamily(input.manual),
    current: placeByFamily(input.current),
    frozen: placeByFamily(
      memory.list.filter((known) => counts(known) && isFrozen(known, input.nowMs)),
    ),
  };
}

export interface FamilyProps {
  readonly input: PlanInput;
  readonly placed: PlacedInput;
  readonly exempt: ExemptTable;
  readonly memory: Remembered;
  readonly version: 4 | 6;
}

export interface PersonBlock {
  readonly prefix: Prefix;
  readonly block: Block;
}

export interface DraftedFamily {
  readonly version: 4 | 6;
  readonly draft: FamilyDraft;
  /** for the guard, when people have theirs */
  readonly room: number;
  readonly people: readonly PersonBlock[];
  /** suspects inside people's blocks */
  readonly coveredByPeople: number;
  readonly expired: readonly Block[];
  readonly removed: readonly Removed[];
  readonly spared: readonly Spared[];
  /** people's blocks without room, the newest */
  readonly peopleOverflow: readonly ManualBlock[];
  readonly exempt: ExemptTable;
  readonly memory: Remembered;
}

export function draftFamily(props: FamilyProps): DraftedFamily {
  const { input, exempt, memory, version } = props;
  const { nowMs, settings } = input;
  const capacity = Math.max(0, version === 4 ? input.capacity.v4 : input.capacity.v6);
  const suspects = props.placed.suspects[version];
  const viewers = viewersOf(props);
  const people = peopleOf(props, capacity, viewers);
  const force = forceOf(props, new Set(people.blocks.map(({ block }) => block.cidr)));
  const byPeople = new PrefixMap<PersonBlock>();
  for (const own of people.blocks) if (bitsOf(own.block.cidr) <= 64) byPeople.add(own.prefix, own);
  const byLive = new PrefixMap<Block>();
  for (const { item, prefix } of force.live) byLive.add(prefix, item);
  const inside = new Map<Block, Suspect[]>();
  const fresh: Candidate[] = [];
  let coveredByPeople = 0;
  for (const { item, prefix } of suspects) {
    const holder = byLive.holderOf(prefix);
    if (byPeople.holderOf(prefix) !== undefined) coveredByPeople += 1;
    else if (holder === undefined)
      fresh.push(candidateOf(item, prefix, viewers, { suspects: [item] }));
    else {
      const own = inside.get(holder);
      if (own === undefined) inside.set(holder, [item]);
      else own.push(item);
    }
  }
  const live = force.live.map(({ item, prefix }) =>
    candidateOf(item, prefix, viewers, { suspects: inside.get(item) ?? NONE, live: item }),
  );
  const room = capacity - people.blocks.length;
  const isUnsettled = makeRanges('unsettled', input.unsettled);
  const draft = planFamily({
    ...{ nowMs, settings, room, fresh, live, viewers, exempt, isUnsettled, memory },
  });
  return {
    ...{ version, draft, room, coveredByPeople, exempt, memory },
    people: people.blocks,
    peopleOverflow: people.overflow,
    spared: people.spared,
    expired: force.expired,
    removed: force.removed,
  };
}

const NONE: readonly Suspect[] = [];

/** The length as it was said: a Prefix of IPv6 knows none above 64. */
function bitsOf(cidr: string): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}

function candidateOf(
  { cidr, attackHits }: Suspect | Block,
  prefix: Prefix,
  viewers: ViewersBehind,
  rest: Pick<Candidate, 'suspects' | 'live'>,
): Candidate {
  // A block without attack hits would be taken for viewers.
  const hits = rest.live === undefined ? attackHits : Math.max(1, attackHits);
  const verifiedViewers = viewers.ownOf(cidr);
  const { suspects, live } = rest;
  return live === undefined
    ? { cidr, prefix, attackHits: hits, verifiedViewers, suspects }
    : { cidr, prefix, attackHits: hits, verifiedViewers, suspects, live };
}

/**
 * Neighbours and suspects as told; of what is blocked, what it was before (P10). When the block has ended, who
 * came back counts too: what was known before the first block may have been too little.
 */
function viewersOf({ input, placed, version }: FamilyProps): ViewersBehind {
  const told: Told[] = [];
  for (const { item, prefix } of [...placed.viewers[version], ...placed.suspects[version]]) {
    told.push({ prefix, verifiedViewers: item.verifiedViewers, isAtLeast: false });
  }
  for (const { item, prefix } of placed.frozen[version]) {
    const isAtLeast = item.endsMs.at(-1)! <= input.nowMs;
    told.push({ prefix, verifiedViewers: item.verifiedViewers, isAtLeast });
  }
  return viewersBehind(version, told);
}

/** Those of people, the oldest first: they go before the guard's. */
function peopleOf(
  { input, placed, exempt, version }: FamilyProps,
  capacity: number,
  viewers: ViewersBehind,
) {
  const spared: Spared[] = [];
  const wanted: Placed<ManualBlock>[] = [];
  for (const own of placed.manual[version]) {
    const { item, prefix } = own;
    if (item.untilMs <= input.nowMs) continue;
    const why = exempt.covers(prefix) ? 'exempt' : prefix.bits < LANE_BITS[version] ? 'limit' : '';
    if (why === '') {
      wanted.push(own);
      continue;
    }
    const list = exempt.nameOf(prefix);
    spared.push({
      ...{ cidr: item.cidr, rule: 'manual', author: item.author, attackHits: 0 },
      ...{ verifiedViewers: 0, why },
      ...(list === undefined ? {} : { list }),
    });
  }
  wanted.sort((a, b) => a.item.sinceMs - b.item.sinceMs || (a.item.cidr < b.item.cidr ? -1 : 1));
  const held = wanted.slice(0, capacity);
  const sums = viewers.sumsOf(held.map(({ prefix }) => prefix));
  const inForce = held.length === 0 ? undefined : peopleInForce(input.current);
  const blocks = held.map(({ item, prefix }, n): PersonBlock => {
    const facts = { rule: 'manual', strikes: 0, attackHits: 0, suspects: 0 } as const;
    const cidr = canonicalCidr(item.cidr)!;
    const verifiedViewers = inForce?.get(cidr)?.verifiedViewers ?? sums[n]!;
    return { prefix, block: { ...item, ...facts, cidr, verifiedViewers } };
  });
  return { blocks, spared, overflow: wanted.slice(capacity).map(({ item }) => item) };
}

function peopleInForce(current: readonly Block[]): ReadonlyMap<string, Block> {
  const inForce = new Map<string, Block>();
  for (const block of current) {
    if (block.rule === 'manual' && !inForce.has(block.cidr)) inForce.set(block.cidr, block);
  }
  return inForce;
}

/** What the list holds: what stays, what has ended, what must go whatever room there is. */
function forceOf({ input, placed, exempt, version }: FamilyProps, byPeople: ReadonlySet<string>) {
  const live: Placed<Block>[] = [];
  const expired: Block[] = [];
  const removed: Removed[] = [];
  const manual = new Set(placed.manual[version].map(({ item }) => canonicalCidr(item.cidr)));
  for (const own of placed.current[version]) {
    const { item: block, prefix } = own;
    const isOfGuard = block.author === GUARD_AUTHOR;
    // What a person blocks is theirs, whoever blocked it before.
    if (byPeople.has(block.cidr)) continue;
    if (block.untilMs <= input.nowMs) expired.push(block);
    else if (exempt.covers(prefix)) removed.push({ block, why: 'exempt' });
    else if (prefix.bits < LANE_BITS[version]) removed.push({ block, why: 'limit' });
    else if (isOfGuard) live.push(own);
    else if (!manual.has(block.cidr)) {
      removed.push({ block, why: 'unblocked' });
    } else removed.push({ block, why: 'room' });
  }
  return { live, expired, removed };
}
