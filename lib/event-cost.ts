import { DEFAULT_SETTINGS, type EdgeStream, type LaneCount } from '../lambdas/core/settings';
import { type EventLoad, type Expected, loadOf, playedLinesPerSecond } from './event-load';
import { pipelineOf } from './pipeline';
import { PRICES } from './prices';

/** One row of a bill, USD. */
export interface CostRow {
  readonly service: string;
  readonly what: string;
  readonly usd: number;
  /** Reckoned with a guess: how long a call takes. */
  readonly isEstimate: boolean;
}

const GIB = 2 ** 30;
const HOUR_SECONDS = 3_600;
export const MONTH_HOURS = 730;
const MONTH_MINUTES = MONTH_HOURS * 60;
/** Read of the stream; written, each line counts as a whole KB. bench/RESULTS.md: 222 to 301. */
const LINE_BYTES = 300;
/** A guess, as in bench/units-price.ts: a call of DynamoDB or Kinesis within the region. */
const ROUND_TRIP_MS = 10;
/** Fits the two steady events of bench/RESULTS.md: waiting for calls, and CPU of a line. */
const INTAKE_MS = { run: 2 * ROUND_TRIP_MS, line: 0.013 } as const;
const TALLY_MS = { run: 34, line: 0.007 } as const;

/** What an event of so many hours costs beside the months between events. */
export function eventCost(expected: Expected, lanes: LaneCount, hours: number): CostRow[] {
  const load = loadOf(expected, lanes);
  const seconds = hours * HOUR_SECONDS;
  const lines = load.linesPerSecond * seconds;
  const { state, views } = load.writes;
  const row = makeRow;
  return [
    row('CloudFront', 'its fee for real-time log lines', lines * PRICES.realtimeLine),
    ...linesThrough(expected, lines),
    edgeStreamHours(expected.edgeStream, load.edgeShards, hours),
    row('Kinesis', shardsText(load), hours * load.packetShards * PRICES.shardHour),
    row('Kinesis', 'packets in', load.packets * seconds * PRICES.payloadUnit),
    row('DynamoDB', 'writes of State', state * seconds * PRICES.writeUnit),
    row('DynamoDB', 'writes of Views', views * seconds * PRICES.writeUnit),
    row('Lambda', 'intake', lambdaUsd('intake', load, seconds), true),
    row('Lambda', 'tally', lambdaUsd('tally', load, seconds), true),
  ];
}

function linesThrough({ edgeStream }: Expected, lines: number): CostRow[] {
  // A payload unit is 25 KB, and a line is less.
  if (edgeStream === 'provisioned')
    return [makeRow('Kinesis', 'lines in', lines * PRICES.payloadUnit)];
  return [
    makeRow('Kinesis', 'lines in, each in whole KB', ((lines * 1_024) / GIB) * PRICES.kinesisInGib),
    makeRow('Kinesis', 'lines out', ((lines * LINE_BYTES) / GIB) * PRICES.kinesisOutGib),
  ];
}

function edgeStreamHours(edgeStream: EdgeStream, shards: number, hours: number): CostRow {
  if (edgeStream === 'provisioned') {
    return makeRow(
      'Kinesis',
      `stream of lines, ${shards} shards by the hour`,
      hours * shards * PRICES.shardHour,
    );
  }
  return makeRow('Kinesis', 'stream of lines, by the hour', hours * PRICES.streamHour);
}

/** What a web ACL costs for the same requests. It is paid with or without Turnout's rule group in it. */
export function webAclCost(expected: Expected, hours: number): CostRow {
  const lines = playedLinesPerSecond(expected) * hours * HOUR_SECONDS;
  return makeRow('AWS WAF', 'requests that the web ACL looks at', lines * PRICES.wafRequest);
}

const FUNCTIONS = pipelineOf(DEFAULT_SETTINGS).functions;

