import { type Prefix, contains, parsePrefix } from './prefix';
import { N, type SourceCell } from './source-cells';
import type { Origin, Suspect } from './suspect';

/** Requests of a suspect by what they have in common. */
interface Votes {
  readonly asns: Map<number, number>;
  readonly contents: Map<string, number>;
}

/**
 * Suspects with their origin: the network and the content of most of their requests, refused ones too, among the cells of the
 * fold that told them. Who has none there is left as he is.
 */
export function withOrigins(
  suspects: readonly Suspect[],
  cells: readonly SourceCell[],
): readonly Suspect[] {
  if (suspects.length === 0) return suspects;
  const sources = new Map<string, Votes>();
  const networks: { readonly prefix: Prefix; readonly votes: Votes }[] = [];
  const all = suspects.map(({ cidr }) => {
    const votes = { asns: new Map<number, number>(), contents: new Map<string, number>() };
    const prefix = parsePrefix(cidr)!;
    if (prefix.bits === bitsOfSource(prefix.version)) sources.set(keyOf(prefix), votes);
    else networks.push({ prefix, votes });
    return votes;
  });
  for (const cell of cells) {
    const own = sources.get(keyOf(cell));
    if (own !== undefined) addTo(own, cell);
    for (const { prefix, votes } of networks) {
      if (contains(prefix, sourceOf(cell))) addTo(votes, cell);
    }
  }
  return suspects.map((suspect, n) => {
    const origin = originOf(all[n]!);
    return origin === undefined ? suspect : { ...suspect, origin };
  });
}

function addTo({ asns, contents }: Votes, { asn, content, counts }: SourceCell): void {
  const requests = counts[N.hits]! + counts[N.refused]!;
  asns.set(asn, (asns.get(asn) ?? 0) + requests);
  contents.set(content, (contents.get(content) ?? 0) + requests);
}

function originOf({ asns, contents }: Votes): Origin | undefined {
  const [asn, content] = [mostOf(asns), mostOf(contents)];
  return asn === undefined || content === undefined ? undefined : { asn, content };
}

/** Of equals the lowest, so that the order of cells does not matter. */
function mostOf<Key extends number | string>(votes: ReadonlyMap<Key, number>): Key | undefined {
  let most: Key | undefined;
  for (const [key, requests] of votes) {
    const best = most === undefined ? -1 : votes.get(most)!;
    if (requests > best || (requests === best && key < most!)) most = key;
  }
  return most;
}

function keyOf({ hi, lo }: Pick<Prefix, 'hi' | 'lo'>): string {
  return `${hi} ${lo}`;
}

function sourceOf({ hi, lo }: SourceCell): Prefix {
  const version = hi === 0xffff ? 4 : 6;
  return { version, hi, lo, bits: bitsOfSource(version) };
}

function bitsOfSource(version: 4 | 6): number {
  return version === 4 ? 32 : 64;
}
