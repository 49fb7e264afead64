import { CfnDeletionPolicy, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type CfnStream, Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

import type { StreamPlan } from '../pipeline';
import { explain } from './explain';

export interface StreamProps {
  readonly plan: StreamPlan;
  /** @default the key of Kinesis */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * A stream goes with its stack: it costs by the hour, and what it holds is at most a week old. But one
 * that an update replaces is kept, for its unread lines.
 */
export function makeStream(
  scope: Construct,
  id: string,
  { plan, encryptionKey }: StreamProps,
): Stream {
  const isProvisioned = plan.mode === 'PROVISIONED';
  const stream = new Stream(scope, id, {
    streamMode: StreamMode[plan.mode],
    ...(isProvisioned && { shardCount: plan.shards }),
    retentionPeriod: Duration.hours(plan.retentionHours),
    // alias/aws/kinesis: whoever may read the stream may read it, without a key to look after.
    ...(encryptionKey
      ? { encryption: StreamEncryption.KMS, encryptionKey }
      : { encryption: StreamEncryption.MANAGED }),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  if (encryptionKey) explain(stream, 'KDS3', 'the owner of the stack asked for a key of their own');
  const resource = cfnStreamOf(stream);
  if (plan.warmMiBps !== undefined) resource.warmThroughputMiBps = plan.warmMiBps;
  resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
  return stream;
}

export function cfnStreamOf(stream: Stream): CfnStream {
  return stream.node.defaultChild as CfnStream;
}
