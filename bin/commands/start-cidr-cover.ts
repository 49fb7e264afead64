import { type Prefix, parsePrefix, prefixText, widen } from '../../lambdas/core/guard/prefix';

/** CIDRs, each with the moment from which it was there: which of them hold another, and since when. */
export class CidrCover {
  /** by version and bits: text of the CIDR, and when it came first */
  private readonly lengths = new Map<string, { bits: number; atMs: Map<string, number> }>();

  /** The first time that a CIDR is named holds. */
  add(cidr: string, atMs: number): void {
    const prefix = prefixOf(cidr);
    const name = `${prefix.version}/${prefix.bits}`;
    let length = this.lengths.get(name);
    if (length === undefined) {
      this.lengths.set(name, (length = { bits: prefix.bits, atMs: new Map() }));
    }
    const text = prefixText(prefix);
    if (!length.atMs.has(text)) length.atMs.set(text, atMs);
  }

  /** Since when the first of those that hold it has been there; undefined: none does. */
  since(prefix: Prefix): number | undefined {
    let first: number | undefined;
    for (const [name, { bits, atMs }] of this.lengths) {
      if (!name.startsWith(`${prefix.version}/`) || bits > prefix.bits) continue;
      const sinceMs = atMs.get(prefixText(widen(prefix, bits)));
      if (sinceMs !== undefined && !(first !== undefined && first <= sinceMs)) first = sinceMs;
    }
    return first;
  }

  cidrs(): string[] {
    return [...this.lengths.values()].flatMap(({ atMs }) => [...atMs.keys()]);
  }
}

/** Of what is known to be a source or a CIDR. */
export function prefixOf(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(`got ${text}, expected an address or a CIDR`);
  return prefix;
}
