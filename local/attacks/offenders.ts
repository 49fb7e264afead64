import type { Verdict } from '../crowd/answer';

/** Ground truth of one offender. */
export interface Offender {
  /** an address, the /64, or the CIDR of a network */
  readonly source: string;
  readonly kind: 'address' | 'slash64' | 'network';
  readonly requests: number;
  readonly refused: number;
  readonly failed: number;
  /** of its first and last request; undefined before the first */
  readonly firstAtMs: number | undefined;
  readonly lastAtMs: number | undefined;
  /** Sources in it that asked for something: 1 but for networks. */
  readonly sources: number;
  /** Viewers are behind it, or live in it. */
  readonly holdsViewers: boolean;
}

export type OffenderName = Pick<Offender, 'source' | 'kind' | 'holdsViewers'>;

interface Deed {
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly address: string;
}

/** Counts what each offender did, as it does it. */
export class OffenderBook {
  private readonly requests: Float64Array;
  private readonly refused: Float64Array;
  private readonly failed: Float64Array;
  private readonly firstAtMs: Float64Array;
  private readonly lastAtMs: Float64Array;
  /** Of networks alone: what asked in them. */
  private readonly sources: readonly (Set<string> | undefined)[];

  constructor(private readonly names: readonly OffenderName[]) {
    const numbers = () => new Float64Array(names.length);
    [this.requests, this.refused, this.failed] = [numbers(), numbers(), numbers()];
    [this.firstAtMs, this.lastAtMs] = [numbers().fill(Infinity), numbers()];
    this.sources = names.map(({ kind }) => (kind === 'network' ? new Set<string>() : undefined));
  }

  take(offender: number, { atMs, verdict, address }: Deed): void {
    this.requests[offender]! += 1;
    if (verdict === 'refused') this.refused[offender]! += 1;
    else if (verdict === 'failed') this.failed[offender]! += 1;
    if (atMs < this.firstAtMs[offender]!) this.firstAtMs[offender] = atMs;
    this.lastAtMs[offender] = atMs;
    this.sources[offender]?.add(address);
  }

  report(): Offender[] {
    return this.names.map((name, n) => {
      const requests = this.requests[n]!;
      const isActive = requests > 0;
      return {
        ...name,
        requests,
        refused: this.refused[n]!,
        failed: this.failed[n]!,
        firstAtMs: isActive ? this.firstAtMs[n]! : undefined,
        lastAtMs: isActive ? this.lastAtMs[n]! : undefined,
        sources: this.sources[n]?.size ?? (isActive ? 1 : 0),
      };
    });
  }
}
