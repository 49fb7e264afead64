import type { GuardReader, StoredSet } from './guard-reader';
import type { ManualStore, NamedAllow } from './manual-store';
import { forEachParallel } from './parallel';
import { SHIPPED_FILES } from '../core/edge/network-lists';
import type { AuditEntry } from '../core/guard/audit';
import { exemptOf } from '../core/guard/exempt';
import { GUARD_LISTS, type GuardList, familyOf } from '../core/guard/guard-set';
import type { Block, ManualBlock } from '../core/guard/plan';
import { whyMode } from '../core/guard/modes';
import { LANE_BITS } from '../core/guard/prefix-plan';
import { type Prefix, canonicalCidr, parsePrefix, prefixText, widen } from '../core/guard/prefix';
import type { RecordState } from '../core/guard/set-truth';
import type { Suspect } from '../core/guard/suspect';
import type { GuardMode, Settings } from '../core/settings';

/** An entry of a set that covers the address. */
export interface Covering {
  readonly list: GuardList;
  readonly set: string;
  readonly cidr: string;
  readonly state: RecordState;
  /** undefined of what others added */
  readonly block: Block | undefined;
}

/** One line of what was written down. */
export interface HistoryEvent {
  readonly atMs: number;
  readonly what: 'added' | 'removed' | 'added_by_others' | 'removed_by_others' | AuditEntry['kind'];
  readonly cidr: string;
  /** '' of what is not about one */
  readonly set: string;
  readonly author: string;
  readonly reason?: string;
  /** of what was removed */
  readonly why?: string;
  readonly untilMs?: number;
  /** of what was added */
  readonly block?: Block;
}

export interface ToldSuspect {
  readonly atMs: number;
  readonly suspect: Suspect;
}

/** All that is known of an address. */
export interface AddressFacts {
  readonly address: string;
  /** the address, or the /64 that holds it */
  readonly source: Prefix;
  readonly nowMs: number;
  readonly mode: GuardMode;
  readonly covering: readonly Covering[];
  readonly allows: readonly NamedAllow[];
  readonly manual: readonly ManualBlock[];
  /** F3 took it back */
  readonly heldBackUntilMs: number | undefined;
  /** list of turnout.json or shipped, as the exempt table names it */
  readonly exemptBy: string | undefined;
  readonly history: readonly HistoryEvent[];
  readonly fromMs: number;
  /** what lanes told of it last; undefined also where nobody looked, because it is blocked */
  readonly suspect: ToldSuspect | undefined;
}

export interface FactSources {
  readonly guard: GuardReader;
  readonly manual: Pick<ManualStore, 'load'>;
  readonly settings: Settings;
}

const DAY_MS = 86_400_000;
const LANES_AT_ONCE = 16;
/** Of all lanes together: an item is up to 400 KB, and the answer must come while somebody waits. */
const PARTS_MAX = 3_200;
const PARTS_PER_LANE_MIN = 10;

export async function findFacts(
  address: string,
  sources: FactSources,
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
): Promise<AddressFacts> {
  const source = parsePrefix(address)!;
  const fromMs = nowMs - days * DAY_MS;
  const cidrs = cidrsAround(source);
  const { guard, settings } = sources;
  const family = familyOf(prefixText(source));
  const [sets, manual, history] = await Promise.all([
    Promise.all(GUARD_LISTS.map((list) => guard.loadSets({ list, family }))),
    sources.manual.load(nowMs),
    guard.loadHistory(cidrs, fromMs, nowMs),
  ]);
  const names = namesCovering(address, source);
  const covers: Test = ({ cidr }) => names.has(cidr);
  const covering = sets.flat().flatMap((set) => coveringIn(set, names));
  const isHeld = covering.some(({ block }) => block !== undefined);
  return {
    ...{ address, source, nowMs, fromMs, covering },
    mode: whyMode(settings, manual.mode, nowMs).mode,
    allows: manual.allows.filter(covers),
    manual: manual.blocks.filter(covers),
    heldBackUntilMs: manual.heldBack.find(covers)?.untilMs,
    exemptBy: exemptOf(settings, SHIPPED_FILES).nameOf(source),
    history: history.flatMap((entry) => eventsOf(entry, covers)),
    suspect: isHeld ? undefined : await findSuspect(guard, settings.lanes, cidrs, covers),
  };
}

