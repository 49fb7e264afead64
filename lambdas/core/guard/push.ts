import type { Block } from './plan';
import type { SetRecord, SetTruth } from './set-truth';
import { needsCall } from './set-truth';

/** What a set should hold of ours becomes the states of its records. Nothing is called yet. */
export function intend(truth: SetTruth, wanted: ReadonlyMap<string, Block>): SetTruth {
  const records = new Map<string, SetRecord>();
  let isSame = true;
  const keep = (record: SetRecord | undefined, before: SetRecord | undefined) => {
    if (record !== before) isSame = false;
    if (record !== undefined) records.set(record.cidr, record);
  };
  for (const record of truth.records.values()) {
    const block = wanted.get(record.cidr);
    keep(block === undefined ? unwantedOf(record) : wantedOf(record, block), record);
  }
  for (const [cidr, block] of wanted) {
    if (truth.records.has(cidr)) continue;
    keep({ cidr, state: 'adding', isTouched: false, block }, undefined);
    isSame = false;
  }
  return isSame ? truth : { ...truth, records };
}

function wantedOf(record: SetRecord, block: Block): SetRecord {
  const { state } = record;
  const next = {
    ...{ held: 'held', adding: 'adding', shared: 'shared' },
    ...{ removing: 'held', leaving: 'adding', foreign: 'shared' },
  }[state] as SetRecord['state'];
  const isSame = next === state && record.block !== undefined && sameBlock(record.block, block);
  return isSame ? record : { ...record, state: next, block };
}

function unwantedOf(record: SetRecord): SetRecord | undefined {
  switch (record.state) {
    case 'held':
      return { ...record, state: 'removing' };
    case 'adding':
      // A call that may yet be carried out would bring it, and nobody would know that it is ours.
      return record.isTouched ? { ...record, state: 'leaving' } : undefined;
    case 'shared':
      return { ...record, state: 'foreign', isTouched: false, block: undefined };
    case 'leaving':
      return record.isTouched ? record : undefined;
    default:
      return record;
  }
}

/** What is stored of a block; evidence, author and reason are not. */
function sameBlock(a: Block, b: Block): boolean {
  return (
    a.sinceMs === b.sinceMs &&
    a.untilMs === b.untilMs &&
    a.rule === b.rule &&
    a.strikes === b.strikes &&
    a.attackHits === b.attackHits &&
    a.verifiedViewers === b.verifiedViewers &&
    a.suspects === b.suspects
  );
}

/** To be written before the call: whoever comes after a crash knows what is ours of what it finds. */
export function announceCall(truth: SetTruth): SetTruth {
  if (!needsCall(truth)) throw new Error('a call was announced that changes nothing');
  return mapRecords({ ...truth, calledToken: truth.seenToken }, (record) =>
    record.state === 'adding' || record.state === 'removing'
      ? { ...record, isTouched: true }
      : record,
  );
}

/** After a call that WAF took. No other call with the same token can follow it. */
export function settleCall(truth: SetTruth, nextToken: string): SetTruth {
  const called = { ...truth, seenToken: nextToken, pastToken: truth.seenToken, calledToken: '' };
  return mapRecords(called, (record) => {
    if (record.state === 'removing' || record.state === 'leaving') return undefined;
    if (record.state === 'adding') return { ...record, state: 'held', isTouched: false };
    return record.isTouched ? { ...record, isTouched: false } : record;
  });
}

/**
 * After a call that WAF refused for good. If a call before it is still open, nothing is known of that one;
 * else nothing is under way.
 */
export function refuseCall(truth: SetTruth, before: SetTruth): SetTruth {
  if (before.calledToken !== '') return truth;
  return mapRecords({ ...truth, calledToken: '' }, (record) =>
    record.isTouched ? { ...record, isTouched: false } : record,
  );
}

function mapRecords(
  truth: SetTruth,
  change: (record: SetRecord) => SetRecord | undefined,
): SetTruth {
  const records = new Map<string, SetRecord>();
  for (const record of truth.records.values()) {
    const next = change(record);
    if (next !== undefined) records.set(next.cidr, next);
  }
  return { ...truth, records };
}
