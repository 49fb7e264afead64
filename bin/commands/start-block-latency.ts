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

  noteAccepted(cidrs: readonly string[], atMs: number): void {
    for (const cidr of cidrs) this.accepted.add(cidr, atMs);
  }

  /** Of the suspects that are offenders: others are no part of the attack. */
  report(isOffender: (cidr: string) => boolean): BlockLatencyReport {
    const delays: number[] = [];
    const moments: number[] = [];
    for (const [cidr, sinceAtMs] of this.suspects) {
      const putMs = this.putOf(sinceAtMs);
      const acceptedMs = this.accepted.since(prefixOf(cidr));
      // What a wider block held before is no news.
      if (putMs === undefined || acceptedMs === undefined || acceptedMs < putMs) continue;
      if (!isOffender(cidr)) continue;
      delays.push(acceptedMs - putMs);
      moments.push(acceptedMs);
    }
    delays.sort((a, b) => a - b);
    const rank = (share: number) => delays[Math.ceil(share * delays.length) - 1] ?? null;
    const fromMs = this.puts[0]?.atMs;
    const since = (pick: (a: number, b: number) => number) =>
      fromMs === undefined || moments.length === 0 ? null : moments.reduce(pick) - fromMs;
    return {
      p50: rank(0.5),
      p99: rank(0.99),
      first: since((a, b) => Math.min(a, b)),
      last: since((a, b) => Math.max(a, b)),
    };
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
