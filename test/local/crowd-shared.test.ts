import { judgeAgent } from '../../lambdas/core/edge/agent';
import { makeCrowd } from '../../local/crowd/crowd';
import type { CrowdOptions } from '../../local/crowd/crowd';
import { network6 } from '../../local/crowd/addresses';
import { reloadWaitMs } from '../../local/crowd/reload';
import { SHARED_AGENTS } from '../../local/crowd/shared-agents';
import { Chance } from '../../local/crowd/chance';
import { crowdOptions, fieldsOf, linesOf } from './crowd-lines';
import { sourceOfIp } from './attack-lines';

describe('the agents of an address that thousands share', () => {
  it('are some hundreds, all different, of the class that they say', () => {
    expect(new Set(SHARED_AGENTS.map(({ text }) => text)).size).toBe(SHARED_AGENTS.length);
    expect(SHARED_AGENTS.length).toBeGreaterThan(200);
    const odd = SHARED_AGENTS.filter((agent) => {
      const verdict = judgeAgent(agent.text);
      return verdict.class !== agent.class || verdict.device !== agent.device;
    });
    expect(odd).toEqual([]);
  });
});

describe('5,000 people behind one address', () => {
  const crowd = makeCrowd(crowdOptions({ seed: 5, viewers: 20, minutes: 1, cgnat: 5000 }));
  const source = crowd.cgnatSource()!;
  const lines = linesOf(crowd);
  const shared = lines.filter(({ client }) => client.network.source === source);
  const truth = crowd.truth();

  it('are counted', () => {
    expect(source).toMatch(/^100\./);
    // One or two come so late that the event is over.
    expect(crowd.people().get(source)).toBeGreaterThan(4990);
    expect(crowd.people().get(source)).toBeLessThanOrEqual(5000);
  });

  it('have some hundreds of agents, and some session ids', () => {
    const fields = shared.flatMap(({ line }) => {
      const read = fieldsOf(line);
      return read.ok ? [read.fields] : [];
    });
    expect(new Set(fields.map((one) => one['cs-user-agent'])).size).toBeGreaterThan(150);
    const ids = new Set(fields.map((one) => one['cmcd-session-id']));
    expect(ids.size).toBeGreaterThan(900);
    expect(ids.size).toBeLessThan(1500);
    expect(new Set(fields.map((one) => `${one['c-country']} ${one['asn']}`)).size).toBe(1);
  });

  it('are as many viewers as can be told apart', () => {
    const clients = new Set(
      lines.filter(({ client }) => client.isPerson).map(({ client }) => client),
    );
    const keys = new Set(
      [...clients].map(
        ({ network, sessionId, columns }) => `${network.text} ${columns.edgeAndAgent} ${sessionId}`,
      ),
    );
    expect(keys.size).toBe(clients.size);
    expect(truth.contents.live!.viewers).toBeLessThan(2500);
    expect(truth.contents.live!.viewers).toBeGreaterThan(900);
  });
});

it('lets a flash crowd come within its seconds of the start', () => {
  const crowd = makeCrowd(crowdOptions({ seed: 6, viewers: 300, flashSeconds: 20 }));
  const first = new Map<number, number>();
  for (const { line, client } of crowd.lines()) {
    const read = fieldsOf(line);
    if (!client.isPerson || !read.ok) continue;
    const atMs = Math.round(Number(read.fields['timestamp']) * 1000);
    first.set(client.id, Math.min(first.get(client.id) ?? Infinity, atMs));
  }
  const early = [...first.values()].filter((atMs) => atMs < crowd.kickOffAtMs - 1000);
  const late = [...first.values()].filter((atMs) => atMs > crowd.kickOffAtMs + 23_000);
  // Those who wait at the door are there before.
  expect(early.length).toBeLessThan(first.size * 0.08);
  expect(late.length).toBeLessThan(first.size * 0.02);
});

