import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

import type { Resources } from './access';

export interface PeopleProps {
  readonly resources: Pick<Resources, 'views' | 'blocks'>;
  readonly control: IFunction;
}

/** What may be given to people: to look, and to block, spare and choose the mode. Nobody has it yet. */
export class People extends Construct {
  readonly readPolicyArn: string;
  readonly operatePolicyArn: string;

  constructor(scope: Construct, id: string, { resources, control }: PeopleProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const make = (name: string, description: string, statements: PolicyStatement[]) =>
      new ManagedPolicy(this, name, {
        managedPolicyName: `${stackName}${name}`,
        description,
        statements,
      }).managedPolicyArn;
    this.readPolicyArn = make('Read', 'Reads the figures and blocks of Turnout', [
      ...look(this, resources),
    ]);
    this.operatePolicyArn = make('Operate', 'Reads Turnout, and blocks and spares by its control', [
      ...look(this, resources),
      ...callUrl(control),
    ]);
  }
}

/** The command line finds tables and URL among the outputs of the stack. */
function look(scope: Construct, { views, blocks }: PeopleProps['resources']): PolicyStatement[] {
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
