import type { AgentVerdict } from './agent';
import { judgeAgent } from './agent';
import type { BadLine } from './bad-line';
import type { HitClass } from './classes';
import { CLASSES, DEVICES, OBJECTS, OUTCOMES, PERSON_CLASSES } from './classes';
import type { Cmcd } from './cmcd';
import { readCmcd } from './cmcd';
import type { ContentTable } from './content-table';
import { OTHER_CONTENT } from './content-table';
import type { PathFacts } from './contents';
import { makeContentFinder } from './contents';
import type { Hit } from './hit';
import type { Names } from './names';
import type { Networks } from './network';
import { judgeHit } from './network';
import { makeNetworkCache } from './network-cache';
import type { Settings } from '../settings';
import { HEAD, type Scanner } from './scanner';
import type { SipHash } from './siphash';
import type { Spans } from './spans';
import { SPAN, bytesText, isAbsent, spanIs, spanText } from './spans';
import {
  decodeEscapes,
  fnv1a,
  inRange,
  makeAddressWords,
  parseAddress,
  parseClfMs,
  parseDateTimeMs,
  parseDigits,
  parseEpochMs,
} from './values';

const OUTCOME = Object.fromEntries(OUTCOMES.map((name, n) => [name, n])) as Record<
  (typeof OUTCOMES)[number],
  number
>;
const OBJECT = Object.fromEntries(OBJECTS.map((name, n) => [name, n])) as Record<
  (typeof OBJECTS)[number],
  number
>;
/** Edge locations that are told apart; further ones count as `-`. CloudFront has some hundreds. */
const EDGES_MAX = 4_096;
const CLASS_NUMBER = new Map<HitClass, number>(CLASSES.map((name, n) => [name, n]));
/** Numbers of autonomous systems have 32 bits (RFC 6793). */
const ASN_MAX = 2 ** 32 - 1;
const VERIFIED_CRAWLER = CLASSES.indexOf('verified_crawler');

/** Distinct agents, paths and edge locations that are kept at hand, in the order of the caches below. */
export const CACHE_SIZES = [
  { keysMax: 16_384, room: 2_097_152 },
  { keysMax: 32_768, room: 3_145_728 },
  { keysMax: 2_048, room: 131_072 },
] as const;

/** What is known of a user agent, found out once for each spelling in a log. */
interface AgentFacts {
  readonly verdict: AgentVerdict;
  readonly class: number;
  readonly device: number;
  readonly hi: number;
  readonly lo: number;
  readonly rank: number;
}

/** What is known of a host and path, found out once. */
interface PathEntry {
  readonly facts: PathFacts;
  readonly object: number;
  content: number;
}

export interface HitReaderProps {
  readonly settings: Settings;
  readonly networks: Networks;
  readonly contents: ContentTable;
  readonly edges: Names;
  readonly sip: SipHash;
  readonly scanner: Scanner;
}

/**
 * Makes the function that turns the spans of a line into a hit. It runs once per request that the
 * edge answers, so it writes into the given hit and allocates only for what it has not met before.
 * It never throws because of a line; what is wrong with one comes back as the reason.
 */
