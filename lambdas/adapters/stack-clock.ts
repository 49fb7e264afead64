import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { CloudFormation } from './clients';

/** All attempts together: who asks holds the lease, and sets wait for the answer. */
const ANSWER_MS_MAX = 3_000;

/**
 * When the stack was updated last, as far as CloudFormation knows: now while it is, else when the last update
 * began; undefined if there was none. Throws if it does not answer.
 */
export function makeStackClock({
  cloudFormation,
  stackId,
  now,
}: {
  readonly cloudFormation: CloudFormation;
  readonly stackId: string;
  readonly now: () => number;
}): () => Promise<number | undefined> {
  return async () => {
    const { Stacks } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: stackId }),
      {
        abortSignal: AbortSignal.timeout(ANSWER_MS_MAX),
      },
    );
    const stack = Stacks?.[0];
    if (stack === undefined) throw new Error(`no stack came, expected ${stackId}`);
    // Also of UPDATE_COMPLETE_CLEANUP_IN_PROGRESS and of what is taken back.
    if (stack.StackStatus?.endsWith('_IN_PROGRESS')) return now();
    return stack.LastUpdatedTime?.getTime();
  };
}
