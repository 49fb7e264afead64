import type { Prefix } from '../../lambdas/core/guard/prefix';
import { CidrCover, prefixOf } from './start-cidr-cover';

/** How long it took from lines to blocks, in milliseconds; null where there was no block. */
export interface BlockLatencyReport {
  /** From the line that made an offender a suspect to the update of WAF that took a block of it. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** From the first attack line to the first and to the last such update. */
  readonly first: number | null;
  readonly last: number | null;
}

export interface SetLatency {
  readonly set: string;
  readonly offenders: number;
  readonly p99: number;
}

/**
 * Measures blocks by the clock on the wall, whatever the clock of the event says: from the moment at which the
 * line that made an offender a suspect was given to Kinesis, to the moment at which WAF took a CIDR that holds
 * it. The line is found by its time, as lines are put in the order of their times.
 */
export class BlockLatency {
  private readonly puts: { readonly newestMs: number; readonly atMs: number }[] = [];
  /** CIDRs of suspects, and the event time of the hit that made it one */
  private readonly suspects = new Map<string, number>();
  private readonly accepted = new CidrCover();
  private readonly bySet = new Map<string, CidrCover>();

  /** A call that puts lines of the attack, the newest of this event time. */
  notePut(newestMs: number, atMs: number): void {
    const last = this.puts.at(-1);
    if (last === undefined || newestMs > last.newestMs) this.puts.push({ newestMs, atMs });
  }

  /** As often as it is told: the first time that it became one holds. */
  noteSuspect(cidr: string, sinceAtMs: number): void {
    const known = this.suspects.get(cidr);
    if (known === undefined || sinceAtMs < known) this.suspects.set(cidr, sinceAtMs);
  }

  noteAccepted(set: string, cidrs: readonly string[], atMs: number): void {
    if (cidrs.length === 0) return;
    const own = this.bySet.get(set) ?? new CidrCover();
    this.bySet.set(set, own);
    for (const cidr of cidrs) {
      this.accepted.add(cidr, atMs);
      own.add(cidr, atMs);
    }
  }

  /** Of the suspects that are offenders: others are no part of the attack. */
  report(isOffender: (cidr: string) => boolean): BlockLatencyReport {
    const delays: number[] = [];
    const moments: number[] = [];
    for (const { putMs, acceptedMs } of this.blocked(isOffender)) {
      delays.push(acceptedMs - putMs);
      moments.push(acceptedMs);
    }
    const fromMs = this.puts[0]?.atMs;
    const since = (pick: (a: number, b: number) => number) =>
      fromMs === undefined || moments.length === 0 ? null : moments.reduce(pick) - fromMs;
    return {
      p50: rank(delays, 0.5) ?? null,
      p99: rank(delays, 0.99) ?? null,
      first: since((a, b) => Math.min(a, b)),
      last: since((a, b) => Math.max(a, b)),
    };
  }

  /** From lines to blocks by the IP set that took them, in the order in which sets were first updated. */
  sets(isOffender: (cidr: string) => boolean): SetLatency[] {
    const delays = new Map<string, number[]>([...this.bySet.keys()].map((set) => [set, []]));
    for (const { prefix, putMs, acceptedMs } of this.blocked(isOffender)) {
      delays.get(this.setOf(prefix, acceptedMs))!.push(acceptedMs - putMs);
    }
    return [...delays].flatMap(([set, own]) => {
      const p99 = rank(own, 0.99);
      return p99 === undefined ? [] : [{ set, offenders: own.length, p99 }];
    });
  }

  private *blocked(isOffender: (cidr: string) => boolean) {
    for (const [cidr, sinceAtMs] of this.suspects) {
      const putMs = this.putOf(sinceAtMs);
      const prefix = prefixOf(cidr);
      const acceptedMs = this.accepted.since(prefix);
      // What a wider block held before is no news.
      if (putMs === undefined || acceptedMs === undefined || acceptedMs < putMs) continue;
      if (isOffender(cidr)) yield { prefix, putMs, acceptedMs };
    }
  }

  private setOf(prefix: Prefix, acceptedMs: number): string {
    for (const [set, cover] of this.bySet) if (cover.since(prefix) === acceptedMs) return set;
    throw new Error('a block that was taken lies in no set');
  }

  /** When the line of that event time was put: with the first call that went so far. */
  private putOf(eventAtMs: number): number | undefined {
    let [from, to] = [0, this.puts.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.puts[middle]!.newestMs < eventAtMs) from = middle + 1;
      else to = middle;
    }
    return this.puts[from]?.atMs;
  }
}

/** The nearest rank; undefined of nothing. */
function rank(delays: readonly number[], share: number): number | undefined {
  const sorted = [...delays].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1];
}
