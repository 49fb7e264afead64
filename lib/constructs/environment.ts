import { Stack } from 'aws-cdk-lib';

import type { FunctionName, Pipeline } from '../pipeline';
import type { Resources } from './access';
import type { BlockSet } from './block-lists';

/** Of all variables of a function together: Lambda refuses more. */
const ENVIRONMENT_BYTES_MAX = 4_096;
/** The table, the scope, the stack, and what names the service: 243 bytes, and more in regions of longer names. */
const ENVIRONMENT_BYTES_OTHERS = 320;
/** How often the name of the stack stands among them. */
const STACK_NAMES = 3;
const SET_ID_CHARS = 36;

/** What each handler asks its environment for. */
export function environmentOf(
  { edgeLines, viewerPackets, state, views, blocks, viewerKey, sets, setsScope }: Resources,
  { streams }: Pipeline,
): Record<FunctionName, Record<string, string>> {
  const stack = Stack.of(blocks);
  const STATE_TABLE = state.tableName;
  const BLOCKS_TABLE = blocks.tableName;
  const VIEWER_PACKETS_STREAM = viewerPackets.streamName;
  return {
    intake: {
      STATE_TABLE,
      EDGE_LINES_STREAM: edgeLines.streamName,
      VIEWER_PACKETS_STREAM,
      VIEWER_KEY_SECRET: viewerKey.secretArn,
      RETENTION_HOURS: String(streams.edgeLines.retentionHours),
    },
    tally: { STATE_TABLE, VIEWS_TABLE: views.tableName, BLOCKS_TABLE, VIEWER_PACKETS_STREAM },
    watch: { STATE_TABLE },
    enforce: {
      BLOCKS_TABLE,
      WAF_SETS: setsText(stack, sets),
      WAF_SCOPE: setsScope,
      STACK_ID: stack.stackId,
    },
    control: { BLOCKS_TABLE },
    api: { VIEWS_TABLE: views.tableName, BLOCKS_TABLE },
  };
}

/** The sets as JSON. Found by name they would need a right to list every set of the account. */
function setsText(stack: Stack, sets: readonly BlockSet[]): string {
  const own = sets.map(({ list, family, n, name, id }) => ({ list, family, n, name, id }));
  const deployed = own.map((set) => ({ ...set, id: 'x'.repeat(SET_ID_CHARS) }));
  const bytes = JSON.stringify(deployed).length;
  const others = ENVIRONMENT_BYTES_OTHERS + STACK_NAMES * stack.stackName.length;
  const room = ENVIRONMENT_BYTES_MAX - others;
  if (bytes <= room) return stack.toJsonString(own);
  const most = Math.floor((room * sets.length) / bytes);
  throw new Error(
    `${sets.length} IP sets do not fit into the environment of enforce, expected at most ${most}: lower guard.setsV4 or guard.setsV6`,
  );
}
