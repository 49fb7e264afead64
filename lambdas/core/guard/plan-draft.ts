/** One family from the input of a plan to its draft: what people want, what is in force, what is new. */
import { PrefixMap } from './prefix-map';
import { isFrozen } from './block-memory';
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
import { type Prefix, canonicalCidr, parsePrefix } from './prefix';
import { LANE_BITS } from './prefix-plan';
import type { Suspect } from './suspect';
import { type ViewersBehind, viewersBehind } from './viewers-behind';

export interface FamilyProps {
  readonly input: PlanInput;
  readonly exempt: ExemptTable;
  readonly memory: ReadonlyMap<string, BlockMemory>;
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
  readonly memory: ReadonlyMap<string, BlockMemory>;
}

export function draftFamily(props: FamilyProps): DraftedFamily {
  const { input, exempt, memory, version } = props;
  const { nowMs, settings } = input;
  const capacity = Math.max(0, version === 4 ? input.capacity.v4 : input.capacity.v6);
  const suspects = withPrefix(input.suspects, version);
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
    else inside.set(holder, [...(inside.get(holder) ?? []), item]);
  }
  const live = force.live.map(({ item, prefix }) =>
    candidateOf(item, prefix, viewers, { suspects: inside.get(item) ?? [], live: item }),
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

interface Placed<T> {
  readonly item: T;
  readonly prefix: Prefix;
}

function withPrefix<T extends { readonly cidr: string }>(
  items: readonly T[],
  version: 4 | 6,
): Placed<T>[] {
  return items.flatMap((item) => {
    const prefix = parsePrefix(item.cidr);
    if (prefix === undefined) throw new Error(`expected an address or a range, got ${item.cidr}`);
    return prefix.version === version ? [{ item, prefix }] : [];
  });
}

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
  return { cidr, prefix, attackHits: hits, verifiedViewers: viewers.ownOf(cidr), ...rest };
}

/** Neighbours and suspects as told; of what is or was just blocked, what it was before (P10). */
function viewersOf({ input, memory, version }: FamilyProps): ViewersBehind {
  const frozen = [...memory.values()].filter((known) => isFrozen(known, input.nowMs));
  return viewersBehind(version, [...input.viewers, ...input.suspects, ...frozen]);
}

/** Those of people, the oldest first: they go before the guard's. */
function peopleOf(
  { input, exempt, version }: FamilyProps,
  capacity: number,
  viewers: ViewersBehind,
) {
  const spared: Spared[] = [];
  const wanted: Placed<ManualBlock>[] = [];
  for (const own of withPrefix(input.manual, version)) {
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
  const blocks = held.map(({ item, prefix }, n): PersonBlock => {
    const facts = { rule: 'manual', strikes: 0, attackHits: 0, suspects: 0 } as const;
    const cidr = canonicalCidr(item.cidr)!;
    const before = input.current.find((block) => block.cidr === cidr && block.rule === 'manual');
    const verifiedViewers = before?.verifiedViewers ?? sums[n]!;
    return { prefix, block: { ...item, ...facts, cidr, verifiedViewers } };
  });
  return { blocks, spared, overflow: wanted.slice(capacity).map(({ item }) => item) };
}

/** What the list holds: what stays, what has ended, what must go whatever room there is. */
function forceOf({ input, exempt, version }: FamilyProps, byPeople: ReadonlySet<string>) {
  const live: Placed<Block>[] = [];
  const expired: Block[] = [];
  const removed: Removed[] = [];
  for (const own of withPrefix(input.current, version)) {
    const { item: block, prefix } = own;
    const isOfGuard = block.author === GUARD_AUTHOR;
    // What a person blocks is theirs, whoever blocked it before.
    if (byPeople.has(block.cidr)) continue;
    if (block.untilMs <= input.nowMs) expired.push(block);
    else if (exempt.covers(prefix)) removed.push({ block, why: 'exempt' });
    else if (prefix.bits < LANE_BITS[version]) removed.push({ block, why: 'limit' });
    else if (isOfGuard) live.push(own);
    else if (!input.manual.some(({ cidr }) => canonicalCidr(cidr) === block.cidr)) {
      removed.push({ block, why: 'unblocked' });
    } else removed.push({ block, why: 'room' });
  }
  return { live, expired, removed };
}