export function makeHitReader(
  { settings, networks, contents, edges, sip, scanner }: HitReaderProps,
  spans: Spans,
  hit: Hit,
): () => BadLine | undefined {
  const { at, bytes } = spans;
  const address = makeAddressWords();
  const cmcd: Cmcd = { session: -1, durationMs: 0, type: '' };
  const agents = scanner.makeCache<AgentFacts>();
  const paths = scanner.makeCache<PathEntry>();
  const locations = scanner.makeCache<number>();
  const findContent = makeContentFinder(settings);
  const { blockStatus, sessionIdsMax } = settings;
  const networkOf = makeNetworkCache(networks);

  const makeAgent = (): AgentFacts => {
    const text = decodeEscapes(spanText(spans, SPAN.agent));
    const verdict = judgeAgent(text);
    const bytes = new TextEncoder().encode(text);
    sip.hashBytes(bytes);
    return {
      verdict,
      class: CLASS_NUMBER.get(verdict.class)!,
      device: DEVICES.indexOf(verdict.device),
      hi: sip.hi,
      lo: sip.lo,
      rank: fnv1a(bytes, 0, bytes.length),
    };
  };
  let pathEnd = 0;
  /** bits of HEAD: what the scanner could read of the line at hand */
  let read = 0;
  const makePath = (): PathEntry => {
    const start = at[2 * SPAN.path]!;
    const path = start < 0 ? '' : bytesText(bytes, start, pathEnd);
    const host = spanText(spans, SPAN.host) || spanText(spans, SPAN.otherHost);
    const facts = findContent(host, path);
    const known = facts.configured || facts.kind === 'stream';
    const content = known ? contents.numberOf(facts.content, facts.kind, facts.segmentMs) : 0;
    return { facts, object: OBJECT[facts.object], content };
  };
  const makeEdge = () => {
    const name = spanText(spans, SPAN.edge) || '-';
    return edges.numberOf(edges.list.length < EDGES_MAX || edges.has(name) ? name : '-');
  };

  /** The class of the hit: the agent's, unless the network knows better. And whether it is hosted. */
  const placeClass = (agent: AgentFacts): void => {
    const network = networkOf(address.words, address.isV4);
    const asnAt = at[2 * SPAN.asn]!;
    const asn = asnAt < 0 ? -1 : parseDigits(bytes, asnAt, at[2 * SPAN.asn + 1]!);
    const byAsn = asn >= 0 && networks.isDatacentreAsn(asn);
    hit.asn = asn > 0 && asn <= ASN_MAX ? asn : 0;
    hit.class = agent.class;
    hit.hosted = (byAsn || network.datacentre) && !network.relay;
    const { crawler } = agent.verdict;
    const isPerson = agent.class < PERSON_CLASSES;
    if (crawler === null && !(isPerson && (byAsn || network.datacentre))) return;
    hit.class = CLASS_NUMBER.get(judgeHit(agent.verdict, network, byAsn).class)!;
    if (hit.class === VERIFIED_CRAWLER) hit.hosted = false;
  };

  /** H2_outcome */
  const outcomeOf = (status: number): number => {
    if (status === blockStatus) return OUTCOME.refusedByUs;
    if (status === 0 || status === 499) return OUTCOME.hungUp;
    if (at[2 * SPAN.detail]! >= 0 && hasHungUp(spans)) return OUTCOME.hungUp;
    if ((status >= 200 && status < 300) || status === 304) return OUTCOME.served;
    if (status >= 400 && status < 500) return OUTCOME['4xx'];
    return status >= 500 && status < 600 ? OUTCOME['5xx'] : OUTCOME.other;
  };

  /** H3_object, H4_delivered, H5_relevant, and the content */
  const placeHit = (status: number): void => {
    const pathStart = at[2 * SPAN.path]!;
    pathEnd = scanner.headPathEnd;
    const hostSpan = isAbsent(spans, SPAN.host) ? SPAN.otherHost : SPAN.host;
    const hostStart = Math.max(at[2 * hostSpan]!, 0);
    const hostEnd = at[2 * hostSpan]! < 0 ? 0 : at[2 * hostSpan + 1]!;
    const path = paths.get(
      hostStart,
      hostEnd,
      Math.max(pathStart, 0),
      Math.max(pathEnd, 0),
      makePath,
    );
    const { facts } = path;
    let object = path.object;
    hit.durationMs = facts.durationMs;
    readCmcd(spans, sessionIdsMax, cmcd);
    hit.session = cmcd.session;
    if (facts.kind === 'stream' && object !== OBJECT.entry) {
      if (cmcd.type !== '') object = objectOfType(cmcd.type);
      if (cmcd.durationMs > 0 && cmcd.durationMs <= facts.segmentMs)
        hit.durationMs = cmcd.durationMs;
    } else if (object === OBJECT.page && !mayBeHtml(spans)) object = OBJECT.asset;
    const isGet = (read & HEAD.get) !== 0;
    hit.delivered =
      isGet &&
      (object === OBJECT.media || object === OBJECT.page) &&
      hit.outcome === OUTCOME.served &&
      (status === 200 || status === 206) &&
      !isTinyRange(spans, status);
    hit.content = path.content;
    hit.relevant = isGet && object !== OBJECT.asset;
    if (path.content === 0 && facts.content !== OTHER_CONTENT) {
      // A page that no rule names becomes a content when it is first delivered, and only what is
      // delivered counts for it: a scan for pages that do not exist makes no contents.
      if (hit.delivered)
        path.content = contents.numberOf(facts.content, facts.kind, facts.segmentMs);
      hit.content = path.content;
    }
    if (!facts.configured && facts.kind === 'page' && !hit.delivered) hit.content = 0;
    if (hit.content === 0) hit.relevant = hit.delivered = false;
    hit.object = object;
  };

  return () => {
    read = scanner.readHead();
    const tMs = (read & HEAD.time) !== 0 ? inRange(scanner.headTime) : readTime(spans);
    if (!(tMs > 0)) return 'bad_timestamp';
    if ((read & HEAD.ip) !== 0) {
      address.words[3] = scanner.headIp;
      address.isV4 = true;
    } else {
      const ip = at[2 * SPAN.ip]!;
      if (ip < 0 || !parseAddress(bytes, ip, at[2 * SPAN.ip + 1]!, address)) return 'bad_address';
    }
    const status = (read & HEAD.status) !== 0 ? scanner.headStatus : 600;
    if (status >= 600) return 'bad_status';
    const agentStart = Math.max(at[2 * SPAN.agent]!, 0);
    const agentEnd = Math.max(at[2 * SPAN.agent + 1]!, 0);
    const agent = agents.get(agentStart, agentEnd, 0, 0, makeAgent);
    hit.tMs = tMs;
    hit.addressHi = address.isV4 ? 0xffff : address.words[0]!;
    hit.addressLo = address.isV4 ? address.words[3]! : address.words[1]!;
    hit.agentHi = agent.hi;
    hit.agentLo = agent.lo;
    hit.agentRank = agent.rank;
    hit.device = agent.device;
    placeClass(agent);
    hit.outcome = outcomeOf(status);
    hit.country = readCountry(spans);
    placeHit(status);
    const edge = Math.max(at[2 * SPAN.edge]!, 0);
    hit.edge = locations.get(edge, Math.max(at[2 * SPAN.edge + 1]!, 0), 0, 0, makeEdge);
    return undefined;
  };
}

