import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { Outputs } from '../turnout-outputs';
import type { Resources } from './access';
import { useKey } from './encryption';
import { explainPatterns } from './explain';
import { PREFLIGHT_REASON, type PreflightReach, preflightAccess } from './preflight-access';
import { ROUTES_REASON } from './query-api';

export interface PeopleProps {
  readonly resources: Resources;
  /** What `turnout preflight` looks at beside them. */
  readonly preflight: Omit<PreflightReach, 'resources'>;
  readonly control: IFunction;
  /** What asks the API, where policies decide who may. */
  readonly queries: readonly PolicyStatement[];
}

/** What may be given to people: to look, to act on blocks and the mode, and to look before an event. Nobody has it yet. */
export class People extends Construct {
  readonly outputs: Pick<Outputs, 'ReadPolicyArn' | 'OperatePolicyArn' | 'PreflightPolicyArn'>;

  constructor(scope: Construct, id: string, props: PeopleProps) {
    super(scope, id);
    const { resources, control, queries } = props;
    const { stackName } = Stack.of(this);
    const make = (name: string, description: string, statements: PolicyStatement[]) => {
      const managedPolicyName = `${stackName}${name}`;
      const policy = new ManagedPolicy(this, name, { managedPolicyName, description, statements });
      return policy;
    };
    const makeAsking = (name: string, description: string, statements: PolicyStatement[]) => {
      const policy = make(name, description, statements);
      explainPatterns(policy, queries, ROUTES_REASON);
      return policy.managedPolicyArn;
    };
    const ReadPolicyArn = makeAsking('Read', 'Reads the figures and blocks of Turnout', [
      ...look(this, resources),
      ...queries,
    ]);
    const OperatePolicyArn = makeAsking(
      'Operate',
      'Reads Turnout, and blocks and spares by its control',
      [...look(this, resources), ...queries, ...callUrl(control)],
    );
    const looks = preflightAccess(this, { resources, ...props.preflight });
    const preflight = make(
      'Preflight',
      'Looks whether Turnout is ready, and changes nothing',
      looks,
    );
    explainPatterns(preflight, looks, PREFLIGHT_REASON);
    const PreflightPolicyArn = preflight.managedPolicyArn;
    this.outputs = { ReadPolicyArn, OperatePolicyArn, PreflightPolicyArn };
  }
}

/** The command line finds tables and URL among the outputs of the stack. */
function look(scope: Construct, { views, blocks, encryptionKey }: Resources): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'FindStack',
      actions: ['cloudformation:DescribeStacks'],
      resources: [Stack.of(scope).stackId],
    }),
    new PolicyStatement({
      sid: 'ReadFigures',
      actions: ['dynamodb:GetItem', 'dynamodb:Query'],
      resources: [views.tableArn, blocks.tableArn],
    }),
    ...(encryptionKey ? [useKey(encryptionKey, 'read')] : []),
  ];
}

/**
 * A call of a URL needs both. Only through it: there AWS says who calls, and a plain invocation would
 * let the caller write any name into the request.
 */
function callUrl({ functionArn }: IFunction): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'CallControl',
      actions: ['lambda:InvokeFunctionUrl'],
      resources: [functionArn],
      conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    }),
    new PolicyStatement({
      sid: 'CallControlByUrl',
      actions: ['lambda:InvokeFunction'],
      resources: [functionArn],
      conditions: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
    }),
  ];
}
