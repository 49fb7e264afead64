import type { ExpectedSettings, LaneCount, Settings } from '../lambdas/core/settings';
import { LINES_PER_SECOND_MAX, linesPerSecondOf } from '../lambdas/core/sizing';

/** The numbers of the road. The stack and the local rig are both made from them. */
export interface Pipeline {
  readonly lanes: LaneCount;
  readonly streams: Readonly<Record<StreamName, StreamPlan>>;
  readonly functions: Readonly<Record<FunctionName, FunctionPlan>>;
  readonly eventSources: Readonly<Record<EventSourceName, EventSourcePlan>>;
  /** By which the stream of the table Blocks wakes enforce. */
  readonly blocksSource: EventSourcePlan;
  /** What the table State must take at once; undefined: what a new table takes will do. */
  readonly stateWriteUnits: number | undefined;
}

export type StreamName = 'edgeLines' | 'viewerPackets';
export const FUNCTION_NAMES = ['intake', 'tally', 'watch', 'enforce', 'control', 'api'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];
/** Functions that read a stream of Kinesis, on which counting rests. */
export type EventSourceName = 'intake' | 'tally';

export interface StreamPlan {
  readonly mode: 'ON_DEMAND' | 'PROVISIONED';
  /** On demand: what the largest event needs. Kinesis begins with 4 and splits as it sees fit. */
  readonly shards: number;
  readonly retentionHours: number;
  /** On demand: takes so much at once, without having grown to it. @default not warm */
  readonly warmMiBps?: number;
}

export interface FunctionPlan {
  /** Path from the root. */
  readonly entry: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
}

export interface EventSourcePlan {
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly parallelizationFactor: number;
  /** -1: without end */
  readonly retryAttempts: number;
  /** -1: without end */
  readonly maxRecordAgeSeconds: number;
  readonly startingPosition: 'TRIM_HORIZON';
  readonly bisectOnError: boolean;
}

/** What is chosen by the number of lanes. */
interface Scale {
  readonly edgeShards: number;
  readonly packetShards: number;
  readonly intakeWindowSeconds: number;
  readonly tallyWindowSeconds: number;
  readonly tallyBatchSize: number;
}

/** A shard takes 1,000 records/s. Half of them is left for redelivery, and for lanes that are not equal. */
export const SHARD_PACKETS_PER_SECOND_MAX = 500;

/**
 * - Edge shards: a shard takes 1,000 lines/s, whatever their size (a line is about half a kilobyte);
 *   from 64 lanes on a quarter to a half more than that, as lines are not spread evenly.
 * - Packet shards: a batch of each edge shard and window sends one packet to each lane, so a shard
 *   gets edgeShards / intakeWindowSeconds x lanes / packetShards packets/s, at most 500. A power of
 *   two, so that no lane lies across two shards. They cost by the hour, also idle.
 * - Windows of tally: with a second of polling between two versions of a lane as in docs/ROAD.md,
 *   "Units": each version writes heads and counters again, so a longer window is cheaper and slower.
 * - Batches of tally hold what comes within window and poll, so that the window decides. At 16 lanes
 *   that is for an edge stream which has grown to 40 shards.
 */
export const SCALES: Readonly<Record<LaneCount, Scale>> = {
  16: {
    edgeShards: 4,
    packetShards: 4,
    intakeWindowSeconds: 1,
    tallyWindowSeconds: 2,
    tallyBatchSize: 500,
  },
  64: {
    edgeShards: 150,
    packetShards: 32,
    intakeWindowSeconds: 1,
    tallyWindowSeconds: 3,
    tallyBatchSize: 1_500,
  },
  256: {
    edgeShards: 650,
    packetShards: 256,
    intakeWindowSeconds: 2,
    tallyWindowSeconds: 3,
    tallyBatchSize: 1_500,
  },
  512: {
    edgeShards: 2_500,
    packetShards: 512,
    intakeWindowSeconds: 5,
    tallyWindowSeconds: 4,
    tallyBatchSize: 2_500,
  },
};

/** A week: what stands still on a Friday evening can be mended after the weekend without loss. */
const RETENTION_HOURS = 168;

/**
 * A batch of the event JSON is full at 6 MB, which is about 5,000 lines (a line of 430 bytes is
 * 1,170 there): more would never come.
 */
const INTAKE_BATCH_SIZE = 5_000;

/** What the protocol of docs/ROAD.md rests on. Nothing is skipped: poison is dealt with inside the handlers. */
const EXACTLY_ONCE = {
  // Records of a shard come one batch after the other: a promised interval is sent before the next.
  parallelizationFactor: 1,
  retryAttempts: -1,
  maxRecordAgeSeconds: -1,
  // LATEST can miss records when a mapping is made or changed.
  startingPosition: 'TRIM_HORIZON',
  // Half a batch is no help: what throws is the world, not a record.
  bisectOnError: false,
} as const;

