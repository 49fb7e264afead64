import { CfnDeletionPolicy, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type CfnStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';

import type { StreamPlan } from '../pipeline';

/**
 * A stream goes with its stack: it costs by the hour, and what it holds is at most a week old. But one
 * that an update replaces is kept, for its unread lines.
 */
export function makeStream(scope: Construct, id: string, plan: StreamPlan): Stream {
  const isProvisioned = plan.mode === 'PROVISIONED';
  const stream = new Stream(scope, id, {
    streamMode: StreamMode[plan.mode],
    ...(isProvisioned && { shardCount: plan.shards }),
    retentionPeriod: Duration.hours(plan.retentionHours),
    // alias/aws/kinesis: whoever may read the stream may read it, without a key to look after.
    encryption: StreamEncryption.MANAGED,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  cfnStreamOf(stream).cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  return stream;
}

export function cfnStreamOf(stream: Stream): CfnStream {
  return stream.node.defaultChild as CfnStream;
}
