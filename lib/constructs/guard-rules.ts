import type { CfnRuleGroup } from 'aws-cdk-lib/aws-wafv2';

type Rule = CfnRuleGroup.RuleProperty;
type Statement = CfnRuleGroup.StatementProperty;

/** AWS WAF: IP sets that one rule group may refer to. */
export const REFERENCES_MAX = 50;

/**
 * Fixed when the group is made, so it must not follow from settings. A reference to an IP set costs 1,
 * and AND, OR and NOT cost nothing: all 50 of them, and as much again for rules to come. A web ACL has
 * 5,000 and pays extra above 1,500.
 */
export const CAPACITY = 2 * REFERENCES_MAX;

interface Listed {
  readonly stackName: string;
  /** ARNs. */
  readonly sets: readonly string[];
}

/**
 * Blocks what is in a set and in no exempt one. Not a rule that allows the exempt in front: Allow ends
 * the evaluation of the whole web ACL, and the customer's other rules would be skipped for them.
 */
export function blockRule(
  given: Listed & { readonly exempt: readonly string[]; readonly status: number },
): Rule {
  const { stackName, sets, exempt, status } = given;
  const spared = exempt.length > 0 && { notStatement: { statement: anyOf(exempt) } };
  return {
    name: 'block',
    priority: 0,
    statement: spared ? { andStatement: { statements: [anyOf(sets), spared] } } : anyOf(sets),
    // By this status intake tells our refusals from those of the origin.
    // In capitals, because the library passes an action on as it is.
    action: { block: { CustomResponse: { ResponseCode: status } } },
    ruleLabels: [{ name: 'turnout:block' }],
    visibilityConfig: visibilityOf(`${stackName}-block`),
  };
}

/** What would be blocked is counted and labelled, and nothing else happens to it. */
export function countRule({ stackName, sets }: Listed): Rule {
  return {
    name: 'count',
    priority: 1,
    statement: anyOf(sets),
    action: { count: {} },
    ruleLabels: [{ name: 'turnout:count' }],
    visibilityConfig: visibilityOf(`${stackName}-count`),
  };
}

export function visibilityOf(metricName: string): CfnRuleGroup.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

/** WAF refuses an OR of one. */
function anyOf(arns: readonly string[]): Statement {
  const statements = arns.map((arn) => ({ ipSetReferenceStatement: { arn } }));
  return statements.length === 1 ? statements[0]! : { orStatement: { statements } };
}
