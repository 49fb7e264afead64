import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

import { Turnout, type TurnoutProps } from './turnout';
import type { OutputName } from './turnout-outputs';

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
  PreflightPolicyArn: 'for who looks before an event: turnout preflight',
  AlarmTopicArn: 'subscribe here who is to be woken',
  ApiUrl: 'queries by HTTP: docs/API.md',
  ViewsPolicyArn: 'for who may ask the API for figures, and no more',
  WebAclArn: 'the web ACL for distributions that have none',
  ArchiveBucket: 'bucket of the standard logs',
};

export interface StageProps extends Pick<StackProps, 'env'> {
  /**
   * One stack for each: `prod` makes the stack Turnout-prod.
   *
   * @default the stack is Turnout
   */
  readonly stage?: string;
}

/** What may stand behind the name of the stack, in the names of sets, policies and metrics. */
const STAGE = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/;

/** `Turnout`, or `Turnout-prod`. */
export function stackNameOf(stage?: string): string {
  if (stage === undefined) return STACK_NAME;
  if (STAGE.test(stage)) return `${STACK_NAME}-${stage}`;
  throw new Error(
    `the stage is ${JSON.stringify(stage)}, expected 1 to 32 letters, digits and dashes between them`,
  );
}

/** Turnout as a stack of its own, as bin/app.ts deploys it. */
export class TurnoutStack extends Stack {
  readonly turnout: Turnout;

  constructor(scope: Construct, props: TurnoutProps & StageProps) {
    const { env, stage, ...rest } = props;
    super(scope, stackNameOf(stage), {
      description:
        'Turnout: counts verified views of live events from CloudFront real-time logs, and blocks who attacks them',
      ...(env && { env }),
    });
    this.turnout = new Turnout(this, 'Turnout', rest);
    for (const [name, value] of Object.entries(this.turnout.outputs)) {
      new CfnOutput(this, name, { value, description: MEANINGS[name as OutputName] });
    }
  }
}

export function makeTurnoutStack(scope: Construct, props: TurnoutProps & StageProps): TurnoutStack {
  return new TurnoutStack(scope, props);
}
