import {
  CreateIPSetCommand,
  DeleteIPSetCommand,
  GetIPSetCommand,
  type IPSetSummary,
  ListIPSetsCommand,
  UpdateIPSetCommand,
} from '@aws-sdk/client-wafv2';
import { failureOf } from './world';
import type { WafWorld } from './waf-world';

const Scope = 'CLOUDFRONT' as const;
type Family = 'IPV4' | 'IPV6';
type Ref = Pick<IPSetSummary, 'Name' | 'Id'>;

/** What enforce relies on: of IP sets, their tokens, their limits and their errors. */
export function describeWaf(world: WafWorld): void {
  describeTokens(world);
  describeAddresses(world);
  describeBadAddresses(world);
  describeNames(world);
  describeRates(world);
}

/** A test of what the world may be known not to keep. */
function exactlyIn({ inexact }: WafWorld) {
  return (name: string, test: () => Promise<void>) =>
    inexact === undefined ? it(name, test) : it.skip(`${name} (skipped: ${inexact})`, test);
}

function callsOf(world: WafWorld) {
  /** Slowly: nothing is refused for being too fast. */
  const send = (async (command: never) => {
    await world.pass(1_000);
    return world.waf.send(command);
  }) as unknown as WafWorld['waf']['send'];
  const get = async ({ Name, Id }: Ref) => {
    const { IPSet, LockToken } = await send(new GetIPSetCommand({ Name, Id, Scope }));
    return { addresses: [...IPSet!.Addresses!].sort(), token: LockToken!, set: IPSet! };
  };
  return {
    send,
    get,
    async create(family: Family, Addresses: string[] = [], Name = world.fresh()) {
      const input = { Name, Scope, IPAddressVersion: family, Addresses } as const;
      return (await send(new CreateIPSetCommand(input))).Summary!;
    },
    update: ({ Name, Id }: Ref, LockToken: string, Addresses: string[]) =>
      send(new UpdateIPSetCommand({ Name, Id, Scope, LockToken, Addresses })),
    remove: ({ Name, Id }: Ref, LockToken: string) =>
      send(new DeleteIPSetCommand({ Name, Id, Scope, LockToken })),
    async list() {
      const all: IPSetSummary[] = [];
      let NextMarker: string | undefined;
      do {
        const page = await send(
          new ListIPSetsCommand({ Scope, Limit: 2, ...(NextMarker && { NextMarker }) }),
        );
        all.push(...page.IPSets!);
        expect(page.IPSets!.length).toBeLessThanOrEqual(2);
        NextMarker = page.NextMarker;
      } while (NextMarker);
      return all;
    },
  };
}

/** Different networks of one length, in no order. */
function networks(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const at = (n * 7_919) % count;
    return `198.${18 + (at >>> 16)}.${(at >>> 8) & 255}.${at & 255}/32`;
  });
}

function describeTokens(world: WafWorld): void {
  const { create, get, list, remove, update } = callsOf(world);

  describe('lock tokens', () => {
    it('of create, get, list and update are one chain', async () => {
      const made = await create('IPV4', ['192.0.2.1/32']);
      const first = await get(made);
      expect(first).toMatchObject({ addresses: ['192.0.2.1/32'], token: made.LockToken });
      expect(first.set).toMatchObject({ IPAddressVersion: 'IPV4', Name: made.Name, ARN: made.ARN });
      const { NextLockToken } = await update(made, first.token, ['192.0.2.2/32', '192.0.2.0/31']);
      const second = await get(made);
      expect(second).toMatchObject({
        addresses: ['192.0.2.0/31', '192.0.2.2/32'], // the whole list, and nothing of before
        token: NextLockToken,
      });
      expect(second.token).not.toBe(first.token);
      const listed = (await list()).find(({ Id }) => Id === made.Id);
      expect(listed).toMatchObject({ Name: made.Name, ARN: made.ARN, LockToken: NextLockToken });
    });

    it('let one of ten writers through that read the same', async () => {
      const made = await create('IPV4');
      const outcomes: string[] = [];
      for (let n = 0; n < 10; n += 1) {
        const written = update(made, made.LockToken!, [`192.0.2.${n}/32`]);
        outcomes.push(
          await written.then(
            () => 'written',
            (error: Error) => error.name,
          ),
        );
      }
      expect(outcomes).toEqual(['written', ...Array(9).fill('WAFOptimisticLockException')]);
      expect((await get(made)).addresses).toEqual(['192.0.2.0/32']);
    });

    it('are needed to delete, and what is deleted is gone', async () => {
      const made = await create('IPV6');
      const { NextLockToken } = await update(made, made.LockToken!, []);
      const stale = await failureOf(remove(made, made.LockToken!));
      expect(stale.name).toBe('WAFOptimisticLockException');
      await remove(made, NextLockToken!);
      expect((await list()).map(({ Id }) => Id)).not.toContain(made.Id);
      for (const call of [get(made), update(made, NextLockToken!, [])]) {
        expect((await failureOf(call)).name).toBe('WAFNonexistentItemException');
      }
    });
  });
}

