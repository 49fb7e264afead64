import { N } from './source-cells';
import type { SourceTable } from './source-table';
import { S } from './source-windows';

/** A prefix of many sources that each asked once and never came back: S11_network. */
export interface NetworkFinding {
  readonly hi: number;
  readonly lo: number;
  readonly bits: number;
  readonly sources: number;
  readonly hits: number;
  readonly failed: number;
  readonly manifests: number;
  readonly pages: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

const SOURCES_MIN = 24;
const QUIET_PERCENT_MIN = 90;
const QUIET_HITS_MAX = 2;
const FAILED_PERCENT_MAX = 20;
const NEW_MIN = 8;
/** Old enough to have gone on. */
const AGE_SLOTS_MIN = 2;
const MINUTE_SLOTS = 30;
const V4_HI = 0xffff;
/** Whose network has fewer is none that is looked for. */
const QUIET_MIN = Math.ceil((SOURCES_MIN * QUIET_PERCENT_MIN) / 100);
const PLACES = 2 ** 14;
const PLACES_SHIFT = 32 - 14;

/** A prefix by its first address, and the half of the keyed hash that names its /20 or /40. */
export interface NetworkName {
  readonly hi: number;
  readonly lo: number;
  readonly network: number;
}

interface Group
  extends
    NetworkName,
    Record<
      | 'sources'
      | 'quiet'
      | 'asked'
      | 'fresh'
      | 'all'
      | 'hosted'
      | 'hits'
      | 'failed'
      | 'manifests'
      | 'pages',
      number
    > {
  firstSlot: number;
  lastSlot: number;
}

/**
 * The smallest such prefixes: /24, then /20 of IPv4; /56, then /40 of IPv6. `isWatched` says whether anybody conforms
 * in the whole /20 or /40 of a prefix.
 */
export function findNetworks(
  table: SourceTable,
  nowSlot: number,
  isWatched: (where: NetworkName) => boolean,
): NetworkFinding[] {
  const found: NetworkFinding[] = [];
  const crowded = crowdedPlaces(table, nowSlot);
  if (crowded === undefined) return found;
  for (const level of [0, 1]) {
    for (const [key, group] of groupsOf(table, { nowSlot, level, crowded })) {
      if (!isSuspicious(group)) continue;
      const bits = bitsOf(group.hi, level);
      if (found.some((one) => one.bits > bits && keyOf(one.hi, one.lo, level) === key)) continue;
      // Where some of a network watch, others who live there will: nothing of it is blocked as a network.
      if (!isWatched(group)) found.push(findingOf(group, bits));
    }
  }
  return found;
}

/**
 * How many quiet sources the /20s and /40s have, by places that some of them share: nearly all networks have too few,
 * and are not looked at. Undefined if all have.
 */
function crowdedPlaces(table: SourceTable, nowSlot: number): Uint32Array | undefined {
  const places = new Uint32Array(PLACES);
  const { words } = table;
  let most = 0;
  table.each((at) => {
    if (!isOfMinute(words, at, nowSlot) || !isOld(words, at, nowSlot)) return;
    if (!isQuiet(table, at) || table.long(at, N.asks) === 0) return;
    const place = placeOf(words[at + S.hi]!, words[at + S.lo]!);
    places[place]! += 1;
    most = Math.max(most, places[place]!);
  });
  return most < QUIET_MIN ? undefined : places;
}

function placeOf(hi: number, lo: number): number {
  const network = hi === V4_HI ? lo >>> 12 : Math.imul(hi, 0x85eb_ca6b) ^ (lo >>> 24);
  return Math.imul(network, 0x9e37_79b1) >>> PLACES_SHIFT;
}

function isOfMinute(words: Uint32Array, at: number, nowSlot: number): boolean {
  return words[at + S.lastSlot]! > nowSlot - MINUTE_SLOTS;
}

function isOld(words: Uint32Array, at: number, nowSlot: number): boolean {
  return words[at + S.firstSlot]! <= nowSlot - AGE_SLOTS_MIN;
}

function isQuiet(table: SourceTable, at: number): boolean {
  return (
    table.total(at, N.hits) <= QUIET_HITS_MAX &&
    table.total(at, N.media) + table.total(at, N.missed) === 0
  );
}

function groupsOf(
  table: SourceTable,
  { nowSlot, level, crowded }: { nowSlot: number; level: number; crowded: Uint32Array },
): Map<string, Group> {
  const groups = new Map<string, Group>();
  const { words } = table;
  table.each((at) => {
    if (!isOfMinute(words, at, nowSlot)) return;
    if (crowded[placeOf(words[at + S.hi]!, words[at + S.lo]!)]! < QUIET_MIN) return;
    const [hi, lo] = networkOf(words[at + S.hi]!, words[at + S.lo]!, level);
    const key = `${hi} ${lo}`;
    let group = groups.get(key);
    const network = words[at + S.address]! >>> 16;
    if (group === undefined) groups.set(key, (group = emptyGroup({ hi, lo, network })));
    addSource(group, table, at, nowSlot);
  });
  return groups;
}

function addSource(group: Group, table: SourceTable, at: number, nowSlot: number): void {
  const { words } = table;
  const [first, last] = [words[at + S.firstSlot]!, words[at + S.lastSlot]!];
  if (table.long(at, N.asks) === 0) return;
  group.sources += 1;
  if (isOld(words, at, nowSlot)) {
    group.asked += 1;
    if (isQuiet(table, at)) group.quiet += 1;
  }
  if (first > nowSlot - MINUTE_SLOTS) group.fresh += 1;
  group.all += table.long(at, N.hits);
  group.hosted += table.long(at, N.hosted);
  group.hits += table.windowHits(at);
  group.failed += table.total(at, N.failed);
  group.manifests += table.long(at, N.manifests);
  group.pages += table.long(at, N.pages);
  group.firstSlot = Math.min(group.firstSlot, first);
  group.lastSlot = Math.max(group.lastSlot, last);
}

function isSuspicious({ sources, asked, quiet, fresh, failed, all, hosted }: Group): boolean {
  return (
    asked >= SOURCES_MIN &&
    100 * quiet >= QUIET_PERCENT_MIN * asked &&
    100 * failed < FAILED_PERCENT_MAX * sources &&
    fresh > NEW_MIN &&
    // Who lives there may come to watch in the next minute.
    2 * hosted >= all
  );
}

function findingOf(group: Group, bits: number): NetworkFinding {
  const { hi, lo, sources, hits, failed, manifests, pages, firstSlot, lastSlot } = group;
  const times = { firstAtMs: firstSlot * 2_000, lastAtMs: lastSlot * 2_000 + 1_999 };
  return { hi, lo, bits, sources, hits, failed, manifests, pages, ...times };
}

function keyOf(hi: number, lo: number, level: number): string {
  return networkOf(hi, lo, level).join(' ');
}

function networkOf(hi: number, lo: number, level: number): [number, number] {
  if (hi === V4_HI) return [hi, (lo & (level === 0 ? 0xffffff00 : 0xfffff000)) >>> 0];
  // /56 keeps 24 bits of the second word, /40 keeps 8.
  return [hi, (lo & (level === 0 ? 0xffffff00 : 0xff000000)) >>> 0];
}

function bitsOf(hi: number, level: number): number {
  if (hi === V4_HI) return level === 0 ? 24 : 20;
  return level === 0 ? 56 : 40;
}

function emptyGroup(where: NetworkName): Group {
  const none = {
    sources: 0,
    quiet: 0,
    asked: 0,
    fresh: 0,
    hits: 0,
    failed: 0,
    manifests: 0,
    all: 0,
    hosted: 0,
  };
  return { ...where, ...none, pages: 0, firstSlot: Infinity, lastSlot: 0 };
}
