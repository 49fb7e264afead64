import { checkAll } from '../../bin/commands/preflight';
import { known } from '../../lambdas/adapters/deployment-facts';
import {
  EDGE,
  GOOD,
  GOOD_SETTINGS,
  PACKETS,
  SOURCE,
  STREAM,
  TABLE,
  linesOf,
  resultOf,
  withFacts,
} from './preflight-scene';

/** Goal: every limit has two sides. Method: a deployment at which all is well, and one thing otherwise. */

describe('preflight', () => {
  it('has nothing to say of a deployment at which all is well', () => {
    const lines = checkAll(GOOD);
    expect(lines.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(lines.filter(({ repair }) => repair !== undefined)).toEqual([]);
    expect(lines.length).toBeGreaterThan(25);
  });

  it('fails what could not be read, and names the permission', () => {
    const denied = {
      ...{ isKnown: false as const, why: 'AccessDeniedException: not for you' },
      permission: 'x:Read',
    };
    const facts = Object.fromEntries(Object.keys(GOOD.facts).map((name) => [name, denied]));
    const lines = checkAll({ ...GOOD, guard: denied, facts: facts as never });
    const unread = lines.filter(({ got }) => got.startsWith('could not be read'));
    expect(new Set(unread.map(({ result }) => result))).toEqual(new Set(['fail']));
    for (const { got, repair } of unread) {
      expect([got, repair]).toEqual([
        'could not be read: AccessDeniedException: not for you',
        expect.stringContaining('allow x:Read'),
      ]);
    }
    // Only what turnout.json alone decides is known then.
    expect(lines.filter((line) => !unread.includes(line)).map(({ check }) => check)).toEqual([
      ...['lanes', 'waf_updates', 'event_windows', 'exempt_own', 'block_private', 'lists'],
    ]);
  });
});

const expecting = (viewers: number) => ({ expected: { ...GOOD.expected, viewers } });

describe('lanes', () => {
  // 16 lanes are for 4,000 lines/s; a viewer makes a third of a line a second, half with headroom.
  it.each([
    [7_999, 'pass'],
    [8_000, 'pass'],
    [8_001, 'fail'],
    [50_000_000, 'fail'],
  ])('%i viewers on 16 lanes: %s', (viewers, result) => {
    expect(resultOf('lanes', expecting(viewers))).toBe(result);
  });

  it('says how many lanes are needed, or that none suffice', () => {
    expect(linesOf('lanes', expecting(8_001))[0]!.repair).toContain('"lanes": 64');
    expect(linesOf('lanes', expecting(5_000_000))[0]!.repair).toContain('several deployments');
  });
});

describe('edge_shards', () => {
  const edge = (more: object) =>
    withFacts({
      edgeLines: known({ ...STREAM, name: 'lines', arn: EDGE, isOnDemand: true, ...more }),
    });

  // 7,400 viewers make 2,467 lines/s, 3,700 with headroom.
  it.each([
    [5, 'pass'],
    [4, 'pass'],
    [3, 'warn'],
    [2, 'fail'],
  ])('%i shards for 3,700 lines/s with headroom: %s', (openShards, result) => {
    expect(resultOf('edge_shards', { ...edge({ openShards }), ...expecting(7_400) })).toBe(result);
  });

  it('of a stream on demand that is warm count as many', () => {
    expect(
      resultOf('edge_shards', { ...edge({ openShards: 1, warmMiBps: 4 }), ...expecting(7_400) }),
    ).toBe('pass');
    const provisioned = edge({ openShards: 1, warmMiBps: 4, isOnDemand: false });
    expect(resultOf('edge_shards', { ...provisioned, ...expecting(7_400) })).toBe('fail');
  });

  it('that are still being made fail', () => {
    expect(resultOf('edge_shards', edge({ status: 'UPDATING' }))).toBe('fail');
  });

  it('are mended by calls that double at most', () => {
    const repair = (openShards: number) =>
      linesOf('edge_shards', {
        ...edge({ openShards, isOnDemand: false }),
        ...expecting(7_400),
      })[0]!.repair;
    expect(repair(2)).toMatch(/--target-shard-count 4$/);
    expect(repair(1)).toContain('--target-shard-count 2, doubled until it is 4 (2 calls;');
  });

  it('on demand that CloudFront alone spreads are a warning', () => {
    expect(resultOf('edge_spread', edge({ isSpread: false }))).toBe('warn');
    expect(resultOf('edge_spread', edge({ isSpread: false, isOnDemand: false }))).toBe('pass');
  });
});

describe('packet_shards', () => {
  // 4 edge shards each second, 16 lanes: 64 packets/s; on 64 lanes 150 shards send 9,600.
  const many = { settings: { ...GOOD_SETTINGS, lanes: 64 as const }, ...expecting(200_000) };
  const packets = (openShards: number) =>
    withFacts({
      viewerPackets: known({
        ...STREAM,
        name: 'packets',
        arn: PACKETS,
        isOnDemand: false,
        openShards,
      }),
    });

  it.each([
    [20, 'pass'],
    [19, 'pass'],
    [13, 'pass'],
    [12, 'warn'],
    [7, 'warn'],
    [6, 'fail'],
  ])('%i shards for 6,400 packets/s: %s', (openShards, result) => {
    expect(resultOf('packet_shards', { ...many, ...packets(openShards) })).toBe(result);
  });
});

describe('quotas', () => {
  const room = (limit: number, open: number) =>
    withFacts({ kinesisShards: known({ limit, open }) });

  it.each([
    [11, 8, 'fail'],
    [14, 8, 'fail'],
    [15, 8, 'pass'],
  ])('shards: %i of which %i are open, for 7 more: %s', (limit, open, result) => {
    // 11,000 lines/s with headroom take 11 shards, and there are 4; of packets none are lacking.
    expect(resultOf('shard_quota', { ...room(limit, open), ...expecting(22_000) })).toBe(result);
  });

  // One for each of 4 + 4 shards, and 4 more: 12, and 18 with what others need.
  it.each([
    [11, 'fail'],
    [12, 'warn'],
    [17, 'warn'],
    [18, 'pass'],
  ])('concurrency: %i unreserved: %s', (unreserved, result) => {
    const facts = withFacts({ concurrency: known({ limit: 1_000, unreserved }) });
    expect(resultOf('lambda_concurrency', facts)).toBe(result);
  });

  // 3,000 viewers change State by 67 units/s, 101 with headroom.
  it.each([
    [60, 'fail'],
    [66, 'fail'],
    [70, 'warn'],
    [98, 'warn'],
    [101, 'pass'],
  ])('State that takes %i write units/s at once: %s', (warmWrites, result) => {
    const facts = withFacts({ state: known({ ...TABLE, name: 'state', warmWrites }) });
    expect(resultOf('state_writes', facts)).toBe(result);
  });

  it('a table of which AWS does not say is taken for a new one', () => {
    const silent = known({ ...TABLE, name: 'state', warmWrites: 0 });
    expect(linesOf('state_writes', withFacts({ state: silent }))[0]!.got).toContain('4,000');
    const provisioned = known({ ...TABLE, name: 'state', isOnDemand: false });
    expect(resultOf('state_writes', withFacts({ state: provisioned }))).toBe('fail');
    const making = known({ ...TABLE, name: 'views', status: 'CREATING' });
    expect(resultOf('views_writes', withFacts({ views: making }))).toBe('fail');
  });

  it.each([
    [98, 'fail'],
    [101, 'pass'],
  ])('a table may have %i write units/s: %s', (most, result) => {
    expect(resultOf('table_quota', withFacts({ tableWritesMax: known(most) }))).toBe(result);
  });
});

describe('event sources', () => {
  const intake = { ...SOURCE, batchSize: 5_000, windowSeconds: 1 };
  const sources = (...all: (typeof intake)[]) => withFacts({ intakeSource: known(all) });

  it.each([
    ['as deployed', [intake], 'pass'],
    ['none', [], 'fail'],
    ['two', [intake, intake], 'fail'],
    ['switched off', [{ ...intake, state: 'Disabled' }], 'fail'],
    ['with two batches of a shard at once', [{ ...intake, parallelizationFactor: 2 }], 'fail'],
    ['that gives up', [{ ...intake, retryAttempts: 3 }], 'fail'],
    ['that has a problem', [{ ...intake, lastResult: 'PROBLEM: Function call failed' }], 'warn'],
  ])('of intake, %s', (_, all, result) => {
    expect(resultOf('intake_source', sources(...all))).toBe(result);
  });

  it('of tally and enforce have numbers of their own', () => {
    const others = { tallySource: known([intake]), enforceSource: known([intake]) };
    expect(resultOf('tally_source', withFacts(others))).toBe('fail');
    expect(resultOf('enforce_source', withFacts(others))).toBe('fail');
  });
});