function describeAddresses(world: WafWorld): void {
  const { create, get, update } = callsOf(world);
  const exactly = exactlyIn(world);

  describe('addresses', () => {
    it('may be 10,000, all of which come back', async () => {
      const made = await create('IPV4');
      await update(made, made.LockToken!, networks(10_000));
      expect((await get(made)).addresses).toEqual(networks(10_000).sort());
    });

    exactly('may not be 10,001, and then none is taken', async () => {
      const made = await create('IPV4', ['192.0.2.1/32']);
      const refused = await failureOf(update(made, made.LockToken!, networks(10_001)));
      expect(refused.name).toBe('WAFLimitsExceededException');
      expect(await get(made)).toMatchObject({
        addresses: ['192.0.2.1/32'],
        token: made.LockToken,
      });
    });

    it('may have every length but 0', async () => {
      const v4 = Array.from({ length: 32 }, (_, n) => `128.0.0.0/${n + 1}`);
      const v6 = Array.from({ length: 128 }, (_, n) => `8000::/${n + 1}`);
      expect((await get(await create('IPV4', v4))).addresses).toHaveLength(32);
      expect((await get(await create('IPV6', v6))).addresses).toHaveLength(128);
    });

    exactly('of IPv6 come back written out in full, and each once', async () => {
      const made = await create('IPV6', [
        '2001:db8::/32',
        '2001:DB8:0:0::1/128',
        '2001:db8::1/128',
      ]);
      expect((await get(made)).addresses).toEqual([
        '2001:0db8:0000:0000:0000:0000:0000:0000/32',
        '2001:0db8:0000:0000:0000:0000:0000:0001/128',
      ]);
    });
  });
}

const BAD_ADDRESSES = [
  ['IPV4', '0.0.0.0/0'],
  ['IPV6', '::/0'],
  ['IPV4', '192.0.2.1'],
  ['IPV6', '2001:db8::1'],
  ['IPV4', '192.0.2.66/29'],
  ['IPV6', '2001:db8:0:1:8000::/64'],
  ['IPV4', '192.0.2.0/33'],
  ['IPV6', '2001:db8::/129'],
  ['IPV4', '2001:db8::/64'],
  ['IPV6', '192.0.2.0/24'],
  ['IPV4', '192.0.2.256/32'],
  ['IPV4', 'example.org/32'],
  ['IPV4', ''],
] as const;

/** One is enough to refuse a call, and nothing of the call is done. */
function describeBadAddresses(world: WafWorld): void {
  const { create, get, update } = callsOf(world);
  const exactly = exactlyIn(world);

  describe('bad addresses', () => {
    for (const [family, text] of BAD_ADDRESSES) {
      exactly(`refuse all for one that is wrong in ${family}: "${text}"`, async () => {
        const good = family === 'IPV4' ? '198.51.100.0/24' : '2001:db8:1::/48';
        const made = await create(family, [good]);
        const refused = await failureOf(update(made, made.LockToken!, [good, text]));
        expect(refused).toMatchObject({
          name: 'WAFInvalidParameterException',
          Field: 'IP_ADDRESS',
          Parameter: text,
        });
        expect((await get(made)).token).toBe(made.LockToken);
        const never = failureOf(create(family, [text]));
        expect((await never).name).toBe('WAFInvalidParameterException');
      });
    }
  });
}

function describeNames(world: WafWorld): void {
  const { create, get, remove, update } = callsOf(world);
  const exactly = exactlyIn(world);

  describe('names and ids', () => {
    it('that no set has are told apart from a stale token', async () => {
      const made = await create('IPV4');
      const other = await create('IPV4');
      const nobody = { Name: made.Name!, Id: '00000000-0000-4000-8000-000000000000' };
      const mixed = { Name: other.Name!, Id: made.Id! };
      const token = made.LockToken!;
      for (const ref of [nobody, mixed]) {
        for (const call of [get(ref), update(ref, token, []), remove(ref, token)]) {
          expect((await failureOf(call)).name).toBe('WAFNonexistentItemException');
        }
      }
    });

    exactly('are not given twice', async () => {
      const { Name } = await create('IPV4');
      const twice = await failureOf(create('IPV6', [], Name));
      expect(twice.name).toBe('WAFDuplicateItemException');
    });

    exactly('of CLOUDFRONT are known in one region only', async () => {
      const made = await create('IPV4');
      await world.pass(1_000);
      const command = new GetIPSetCommand({ Name: made.Name!, Id: made.Id!, Scope });
      const refused = await failureOf(world.elsewhere.send(command));
      expect(refused.name).toBe('WAFInvalidParameterException');
    });
  });
}

function describeRates(world: WafWorld): void {
  const { create, get, send } = callsOf(world);
  const exactly = exactlyIn(world);

  describe('rates', () => {
    exactly('let one change through in a second, whichever set it is for', async () => {
      const [one, two] = [await create('IPV4'), await create('IPV6')];
      const write = async ({ Name, Id }: Ref, LockToken: string) => {
        const input = { Name, Id, Scope, LockToken, Addresses: [] as string[] };
        return (await world.waf.send(new UpdateIPSetCommand(input))).NextLockToken!;
      };
      await world.pass(999);
      expect((await failureOf(write(one, one.LockToken!))).name).toBe('ThrottlingException');
      await world.pass(1); // what was refused has used nothing
      const next = await write(one, one.LockToken!);
      await world.pass(999);
      expect((await failureOf(write(two, two.LockToken!))).name).toBe('ThrottlingException');
      expect((await get(one)).token).toBe(next);
      await world.pass(1_000);
      await write(two, two.LockToken!);
    });

    exactly('let five reads of a sort through at once, and five in each second', async () => {
      const { Name, Id } = await create('IPV4');
      const read = () => world.waf.send(new GetIPSetCommand({ Name, Id, Scope }));
      await world.pass(1_000);
      for (let n = 0; n < 5; n += 1) await read();
      expect((await failureOf(read())).name).toBe('ThrottlingException');
      await world.waf.send(new ListIPSetsCommand({ Scope })); // of another sort
      await world.pass(200);
      await read();
      expect((await failureOf(read())).name).toBe('ThrottlingException');
      await send(new GetIPSetCommand({ Name, Id, Scope }));
    });
  });
}
