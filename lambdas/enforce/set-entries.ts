import type { AuditEntry } from '../core/guard/audit';
import type { Observation } from '../core/guard/observe';
import { type Block, GUARD_AUTHOR } from '../core/guard/plan';
import { type SetRecord, type SetTruth, isInSet } from '../core/guard/set-truth';

/** What is written down of a change of a set. */

interface EntryFacts {
  readonly id: string;
  readonly set: string;
  readonly before: SetTruth;
  readonly version: number;
  readonly atMs: number;
}

function headOf({ id, set, before, version, atMs }: EntryFacts, truth: SetTruth) {
  return {
    ...{ id, set, atMs, version, versionBefore: before.version, previous: before.auditId },
    author: GUARD_AUTHOR,
    token: truth.seenToken,
  };
}

export function seenEntry(observation: Observation, facts: EntryFacts): AuditEntry {
  const { truth, arrived, left, lost, restored, foreignAdded, foreignRemoved } = observation;
  const named = (records: readonly SetRecord[], why: string) =>
    records.map(({ cidr }) => ({ cidr, why }));
  return {
    ...headOf(facts, truth),
    kind: 'seen',
    planHash: '',
    added: arrived.flatMap(({ block }) => (block === undefined ? [] : [block])),
    removed: [
      ...named(left, 'late_answer'),
      ...named(lost, 'by_others'),
      ...named(restored, 'restored'),
    ],
    foreignAdded,
    foreignRemoved,
  };
}

export function pushEntry(
  before: SetTruth,
  after: SetTruth,
  facts: EntryFacts & { readonly planHash: string; readonly why: ReadonlyMap<string, string> },
): AuditEntry {
  const added: Block[] = [];
  for (const record of after.records.values()) {
    const known = before.records.get(record.cidr);
    if (isInSet(record) && !(known && isInSet(known)) && record.block) added.push(record.block);
  }
  const removed = [...before.records.values()]
    .filter((record) => isInSet(record) && !after.records.has(record.cidr))
    .map(({ cidr }) => ({ cidr, why: facts.why.get(cidr) ?? 'moved' }));
  return {
    ...headOf(facts, after),
    kind: 'push',
    planHash: facts.planHash,
    ...{ added, removed, foreignAdded: [], foreignRemoved: [] },
  };
}

export function rollbackEntry(facts: {
  readonly id: string;
  readonly added: readonly string[];
  readonly atMs: number;
  readonly untilMs: number;
}): AuditEntry {
  const { id, added, atMs, untilMs } = facts;
  return {
    ...{ id: `rollback.${id}`, atMs, untilMs, kind: 'rollback', set: '', previous: '' },
    ...{ author: GUARD_AUTHOR, reason: 'F3: verified viewers were refused after the push' },
    ...{ versionBefore: 0, version: 0, token: '', planHash: '', added: [] },
    removed: added.map((cidr) => ({ cidr, why: 'held_back' })),
    ...{ foreignAdded: [], foreignRemoved: [] },
  };
}
