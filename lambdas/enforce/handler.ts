import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { makeLeaseStore } from '../adapters/blocks-lease';
import { makeBlocksStore } from '../adapters/blocks-store';
import { REAL_PATIENCE } from '../adapters/backoff';
import { makeDynamo, makeWaf } from '../adapters/clients';
import { readConfiguration, required } from '../adapters/environment';
import { makeManualStore } from '../adapters/manual-store';
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
  telemetry: makeTelemetry('enforce'),
  now: Date.now,
  uptime: () => performance.now(),
  pause: patience.pause,
  writer: randomUUID().slice(0, 8),
});
