import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import type { Settings } from '../lambdas/core/settings';
import type { Bundles } from './bundle';
import { accessOf, type Resources } from './constructs/access';
import { Alarms } from './constructs/alarms';
import { EdgeLines } from './constructs/edge-lines';
import { makeEventSource } from './constructs/event-source';
import { RoadFunction } from './constructs/road-function';
import { makeStream } from './constructs/stream';
import { Tables } from './constructs/tables';
import { makeViewerKey } from './constructs/viewer-key';
import { type FunctionName, type Pipeline, pipelineOf } from './pipeline';

export interface TurnoutProps {
  readonly settings: Settings;
  /** Of the turnout.json that `settings` were read from. */
  readonly bundles: Bundles;
  /**
   * How long the logs of the functions are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
}

/**
 * Counts the lines of a CloudFront distribution: attach the log configuration to its behaviours.
 * Ids of streams, tables and the secret are final, another id would be another, empty one
 * (test/lib/stateful-resources.txt).
 */
export class Turnout extends Construct {
  /** The names that people and tools outside ask for. */
  readonly outputs: Readonly<Record<OutputName, string>>;
  /** Without actions: `alarm.addAlarmAction` says whom to wake. */
  readonly alarms: readonly Alarm[];
  readonly resources: Resources;

  constructor(scope: Construct, id: string, props: TurnoutProps) {
    super(scope, id);
    const pipeline = pipelineOf(props.settings);
    const edge = new EdgeLines(this, 'EdgeLines', {
      stream: pipeline.streams.edgeLines,
      fields: props.settings.realtimeFields,
    });
    const { state, views } = new Tables(this, 'Tables');
    this.resources = {
      edgeLines: edge.stream,
      // Lanes choose their shard by explicit hash key: never let Kinesis distribute these records.
      viewerPackets: makeStream(this, 'ViewerPackets', pipeline.streams.viewerPackets),
      state,
      views,
      viewerKey: makeViewerKey(this, 'ViewerKey'),
    };
    const functions = this.makeFunctions(pipeline, props);
    this.connect(pipeline, functions);
    this.alarms = new Alarms(this, 'Alarms', functions).all;
    this.outputs = outputsOf(this.resources, edge.logConfigArn);
  }

  private makeFunctions(pipeline: Pipeline, props: TurnoutProps) {
    const access = accessOf(this.resources);
    const environment = environmentOf(this.resources, pipeline);
    const { bundles, logRetention = RetentionDays.ONE_MONTH } = props;
    const make = (id: string, name: FunctionName) =>
      new RoadFunction(this, id, {
        name,
        plan: pipeline.functions[name],
        bundle: bundles[name],
        statements: access[name],
        environment: environment[name],
        logRetention,
      });
    return {
      intake: make('Intake', 'intake'),
      tally: make('Tally', 'tally'),
      watch: make('Watch', 'watch'),
    };
  }

  private connect({ eventSources }: Pipeline, functions: Record<FunctionName, RoadFunction>) {
    makeEventSource(this, 'IntakeSource', {
      stream: this.resources.edgeLines,
      target: functions.intake.function,
      plan: eventSources.intake,
    });
    makeEventSource(this, 'TallySource', {
      stream: this.resources.viewerPackets,
      target: functions.tally.function,
      plan: eventSources.tally,
    });
    new Rule(this, 'EachMinute', {
      description: 'Turnout: is the ledger balanced?',
      schedule: Schedule.rate(Duration.minutes(1)),
      // The next minute comes by itself: one that failed is not run again.
      targets: [new LambdaFunction(functions.watch.function, { retryAttempts: 0 })],
    });
  }
}

/** What each handler asks its environment for. */
function environmentOf(
  { edgeLines, viewerPackets, state, views, viewerKey }: Resources,
  { streams }: Pipeline,
): Record<FunctionName, Record<string, string>> {
  const STATE_TABLE = state.tableName;
  const VIEWER_PACKETS_STREAM = viewerPackets.streamName;
  return {
    intake: {
      STATE_TABLE,
      EDGE_LINES_STREAM: edgeLines.streamName,
      VIEWER_PACKETS_STREAM,
      VIEWER_KEY_SECRET: viewerKey.secretArn,
      RETENTION_HOURS: String(streams.edgeLines.retentionHours),
    },
    tally: { STATE_TABLE, VIEWS_TABLE: views.tableName, VIEWER_PACKETS_STREAM },
    watch: { STATE_TABLE },
  };
}

export type OutputName =
  'EdgeLinesStream' | 'ViewerPacketsStream' | 'StateTable' | 'ViewsTable' | 'RealtimeLogConfigArn';

function outputsOf(resources: Resources, logConfigArn: string): Record<OutputName, string> {
  return {
    EdgeLinesStream: resources.edgeLines.streamName,
    ViewerPacketsStream: resources.viewerPackets.streamName,
    StateTable: resources.state.tableName,
    ViewsTable: resources.views.tableName,
    RealtimeLogConfigArn: logConfigArn,
  };
}
