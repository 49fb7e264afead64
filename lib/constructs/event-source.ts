import { CfnEventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

import type { EventSourcePlan } from '../pipeline';

export interface EventSourceProps {
  readonly streamArn: string;
  readonly target: IFunction;
  readonly plan: EventSourcePlan;
  /** Patterns of records that are handed over; the others are dropped. @default all of them */
  readonly filters?: readonly object[];
}

/**
 * Lets Lambda read a stream for a function. The plain resource, because the construct above it cannot
 * say "without end" and the template shall.
 */
export function makeEventSource(
  scope: Construct,
  id: string,
  { streamArn, target, plan, filters }: EventSourceProps,
): CfnEventSourceMapping {
  return new CfnEventSourceMapping(scope, id, {
    eventSourceArn: streamArn,
    functionName: target.functionName,
    batchSize: plan.batchSize,
    maximumBatchingWindowInSeconds: plan.windowSeconds,
    parallelizationFactor: plan.parallelizationFactor,
    maximumRetryAttempts: plan.retryAttempts,
    maximumRecordAgeInSeconds: plan.maxRecordAgeSeconds,
    startingPosition: plan.startingPosition,
    bisectBatchOnFunctionError: plan.bisectOnError,
    ...(filters && {
      filterCriteria: { filters: filters.map((it) => ({ pattern: JSON.stringify(it) })) },
    }),
  });
}
