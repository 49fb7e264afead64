import { Aws, Duration, Lazy, Names, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

import { explain } from './explain';

export interface ArchiveOptions {
  /**
   * Days after which lines are deleted. They hold addresses of viewers.
   *
   * @default 90
   */
  readonly days?: number;
  /**
   * Ids of distributions that are made elsewhere. Those of this app come with `attachTo`.
   *
   * @default none
   */
  readonly distributionIds?: readonly string[];
}

export interface ArchiveProps extends ArchiveOptions {
  readonly encryptionKey?: IKey | undefined;
}

const DAYS = { fallback: 90, min: 1, max: 3_650 };
/** CloudFront delivers standard logs from here and nowhere else. */
const REGION = 'us-east-1';
const NAME_CHARS_MAX = 60;
const DISTRIBUTION_ID = /^E[A-Z0-9]{5,20}$/;

/**
 * Fields of the archive, all of them read by `turnout recount`: what the standard log has of those that
 * are counted by, and what helps to look into a line. No cookies, no referers.
 */
export const ARCHIVE_FIELDS: readonly string[] = (
  'timestamp(ms) date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status ' +
  'cs(User-Agent) cs-uri-query x-edge-result-type x-edge-request-id x-host-header time-taken ' +
  'x-edge-response-result-type x-edge-detailed-result-type sc-content-type sc-content-len ' +
  'sc-range-start sc-range-end asn c-country'
).split(' ');

/**
 * The lines once more, as standard logs in S3: what to compare counts with, hours later, by another way.
 * The real-time log is best effort, and so is this one. It outlives the stack.
 */
export class Archive extends Construct {
  readonly bucket: Bucket;
  private readonly destination: CfnDeliveryDestination;
  private readonly sourceArns: string[] = [];

  constructor(scope: Construct, id: string, props: ArchiveProps) {
    super(scope, id);
    const { days = DAYS.fallback, distributionIds = [], encryptionKey } = props;
    if (!Number.isInteger(days) || days < DAYS.min || days > DAYS.max) {
      throw new Error(
        `the archive keeps ${days} days, expected a whole number from ${DAYS.min} to ${DAYS.max}`,
      );
    }
    checkRegion(this);
    this.bucket = new Bucket(this, 'Bucket', {
      ...(encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [
        { expiration: Duration.days(days), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    explain(
      this.bucket,
      'S1',
      'it holds logs itself: a log of who reads them is CloudTrail data events',
    );
    this.letLogsWrite(encryptionKey);
    this.destination = new CfnDeliveryDestination(this, 'Destination', {
      name: nameOf(this),
      deliveryDestinationType: 'S3',
      destinationResourceArn: this.bucket.bucketArn,
      outputFormat: 'w3c',
    });
    // A delivery is checked when it is made.
    this.destination.node.addDependency(this.bucket.policy!);
    for (const one of distributionIds) this.addKnown(one);
  }

  /** The source lives beside its distribution, which may be in another stack that needs this one. */
  add(distribution: CfnDistribution): void {
    const scope = new Construct(distribution, `${this.node.addr.slice(-8)}Archive`);
    this.addSource(scope, distribution.attrId);
  }

  private addKnown(distributionId: string): void {
    if (!DISTRIBUTION_ID.test(distributionId)) {
      throw new Error(
        `the archive is for the distribution ${JSON.stringify(distributionId)}, expected an id such as E2EXAMPLE1EXAM`,
      );
    }
    this.addSource(new Construct(this, distributionId), distributionId);
  }

  private addSource(scope: Construct, distributionId: string): void {
    checkRegion(scope);
    const stack = Stack.of(scope);
    const name = nameOf(scope);
    const source = new CfnDeliverySource(scope, 'Source', {
      name,
      logType: 'ACCESS_LOGS',
      resourceArn: stack.formatArn({
        service: 'cloudfront',
        region: '',
        resource: 'distribution',
        resourceName: distributionId,
      }),
    });
    const delivery = new CfnDelivery(scope, 'Delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: this.destination.attrArn,
      recordFields: [...ARCHIVE_FIELDS],
      fieldDelimiter: '\t',
      s3SuffixPath: '{DistributionId}/{yyyy}/{MM}/{dd}/{HH}',
    });
    delivery.addResourceDependency(source);
    this.sourceArns.push(
      `arn:${stack.partition}:logs:${REGION}:${Aws.ACCOUNT_ID}:delivery-source:${name}`,
    );
  }

  /** CloudWatch Logs alone writes, for our account and for the distributions that were added. */
  private letLogsWrite(encryptionKey: IKey | undefined): void {
    const principals = [new ServicePrincipal('delivery.logs.amazonaws.com')];
    const ofAccount = { 'aws:SourceAccount': Aws.ACCOUNT_ID };
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'WriteLines',
        principals,
        actions: ['s3:PutObject'],
        // A key has the day and a number that nobody knows before.
        resources: [this.bucket.arnForObjects(`AWSLogs/${Aws.ACCOUNT_ID}/*`)],
        conditions: {
          StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', ...ofAccount },
          ArnEquals: { 'aws:SourceArn': Lazy.list({ produce: () => this.sourceArns }) },
        },
      }),
    );
    encryptionKey?.addToResourcePolicy(
      new PolicyStatement({
        sid: 'EncryptLines',
        principals,
        actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
        resources: ['*'], // in the policy of a key: this key
        conditions: { StringEquals: ofAccount },
      }),
    );
  }
}

function nameOf(scope: Construct): string {
  return Names.uniqueResourceName(scope, { maxLength: NAME_CHARS_MAX, separator: '-' });
}

function checkRegion(scope: Construct): void {
  const { region } = Stack.of(scope);
  if (Token.isUnresolved(region) || region === REGION) return;
  throw new Error(
    `${scope.node.path} is for ${region}, expected ${REGION}: CloudFront delivers standard logs from there only`,
  );
}
