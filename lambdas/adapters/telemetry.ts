import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** Where nobody says otherwise: a stack gives its own name, so that two of an account stay apart. */
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
  WatchSecondsVerified: { unit: 'Seconds', meaning: 'watched by verified viewers of streams' },
  WatchSecondsUnresolved: { unit: 'Seconds', meaning: 'watched by unresolved viewers of streams' },
  WatchSecondsInvalid: { unit: 'Seconds', meaning: 'watched by invalid viewers of streams' },
  Attempts: { unit: 'Count', meaning: 'attempts at streams, verified and unresolved' },
  Starts: { unit: 'Count', meaning: 'starts of streams, verified and unresolved' },
  TurnedAwayByUs: { unit: 'Count', meaning: 'persons turned away from streams: refused by us' },
  TurnedAwayClientError: { unit: 'Count', meaning: 'persons turned away from streams: 4xx' },
  TurnedAwayServerError: { unit: 'Count', meaning: 'persons turned away from streams: 5xx' },
  TurnedAwayHungUp: { unit: 'Count', meaning: 'persons turned away from streams: hung up' },
  TurnedAwayNeverAsked: { unit: 'Count', meaning: 'persons turned away from streams: never asked' },
  FreshnessMs: { unit: 'Milliseconds', meaning: 'since the arrival of the newest line counted' },
  OpenHoles: { unit: 'Count', meaning: 'holes in the chains of all lanes' },
  LinesUnfolded: { unit: 'Count', meaning: 'lines forwarded and not folded, or folded twice' },
  SuspectsTold: { unit: 'Count', meaning: 'suspects that lanes told, again while they go on' },
  SuspectsUntold: { unit: 'Count', meaning: 'of them, those that could not be written' },
  SourcesDropped: { unit: 'Count', meaning: 'sources that had no room in a packet' },
  OverBound: { unit: 'Count', meaning: 'hits of viewers over a bound of the state' },
  BatchesRead: { unit: 'Count', meaning: 'batches of suspects that enforce read' },
  BatchesBad: { unit: 'Count', meaning: 'batches of suspects that are none' },
  FeedsUnread: { unit: 'Count', meaning: 'passes that could not read what they need (F4)' },
  GuardMode: { unit: 'Count', meaning: 'mode of the guard: 3 block, 2 count, 1 hold, 0 off' },
  BlocksWanted: { unit: 'Count', meaning: 'blocks that the plan of a pass holds' },
  BlocksAdded: { unit: 'Count', meaning: 'blocks that AWS WAF took' },
  BlocksOverflow: { unit: 'Count', meaning: 'suspects that found no room in any set (P9)' },
  BlocksSpared: { unit: 'Count', meaning: 'suspects that are not blocked: exempt, or for viewers' },
  ViewersCovered: { unit: 'Count', meaning: 'verified viewers that blocks cover' },
  ViewersCut: { unit: 'Count', meaning: 'verified viewers whose blocks were cut (F1)' },
  ChangesDeferred: { unit: 'Count', meaning: 'changes that wait for the next pass (F2)' },
  RollBacks: { unit: 'Count', meaning: 'pushes taken back because viewers were refused (F3)' },
  SetPushes: { unit: 'Count', meaning: 'updates of IP sets that AWS WAF took' },
  SetConflicts: { unit: 'Count', meaning: 'updates refused because others changed the set' },
  SetsThrottled: { unit: 'Count', meaning: 'updates that AWS WAF wants later' },
  SetErrors: { unit: 'Count', meaning: 'reads and updates of IP sets that failed otherwise' },
  ForeignRemovals: { unit: 'Count', meaning: 'entries of ours that others removed' },
  EntriesRestored: { unit: 'Count', meaning: 'entries put back after a set was emptied' },
  LeasesLost: { unit: 'Count', meaning: 'enforcers that another one overtook' },
  LineToBlockMs: { unit: 'Milliseconds', meaning: 'from the arrival of lines to the block' },
  PeopleRefused: { unit: 'Count', meaning: 'requests of people that were refused' },
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
  const namespace = process.env['POWERTOOLS_METRICS_NAMESPACE'] ?? METRICS_NAMESPACE;
  const metrics = new Metrics({ namespace, serviceName: service });
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
