import { grow } from '../audience/interval-pool';
import { CLASSES, OBJECTS, OUTCOMES, PERSON_CLASSES } from '../edge/classes';
import type { ContentFacts } from '../edge/content-table';
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
  /** of its network, 0 if unknown */
  readonly asn: number;
  /** id of the content that most of its requests asked for, refused ones too, if most of them asked for one */
  readonly content: string;
  /** 2 seconds since the epoch */
  readonly slot: number;
  /** of its newest hit, ms within the slot */
  readonly lastMs: number;
  /** in the order of SOURCE_COUNTS */
  readonly counts: readonly number[];
  /** bits of a hash of the agents, of the paths of pages delivered, and of path and query */
  readonly agents: number;
  readonly pagePaths: number;
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
  /** from data centres, whatever the agent says of itself; verified crawlers aside */
  'hosted',
  /** failed, or missed */
  'unserved',
] as const;
export type SourceCount = (typeof SOURCE_COUNTS)[number];

/** Position of each count. */
export const N = Object.fromEntries(SOURCE_COUNTS.map((name, n) => [name, n])) as Record<
  SourceCount,
  number
>;

export const SLOT_MS = 2_000;

const REFUSED = OUTCOMES.indexOf('refusedByUs');
const SERVED = OUTCOMES.indexOf('served');
const FAILED = OUTCOMES.indexOf('5xx');
const HUNG_UP = OUTCOMES.indexOf('hungUp');
const DENIED = OUTCOMES.indexOf('4xx');
const ASSET = OBJECTS.indexOf('asset');
const MANIFEST = OBJECTS.indexOf('manifest');
const MEDIA = OBJECTS.indexOf('media');
const INIT = OBJECTS.indexOf('init');
const PAGE = OBJECTS.indexOf('page');
/** By class: the count of hits that it is besides, or -1. */
const COUNT_OF_CLASS = CLASSES.map((name) => {
  if (name === 'tool') return N.tools;
  if (name === 'fake_crawler') return N.fakes;
  return name === 'verified_crawler' ? N.crawlers : -1;
});

/** Words of a cell: what it is found by, then its counts. */
const C = {
  hi: 0,
  lo: 1,
  slot: 2,
  address: 3,
  lastMs: 4,
  agents: 5,
  urlsHi: 6,
  urlsLo: 7,
  next: 8,
  pagePaths: 9,
  asn: 10,
  content: 11,
  votes: 12,
};
const COUNTS_AT = 13;
const CELL_WORDS = COUNTS_AT + SOURCE_COUNTS.length;

/**
 * The sources of an interval, by lane, in words: it runs once for each line. `addressOf` gives the keyed hash, asked
 * once for each cell.
 */
export class SourceCells {
  /** media delivered to persons, in all lanes: whether anybody watches (G9_still) */
  mediaHits = 0;
  private words = new Uint32Array(CELL_WORDS * 64);
  private index = new Int32Array(128).fill(-1);
  private count = 0;
  /** by lane: where its newest cell stands, plus one */
  private readonly heads: Uint32Array;

  constructor(lanes: number) {
    this.heads = new Uint32Array(lanes);
  }

  /** Begins another interval; what was grown stays. */
  clear(): void {
    this.index.fill(-1);
    this.heads.fill(0);
    this.count = 0;
    this.mediaHits = 0;
  }

  add(lane: number, hit: Hit, signs: Signs, addressOf: (hit: Hit) => number): void {
    const at = this.cellOf(lane, hit, addressOf);
    const { words } = this;
    const ms = hit.tMs - words[at + C.slot]! * SLOT_MS;
    if (ms > words[at + C.lastMs]!) words[at + C.lastMs] = ms;
    const counts = at + COUNTS_AT;
    // Of refused hits too: who is behind a blocked address still is.
    words[at + C.agents]! |= 1 << (hit.agentRank & 31);
    if (hit.asn > 0) words[at + C.asn] = hit.asn;
    this.vote(at, hit.content);
    if (hit.outcome === REFUSED) {
      words[counts + N.refused]! += 1;
      return;
    }
    words[counts + N.hits]! += 1;
    words[at + (signs.url < 32 ? C.urlsLo : C.urlsHi)]! |= 1 << (signs.url & 31);
    countOutcome(words, counts, hit);
    if (hit.delivered) {
      if (hit.object === PAGE) words[at + C.pagePaths]! |= 1 << signs.path;
      else if (hit.object === MEDIA && hit.class < PERSON_CLASSES) this.mediaHits += 1;
    }
    if (hit.hosted) words[counts + N.hosted]! += 1;
    if (signs.hasQuery && hit.object !== ASSET) words[counts + N.odd]! += 1;
    if (signs.isProbe) words[counts + N.probes]! += 1;
    if (signs.isLogin && !isOfStream(hit.object)) words[counts + N.logins]! += 1;
    const more = COUNT_OF_CLASS[hit.class]!;
    if (more >= 0) words[counts + more]! += 1;
  }

