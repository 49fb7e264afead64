import type { Suspect } from './suspect';

/** What of the excess comes from one network, or asks for one content. */
export interface ExcessShare {
  /** number of the autonomous system, 0 if unknown; or id of the content */
  readonly name: number | string;
  /** excess, hits in 10 s */
  readonly hits: number;
  /** sources and prefixes */
  readonly suspects: number;
}

/** The excess (A) of all suspects that lanes told in the last minute, of each as it was told last. */
export interface ExcessReport {
  /** hits in 10 s */
  readonly hits: number;
  readonly suspects: number;
  /** the largest first, at most 10 */
  readonly byNetwork: readonly ExcessShare[];
  readonly byContent: readonly ExcessShare[];
}

interface Told extends Pick<Suspect, 'attackHits' | 'origin'> {
  readonly atMs: number;
}

const MINUTE_MS = 60_000;
const SHARES_MAX = 10;

/** What lanes told of suspects in the last minute, whether they are dealt with or not. */
export class ExcessMemory {
  private readonly told = new Map<string, Told>();

  /** @param max suspects; beyond it the first that are known are kept */
  constructor(private readonly max: number) {}

  /** `atMs` is the newest arrival that the lane had folded. */
  take({ cidr, attackHits, origin }: Suspect, atMs: number): void {
    const before = this.told.get(cidr);
    if (before === undefined ? this.told.size >= this.max : before.atMs > atMs) return;
    this.told.set(cidr, { atMs, attackHits, ...(origin && { origin }) });
  }

  report(nowMs: number): ExcessReport {
    let hits = 0;
    const [networks, contents] = [new Map<number, Share>(), new Map<string, Share>()];
    for (const [cidr, { atMs, attackHits, origin }] of this.told) {
      if (atMs <= nowMs - MINUTE_MS) {
        this.told.delete(cidr);
        continue;
      }
      hits += attackHits;
      if (origin === undefined) continue;
      addTo(networks, origin.asn, attackHits);
      addTo(contents, origin.content, attackHits);
    }
    const suspects = this.told.size;
    return { hits, suspects, byNetwork: largest(networks), byContent: largest(contents) };
  }
}

interface Share {
  hits: number;
  suspects: number;
}

function addTo<Key>(shares: Map<Key, Share>, name: Key, hits: number): void {
  const share = shares.get(name);
  if (share === undefined) shares.set(name, { hits, suspects: 1 });
  else {
    share.hits += hits;
    share.suspects += 1;
  }
}

function largest<Key extends number | string>(shares: ReadonlyMap<Key, Share>): ExcessShare[] {
  return [...shares]
    .map(([name, share]) => ({ name, ...share }))
    .sort((a, b) => b.hits - a.hits || (a.name < b.name ? -1 : 1))
    .slice(0, SHARES_MAX);
}

/** Of the largest share; network 0 is none. */
export function largestHits(shares: readonly ExcessShare[]): number {
  return shares.find(({ name }) => name !== 0)?.hits ?? 0;
}
