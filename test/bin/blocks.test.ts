import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { makeCaller } from '../../lambdas/adapters/deployment-reader';
import { decodeAudit } from '../../lambdas/core/guard/audit';
import { queryAll } from '../../lambdas/adapters/item-pages';
import { JANE, NOW_MS, Scene, block, foreign, record, spawnTurnout } from './blocks-scene';

jest.setTimeout(30_000);
let scene: Scene;
beforeAll(async () => {
  scene = await Scene.start();
});
beforeEach(() => scene.clear());
afterAll(() => scene.close());

const WHY = ['--reason', 'a test of the guard'] as const;

async function auditOf() {
  const items = await queryAll(scene.dynamo, {
    TableName: scene.table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'audit#2026-11-24' } },
  });
  return decodeAudit(items.map(({ body }) => body!.S!));
}

describe('turnout blocks', () => {
  beforeEach(async () => {
    const jane = { rule: 'manual', author: JANE, reason: 'said, "so"', strikes: 0 } as const;
    await scene.putSet('block-v4-1', [
      record(block('198.51.100.1/32', { attackHits: 260, verifiedViewers: 1 })),
      record(block('198.51.100.2/32', { attackHits: 9_000, strikes: 3 })),
      record(block('192.0.2.0/24', { ...jane, attackHits: 0, suspects: 0 }), 'adding'),
      foreign('198.51.100.77/32'),
    ]);
    // The set itself does not say who wanted it and why.
    const said = { author: JANE, reason: 'said, "so"', sinceMs: NOW_MS, untilMs: NOW_MS + 480_000 };
    await scene.manual.putBlock({ cidr: '192.0.2.0/24', ...said });
    await scene.putSet('count-v6-1', [record(block('2001:db8:0:1::/64'), 'removing')]);
    await scene.putStatus({ atMs: NOW_MS - 12_000, mode: 'block', sets: {}, overflow: 7 });
  });

  it('lists what people blocked, then the worst first, then what others added', async () => {
    const { status, out } = await scene.run('blocks');
    const lines = out.split('\n');
    expect(status).toBe(0);
    expect(lines[0]).toMatch(
      /^CIDR +rule +A +G +since +until +left +author +strikes +list +state$/,
    );
    expect(lines.slice(1, 6).map((line) => line.replace(/ {2,}/g, ' '))).toEqual([
      `192.0.2.0/24 manual 0 0 2026-11-24T20:13:03Z 2026-11-24T20:23:03Z 8m 0s assumed-role/Operators/jane 0 block adding`,
      `198.51.100.2/32 S1_flood 9,000 0 2026-11-24T20:13:03Z 2026-11-24T20:23:03Z 8m 0s guard 3 block held`,
      `198.51.100.1/32 S1_flood 260 1 2026-11-24T20:13:03Z 2026-11-24T20:23:03Z 8m 0s guard 1 block held`,
      `2001:db8:0:1::/64 S1_flood 260 0 2026-11-24T20:13:03Z 2026-11-24T20:23:03Z 8m 0s guard 1 count removing`,
      `198.51.100.77/32 others block foreign`,
    ]);
  });

  it('adds totals of each list, overflow and the last pass', async () => {
    const { out } = await scene.run('blocks', 'ls');
    expect(out.trimEnd().split('\n').slice(-4)).toEqual([
      'block: 2 of ours in 1 set, 1 of others, 1 waiting for a call',
      'count: 1 of ours in 1 set, 0 of others, 1 waiting for a call',
      'overflow: 7',
      'last pass: 2026-11-24T20:14:51Z, 12s ago, in mode block',
    ]);
  });

  it('says that overflow is not known rather than that there is none', async () => {
    await scene.putStatus({ atMs: NOW_MS, mode: 'count' });
    const { out } = await scene.run('blocks');
    expect(out).toContain('overflow: not told by the last pass\n');
    expect(JSON.parse((await scene.run('blocks', '--json')).out).overflow).toBeNull();
  });

  it('shows one list alone', async () => {
    const { out } = await scene.run('blocks', 'ls', '--list', 'count');
    expect(out).toContain('2001:db8:0:1::/64');
    expect(out).not.toContain('198.51.100.');
  });

  it('says the same as JSON and as CSV, with what people wrote in quotes', async () => {
    const json = JSON.parse((await scene.run('blocks', 'ls', '--json')).out);
    expect(json.lists.block).toEqual({ ours: 2, foreign: 1, waiting: 1, sets: 1 });
    expect(json.blocks[0]).toEqual({
      ...{ list: 'block', set: 'block-v4-1', cidr: '192.0.2.0/24', state: 'adding' },
      ...{ rule: 'manual', attackHits: 0, verifiedViewers: 0, suspects: 0, strikes: 0 },
      ...{ since: '2026-11-24T20:13:03.000Z', until: '2026-11-24T20:23:03.000Z' },
      ...{ leftSeconds: 480, author: JANE, reason: 'said, "so"' },
    });
    const [heads, first, ...rest] = (await scene.run('blocks', '--csv')).out.split('\r\n');
    expect(heads!.split(',')).toHaveLength(14);
    expect(first).toMatch(/,"said, ""so"""$/);
    expect(rest).toHaveLength(5); // and the empty text behind the last line
  });

  it('says so when nothing is blocked', async () => {
    await scene.clear();
    expect((await scene.run('blocks')).out).toMatch(/^no blocks\n/);
  });
});

