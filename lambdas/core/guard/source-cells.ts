import { CLASSES, OBJECTS, OUTCOMES } from '../edge/classes';
import type { Hit } from '../edge/hit';
import type { Signs } from '../edge/signs';

/**
 * What an interval saw of each source in each slot of 2 seconds: what the guard judges (docs/GUARD.md).
 * It stands in packets beside the viewers, with the address itself, which only the guard needs.
 */
export interface SourceCell {
  /** IPv6 /64, or 0000:ffff and the IPv4 address */
  readonly hi: number;
  readonly lo: number;
  /** the keyed hash by which viewers of this address are found (viewer-table.ts, word 3) */
  readonly address: number;
  /** 2 seconds since the epoch */
  readonly slot: number;
  /** of its newest hit, ms within the slot */
  readonly lastMs: number;
  /** in the order of SOURCE_COUNTS */
  readonly counts: readonly number[];
  /** bits of a hash of the agents, and of path and query */
  readonly agents: number;
  readonly urlsHi: number;
  readonly urlsLo: number;
}

export const SOURCE_COUNTS = [
  /** answered, and not refused by us */
  'hits',
  /** our block status */
  'refused',
  /** manifests served */
  'manifests',
  /** media delivered */
  'media',
  /** pages delivered */
  'pages',
  /** 5xx and hung up */
  'failed',
  /** 4xx, but for what is asked of a stream: that is ours to answer */
  'denied',
  /** asked of a stream (manifests, media, entries) and not served */
  'missed',
  /** with a query that is more than CMCD, on anything but assets */
  'odd',
  'probes',
  /** tries to log in, or answered 401 or 403; nothing that is asked of a stream */
  'logins',
  'tools',
  'fakes',
  /** of verified crawlers */
  'crawlers',
  /** for manifests, media, pages and entries, whatever the answer */
  'asks',
  /** of persons' agents in data centres */
  'hosted',
] as const;
export type SourceCount = (typeof SOURCE_COUNTS)[number];

/** Position of each count. */
export const N = Object.fromEntries(SOURCE_COUNTS.map((name, n) => [name, n])) as Record<
  SourceCount,
  number
>;

export const SLOT_MS = 2_000;

const OUTCOME = Object.fromEntries(OUTCOMES.map((name, n) => [name, n]));
const OBJECT = Object.fromEntries(OBJECTS.map((name, n) => [name, n]));
const CLASS = Object.fromEntries(CLASSES.map((name, n) => [name, n]));

interface Cell {
  hi: number;
  lo: number;
  address: number;
  slot: number;
  lastMs: number;
  counts: number[];
  agents: number;
  urlsHi: number;
  urlsLo: number;
}

/** A key holds 32 bits of the address and 20 of the slot: 24 days are told apart. */
const SLOTS = 1_048_576;
const V4_HI = 0xffff;

/** The sources of an interval, by lane. `addressOf` gives the keyed hash, asked once for each cell. */
export class SourceCells {
  private readonly lanes: Lane[];

  constructor(lanes: number) {
    this.lanes = Array.from({ length: lanes }, () => ({ four: new Map(), six: new Map() }));
  }

  get lanesWith(): number[] {
    return this.lanes.flatMap(({ four, six }, lane) => (four.size + six.size > 0 ? [lane] : []));
  }

  add(lane: number, hit: Hit, signs: Signs, addressOf: (hit: Hit) => number): void {
    const slot = Math.floor(hit.tMs / SLOT_MS);
    const cell = this.cellOf(lane, hit, slot, addressOf);
    cell.lastMs = Math.max(cell.lastMs, hit.tMs - cell.slot * SLOT_MS);
    const { counts } = cell;
    if (hit.outcome === OUTCOME['refusedByUs']) {
      counts[N.refused]! += 1;
      return;
    }
    counts[N.hits]! += 1;
    cell.agents |= 1 << (hit.agentRank & 31);
    if (signs.url < 32) cell.urlsLo |= 1 << signs.url;
    else cell.urlsHi |= 1 << (signs.url - 32);
    countOutcome(counts, hit);
    if (signs.hasQuery && hit.object !== OBJECT['asset']) counts[N.odd]! += 1;
    if (signs.isProbe) counts[N.probes]! += 1;
    if (signs.isLogin && !isOfStream(hit.object)) counts[N.logins]! += 1;
    if (hit.class === CLASS['tool']) counts[N.tools]! += 1;
    else if (hit.class === CLASS['fake_crawler']) counts[N.fakes]! += 1;
    else if (hit.class === CLASS['verified_crawler']) counts[N.crawlers]! += 1;
    else if (hit.class === CLASS['datacentre']) counts[N.hosted]! += 1;
  }

  /** What a lane has, in the order of addresses and slots; beyond `max` those with the fewest hits go. */
  take(lane: number, max: number): { cells: SourceCell[]; dropped: number } {
    const { four, six } = this.lanes[lane]!;
    const all = [...four.values(), ...[...six.values()].flatMap((own) => [...own.values()])];
    let kept = all;
    if (all.length > max) kept = all.sort(byWeight).slice(0, max);
    return { cells: kept.sort(bySource), dropped: all.length - kept.length };
  }

  private cellOf(lane: number, hit: Hit, slot: number, addressOf: (hit: Hit) => number): Cell {
    const { four, six } = this.lanes[lane]!;
    let cells = four;
    if (hit.addressHi !== V4_HI) {
      const own = six.get(hit.addressHi);
      if (own === undefined) six.set(hit.addressHi, (cells = new Map<number, Cell>()));
      else cells = own;
    }
    const key = hit.addressLo * SLOTS + (slot % SLOTS);
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = {
        hi: hit.addressHi,
        lo: hit.addressLo,
        address: addressOf(hit),
        slot,
        lastMs: 0,
        counts: new Array<number>(SOURCE_COUNTS.length).fill(0),
        agents: 0,
        urlsHi: 0,
        urlsLo: 0,
      };
      cells.set(key, cell);
    }
    return cell;
  }
}

interface Lane {
  readonly four: Map<number, Cell>;
  readonly six: Map<number, Map<number, Cell>>;
}

/**
 * Whatever is asked of a stream is ours to answer: a playlist that is not there yet answers 404, or 403 from a bucket,
 * to everybody who waits for the start.
 */
function isOfStream(object: number): boolean {
  return object !== OBJECT['asset'] && object !== OBJECT['page'];
}

function countOutcome(counts: number[], hit: Hit): void {
  const { outcome, object } = hit;
  const isServed = outcome === OUTCOME['served'];
  if (isServed && object === OBJECT['manifest']) counts[N.manifests]! += 1;
  else if (hit.delivered) counts[object === OBJECT['page'] ? N.pages : N.media]! += 1;
  const isStream = isOfStream(object);
  if (isStream && !isServed) counts[N.missed]! += 1;
  if (outcome === OUTCOME['5xx'] || outcome === OUTCOME['hungUp']) counts[N.failed]! += 1;
  else if (outcome === OUTCOME['4xx'] && !isStream) counts[N.denied]! += 1;
  if (object !== OBJECT['asset'] && object !== OBJECT['init']) counts[N.asks]! += 1;
}

function bySource(a: SourceCell, b: SourceCell): number {
  return a.hi - b.hi || a.lo - b.lo || a.slot - b.slot;
}

/** Refused hits weigh little: who is blocked needs no more proof. */
function byWeight(a: SourceCell, b: SourceCell): number {
  return (
    b.counts[N.hits]! - a.counts[N.hits]! ||
    b.counts[N.refused]! - a.counts[N.refused]! ||
    bySource(a, b)
  );
}
