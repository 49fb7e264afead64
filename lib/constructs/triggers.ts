import { Duration, Stack } from 'aws-cdk-lib';
import { type EventPattern, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';

import { BLOCKS_FILTERS, type FunctionName, type Pipeline } from '../pipeline';
import type { Resources } from './access';
import { makeEventSource } from './event-source';
import type { RoadFunction } from './road-function';

export interface TriggersProps {
  readonly pipeline: Pipeline;
  readonly resources: Pick<Resources, 'edgeLines' | 'viewerPackets' | 'blocks'>;
  readonly functions: Readonly<Record<FunctionName, RoadFunction>>;
}

/** After these nothing more is done to the resources of a stack. */
const DEPLOY_ENDS = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

/** What runs the functions that nobody calls. */
export function makeTriggers(scope: Construct, props: TriggersProps): void {
  const { pipeline, resources, functions } = props;
  const { edgeLines, viewerPackets, blocks } = resources;
  makeEventSource(scope, 'IntakeSource', {
    streamArn: edgeLines.streamArn,
    target: functions.intake.function,
    plan: pipeline.eventSources.intake,
  });
  makeEventSource(scope, 'TallySource', {
    streamArn: viewerPackets.streamArn,
    target: functions.tally.function,
    plan: pipeline.eventSources.tally,
  });
  makeEventSource(scope, 'EnforceSource', {
    streamArn: blocks.tableStreamArn!,
    target: functions.enforce.function,
    plan: pipeline.blocksSource,
    filters: BLOCKS_FILTERS,
  });
  runEachMinute(scope, 'EachMinute', functions.watch, 'Turnout: is the ledger balanced?');
  runEachMinute(
    scope,
    'EnforceEachMinute',
    functions.enforce,
    'Turnout: do the sets hold what they should?',
  );
  runAfterDeploy(scope, 'EnforceAfterDeploy', functions.enforce);
}

/** The next minute comes by itself: one that failed is not run again. */
function runEachMinute(scope: Construct, id: string, target: RoadFunction, description: string) {
  new Rule(scope, id, {
    description,
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [new LambdaFunction(target.function, { retryAttempts: 0 })],
  });
}

/**
 * An update that touches an IP set empties it. What is lost is put back as soon as the update is over,
 * and not within the minute.
 */
function runAfterDeploy(scope: Construct, id: string, target: RoadFunction) {
  const eventPattern: EventPattern = {
    source: ['aws.cloudformation'],
    detailType: ['CloudFormation Stack Status Change'],
    detail: {
      'stack-id': [Stack.of(scope).stackId],
      'status-details': { status: DEPLOY_ENDS },
    },
  };
  new Rule(scope, id, {
    description: 'Turnout: has a deploy changed what the sets hold?',
    eventPattern,
    targets: [new LambdaFunction(target.function, { retryAttempts: 0 })],
  });
}
