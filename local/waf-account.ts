import { answerWaf, WAF_OPERATIONS, type WafOperation } from './waf-operations';
import { WAF_ERRORS, WafError } from './waf-error';
import { makeWafQuota, type WafQuotaOptions } from './waf-quota';
import {
  type EdgeContent,
  makeWafSets,
  type NewSet,
  type WafSet,
  type WafSetsOptions,
} from './waf-sets';

export interface WafAccountOptions extends Omit<WafSetsOptions, 'now'>, WafQuotaOptions {
  /** @default that of the machine */
  readonly now?: () => number;
}

/**
 * What goes wrong with a call. A name of an error: it is refused with that, and nothing is done. `lost_answer`: it
 * is done, and the caller hears 500. `broken_connection`: it is done, and the caller hears nothing.
 */
export type WafFault =
  | 'WAFInternalErrorException'
  | 'WAFUnavailableEntityException'
  | 'WAFLimitsExceededException'
  | 'ThrottlingException'
  | 'lost_answer'
  | 'broken_connection';

export interface WafCall {
  readonly operation: WafOperation;
  /** as JSON has it */
  readonly input: Readonly<Record<string, unknown>>;
  /** for which the call is signed */
  readonly region: string | undefined;
}

/** An account of AWS WAFv2, seen from inside. */
export interface WafAccount {
  /** A set that was there long before, as a stack makes it: without quota, known to the edges, in use by a rule. */
  provide(set: NewSet): WafSet;
  sets(): readonly WafSet[];
  /** What the edges enforce at that time. */
  edgeAddresses(id: string, nowMs: number): readonly string[];
  edgeContent(id: string, nowMs: number): EdgeContent;
  /** The next calls of this operation that the quota admits go wrong, one after the other. */
  inject(operation: WafOperation, ...faults: readonly WafFault[]): void;
  /** Another caller of the account uses this second. */
  takeQuota(): void;
  /** Somebody changes a set by hand: all at once, with a new token. */
  edit(id: string, change: (addresses: readonly string[]) => readonly string[]): WafSet;
  /** How often each operation was called, refused or not. */
  calls(): Readonly<Record<WafOperation, number>>;
}

export interface WafCallee extends WafAccount {
  /** Throws a `WafError`. */
  call(call: WafCall): object | 'broken_connection';
}

/** CLOUDFRONT lives there alone. */
const HOME_REGION = 'us-east-1';

export function makeWafAccount(options: WafAccountOptions = {}): WafCallee {
  const { now = Date.now, neighbourEveryMs } = options;
  const sets = makeWafSets({ ...options, now });
  const quota = makeWafQuota(neighbourEveryMs === undefined ? {} : { neighbourEveryMs });
  const faults = new Map<WafOperation, WafFault[]>();
  const counts = new Map<WafOperation, number>(WAF_OPERATIONS.map((it) => [it, 0]));
  return {
    call({ operation, input, region }) {
      counts.set(operation, counts.get(operation)! + 1);
      if (!quota.admits(operation, now())) throw WAF_ERRORS.tooFast();
      const fault = faults.get(operation)?.shift();
      const isLost = fault === 'lost_answer' || fault === 'broken_connection';
      if (fault !== undefined && !isLost) throw new WafError(fault, 'injected');
      checkScope(input['Scope'], region);
      const answer = answerWaf(operation, sets, input);
      if (fault === 'lost_answer') throw new WafError('WAFInternalErrorException', 'injected');
      return fault ?? answer;
    },
    provide: (set) => sets.create(set, { isUsed: true }),
    sets: () => sets.list(),
    edgeAddresses: (id, nowMs) => sets.edgeContent(id, nowMs).addresses,
    edgeContent: (id, nowMs) => sets.edgeContent(id, nowMs),
    inject(operation, ...more) {
      faults.set(operation, [...(faults.get(operation) ?? []), ...more]);
    },
    takeQuota: () => quota.takeWrite(now()),
    edit(id, change) {
      const set = sets.list().find((it) => it.id === id);
      if (set === undefined) throw new Error(`no set ${id} to edit`);
      return sets.update(set, set.lockToken, change(set.addresses));
    },
    calls: () => Object.fromEntries(counts) as Record<WafOperation, number>,
  };
}

function checkScope(scope: unknown, region: string | undefined): void {
  if (scope === 'REGIONAL') return;
  if (scope !== 'CLOUDFRONT' || region !== HOME_REGION) throw WAF_ERRORS.badScope(String(scope));
}
