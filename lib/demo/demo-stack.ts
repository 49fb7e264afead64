import { CfnOutput, RemovalPolicy, Stack, type StackProps, Stage } from 'aws-cdk-lib';
import {
  CachePolicy,
  Distribution,
  HttpVersion,
  PriceClass,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, Source } from 'aws-cdk-lib/aws-s3-deployment';
import type { Construct } from 'constructs';

import { writeFiles } from '../bundle-files';
import { WebAcl } from '../constructs/web-acl';
import type { Turnout } from '../turnout';
import { explainDemo } from './demo-review';
import { makeHlsSample } from './hls-sample';

/** Where the sample lies in the bucket: `turnout contents` calls it by host and this. */
const FOLDER = 'live/demo';

export interface DemoProps extends Pick<StackProps, 'env'> {
  readonly turnout: Turnout;
}

/**
 * Something to count: a stream of silence in S3 behind CloudFront, with the log configuration and the
 * rule group of Turnout attached. To try a deployment; nothing of it is needed.
 */
export class DemoStack extends Stack {
  constructor(scope: Construct, id: string, { turnout, ...props }: DemoProps) {
    super(scope, id, { ...props, description: 'Turnout: a stream to try it with' });
    const { setsScope } = turnout.resources;
    if (setsScope !== 'CLOUDFRONT') {
      throw new Error(`the demo is for guard.scope ${setsScope}, expected CLOUDFRONT`);
    }
    const bucket = this.makeBucket();
    const { arn: webAclId } = new WebAcl(this, 'Guard', {
      ruleGroupArn: turnout.outputs.RuleGroupArn,
      scope: setsScope,
    });
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Turnout: a stream to try it with',
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      },
      httpVersion: HttpVersion.HTTP2_AND_3,
      priceClass: PriceClass.PRICE_CLASS_100,
      webAclId,
    });
    turnout.attachTo(distribution);
    const sample = `${Stage.of(this)!.outdir}/demo-sample`;
    writeFiles(sample, makeHlsSample());
    const deployed = new BucketDeployment(this, 'Sample', {
      sources: [Source.asset(sample)],
      destinationBucket: bucket,
      destinationKeyPrefix: FOLDER,
      retainOnDelete: false, // the bucket must be empty to go
    });
    explainDemo({ bucket, distribution, sample: deployed });
    new CfnOutput(this, 'StreamUrl', {
      value: `https://${distribution.distributionDomainName}/${FOLDER}/index.m3u8`,
      description: 'play this, and see it counted within seconds',
    });
  }

  private makeBucket(): IBucket {
    return new Bucket(this, 'Origin', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // It holds what the next deploy would make again.
      removalPolicy: RemovalPolicy.DESTROY,
    }) as IBucket; // its class says undefined where its interface does not
  }
}
