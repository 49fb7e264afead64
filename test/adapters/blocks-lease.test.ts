import { makeLeaseStore } from '../../lambdas/adapters/blocks-lease';
import { FakeDynamo } from '../sim/fake-dynamo';

function scene() {
  const dynamo = new FakeDynamo({ tables: ['Blocks'] });
  const clock = { nowMs: 1_000_000 };
  const patience = { pause: async () => {}, random: () => 0 };
  const of = (owner: string) =>
    makeLeaseStore({ dynamo, table: 'Blocks', now: () => clock.nowMs, owner, patience });
  return { dynamo, clock, of };
}

describe('makeLeaseStore', () => {
  it('gives the lease to one', async () => {
    const { of } = scene();
    expect(await of('a').acquire()).toEqual({ version: 1, isTakenOver: false });
    expect(await of('b').acquire()).toBeUndefined();
  });

  it('gives it on when it was given back, as one that nobody calls on any more', async () => {
    const { of } = scene();
    const a = of('a');
    await a.release((await a.acquire())!);
    expect(await of('b').acquire()).toEqual({ version: 3, isTakenOver: false });
  });

  it.each([
    [29_999, undefined],
    [30_000, { version: 2, isTakenOver: true }],
  ])('after %i ms of silence gives %p', async (ms, lease) => {
    const { of, clock } = scene();
    await of('a').acquire();
    clock.nowMs += ms;
    expect(await of('b').acquire()).toEqual(lease);
  });

  it('is renewed by whoever has it, and by nobody else', async () => {
    const { of, clock } = scene();
    const a = of('a');
    const lease = (await a.acquire())!;
    clock.nowMs += 30_000;
    await of('b').acquire();
    expect(await a.renew(lease, clock.nowMs)).toBeUndefined();
  });

  it('does not believe an end that no right clock wrote', async () => {
    const { of, clock } = scene();
    await of('a').acquire();
    clock.nowMs -= 3_600_000;
    expect(await of('b').acquire()).toMatchObject({ isTakenOver: true });
  });

  it('writes down when WAF was called last', async () => {
    const { of, dynamo } = scene();
    const a = of('a');
    await a.renew((await a.acquire())!, 77);
    expect(dynamo.items('Blocks')[0]!['lastCallAtMs']).toEqual({ N: '77' });
  });

  it('knows its own write when it was repeated after a lost answer', async () => {
    const { dynamo, clock, of } = scene();
    const patience = { pause: async () => {}, random: () => 0 };
    const twice = {
      send: async (command: never) => {
        const name = (command as object).constructor.name;
        if (name === 'PutItemCommand') await dynamo.send(command);
        return dynamo.send(command);
      },
    } as unknown as FakeDynamo;
    const a = makeLeaseStore({
      ...{ dynamo: twice, table: 'Blocks', now: () => clock.nowMs, owner: 'a', patience },
    });
    expect(await a.acquire()).toEqual({ version: 1, isTakenOver: false });
    expect(await of('b').acquire()).toBeUndefined();
  });
});
