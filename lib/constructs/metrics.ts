import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';

import type { FunctionName } from '../pipeline';
import { metricsNamespaceOf, type RoadFunction } from './road-function';

/** What alarms and dashboard look at. */
export interface Monitored {
  readonly functions: Readonly<Record<FunctionName, RoadFunction>>;
  readonly streams: Readonly<Record<'edgeLines' | 'viewerPackets', Stream>>;
  readonly tables: Readonly<Record<'state' | 'views' | 'blocks', TableV2>>;
}

/** Lambda, Kinesis, DynamoDB and our own telemetry write each minute. */
export const PERIOD = Duration.minutes(1);

// None of these has a label: an alarm of a metric with one is written as a computation.

/** A metric that one of our functions writes. */
export function ownMetric(
  scope: Construct,
  by: FunctionName,
  metricName: string,
  statistic: string = Stats.SUM,
): Metric {
  return new Metric({
    namespace: metricsNamespaceOf(scope),
    metricName,
    dimensionsMap: { service: by },
    statistic,
    period: PERIOD,
  });
}

export function functionMetric(
  { function: target }: RoadFunction,
  metricName: 'Errors' | 'Throttles' | 'Invocations' | 'IteratorAge',
): Metric {
  const statistic = metricName === 'IteratorAge' ? Stats.MAXIMUM : Stats.SUM;
  return target.metric(metricName, { statistic, period: PERIOD });
}

export function streamMetric(stream: Stream, metricName: string): Metric {
  return stream.metric(metricName, { statistic: Stats.SUM, period: PERIOD });
}

/** Reads or writes of a table that DynamoDB refused for their number. */
export function tableThrottles({ tableName }: TableV2, what: 'Read' | 'Write'): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName: `${what}ThrottleEvents`,
    dimensionsMap: { TableName: tableName },
    statistic: Stats.SUM,
    period: PERIOD,
  });
}

/** Causes of being turned away, by their metric; docs/VIEW_DEFINITION.md, S4 and S5. */
export const TURNED_AWAY = {
  TurnedAwayByUs: 'refused by us',
  TurnedAwayClientError: '4xx',
  TurnedAwayServerError: '5xx',
  TurnedAwayHungUp: 'hung up',
  TurnedAwayNeverAsked: 'never asked',
} as const;

/**
 * Percent of the persons who wanted to watch and were turned away by something else than our blocks;
 * 0 of fewer than `personsMin` in the minute. Those whom blocks refuse are in no attempt (G1_refused),
 * nor are those who never asked for a manifest. Tally writes all of these together, so none is missing.
 */
export function turnedAwayPercent(scope: Construct, personsMin: number): MathExpression {
  const of = (metricName: string) => ownMetric(scope, 'tally', metricName);
  const all = '(attempts + neverAsked)';
  return new MathExpression({
    expression: `IF(${all} >= ${personsMin}, 100 * (client + server + hungUp + neverAsked) / ${all}, 0)`,
    usingMetrics: {
      attempts: of('Attempts'),
      client: of('TurnedAwayClientError'),
      server: of('TurnedAwayServerError'),
      hungUp: of('TurnedAwayHungUp'),
      neverAsked: of('TurnedAwayNeverAsked'),
    },
    label: 'turned away, % of those who wanted to watch',
    period: PERIOD,
  });
}

/**
 * Percent of the excess of all suspects that the largest network (ASN) has, or the content asked most; 0 of less excess
 * than `hitsMin` in 10 s. Enforce writes both together.
 */
export function excessPercent(
  scope: Construct,
  of: 'Network' | 'Content',
  hitsMin: number,
): MathExpression {
  return new MathExpression({
    expression: `IF(excess >= ${hitsMin}, 100 * largest / excess, 0)`,
    usingMetrics: {
      excess: ownMetric(scope, 'enforce', 'ExcessHits', Stats.MAXIMUM),
      largest: ownMetric(scope, 'enforce', `Excess${of}Hits`, Stats.MAXIMUM),
    },
    label: `largest ${of.toLowerCase()}, % of the excess`,
    period: PERIOD,
  });
}

/** How old the newest line counted is, while lines come; 0 while none do. */
export function freshnessMs(scope: Construct, edgeLines: Stream): MathExpression {
  return new MathExpression({
    expression: 'IF(FILL(lines, 0) > 0, freshness, 0)',
    usingMetrics: {
      lines: streamMetric(edgeLines, 'IncomingRecords'),
      freshness: ownMetric(scope, 'watch', 'FreshnessMs', Stats.MAXIMUM),
    },
    label: 'age of the newest line counted',
    period: PERIOD,
  });
}
