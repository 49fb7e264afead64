import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { type OutputName, Turnout, type TurnoutProps } from './turnout';

export const STACK_NAME = 'Turnout';

const MEANINGS: Readonly<Record<OutputName, string>> = {
  EdgeLinesStream: 'stream that CloudFront writes to',
  ViewerPacketsStream: 'stream between intake and tally',
  StateTable: 'table of journals and lanes',
  ViewsTable: 'table of the figures',
  BlocksTable: 'table of suspects, blocks and their audit',
  RealtimeLogConfigArn: 'attach this to the cache behaviours that carry what is counted',
  RuleGroupArn: 'refer to this in the web ACL of the distribution',
  ControlUrl: 'signed calls of people: block, unblock, allow, disallow, mode',
  ReadPolicyArn: 'for who may look',
  OperatePolicyArn: 'for who may look, block, spare and choose the mode',
};

/** Turnout as a stack of its own, as bin/app.ts deploys it. */
export function makeTurnoutStack(
  scope: Construct,
  props: TurnoutProps & Pick<StackProps, 'env'>,
): Stack {
  const { env, ...rest } = props;
  const stack = new Stack(scope, STACK_NAME, {
    description:
      'Turnout: counts verified views of live events from CloudFront real-time logs, and blocks who attacks them',
    ...(env && { env }),
  });
  const { outputs } = new Turnout(stack, 'Turnout', rest);
  for (const [name, value] of Object.entries(outputs)) {
    new CfnOutput(stack, name, { value, description: MEANINGS[name as OutputName] });
  }
  return stack;
}