function lambdaUsd(name: 'intake' | 'tally', load: EventLoad, seconds: number): number {
  const runs = name === 'intake' ? load.intakeRuns : load.tallyRuns;
  const ms = name === 'intake' ? INTAKE_MS : TALLY_MS;
  return seconds * usdOfRuns(name, runs, runs * ms.run + load.linesPerSecond * ms.line);
}

function usdOfRuns(name: keyof typeof FUNCTIONS, runs: number, ms: number): number {
  const gbSeconds = (ms / 1_000) * (FUNCTIONS[name].memoryMb / 1_024);
  return runs * PRICES.lambdaRequest + gbSeconds * PRICES.lambdaGbSecond;
}

/** A stack as it stands between events. */
export interface Standing {
  readonly lanes: LaneCount;
  readonly edgeStream: EdgeStream;
  /** Shards that the stream of lines has; on demand it keeps what an event made of it for some time. */
  readonly edgeShards: number;
  readonly packetShards: number;
  /** IP sets of both lists. */
  readonly sets: number;
}

/** What a month costs in which nothing happens. */
export function standingCost(standing: Standing): CostRow[] {
  const { sets, packetShards } = standing;
  const minute = minuteUnits(standing);
  const row = makeRow;
  const month = (each: number, price: number) => each * MONTH_MINUTES * price;
  return [
    edgeStreamHours(standing.edgeStream, standing.edgeShards, MONTH_HOURS),
    row('Kinesis', shardsText(standing), MONTH_HOURS * packetShards * PRICES.shardHour),
    row('DynamoDB', 'reads of watch', month(minute.watchReads, PRICES.readUnit)),
    row('DynamoDB', 'reads of enforce', month(minute.enforceReads, PRICES.readUnit)),
    row('DynamoDB', 'writes of both', month(minute.writes, PRICES.writeUnit)),
    row('Lambda', 'watch', MONTH_MINUTES * usdOfRuns('watch', 1, watchMs(standing.lanes)), true),
    row('Lambda', 'enforce', MONTH_MINUTES * usdOfRuns('enforce', 1, enforceMs(sets)), true),
    row('AWS WAF', 'three rules: two of the group, one that refers to it', 3 * PRICES.wafRuleMonth),
  ];
}

/** A web ACL of its own, where there is none yet. */
export const WEB_ACL_MONTH = PRICES.wafAclMonth;

/**
 * Units of the two functions that run each minute, when nothing happens: enforce looks at news of all lanes before each
 * four sets that it reads, watch reads all heads and journals. test/lib/event-cost.test.ts counts them on the doubles.
 */
export function minuteUnits({
  lanes,
  edgeShards,
  sets,
}: Pick<Standing, 'lanes' | 'edgeShards' | 'sets'>) {
  const headUnits = Math.ceil((2 + edgeShards * 0.0361) / 4);
  return {
    watchReads: 1 + JOURNAL_PARTITIONS + lanes * headUnits,
    enforceReads: (lanes + 3) * (1 + Math.ceil(sets / SETS_AT_ONCE)) + sets + 4,
    writes: 6,
  };
}

const JOURNAL_PARTITIONS = 16;
const SETS_AT_ONCE = 4;
/** lambdas/enforce/pass.ts: AWS WAF answers five reads in a second, so enforce waits between them. */
const READ_MS = 250;

const watchMs = (lanes: number) => (3 + lanes / 16) * ROUND_TRIP_MS;
/** It waits between reads, and looks at news instead before each four. */
const enforceMs = (sets: number) =>
  (sets - Math.ceil(sets / SETS_AT_ONCE)) * READ_MS + 20 * ROUND_TRIP_MS;

function shardsText({ packetShards }: { readonly packetShards: number }): string {
  return `stream of packets, ${packetShards} shards by the hour`;
}

function makeRow(service: string, what: string, usd: number, isEstimate = false): CostRow {
  return { service, what, usd, isEstimate };
}

export function sumOf(rows: readonly CostRow[]): number {
  return rows.reduce((sum, { usd }) => sum + usd, 0);
}
