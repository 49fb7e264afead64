import { type Prefix, contains, parsePrefix, prefixText } from './prefix';
import { N, type SourceCell } from './source-cells';
import type { Origin, Suspect } from './suspect';

/** Hits of a suspect by what they have in common. */
interface Votes {
  readonly asns: Map<number, number>;
  readonly contents: Map<string, number>;
}

/**
 * Suspects with their origin: the network and the content of most of their hits among the cells of the fold that told
 * them. Who has none there is left as he is.
 */
export function withOrigins(
  suspects: readonly Suspect[],
  cells: readonly SourceCell[],
): readonly Suspect[] {
  if (suspects.length === 0) return suspects;
  const votes = new Map<string, Votes>();
  const wide: { readonly prefix: Prefix; readonly own: Votes }[] = [];
  for (const { cidr } of suspects) {
    const own = { asns: new Map<number, number>(), contents: new Map<string, number>() };
    votes.set(cidr, own);
    const prefix = parsePrefix(cidr)!;
    if (prefix.bits < bitsOfSource(prefix.version)) wide.push({ prefix, own });
  }
  for (const cell of cells) {
    const source = sourceOf(cell);
    const own = votes.get(prefixText(source));
    if (own !== undefined) addTo(own, cell);
    for (const { prefix, own: network } of wide) {
      if (contains(prefix, source)) addTo(network, cell);
    }
  }
  return suspects.map((suspect) => {
    const origin = originOf(votes.get(suspect.cidr)!);
    return origin === undefined ? suspect : { ...suspect, origin };
  });
}

function addTo({ asns, contents }: Votes, { asn, content, counts }: SourceCell): void {
  const hits = counts[N.hits]!;
  if (hits === 0) return;
  asns.set(asn, (asns.get(asn) ?? 0) + hits);
  contents.set(content, (contents.get(content) ?? 0) + hits);
}

function originOf({ asns, contents }: Votes): Origin | undefined {
  const [asn, content] = [mostOf(asns), mostOf(contents)];
  return asn === undefined || content === undefined ? undefined : { asn, content };
}

/** Of equals the lowest, so that the order of cells does not matter. */
function mostOf<Key extends number | string>(votes: ReadonlyMap<Key, number>): Key | undefined {
  let most: Key | undefined;
  for (const [key, hits] of votes) {
    const best = most === undefined ? -1 : votes.get(most)!;
    if (hits > best || (hits === best && key < most!)) most = key;
  }
  return most;
}

function sourceOf({ hi, lo }: SourceCell): Prefix {
  const version = hi === 0xffff ? 4 : 6;
  return { version, hi, lo, bits: bitsOfSource(version) };
}

function bitsOfSource(version: 4 | 6): number {
  return version === 4 ? 32 : 64;
}
