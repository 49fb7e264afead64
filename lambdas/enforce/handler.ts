import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { makeLeaseStore } from '../adapters/blocks-lease';
import { makeBlocksStore } from '../adapters/blocks-store';
import { REAL_PATIENCE } from '../adapters/backoff';
import { makeCloudFormation, makeDynamo, makeWaf } from '../adapters/clients';
import { optional, readConfiguration, required } from '../adapters/environment';
import { makeManualStore } from '../adapters/manual-store';
import { makeStackClock } from '../adapters/stack-clock';
import { makeTelemetry } from '../adapters/telemetry';
import { makeWafSets } from '../adapters/waf-sets';
import { SHIPPED_FILES } from '../core/edge/network-lists';
import { exemptOf } from '../core/guard/exempt';
import { planBlocks } from '../core/guard/plan';
import { parseConfig } from '../../lib/config';
import { makeEnforce } from './enforce';
import type { ListedSet } from './set-writer';

const settings = parseConfig(readConfiguration());
const dynamo = makeDynamo();
const table = required('BLOCKS_TABLE');
const scope = required('WAF_SCOPE');
// Without it there is no stack, and nobody deploys.
const stackId = optional('STACK_ID');
const patience = REAL_PATIENCE;
const { keepDays } = settings.guard;

export const handler = makeEnforce({
  settings,
  exempt: exemptOf(settings, SHIPPED_FILES),
  plan: planBlocks,
  sets: JSON.parse(required('WAF_SETS')) as ListedSet[],
  waf: makeWafSets(makeWaf(scope), scope),
  blocks: makeBlocksStore({ dynamo, table, patience }),
  manual: makeManualStore({ dynamo, table, keepDays, patience }),
  leasesOf: (owner) => makeLeaseStore({ dynamo, table, now: Date.now, owner, patience }),
  deployedAtMs:
    stackId === undefined
      ? async () => undefined
      : makeStackClock({ cloudFormation: makeCloudFormation(), stackId, now: Date.now }),
  telemetry: makeTelemetry('enforce'),
  now: Date.now,
  uptime: () => performance.now(),
  pause: patience.pause,
  writer: randomUUID().slice(0, 8),
});
