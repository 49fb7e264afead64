import { Stack } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

import type { GuardScope } from '../../lambdas/core/settings';
import { visibilityOf } from './guard-rules';

type Rule = CfnWebACL.RuleProperty;

export interface GuardRuleOptions {
  /** Place among the rules of the web ACL: a lower one comes first. No two rules may have the same. */
  readonly priority: number;
  /**
   * Lets through what the guard would block, and counts it. For a first event.
   *
   * @default false
   */
  readonly isCountOnly?: boolean;
}

/** A rule of a web ACL that asks the rule group of the guard. */
export function guardRuleOf(
  { ruleGroupArn, name }: { readonly ruleGroupArn: string; readonly name: string },
  { priority, isCountOnly = false }: GuardRuleOptions,
): Rule {
  if (!Number.isInteger(priority) || priority < 0) {
    throw new Error(
      `the rule of the guard has priority ${priority}, expected a whole number from 0`,
    );
  }
  return {
    name,
    priority,
    statement: { ruleGroupReferenceStatement: { arn: ruleGroupArn } },
    // A group brings its own actions: none is overridden, or all of them by counting.
    overrideAction: isCountOnly ? { count: {} } : { none: {} },
    visibilityConfig: visibilityOf(name),
  };
}

/** What AWS's own rule group against floods does: nothing, counts, or blocks what it is surest of. */
export type AntiDdos = 'off' | 'count' | 'block';

export interface WebAclOptions {
  /**
   * AWS's managed rule group against floods, behind the guard. It costs by the month and by the
   * request, and knows what is usual only after some minutes: let it count before it blocks.
   *
   * @default 'off'
   */
  readonly antiDdos?: AntiDdos;
  /**
   * As `GuardRuleOptions.isCountOnly`.
   *
   * @default false
   */
  readonly isCountOnly?: boolean;
}

export interface WebAclProps extends WebAclOptions {
  readonly ruleGroupArn: string;
  readonly scope: GuardScope;
}

/** A web ACL with the guard in it, for who has none. It lets through what no rule refuses. */
export class WebAcl extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { ruleGroupArn, antiDdos = 'off', isCountOnly = false } = props;
    const { stackName } = Stack.of(this);
    // The guard first: whom it refuses, AWS's group need not look at, and is not paid for.
    const guard = guardRuleOf({ ruleGroupArn, name: stackName }, { priority: 0, isCountOnly });
    this.arn = new CfnWebACL(this, 'WebAcl', {
      name: stackName,
      description: 'Turnout: refuses whom the guard lists',
      scope: props.scope,
      defaultAction: { allow: {} },
      rules: antiDdos === 'off' ? [guard] : [guard, antiDdosRule(stackName, antiDdos)],
      visibilityConfig: visibilityOf(`${stackName}-web-acl`),
    }).attrArn;
  }
}

/**
 * Never with challenges: a player cannot answer one when it asks for a playlist or a segment. Of the
 * three rules of the group the one that blocks is left, at its lowest sensitivity.
 */
function antiDdosRule(stackName: string, antiDdos: 'count' | 'block'): Rule {
  const name = `${stackName}-anti-ddos`;
  return {
    name,
    priority: 1,
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name: 'AWSManagedRulesAntiDDoSRuleSet',
        managedRuleGroupConfigs: [
          {
            awsManagedRulesAntiDDoSRuleSet: {
              clientSideActionConfig: { challenge: { usageOfAction: 'DISABLED' } },
              sensitivityToBlock: 'LOW',
            },
          },
        ],
      },
    },
    overrideAction: antiDdos === 'count' ? { count: {} } : { none: {} },
    visibilityConfig: visibilityOf(name),
  };
}
