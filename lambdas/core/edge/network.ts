import { CRAWLERS, type Crawler } from './agent-rule';
import type { AgentVerdict } from './agent';
import { CLASSES, PERSON_CLASSES, type HitClass } from './classes';
import { parseCidr } from './cidr';

/** The lists that change. Read by the caller; data/ holds the ones that are shipped. */
export interface NetworkLists {
  /** Published ranges of each crawler, CIDRs or bare addresses of both families. */
  readonly crawlers: Readonly<Record<Crawler, readonly string[]>>;
  /** Exits of relays that people share. */
  readonly relay: readonly string[];
  readonly datacentre: { readonly asns: readonly number[]; readonly ranges: readonly string[] };
}

export interface NetworkFacts {
  readonly relay: boolean;
  readonly datacentre: boolean;
  /** The crawlers whose published ranges hold the address. */
  readonly crawlers: readonly Crawler[];
}

export interface Networks {
  /** Facts about an IPv4 address, given as unsigned 32-bit number. */
  readonly judge4: (ip: number) => NetworkFacts;
  /** Facts about an IPv6 /64, given as its two unsigned 32-bit halves. */
  readonly judge6: (hi: number, lo: number) => NetworkFacts;
  readonly isDatacentreAsn: (asn: number) => boolean;
}

export interface HitVerdict {
  readonly class: HitClass;
  readonly rule: string;
}

/** The rules of the network, in order; the first that fits decides. */
export const NETWORK_RULES = [
  'N001_verified_crawler',
  'N002_fake_crawler',
  'N003_relay',
  'N004_datacentre_range',
  'N005_datacentre_asn',
] as const;
type NetworkRule = (typeof NETWORK_RULES)[number];

/**
 * The class of one hit from its agent and its address. Allocates nothing: it runs once per line.
 * A relay is read before datacentres, because relays live in them: two thirds of the exits of
 * iCloud Private Relay do, and every one of them is people.
 */
export function judgeHit(
  agent: AgentVerdict,
  network: NetworkFacts,
  datacentreAsn: boolean,
): HitVerdict {
  if (agent.crawler !== null) {
    return network.crawlers.includes(agent.crawler) ? VERIFIED_CRAWLER : FAKE_CRAWLER;
  }
  if (CLASSES.indexOf(agent.class) >= PERSON_CLASSES) return agent;
  if (!network.datacentre && !datacentreAsn) return agent;
  if (network.relay) return agent.class === 'player' ? RELAY_PLAYER : RELAY_BROWSER;
  return network.datacentre ? DATACENTRE_RANGE : DATACENTRE_ASN;
}

const VERIFIED_CRAWLER = verdict('verified_crawler', 'N001_verified_crawler');
const FAKE_CRAWLER = verdict('fake_crawler', 'N002_fake_crawler');
const RELAY_PLAYER = verdict('player', 'N003_relay');
const RELAY_BROWSER = verdict('browser', 'N003_relay');
const DATACENTRE_RANGE = verdict('datacentre', 'N004_datacentre_range');
const DATACENTRE_ASN = verdict('datacentre', 'N005_datacentre_asn');

function verdict(hitClass: HitClass, rule: NetworkRule): HitVerdict {
  return Object.freeze({ class: hitClass, rule });
}

/**
 * Makes the look-up over the lists: sorted intervals without overlap, each with its facts, found
 * by binary search. Throws on an entry that is no address, and when a crawler has no ranges: every
 * hit of that crawler would be called a fake.
 */
export function makeNetworks(lists: NetworkLists): Networks {
  const labels: Labelled[] = [
    { bit: RELAY, name: 'relay', ranges: lists.relay },
    { bit: DATACENTRE, name: 'datacentre.ranges', ranges: lists.datacentre.ranges },
  ];
  for (const [n, crawler] of CRAWLERS.entries()) {
    const ranges = lists.crawlers[crawler];
    if (ranges === undefined || ranges.length === 0) {
      throw new Error(`crawlers.${crawler} must hold at least one range, got none`);
    }
    labels.push({ bit: FIRST_CRAWLER << n, name: `crawlers.${crawler}`, ranges });
  }
  const { four, six } = intervalsOf(labels);
  const factsOf = makeFacts();
  const table4 = makeTable(four, factsOf);
  const table6 = makeTable(six, factsOf);
  const asns = new Set(lists.datacentre.asns);

  return {
    judge4: (ip) => table4.facts[positionOf(table4, 0, ip)]!,
    judge6: (hi, lo) => table6.facts[positionOf(table6, hi, lo)]!,
    isDatacentreAsn: (asn) => asns.has(asn),
  };
}

