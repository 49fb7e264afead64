import { Aws, Names } from 'aws-cdk-lib';
import { CfnRealtimeLogConfig } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import type { EdgeField } from '../../lambdas/core/edge/edge-fields';
import type { StreamPlan } from '../pipeline';
import { useKey } from './encryption';
import { cfnStreamOf, makeStream } from './stream';

export interface EdgeLinesProps {
  readonly stream: StreamPlan;
  /** In canonical order: the parser of intake is made from the same list. */
  readonly fields: readonly EdgeField[];
  readonly encryptionKey?: IKey | undefined;
}

/** Percent of requests. What is not logged cannot be counted. */
const SAMPLING_RATE = 100;
const LOG_CONFIG_NAME_CHARS_MAX = 64;

/** Where CloudFront writes its real-time lines, and the configuration by which it does. */
export class EdgeLines extends Construct {
  readonly stream: Stream;
  /** To be attached to the cache behaviours that carry what is counted. */
  readonly logConfigArn: string;

  constructor(scope: Construct, id: string, { stream, fields, encryptionKey }: EdgeLinesProps) {
    super(scope, id);
    this.stream = makeStream(this, 'Stream', { plan: stream, encryptionKey });
    if (stream.mode === 'ON_DEMAND') {
      // CloudFront's partition key is not documented and could make one shard hot. Counting does not
      // depend on which shard a line is in, so Kinesis may spread lines evenly.
      const cfnStream = cfnStreamOf(this.stream);
      cfnStream.recordDistributionStrategy = 'AUTO';
      // The property is of 2026, and cfn-lint 1.51 does not know it yet.
      cfnStream.addMetadata('cfn-lint', { config: { ignore_checks: ['E3002'] } });
    }
    const config = new CfnRealtimeLogConfig(this, 'LogConfig', {
      name: Names.uniqueResourceName(this, { maxLength: LOG_CONFIG_NAME_CHARS_MAX }),
      fields: [...fields],
      samplingRate: SAMPLING_RATE,
      endPoints: [
        {
          streamType: 'Kinesis',
          kinesisStreamConfig: {
            roleArn: this.makeWriterRole(encryptionKey).roleArn,
            streamArn: this.stream.streamArn,
          },
        },
      ],
    });
    this.logConfigArn = config.attrArn;
  }

  /** The policy is part of the role, so the configuration, which refers to the role, comes after both. */
  private makeWriterRole(encryptionKey: IKey | undefined): Role {
    return new Role(this, 'WriterRole', {
      description: 'CloudFront writes real-time log lines into the edge stream of Turnout',
      // Without the condition, CloudFront could be made to write here for any account.
      assumedBy: new ServicePrincipal('cloudfront.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: {
        WriteEdgeLines: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'WriteEdgeLines',
              actions: [
                'kinesis:DescribeStream',
                'kinesis:DescribeStreamSummary',
                'kinesis:PutRecord',
                'kinesis:PutRecords',
              ],
              resources: [this.stream.streamArn],
            }),
            ...(encryptionKey ? [useKey(encryptionKey, 'send')] : []),
          ],
        }),
      },
    });
  }
}
