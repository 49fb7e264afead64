import { isDeepStrictEqual } from 'node:util';
import type { Attributes } from '../../lambdas/adapters/attributes';
import { decodeAudit, rebuildSet } from '../../lambdas/core/guard/audit';
import { decodeTruth } from '../../lambdas/core/guard/set-record';
import type { GuardMode } from '../../lambdas/core/settings';
import type { Prng } from '../support/prng';
import { BLOCKS, type GuardWorld, SMALL_SIZE } from './guard-world';

/** What was told and asked in a night of the guard. */
export interface Plot {
  readonly prng: Prng;
  readonly world: GuardWorld;
  /** all suspects that lanes told, by CIDR */
  readonly told: Set<string>;
  readonly people: { readonly blocked: Set<string>; readonly unblocked: Set<string> };
  /** of ours, removed by others while they were held for certain */
  readonly takenOut: Set<string>;
  /** of ours, gone with a whole set */
  readonly emptied: Set<string>;
  /** who writes whole sets anew */
  readonly redeploys: 'nobody' | 'stack' | 'tool';
  /** Whether people may say hold: what is told then is forgotten, and who goes on is told again. */
  readonly hasHeld: boolean;
}

/** When its block ends, and one minute more, in which somebody comes to look. */
function endOf(world: GuardWorld, cidr: string): number {
  const ends = world.sets.map(
    ({ name }) => truthOf(world, name)?.records.get(cidr)?.block?.untilMs,
  );
  return Math.max(...ends.map((endMs = 0) => endMs)) + 60_000;
}

function itemsOf(world: GuardWorld, pk: string): Attributes[] {
  return world.dynamo.items(BLOCKS).filter((item) => item['pk']!.S!.startsWith(pk));
}

export function truthOf(world: GuardWorld, name: string) {
  const item = itemsOf(world, 'set').find(({ sk }) => sk!.S === name);
  return item && decodeTruth(item['body']!.B!, Number(item['ver']!.N));
}

/** What must hold when all is quiet again, from what was told and asked alone. */
export function judge(
  { world, told, people, takenOut, emptied }: Plot,
  mode: GuardMode,
  { isShort, isTight }: { isShort: boolean; isTight: boolean },
): string[] {
  const differences: string[] = [];
  const allowed = new Set(
    itemsOf(world, 'manual')
      .filter(
        ({ sk, untilMs }) => sk!.S!.startsWith('allow#') && Number(untilMs!.N) > world.wallMs(),
      )
      .map(({ cidr }) => cidr!.S!),
  );
  const list = mode === 'count' ? 'count' : 'block';
  const held = { block: new Set<string>(), count: new Set<string>() };
  const all = { block: new Set<string>(), count: new Set<string>() };
  for (const set of world.sets) {
    for (const cidr of world.waf.ours(set.name)) held[set.list].add(cidr);
    for (const cidr of world.waf.sets.get(set.name)!.addresses) all[set.list].add(cidr);
  }
  const other = list === 'block' ? 'count' : 'block';
  const say = (text: string) => void differences.push(text);
  for (const cidr of held[list]) {
    const isManual = people.blocked.has(cidr) && list === 'block';
    if (allowed.has(cidr)) say(`${cidr} is blocked though it is allowed`);
    else if (mode === 'off' || (!isManual && isShort && endOf(world, cidr) <= world.wallMs())) {
      say(`${cidr} is blocked still`);
    } else if (cidr.startsWith('203.0.113.')) say(`${cidr} is exempt and blocked`);
    else if (!isManual && !isTight && !told.has(cidr)) say(`${cidr} is blocked and nobody told it`);
  }
  for (const cidr of held[other]) {
    if (other === 'block' && people.blocked.has(cidr) && mode !== 'off') continue;
    say(`${cidr} stayed in the list ${other}`);
  }
  for (const cidr of takenOut) {
    if (mode !== 'off' && !isShort && !isTight && !allowed.has(cidr) && !all[list].has(cidr)) {
      say(`${cidr} was taken out by others and is no allow`);
    }
  }
  if (mode === 'off') return differences;
  for (const cidr of emptied) {
    if (isShort || isTight || people.unblocked.has(cidr) || all[list].has(cidr)) continue;
    if (told.has(cidr)) say(`${cidr} went with its set and did not come back`);
  }
  for (const cidr of people.blocked) {
    if (!allowed.has(cidr) && !all.block.has(cidr) && !isTight)
      say(`${cidr} of people is not blocked`);
  }
  for (const cidr of told) {
    if (isShort || isTight || cidr.startsWith('203.0.113.') || allowed.has(cidr)) continue;
    if (!all[list].has(cidr)) say(`${cidr} was told and is not blocked`);
  }
  for (const cidr of people.unblocked) {
    if (held.block.has(cidr)) say(`${cidr} was unblocked and is blocked`);
  }
  if (isTight) differences.push(...judgeRoom(world, told, list));
  return differences;
}

/** With more suspects than room, sets are full, unless a wider block says it all. */
function judgeRoom(world: GuardWorld, told: ReadonlySet<string>, list: string): string[] {
  const v4 = [...told].filter((cidr) => cidr.startsWith('198.51.'));
  const set = world.waf.sets.get(`${list}-v4-1`)!;
  if (set.addresses.size > SMALL_SIZE) return [`set of ${set.addresses.size}`];
  const isWide = [...set.addresses].some((cidr) => !cidr.endsWith('/32'));
  if (v4.length > SMALL_SIZE + 10 && !isWide && set.addresses.size < SMALL_SIZE - 8) {
    return [`of ${v4.length} suspects ${set.addresses.size} are blocked, expected a full set`];
  }
  return [];
}

/** Truth equals WAF, and the audit gives every content that any of its entries speaks of. */
export function judgeAudit(world: GuardWorld): string[] {
  const differences: string[] = [];
  const entries = decodeAudit(itemsOf(world, 'audit#').map(({ body }) => body!.S!));
  for (const { name } of world.sets) {
    const truth = truthOf(world, name);
    const { addresses, foreign } = world.waf.sets.get(name)!;
    if (truth === undefined) {
      if (addresses.size > foreign.size) differences.push(`${name} has no truth`);
      continue;
    }
    const bad = [...truth.records.values()].filter(
      // What is leaving is not there; it waits for the token of a lost call to become another.
      ({ state, cidr }) =>
        state === 'adding' || state === 'removing' || addresses.has(cidr) === (state === 'leaving'),
    );
    if (bad.length > 0)
      differences.push(`${name} has not come to rest: ${bad[0]!.cidr} ${bad[0]!.state}`);
    for (const cidr of addresses) {
      const isForeign =
        truth.records.get(cidr)?.block === undefined || truth.records.get(cidr)?.state === 'shared';
      if (isForeign !== foreign.has(cidr)) differences.push(`${name}: whose is ${cidr}?`);
    }
    const own = new Map(entries.filter(({ set }) => set === name).map((it) => [it.id, it]));
    for (let id = truth.auditId; id !== '';) {
      const entry = own.get(id);
      if (entry === undefined) {
        differences.push(`${name}: audit entry ${id} is missing`);
        break;
      }
      const { blocks, foreign: others } = rebuildSet(entries, id);
      const rebuilt = [...blocks.keys(), ...others].sort();
      const content = world.waf.contents.get(entry.token);
      if (!isDeepStrictEqual(rebuilt, content)) {
        differences.push(
          `${name}: audit entry ${id} says ${rebuilt.join()}, WAF held ${content?.join()}`,
        );
        break;
      }
      id = entry.previous;
    }
  }
  return differences;
}
