import { GUARD_LISTS, type GuardList, type GuardSet } from '../lambdas/core/guard/guard-set';
import type { GuardSettings } from '../lambdas/core/settings';

/** AWS WAF: what one set holds at most, and it cannot be raised. */
export const SET_CIDRS_MAX = 10_000;

/** The IP sets that the guard fills, for the stack and the local rig, in the order in which they are filled. */
export function guardSetsOf({ setsV4, setsV6 }: GuardSettings): GuardSet[] {
  const some = (list: GuardList, family: 'v4' | 'v6', count: number) =>
    Array.from({ length: count }, (_, at): GuardSet => ({ list, family, n: at + 1 }));
  return GUARD_LISTS.flatMap((list) => [...some(list, 'v4', setsV4), ...some(list, 'v6', setsV6)]);
}
