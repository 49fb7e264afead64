import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { parseConfig } from '../../lib/config';
import { DemoStack } from '../../lib/demo/demo-stack';
import { makeHlsSample, SEGMENT_SECONDS } from '../../lib/demo/hls-sample';
import { makeTurnoutStack } from '../../lib/turnout-stack';
import { deployedContext, resourceOf, standInBundles } from './stack-support';

describe('makeHlsSample', () => {
  const files = makeHlsSample();
  const textOf = (name: string) => Buffer.from(files.get(name)!).toString('latin1');
  const segments = [...files].filter(([name]) => name.endsWith('.aac'));

  /** Frames of ADTS as a decoder finds them: by sync word and length. */
  function framesOf(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += frames.at(-1)!.length) {
      expect([bytes[at], bytes[at + 1]! & 0xf6]).toEqual([0xff, 0xf0]);
      const length = ((bytes[at + 3]! & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
      expect(length).toBeGreaterThan(7);
      frames.push(bytes.subarray(at, at + length));
    }
    return frames;
  }

  it('has a playlist of a playlist of every segment, once and in order', () => {
    expect(textOf('index.m3u8')).toMatch(/^#EXTM3U\n#EXT-X-STREAM-INF:.*\nsilence\.m3u8\n$/);
    const media = textOf('silence.m3u8');
    expect(media).toMatch(/^#EXTM3U\n[^]*#EXT-X-ENDLIST\n$/);
    const named = media.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(named).toEqual(segments.map(([name]) => name));
    expect(named.length).toBeGreaterThan(50);
    const lengths = [...media.matchAll(/#EXTINF:([\d.]+),/g)].map(([, text]) => Number(text));
    expect(lengths).toEqual(named.map(() => SEGMENT_SECONDS));
    // A player refuses a segment that rounds to more than the target.
    expect(media).toContain(`#EXT-X-TARGETDURATION:${Math.round(SEGMENT_SECONDS)}\n`);
  });

  it('has segments that begin with their time and hold as many frames as they last', () => {
    for (const [n, [, bytes]] of segments.entries()) {
      const body = 10 + ((bytes[8]! << 7) | bytes[9]!);
      expect(Buffer.from(bytes.subarray(0, 3)).toString()).toBe('ID3');
      expect(Buffer.from(bytes.subarray(10, body)).toString('latin1')).toContain(
        'com.apple.streaming.transportStreamTimestamp\0',
      );
      const ticks = Buffer.from(bytes).readBigUInt64BE(body - 8);
      expect(Number(ticks) / 90_000).toBeCloseTo(n * SEGMENT_SECONDS, 4);
      const frames = framesOf(bytes.subarray(body));
      expect((frames.length * 1_024) / 32_000).toBe(SEGMENT_SECONDS);
    }
  });

  it('says AAC LC, 32 kHz, one channel, and frames that end', () => {
    const [, bytes] = segments[0]!;
    const [frame] = framesOf(bytes.subarray(10 + bytes[9]!));
    const [profile, rate] = [frame![2]! >> 6, (frame![2]! >> 2) & 15];
    const channels = ((frame![2]! & 1) << 2) | (frame![3]! >> 6);
    expect([profile, rate, channels]).toEqual([1, 5, 1]);
    expect(frame!.at(-1)! & 7).toBe(7); // the element that ends a block
  });

  it('is small', () => {
    const bytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(300_000);
  });
});

describe('DemoStack', () => {
  let dir: string;
  let template: Template;
  const make = (json: unknown, outdir: string) => {
    process.env['CDK_VALIDATION'] = 'false';
    const app = new App({ context: deployedContext(), outdir: join(dir, outdir) });
    const env = { region: 'us-east-1' };
    const bundles = standInBundles(mkdtempSync(join(dir, 'bundles-')));
    const { turnout } = makeTurnoutStack(app, { settings: parseConfig(json), bundles, env });
    return new DemoStack(app, 'Turnout-demo', { turnout, env });
  };
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'turnout-demo-'));
    template = Template.fromStack(make({}, 'cdk.out'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));
  const propertiesOf = (type: string) => resourceOf(template, type, '').Properties;

  it('serves a closed bucket by CloudFront alone', () => {
    expect(propertiesOf('AWS::S3::Bucket')).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
    expect(propertiesOf('AWS::CloudFront::OriginAccessControl')).toMatchObject({
      OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
    const policy = JSON.stringify(propertiesOf('AWS::S3::BucketPolicy'));
    expect(policy).toContain('"Service":"cloudfront.amazonaws.com"');
    expect(policy).toContain(':distribution/');
  });

  it('has the log configuration and the rule group of Turnout attached', () => {
    const { DistributionConfig } = propertiesOf('AWS::CloudFront::Distribution') as {
      readonly DistributionConfig: Record<string, unknown>;
    };
    expect(JSON.stringify(DistributionConfig['DefaultCacheBehavior'])).toMatch(
      /"RealtimeLogConfigArn":\{"Fn::ImportValue":"Turnout:\w*LogConfig/,
    );
    expect(DistributionConfig['WebACLId']).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^GuardWebAcl/), 'Arn'],
    });
    expect(JSON.stringify(propertiesOf('AWS::WAFv2::WebACL'))).toMatch(
      /"RuleGroupReferenceStatement":\{"Arn":\{"Fn::ImportValue":"Turnout:\w*RuleGroup/,
    );
  });

  it('says what to play', () => {
    expect(JSON.stringify(template.toJSON()['Outputs'])).toContain('/live/demo/index.m3u8');
    expect(propertiesOf('Custom::CDKBucketDeployment')).toMatchObject({
      DestinationBucketKeyPrefix: 'live/demo',
    });
  });

  it('is refused where there is no CloudFront to guard', () => {
    expect(() => make({ guard: { scope: 'REGIONAL' } }, 'refused')).toThrow(
      'the demo is for guard.scope REGIONAL, expected CLOUDFRONT',
    );
  });
});
