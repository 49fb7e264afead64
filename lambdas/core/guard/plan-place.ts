import { type Prefix, parsePrefix } from './prefix';

/** What a text says, beside what the text is of. */
export interface Placed<T> {
  readonly item: T;
  readonly prefix: Prefix;
}

export type ByFamily<T> = Readonly<Record<4 | 6, readonly Placed<T>[]>>;

/** Texts are read once for each plan: a pass has tens of thousands of them. */
export function placeByFamily<T extends { readonly cidr: string }>(
  items: Iterable<T>,
): ByFamily<T> {
  const placed: Record<4 | 6, Placed<T>[]> = { 4: [], 6: [] };
  for (const item of items) {
    const prefix = parsePrefix(item.cidr);
    if (prefix === undefined) throw new Error(`expected an address or a range, got ${item.cidr}`);
    placed[prefix.version].push({ item, prefix });
  }
  return placed;
}
