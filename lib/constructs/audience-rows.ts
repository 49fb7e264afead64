import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import {
  type DashboardRow,
  FROM_ZERO,
  graph,
  highest,
  MILLISECONDS,
  sums,
  watching,
} from './dashboard-row';
import {
  functionMetric,
  type Monitored,
  ownMetric,
  streamMetric,
  tableThrottles,
  TURNED_AWAY,
  turnedAwayPercent,
} from './metrics';
import type { RoadFunction } from './road-function';

/** Who watches, and who could not. */
export function audienceRows(scope: Construct): DashboardRow[] {
  return [audienceRow(scope), turnedAwayRow(scope)];
}

/** Whether the figures can be relied on. */
export function roadRows(scope: Construct, monitored: Monitored): DashboardRow[] {
  return [freshnessRow(scope, monitored), ledgerRow(scope), servicesRow(monitored)];
}

function audienceRow(scope: Construct): DashboardRow {
  return {
    title: 'How many watch',
    lines: [
      '**watching**: viewers of all streams, the average of each minute of counting (A5_average_minute_audience), by group: verified (G3_player) is the lower bound, with unresolved (G5_unresolved) the upper',
      '**attempts, starts**: sessions of persons that asked for a stream (S2_attempt), and that got media (S3_start), as they are counted',
      'Exact figures by content and minute: `turnout live`, `turnout views`; below 0 is what late lines or the guard took back',
    ],
    graphs: [
      graph(
        'watching',
        [
          watching(scope, 'Verified', 'verified'),
          watching(scope, 'Unresolved', 'unresolved'),
          watching(scope, 'Invalid', 'invalid'),
        ],
        { stacked: true },
      ),
      graph(
        'attempts and starts',
        sums(scope, 'tally', { Attempts: 'attempts', Starts: 'starts' }),
      ),
    ],
  };
}

function turnedAwayRow(scope: Construct): DashboardRow {
  return {
    title: 'Who was turned away',
    lines: [
      '**turned away**: sessions of persons that met an error, or were let in and never asked, and did not start within 60 s (S4_turned_away, S5_never_asked), by cause',
      '**share**: of those who wanted to watch, without those whom our blocks refused (G1_refused)',
    ],
    graphs: [
      graph('turned away by cause', sums(scope, 'tally', TURNED_AWAY), { stacked: true }),
      graph('share of those who wanted to watch, %', [turnedAwayPercent(scope, 1)], FROM_ZERO),
    ],
  };
}

function freshnessRow(scope: Construct, { functions }: Monitored): DashboardRow {
  const lineToCount = (statistic: string) =>
    ownMetric(scope, 'tally', 'LineToCountMs', statistic).with({ label: statistic });
  return {
    title: 'How fresh the figures are',
    lines: [
      '**age**: of the newest line counted; it grows while none come',
      '**line to count**: from the arrival of a line in Kinesis to its count; **iterator age**: of the oldest record that waits',
    ],
    graphs: [
      graph('age', highest(scope, 'watch', { FreshnessMs: 'newest line counted' }), MILLISECONDS),
      graph('line to count', [lineToCount('p50'), lineToCount('p99')], MILLISECONDS),
      graph(
        'iterator age',
        ofEach([functions.intake, functions.tally], 'IteratorAge'),
        MILLISECONDS,
      ),
    ],
  };
}

function ledgerRow(scope: Construct): DashboardRow {
  return {
    title: 'Whether the ledger is balanced',
    lines: [
      '**lines**: received = hits + bad, of each delivery (docs/ROAD.md, "Metrics and alarms")',
      '**missing**: lines forwarded and not counted, holes in the chains, records that expired unread, packets that are none; 0 while all is well',
      '**set aside**: hits of viewers over a bound (B1_address, B2_lane), and suspects that could not be told',
    ],
    graphs: [
      graph(
        'lines',
        sums(scope, 'intake', { LinesReceived: 'received', LinesHit: 'hits', LinesBad: 'bad' }),
      ),
      graph('missing', [
        ...highest(scope, 'watch', { LinesUnfolded: 'lines unfolded', OpenHoles: 'open holes' }),
        ...sums(scope, 'intake', { RecordsLost: 'records lost' }),
        ...sums(scope, 'tally', { PacketsQuarantined: 'packets quarantined' }),
      ]),
      graph(
        'set aside',
        sums(scope, 'tally', { OverBound: 'over a bound', SuspectsUntold: 'suspects untold' }),
      ),
    ],
  };
}

function servicesRow({ functions, streams, tables }: Monitored): DashboardRow {
  const all = Object.values(functions);
  return {
    title: 'Errors and throttles',
    lines: [
      'What throws is redelivered, and what is throttled comes again: alarms are for what stays',
    ],
    graphs: [
      graph('errors', ofEach(all, 'Errors')),
      graph('throttles of Lambda', ofEach(all, 'Throttles')),
      graph(
        'throttles of Kinesis',
        Object.entries(streams).flatMap(([name, stream]) =>
          (['Write', 'Read'] as const).map((what) =>
            streamMetric(stream, `${what}ProvisionedThroughputExceeded`).with({
              label: `${name} ${what.toLowerCase()}s`,
            }),
          ),
        ),
      ),
      graph(
        'throttles of DynamoDB',
        Object.entries(tables).flatMap(([name, table]) =>
          (['Write', 'Read'] as const).map((what) =>
            tableThrottles(table, what).with({ label: `${name} ${what.toLowerCase()}s` }),
          ),
        ),
      ),
    ],
  };
}

function ofEach(
  functions: readonly RoadFunction[],
  metricName: Parameters<typeof functionMetric>[1],
): IMetric[] {
  return functions.map((it) => functionMetric(it, metricName).with({ label: it.name }));
}
