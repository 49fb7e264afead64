import { makeDynamo, makeKinesis, makeSecrets } from '../adapters/clients';
import { optional, readConfiguration, required } from '../adapters/environment';
import { REAL_PATIENCE } from '../adapters/backoff';
import { makeJournalStore } from '../adapters/journal-store';
import { makePacketWriter } from '../adapters/packet-writer';
import { makeRecordReader } from '../adapters/record-reader';
import { makeTelemetry } from '../adapters/telemetry';
import { loadViewerKeys } from '../adapters/viewer-key';
import type { Format } from '../core/edge/format';
import { IntervalReader } from '../core/road/interval';
import { parseConfig } from '../../lib/config';
import { makeIntake } from './intake';

const settings = parseConfig(readConfiguration());
const { lanes } = settings;
const kinesis = makeKinesis();
const dynamo = makeDynamo();
const [stateTable, source, target] = [
  required('STATE_TABLE'),
  required('EDGE_LINES_STREAM'),
  required('VIEWER_PACKETS_STREAM'),
];
// Other logs than CloudFront's real-time lines come this way when a log is replayed.
const format = optional('LINE_FORMAT');

const intake = loadViewerKeys(makeSecrets(), required('VIEWER_KEY_SECRET')).then((keys) =>
  makeIntake({
    lanes,
    retentionMs: Number(required('RETENTION_HOURS')) * 3_600_000,
    reader: new IntervalReader({
      settings,
      lanes,
      keys,
      format: format === undefined ? undefined : (JSON.parse(format) as Format),
    }),
    journals: makeJournalStore(dynamo, stateTable, Date.now),
    records: makeRecordReader(kinesis, source),
    packets: makePacketWriter({ kinesis, stream: target, lanes, ...REAL_PATIENCE }),
    telemetry: makeTelemetry('intake'),
    now: Date.now,
  }),
);
// Without keys each invocation fails with this error, and the next environment tries again.
intake.catch(() => {});

export const handler: Awaited<typeof intake> = async (event, context) =>
  (await intake)(event, context);
