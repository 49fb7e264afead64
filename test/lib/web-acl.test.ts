import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

import type { WebAclOptions } from '../../lib/constructs/web-acl';
import { resourceOf, resourcesOf, synthPlaced } from './stack-support';

/** Goal: the guard gets into a web ACL, whoever owns it. Method: the template. */
const TYPE = 'AWS::WAFv2::WebACL';
const GROUP = { 'Fn::GetAtt': [expect.stringMatching(/^TurnoutBlockListsRuleGroup/), 'Arn'] };

function madeFor(webAcl: boolean | WebAclOptions, json: unknown = {}) {
  const template = synthPlaced({ json, props: { webAcl } });
  const { Properties } = resourceOf(template, TYPE, 'TurnoutWebAcl');
  return Properties as {
    readonly Rules: readonly Record<string, unknown>[];
    readonly Scope: string;
  };
}

describe('webAcl', () => {
  it('is not made unless somebody asks', () => {
    const template = synthPlaced({ props: { webAcl: false } });
    expect(template.findResources(TYPE)).toEqual({});
    expect(synthPlaced({}).findResources(TYPE)).toEqual({});
  });

  it('lets through what the guard does not refuse, and leaves its actions as they are', () => {
    const acl = madeFor(true);
    expect(acl).toMatchObject({
      Name: 'Turnout',
      Scope: 'CLOUDFRONT',
      DefaultAction: { Allow: {} },
    });
    expect(acl.Rules).toMatchObject([
      {
        Name: 'Turnout',
        Priority: 0,
        Statement: { RuleGroupReferenceStatement: { Arn: GROUP } },
        OverrideAction: { None: {} },
        VisibilityConfig: { MetricName: 'Turnout', CloudWatchMetricsEnabled: true },
      },
    ]);
    expect(acl.Rules).toHaveLength(1);
  });

  it('only counts when that is said', () => {
    expect(madeFor({ isCountOnly: true }).Rules[0]!['OverrideAction']).toEqual({ Count: {} });
  });

  it('is of the scope of the guard', () => {
    expect(madeFor(true, { guard: { scope: 'REGIONAL' } }).Scope).toBe('REGIONAL');
  });

  it.each([
    ['count', { Count: {} }],
    ['block', { None: {} }],
  ] as const)("has AWS's group against floods behind it, to %s", (antiDdos, OverrideAction) => {
    const { Rules } = madeFor({ antiDdos });
    expect(Rules.map(({ Priority, Name }) => [Priority, Name])).toEqual([
      [0, 'Turnout'],
      [1, 'Turnout-anti-ddos'],
    ]);
    expect(Rules[1]).toMatchObject({
      OverrideAction,
      Statement: {
        ManagedRuleGroupStatement: {
          VendorName: 'AWS',
          Name: 'AWSManagedRulesAntiDDoSRuleSet',
          ManagedRuleGroupConfigs: [
            {
              AWSManagedRulesAntiDDoSRuleSet: {
                // A player that asks for a segment cannot answer a challenge.
                ClientSideActionConfig: { Challenge: { UsageOfAction: 'DISABLED' } },
                SensitivityToBlock: 'LOW',
              },
            },
          ],
        },
      },
    });
  });
});

describe('guardRule', () => {
  const ownAcl = (priority: number, isCountOnly?: boolean) =>
    synthPlaced({
      beside: (turnout, stack) => {
        const visibilityConfig = {
          cloudWatchMetricsEnabled: true,
          sampledRequestsEnabled: true,
          metricName: 'own',
        };
        new CfnWebACL(stack, 'Own', {
          scope: 'CLOUDFRONT',
          defaultAction: { allow: {} },
          visibilityConfig,
          rules: [
            turnout.guardRule({ priority, ...(isCountOnly !== undefined && { isCountOnly }) }),
          ],
        });
      },
    });

  it.each([
    [7, undefined, { None: {} }],
    [0, true, { Count: {} }],
  ])('of a web ACL of somebody else, at priority %i', (Priority, isCountOnly, OverrideAction) => {
    const [rule] = resourceOf(ownAcl(Priority, isCountOnly), TYPE, 'Own').Properties[
      'Rules'
    ] as unknown[];
    expect(rule).toMatchObject({
      Name: 'Turnout',
      Priority,
      OverrideAction,
      Statement: { RuleGroupReferenceStatement: { Arn: GROUP } },
    });
    // WAF refuses an action beside an override.
    expect(rule).not.toHaveProperty('Action');
  });

  it.each([-1, 1.5, NaN])('refuses the priority %p', (priority) => {
    expect(() => ownAcl(priority)).toThrow('expected a whole number from 0');
  });
});

describe('guard.scope', () => {
  const scopesOf = (scope: string, region?: string) => {
    const json = { guard: { scope, allow: ['192.0.2.0/24'] } };
    const template = synthPlaced({ json, ...(region !== undefined && { region }) });
    const waf = resourcesOf(template).filter(([, { Type }]) => Type.startsWith('AWS::WAFv2::'));
    expect(waf).toHaveLength(18);
    const enforce = resourceOf(template, 'AWS::Lambda::Function', 'TurnoutEnforce').Properties;
    const { Variables } = enforce['Environment'] as { readonly Variables: Record<string, unknown> };
    return [...new Set(waf.map(([, { Properties: p }]) => p['Scope'])), Variables['WAF_SCOPE']];
  };

  it.each(['eu-west-1', 'us-east-1'])('REGIONAL is for %s as for any region', (region) => {
    expect(scopesOf('REGIONAL', region)).toEqual(['REGIONAL', 'REGIONAL']);
  });

  it('CLOUDFRONT is for us-east-1 alone, and the error says what else there is', () => {
    expect(scopesOf('CLOUDFRONT', 'us-east-1')).toEqual(['CLOUDFRONT', 'CLOUDFRONT']);
    expect(() => scopesOf('CLOUDFRONT', 'eu-west-1')).toThrow(
      'the stack is for eu-west-1, expected us-east-1: AWS WAF guards CloudFront from there only; what viewers reach without CloudFront is "guard": {"scope": "REGIONAL"}',
    );
  });
});
