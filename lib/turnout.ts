import { Stack } from 'aws-cdk-lib';
import type { CfnDistribution, IDistribution } from 'aws-cdk-lib/aws-cloudfront';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

import type { Bundles } from './bundle';
import { accessOf, type Resources } from './constructs/access';
import { Archive } from './constructs/archive';
import { type AttachOptions, attachLog, cfnDistributionOf } from './constructs/attach-log';
import { BlockLists } from './constructs/block-lists';
import { EdgeLines } from './constructs/edge-lines';
import { letLogsUseKey } from './constructs/encryption';
import { environmentOf } from './constructs/environment';
import { Monitoring } from './constructs/monitoring';
import { People } from './constructs/people';
import { QueryApi } from './constructs/query-api';
import { RoadFunction } from './constructs/road-function';
import { makeStream } from './constructs/stream';
import { Tables } from './constructs/tables';
import { makeTriggers } from './constructs/triggers';
import { makeViewerKey } from './constructs/viewer-key';
import { type GuardRuleOptions, guardRuleOf, WebAcl } from './constructs/web-acl';
import { type FunctionName, type Pipeline, pipelineOf } from './pipeline';
import type { Outputs } from './turnout-outputs';
import { preparedOf, type TurnoutProps } from './turnout-props';

export type { TurnoutProps };

const LOG_RETENTION = RetentionDays.ONE_MONTH;

/**
 * Counts the lines of a CloudFront distribution, and lists who attacks it: attach the log configuration
 * to its behaviours, and put the rule group into its web ACL. Ids of streams, tables, the secret, sets
 * and the rule group are final, another id would be another, empty one (test/lib/stateful-resources.txt).
 */
export class Turnout extends Construct {
  /** The names that people and tools outside ask for. */
  readonly outputs: Outputs;
  /** They tell `alarmTopic`; `alarm.addAlarmAction` adds others. */
  readonly alarms: readonly Alarm[];
  readonly resources: Resources;
  /** For `webAclId` of a distribution; undefined unless `webAcl` asks for one. */
  readonly webAclArn: string | undefined;
  /** Undefined unless `archive` asks for one. */
  readonly archive: Archive | undefined;

  constructor(scope: Construct, id: string, props: TurnoutProps) {
    super(scope, id);
    const { settings, bundles } = preparedOf(this, props);
    const { encryptionKey } = props;
    const pipeline = pipelineOf(settings);
    const edge = new EdgeLines(this, 'EdgeLines', {
      stream: pipeline.streams.edgeLines,
      fields: settings.realtimeFields,
      encryptionKey,
    });
    const { stateWriteUnits } = pipeline;
    const { state, views, blocks } = new Tables(this, 'Tables', { encryptionKey, stateWriteUnits });
    const lists = new BlockLists(this, 'BlockLists', settings);
    this.resources = {
      edgeLines: edge.stream,
      // Lanes choose their shard by explicit hash key: never let Kinesis distribute these records.
      viewerPackets: makeStream(this, 'ViewerPackets', {
        plan: pipeline.streams.viewerPackets,
        encryptionKey,
      }),
      state,
      views,
      blocks,
      viewerKey: makeViewerKey(this, 'ViewerKey', encryptionKey),
      sets: lists.sets,
      setsScope: settings.guard.scope,
      encryptionKey,
    };
    this.webAclArn = this.makeWebAcl(lists.ruleGroupArn, props);
    this.archive = this.makeArchive(props);
    const functions = this.makeFunctions(pipeline, bundles, props);
    const { resources } = this;
    makeTriggers(this, { pipeline, resources, functions });
    const monitoring = new Monitoring(this, 'Monitoring', { ...props, resources, functions });
    this.alarms = monitoring.alarms;
    const control = functions.control.function;
    // Signed calls alone: AWS says who calls, and that is the author of what is blocked.
    const controlUrl = new FunctionUrl(this, 'ControlUrl', {
      function: control,
      authType: FunctionUrlAuthType.AWS_IAM,
    });
    const api = new QueryApi(this, 'QueryApi', {
      target: functions.api.function,
      settings: settings.api,
      logRetention: props.logRetention ?? LOG_RETENTION,
      encryptionKey,
    });
    const people = new People(this, 'People', {
      resources: this.resources,
      preflight: { logConfigArn: edge.logConfigArn, topic: monitoring.topic },
      control,
      queries: api.statements,
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
      ...people.outputs,
      ApiUrl: api.url,
      AlarmTopicArn: monitoring.topic.topicArn,
      ...(api.viewsPolicyArn !== undefined && { ViewsPolicyArn: api.viewsPolicyArn }),
      ...(this.webAclArn !== undefined && { WebAclArn: this.webAclArn }),
      ...(this.archive && { ArchiveBucket: this.archive.bucket.bucketName }),
    };
  }

  /**
   * Has the behaviours of a distribution of this app write the lines that are counted, and keeps them in
   * the archive if there is one. Refuses to take off another real-time log configuration.
   */
  attachTo(distribution: IDistribution | CfnDistribution, options: AttachOptions = {}): void {
    const resource = cfnDistributionOf(distribution);
    attachLog(resource, this.outputs.RealtimeLogConfigArn, options);
    this.archive?.add(resource);
  }

  /** The rule by which a web ACL of your own refuses whom the guard lists. */
  guardRule(options: GuardRuleOptions): CfnWebACL.RuleProperty {
    const { RuleGroupArn: ruleGroupArn } = this.outputs;
    return guardRuleOf({ ruleGroupArn, name: Stack.of(this).stackName }, options);
  }

  private makeWebAcl(ruleGroupArn: string, { webAcl = false }: TurnoutProps): string | undefined {
    if (webAcl === false) return undefined;
    const options = webAcl === true ? {} : webAcl;
    const { setsScope: scope } = this.resources;
    return new WebAcl(this, 'WebAcl', { ...options, ruleGroupArn, scope }).arn;
  }

  private makeArchive({ archive = false, encryptionKey }: TurnoutProps): Archive | undefined {
    if (archive === false) return undefined;
    return new Archive(this, 'Archive', { ...(archive === true ? {} : archive), encryptionKey });
  }

  private makeFunctions(pipeline: Pipeline, bundles: Bundles, props: TurnoutProps) {
    const access = accessOf(this.resources);
    const environment = environmentOf(this.resources, pipeline);
    const { encryptionKey, logRetention = LOG_RETENTION } = props;
    if (encryptionKey) letLogsUseKey(this, encryptionKey);
    const make = (id: string, name: FunctionName) =>
      new RoadFunction(this, id, {
        name,
        plan: pipeline.functions[name],
        bundle: bundles[name],
        statements: access[name],
        environment: environment[name],
        logRetention,
        encryptionKey,
      });
    return {
      intake: make('Intake', 'intake'),
      tally: make('Tally', 'tally'),
      watch: make('Watch', 'watch'),
      enforce: make('Enforce', 'enforce'),
      control: make('Control', 'control'),
      api: make('Api', 'api'),
    };
  }
}
