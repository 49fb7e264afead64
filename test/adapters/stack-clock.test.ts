import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeCloudFormation } from '../../lambdas/adapters/clients';
import { makeStackClock } from '../../lambdas/adapters/stack-clock';

const STACK_ID = 'arn:aws:cloudformation:us-east-1:123456789012:stack/Turnout/1';
const NOW_MS = Date.UTC(2026, 10, 24, 18);
const UPDATED_MS = NOW_MS - 7_200_000;

function clockOf(answer: object) {
  const inputs: unknown[] = [];
  const send = async ({ input }: { readonly input: unknown }) => {
    inputs.push(input);
    return answer;
  };
  const clock = makeStackClock({
    ...{ cloudFormation: { send } as never, stackId: STACK_ID, now: () => NOW_MS },
  });
  return { clock, inputs };
}

const LastUpdatedTime = new Date(UPDATED_MS);

describe('makeStackClock', () => {
  it('asks for its own stack, by the id that it may ask for', async () => {
    const { clock, inputs } = clockOf({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] });
    await clock();
    expect(inputs).toEqual([{ StackName: STACK_ID }]);
  });

  it.each([
    ['UPDATE_IN_PROGRESS', NOW_MS],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', NOW_MS],
    ['UPDATE_ROLLBACK_IN_PROGRESS', NOW_MS],
    ['UPDATE_COMPLETE', UPDATED_MS],
    ['UPDATE_ROLLBACK_COMPLETE', UPDATED_MS],
    ['UPDATE_ROLLBACK_FAILED', UPDATED_MS],
  ])('while it is %s says %i, however long ago that began', async (StackStatus, atMs) => {
    const { clock } = clockOf({ Stacks: [{ StackStatus, LastUpdatedTime }] });
    expect(await clock()).toBe(atMs);
  });

  it('says nothing of a stack that was never updated', async () => {
    const { clock } = clockOf({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] });
    expect(await clock()).toBeUndefined();
  });

  it.each([[{}], [{ Stacks: [] }]])('takes %j for no answer', async (answer) => {
    await expect(clockOf(answer).clock()).rejects.toThrow(`no stack came, expected ${STACK_ID}`);
  });

  it('gives up in time when nobody answers, as who asks holds the lease', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    Object.assign(process.env, {
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' },
      AWS_ENDPOINT_URL_CLOUDFORMATION: endpoint,
    });
    const cloudFormation = makeCloudFormation();
    const beganMs = performance.now();
    const asked = makeStackClock({ cloudFormation, stackId: STACK_ID, now: Date.now })();
    await expect(asked).rejects.toThrow();
    // A request is given up after 15 seconds, and would be tried again.
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    cloudFormation.destroy();
    server.closeAllConnections();
    server.close();
  }, 20_000);
});