const RELAY = 1;
const DATACENTRE = 2;
const FIRST_CRAWLER = 4;

interface Labelled {
  readonly bit: number;
  readonly name: string;
  readonly ranges: readonly string[];
}

/** Both ends inclusive: an IPv4 address as it is, IPv6 by its upper 64 bits. */
interface Interval {
  readonly bit: number;
  readonly first: bigint;
  readonly last: bigint;
}

function intervalsOf(labels: readonly Labelled[]): { four: Interval[]; six: Interval[] } {
  const four: Interval[] = [];
  const six: Interval[] = [];
  for (const { bit, name, ranges } of labels) {
    for (const text of ranges) {
      const cidr = parseCidr(text);
      if (!cidr.ok) throw new Error(`${name} must hold CIDRs, got ${JSON.stringify(text)}`);
      (cidr.version === 4 ? four : six).push({ bit, first: cidr.first, last: cidr.last });
    }
  }
  return { four, six };
}

/** Facts by the set of labels. Shared and frozen, so that a look-up allocates nothing. */
function makeFacts(): (bits: number) => NetworkFacts {
  const byBits = new Map<number, NetworkFacts>();
  return (bits) => {
    let facts = byBits.get(bits);
    if (facts === undefined) {
      const crawlers = CRAWLERS.filter((_, n) => (bits & (FIRST_CRAWLER << n)) !== 0);
      facts = Object.freeze({
        relay: (bits & RELAY) !== 0,
        datacentre: (bits & DATACENTRE) !== 0,
        crawlers: Object.freeze(crawlers),
      });
      byBits.set(bits, facts);
    }
    return facts;
  };
}

/** Where each stretch of equal facts begins, in two halves of 32 bits; the first begins at 0. */
interface Table {
  readonly hi: Uint32Array;
  readonly lo: Uint32Array;
  readonly facts: readonly NetworkFacts[];
}

function makeTable(intervals: readonly Interval[], factsOf: (bits: number) => NetworkFacts): Table {
  const edges = intervals.flatMap(({ bit, first, last }) => [
    { at: first, bit, step: 1 },
    { at: last + 1n, bit, step: -1 },
  ]);
  edges.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const starts: bigint[] = [0n];
  const facts: NetworkFacts[] = [factsOf(0)];
  // How many open intervals carry a label: lists overlap with themselves too.
  const open = new Map<number, number>();
  let bits = 0;
  for (const [n, { at, bit, step }] of edges.entries()) {
    const count = (open.get(bit) ?? 0) + step;
    open.set(bit, count);
    bits = count === 0 ? bits & ~bit : bits | bit;
    if (edges[n + 1]?.at === at || factsOf(bits) === facts.at(-1)) continue;
    if (starts.at(-1) === at) facts[facts.length - 1] = factsOf(bits);
    else {
      starts.push(at);
      facts.push(factsOf(bits));
    }
  }
  // An interval that ends with the last address closes beyond the space: nothing is asked there.
  if (starts.at(-1)! >> 64n !== 0n) {
    starts.pop();
    facts.pop();
  }
  return {
    hi: Uint32Array.from(starts, (start) => Number(start >> 32n)),
    lo: Uint32Array.from(starts, (start) => Number(start & 0xffff_ffffn)),
    facts,
  };
}

/** The last stretch that begins at or before the address. */
function positionOf({ hi, lo }: Table, addressHi: number, addressLo: number): number {
  let low = 0;
  let high = hi.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const startHi = hi[middle]!;
    if (startHi < addressHi || (startHi === addressHi && lo[middle]! <= addressLo)) low = middle;
    else high = middle - 1;
  }
  return low;
}
