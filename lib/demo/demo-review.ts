import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import type { Policy } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { BucketDeployment } from 'aws-cdk-lib/aws-s3-deployment';

import { explain, explainPolicy } from '../constructs/explain';

export interface DemoParts {
  readonly bucket: IBucket;
  readonly distribution: Distribution;
  readonly sample: BucketDeployment;
}

/** What cdk-nag finds in the demo, and why it stays so: a demo holds nothing, and goes again. */
export function explainDemo({ bucket, distribution, sample }: DemoParts): void {
  explain(bucket, 'S1', 'it holds a sample that anybody may see, and CloudFront alone reads it');
  explain(distribution, 'CFR1', 'whoever tries Turnout may be in any country');
  explain(distribution, 'CFR3', 'its lines go to Kinesis by the real-time log that is attached');
  explain(distribution, 'CFR4', 'the name of CloudFront itself is used, whose TLS cannot be set');
  const role = sample.handlerRole;
  const basic = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
  const ofLibrary = 'the function of the CDK that copies the sample, with the rights it gives it';
  explain(role, `IAM4[Policy::${basic}]`, ofLibrary);
  explain(role.node.scope!, 'L1', ofLibrary);
  explainPolicy(role.node.findChild('DefaultPolicy') as Policy, ofLibrary);
}