it('tells how many people are behind each source', () => {
  const crowd = makeCrowd(crowdOptions({ seed: 7, viewers: 100 }));
  expect(crowd.cgnatSource()).toBeUndefined();
  const seen = new Map<string, Set<number>>();
  for (const { line, client } of crowd.lines()) {
    const read = fieldsOf(line);
    if (read.ok) expect(sourceOfIp(read.fields['c-ip']!)).toBe(client.network.source);
    if (!client.isPerson) continue;
    const { source } = client.network;
    seen.set(source, (seen.get(source) ?? new Set()).add(client.id));
  }
  expect(new Map([...seen].map(([source, ids]) => [source, ids.size]))).toEqual(crowd.people());
});

describe('an outage with reloads', () => {
  const outage = { fromSecond: 60, seconds: 120, shape: '5xx' } as const;
  const during = (reloads: boolean) => {
    const crowd = makeCrowd(
      crowdOptions({ seed: 8, viewers: 300, outage: { ...outage, reloads } }),
    );
    const [from, to] = [crowd.startAtMs + 60_000, crowd.startAtMs + 180_000];
    const lines = linesOf(crowd).filter(({ atMs, client }) => client.isPerson && atMs >= from);
    const inside = lines.filter(({ atMs }) => atMs < to);
    const served = lines.filter(
      ({ atMs, line }) =>
        atMs >= to + 10_000 && /seg_.*\.(ts|m4s)/.test(line) && /\t20[06]\t/.test(line),
    );
    return {
      requests: inside.length,
      pages: inside.filter(({ line }) => /\/final\t/.test(line)).length,
      servedAfter: new Set(served.map(({ client }) => client.id)).size,
      perSecond: inside.length / 120 / new Set(inside.map(({ client }) => client.id)).size,
    };
  };
  const [storm, quiet] = [during(true), during(false)];

  it('brings page and player again and again, and the people back', () => {
    expect(storm.requests).toBeGreaterThan(quiet.requests * 2);
    expect(storm.pages).toBeGreaterThan(quiet.pages * 3);
    expect(storm.servedAfter).toBeGreaterThan(quiet.servedAfter * 1.5);
    expect(storm.perSecond).toBeGreaterThan(0.2);
    expect(storm.perSecond).toBeLessThan(3);
  });

  it('begins with short waits and backs off to 30 s, or to 8 s for the impatient', () => {
    const waits = (level: number, isImpatient: boolean) =>
      Array.from({ length: 200 }, (_, n) => reloadWaitMs(new Chance(n), level, isImpatient));
    expect(Math.min(...waits(0, false))).toBeGreaterThanOrEqual(750);
    expect(Math.max(...waits(0, false))).toBeLessThanOrEqual(2250);
    expect(Math.max(...waits(0, true))).toBeLessThanOrEqual(600);
    expect(Math.max(...waits(1000, false))).toBeLessThanOrEqual(45_000);
    expect(Math.min(...waits(1000, false))).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...waits(1000, true))).toBeLessThanOrEqual(12_000);
  });
});

it.each([
  [0, 0, '2001:db8::/64'],
  [0, 1, '2001:db8:0:1::/64'],
  [1, 0, '2001:db8:1::/64'],
  [0xabcd, 0xf, '2001:db8:abcd:f::/64'],
])('names the /64 with the groups %i and %i in canonical text', (third, fourth, source) => {
  expect(network6(third, fourth).source).toBe(source);
  expect(sourceOfIp(`${network6(third, fourth).text}1:2:3:4`)).toBe(source);
});

it.each<[string, Partial<CrowdOptions>]>([
  ['cgnat of a crowd: got -1, expected a whole number from 0 to 20000', { cgnat: -1 }],
  ['cgnat of a crowd: got 20001', { cgnat: 20_001 }],
  ['flashSeconds of a crowd: got 0, expected a number of seconds above 0', { flashSeconds: 0 }],
])('refuses %s', (message, options) => {
  expect(() => makeCrowd(crowdOptions({ seed: 1, ...options }))).toThrow(message);
});
