import { setTimeout as sleep } from 'node:timers/promises';

/** What waiting needs of the world, so that a simulation may own it. */
export interface Patience {
  /** Comes back after so many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
  /** In [0, 1) */
  readonly random: () => number;
}

export const REAL_PATIENCE: Patience = { pause: sleep, random: Math.random };

const FIRST_MS_MAX = 50;
const LATER_MS_MAX = 5_000;

/**
 * How long to wait after attempt n (from 1) before the next: anything up to a bound that doubles
 * ("full jitter"), so that writers who were refused together do not come back together.
 */
export function backoffMs(attempt: number, random: () => number): number {
  return Math.floor(random() * Math.min(LATER_MS_MAX, FIRST_MS_MAX * 2 ** (attempt - 1)));
}

/** Refusals that say: the same again, later. */
const THROTTLING = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'TransactionConflictException',
  'KMSThrottlingException',
]);

export function isThrottling(error: unknown): boolean {
  return THROTTLING.has(nameOf(error));
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** Attempts at one call that is throttled: 8 seconds of waiting on average, 16 at most. */
export const THROTTLED_ATTEMPTS_MAX = 10;

/** Does work again while it is throttled; the last refusal is thrown. */
export async function retryThrottled<T>(
  patience: Patience,
  work: () => Promise<T>,
  attemptsMax = THROTTLED_ATTEMPTS_MAX,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isThrottling(error) || attempt >= attemptsMax) throw error;
    }
    await patience.pause(backoffMs(attempt, patience.random));
  }
}
