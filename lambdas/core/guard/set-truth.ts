import type { Block } from './plan';

/** What AWS WAF holds in one IP set at most; it cannot be raised. */
export const SET_SIZE_MAX = 10_000;

/**
 * What is known of one CIDR of one set. `held` and `removing` are in WAF and ours; `adding` is not in WAF
 * yet; `leaving` is neither in WAF nor wanted, but a call whose outcome is unknown may yet bring it;
 * `foreign` is in WAF and not ours; `shared` is foreign, and wanted by us too: when its owner takes it
 * out it is added, and when our block ends it stays.
 */
export const RECORD_STATES = [
  'held',
  'adding',
  'removing',
  'leaving',
  'foreign',
  'shared',
] as const;
export type RecordState = (typeof RECORD_STATES)[number];

export interface SetRecord {
  readonly cidr: string;
  readonly state: RecordState;
  /** Whether a call whose outcome is unknown would bring it or take it away. */
  readonly isTouched: boolean;
  /** undefined of what is foreign */
  readonly block: Block | undefined;
}

/** The truth of one set: what it holds, what is ours of it, and what is under way. */
export interface SetTruth {
  /** of the item; 0 before it is written for the first time */
  readonly version: number;
  /** lock token of the content that the records describe; '' before WAF was read */
  readonly seenToken: string;
  /** the one before: an answer that names it is older than what we know */
  readonly pastToken: string;
  /** lock token that a call was made with whose outcome is unknown; '' if none */
  readonly calledToken: string;
  /** the newest audit entry of the set; '' if none */
  readonly auditId: string;
  readonly records: ReadonlyMap<string, SetRecord>;
}

export const EMPTY_TRUTH: SetTruth = {
  version: 0,
  seenToken: '',
  pastToken: '',
  calledToken: '',
  auditId: '',
  records: new Map(),
};

/** Whether WAF had it when it was looked at last. */
export function isInSet({ state }: SetRecord): boolean {
  return state === 'held' || state === 'removing' || state === 'foreign' || state === 'shared';
}

/** Whether a block is in force, or is to be. */
export function isWanted({ state }: SetRecord): boolean {
  return state === 'held' || state === 'adding' || state === 'shared';
}

/** What the set is to hold: an update replaces all of it, so what others added goes in again. */
export function wantedCidrs({ records }: SetTruth): string[] {
  const cidrs: string[] = [];
  for (const record of records.values()) {
    if (record.state === 'foreign' || isWanted(record)) cidrs.push(record.cidr);
  }
  return cidrs;
}

export function needsCall({ records }: SetTruth): boolean {
  for (const { state } of records.values()) {
    if (state === 'adding' || state === 'removing') return true;
  }
  return false;
}