  /** The content of more than half of the requests comes out, if there is one (Boyer, Moore 1981). */
  private vote(at: number, content: number): void {
    const { words } = this;
    if (words[at + C.votes] === 0) words[at + C.content] = content;
    words[at + C.votes]! += words[at + C.content] === content ? 1 : -1;
  }

  /**
   * What a lane has, in the order of addresses and slots; beyond `max` those with the fewest hits go. `contents` are
   * those of the reader of the hits.
   */
  take(
    lane: number,
    max: number,
    contents: readonly Pick<ContentFacts, 'id'>[],
  ): { cells: SourceCell[]; dropped: number } {
    const all: SourceCell[] = [];
    for (let at = this.heads[lane]! - 1; at >= 0; at = this.words[at + C.next]! - 1) {
      all.push(this.read(at, contents));
    }
    const kept = all.length > max ? all.sort(byWeight).slice(0, max) : all;
    return { cells: kept.sort(bySource), dropped: all.length - kept.length };
  }

  private read(at: number, contents: readonly Pick<ContentFacts, 'id'>[]): SourceCell {
    const { words } = this;
    const counts: number[] = [];
    for (let n = at + COUNTS_AT; n < at + CELL_WORDS; n += 1) counts.push(words[n]!);
    return {
      hi: words[at + C.hi]!,
      lo: words[at + C.lo]!,
      address: words[at + C.address]!,
      asn: words[at + C.asn]!,
      content: contents[words[at + C.content]!]!.id,
      slot: words[at + C.slot]!,
      lastMs: words[at + C.lastMs]!,
      counts,
      agents: words[at + C.agents]!,
      pagePaths: words[at + C.pagePaths]!,
      urlsHi: words[at + C.urlsHi]!,
      urlsLo: words[at + C.urlsLo]!,
    };
  }

  private cellOf(lane: number, hit: Hit, addressOf: (hit: Hit) => number): number {
    const { addressHi: hi, addressLo: lo } = hit;
    const slot = Math.floor(hit.tMs / SLOT_MS);
    const { words, index } = this;
    const mask = index.length - 1;
    let place = placeOf(hi, lo, slot) & mask;
    for (; index[place]! >= 0; place = (place + 1) & mask) {
      const at = index[place]!;
      if (words[at + C.lo] === lo && words[at + C.slot] === slot && words[at] === hi) return at;
    }
    if (2 * (this.count + 1) > index.length) {
      this.reindex();
      return this.cellOf(lane, hit, addressOf);
    }
    const at = this.count * CELL_WORDS;
    if (at + CELL_WORDS > words.length) this.words = grow(words);
    this.words.fill(0, at, at + CELL_WORDS);
    this.words[at + C.hi] = hi;
    this.words[at + C.lo] = lo;
    this.words[at + C.slot] = slot;
    this.words[at + C.address] = addressOf(hit);
    this.words[at + C.next] = this.heads[lane]!;
    this.heads[lane] = at + 1;
    index[place] = at;
    this.count += 1;
    return at;
  }

  private reindex(): void {
    const { words } = this;
    this.index = new Int32Array(this.index.length * 2).fill(-1);
    const mask = this.index.length - 1;
    for (let at = 0; at < this.count * CELL_WORDS; at += CELL_WORDS) {
      let place = placeOf(words[at]!, words[at + C.lo]!, words[at + C.slot]!) & mask;
      while (this.index[place]! >= 0) place = (place + 1) & mask;
      this.index[place] = at;
    }
  }
}

function placeOf(hi: number, lo: number, slot: number): number {
  const mixed = Math.imul(lo ^ Math.imul(hi, 0x9e3779b1) ^ Math.imul(slot, 0xc2b2ae35), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

/**
 * Whatever is asked of a stream is ours to answer: a playlist that is not there yet answers 404, or 403 from a bucket,
 * to everybody who waits for the start.
 */
function isOfStream(object: number): boolean {
  return object !== ASSET && object !== PAGE;
}

function countOutcome(words: Uint32Array, counts: number, hit: Hit): void {
  const { outcome, object } = hit;
  const isServed = outcome === SERVED;
  if (isServed && object === MANIFEST) words[counts + N.manifests]! += 1;
  else if (hit.delivered) words[counts + (object === PAGE ? N.pages : N.media)]! += 1;
  const isStream = isOfStream(object);
  const isMissed = isStream && !isServed;
  const isFailed = outcome === FAILED || outcome === HUNG_UP;
  if (isMissed) words[counts + N.missed]! += 1;
  if (isMissed || isFailed) words[counts + N.unserved]! += 1;
  if (isFailed) words[counts + N.failed]! += 1;
  else if (outcome === DENIED && !isStream) words[counts + N.denied]! += 1;
  if (object !== ASSET && object !== INIT) words[counts + N.asks]! += 1;
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
