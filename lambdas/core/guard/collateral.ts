/** The fuse F1: how many viewers all blocks together may cover. */

export interface Risk {
  readonly cidr: string;
  readonly attackHits: number;
  readonly verifiedViewers: number;
}

/**
 * Those that must not be. The best ratio of attack to viewers is let in first, and what does not fit is
 * passed over: the worst go first, but one building too large to block does not cost all others.
 */
export function beyondCollateral<R extends Risk>(risks: readonly R[], viewersMax: number): Set<R> {
  const cut = new Set<R>();
  let left = viewersMax;
  const order = risks.filter(({ verifiedViewers }) => verifiedViewers > 0);
  order.sort(
    (a, b) =>
      b.attackHits * a.verifiedViewers - a.attackHits * b.verifiedViewers ||
      (a.cidr < b.cidr ? -1 : 1),
  );
  for (const risk of order) {
    if (risk.verifiedViewers > left) cut.add(risk);
    else left -= risk.verifiedViewers;
  }
  return cut;
}
