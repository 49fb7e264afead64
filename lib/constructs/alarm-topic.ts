import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** Until then the deletion of a key can be taken back; the shortest that KMS has. */
const KEY_WINDOW = Duration.days(7);

/**
 * The topic that alarms go to. Its key is our own, because CloudWatch may not use that of AWS
 * (`alias/aws/sns`): alarms would be raised and nobody told.
 */
export function makeAlarmTopic(scope: Construct, id: string): Topic {
  const key = new Key(scope, `${id}Key`, {
    description: 'Turnout: alarms on their way to those who are told',
    enableKeyRotation: true,
    pendingWindow: KEY_WINDOW,
    // No message outlives its delivery.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const topic = new Topic(scope, id, {
    displayName: `${Stack.of(scope).stackName} alarms`,
    masterKey: key,
    enforceSSL: true,
  });
  const byAlarms = (sid: string, actions: string[], resource: string) =>
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions,
      resources: [resource],
      // Or the alarms of any account could write here.
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    });
  topic.addToResourcePolicy(byAlarms('AlarmsPublish', ['sns:Publish'], topic.topicArn));
  // In the policy of a key "*" is the key itself.
  key.addToResourcePolicy(byAlarms('AlarmsEncrypt', ['kms:Decrypt', 'kms:GenerateDataKey*'], '*'));
  return topic;
}
