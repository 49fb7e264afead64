import type { BadLine } from '../edge/bad-line';
import { ContentTable } from '../edge/content-table';
import { type Format, makeLineParser } from '../edge/format';
import { type Hit, makeHit } from '../edge/hit';
import { CACHE_SIZES, makeHitReader } from '../edge/hit-reader';
import type { LineParser } from '../edge/line-tsv';
import { Names } from '../edge/names';
import type { Networks } from '../edge/network';
import { type DailyKeys, Scanner, type ViewerHash } from '../edge/scanner';
import { SIGNS_CACHE, type Signs, makeSignReader } from '../edge/signs';
import { SipHash } from '../edge/siphash';
import type { Spans } from '../edge/spans';
import type { Settings } from '../settings';

const TAB = 0x09;

export interface LineToolsProps {
  readonly settings: Settings;
  readonly networks: Networks;
  readonly keys: DailyKeys;
  /** of the lines; CloudFront's real-time lines with the configured fields if not given */
  readonly format?: Format | undefined;
}

/** What reads lines, and the numbers that it gave to contents and edge locations: all for good. */
export interface LineTools {
  /** Lines are put here, from INPUT on. */
  readonly bytes: Uint8Array;
  readonly hash: ViewerHash;
  readonly contents: ContentTable;
  readonly edges: Names;
  readonly hit: Hit;
  readonly parseLine: LineParser;
  /** Makes `hit` of the line that was parsed. */
  readonly readHit: () => BadLine | undefined;
  /** The signs of the hit that was read last. */
  readonly readSigns: () => Signs;
}

export function makeLineTools({ settings, networks, keys, format }: LineToolsProps): LineTools {
  const scanner = new Scanner([...CACHE_SIZES, SIGNS_CACHE]);
  const spans: Spans = { bytes: scanner.bytes, at: scanner.spans, end: 0 };
  const contents = new ContentTable(settings);
  const edges = new Names();
  const hit = makeHit();
  // Agents are told apart within a batch alone: this hash never leaves the process.
  const sip = new SipHash(keys.lane);
  const columns: Format = { kind: 'columns', fields: settings.realtimeFields, delimiter: TAB };
  return {
    bytes: scanner.bytes,
    hash: scanner.makeDailyHash(keys),
    contents,
    edges,
    hit,
    parseLine: makeLineParser(format ?? columns, { scanner, spans }),
    readHit: makeHitReader({ settings, networks, contents, edges, sip, scanner }, spans, hit),
    // After the reader of hits, whose caches come first.
    readSigns: makeSignReader(scanner, spans),
  };
}
