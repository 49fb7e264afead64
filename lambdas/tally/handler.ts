import { randomUUID } from 'node:crypto';
import { makeBlobStore } from '../adapters/blob-store';
import { makeDynamo } from '../adapters/clients';
import { memoryBytes, optional, readConfiguration, required } from '../adapters/environment';
import { makeLaneStore } from '../adapters/lane-store';
import { makeQuarantine } from '../adapters/quarantine';
import { makeSuspectWriter } from '../adapters/suspect-store';
import { makeTelemetry } from '../adapters/telemetry';
import { makeViewsWriter } from '../adapters/views-writer';
import { makeDays } from '../core/audience/day';
import { rhythmOf, shortestMs } from '../core/guard/rules';
import { LANE_LIMITS } from '../core/road/lane';
import { parseConfig } from '../../lib/config';
import { makeTally } from './tally';

const settings = parseConfig(readConfiguration());
const { lanes, timeZone, dayStartHour, thresholds } = settings;
// A log that is played again is not judged: its time is not the time of its arrival.
const isJudged = optional('GUARD') !== 'off';
const dynamo = makeDynamo();
const stateTable = required('STATE_TABLE');

export const handler = makeTally({
  rules: { lanes, timeZone, dayStartHour, pagesPerDayMax: thresholds.pagesPerDayMax },
  limits: { ...thresholds, ...LANE_LIMITS },
  days: makeDays(timeZone, dayStartHour),
  stream: required('VIEWER_PACKETS_STREAM'),
  lanes: makeLaneStore(dynamo, stateTable),
  blobs: makeBlobStore(dynamo, stateTable),
  views: makeViewsWriter({ dynamo, table: required('VIEWS_TABLE') }),
  quarantine: makeQuarantine(dynamo, stateTable, Date.now),
  guard: isJudged
    ? {
        rhythm: rhythmOf(shortestMs(settings)),
        suspects: makeSuspectWriter(dynamo, required('BLOCKS_TABLE'), Date.now),
      }
    : undefined,
  telemetry: makeTelemetry('tally'),
  now: Date.now,
  writer: randomUUID().slice(0, 8),
  atHandBytesMax: memoryBytes() / 2,
});
