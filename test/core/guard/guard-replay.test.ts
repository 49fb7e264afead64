import { AGENTS } from '../../support/agents';
import {
  START_MS,
  type Request,
  browser,
  every,
  hlsPlayer,
  judgeAsGiven,
  judgeStream,
  rulesOf,
} from '../../support/guard-streams';

/** Goal: a log says what the guard would have blocked, and whom that had hit. Method: small streams of lines. */
const IP = '203.0.113.200';

const flood = (from: number, to: number, own: Partial<Request> = {}): Request[] =>
  every({ from, to, step: 0.1 }, (second) => [{ second, path: '/page/a', ip: IP, ...own }]);

const secondOf = (ms: number) => (ms - START_MS) / 1_000;

describe('GuardReplay', () => {
  it('blocks a flood for some minutes, and counts what that would have refused', () => {
    const { blocks, recount } = judgeStream(flood(0, 300));
    expect(blocks).toHaveLength(1);
    const [block] = blocks;
    expect(block).toMatchObject({
      cidr: `${IP}/32`,
      rule: 'S1_flood',
      strikes: 1,
      verifiedViewers: 0,
    });
    // Known in the third slot; all that comes after is refused.
    expect(secondOf(block!.atMs)).toBe(6);
    expect(block!.attackHits).toBe(3_000 - 60);
    const minutes = (block!.untilMs - block!.atMs) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(9);
    expect(minutes).toBeLessThanOrEqual(10);
    const isBlocked = (second: number) => recount.guard!.isBlocked(IP, START_MS + second * 1_000);
    expect([isBlocked(5), isBlocked(6), isBlocked(299)]).toEqual([false, true, true]);
    expect(recount.guard!.wasBlocked(IP)).toBe(true);
    expect(recount.guard!.wasBlocked('203.0.113.201')).toBe(false);
  });

  it('blocks again, for longer, who goes on when a block has ended', () => {
    const { blocks } = judgeStream(flood(0, 1_400));
    const lengths = blocks.map(({ atMs, untilMs }) => (untilMs - atMs) / 60_000);
    expect(blocks.map(({ strikes }) => strikes)).toEqual([1, 2]);
    expect(lengths[1]! / lengths[0]!).toBeGreaterThan(1.7);
    // Between them as long as it takes to know it again.
    expect((blocks[1]!.atMs - blocks[0]!.untilMs) / 1_000).toBeLessThanOrEqual(8);
  });

  it('ends a block on time, also without any traffic of its own', () => {
    const { recount, blocks } = judgeStream([...flood(0, 20), ...hlsPlayer({ to: 700 })]);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]!.attackHits).toBe(200 - 60);
    expect(recount.guard!.isBlocked(IP, START_MS + 699_000)).toBe(false);
  });

  it('says whom a block hits: the conforming viewers behind it', () => {
    // So many requests are worth two viewers, and they are none of 0.1 % of all.
    const people = Array.from({ length: 2 }, (_, n) =>
      hlsPlayer({ to: 60, ip: IP, agent: browser(n) }),
    ).flat();
    const others = Array.from({ length: 2_500 }, (_, n) =>
      hlsPlayer({ to: 18, ip: `198.18.${n >> 8}.${n & 255}`, agent: browser(n % 7) }),
    ).flat();
    const heavy = every({ from: 10, to: 40, step: 0.01 }, (second) => [
      { second, path: '/page/a', ip: IP },
    ]);
    const { blocks } = judgeStream([...people, ...others, ...heavy]);
    expect(blocks).toMatchObject([{ cidr: `${IP}/32`, verifiedViewers: 2 }]);
  });

  it('blocks nobody for whom too many viewers would be hit', () => {
    const people = Array.from({ length: 3 }, (_, n) =>
      hlsPlayer({ to: 60, ip: IP, agent: browser(n) }),
    ).flat();
    const heavy = every({ from: 20, to: 50, step: 0.02 }, (second) => [
      { second, path: '/page/a', ip: IP },
    ]);
    const { blocks, suspects } = judgeStream([...people, ...heavy]);
    expect(blocks).toEqual([]);
    expect(rulesOf(suspects)).toEqual({ [`${IP}/32`]: 'S1_flood' });
  });

  it.each([
    ['198.18.0.1', true],
    ['192.168.7.1', true],
    ['66.249.64.1', false],
  ])(
    'of %s suspects the flood; whether it is blocked is a matter of exemptions: %p',
    (ip, isBlocked) => {
      const { blocks, suspects } = judgeStream(flood(0, 30, { ip }));
      expect([blocks.length === 1, [...suspects.keys()]]).toEqual([isBlocked, [`${ip}/32`]]);
      // Private addresses only if settings say so.
      const strict = judgeStream(flood(0, 30, { ip }), { config: {} });
      expect(strict.blocks).toEqual([]);
    },
  );

  it('finds networks of hosters whose addresses ask once each', () => {
    const once = every({ from: 70, to: 100, step: 0.25 }, (second, n) => [
      { second, path: '/page/a', ip: `203.0.113.${n}`, agent: browser(n), asn: '16509' },
    ]);
    const homes = every({ from: 70, to: 100, step: 0.25 }, (second, n) => [
      { second, path: '/page/a', ip: `198.51.100.${n}`, agent: browser(n) },
    ]);
    // Whoever says that it is a tool is hosted as well.
    const tools = every({ from: 70, to: 100, step: 0.25 }, (second, n) => [
      { second, path: '/page/a', ip: `192.0.2.${n}`, agent: AGENTS['curl']!.text, asn: '16509' },
    ]);
    const all = [...hlsPlayer({ to: 110 }), ...once, ...homes, ...tools];
    const { suspects, blocks } = judgeStream(all);
    expect(rulesOf(suspects)).toEqual({
      '203.0.113.0/24': 'S11_network',
      '192.0.2.0/24': 'S11_network',
    });
    expect(blocks[0]!.attackHits).toBeGreaterThan(60);
  });

  it('judges lines of some seconds of disorder as if they were in order', () => {
    const inOrder = flood(0, 60);
    const disorder = [...inOrder].sort((a, b) => wave(a) - wave(b));
    expect(disorder).not.toEqual(inOrder);
    const { suspects, recount, blocks } = judgeAsGiven(disorder);
    expect([...suspects.keys()]).toEqual([`${IP}/32`]);
    expect(secondOf(blocks[0]!.atMs)).toBeLessThanOrEqual(14);
    expect(recount.guard!.late).toBe(0);
  });

  it('counts lines more than 10 s behind as late', () => {
    const at = (second: number): Request => ({ second, path: '/page/a' });
    const late = (second: number) => judgeAsGiven([at(30), at(second)]).recount.guard!.late;
    expect([late(20), late(18), late(0)]).toEqual([0, 1, 1]);
  });

  it('begins anew where time goes back for good, as in the next of two files', () => {
    const first = hlsPlayer({ to: 600 });
    const second = [...every({ to: 120, step: 0.1 }, (n) => [{ second: n, path: '/static/a.js' }])];
    const attack = flood(130, 160);
    const { suspects, blocks } = judgeAsGiven([...first, ...second, ...attack]);
    expect(suspects.get(`${IP}/32`)).toMatchObject({ rule: 'S1_flood' });
    expect(secondOf(blocks.find(({ cidr }) => cidr === `${IP}/32`)!.atMs)).toBe(136);
  });
});

/** By its time, up to 4 s later or earlier. */
const wave = ({ second }: Request) => second + 4 * Math.sin(second * 7);