/** From the lane prefix to the source itself: no block of ours is wider or narrower. */
function cidrsAround(source: Prefix): string[] {
  const widest = LANE_BITS[source.version];
  return Array.from({ length: source.bits - widest + 1 }, (_, n) =>
    prefixText(widen(source, widest + n)),
  );
}

/**
 * Every range that holds the address, in canonical text: entries of others may be wider than any of ours, or
 * narrower than the /64 that a source of IPv6 is. To look each up is far less than to compare with each block.
 */
function namesCovering(address: string, { version, lo }: Prefix): ReadonlySet<string> {
  const own =
    version === 4 ? prefixText({ version, hi: 0xffff, lo, bits: 32 }).slice(0, -3) : address;
  const widths = Array.from({ length: version === 4 ? 32 : 128 }, (_, n) => n + 1);
  return new Set(widths.map((bits) => canonicalCidr(`${own}/${bits}`)!));
}

type Test = (one: { readonly cidr: string }) => boolean;

function coveringIn({ list, key, truth }: StoredSet, names: ReadonlySet<string>): Covering[] {
  const found: Covering[] = [];
  for (const cidr of names) {
    const record = truth.records.get(cidr);
    if (record === undefined) continue;
    found.push({ list, set: key, cidr, state: record.state, block: record.block });
  }
  return found;
}

function eventsOf(entry: AuditEntry, covers: Test): HistoryEvent[] {
  const { atMs, set, author, reason, untilMs, kind, cidr } = entry;
  const said = {
    ...(reason !== undefined && { reason }),
    ...(untilMs !== undefined && { untilMs }),
  };
  const head = { atMs, set, author };
  if (cidr !== undefined && covers({ cidr })) return [{ ...head, what: kind, cidr, ...said }];
  const removed = entry.removed
    .filter(covers)
    .map((one) => ({ ...head, what: 'removed' as const, cidr: one.cidr, why: one.why }));
  const added = entry.added.filter(covers).map((block) => ({
    ...{ ...head, what: 'added' as const, cidr: block.cidr, block },
    ...{ author: block.author, untilMs: block.untilMs },
  }));
  const byOthers = (cidrs: readonly string[], what: 'added_by_others' | 'removed_by_others') =>
    cidrs
      .filter((one) => covers({ cidr: one }))
      .map((one) => ({ atMs, set, author: 'others', what, cidr: one }));
  return [
    ...[...removed, ...added],
    ...byOthers(entry.foreignAdded, 'added_by_others'),
    ...byOthers(entry.foreignRemoved, 'removed_by_others'),
  ];
}

/** Which lane an address belongs to is a secret of the viewer key, so all are asked for what they told last. */
async function findSuspect(
  guard: GuardReader,
  lanes: number,
  naming: readonly string[],
  covers: Test,
): Promise<ToldSuspect | undefined> {
  const partsMax = Math.max(PARTS_PER_LANE_MIN, Math.floor(PARTS_MAX / lanes));
  let newest: ToldSuspect | undefined;
  const numbers = Array.from({ length: lanes }, (_, lane) => lane);
  await forEachParallel(numbers, LANES_AT_ONCE, async (lane) => {
    for (const { part } of await guard.loadBatches(lane, { partsMax, naming })) {
      if (part === undefined || (newest !== undefined && part.atMs <= newest.atMs)) continue;
      const suspect = part.suspects.find(covers);
      if (suspect !== undefined) newest = { atMs: part.atMs, suspect };
    }
  });
  return newest;
}
