import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeWaf } from '../../lambdas/adapters/clients';
import { makeWafSets } from '../../lambdas/adapters/waf-sets';

const REF = { name: 'block-v4-1', id: 'id-1' };

function clientOf(answer: (input: Record<string, unknown>) => object) {
  const inputs: Record<string, unknown>[] = [];
  const send = async (command: { input: Record<string, unknown> }) => {
    inputs.push(command.input);
    return answer(command.input);
  };
  return { sets: makeWafSets({ send } as never, 'CLOUDFRONT'), inputs };
}

describe('makeWafSets', () => {
  it('reads canonical text, and remembers how WAF writes it', async () => {
    const full = '2001:0db8:0000:0001:0000:0000:0000:0000/64';
    const { sets, inputs } = clientOf(() => ({
      LockToken: 'a',
      IPSet: { Addresses: [full, '2001:db8:0:2::7/128'] },
    }));
    const { token, entries } = await sets.read(REF);
    expect([token, [...entries]]).toEqual([
      'a',
      [
        ['2001:db8:0:1::/64', full],
        ['2001:db8:0:2::7/128', '2001:db8:0:2::7/128'],
      ],
    ]);
    expect(inputs).toEqual([{ Name: 'block-v4-1', Id: 'id-1', Scope: 'CLOUDFRONT' }]);
  });

  it.each([
    ['without a lock token', { IPSet: { Addresses: [] } }, /without a lock token/],
    ['without addresses', { LockToken: 'a', IPSet: {} }, /without addresses/],
  ])('does not take an answer %s for an empty set', async (_, answer, message) => {
    await expect(clientOf(() => answer).sets.read(REF)).rejects.toThrow(message);
  });

  it('gives the next lock token of an update', async () => {
    const { sets, inputs } = clientOf(() => ({ NextLockToken: 'b' }));
    expect(await sets.update(REF, 'a', ['192.0.2.1/32'])).toEqual({ kind: 'done', token: 'b' });
    expect(inputs[0]).toMatchObject({ LockToken: 'a', Addresses: ['192.0.2.1/32'] });
  });

  it.each([
    ['WAFOptimisticLockException', 'conflict'],
    ['ThrottlingException', 'later'],
    ['TooManyRequestsException', 'later'],
    ['WAFUnavailableEntityException', 'later'],
    ['WAFLimitsExceededException', 'full'],
    ['WAFNonexistentItemException', 'refused'],
    ['WAFInvalidParameterException', 'refused'],
    ['AccessDeniedException', 'refused'],
    ['WAFInternalErrorException', 'unknown'],
    ['TimeoutError', 'unknown'],
    ['Error', 'unknown'],
  ])('takes %s as %s', async (name, kind) => {
    const { sets } = clientOf(() => {
      throw Object.assign(new Error('no'), { name });
    });
    expect((await sets.update(REF, 'a', [])).kind).toBe(kind);
  });
});

describe('makeWaf', () => {
  it('asks once and not again, whatever comes: an attempt that nobody counts breaks the pace', async () => {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      request.resume().on('end', () => response.writeHead(500).end('{}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_WAFV2: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    try {
      const waf = makeWaf('CLOUDFRONT');
      expect((await makeWafSets(waf, 'CLOUDFRONT').update(REF, 'a', [])).kind).toBe('unknown');
      expect([calls, await waf.config.region()]).toEqual([1, 'us-east-1']);
      expect(await makeWaf('REGIONAL').config.region()).toBe('eu-central-1');
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      delete process.env['AWS_ENDPOINT_URL_WAFV2'];
    }
  });
});