/**
 * Each minute enforce runs anyway and reads all there is, so a record is a hint that there is something
 * new, and one that is given up is no loss. A batch takes all hints of a second.
 */
const BLOCKS_SOURCE: EventSourcePlan = {
  batchSize: 1_000,
  windowSeconds: 1,
  parallelizationFactor: 1,
  retryAttempts: 2,
  maxRecordAgeSeconds: 60,
  startingPosition: 'TRIM_HORIZON',
  bisectOnError: false,
};

/**
 * Which changes of the table Blocks wake enforce: news of lanes, and whatever people do. Not what
 * enforce writes itself, nor batches that expire.
 */
export const BLOCKS_FILTERS = [
  {
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { pk: { S: [{ prefix: 'suspects#' }] } } },
  },
  { dynamodb: { Keys: { pk: { S: ['manual', 'control'] } } } },
] as const;

const FUNCTIONS: Pipeline['functions'] = {
  // 1,769 MB is one whole processor, and a batch is the work of one thread: more would idle. 60 s
  // hold a full batch, and an interval that must be read again.
  intake: { entry: 'lambdas/intake/handler.ts', memoryMb: 1_769, timeoutSeconds: 60 },
  // The state of the lanes of a shard is held at hand. 120 s: who comes new loads it first.
  tally: { entry: 'lambdas/tally/handler.ts', memoryMb: 3_008, timeoutSeconds: 120 },
  // It begins each minute and must be over before the next.
  watch: { entry: 'lambdas/watch/handler.ts', memoryMb: 1_024, timeoutSeconds: 50 },
  // A plan is the work of one thread. 60 s: a pass calls each set that changes, two seconds apart.
  // Runs may meet: a lease in Blocks says who writes, so no concurrency of the account is reserved.
  enforce: { entry: 'lambdas/enforce/handler.ts', memoryMb: 1_769, timeoutSeconds: 60 },
  // A person waits for it: one entry is checked and written.
  control: { entry: 'lambdas/control/handler.ts', memoryMb: 512, timeoutSeconds: 20 },
  // A report of a month is some ten thousand items, added up on one thread. API Gateway waits for 30 s.
  api: { entry: 'lambdas/api/handler.ts', memoryMb: 1_769, timeoutSeconds: 29 },
};

/**
 * Traffic of an event is nothing on most days, and on demand costs little then. Shards for an expected
 * audience are its share of those of the scale, of whose lines a configuration cannot expect more.
 */
function edgeLinesOf(lanes: LaneCount, expected: ExpectedSettings | undefined): StreamPlan {
  const { edgeShards } = SCALES[lanes];
  const onDemand = {
    mode: 'ON_DEMAND',
    shards: edgeShards,
    retentionHours: RETENTION_HOURS,
  } as const;
  if (expected === undefined || expected.edgeStream === 'on_demand') return onDemand;
  const share = linesPerSecondOf(expected) / LINES_PER_SECOND_MAX[lanes];
  const shards = Math.ceil(share * edgeShards);
  // A shard writes 1 MiB/s, and 1,000 lines are less.
  if (expected.edgeStream === 'warm') return { ...onDemand, warmMiBps: shards };
  return { ...onDemand, mode: 'PROVISIONED', shards };
}

/** DynamoDB: what a new table takes, and what no table takes without asking. */
const TABLE_WRITE_UNITS = { fresh: 4_000, max: 40_000 };
/** From 64 lanes on a line costs State no more (docs/ROAD.md, "Units"); with fewer no 4,000 come together. */
const STATE_UNITS_PER_LINE = 0.055;

/** As the edge stream: who does not ask for readiness pays for none. */
function stateWriteUnitsOf(expected: ExpectedSettings | undefined): number | undefined {
  if (expected === undefined || expected.edgeStream === 'on_demand') return undefined;
  const units = Math.ceil(linesPerSecondOf(expected) * STATE_UNITS_PER_LINE);
  if (units <= TABLE_WRITE_UNITS.fresh) return undefined;
  return Math.min(units, TABLE_WRITE_UNITS.max);
}

export function pipelineOf({ lanes, expected }: Settings): Pipeline {
  const scale = SCALES[lanes];
  return {
    lanes,
    streams: {
      edgeLines: edgeLinesOf(lanes, expected),
      // On demand splits a shard by its bytes, and packets are small and many.
      viewerPackets: {
        mode: 'PROVISIONED',
        shards: scale.packetShards,
        retentionHours: RETENTION_HOURS,
      },
    },
    functions: FUNCTIONS,
    eventSources: {
      intake: {
        batchSize: INTAKE_BATCH_SIZE,
        windowSeconds: scale.intakeWindowSeconds,
        ...EXACTLY_ONCE,
      },
      tally: {
        batchSize: scale.tallyBatchSize,
        windowSeconds: scale.tallyWindowSeconds,
        ...EXACTLY_ONCE,
      },
    },
    blocksSource: BLOCKS_SOURCE,
    stateWriteUnits: stateWriteUnitsOf(expected),
  };
}
