/**
 * The rates of WAFv2, which all callers of an account share: console, command line, stacks and we. They
 * cannot be raised. WAF counts each action by itself; here CreateIPSet and UpdateIPSet share one second, which
 * is the stricter reading.
 */
export interface WafQuota {
  /** Whether the call may pass at this time; one that may has used it. */
  admits(operation: string, nowMs: number): boolean;
  /** Another caller has used the second of writes that begins now. */
  takeWrite(nowMs: number): void;
}

export interface WafQuotaOptions {
  /** Another caller writes all the time, so often. @default nobody does */
  readonly neighbourEveryMs?: number;
}

const WRITE_MS = 1_000;
const READS_PER_SECOND = 5;
/** What a neighbour did before this cannot matter any more. */
const NEIGHBOUR_BACK_MS = 10_000;

export function makeWafQuota({ neighbourEveryMs }: WafQuotaOptions = {}): WafQuota {
  let writtenAtMs = -Infinity;
  let neighbourAtMs = -Infinity;
  /** Tokens of each action that reads, and when they were counted. */
  const reads = new Map<string, { tokens: number; atMs: number }>();

  function takeWrite(nowMs: number): boolean {
    if (nowMs - writtenAtMs < WRITE_MS) return false;
    writtenAtMs = nowMs;
    return true;
  }

  /** The neighbour's calls up to now, at the multiples of its interval. */
  function letNeighbourCall(nowMs: number): void {
    if (neighbourEveryMs === undefined) return;
    const from = Math.max(neighbourAtMs, nowMs - NEIGHBOUR_BACK_MS);
    let atMs = (Math.floor(from / neighbourEveryMs) + 1) * neighbourEveryMs;
    for (; atMs <= nowMs; atMs += neighbourEveryMs) takeWrite(atMs);
    neighbourAtMs = nowMs;
  }

  function takeRead(operation: string, nowMs: number): boolean {
    const { tokens, atMs } = reads.get(operation) ?? { tokens: READS_PER_SECOND, atMs: nowMs };
    const grown = tokens + ((nowMs - atMs) * READS_PER_SECOND) / 1_000;
    const now = Math.min(READS_PER_SECOND, grown);
    reads.set(operation, { tokens: now >= 1 ? now - 1 : now, atMs: nowMs });
    return now >= 1;
  }

  return {
    admits(operation, nowMs) {
      if (/^(?:Get|List)/.test(operation)) return takeRead(operation, nowMs);
      if (!/^(?:Create|Update)/.test(operation)) return true; // no rate of Delete is published
      letNeighbourCall(nowMs);
      return takeWrite(nowMs);
    },
    takeWrite: (nowMs) => void takeWrite(nowMs),
  };
}
