/**
 * WAF takes one update in a second from a whole account, and people and deploys need their share of it, so
 * all enforcers together make at most one in two seconds. The time is waited, not read from a clock:
 * clocks step. Who gives its lease back has waited before, so who gets it may call at once.
 */
export const PACE_MS = 2_000;
/** How long a call may be under way; lambdas/adapters/clients.ts cuts it off then. */
export const CALL_MS_MAX = 5_000;
/** How long a lease may be old when a call is made on it. */
export const RESERVED_MS_MAX = 2_000;
/** Until a call of whoever had the lease before, and did not give it back, is over. */
export const TAKEN_OVER_MS = RESERVED_MS_MAX + CALL_MS_MAX + PACE_MS;

export interface Pace {
  /** Comes back when the next call may be made. */
  wait(): Promise<unknown>;
  /** From now on no call for so long. */
  rest(ms: number): void;
}

export function makePace(pause: (ms: number) => Promise<unknown>): Pace {
  let rested: Promise<unknown> = Promise.resolve();
  return {
    wait: () => rested,
    rest(ms) {
      rested = Promise.all([rested, pause(ms)]);
    },
  };
}
