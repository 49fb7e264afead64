import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

export const METRICS_NAMESPACE = 'Turnout';

/** Every metric of the road: alarms and dashboards hang on these names. */
export const METRICS = {
  LinesReceived: { unit: 'Count', meaning: 'lines of new intervals, before they are judged' },
  LinesHit: { unit: 'Count', meaning: 'of them, lines that are a hit' },
  LinesBad: { unit: 'Count', meaning: 'of them, lines that could not be read' },
  RecordsBad: { unit: 'Count', meaning: 'records of the edge stream that are no lines' },
  PacketsSent: { unit: 'Count', meaning: 'packets acknowledged by the second stream' },
  PacketBytes: { unit: 'Bytes', meaning: 'size of the packets that were sent' },
  IntervalsRedone: { unit: 'Count', meaning: 'promised intervals that were made and sent again' },
  JournalConflicts: { unit: 'Count', meaning: 'journals that another intake had written' },
  RecordsLost: { unit: 'Count', meaning: 'records that expired before they were read' },
  PacketsFolded: { unit: 'Count', meaning: 'packets that changed the state of a lane' },
  PacketsDuplicate: { unit: 'Count', meaning: 'packets that were folded before, and dropped' },
  PacketsQuarantined: { unit: 'Count', meaning: 'records of the second stream that are no packet' },
  LaneConflicts: { unit: 'Count', meaning: 'lane heads that another tally had written' },
  OutboxesRedone: { unit: 'Count', meaning: 'outboxes published again by who loaded the head' },
  ItemsPublished: { unit: 'Count', meaning: 'items of Views that an outbox changed' },
  LineToCountMs: { unit: 'Milliseconds', meaning: 'from the arrival of a line to its count' },
  OpenHoles: { unit: 'Count', meaning: 'holes in the chains of all lanes' },
  LinesUnfolded: { unit: 'Count', meaning: 'lines forwarded and not folded, or folded twice' },
  OverBound: { unit: 'Count', meaning: 'hits of viewers over a bound of the state' },
} as const;

export type MetricName = keyof typeof METRICS;
type Unit<Name extends MetricName> = (typeof METRICS)[Name]['unit'];

/** Names of metrics whose values add up. */
export type CountName = {
  [Name in MetricName]: Unit<Name> extends 'Milliseconds' ? never : Name;
}[MetricName];

export type Facts = Readonly<Record<string, unknown>>;

export interface Telemetry {
  count(name: CountName, n: number): void;
  value<Name extends MetricName>(name: Name, n: number, unit: Unit<Name>): void;
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  /** An exception goes in as the fact `error`. */
  error(message: string, facts?: Facts): void;
  /** Writes what was measured. Called once at the end of each invocation, also of one that fails. */
  flush(): void;
}

/**
 * Metrics as lines of the log (EMF), from which CloudWatch makes them: no call, and nothing to fail.
 * Powertools writes by itself what would pass the 100 values of a metric or the 100 metrics of a line.
 */
export function makeTelemetry(service: string): Telemetry {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: service });
  const logger = new Logger({ serviceName: service });
  return {
    count: (name, n) => void metrics.addMetric(name, METRICS[name].unit, n),
    value: (name, n, unit) => void metrics.addMetric(name, unit, n),
    info: (message, facts = {}) => logger.info(message, { ...facts }),
    warn: (message, facts = {}) => logger.warn(message, { ...facts }),
    error: (message, facts = {}) => logger.error(message, { ...facts }),
    flush() {
      // Powertools warns of nothing to write, and an idle invocation is no reason to be warned.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
