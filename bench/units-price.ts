/** What the road should need by the formula of docs/ROAD.md, "Units", and what units cost. */
import type { LaneCount } from '../lambdas/core/settings';
import { SCALES, pipelineOf } from '../lib/pipeline';
import { PRICES } from '../lib/prices';
import { POLL_SECONDS } from './road-input';
import { settingsOf } from './road-ports';
import type { WriteKind } from './units-meter';
import type { FunctionUse, UnitsPlan, UnitsPlayed } from './units-play';

/** At most, USD for a million lines at 1,000 lines/s, beyond CloudFront's own fee. */
export const BUDGET_USD = 0.2;
/** A guess: a call of DynamoDB or Kinesis within the region. */
export const ROUND_TRIP_MS = 10;

const GIB = 2 ** 30;
const ENTRY_BYTES = 45;
const CHAIN_BYTES = 35;
const SEGMENT_SECONDS = 6;

export type FormulaRow = 'Views' | 'heads' | 'changed viewers' | 'journals';

/** Rows of the formula, and the kinds of writes that belong to each. */
export const FORMULA_ROWS: Readonly<Record<FormulaRow, readonly WriteKind[]>> = {
  Views: ['minutes', 'hours', 'countries', 'edge locations', 'ledger, freshness, status, contents'],
  heads: ['heads'],
  'changed viewers': ['viewers: changes', 'viewers: all anew', 'viewers: removal'],
  journals: ['journals'],
};

/** Write units/s of the whole event. */
export function formulaOf({ lanes, contents, viewers }: UnitsPlan): Record<FormulaRow, number> {
  const { edgeShards, intakeWindowSeconds } = SCALES[lanes];
  const w = versionSeconds(lanes);
  const changed = viewers * Math.min(1, w / SEGMENT_SECONDS);
  return {
    Views: (lanes * (12 * contents + 2)) / w,
    heads: (lanes * (1 + (edgeShards * CHAIN_BYTES) / 1_024 + 2 * contents)) / w,
    'changed viewers': (2 * changed * ENTRY_BYTES) / 1_024 / w,
    journals: (edgeShards / intakeWindowSeconds) * (lanes > 256 ? 2 : 1),
  };
}

export function versionSeconds(lanes: LaneCount): number {
  return SCALES[lanes].tallyWindowSeconds + POLL_SECONDS;
}

/** Lanes that were not played are like those that were; of source shards all were played. */
export function scaleOf({ lanes, lanesPlayed }: UnitsPlan, kind?: WriteKind): number {
  return kind === 'journals' ? 1 : lanes / lanesPlayed;
}

export function linesPerSecond(plan: UnitsPlan, { lines }: UnitsPlayed): number {
  return (lines * scaleOf(plan)) / plan.seconds;
}

export interface Cost {
  readonly name: string;
  /** USD for a million lines */
  readonly usd: number;
  readonly isEstimate?: boolean;
}

export function costsOf(plan: UnitsPlan, played: UnitsPlayed): Cost[] {
  const { lines, kinds, readUnits, lineBytes, payloadUnits, packetBytes } = played;
  const scale = scaleOf(plan);
  const perLine = 1e6 / (lines * scale);
  const writeUnits = kinds.reduce((sum, { kind, units }) => sum + units * scaleOf(plan, kind), 0);
  const { streams, functions } = pipelineOf(settingsOf(plan.lanes));
  const perHour = (usd: number) => (usd / 3_600 / linesPerSecond(plan, played)) * 1e6;
  const { intake, tally } = played.functions;
  return [
    { name: 'DynamoDB, writes', usd: writeUnits * perLine * PRICES.writeUnit },
    { name: 'DynamoDB, reads', usd: readUnits * scale * perLine * PRICES.readUnit },
    { name: 'edge lines in, each in whole KB', usd: (1e6 * 1_024 * PRICES.kinesisInGib) / GIB },
    { name: 'edge lines out', usd: ((lineBytes / lines) * 1e6 * PRICES.kinesisOutGib) / GIB },
    { name: 'edge lines, stream by the hour', usd: perHour(PRICES.streamHour) },
    {
      name: `packets, ${streams.viewerPackets.shards} shards by the hour`,
      usd: perHour(streams.viewerPackets.shards * PRICES.shardHour),
    },
    {
      name: `packets in (${Math.round(packetBytes / played.packets)} bytes each)`,
      usd: payloadUnits * scale * perLine * PRICES.payloadUnit,
    },
    {
      name: 'intake: requests, CPU and waiting',
      // All source shards were played, each with its share of the lines.
      usd: functionUsd(intake, functions.intake.memoryMb, scale) * perLine,
      isEstimate: true,
    },
    {
      name: 'tally: requests, CPU and waiting',
      usd: functionUsd(tally, functions.tally.memoryMb, 1) * scale * perLine,
      isEstimate: true,
    },
  ];
}

function functionUsd(use: FunctionUse, memoryMb: number, cpuScale: number): number {
  const ms = use.cpuMs * cpuScale + use.roundTrips * ROUND_TRIP_MS;
  const gbSeconds = (ms / 1_000) * (memoryMb / 1_024);
  return gbSeconds * PRICES.lambdaGbSecond + use.invocations * PRICES.lambdaRequest;
}
