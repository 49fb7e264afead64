import { makeDynamo } from '../adapters/clients';
import { readConfiguration, required } from '../adapters/environment';
import { makeJournalStore } from '../adapters/journal-store';
import { makeLaneStore } from '../adapters/lane-store';
import { makeTelemetry } from '../adapters/telemetry';
import { makeWatchStore } from '../adapters/watch-store';
import { parseConfig } from '../../lib/config';
import { makeWatch } from './watch';

const { lanes } = parseConfig(readConfiguration());
const dynamo = makeDynamo();
const table = required('STATE_TABLE');

export const handler = makeWatch({
  lanes,
  journals: makeJournalStore(dynamo, table, Date.now),
  heads: makeLaneStore(dynamo, table),
  store: makeWatchStore(dynamo, table, Date.now),
  telemetry: makeTelemetry('watch'),
  now: Date.now,
});
