import { number, numberOf, text, textOf } from './attributes';
import { type Patience, retryThrottled } from './backoff';
import type { Dynamo } from './clients';
import { loadItem, saveVersion, versionOf } from './versioned-item';

/** Who may write sets, until when. Each write of it is fenced by its version: docs/GUARD.md, "Enforce". */
export interface Lease {
  readonly version: number;
  /** Whoever had it before did not give it back: a call of theirs may still be under way. */
  readonly isTakenOver: boolean;
}

export interface LeaseStore {
  /** undefined if somebody else has it */
  acquire(): Promise<Lease | undefined>;
  /**
   * Holds it for another 30 seconds; before a call of WAF with the time of the call. undefined if somebody else
   * has it now.
   */
  renew(lease: Lease, callAtMs?: number): Promise<Lease | undefined>;
  release(lease: Lease): Promise<void>;
}

const KEY = { pk: 'enforce', sk: 'lease' };
const LEASE_MS = 30_000;

export interface LeaseProps {
  readonly dynamo: Dynamo;
  readonly table: string;
  readonly now: () => number;
  /** differs between all that write at once */
  readonly owner: string;
  readonly patience: Patience;
}

export function makeLeaseStore({ dynamo, table, now, owner, patience }: LeaseProps): LeaseStore {
  let lastCallAtMs = 0;
  const load = () => retryThrottled(patience, () => loadItem(dynamo, table, KEY));
  /** False also if our own write was repeated after a lost answer, so the item is asked. */
  const write = async (version: number, isReleased: boolean): Promise<boolean> => {
    const untilMs = now() + LEASE_MS;
    const attributes = {
      owner: text(owner),
      untilMs: number(untilMs),
      lastCallAtMs: number(lastCallAtMs),
      isReleased: number(isReleased ? 1 : 0),
    };
    const item = { ...KEY, version, attributes };
    if (await retryThrottled(patience, () => saveVersion(dynamo, table, item))) return true;
    const stored = await load();
    return (
      stored !== undefined && versionOf(stored) === version && textOf(stored, 'owner') === owner
    );
  };
  return {
    async acquire() {
      const stored = await load();
      const version = stored === undefined ? 1 : versionOf(stored) + 1;
      const isFree = stored === undefined || numberOf(stored, 'isReleased') === 1;
      if (!isFree) {
        const leftMs = numberOf(stored, 'untilMs') - now();
        // One that ends later than any can was written by a clock that is wrong.
        if (leftMs > 0 && leftMs <= 2 * LEASE_MS) return undefined;
      }
      if (stored !== undefined) lastCallAtMs = numberOf(stored, 'lastCallAtMs');
      const isMine = await write(version, false);
      return isMine ? { version, isTakenOver: !isFree } : undefined;
    },
    async renew(lease, callAtMs) {
      if (callAtMs !== undefined) lastCallAtMs = callAtMs;
      const version = lease.version + 1;
      return (await write(version, false)) ? { ...lease, version } : undefined;
    },
    async release(lease) {
      await write(lease.version + 1, true);
    },
  };
}