describe('turnout blocks add, rm, allow, disallow', () => {
  it('asks control, which writes the caller down as the author', async () => {
    const { status, out } = await scene.run('blocks', 'add', '198.51.100.7', ...WHY);
    expect([status, out]).toEqual([
      0,
      '198.51.100.7/32 is to be blocked until 2026-11-24T21:15:03Z\n' +
        'author: assumed-role/Operators/jane\nreason: a test of the guard\n',
    ]);
    const { blocks } = await scene.manual.load(NOW_MS);
    expect(blocks).toMatchObject([{ cidr: '198.51.100.7/32', author: JANE }]);
    expect((await auditOf()).at(-1)).toMatchObject({ kind: 'block', author: JANE });
  });

  it.each([
    ['1m', 1],
    ['10m', 10],
    ['2h', 120],
    ['30d', 43_200],
  ])('--for %s is that long', async (text, minutes) => {
    await scene.run('blocks', 'add', '198.51.100.8', ...WHY, '--for', text);
    const { blocks } = await scene.manual.load(NOW_MS);
    const own = blocks.find(({ cidr }) => cidr === '198.51.100.8/32');
    expect(own!.untilMs).toBe(NOW_MS + minutes * 60_000);
  });

  it('rm ends the block and spares the address', async () => {
    await scene.run('blocks', 'add', '198.51.100.9', ...WHY);
    const { status, out } = await scene.run('blocks', 'rm', '198.51.100.9', ...WHY, '--json');
    expect([status, JSON.parse(out)]).toMatchObject([0, { action: 'unblock', author: JANE }]);
    const { blocks, allows } = await scene.manual.load(NOW_MS);
    expect(blocks.map(({ cidr }) => cidr)).not.toContain('198.51.100.9/32');
    expect(allows.map(({ cidr }) => cidr)).toContain('198.51.100.9/32');
    await scene.run('blocks', 'disallow', '198.51.100.9', ...WHY);
    const after = (await scene.manual.load(NOW_MS)).allows.map(({ cidr }) => cidr);
    expect(after).not.toContain('198.51.100.9/32');
  });

  it('what control refuses is said with its reason, and nothing is written', async () => {
    const exempt = await scene.run('blocks', 'add', '203.0.113.9', ...WHY);
    expect(exempt).toEqual({
      ...{ status: 1, out: '' },
      error: 'control refuses: 203.0.113.9/32 covers addresses that the list own exempts',
    });
    const wide = await scene.run('blocks', 'add', '198.51.0.0/19', ...WHY);
    expect(wide).toMatchObject({ status: 1, error: expect.stringContaining('is too wide') });
    const held = (await scene.manual.load(NOW_MS)).blocks.map(({ cidr }) => cidr);
    expect(held).not.toContain('203.0.113.9/32');
    expect((await scene.run('blocks', 'add', '198.51.0.0/20', ...WHY)).status).toBe(0);
  });

  it('an allow makes control refuse what it covers', async () => {
    await scene.run('blocks', 'allow', '198.51.100.128/25', ...WHY);
    const { error } = await scene.run('blocks', 'add', '198.51.100.200', ...WHY);
    expect(error).toContain('the list allow exempts');
    await scene.run('blocks', 'disallow', '198.51.100.128/25', ...WHY);
    expect((await scene.run('blocks', 'add', '198.51.100.200', ...WHY)).status).toBe(0);
  });

  it.each([
    [['add', '198.51.100.7'], '--reason'],
    [['add', '198.51.100.7', '--reason', '  x '], 'expected 3 to 500 characters, got 1'],
    [['add', '198.51.100.7', '--reason', 'x'.repeat(501)], 'got 501'],
    [['add', '198.51.100.300', ...WHY], 'expected an address or a range, got 198.51.100.300'],
    [['add', '198.51.100.7', ...WHY, '--for', '0m'], 'expected a time such as 10m, 1h or 2d'],
    [['add', '198.51.100.7', ...WHY, '--for', '31d'], 'at most 30d, got 31d'],
    [['add', '198.51.100.7', ...WHY, '--for', '90s'], 'got 90s'],
    [['add', ...WHY], 'missing required argument'],
    [['rm', '198.51.100.7'], '--reason'],
    [['ls', '--list', 'all'], 'expected block or count, got all'],
    [['ls', '--json', '--csv'], 'exclude each other'],
    [['ls', '--no-such'], 'unknown option'],
    [['add', '198.51.100.7', ...WHY, '--control-url', 'http://192.0.2.1/'], 'expected https://'],
    [['ls', '--stack', 'a b'], 'expected the name of a stack, got a b'],
  ])('%j is wrong use', async (args, says) => {
    const { status, out, error } = await scene.run('blocks', ...args);
    expect([status, out]).toEqual([2, '']);
    expect(error).toContain(says);
  });
});

