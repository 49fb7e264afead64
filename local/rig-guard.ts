import type { GuardSettings } from '../lambdas/core/settings';
import { exemptRangesOf } from '../lib/exempt-ranges';
import { type GuardSet, guardSetsOf, setKeyOf } from '../lib/guard-sets';
import { BLOCKS_FILTERS, type EventSourcePlan } from '../lib/pipeline';
import { TABLES } from '../lib/tables';
import { type DemoEdge, makeDemoEdge } from './demo-edge';
import { NAMES } from './function-environment';
import { startTableStream, type TableStream } from './table-stream';
import type { WatchedTable } from './table-writes';
import type { WafServer } from './waf-server';

/** What of the stack the guard lives in: its sets, what wakes enforce, and the edge that obeys. */

/** As enforce is told of it: WAF knows a set by both. */
export interface RigSet extends GuardSet {
  readonly name: string;
  readonly id: string;
}

const FAMILIES = { v4: 'IPV4', v6: 'IPV6' } as const;

/** Found again after a restart, or made empty. */
export function provideSets(waf: WafServer, guard: GuardSettings): RigSet[] {
  const known = new Map(waf.sets().map(({ name, id }) => [name, id]));
  return guardSetsOf(guard).map((set) => {
    const name = setKeyOf(set);
    const found = known.get(name);
    if (found !== undefined) return { ...set, name, id: found };
    const made = waf.provide({ name, scope: 'CLOUDFRONT', family: FAMILIES[set.family] });
    return { ...set, name, id: made.id };
  });
}

export function makeEdge(waf: WafServer, sets: readonly RigSet[], guard: GuardSettings): DemoEdge {
  const { v4, v6 } = exemptRangesOf(guard);
  return makeDemoEdge({ source: waf, sets, exempt: [...v4, ...v6] });
}

export function watchedBlocks(): WatchedTable {
  const { partitionKey, sortKey } = TABLES.blocks;
  return {
    table: NAMES.blocksTable,
    keyNames: [partitionKey, sortKey],
    filters: BLOCKS_FILTERS,
  };
}

export function startBlocksStream(
  invoke: (event: object) => Promise<unknown>,
  plan: EventSourcePlan,
  onError?: (error: Error) => void,
): TableStream {
  return startTableStream({
    table: NAMES.blocksTable,
    plan,
    invoke,
    ...(onError && { onError }),
  });
}

/** The event of a function URL with AWS_IAM, as far as control reads it. */
export function controlEventOf(request: object, userArn: string) {
  return {
    version: '2.0',
    body: JSON.stringify(request),
    isBase64Encoded: false,
    requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn } } },
  };
}
