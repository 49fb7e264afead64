import type { Audience } from '../audience/audience';
import { ASKED_MANIFEST, STARTED, W } from '../audience/viewer-table';
import type { ContentFacts } from '../edge/content-table';

/**
 * Which entries of a lane have room in a packet. All, as a rule; beyond `max` the largest networks are
 * cut down to one common size, so that a flood from one network takes nothing from the others. Of a
 * network the most proven stay: started and asked for a manifest, started, the others; then the lowest
 * keys, then the first contents. A function of the set of entries.
 */
export function chooseEntries(
  { table, contents }: Audience,
  entries: readonly number[],
  max: number,
): { readonly kept: number[]; readonly dropped: number[] } {
  if (entries.length <= max) return { kept: [...entries], dropped: [] };
  const { words } = table;
  const contentOf = (entry: number) => contents.list[table.contentOf(entry)]!;
  const networks = new Map<number, number[]>();
  for (const entry of entries) {
    const network = words[entry + W.address]! >>> 16;
    const known = networks.get(network);
    if (known === undefined) networks.set(network, [entry]);
    else known.push(entry);
  }
  const share = shareOf(
    [...networks.values()].map(({ length }) => length),
    max,
  );
  const kept: number[] = [];
  const dropped: number[] = [];
  for (const [, own] of [...networks].sort(([a], [b]) => a - b)) {
    if (own.length > share) {
      own.sort(
        (a, b) =>
          proofOf(words, b) - proofOf(words, a) ||
          words[a + W.keyHi]! - words[b + W.keyHi]! ||
          words[a + W.keyLo]! - words[b + W.keyLo]! ||
          compareContents(contentOf(a), contentOf(b)),
      );
    }
    kept.push(...own.slice(0, share));
    dropped.push(...own.slice(share));
  }
  return { kept, dropped };
}

/** The largest size to which all can be cut so that their sum is at most `max`. */
export function shareOf(sizes: readonly number[], max: number): number {
  const rising = [...sizes].sort((a, b) => a - b);
  let left = max;
  for (const [n, size] of rising.entries()) {
    const share = Math.floor(left / (rising.length - n));
    if (size > share) return share;
    left -= size;
  }
  return Infinity;
}

/** By name: numbers depend on what was read before. */
export function compareContents(a: ContentFacts, b: ContentFacts): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.kind === b.kind ? 0 : a.kind < b.kind ? -1 : 1;
}

function proofOf(words: Uint32Array, entry: number): number {
  const flags = words[entry + W.content]!;
  return ((flags & STARTED) !== 0 ? 2 : 0) + ((flags & ASKED_MANIFEST) !== 0 ? 1 : 0);
}