describe('where the deployment is', () => {
  it('a key that is not the right one is refused, in words', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'another';
    const { status, error } = await scene.run('blocks', 'add', '198.51.100.7', ...WHY);
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret';
    expect(status).toBe(1);
    expect(error).toMatch(
      /^control is not for this caller: .* got 403 The request signature we calc/,
    );
  });

  it('the URL of the rig takes no request that is unsigned, changed or signed for another service', async () => {
    const body = JSON.stringify({ action: 'block', cidr: '198.51.100.7', reason: 'unsigned' });
    const sign = async (service: string) => {
      const { host } = new URL(scene.url.url);
      const signer = new SignatureV4({ service, region: 'us-east-1', ...makeCaller() });
      const { headers } = await signer.sign({
        ...{ method: 'POST', protocol: 'http:', hostname: '127.0.0.1', path: '/', body },
        headers: { host, 'content-type': 'application/json' },
      });
      return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'host'));
    };
    const post = async (headers: Record<string, string>, text = body) =>
      (await fetch(scene.url.url, { method: 'POST', headers, body: text })).status;
    const headers = await sign('lambda');
    expect(await post(headers)).toBe(200);
    expect(await post(headers, body.replace('7', '8'))).toBe(403);
    expect(await post({})).toBe(403);
    expect(await post(await sign('execute-api'))).toBe(403);
  });

  it('a table or a URL that is not there is named', async () => {
    const table = await scene.run('blocks', '--blocks-table', 'nothing');
    expect([table.status, table.error]).toEqual([
      1,
      expect.stringMatching(/^a table does not exist in us-east-1: expected .* --blocks-table/),
    ]);
    const port = await closedPort();
    const url = ['--control-url', `http://127.0.0.1:${port}/`];
    const refused = await scene.run('blocks', 'add', '198.51.100.7', ...WHY, ...url);
    expect(refused).toMatchObject({
      status: 1,
      error: `control cannot be reached at 127.0.0.1:${port}: got ECONNREFUSED`,
    });
  });

  it('a stack that is named wins over the environment, and its outputs are read', async () => {
    const asked: string[] = [];
    const stacks = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += String(chunk)));
      request.on('end', () => {
        const name = new URLSearchParams(body).get('StackName')!;
        asked.push(name);
        const [status, xml] = stackAnswer(name);
        response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
      });
    });
    await new Promise<void>((resolve) => stacks.listen(0, '127.0.0.1', resolve));
    const { port } = stacks.address() as AddressInfo;
    process.env['AWS_ENDPOINT_URL_CLOUDFORMATION'] = `http://127.0.0.1:${port}`;
    try {
      expect((await scene.run('blocks', '--stack', 'Mine')).out).toMatch(/^no blocks/);
      expect(await scene.run('blocks', '--stack', 'Absent')).toEqual({
        ...{ status: 1, out: '' },
        error:
          'Stack with id Absent does not exist in us-east-1: expected the stack of Turnout; ' +
          '--stack names another, AWS_REGION another region',
      });
      expect((await scene.run('blocks', '--stack', 'Other')).error).toBe(
        'stack Other has no output BlocksTable: expected a stack of Turnout, --blocks-table or TURNOUT_BLOCKS_TABLE',
      );
      await scene.run('blocks'); // the environment says where
      expect(asked).toEqual(['Mine', 'Absent', 'Other']);
    } finally {
      stacks.closeAllConnections();
      stacks.close();
    }
  });

  async function closedPort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  function stackAnswer(name: string): [number, string] {
    if (name === 'Absent') {
      const message = `<Message>Stack with id ${name} does not exist</Message>`;
      const error = `<Error><Type>Sender</Type><Code>ValidationError</Code>${message}</Error>`;
      return [400, `<ErrorResponse>${error}</ErrorResponse>`];
    }
    const key = name === 'Mine' ? 'BlocksTable' : 'Another';
    const output = `<member><OutputKey>${key}</OutputKey><OutputValue>blocks</OutputValue></member>`;
    const time = '<CreationTime>2026-11-24T00:00:00Z</CreationTime>';
    const stack = `<member><StackName>${name}</StackName>${time}<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${output}</Outputs></member>`;
    const result = `<DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult>`;
    return [200, `<DescribeStacksResponse>${result}</DescribeStacksResponse>`];
  }

  it('the program itself ends with the status that says so, and without a stack trace', async () => {
    const keyless = { ...scene.environment(), AWS_ACCESS_KEY_ID: '' };
    const done = await Promise.all([
      spawnTurnout(['blocks'], scene.environment()),
      spawnTurnout(['blocks'], keyless),
      spawnTurnout(['blocks', 'add', '192.0.2.1'], scene.environment()),
      spawnTurnout(['blocks', 'add', '203.0.113.1', ...WHY], scene.environment()),
    ]);
    expect(done.map(({ status }) => status)).toEqual([0, 1, 2, 1]);
    expect(done[1]!.error).toMatch(/^turnout: no credentials: expected AWS_PROFILE/);
    for (const { error } of done) expect(error).not.toMatch(/\n {4}at |Warning/);
  });
});
