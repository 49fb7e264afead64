import type { GuardSettings, Settings } from '../lambdas/core/settings';
import { setKeyOf } from '../lambdas/core/guard/guard-set';
import { guardSetsOf } from '../lib/guard-sets';
import {
  BLOCKS_FILTERS,
  type EventSourceName,
  FUNCTION_NAMES,
  type FunctionName,
  type Pipeline,
} from '../lib/pipeline';
import { TABLES, type TablePlan } from '../lib/tables';
import type { EventSourceSettings } from './event-source';
import { NAMES, ownVariables } from './function-environment';
import type { PlannedSet, RigSet } from './rig-guard';
import type { Pattern } from './table-writes';
import type { LambdaSettings } from './lambda-environment';

/**
 * What a rig is made of, with the names that its emulators know things by. It comes from the numbers of lib
 * (`planOfSettings`) or from a synthesised template (template-plan.ts); the rig knows no other source.
 */
export interface RigPlan {
  readonly names: RigNames;
  readonly streams: readonly RigStream[];
  readonly tables: readonly RigTable[];
  /** In the order in which they are filled. */
  readonly sets: readonly PlannedSet[];
  readonly functions: Readonly<Record<FunctionName, RigFunction>>;
  readonly eventSources: Readonly<Record<EventSourceName, StreamSource>>;
  readonly blocksSource: TableSource;
  /** Between two invocations by the schedule. */
  readonly everyMs: Readonly<Record<ScheduledName, number>>;
}

/** What is asked for from outside of the functions. */
export type RigNames = Readonly<Record<keyof typeof NAMES, string>>;

export interface RigStream {
  readonly name: string;
  readonly shards: number;
  readonly retentionHours: number;
}

export interface RigTable extends TablePlan {
  readonly name: string;
}

export interface RigFunction extends Pick<LambdaSettings, 'memoryMb' | 'timeoutSeconds'> {
  /** Execution environments that may run at once, where that is limited. */
  readonly environmentsMax?: number;
  /** All but what leads the SDK to the emulators. */
  readonly variables: (sets: readonly RigSet[]) => Readonly<Record<string, string>>;
}

export interface StreamSource extends EventSourceSettings {
  /** name of the stream that is read */
  readonly stream: string;
}

export interface TableSource extends EventSourceSettings {
  /** whose stream is read */
  readonly table: string;
  readonly keyNames: readonly [string, string];
  readonly filters: readonly Pattern[];
  readonly target: FunctionName;
}

export const SCHEDULED_NAMES = ['watch', 'enforce'] as const;
export type ScheduledName = (typeof SCHEDULED_NAMES)[number];

const MINUTE_MS = 60_000;

/** The plan by the numbers that the stack is made from. */
export function planOfSettings({ guard }: Settings, pipeline: Pipeline): RigPlan {
  const { streams, functions, eventSources, blocksSource } = pipeline;
  const { retentionHours } = streams.edgeLines;
  const planned = FUNCTION_NAMES.map((name): [FunctionName, RigFunction] => {
    const { memoryMb, timeoutSeconds } = functions[name];
    const variables = (sets: readonly RigSet[]) =>
      ownVariables(name, { retentionHours, sets, scope: guard.scope });
    return [name, { memoryMb, timeoutSeconds, variables }];
  });
  return {
    names: NAMES,
    streams: [
      { name: NAMES.edgeLines, ...streams.edgeLines },
      { name: NAMES.viewerPackets, ...streams.viewerPackets },
    ],
    tables: [
      { name: NAMES.stateTable, ...TABLES.state },
      { name: NAMES.viewsTable, ...TABLES.views },
      { name: NAMES.blocksTable, ...TABLES.blocks },
    ],
    sets: plannedSets(guard),
    functions: Object.fromEntries(planned) as Record<FunctionName, RigFunction>,
    eventSources: {
      intake: { ...eventSources.intake, stream: NAMES.edgeLines },
      tally: { ...eventSources.tally, stream: NAMES.viewerPackets },
    },
    blocksSource: {
      ...blocksSource,
      table: NAMES.blocksTable,
      keyNames: [TABLES.blocks.partitionKey, TABLES.blocks.sortKey],
      filters: BLOCKS_FILTERS,
      target: 'enforce',
    },
    everyMs: { watch: MINUTE_MS, enforce: MINUTE_MS },
  };
}

function plannedSets(guard: GuardSettings): PlannedSet[] {
  const { scope } = guard;
  return guardSetsOf(guard).map((set) => ({ ...set, name: setKeyOf(set), scope }));
}
