import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnDistribution, Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';

import type { AttachOptions } from '../../lib/constructs/attach-log';
import type { Turnout } from '../../lib/turnout';
import { resourceOf, synthPlaced } from './stack-support';

/**
 * Goal: a team attaches Turnout to the distribution that it has, and nothing that it had is lost
 * unsaid. Method: the template of a distribution with three behaviours.
 */
const OURS = {
  'Fn::GetAtt': [expect.stringMatching(/^TurnoutEdgeLinesLogConfig/), 'Arn'],
} as unknown;
const OTHER = 'arn:aws:cloudfront::123456789012:realtime-log-config/other';

interface Behavior {
  readonly PathPattern?: string;
  readonly RealtimeLogConfigArn?: unknown;
}
interface Config {
  readonly DefaultCacheBehavior: Behavior;
  readonly CacheBehaviors?: readonly Behavior[];
}

/** Log configuration by path. */
function logsOf(template: Template): Record<string, unknown> {
  const { DistributionConfig } = resourceOf(
    template,
    'AWS::CloudFront::Distribution',
    '',
  ).Properties;
  const { DefaultCacheBehavior, CacheBehaviors = [] } = DistributionConfig as Config;
  const all = [{ ...DefaultCacheBehavior, PathPattern: '*' }, ...CacheBehaviors];
  return Object.fromEntries(all.map((it) => [it.PathPattern, it.RealtimeLogConfigArn]));
}

const origin = () => new HttpOrigin('origin.example.com');
function makeDistribution(stack: Stack): Distribution {
  return new Distribution(stack, 'Distribution', {
    defaultBehavior: { origin: origin() },
    additionalBehaviors: { '/live/*': { origin: origin() }, '/vod/*': { origin: origin() } },
  });
}

function makeCfnDistribution(stack: Stack, realtimeLogConfigArn?: string): CfnDistribution {
  const behavior = {
    targetOriginId: 'origin',
    viewerProtocolPolicy: 'redirect-to-https',
    cachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  };
  return new CfnDistribution(stack, 'Distribution', {
    distributionConfig: {
      enabled: true,
      origins: [
        {
          id: 'origin',
          domainName: 'origin.example.com',
          customOriginConfig: { originProtocolPolicy: 'https-only' },
        },
      ],
      defaultCacheBehavior: { ...behavior, ...(realtimeLogConfigArn && { realtimeLogConfigArn }) },
      cacheBehaviors: [{ ...behavior, pathPattern: '/live/*' }],
    },
  });
}

type Beside = (turnout: Turnout, stack: Stack) => void;
const attached = (beside: Beside) => logsOf(synthPlaced({ beside }));

describe('attachTo', () => {
  it('has all behaviours of a distribution write their lines', () => {
    const logs = attached((turnout, stack) => turnout.attachTo(makeDistribution(stack)));
    expect(logs).toEqual({ '*': OURS, '/live/*': OURS, '/vod/*': OURS });
  });

  it('has those of a plain resource too', () => {
    const logs = attached((turnout, stack) => turnout.attachTo(makeCfnDistribution(stack)));
    expect(logs).toEqual({ '*': OURS, '/live/*': OURS });
  });

  it('knows behaviours that are added afterwards', () => {
    const logs = attached((turnout, stack) => {
      const distribution = makeDistribution(stack);
      turnout.attachTo(distribution);
      distribution.addBehavior('/late/*', origin());
    });
    expect(logs['/late/*']).toEqual(OURS);
  });

  it.each([
    [['/live/*'], { '*': undefined, '/live/*': OURS, '/vod/*': undefined }],
    [['*', '/vod/*'], { '*': OURS, '/live/*': undefined, '/vod/*': OURS }],
  ])('has only those of %j', (paths, expected) => {
    const logs = attached((turnout, stack) => turnout.attachTo(makeDistribution(stack), { paths }));
    expect(logs).toEqual(expected);
  });

  it.each([
    [['/love/*'], 'has no behaviour for /love/*, expected some of * /live/* /vod/*'],
    [[], 'has no behaviour for none, expected some of *'],
  ])('refuses the paths %j', (paths, message) => {
    const attach: Beside = (turnout, stack) => turnout.attachTo(makeDistribution(stack), { paths });
    expect(() => attached(attach)).toThrow(message);
  });

  it('reaches a distribution in another stack of the app', () => {
    let other: Stack | undefined;
    synthPlaced({
      name: 'Counting',
      beside: (turnout, { node }) => {
        other = new Stack(node.root, 'Edge');
        turnout.attachTo(makeDistribution(other));
      },
      look: () => {
        const found = Template.fromStack(other!).findResources('AWS::CloudFront::Distribution');
        const text = JSON.stringify(found);
        expect(text.match(/"Fn::ImportValue":"Counting:\w*LogConfig/g)).toHaveLength(3);
      },
    });
    expect.assertions(1);
  });
});

describe('a distribution that has another log configuration', () => {
  const attach =
    (options: AttachOptions): Beside =>
    (turnout, stack) =>
      turnout.attachTo(makeCfnDistribution(stack, OTHER), options);

  it('is refused, because whoever reads the other would get nothing more', () => {
    expect(() => attached(attach({}))).toThrow(
      'Turnout/Distribution has another real-time log configuration on *, expected none',
    );
  });

  it('is taken when that is said', () => {
    expect(attached(attach({ isReplacing: true }))).toEqual({ '*': OURS, '/live/*': OURS });
  });

  it('keeps it on the paths that are not asked for', () => {
    expect(attached(attach({ paths: ['/live/*'] }))).toEqual({ '*': OTHER, '/live/*': OURS });
  });
});

describe('what is made elsewhere', () => {
  it('is refused: it can only be attached by hand', () => {
    const attach: Beside = (turnout, stack) =>
      turnout.attachTo(
        Distribution.fromDistributionAttributes(stack, 'Known', {
          distributionId: 'E2EXAMPLE1EXAM',
          domainName: 'd111111abcdef8.cloudfront.net',
        }),
      );
    expect(() => attached(attach)).toThrow(
      'Turnout/Known is made elsewhere, expected a distribution of this app',
    );
  });
});
