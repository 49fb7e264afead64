import type { GuardSettings } from '../lambdas/core/settings';
import { exemptRangesOf } from '../lib/exempt-ranges';
import type { GuardSet } from '../lambdas/core/guard/guard-set';
import { type DemoEdge, makeDemoEdge } from './demo-edge';
import type { TableSource } from './rig-plan';
import { startTableStream, type TableStream } from './table-stream';
import type { WafServer } from './waf-server';
import type { WafScope } from './waf-sets';

/** What of the stack the guard lives in: its sets, what wakes enforce, and the edge that obeys. */

export interface PlannedSet extends GuardSet {
  readonly name: string;
  readonly scope: WafScope;
}

/** As enforce is told of it: WAF knows a set by both. */
export interface RigSet extends GuardSet {
  readonly name: string;
  readonly id: string;
}

const FAMILIES = { v4: 'IPV4', v6: 'IPV6' } as const;

/** Found again after a restart, or made empty. */
export function provideSets(waf: WafServer, planned: readonly PlannedSet[]): RigSet[] {
  const known = new Map(waf.sets().map(({ name, id }) => [name, id]));
  return planned.map(({ scope, ...set }) => {
    const { name, family } = set;
    const id = known.get(name) ?? waf.provide({ name, scope, family: FAMILIES[family] }).id;
    return { ...set, id };
  });
}

export function makeEdge(waf: WafServer, sets: readonly RigSet[], guard: GuardSettings): DemoEdge {
  const { v4, v6 } = exemptRangesOf(guard);
  return makeDemoEdge({ source: waf, sets, exempt: [...v4, ...v6] });
}

export function startBlocksStream(
  { table, ...plan }: TableSource,
  invoke: (event: object) => Promise<unknown>,
  onError?: (error: Error) => void,
): TableStream {
  return startTableStream({ table, plan, invoke, ...(onError && { onError }) });
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
