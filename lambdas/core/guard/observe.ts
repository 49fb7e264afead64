import { type SetRecord, type SetTruth, isInSet } from './set-truth';

/** What WAF says that a set holds. */
export interface Seen {
  readonly token: string;
  /** in canonical text */
  readonly cidrs: ReadonlySet<string>;
}

export interface Observation {
  /** What is known now; the same object if nothing is new. */
  readonly truth: SetTruth;
  /** Older than what is known: WAF's answers lag behind its updates. Nothing can be said. */
  readonly isStale: boolean;
  /** entries of ours that are in the set since it was looked at last, by a call that nobody saw end */
  readonly arrived: readonly SetRecord[];
  /** entries of ours that such a call took out */
  readonly left: readonly SetRecord[];
  /** entries of ours that somebody else removed: each becomes an allow */
  readonly lost: readonly SetRecord[];
  /** entries of ours that went together with more than half of the set, or in a deploy: they are put back */
  readonly restored: readonly SetRecord[];
  readonly foreignAdded: readonly string[];
  readonly foreignRemoved: readonly string[];
}

/** E: "more than half of a set's entries (and at least 10, or all of 2 and more) gone at once". */
const RESTORED_MIN = 10;
const EMPTIED_MIN = 2;

/**
 * Compares a set with its truth: docs/GUARD.md, "Enforce". The lock token tells whether anything changed since; a
 * call whose outcome is unknown has failed for good as soon as the token is another than its own. What is gone in a
 * deploy is nobody's judgement, however little it is.
 */
export function observe(truth: SetTruth, seen: Seen, isInDeploy = false): Observation {
  const nothing = { arrived: [], left: [], lost: [], restored: [] };
  const same = { truth, ...nothing, foreignAdded: [], foreignRemoved: [] };
  if (seen.token === truth.seenToken) return { ...same, isStale: false };
  if (seen.token === truth.pastToken) return { ...same, isStale: true };
  const gone = goneOf(truth, seen);
  const lost = new Set(gone.lost);
  const isMass = lost.size >= restoredMin(lost.size, gone) && lost.size * 2 > gone.heldBefore;
  const isRestored = isMass || isInDeploy;
  const records = new Map<string, SetRecord>();
  const arrived: SetRecord[] = [];
  const left: SetRecord[] = [];
  const foreignRemoved: string[] = [];
  for (const record of truth.records.values()) {
    const next = nextOf(record, seen.cidrs.has(record.cidr), isRestored);
    if (next !== undefined) records.set(next.cidr, next);
    const isIn = next !== undefined && isInSet(next);
    const isForeign = record.state === 'foreign' || record.state === 'shared';
    if (isInSet(record) && !isIn) {
      if (isForeign) foreignRemoved.push(record.cidr);
      else if (!lost.has(record)) left.push(record);
    } else if (!isInSet(record) && isIn && next.state !== 'shared' && next.state !== 'foreign') {
      arrived.push(next);
    }
  }
  const foreignAdded: string[] = [];
  for (const cidr of seen.cidrs) {
    const record = truth.records.get(cidr);
    if (record === undefined) {
      records.set(cidr, { cidr, state: 'foreign', isTouched: false, block: undefined });
    }
    const isNew = record === undefined || !isInSet(record);
    const { state } = records.get(cidr)!;
    if (isNew && (state === 'foreign' || state === 'shared')) foreignAdded.push(cidr);
  }
  return {
    truth: {
      ...truth,
      seenToken: seen.token,
      pastToken: truth.seenToken,
      calledToken: '',
      records,
    },
    isStale: false,
    arrived,
    left,
    lost: isRestored ? [] : gone.lost,
    restored: isRestored ? gone.lost : [],
    foreignAdded,
    foreignRemoved,
  };
}

/** What was held, no call of ours would take out, and is gone. */
function goneOf({ records }: SetTruth, { cidrs }: Seen) {
  const lost: SetRecord[] = [];
  let heldBefore = 0;
  for (const record of records.values()) {
    if (record.state !== 'held') continue;
    heldBefore += 1;
    if (!record.isTouched && !cidrs.has(record.cidr)) lost.push(record);
  }
  return { lost, heldBefore };
}

/** Who writes a whole set anew empties it, and nobody judges all entries one by one. */
function restoredMin(lost: number, { heldBefore }: { readonly heldBefore: number }): number {
  return lost === heldBefore ? EMPTIED_MIN : RESTORED_MIN;
}

/** What a record becomes when it is seen in the set, or not; undefined if nothing is left to know. */
function nextOf(record: SetRecord, isIn: boolean, isRestored: boolean): SetRecord | undefined {
  const as = (state: SetRecord['state']): SetRecord => ({ ...record, state, isTouched: false });
  switch (record.state) {
    case 'held':
      if (isIn) return as('held');
      return record.isTouched || isRestored ? as('adding') : undefined;
    case 'adding':
      if (!isIn) return as('adding');
      // No call of ours would have brought it: somebody else came first.
      return as(record.isTouched ? 'held' : 'shared');
    case 'removing':
      return isIn ? as('removing') : undefined;
    case 'leaving':
      if (!isIn) return undefined;
      return record.isTouched ? as('removing') : { ...as('foreign'), block: undefined };
    case 'foreign':
      return isIn ? record : undefined;
    case 'shared':
      return as(isIn ? 'shared' : 'adding');
  }
}
