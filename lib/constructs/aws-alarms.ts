import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';

import { type AlarmSpec, type AlarmThresholds, capital, IN_A_ROW, LASTING } from './alarm-spec';
import { functionMetric, type Monitored, streamMetric, tableThrottles } from './metrics';
import type { RoadFunction } from './road-function';

/** Alarms of what AWS measures: functions, streams, tables. */
export function awsAlarms(
  { functions, streams, tables }: Monitored,
  { freshnessSeconds }: AlarmThresholds,
): AlarmSpec[] {
  const { intake, tally, watch, enforce } = functions;
  return [
    ...[intake, tally].map((it) => iteratorAge(it, freshnessSeconds)),
    ...Object.values(functions).flatMap((it) => [errors(it), throttles(it)]),
    silence(watch, 'nobody looks at the ledger'),
    silence(enforce, 'nobody new is blocked, and no block ends'),
    ...streamThrottles(streams),
    ...Object.entries(tables).flatMap(([name, table]) => throttledTable(name, table)),
  ];
}

function iteratorAge(target: RoadFunction, secondsMax: number): AlarmSpec {
  const { name } = target;
  return {
    id: `${capital(name)}IteratorAge`,
    meaning: `${name} is more than ${secondsMax} s behind its stream, which keeps what waits`,
    first: `look whether ${name} fails or is throttled; if not, it has more to do than it can`,
    metric: functionMetric(target, 'IteratorAge'),
    above: secondsMax * 1_000,
  };
}

/** What throws is redelivered, so one error is no harm, and one that stays is. */
function errors(target: RoadFunction): AlarmSpec {
  return {
    id: `${capital(target.name)}Errors`,
    meaning: `${target.name} fails again and again`,
    first: 'read the last errors in the log of the function',
    metric: functionMetric(target, 'Errors'),
    minutes: LASTING,
  };
}

function throttles(target: RoadFunction): AlarmSpec {
  return {
    id: `${capital(target.name)}Throttles`,
    meaning: `Lambda does not run ${target.name} as often as it is called`,
    first: 'look who uses up the concurrency of the account, and ask for more',
    metric: functionMetric(target, 'Throttles'),
    minutes: LASTING,
  };
}

/** What runs each minute says so, and the other alarms are silent without it. */
function silence(target: RoadFunction, harm: string): AlarmSpec {
  return {
    id: `${capital(target.name)}Silent`,
    meaning: `${target.name} did not run for three minutes: ${harm}`,
    first: 'look whether its rule in EventBridge is enabled and whether Lambda throttles it',
    metric: functionMetric(target, 'Invocations'),
    below: 1,
    minutes: IN_A_ROW,
  };
}

/** Intake sends again what Kinesis refuses. Of CloudFront nobody knows. */
function streamThrottles({ edgeLines, viewerPackets }: Monitored['streams']): AlarmSpec[] {
  const WRITES = 'WriteProvisionedThroughputExceeded';
  const READS = 'ReadProvisionedThroughputExceeded';
  const first = 'give the stream more shards; on demand it grows by itself within minutes';
  const others = 'look who else reads the stream: its shards give 2 MB a second to all of them';
  const throttled = { minutes: LASTING };
  return [
    {
      id: 'EdgeLinesFull',
      meaning: 'edge-lines refuses lines of CloudFront: they are late, or lost',
      first,
      metric: streamMetric(edgeLines, WRITES),
    },
    {
      id: 'EdgeLinesReads',
      meaning: 'edge-lines is read more than it can be: intake has to wait',
      first: others,
      metric: streamMetric(edgeLines, READS),
      ...throttled,
    },
    {
      id: 'ViewerPacketsFull',
      meaning: 'viewer-packets refuses packets: intake has to wait',
      first,
      metric: streamMetric(viewerPackets, WRITES),
      ...throttled,
    },
    {
      id: 'ViewerPacketsReads',
      meaning: 'viewer-packets is read more than it can be: tally has to wait',
      first: others,
      metric: streamMetric(viewerPackets, READS),
      ...throttled,
    },
  ];
}

function throttledTable(name: string, table: TableV2): AlarmSpec[] {
  return (['Read', 'Write'] as const).map((what) => ({
    id: `${capital(name)}Table${what}s`,
    meaning: `DynamoDB refuses ${what.toLowerCase()}s of the table ${name}`,
    first: 'see in the metrics of the table whether a key is hot or a quota is reached',
    metric: tableThrottles(table, what),
    minutes: LASTING,
  }));
}
