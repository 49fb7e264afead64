import { randomUUID } from 'node:crypto';
import { REAL_PATIENCE } from '../adapters/backoff';
import { makeDynamo } from '../adapters/clients';
import { readConfiguration, required } from '../adapters/environment';
import { makeManualStore } from '../adapters/manual-store';
import { makeTelemetry } from '../adapters/telemetry';
import { SHIPPED_FILES } from '../core/edge/network-lists';
import { exemptOf } from '../core/guard/exempt';
import { parseConfig } from '../../lib/config';
import { makeControl } from './control';

const settings = parseConfig(readConfiguration());
const { keepDays } = settings.guard;

export const handler = makeControl({
  exempt: exemptOf(settings, SHIPPED_FILES),
  manual: makeManualStore({
    dynamo: makeDynamo(),
    table: required('BLOCKS_TABLE'),
    keepDays,
    patience: REAL_PATIENCE,
  }),
  telemetry: makeTelemetry('control'),
  now: Date.now,
  makeId: () => randomUUID().slice(0, 8),
});
