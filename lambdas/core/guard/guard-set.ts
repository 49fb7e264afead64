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
  /** how many entries WAF takes for it: 10,000, or what it held when it refused more; 0 if there is no such set */
  readonly sizeMax: number;
  /** Nothing can be changed in it for now: there is none, or WAF refuses. @default false */
  readonly isShut?: boolean;
}

/** WAF says that there is no such set: what it held blocks nobody. */
export function isMissing({ isShut = false, sizeMax }: KnownSet): boolean {
  return isShut && sizeMax === 0;
}

/** `block-v4-1`, the sort key of its truth in Blocks. */
export function setKeyOf({ list, family, n }: GuardSet): string {
  return `${list}-${family}-${n}`;
}

export function familyOf(cidr: string): 'v4' | 'v6' {
  return cidr.includes(':') ? 'v6' : 'v4';
}
