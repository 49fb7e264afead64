import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import type { Settings } from '../lambdas/core/settings';
import type { Bundles } from './bundle';
import { accessOf, type Resources } from './constructs/access';
import { Alarms } from './constructs/alarms';
import { BlockLists } from './constructs/block-lists';
import { EdgeLines } from './constructs/edge-lines';
import { environmentOf } from './constructs/environment';
import { makeEventSource } from './constructs/event-source';
import { People } from './constructs/people';
import { RoadFunction } from './constructs/road-function';
import { makeStream } from './constructs/stream';
import { Tables } from './constructs/tables';
import { makeViewerKey } from './constructs/viewer-key';
import { BLOCKS_FILTERS, type FunctionName, type Pipeline, pipelineOf } from './pipeline';

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
 * Counts the lines of a CloudFront distribution, and lists who attacks it: attach the log configuration
 * to its behaviours, and put the rule group into its web ACL. Ids of streams, tables, the secret, sets
 * and the rule group are final, another id would be another, empty one (test/lib/stateful-resources.txt).
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
    const { state, views, blocks } = new Tables(this, 'Tables');
    const lists = new BlockLists(this, 'BlockLists', props.settings);
    this.resources = {
      edgeLines: edge.stream,
      // Lanes choose their shard by explicit hash key: never let Kinesis distribute these records.
      viewerPackets: makeStream(this, 'ViewerPackets', pipeline.streams.viewerPackets),
      state,
      views,
      blocks,
      viewerKey: makeViewerKey(this, 'ViewerKey'),
      sets: lists.sets,
    };
    const functions = this.makeFunctions(pipeline, props);
    this.connect(pipeline, functions);
    this.alarms = new Alarms(this, 'Alarms', functions).all;
    const control = functions.control.function;
    // Signed calls alone: AWS says who calls, and that is the author of what is blocked.
    const controlUrl = new FunctionUrl(this, 'ControlUrl', {
      function: control,
      authType: FunctionUrlAuthType.AWS_IAM,
    });
    const { readPolicyArn, operatePolicyArn } = new People(this, 'People', {
      resources: this.resources,
      control,
    });
    this.outputs = {
      EdgeLinesStream: edge.stream.streamName,
      ViewerPacketsStream: this.resources.viewerPackets.streamName,
      StateTable: state.tableName,
      ViewsTable: views.tableName,
      BlocksTable: blocks.tableName,
      RealtimeLogConfigArn: edge.logConfigArn,
      RuleGroupArn: lists.ruleGroupArn,
      ControlUrl: controlUrl.url,
      ReadPolicyArn: readPolicyArn,
      OperatePolicyArn: operatePolicyArn,
    };
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
      enforce: make('Enforce', 'enforce'),
      control: make('Control', 'control'),
    };
  }

  private connect(pipeline: Pipeline, functions: Record<FunctionName, RoadFunction>) {
    const { edgeLines, viewerPackets, blocks } = this.resources;
    const { intake, tally, watch, enforce } = functions;
    makeEventSource(this, 'IntakeSource', {
      streamArn: edgeLines.streamArn,
      target: intake.function,
      plan: pipeline.eventSources.intake,
    });
    makeEventSource(this, 'TallySource', {
      streamArn: viewerPackets.streamArn,
      target: tally.function,
      plan: pipeline.eventSources.tally,
    });
    makeEventSource(this, 'EnforceSource', {
      streamArn: blocks.tableStreamArn!,
      target: enforce.function,
      plan: pipeline.blocksSource,
      filters: BLOCKS_FILTERS,
    });
    this.runEachMinute('EachMinute', watch, 'Turnout: is the ledger balanced?');
    this.runEachMinute('EnforceEachMinute', enforce, 'Turnout: do the sets hold what they should?');
  }

  /** The next minute comes by itself: one that failed is not run again. */
  private runEachMinute(id: string, { function: target }: RoadFunction, description: string) {
    new Rule(this, id, {
      description,
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(target, { retryAttempts: 0 })],
    });
  }
}

export type OutputName =
  | 'EdgeLinesStream'
  | 'ViewerPacketsStream'
  | 'StateTable'
  | 'ViewsTable'
  | 'BlocksTable'
  | 'RealtimeLogConfigArn'
  | 'RuleGroupArn'
  | 'ControlUrl'
  | 'ReadPolicyArn'
  | 'OperatePolicyArn';
