import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { CountName, MetricName, Unit } from './metrics';

/** Where nobody says otherwise: a stack gives its own name, so that two of an account stay apart. */
export const METRICS_NAMESPACE = 'Turnout';

/** Units of the metrics that add up. What they mean stands in METRICS, which is for people and not bundled. */
const UNITS: { readonly [Name in CountName]: Unit<Name> } = {
  LinesReceived: 'Count',
  LinesHit: 'Count',
  LinesBad: 'Count',
  RecordsBad: 'Count',
  PacketsSent: 'Count',
  PacketBytes: 'Bytes',
  IntervalsRedone: 'Count',
  JournalConflicts: 'Count',
  RecordsLost: 'Count',
  PacketsFolded: 'Count',
  PacketsDuplicate: 'Count',
  PacketsQuarantined: 'Count',
  LaneConflicts: 'Count',
  OutboxesRedone: 'Count',
  ItemsPublished: 'Count',
  WatchSecondsVerified: 'Seconds',
  WatchSecondsUnresolved: 'Seconds',
  WatchSecondsInvalid: 'Seconds',
  Attempts: 'Count',
  Starts: 'Count',
  TurnedAwayByUs: 'Count',
  TurnedAwayClientError: 'Count',
  TurnedAwayServerError: 'Count',
  TurnedAwayHungUp: 'Count',
  TurnedAwayNeverAsked: 'Count',
  OpenHoles: 'Count',
  LinesUnfolded: 'Count',
  SuspectsTold: 'Count',
  SuspectsUntold: 'Count',
  SourcesDropped: 'Count',
  OverBound: 'Count',
  BatchesRead: 'Count',
  BatchesBad: 'Count',
  FeedsUnread: 'Count',
  GuardMode: 'Count',
  ExcessHits: 'Count',
  ExcessNetworkHits: 'Count',
  ExcessContentHits: 'Count',
  BlocksWanted: 'Count',
  BlocksAdded: 'Count',
  BlocksOverflow: 'Count',
  BlocksSpared: 'Count',
  ViewersCovered: 'Count',
  ViewersCut: 'Count',
  ChangesDeferred: 'Count',
  RollBacks: 'Count',
  SetPushes: 'Count',
  SetConflicts: 'Count',
  SetsThrottled: 'Count',
  SetErrors: 'Count',
  ForeignRemovals: 'Count',
  EntriesRestored: 'Count',
  LeasesLost: 'Count',
  PeopleRefused: 'Count',
};

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
  const namespace = process.env['POWERTOOLS_METRICS_NAMESPACE'] ?? METRICS_NAMESPACE;
  const metrics = new Metrics({ namespace, serviceName: service });
  const logger = new Logger({ serviceName: service });
  return {
    count: (name, n) => void metrics.addMetric(name, UNITS[name], n),
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
