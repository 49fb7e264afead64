import type { GuardMode, GuardSettings } from '../settings';
import { assignBlocks } from './assign';
import { rememberBlocks } from './block-memory';
import { limitChange } from './fuses';
import { GUARD_LISTS, type GuardList, type KnownSet, isMissing, setKeyOf } from './guard-set';
import type { Block, BlockMemory, Plan, PlanInput } from './plan';
import { isWanted } from './set-truth';

/** What a pass knows. */
export interface Situation extends Pick<
  PlanInput,
  'nowMs' | 'suspects' | 'viewers' | 'totalViewers' | 'manual' | 'allows' | 'exempt' | 'unsettled'
> {
  readonly mode: GuardMode;
  readonly settings: GuardSettings;
  readonly sets: readonly KnownSet[];
  readonly memory: Readonly<Record<GuardList, readonly BlockMemory[]>>;
  /** F4: false if suspects, entries of people or lists could not be read */
  readonly isFed: boolean;
}

export interface Decision {
  /** by key of the set: what it should hold of ours */
  readonly wanted: ReadonlyMap<string, ReadonlyMap<string, Block>>;
  /** of the lists whose memory changes */
  readonly memory: Partial<Record<GuardList, readonly BlockMemory[]>>;
  readonly plan: Plan | undefined;
  /** why a block of ours ends */
  readonly whyRemoved: ReadonlyMap<string, string>;
  /** wanted by the plan, and no set takes it */
  readonly noRoom: readonly Block[];
  /** F2: changes that wait for the next pass */
  readonly deferred: number;
}

/** What every set should hold: docs/GUARD.md, "Modes". `plan` is planBlocks. */
export function decide(situation: Situation, plan: (input: PlanInput) => Plan): Decision {
  const { mode, isFed } = situation;
  if (mode === 'off') return leave(situation, () => false, 'off');
  if (!isFed) {
    return leave(situation, ({ untilMs }) => untilMs > situation.nowMs, 'expired');
  }
  return mode === 'hold' ? hold(situation, plan) : guard(situation, mode, plan);
}

/** Only what passes the test stays, where it is. */
function leave(
  { sets, memory: known, nowMs }: Situation,
  stays: (block: Block) => boolean,
  why: string,
): Decision {
  const whyRemoved = new Map<string, string>();
  const wanted = new Map<string, Map<string, Block>>();
  for (const set of sets) {
    const own = new Map<string, Block>();
    for (const block of blocksOf(set)) {
      if (stays(block)) own.set(block.cidr, block);
      else whyRemoved.set(block.cidr, why);
    }
    wanted.set(setKeyOf(set), own);
  }
  const memory: Partial<Record<GuardList, readonly BlockMemory[]>> = {};
  for (const list of GUARD_LISTS) {
    const current = blocksIn(sets.filter((set) => set.list === list));
    const guards = [...current.values()].filter(({ rule }) => rule !== 'manual');
    memory[list] = rememberBlocks(known[list], guards, nowMs).list;
  }
  return { wanted, memory, plan: undefined, whyRemoved, noRoom: [], deferred: 0 };
}

/** The same decisions whether they go to the one list or to the other. What people blocked is blocked. */
function guard(
  situation: Situation,
  list: 'block' | 'count',
  planBlocks: (input: PlanInput) => Plan,
): Decision {
  const { sets, settings } = situation;
  const other = list === 'block' ? 'count' : 'block';
  const of = (from: GuardList) => blocksIn(sets.filter((set) => set.list === from));
  const current = new Map([...of(other), ...of(list)]);
  const input = inputOf(situation, list, [...current.values()]);
  const plan = planBlocks(input);
  const { v4, v6 } = input.capacity;
  const max = Math.max(1, Math.floor(((v4 + v6) * settings.listChangePercentMax) / 100));
  const { blocks, deferred } = limitChange(current, plan, max);
  const listOf = ({ rule }: Block) => (rule === 'manual' ? 'block' : list);
  const { wanted, noRoom } = assignBlocks(sets, blocks, listOf);
  const memory = { [list]: plan.memory };
  return { wanted, memory, plan, whyRemoved: whyOf(plan), noRoom, deferred };
}

/** Nothing new of the guard, in either list. */
function hold(situation: Situation, planBlocks: (input: PlanInput) => Plan): Decision {
  const wanted = new Map<string, Map<string, Block>>();
  const memory: Partial<Record<GuardList, readonly BlockMemory[]>> = {};
  const whyRemoved = new Map<string, string>();
  const noRoom: Block[] = [];
  let first: Plan | undefined;
  for (const list of GUARD_LISTS) {
    const sets = situation.sets.filter((set) => set.list === list);
    const input = inputOf(situation, list, [...blocksIn(sets).values()]);
    const manual = list === 'block' ? situation.manual : [];
    const plan = planBlocks({ ...input, manual, suspects: [] });
    first ??= plan;
    const assigned = assignBlocks(sets, plan.blocks, () => list);
    for (const [key, own] of assigned.wanted) wanted.set(key, own);
    for (const [cidr, why] of whyOf(plan)) whyRemoved.set(cidr, why);
    noRoom.push(...assigned.noRoom);
    memory[list] = plan.memory;
  }
  return { wanted, memory, plan: first, whyRemoved, noRoom, deferred: 0 };
}

function inputOf(situation: Situation, list: GuardList, current: readonly Block[]): PlanInput {
  const { nowMs, settings, suspects, viewers, totalViewers, manual, allows } = situation;
  const { exempt, unsettled } = situation;
  const capacity = { v4: 0, v6: 0 };
  for (const set of situation.sets) {
    if (set.list === list) capacity[set.family] += roomOf(set, nowMs);
  }
  const told = { suspects, viewers, totalViewers, manual, allows };
  const memory = situation.memory[list];
  return { nowMs, settings, capacity, ...told, current, memory, exempt, unsettled };
}

function whyOf({ expired, removed }: Plan): Map<string, string> {
  const why = new Map<string, string>(expired.map(({ cidr }) => [cidr, 'expired']));
  for (const { block, why: reason } of removed) why.set(block.cidr, reason);
  return why;
}

/** For blocks of ours. A set in which nothing can be changed keeps what it has. */
function roomOf(set: KnownSet, nowMs: number): number {
  if (isMissing(set)) return 0;
  if (set.isShut === true) return blocksOf(set).filter(({ untilMs }) => untilMs > nowMs).length;
  return Math.max(0, set.sizeMax - foreignOf(set));
}

/** Where two sets have one, as while it moves, the later counts; what is in a set that is gone counts least. */
function blocksIn(sets: readonly KnownSet[]): Map<string, Block> {
  const blocks = new Map<string, Block>();
  const there = sets.filter((set) => !isMissing(set));
  for (const set of [...sets.filter(isMissing), ...there]) {
    for (const block of blocksOf(set)) blocks.set(block.cidr, block);
  }
  return blocks;
}

function blocksOf({ truth }: KnownSet): Block[] {
  const blocks: Block[] = [];
  for (const record of truth.records.values()) {
    if (isWanted(record) && record.block !== undefined) blocks.push(record.block);
  }
  return blocks;
}

function foreignOf({ truth }: KnownSet): number {
  let foreign = 0;
  for (const { state } of truth.records.values()) {
    // What is shared takes no room of its own, but room for a block of ours.
    if (state === 'foreign') foreign += 1;
  }
  return foreign;
}
