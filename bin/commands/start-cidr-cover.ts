import { type Prefix, parsePrefix, widen } from '../../lambdas/core/guard/prefix';

interface Length {
  readonly version: Prefix['version'];
  readonly bits: number;
  /** by the upper and the lower word: when the CIDR came first */
  readonly atMs: Map<number, Map<number, number>>;
}

/** CIDRs, each with the moment from which it was there: which of them hold another, and since when. */
export class CidrCover {
  private readonly lengths: Length[] = [];

  /** The first time that a CIDR is named holds. */
  add(cidr: string, atMs: number): void {
    const { version, hi, lo, bits } = prefixOf(cidr);
    let length = this.lengths.find((one) => one.version === version && one.bits === bits);
    if (length === undefined) this.lengths.push((length = { version, bits, atMs: new Map() }));
    let own = length.atMs.get(hi);
    if (own === undefined) length.atMs.set(hi, (own = new Map()));
    if (!own.has(lo)) own.set(lo, atMs);
  }

  /** Since when the first of those that hold it has been there; undefined: none does. */
  since(prefix: Prefix): number | undefined {
    let first: number | undefined;
    for (const { version, bits, atMs } of this.lengths) {
      if (version !== prefix.version || bits > prefix.bits) continue;
      const { hi, lo } = widen(prefix, bits);
      const sinceMs = atMs.get(hi)?.get(lo);
      if (sinceMs !== undefined && !(first !== undefined && first <= sinceMs)) first = sinceMs;
    }
    return first;
  }

  prefixes(): Prefix[] {
    return this.lengths.flatMap(({ version, bits, atMs }) =>
      [...atMs].flatMap(([hi, own]) => [...own.keys()].map((lo) => ({ version, hi, lo, bits }))),
    );
  }
}

/** Of what is known to be a source or a CIDR. */
export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(`got ${text}, expected an address or a CIDR`);
  return prefix;
}
