import { RULE_MEANINGS, evidenceText } from '../../lambdas/core/guard/rule-words';
import type { Evidence, Suspect } from '../../lambdas/core/guard/suspect';
import { SUSPECT_RULES } from '../../lambdas/core/guard/suspect';
import { JANE, NOW_MS, Scene, block, foreign, push, record } from './blocks-scene';

jest.setTimeout(30_000);
let scene: Scene;
beforeAll(async () => {
  scene = await Scene.start();
});
beforeEach(() => scene.clear());
afterAll(() => scene.close());

const EVIDENCE: Evidence = {
  ...{ windowSeconds: 10, hits: 412, explained: 152, refused: 0, manifests: 30, media: 0 },
  ...{ pages: 0, failed: 0, denied: 8, agents: 2, urls: 5 },
};

async function json(address: string, ...more: string[]) {
  return JSON.parse((await scene.run('explain', address, '--json', ...more)).out);
}

async function tell(lane: number, version: number, suspect: Partial<Suspect>, atMs = NOW_MS) {
  const times = { firstAtMs: 1, sinceAtMs: 2, lastAtMs: 3 };
  const facts = { rule: 'S1_flood', attackHits: 260, verifiedViewers: 0 } as const;
  const one = { cidr: '198.51.100.9/32', ...facts, ...times, evidence: EVIDENCE, ...suspect };
  const rest = { neighbours: undefined, isSettled: true, laneViewers: 10, laneRefused: 0 };
  await scene.suspects.put({ lane, version, atMs, suspects: [one], ...rest });
}

