import { ANSWERS, PROBLEM } from '../../lambdas/api/answer-schemas';
import { parseConfig } from '../../lib/config';
import { NOW_MS, block, foreign, push, record } from '../bin/blocks-scene';
import { ApiScene, type Json } from './api-scene';

/** Goal: the API says of blocks what the command line says, in pages, and nothing of them is lost between two. */
jest.setTimeout(30_000);
let api: ApiScene;
beforeAll(async () => {
  api = await ApiScene.start(parseConfig({}));
  await api.scene.putStatus({ atMs: NOW_MS - 12_000, mode: 'block', overflow: 7 });
});
beforeEach(() => api.scene.clear());
afterAll(() => api.close());

const addresses = Array.from({ length: 25 }, (_, n) => `198.51.100.${n}/32`);

describe('GET /v1/blocks', () => {
  it('is what turnout blocks --json says', async () => {
    await api.scene.putSet('block-v4-1', [
      record(block('198.51.100.1/32', { attackHits: 300 })),
      record(block('198.51.100.2/32', { rule: 'manual', author: 'x', reason: '=cmd,"y"' })),
      foreign('203.0.113.7/32'),
    ]);
    await api.scene.putSet('count-v6-1', [record(block('2001:db8:0:1::/64'), 'adding')]);
    const { json } = await api.get('/v1/blocks');
    ANSWERS.blocks.parse(json);
    const told = await api.scene.run('blocks', '--json');
    expect(json).toEqual(JSON.parse(told.out));
    const csv = await api.get('/v1/blocks?format=csv');
    expect(csv.text).toBe((await api.scene.run('blocks', '--csv')).out);
    const { json: count } = await api.get('/v1/blocks?list=count');
    expect((count['blocks'] as unknown as Json[]).map(({ cidr }) => cidr)).toEqual([
      '2001:db8:0:1::/64',
    ]);
  });

  it('is the same in pages, whatever goes meanwhile', async () => {
    const hits = (n: number) => block(addresses[n]!, { attackHits: 100 + (n % 4) });
    await api.scene.putSet(
      'block-v4-1',
      addresses.map((_, n) => record(hits(n))),
    );
    const whole = (await api.get('/v1/blocks')).json['blocks'] as unknown as Json[];
    const pages = await api.pages('/v1/blocks?limit=10');
    expect(pages.map((page) => (page['blocks'] as unknown as Json[]).length)).toEqual([10, 10, 5]);
    expect(pages.flatMap((page) => page['blocks'] as unknown as Json[])).toEqual(whole);

    const first = (await api.get('/v1/blocks?limit=10')).json;
    const gone = whole.slice(0, 11).map(({ cidr }) => cidr as unknown);
    const left = addresses
      .map((cidr, n) => [cidr, n] as const)
      .filter(([it]) => !gone.includes(it));
    await api.scene.putSet(
      'block-v4-1',
      left.map(([, n]) => record(hits(n))),
    );
    const next = await api.get(`/v1/blocks?limit=10&cursor=${first['next']}`);
    expect((next.json['blocks'] as unknown as Json[])[0]!['cidr']).toBe(whole[11]!['cidr']);
  });

  it.each([
    ['limit=0', 'limit: expected a whole number from 1 to 10000, got "0"'],
    ['limit=10001', 'limit: expected a whole number from 1 to 10000, got "10001"'],
    ['list=all', 'list: expected one of block, count, got "all"'],
    ['cursor=abc', 'cursor: expected next of a page of the same request, got "abc"'],
  ])('refuses %s', async (query, detail) => {
    const { status, json } = await api.get(`/v1/blocks?${query}`);
    expect([status, json['detail']]).toEqual([400, detail]);
    PROBLEM.parse(json);
  });

  it.each(['limit=1', 'limit=10000'])('takes %s', async (query) => {
    expect((await api.get(`/v1/blocks?${query}`)).status).toBe(200);
  });
});

