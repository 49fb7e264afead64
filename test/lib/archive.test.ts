import { Key } from 'aws-cdk-lib/aws-kms';
import { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Stack } from 'aws-cdk-lib';

import { recountText } from '../../lambdas/core/recount';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { type ArchiveOptions, ARCHIVE_FIELDS } from '../../lib/constructs/archive';
import { type Placed, resourceOf, resourcesOf, synthPlaced } from './stack-support';

/** Goal: the lines are kept apart, for as long as is said, and nobody else writes there. */
const BUCKET = 'AWS::S3::Bucket';
const makeDistribution = (stack: Stack) =>
  new Distribution(stack, 'Distribution', {
    defaultBehavior: { origin: new HttpOrigin('origin.example.com') },
  });
const placedWith = (archive: boolean | ArchiveOptions, more: Placed = {}) =>
  synthPlaced({
    beside: (turnout, stack) => turnout.attachTo(makeDistribution(stack)),
    ...more,
    props: { archive, ...more.props },
  });

describe('archive', () => {
  const template = placedWith({ distributionIds: ['E2EXAMPLE1EXAM'] });

  it('is not made unless somebody asks', () => {
    const types = resourcesOf(placedWith(false)).map(([, { Type }]) => Type);
    expect(types.filter((it) => /^AWS::(S3|Logs::Deliver)/.test(it))).toEqual([]);
  });

  it('is a bucket that is closed, encrypted, emptied in time, and outlives the stack', () => {
    expect(resourceOf(template, BUCKET, 'TurnoutArchive')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
          ],
        },
        LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
  });

  it('is written by CloudWatch Logs alone, for our account and the two distributions', () => {
    const { PolicyDocument } = resourceOf(
      template,
      'AWS::S3::BucketPolicy',
      'TurnoutArchive',
    ).Properties;
    const { Statement } = PolicyDocument as { readonly Statement: Record<string, unknown>[] };
    const allowed = Statement.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toMatchObject([
      {
        Sid: 'WriteLines',
        Action: 's3:PutObject',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
    const sources = resourcesOf(template).filter(
      ([, { Type }]) => Type === 'AWS::Logs::DeliverySource',
    );
    const names = sources.map(([, { Properties: p }]) => p['Name'] as string);
    expect(names).toHaveLength(2);
    const { ArnEquals } = allowed[0]!['Condition'] as {
      readonly ArnEquals: { readonly 'aws:SourceArn': readonly unknown[] };
    };
    const arns = ArnEquals['aws:SourceArn'];
    expect(arns).toHaveLength(2);
    for (const name of names) {
      expect(JSON.stringify(arns)).toContain(`:delivery-source:${name}"`);
      expect(name).toMatch(/^[\w-]{1,60}$/);
    }
    // Whoever does not use TLS is refused, whatever he may.
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  it('gets the lines of what is attached and of what is named', () => {
    const text = JSON.stringify(template.findResources('AWS::Logs::DeliverySource'));
    expect(text).toMatch(/"ACCESS_LOGS"/);
    expect(text).toContain(':distribution/E2EXAMPLE1EXAM');
    expect(text).toMatch(/:distribution\/",\{"Fn::GetAtt":\["Distribution\w+","Id"\]/);
    const deliveries = Object.values(template.findResources('AWS::Logs::Delivery'));
    expect(deliveries.map(({ Properties: p }) => [p.RecordFields, p.S3SuffixPath])).toEqual(
      Array(2).fill([[...ARCHIVE_FIELDS], '{DistributionId}/{yyyy}/{MM}/{dd}/{HH}']),
    );
    expect(
      resourceOf(template, 'AWS::Logs::DeliveryDestination', 'Turnout').Properties,
    ).toMatchObject({ DeliveryDestinationType: 'S3', OutputFormat: 'w3c' });
  });

  it('has neither cookies nor referers', () => {
    expect(ARCHIVE_FIELDS.filter((name) => /cookie|referer|forwarded/i.test(name))).toEqual([]);
  });

  it('has lines that a recount reads', () => {
    const values: Record<string, string> = {
      'timestamp(ms)': '1795550400123',
      date: '2026-11-24',
      time: '20:00:00',
      'x-edge-location': 'FRA56-P1',
      'c-ip': '192.0.2.7',
      'cs-method': 'GET',
      'x-host-header': 'live.example.com',
      'cs-uri-stem': '/live/main/1.ts',
      'sc-status': '200',
      'cs(User-Agent)': 'Mozilla/5.0',
      asn: '64500',
      'c-country': 'DE',
    };
    const line = ARCHIVE_FIELDS.map((name) => values[name] ?? '-').join('\t');
    const log = `#Version: 1.0\n#Fields: ${ARCHIVE_FIELDS.join(' ')}\n${line}\n`;
    const { ledger, contents } = recountText(new TextEncoder().encode(log), DEFAULT_SETTINGS);
    expect(ledger).toMatchObject({ lines: 1, hits: 1, bad: {} });
    expect(Object.keys(contents)).toEqual(['live.example.com/live/main']);
  });

  it('takes the key of its owner, and lets CloudWatch Logs use it', () => {
    const keyed = synthPlaced({
      region: 'us-east-1',
      makeProps: (stack) => ({ archive: true, encryptionKey: new Key(stack, 'Key') }),
    });
    const keyPolicy = JSON.stringify(keyed.findResources('AWS::KMS::Key'));
    expect(JSON.stringify(keyed.findResources(BUCKET))).toContain('aws:kms');
    expect(keyPolicy).toContain('"EncryptLines"');
  });

  it.each([1, 3_650])('keeps %i days', (days) => {
    expect(JSON.stringify(placedWith({ days }).findResources(BUCKET))).toContain(
      `"ExpirationInDays":${days}`,
    );
  });

  it.each([0, 3_651, 1.5, -1])('does not keep %p days', (days) => {
    expect(() => placedWith({ days })).toThrow(
      `the archive keeps ${days} days, expected a whole number from 1 to 3650`,
    );
  });

  it.each([
    'd111111abcdef8.cloudfront.net',
    '',
    'arn:aws:cloudfront::1:distribution/E2EXAMPLE1EXAM',
  ])('refuses %p as the id of a distribution', (id) => {
    expect(() => placedWith({ distributionIds: [id] })).toThrow('expected an id such as');
  });

  it('is in us-east-1, from where CloudFront delivers', () => {
    const json = { guard: { scope: 'REGIONAL' } };
    const more = { json, region: 'eu-west-1' };
    expect(() => placedWith(true, more)).toThrow(
      'Turnout/Turnout/Archive is for eu-west-1, expected us-east-1',
    );
    expect(() => placedWith(true, { ...more, region: 'us-east-1' })).not.toThrow();
  });
});
