import { SLOT_SECONDS } from '../audience/rules';
import { BUCKET, BUCKETS, FIGURE } from '../audience/viewer-figures';
import { CAUSES } from '../edge/classes';
import type { ViewsUpdate } from './ports';

/**
 * What an outbox changes in the figures of streams, all contents and minutes together: what dashboard
 * and alarms of a deployment are made from. Numbers below 0 take back what was told before.
 */
export interface StreamChanges {
  /** A1_watch_seconds */
  readonly watchSeconds: Readonly<Record<Watcher, number>>;
  /** S2_attempt and S3_start of persons: verified and unresolved */
  readonly attempts: number;
  readonly starts: number;
  /** S4_turned_away, S5_never_asked: sessions in the order of CAUSES */
  readonly turnedAway: readonly number[];
}

type Watcher = 'verified' | 'unresolved' | 'invalid';

const PERSONS = [BUCKET.verified, BUCKET.unresolved];
const INVALID = Array.from({ length: BUCKETS - BUCKET.invalid }, (_, n) => BUCKET.invalid + n);

const WATCHED = {
  verified: namesOf(FIGURE.watchSlots, [BUCKET.verified]),
  unresolved: namesOf(FIGURE.watchSlots, [BUCKET.unresolved]),
  invalid: namesOf(FIGURE.watchSlots, INVALID),
};
const ATTEMPTS = namesOf(FIGURE.attempts, PERSONS);
const STARTS = namesOf(FIGURE.starts, PERSONS);

export function streamChangesOf(updates: readonly ViewsUpdate[]): StreamChanges {
  const sums = new Map<string, number>();
  for (const { pk, sk, add } of updates) {
    // Hours say the same again.
    if (!pk.startsWith('s:') || !sk.startsWith('m#')) continue;
    for (const [name, delta] of add) sums.set(name, (sums.get(name) ?? 0) + delta);
  }
  const sum = (names: readonly string[]) => names.reduce((n, it) => n + (sums.get(it) ?? 0), 0);
  return {
    watchSeconds: {
      verified: sum(WATCHED.verified) * SLOT_SECONDS,
      unresolved: sum(WATCHED.unresolved) * SLOT_SECONDS,
      invalid: sum(WATCHED.invalid) * SLOT_SECONDS,
    },
    attempts: sum(ATTEMPTS),
    starts: sum(STARTS),
    turnedAway: CAUSES.map((_, n) => sum([`t${n}`])),
  };
}

function namesOf(figure: number, buckets: readonly number[]): string[] {
  return buckets.map((bucket) => `f${figure}_${bucket}`);
}
