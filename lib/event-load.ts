import { DEFAULT_SETTINGS, type ExpectedSettings, type LaneCount } from '../lambdas/core/settings';
import { type Audience, HEADROOM } from '../lambdas/core/sizing';
import { pipelineOf, SCALES } from './pipeline';

/** An event as it is expected. */
export interface Expected extends ExpectedSettings {
  /** Streams that are live at once. */
  readonly contents: number;
}

/** What an event asks of the services, in each second. */
export interface EventLoad {
  readonly linesPerSecond: number;
  /** Of the stream of lines, with headroom. */
  readonly edgeShards: number;
  readonly packetShards: number;
  readonly packets: number;
  readonly intakeRuns: number;
  readonly tallyRuns: number;
  /** Write units. */
  readonly writes: { readonly state: number; readonly views: number };
}

/** A shard takes so many lines, whatever their size. */
export const SHARD_LINES_PER_SECOND = 1_000;
/** On demand a stream begins with so many. */
const EDGE_SHARDS_MIN = 4;
/** Lambda polls a shard once a second, besides the batching window. */
const POLL_SECONDS = 1;

/**
 * Write units as they were counted: bench/RESULTS.md, "units and USD", the two steady events. Of Views and heads
 * for a lane and version, of viewers for one that changed. test/lib/event-load.test.ts compares them with the page.
 */
const MEASURED = {
  viewsOfLane: 2.17,
  viewsOfContent: 4.72,
  headOfLane: 1.85,
  headOfShard: 0.0361,
  viewerChange: 0.103,
} as const;

/** Lines a second of viewers who play, without headroom. */
export function playedLinesPerSecond(given: Audience): number {
  return (given.viewers * given.requestsPerSegment) / given.segmentSeconds;
}

export function loadOf(expected: Expected, lanes: LaneCount): EventLoad {
  const { intakeWindowSeconds, tallyWindowSeconds, packetShards } = SCALES[lanes];
  const linesPerSecond = playedLinesPerSecond(expected);
  const edgeShards = edgeShardsOf(expected, lanes);
  const versionSeconds = tallyWindowSeconds + POLL_SECONDS;
  const versions = lanes / versionSeconds;
  const intakeRuns = edgeShards / intakeWindowSeconds;
  const views = versions * (MEASURED.viewsOfLane + MEASURED.viewsOfContent * expected.contents);
  const heads = versions * (MEASURED.headOfLane + MEASURED.headOfShard * edgeShards);
  // Who watches is changed once in a segment, and at most once in a version.
  const changed = expected.viewers / Math.max(versionSeconds, expected.segmentSeconds);
  const journals = intakeRuns * (lanes > 256 ? 2 : 1);
  return {
    ...{ linesPerSecond, edgeShards, packetShards, intakeRuns },
    packets: intakeRuns * lanes,
    tallyRuns: packetShards / versionSeconds,
    writes: { state: heads + changed * MEASURED.viewerChange + journals, views },
  };
}

function edgeShardsOf(expected: Expected, lanes: LaneCount): number {
  const { edgeLines } = pipelineOf({ ...DEFAULT_SETTINGS, lanes, expected }).streams;
  if (edgeLines.mode === 'PROVISIONED') return edgeLines.shards;
  const wanted = Math.ceil((playedLinesPerSecond(expected) * HEADROOM) / SHARD_LINES_PER_SECOND);
  return Math.min(SCALES[lanes].edgeShards, Math.max(EDGE_SHARDS_MIN, wanted));
}
