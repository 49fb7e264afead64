import { type Prefix, widen } from './prefix';

/** Which of many prefixes hold a given one: a look-up for each length that occurs. */
export class PrefixMap<T> {
  private readonly byBits: Record<4 | 6, Map<number, Map<number, Map<number, T>>>> = {
    4: new Map(),
    6: new Map(),
  };

  add(prefix: Prefix, value: T): void {
    const { version, hi, lo, bits } = prefix;
    const own = this.byBits[version];
    const byHi = own.get(bits) ?? new Map<number, Map<number, T>>();
    const byLo = byHi.get(hi) ?? new Map<number, T>();
    own.set(bits, byHi);
    byHi.set(hi, byLo);
    byLo.set(lo, value);
  }

  /** The value of any prefix that holds this one or is it. */
  holderOf(prefix: Prefix): T | undefined {
    for (const [bits, byHi] of this.byBits[prefix.version]) {
      if (bits > prefix.bits) continue;
      const { hi, lo } = widen(prefix, bits);
      const value = byHi.get(hi)?.get(lo);
      if (value !== undefined) return value;
    }
    return undefined;
  }
}