describe('GET /v1/blocks/{address}', () => {
  it.each(['198.51.100.1', '2001:db8::5', '192.0.2.9'])(
    'is what turnout explain %s --json says',
    async (address) => {
      const evidence = {
        ...{ windowSeconds: 10, hits: 412, explained: 152, refused: 0, manifests: 0, media: 0 },
        ...{ pages: 0, failed: 0, denied: 0, agents: 1, urls: 1 },
      };
      const own = block('198.51.100.0/30', { evidence });
      await api.scene.putSet('block-v4-1', [record(own)]);
      await api.scene.manual.writeAudit(push(NOW_MS - 120_000, { added: [own] }));
      const { status, json } = await api.get(`/v1/blocks/${address}?days=1`);
      expect(status).toBe(200);
      ANSWERS.address.parse(json);
      const told = await api.scene.run('explain', address, '--days', '1', '--json');
      expect(json).toEqual(JSON.parse(told.out));
      expect(json['verdict']).toBe(address === '198.51.100.1' ? 'blocked' : 'not_blocked');
    },
  );

  it.each(['nobody', '198.51.100.1%2F32', '300.1.1.1', '::1::'])('refuses %s', async (address) => {
    const { status, json } = await api.get(`/v1/blocks/${address}`);
    expect(status).toBe(400);
    expect(json['detail']).toContain('address: expected an IPv4 or IPv6 address');
  });
});

describe('GET /v1/audit', () => {
  const at = (minutes: number) => NOW_MS - minutes * 60_000;

  it('is all that was written down in a window, oldest first, page by page', async () => {
    const entries = [2_900, 1_500, 1_439, 20, 10, 5].map((minutes, n) =>
      push(at(minutes), { added: [block(addresses[n]!)] }),
    );
    for (const entry of entries) await api.scene.manual.writeAudit(entry);
    await api.scene.manual.writeAudit(
      push(at(1), {
        ...{ id: 'mode.x', kind: 'mode', set: '', author: 'jane', reason: '=1', mode: 'hold' },
      }),
    );
    const atsOf = (page: Json) => (page['entries'] as unknown as Json[]).map((it) => it['at']);
    const day = await api.get('/v1/audit');
    ANSWERS.audit.parse(day.json);
    const times = [1_439, 20, 10, 5, 1].map((minutes) => new Date(at(minutes)).toISOString());
    expect(atsOf(day.json)).toEqual(times);

    const from = new Date(at(3_000)).toISOString();
    const to = new Date(at(5)).toISOString();
    const pages = await api.pages(`/v1/audit?from=${from}&to=${to}&limit=2`);
    expect(pages.map((page) => atsOf(page).length)).toEqual([2, 2, 1]);
    expect(pages.flatMap(atsOf)).toEqual(
      [2_900, 1_500, 1_439, 20, 10].map((minutes) => new Date(at(minutes)).toISOString()),
    );

    const { text } = await api.get('/v1/audit?format=csv');
    expect(text.trimEnd().split('\r\n')).toHaveLength(1 + 5);
    expect(text).toContain(",'=1,hold\r\n");
  });

  it('leaves out what was never finished, and tells parts apart', async () => {
    // Each row is some 120 characters, and a part holds 300,000.
    const many = Array.from({ length: 5_000 }, (_, n) => block(`10.${n >> 8}.${n & 255}.0/24`));
    await api.scene.manual.writeAudit(push(at(3), { added: many }));
    const pages = await api.pages('/v1/audit?limit=1');
    const parts = pages.flatMap((page) => page['entries'] as unknown as Json[]);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ part, parts: of }) => [part, of])).toEqual(
      parts.map((_, n) => [n, parts.length]),
    );
    expect(parts.flatMap(({ added }) => added as unknown as Json[])).toHaveLength(5_000);

    await api.scene.dropLastPart(at(3));
    const left = await api.pages('/v1/audit');
    expect(left.flatMap((page) => page['entries'] as unknown as Json[])).toEqual([]);
  });

  it('takes a month, and no more', async () => {
    const ask = (days: number) =>
      api.get(
        `/v1/audit?to=2026-11-24T00:00Z&from=${new Date(Date.UTC(2026, 10, 24) - days * 86_400_000).toISOString()}`,
      );
    expect((await ask(31)).status).toBe(200);
    const { status, json } = await ask(31.1);
    expect([status, json['detail']]).toEqual([
      ...[400, 'window: expected from before to, and at most 31 days between them, got 31.1 days'],
    ]);
    expect((await ask(0)).status).toBe(400);
  });
});