/** T1_line_time: the edge's own clock, in whole milliseconds; NaN if there is none. */
function readTime({ bytes, at }: Spans): number {
  const stamp = at[2 * SPAN.timestamp]!;
  if (stamp >= 0) {
    const end = at[2 * SPAN.timestamp + 1]!;
    return bytes[stamp + 2] === 0x2f
      ? parseClfMs(bytes, stamp, end)
      : parseEpochMs(bytes, stamp, end);
  }
  const date = at[2 * SPAN.date]!;
  const clock = at[2 * SPAN.clock]!;
  if (date < 0 || clock < 0) return NaN;
  return parseDateTimeMs(bytes, date, at[2 * SPAN.date + 1]!, clock, at[2 * SPAN.clock + 1]!);
}

function readCountry({ bytes, at }: Spans): number {
  const start = at[2 * SPAN.country]!;
  if (start < 0 || at[2 * SPAN.country + 1]! - start !== 2) return 0;
  const a = bytes[start]!;
  const b = bytes[start + 1]!;
  return a >= 0x41 && a <= 0x5a && b >= 0x41 && b <= 0x5a ? a * 256 + b : 0;
}

/** CloudFront's words for a viewer that left before it had its answer. */
function hasHungUp(spans: Spans): boolean {
  if (spans.bytes[spans.at[2 * SPAN.detail]!] !== 0x43) return false; // all begin with C
  return (
    spanIs(spans, SPAN.detail, 'ClientHungUpRequest') ||
    spanIs(spans, SPAN.detail, 'ClientCommError')
  );
}

/** Players and scanners ask for `bytes=0-1` to see whether ranges work; that delivers nothing. */
function isTinyRange({ bytes, at }: Spans, status: number): boolean {
  const from = at[2 * SPAN.rangeStart]!;
  const to = at[2 * SPAN.rangeEnd]!;
  if (from >= 0 && to >= 0) {
    const first = parseDigits(bytes, from, at[2 * SPAN.rangeStart + 1]!);
    const last = parseDigits(bytes, to, at[2 * SPAN.rangeEnd + 1]!);
    return last - first < 2;
  }
  // Combined logs have no range, but the size of the body; no other format has this span.
  const size = at[2 * SPAN.bytes]!;
  return status === 206 && size >= 0 && parseDigits(bytes, size, at[2 * SPAN.bytes + 1]!) <= 2;
}

function mayBeHtml(spans: Spans): boolean {
  const type = spanText(spans, SPAN.contentType).toLowerCase();
  return type === '' || type.startsWith('text/html') || type.startsWith('application/xhtml');
}

function objectOfType(type: string): number {
  if (type === 'm') return OBJECT.manifest;
  if (type === 'a' || type === 'v' || type === 'av') return OBJECT.media;
  return type === 'i' ? OBJECT.init : OBJECT.asset;
}
