import { findFacts } from '../adapters/address-facts';
import type { AuditPart, AuditReader } from '../adapters/audit-reader';
import type { GuardReader } from '../adapters/guard-reader';
import type { ManualStore } from '../adapters/manual-store';
import type { GuardList } from '../core/guard/guard-set';
import type { Block } from '../core/guard/plan';
import type { Settings } from '../core/settings';
import { addressJson } from './address-json';
import {
  type BlockPlace,
  comparePlaces,
  countLists,
  factsOf,
  lastFacts,
  listBlocks,
  parseStatus,
  placeOf,
} from './block-list';
import { ProblemError } from './problem';

export interface GuardSource {
  readonly settings: Settings;
  readonly guard: GuardReader;
  readonly manual: Pick<ManualStore, 'load'>;
  readonly audit: AuditReader;
  now(): number;
}

export interface BlocksWish {
  readonly list: GuardList | undefined;
  readonly limit: number;
  /** as `next` says it; '' for the beginning */
  readonly after: string;
}

/** As `turnout blocks --json`, page by page: a page begins behind an entry, whatever has come or gone since. */
export async function answerBlocks({ guard, now }: GuardSource, wish: BlocksWish) {
  const { list, limit, after } = wish;
  const [all, status] = await Promise.all([guard.loadSets(), guard.loadStatus()]);
  const sets = all.filter((set) => list === undefined || set.list === list);
  const last = parsePlace(after);
  const left = listBlocks(sets).filter(
    (one) => last === undefined || comparePlaces(placeOf(one), last) > 0,
  );
  const listed = left.slice(0, limit);
  const nowMs = now();
  const place = left.length > limit ? placeOf(listed.at(-1)!) : undefined;
  return {
    at: new Date(nowMs).toISOString(),
    ...{ lists: countLists(sets), ...lastFacts(parseStatus(status)) },
    ...{ listed, nowMs, blocks: listed.map((one) => factsOf(one, nowMs)) },
    next: place && JSON.stringify([place.rank, place.attackHits, place.cidr, place.set]),
  };
}

/** undefined also of what is no place: see isBlockPlace. */
function parsePlace(text: string): BlockPlace | undefined {
  if (text === '') return undefined;
  const json = tryParse(text);
  if (!Array.isArray(json) || json.length !== 4) return undefined;
  const [rank, attackHits, cidr, set] = json as unknown[];
  if (typeof rank !== 'number' || typeof attackHits !== 'number') return undefined;
  if (typeof cidr !== 'string' || typeof set !== 'string') return undefined;
  return { rank, attackHits, cidr, set };
}

export function isBlockPlace(text: string): boolean {
  return parsePlace(text) !== undefined;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** As `turnout explain --json`. */
export async function answerAddress(source: GuardSource, address: string, days: number) {
  const facts = await findFacts(address, source, { nowMs: source.now(), days });
  return addressJson(facts, source.settings);
}

export interface AuditQuestion {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly limit: number;
  readonly after: string;
}

const DAY_MS = 86_400_000;
/** A day without entries is a query all the same. */
const AUDIT_DAYS_MAX = 31;

export async function answerAudit({ audit, now }: GuardSource, question: AuditQuestion) {
  const { limit, after } = question;
  const toMs = question.to ?? now();
  const fromMs = question.from ?? toMs - DAY_MS;
  const days = (toMs - fromMs) / DAY_MS;
  if (days <= 0 || days > AUDIT_DAYS_MAX) {
    const expected = `from before to, and at most ${AUDIT_DAYS_MAX} days between them`;
    throw new ProblemError(400, { what: 'window', got: `${days.toFixed(1)} days`, expected });
  }
  const { parts, next } = await audit.load({ fromMs, toMs, after, partsMax: limit });
  return { from: iso(fromMs), to: iso(toMs), entries: parts.map(entryJson), next };
}

const iso = (ms: number) => new Date(ms).toISOString();

function entryJson({ part, parts, entry }: AuditPart) {
  const { id, atMs, author, kind, set, version, planHash, reason, untilMs, mode, cidr } = entry;
  return {
    ...{ at: iso(atMs), id, kind, author, set, part, parts, version, planHash },
    ...(reason !== undefined && { reason }),
    ...(untilMs !== undefined && { until: iso(untilMs) }),
    ...(mode !== undefined && { mode }),
    ...(cidr !== undefined && { cidr }),
    added: entry.added.map(blockJson),
    removed: entry.removed,
    addedByOthers: entry.foreignAdded,
    removedByOthers: entry.foreignRemoved,
  };
}

function blockJson({ sinceMs, untilMs, ...block }: Block) {
  const { cidr, rule, author, reason, strikes, evidence } = block;
  const { attackHits, verifiedViewers, suspects } = block;
  return {
    ...{ cidr, rule, attackHits, verifiedViewers, suspects, strikes },
    ...{ since: iso(sinceMs), until: iso(untilMs), author },
    ...(reason !== undefined && { reason }),
    ...(evidence && { evidence }),
  };
}
