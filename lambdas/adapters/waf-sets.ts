import { GetIPSetCommand, UpdateIPSetCommand, type Scope } from '@aws-sdk/client-wafv2';
import { canonicalCidr } from '../core/guard/prefix';
import { nameOf } from './backoff';
import type { Waf } from './clients';

/** How WAF names a set. */
export interface SetRef {
  readonly name: string;
  readonly id: string;
}

export interface SetContent {
  readonly token: string;
  /** canonical text to the text of WAF: what others wrote goes back as they wrote it */
  readonly entries: ReadonlyMap<string, string>;
}

export type UpdateOutcome =
  | { readonly kind: 'done'; readonly token: string }
  /** Somebody changed the set since it was read. */
  | { readonly kind: 'conflict' }
  /** The same again, later: nothing happened. */
  | { readonly kind: 'later'; readonly error: unknown }
  /** WAF takes no more entries. */
  | { readonly kind: 'full'; readonly error: unknown }
  /** No such set, or a request that is wrong or not allowed: somebody must look at it. */
  | { readonly kind: 'refused'; readonly error: unknown }
  /** Nobody knows whether it happened, or yet will. */
  | { readonly kind: 'unknown'; readonly error: unknown };

export interface WafSets {
  read(ref: SetRef): Promise<SetContent>;
  /** One attempt. The whole content of the set is replaced. */
  update(ref: SetRef, token: string, addresses: readonly string[]): Promise<UpdateOutcome>;
}

const OUTCOMES: Readonly<Record<string, 'conflict' | 'later' | 'full' | 'refused'>> = {
  WAFOptimisticLockException: 'conflict',
  ThrottlingException: 'later',
  Throttling: 'later',
  TooManyRequestsException: 'later',
  LimitExceededException: 'later',
  WAFUnavailableEntityException: 'later',
  WAFLimitsExceededException: 'full',
  WAFNonexistentItemException: 'refused',
  WAFInvalidParameterException: 'refused',
  WAFInvalidOperationException: 'refused',
  WAFFeatureNotIncludedInPricingPlanException: 'refused',
  ValidationException: 'refused',
  AccessDeniedException: 'refused',
};

/**
 * Why a set could not be read or changed. `missing`: there is no such set. `refused`: the same again is refused again.
 * `later`: it may pass.
 */
export function faultOf(error: unknown): 'missing' | 'refused' | 'later' {
  const name = nameOf(error);
  if (name === 'WAFNonexistentItemException') return 'missing';
  return OUTCOMES[name] === 'refused' ? 'refused' : 'later';
}

export function makeWafSets(waf: Waf, scope: string): WafSets {
  const Scope = scope as Scope;
  return {
    async read({ name, id }) {
      const answer = await waf.send(new GetIPSetCommand({ Name: name, Id: id, Scope }));
      const { IPSet, LockToken } = answer;
      if (LockToken === undefined || IPSet?.Addresses === undefined) {
        throw new Error(`set ${name} came without ${LockToken ? 'addresses' : 'a lock token'}`);
      }
      const entries = IPSet.Addresses.map((text) => [canonicalCidr(text) ?? text, text] as const);
      return { token: LockToken, entries: new Map(entries) };
    },
    async update({ name, id }, token, addresses) {
      const input = { Name: name, Id: id, Scope, LockToken: token, Addresses: [...addresses] };
      try {
        const { NextLockToken } = await waf.send(new UpdateIPSetCommand(input));
        if (NextLockToken !== undefined) return { kind: 'done', token: NextLockToken };
        return { kind: 'unknown', error: new Error(`no next lock token of ${name} came`) };
      } catch (error) {
        // An internal error may come after the deed; whoever reads the set again will see.
        const kind = OUTCOMES[nameOf(error)] ?? 'unknown';
        return kind === 'conflict' ? { kind } : { kind, error };
      }
    },
  };
}
