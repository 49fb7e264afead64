import { CfnEventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';

import type { EventSourcePlan } from '../pipeline';

export interface EventSourceProps {
  readonly stream: Stream;
  readonly target: IFunction;
  readonly plan: EventSourcePlan;
}

/**
 * Lets Lambda read a stream for a function. The plain resource, because the construct above it cannot
 * say "without end" and the template shall.
 */
export function makeEventSource(
  scope: Construct,
  id: string,
  { stream, target, plan }: EventSourceProps,
): CfnEventSourceMapping {
  return new CfnEventSourceMapping(scope, id, {
    eventSourceArn: stream.streamArn,
    functionName: target.functionName,
    batchSize: plan.batchSize,
    maximumBatchingWindowInSeconds: plan.windowSeconds,
    parallelizationFactor: plan.parallelizationFactor,
    maximumRetryAttempts: plan.retryAttempts,
    maximumRecordAgeInSeconds: plan.maxRecordAgeSeconds,
    startingPosition: plan.startingPosition,
    bisectBatchOnFunctionError: plan.bisectOnError,
  });
}