describe('turnout explain', () => {
  it('says which CIDR blocks, the rule in a sentence, the numbers in words, and the history', async () => {
    const facts = { verifiedViewers: 1, strikes: 2, suspects: 3 };
    const stored = block('198.51.100.0/30', facts);
    const own = { ...stored, evidence: EVIDENCE };
    await scene.putSet('block-v4-1', [record(stored), record(block('198.51.100.4/32'))]);
    const first = { sinceMs: NOW_MS - 9e5, untilMs: NOW_MS - 3e5 };
    const before = block('198.51.100.1/32', first);
    await scene.manual.writeAudit(push(NOW_MS - 900_000, { added: [before] }));
    const gone = [{ cidr: '198.51.100.1/32', why: 'expired' }];
    await scene.manual.writeAudit(push(NOW_MS - 300_000, { removed: gone }));
    await scene.manual.writeAudit(push(NOW_MS - 119_000, { added: [own] }));
    const { status, out } = await scene.run('explain', '198.51.100.1');
    expect([status, out.split('\n')]).toEqual([
      0,
      [
        '198.51.100.1 is blocked, by 198.51.100.0/30',
        '',
        '198.51.100.0/30 in set block-v4-1 (list block, held)',
        '  rule     S1_flood: It sent more requests than the viewers behind it explain.',
        '  seen     in 10 seconds 412 requests, 152 explained by 1 viewer: 260 too many',
        '  covers   3 suspects with 260 attack hits in 10 seconds, 1 verified viewer',
        '  since    2026-11-24T20:13:03Z, 2m 0s ago',
        '  until    2026-11-24T20:23:03Z, 8m 0s from now',
        '  strikes  2 in 24 hours',
        '  author   guard',
        '',
        'exempt: no',
        'spared by people: no',
        '',
        'history since 2026-11-22T20:15:03Z:',
        '  2026-11-24T20:00:03Z  added 198.51.100.1/32 to block-v4-1 by guard: S1_flood, until',
        '           2026-11-24T20:10:03Z',
        '  2026-11-24T20:10:03Z  removed 198.51.100.1/32 from block-v4-1 by guard: expired',
        '  2026-11-24T20:13:04Z  added 198.51.100.0/30 to block-v4-1 by guard: S1_flood, until',
        '           2026-11-24T20:23:03Z',
        '',
      ],
    ]);
  });

  it('says the same as JSON', async () => {
    const own = block('198.51.100.33/32', { evidence: EVIDENCE });
    await scene.putSet('block-v4-1', [record(own)]);
    await scene.manual.writeAudit(push(NOW_MS - 118_000, { added: [own] }));
    expect(await json('198.51.100.33')).toMatchObject({
      ...{ address: '198.51.100.33', source: '198.51.100.33/32', verdict: 'blocked' },
      blocks: [
        {
          ...{ cidr: '198.51.100.33/32', rule: 'S1_flood', meaning: RULE_MEANINGS.S1_flood },
          evidence: EVIDENCE,
          seen: 'in 10 seconds 412 requests, 152 explained by people who may arrive: 260 too many',
        },
      ],
      ...{ exempt: null, suspect: null },
      history: [{ what: 'added', author: 'guard', set: 'block-v4-1' }],
    });
  });

  it('tells an address from its neighbour, and a viewer of IPv6 by the /64', async () => {
    await scene.putSet('block-v4-1', [record(block('198.51.100.0/30'))]);
    await scene.putSet('block-v6-1', [
      record(block('2001:db8:0:1::/64')),
      foreign('2001:db8:0:2::7/128'),
    ]);
    await scene.putSet('block-v4-2', [foreign('192.0.0.0/14')]);
    const seen = [];
    for (const address of ['192.3.255.255', '192.4.0.0', '::ffff:198.51.100.3']) {
      seen.push((await json(address)).verdict);
    }
    expect(seen).toEqual(['blocked', 'not_blocked', 'blocked']);
    const verdicts = ['198.51.100.3', '198.51.100.4', '2001:db8:0:1::9', '2001:db8:0:2::7'];
    const told = [];
    for (const address of [...verdicts, '2001:db8:0:2::8'])
      told.push((await json(address)).verdict);
    expect(told).toEqual(['blocked', 'not_blocked', 'blocked', 'blocked', 'not_blocked']);
  });

  it.each([
    ['held', 'block', 'blocked'],
    ['removing', 'block', 'blocked'],
    ['shared', 'block', 'blocked'],
    ['adding', 'block', 'to_be_blocked'],
    ['leaving', 'block', 'not_blocked'],
    ['held', 'count', 'counted'],
    ['adding', 'count', 'to_be_counted'],
  ] as const)('%s in the list %s is %s', async (state, list, verdict) => {
    await scene.putSet(`${list}-v4-1`, [record(block('198.51.100.40/32'), state)]);
    expect((await json('198.51.100.40')).verdict).toBe(verdict);
  });

  it('names the person who blocked, and what no set holds yet', async () => {
    const why = ['--reason', 'too \u001b[31mloud'];
    await scene.run('blocks', 'add', '198.51.100.50', ...why);
    const { out } = await scene.run('explain', '198.51.100.50');
    expect(out).toMatch(/^198\.51\.100\.50 is not blocked yet: the next call brings it\n/);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'in no set yet: 198.51.100.50/32 by assumed-role/Operators/jane until 2026-11-24T21:15:03Z: too ?[31mloud',
    );
    expect(out).toContain('block 198.51.100.50/32 by assumed-role/Operators/jane, until');
    expect((await json('198.51.100.50')).manual).toMatchObject([{ author: JANE }]);
    await scene.run('mode', 'off', '--reason', 'a test of the guard');
    expect((await json('198.51.100.50')).verdict).toBe('not_blocked');
    expect((await scene.run('explain', '198.51.100.50')).out).toContain('but the guard is off');
  });

  it('says which list exempts, and whom people spare', async () => {
    expect((await json('66.249.64.9')).exempt).toEqual({ list: 'crawlers:googlebot' });
    expect((await json('10.0.0.1')).exempt).toEqual({ list: 'private' });
    await scene.run('blocks', 'allow', '198.51.100.60/31', '--reason', 'our monitoring');
    const { out } = await scene.run('explain', '198.51.100.61');
    expect(out.replace(/\s+/g, ' ')).toContain(
      'spared by people: 198.51.100.60/31 by assumed-role/Operators/jane until 2026-11-24T21:15:03Z: our monitoring',
    );
    expect((await json('198.51.100.62')).allows).toEqual([]);
  });

  it.each([
    [1, 86_400_000, 0],
    [2, 172_799_000, 1],
    [40, 39.9 * 86_400_000, 1],
    [40, 20 * 86_400_000, 1],
    [40, 41 * 86_400_000, 0],
  ])('--days %i finds what is %i ms old %i times', async (days, ageMs, times) => {
    const cidr = `192.0.2.${100 + days}/32`;
    await scene.manual.writeAudit(push(NOW_MS - ageMs - 1, { added: [block(cidr)] }));
    const { history } = await json(cidr.slice(0, -3), '--days', String(days));
    const found = history.filter(({ at }: { at: string }) => Date.parse(at) === NOW_MS - ageMs - 1);
    expect(found).toHaveLength(times);
  });

  it('looks two days back if not told otherwise', async () => {
    const added = [block('198.51.100.70/32')];
    await scene.manual.writeAudit(push(NOW_MS - 3 * 86_400_000, { added }));
    expect((await json('198.51.100.70')).history).toEqual([]);
    expect((await json('198.51.100.70', '--days', '4')).history).toHaveLength(1);
  });

  it('finds an address in an entry of many parts, and leaves out one that was never finished', async () => {
    const many = Array.from({ length: 4_000 }, (_, n) =>
      block(`192.0.${2 + (n >> 8)}.${n & 255}/32`, { evidence: EVIDENCE }),
    );
    const wanted = '192.0.2.80/32';
    await scene.manual.writeAudit(push(NOW_MS - 50_000, { added: many }));
    expect((await json('192.0.2.80')).history).toMatchObject([{ cidr: wanted, what: 'added' }]);
    await scene.dropLastPart(NOW_MS - 50_000);
    expect((await json('192.0.2.80')).history).toEqual([]);
  });

  it.each([
    [{ verifiedViewers: 3, attackHits: 300 }, 'viewers'],
    [{ verifiedViewers: 3, attackHits: 301 }, 'waiting'],
    [{ verifiedViewers: 0 }, 'waiting'],
  ])('a suspect like %j was spared: %s', async (suspect, why) => {
    const cidr = '198.51.100.90/32';
    await tell(7, 1, { cidr, ...suspect }, NOW_MS - 5_000);
    const told = await json('198.51.100.90');
    expect(told.verdict).toBe('suspect');
    expect(told.suspect).toMatchObject({ cidr, rule: 'S1_flood', spared: { why } });
  });

  it('says why a suspect was spared: an allow, a mode, a fuse, or lack of room', async () => {
    await tell(3, 1, { cidr: '198.51.100.91/32' }, NOW_MS - 100_000);
    const why = async () => (await json('198.51.100.91')).suspect.spared.why as string;
    expect(await why()).toBe('cut');
    await scene.run('mode', 'hold', '--reason', 'a test of the guard');
    expect(await why()).toBe('mode');
    await scene.manual.holdBack('push', ['198.51.100.91/32'], NOW_MS + 1_000);
    expect(await why()).toBe('held_back');
    await scene.run('blocks', 'allow', '198.51.100.91', '--reason', 'a test of the guard');
    expect(await why()).toBe('exempt');
  });

  it('says that the block of a suspect has ended, and takes the newest of what lanes told', async () => {
    const cidr = '198.51.100.92/32';
    await tell(5, 1, { cidr, rule: 'S8_tool' }, NOW_MS - 700_000);
    await tell(5, 2, { cidr, rule: 'S6_probe' }, NOW_MS - 600_000);
    await tell(5, 3, { cidr: '198.51.100.93/32' }, NOW_MS - 500_000);
    const removed = [{ cidr, why: 'expired' }];
    await scene.manual.writeAudit(push(NOW_MS - 40_000, { removed }));
    const { suspect } = await json('198.51.100.92');
    expect(suspect).toMatchObject({ rule: 'S6_probe', spared: { why: 'ended' } });
  });

  it('knows nothing of an address that did nothing', async () => {
    const { out } = await scene.run('explain', '192.0.2.250');
    expect(out).toMatch(/^192\.0\.2\.250 is not blocked\n/);
    expect(out).toContain('history since 2026-11-22T20:15:03Z: nothing');
  });

  it.each([['198.51.100.300'], ['198.51.100.0/24'], ['example'], ['']])(
    '%j is wrong use',
    async (text) => {
      const { status, error } = await scene.run('explain', text);
      expect([status, error]).toEqual([2, expect.stringContaining('expected an IPv4 or IPv6')]);
    },
  );
});

describe('evidenceText', () => {
  it.each(SUSPECT_RULES)('says of %s what was seen', (rule) => {
    const text = evidenceText(rule, EVIDENCE, 0);
    expect(text).toMatch(/^in 10 seconds 412 requests, /);
    expect(RULE_MEANINGS[rule]).toMatch(/^[A-Z].*\.$/);
  });

  it('says what was refused', () => {
    expect(evidenceText('S6_probe', { ...EVIDENCE, refused: 7 }, 0)).toBe(
      'in 10 seconds 412 requests, 8 answered with 4xx, 7 of which were refused by us',
    );
  });
});
