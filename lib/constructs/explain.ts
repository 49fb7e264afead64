import { Stack, Validations } from 'aws-cdk-lib';
import type { Policy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/**
 * Tells the security review (cdk-nag, pack AwsSolutions) of whoever deploys this why a finding is as it
 * should be. test/lib/nag.test.ts refuses findings without a reason, and reasons without a finding.
 */
export function explain(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** The same for each resource of some statements that is a pattern: a policy has a finding for each. */
export function explainPatterns(
  policy: IConstruct,
  statements: readonly PolicyStatement[],
  reason: string,
): void {
  const stack = Stack.of(policy);
  const resources = statements.flatMap((it) => it.resources);
  explainAll(policy, 'Resource', stack.resolve(resources) as readonly unknown[], reason);
}

/** The same for all patterns in a policy that the library has made. */
export function explainPolicy(policy: Policy, reason: string): void {
  const { Statement } = Stack.of(policy).resolve(policy.document) as {
    readonly Statement: readonly { readonly Action: unknown; readonly Resource: unknown }[];
  };
  for (const { Action, Resource } of Statement) {
    explainAll(policy, 'Action', [Action].flat(), reason);
    explainAll(policy, 'Resource', [Resource].flat(), reason);
  }
}

function explainAll(
  policy: IConstruct,
  part: 'Action' | 'Resource',
  values: readonly unknown[],
  reason: string,
): void {
  for (const value of new Set(values.map(flatten))) {
    if (value.includes('*')) explain(policy, `IAM5[${part}::${value}]`, reason);
  }
}

interface Reference {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
  readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  readonly 'Fn::Sub'?: string;
}

/** As cdk-nag writes references: `<LogicalId>`, `<LogicalId.Arn>`. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  const reference = value as Reference;
  const join = reference['Fn::Join'];
  if (join !== undefined) return join[1].map(flatten).join(join[0]);
  const sub = reference['Fn::Sub'];
  if (sub !== undefined) return sub.replace(/\$\{([^}]*)\}/g, '<$1>');
  const attribute = reference['Fn::GetAtt'];
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (reference.Ref !== undefined) return `<${reference.Ref}>`;
  throw new Error(
    `got ${JSON.stringify(value)}, expected Ref, Fn::GetAtt, Fn::Join or Fn::Sub of an ARN`,
  );
}
