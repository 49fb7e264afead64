import { handle } from 'hono/aws-lambda';
import { parseConfig } from '../../lib/config';
import { makeAuditReader } from '../adapters/audit-reader';
import { REAL_PATIENCE } from '../adapters/backoff';
import { makeDynamo } from '../adapters/clients';
import { makeContentsReader } from '../adapters/contents-reader';
import { readConfiguration, required } from '../adapters/environment';
import { makeGuardReader } from '../adapters/guard-reader';
import { makeManualStore } from '../adapters/manual-store';
import { makeTelemetry } from '../adapters/telemetry';
import { makeViewsReader } from '../adapters/views-reader';
import { makeApi } from './api';
import { makeViewsSource } from './views-source';

const settings = parseConfig(readConfiguration());
const dynamo = makeDynamo();
const views = required('VIEWS_TABLE');
const blocks = { dynamo, table: required('BLOCKS_TABLE'), patience: REAL_PATIENCE };
const telemetry = makeTelemetry('api');
const now = Date.now;

export const handler = handle(
  makeApi({
    views: makeViewsSource({
      reader: makeViewsReader(dynamo, views),
      contents: makeContentsReader(dynamo, views),
      ...{ settings, now },
    }),
    guard: {
      guard: makeGuardReader(blocks),
      // Days to keep are of writes alone.
      manual: makeManualStore({ ...blocks, keepDays: 0 }),
      audit: makeAuditReader(blocks),
      ...{ settings, now },
    },
    onError: (error) => telemetry.error('a request could not be answered', { error }),
  }),
);
