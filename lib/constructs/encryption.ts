import { Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** What AWS asks of who sends into a stream, who reads one or a table, and who writes into a table. */
const ACTIONS = {
  send: ['kms:GenerateDataKey'],
  read: ['kms:Decrypt', 'kms:DescribeKey'],
  write: [
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ],
} as const;

/** The use of a customer's own key, which comes on top of that of the stream or table. */
export function useKey({ keyArn }: IKey, use: keyof typeof ACTIONS): PolicyStatement {
  return new PolicyStatement({ sid: 'UseKey', actions: [...ACTIONS[use]], resources: [keyArn] });
}

/**
 * CloudWatch Logs asks the key itself, for the logs of this stack. A key that is made elsewhere takes no
 * policy from here: docs/DEPLOY.md says what it must allow.
 */
export function letLogsUseKey(scope: Construct, key: IKey): void {
  const { partition, stackName } = Stack.of(scope);
  // Groups get a number behind the name of their stack when they are made.
  const groups = `arn:${partition}:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${stackName}-*`;
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'EncryptLogs',
      principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
      resources: ['*'], // in the policy of a key: this key
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
    }),
  );
}
