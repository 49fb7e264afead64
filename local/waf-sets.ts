import { randomUUID } from 'node:crypto';
import { readRange, textOfRange, type WafFamily } from './waf-cidr';
import { WAF_ERRORS } from './waf-error';
import { openWafFiles } from './waf-files';

/**
 * The IP sets of one account, each with what the edges know of it: an update is taken at once, and
 * reaches them later.
 */

export type WafScope = 'CLOUDFRONT' | 'REGIONAL';

export interface WafSet {
  readonly id: string;
  readonly name: string;
  readonly scope: WafScope;
  readonly family: WafFamily;
  readonly description: string;
  readonly lockToken: string;
  /** As WAF gives them back: each once, in order, IPv6 in full. */
  readonly addresses: readonly string[];
  /** A rule refers to it, so it cannot be deleted. */
  readonly isUsed: boolean;
}

/** What an update did, for whoever looks on. */
export interface WafUpdate {
  /** name of the set */
  readonly set: string;
  readonly count: number;
  readonly addresses: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly atMs: number;
  /** when the edges have it */
  readonly visibleAtMs: number;
}

export interface WafSetsOptions {
  /** Each set is a file of this directory, and is found again. @default in memory */
  readonly dir?: string;
  /** Until the edges have an update of this set; AWS says seconds to minutes. @default 0 */
  readonly propagationMs?: number | ((set: string) => number);
  readonly now: () => number;
  readonly onUpdate?: (update: WafUpdate) => void;
}

/** What the edges enforce of a set; `version` changes with it. */
export interface EdgeContent {
  readonly version: number;
  readonly addresses: readonly string[];
}

export interface SetName {
  readonly name: string;
  readonly id: string;
  readonly scope: WafScope;
}

export interface NewSet {
  readonly name: string;
  readonly scope: WafScope;
  readonly family: WafFamily;
  readonly description?: string;
  readonly addresses?: readonly string[];
}

export interface WafSets {
  create(set: NewSet, more?: { isUsed: boolean }): WafSet;
  /** By name, id and scope, which must all be its own. */
  get(which: SetName): WafSet;
  update(which: SetName, lockToken: string, addresses: readonly string[]): WafSet;
  delete(which: SetName, lockToken: string): void;
  list(): readonly WafSet[];
  /** At the given time of this clock, which must not run backwards. */
  edgeContent(id: string, nowMs: number): EdgeContent;
}

export const ADDRESSES_MAX = 10_000;
export const SETS_MAX = 100;

interface Version extends EdgeContent {
  readonly visibleAtMs: number;
}

interface Entry {
  set: WafSet;
  /** Oldest first; the first is what the edges had at the last look, or have had since. */
  versions: Version[];
}

export function makeWafSets(options: WafSetsOptions): WafSets {
  const { propagationMs = 0, now, onUpdate } = options;
  const files = openWafFiles(options.dir);
  const entries = new Map<string, Entry>();
  let versionCount = 0;
  const versionOf = (addresses: readonly string[], visibleAtMs: number): Version => ({
    version: (versionCount += 1),
    addresses,
    visibleAtMs,
  });
  for (const set of files.load()) {
    entries.set(set.id, { set, versions: [versionOf(set.addresses, -Infinity)] });
  }

  function find({ id, name, scope }: SetName): Entry {
    const entry = entries.get(id);
    if (entry?.set.name !== name || entry.set.scope !== scope) throw WAF_ERRORS.missing();
    return entry;
  }

  function put(set: WafSet, versions: Version[]): WafSet {
    entries.set(set.id, { set, versions });
    files.save(set);
    return set;
  }

  return {
    create({ name, scope, family, description = '', addresses = [] }, { isUsed } = NOT_USED) {
      const all = [...entries.values()];
      const isTaken = all.some(({ set }) => set.name === name && set.scope === scope);
      if (isTaken) throw WAF_ERRORS.duplicate();
      const stored = storedForm(addresses, family);
      if (all.length >= SETS_MAX) throw WAF_ERRORS.tooMany();
      const [id, lockToken] = [randomUUID(), randomUUID()];
      const kept = { id, name, scope, family, description, lockToken, addresses: stored, isUsed };
      return put(kept, [versionOf(stored, -Infinity)]);
    },
    get: (which) => find(which).set,
    update(which, lockToken, addresses) {
      const { set: before, versions } = find(which);
      const stored = storedForm(addresses, before.family);
      if (lockToken !== before.lockToken) throw WAF_ERRORS.stale();
      const atMs = now();
      const delayMs =
        typeof propagationMs === 'number' ? propagationMs : propagationMs(before.name);
      const next = versionOf(stored, atMs + delayMs);
      const set = { ...before, addresses: stored, lockToken: randomUUID() };
      put(set, [...dropPast(versions, atMs), next]);
      if (onUpdate) onUpdate(updateOf(before, set, { atMs, visibleAtMs: next.visibleAtMs }));
      return set;
    },
    delete(which, lockToken) {
      const { set } = find(which);
      if (lockToken !== set.lockToken) throw WAF_ERRORS.stale();
      if (set.isUsed) throw WAF_ERRORS.inUse();
      entries.delete(set.id);
      files.remove(set.id);
    },
    list: () => [...entries.values()].map(({ set }) => set).sort(byName),
    edgeContent(id, nowMs) {
      const entry = entries.get(id);
      if (entry === undefined) throw new Error(`no set ${id}, expected one of ${entries.size}`);
      entry.versions = dropPast(entry.versions, nowMs);
      return entry.versions[0]!;
    },
  };
}

const NOT_USED = { isUsed: false };

/** An update that comes after a newer one changes nothing: the edges never go back. */
function dropPast(versions: Version[], nowMs: number): Version[] {
  const newest = versions.findLastIndex(({ visibleAtMs }) => visibleAtMs <= nowMs);
  return newest <= 0 ? versions : versions.slice(newest);
}

/** One address that is wrong refuses them all. */
function storedForm(addresses: readonly string[], family: WafFamily): string[] {
  const stored = new Set<string>();
  for (const text of addresses) {
    const range = readRange(text);
    if (typeof range === 'string') throw WAF_ERRORS.badAddress(text, range);
    if (range.family !== family) throw WAF_ERRORS.badAddress(text, 'is of the other family');
    stored.add(textOfRange(range));
  }
  if (stored.size > ADDRESSES_MAX) throw WAF_ERRORS.tooMany();
  return [...stored].sort();
}

function updateOf(
  before: WafSet,
  after: WafSet,
  times: Pick<WafUpdate, 'atMs' | 'visibleAtMs'>,
): WafUpdate {
  const [had, has] = [new Set(before.addresses), new Set(after.addresses)];
  return {
    set: after.name,
    count: has.size,
    addresses: after.addresses,
    added: after.addresses.filter((address) => !had.has(address)),
    removed: before.addresses.filter((address) => !has.has(address)),
    ...times,
  };
}

function byName(a: WafSet, b: WafSet): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
