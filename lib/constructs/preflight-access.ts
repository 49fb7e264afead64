import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import type { Resources } from './access';
import { useKey } from './encryption';

export interface PreflightReach {
  readonly resources: Resources;
  readonly logConfigArn: string;
  readonly topic: ITopic;
}

/** Why that policy has patterns: for cdk-nag. */
export const PREFLIGHT_REASON =
  'reads settings: quotas belong to no resource, and distributions and web ACLs are of the team';

/** What `turnout preflight` asks AWS (docs/CLI.md): settings, quotas and items, and not the value of the secret. */
export function preflightAccess(
  scope: Construct,
  { resources, logConfigArn, topic }: PreflightReach,
): PolicyStatement[] {
  const { edgeLines, viewerPackets, state, views, blocks, viewerKey, encryptionKey } = resources;
  return [
    allow(
      'LookAtStack',
      ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
      [Stack.of(scope).stackId],
    ),
    allow(
      'LookAtStreams',
      ['kinesis:DescribeStreamSummary'],
      [edgeLines.streamArn, viewerPackets.streamArn],
    ),
    allow(
      'LookAtTables',
      ['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:Query'],
      [state.tableArn, views.tableArn, blocks.tableArn],
    ),
    allow('LookAtLogConfig', ['cloudfront:GetRealtimeLogConfig'], [logConfigArn]),
    allow('LookAtTopic', ['sns:ListSubscriptionsByTopic'], [topic.topicArn]),
    allow('LookAtSecret', ['secretsmanager:DescribeSecret'], [viewerKey.secretArn]),
    allow(
      'LookAround',
      [
        'cloudfront:GetDistributionConfig',
        'cloudfront:ListDistributionsByRealtimeLogConfig',
        'cloudwatch:DescribeAlarms',
        'dynamodb:DescribeLimits',
        'kinesis:DescribeLimits',
        'lambda:GetAccountSettings',
        'lambda:ListEventSourceMappings',
        'servicequotas:ListServiceQuotas',
        'wafv2:GetWebACL',
        'wafv2:ListWebACLs',
      ],
      ['*'],
    ),
    ...(encryptionKey ? [useKey(encryptionKey, 'read')] : []),
  ];
}

function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
): PolicyStatement {
  return new PolicyStatement({ sid, actions: [...actions], resources: [...resources] });
}
