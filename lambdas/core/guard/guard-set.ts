import type { SetTruth } from './set-truth';

export const GUARD_LISTS = ['block', 'count'] as const;
export type GuardList = (typeof GUARD_LISTS)[number];

/** One IP set of WAF that the guard fills. */
export interface GuardSet {
  readonly list: GuardList;
  readonly family: 'v4' | 'v6';
  /** from 1 on, in its list and family */
  readonly n: number;
}

export interface KnownSet extends GuardSet {
  readonly truth: SetTruth;
  /** how many entries WAF takes for it: 10,000, or what it held when it refused more */
  readonly sizeMax: number;
}

/** `block-v4-1`, the sort key of its truth in Blocks. */
export function setKeyOf({ list, family, n }: GuardSet): string {
  return `${list}-${family}-${n}`;
}

export function familyOf(cidr: string): 'v4' | 'v6' {
  return cidr.includes(':') ? 'v6' : 'v4';
}
