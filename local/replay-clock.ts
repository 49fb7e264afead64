import { ContentTable } from '../lambdas/core/edge/content-table';
import { type Format, makeLineParser } from '../lambdas/core/edge/format';
import { makeHit } from '../lambdas/core/edge/hit';
import { CACHE_SIZES, makeHitReader } from '../lambdas/core/edge/hit-reader';
import { Names } from '../lambdas/core/edge/names';
import { makeNetworks } from '../lambdas/core/edge/network';
import { SHIPPED_FILES, networksOf } from '../lambdas/core/edge/network-lists';
import { INPUT, INPUT_BYTES, Scanner } from '../lambdas/core/edge/scanner';
import { SipHash } from '../lambdas/core/edge/siphash';
import type { Spans } from '../lambdas/core/edge/spans';
import type { Settings } from '../lambdas/core/settings';

const NEWLINE = 0x0a;
const KEY_BYTES = 16;

/**
 * Makes the function that says when a line of a log was written, in ms since the epoch; undefined for a
 * line that is no hit. Lines are read by core, so that a time is the same here and in the counts.
 */
export function makeLineClock(
  format: Format,
  settings: Settings,
): (line: Uint8Array) => number | undefined {
  const scanner = new Scanner(CACHE_SIZES);
  const spans: Spans = { bytes: scanner.bytes, at: scanner.spans, end: 0 };
  const hit = makeHit();
  const parseLine = makeLineParser(format, { scanner, spans });
  const readHit = makeHitReader(
    {
      settings,
      networks: makeNetworks(networksOf(SHIPPED_FILES, settings)),
      contents: new ContentTable(settings),
      edges: new Names(),
      sip: new SipHash(new Uint8Array(KEY_BYTES)),
      scanner,
    },
    spans,
    hit,
  );
  return (line) => {
    if (line.length >= INPUT_BYTES) return undefined;
    scanner.bytes.set(line, INPUT);
    scanner.bytes[INPUT + line.length] = NEWLINE;
    return (parseLine(INPUT) ?? readHit()) === undefined ? hit.tMs : undefined;
  };
}
