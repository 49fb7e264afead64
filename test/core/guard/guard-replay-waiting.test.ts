import {
  LOW_LATENCY,
  type Request,
  browser,
  every,
  hlsPlayer,
  judgeStream,
  rulesOf,
} from '../../support/guard-streams';

/**
 * Goal: who waits for a stream is no attacker. Method: nights on which a stream begins late or stands still, as small
 * streams of lines; beside each a flood, and the same requests on a night on which others watch.
 */
const FLOOD = '203.0.113.200/32';
const flood = (from: number): Request[] =>
  every({ from, to: from + 20, step: 0.1 }, (second) => [
    { second, path: '/page/a', ip: '203.0.113.200' },
  ]);

const suspectsOf = (requests: readonly Request[], config?: object): Record<string, string> =>
  rulesOf(judgeStream(requests, config === undefined ? {} : { config }).suspects);

interface Waiting extends Pick<Request, 'ip' | 'agent' | 'status'> {
  readonly from?: number;
  readonly to: number;
  /** half the target duration, seconds */
  readonly step?: number;
}

/** A player that has its main playlist, and asks for two others that do not change. */
const waits = ({ from = 0, to, step = 3, ...own }: Waiting): Request[] => [
  { second: from, path: '/live/main.m3u8', ...own },
  ...every({ from: from + 0.1, to, step }, (second) => [
    { second, path: '/live/v720.m3u8', ...own },
    { second: second + 0.1, path: '/live/audio.m3u8', ...own },
  ]),
];

const CROWD = { ip: '100.64.3.4', people: 300, agents: 60 };
const crowd = (make: (own: { agent: string; ip: string; from: number }) => Request[]): Request[] =>
  Array.from({ length: CROWD.people }, (_, n) =>
    make({ agent: browser(n % CROWD.agents), ip: CROWD.ip, from: (n % 30) / 10 }),
  ).flat();

/** People who watch something else. */
const others = (to: number, people = 1): Request[] =>
  Array.from({ length: people }, (_, n) =>
    hlsPlayer({ from: n / people, to, ip: `198.18.9.${n}` }),
  ).flat();

describe('a stream that begins 42 minutes late', () => {
  const START = 2_520;

  it.each([
    ['answers 404', '404'],
    ['answers 403, as a bucket does', '403'],
    ['answers playlists that stand still', '200'],
  ])('and %s makes nobody a suspect who waits alone, whether others watch or not', (_, status) => {
    const lone = [
      ...waits({ to: START, status }),
      ...hlsPlayer({ from: START, to: START + 120 }),
      ...flood(START - 60),
    ];
    expect(suspectsOf(lone)).toEqual({ [FLOOD]: 'S1_flood' });
    expect(suspectsOf([...lone, ...others(START + 120)])).toEqual({ [FLOOD]: 'S1_flood' });
  });

  it.each([
    ['2 s', undefined, 1],
    ['parts of a third of a second', LOW_LATENCY, 1 / 6],
  ])('spares who waits for segments of %s', (_, config, step) => {
    const length = config === undefined ? 2 : 4;
    const own = config ?? {
      guard: { blockPrivate: true },
      contents: [{ id: 'live', kind: 'stream', paths: ['/live/**'], segmentSeconds: 2 }],
    };
    const lone = [...waits({ to: 330, step }), ...hlsPlayer({ from: 330, to: 360, length })];
    const all = [...lone, ...others(360), ...flood(120)];
    expect(suspectsOf(all, own)).toEqual({ [FLOOD]: 'S1_flood' });
  });
});

describe('300 people behind one address', () => {
  /** They wait two minutes; the first have media some seconds before the others. */
  const late = (status: string) =>
    crowd((own) => [
      ...waits({ ...own, to: 120 + own.from * 3, status }),
      ...hlsPlayer({ ...own, from: 120 + own.from * 3, to: 240 }),
    ]);

  it.each(['200', '404'])('who wait while it answers %s are no flood', (status) => {
    expect(suspectsOf([...late(status), ...flood(60)])).toEqual({ [FLOOD]: 'S1_flood' });
  });

  it('are no flood when an encoder stalls after a minute, and goes on later', () => {
    const stalled = crowd((own) => [
      ...hlsPlayer({ ...own, to: 60 }),
      ...waits({ ...own, from: 60 + own.from, to: 240 + own.from * 3 }),
      ...hlsPlayer({ ...own, from: 240 + own.from * 3, to: 330 }),
    ]);
    expect(suspectsOf([...stalled, ...flood(200)])).toEqual({ [FLOOD]: 'S1_flood' });
  });

  it('are one where others have media: their polls are no failure of ours then', () => {
    const polls = crowd((own) => waits({ ...own, from: 65 + own.from, to: 150 }));
    const suspected = (people: number) => suspectsOf([...polls, ...others(150, people)]);
    expect(suspected(100)).toEqual({ [`${CROWD.ip}/32`]: 'S1_flood' });
    // A few who watch what lies behind the live edge do not make it one.
    expect(suspected(2)).toEqual({});
  });

  it('do not hide who hammers a playlist while they wait', () => {
    const hammer = every({ from: 60, to: 90, step: 0.1 }, (second) => [
      { second, path: '/live/v720.m3u8', ip: '203.0.113.9' },
    ]);
    expect(suspectsOf([...late('200'), ...hammer])).toEqual({ '203.0.113.9/32': 'S1_flood' });
  });
});

describe('a page of ours', () => {
  const reloads = (path: (n: number) => string, step = 5) =>
    every({ to: 900, step }, (second, n) => [
      { second, path: path(n) },
      ...Array.from({ length: 12 }, (_, k) => ({
        second: second + 0.2 + k / 50,
        path: `/static/${k}.js`,
      })),
    ]);

  it('that reloads every 5 s with what belongs to it is no scraper', () => {
    const all = [...reloads(() => '/page/a'), ...others(900), ...flood(800)];
    expect(suspectsOf(all)).toEqual({ [FLOOD]: 'S1_flood' });
  });

  it('that is another one each time is one', () => {
    const all = [...reloads((n) => `/page/${n}`), ...others(900)];
    expect(suspectsOf(all)).toEqual({ '198.18.0.1/32': 'S10_slow_scraper' });
  });

  const polls = (step: number, to: number) =>
    every({ to, step }, (second, n) => [{ second, path: '/page/score', query: `t=${n}` }]);

  it.each([
    ['every 2 s is polled', 2, 900, {}],
    ['20 times a second is not', 0.05, 60, { '198.18.0.1/32': 'S3_cache_busting' }],
  ])('that with another query %s', (_, step, to, expected) => {
    const all = [...polls(step, to), ...others(to), ...flood(30)];
    expect(suspectsOf(all)).toEqual({ ...expected, [FLOOD]: 'S1_flood' });
  });
});

describe('DASH over the change of broadcast days', () => {
  // Days begin at 6 o'clock, ten minutes after the first line.
  const startMs = Date.parse('2026-11-25T05:50:00Z');
  const dash = (own: Partial<Request>, from: number, to: number, hasManifest: boolean) => [
    ...(hasManifest ? [{ second: from, path: '/live/a.mpd', ...own }] : []),
    ...every({ from: from + 0.2, to, step: 6 }, (second, n) => [
      { second, path: `/live/v720/${n}.m4s`, ...own },
      { second, path: `/live/audio/${n}.m4s`, ...own },
    ]),
  ];
  const home = (ip: string, from: number, to: number, hasManifest = true, people = 12) =>
    Array.from({ length: people }, (_, n) =>
      dash({ ip, agent: browser(n) }, from + n / 3, to, hasManifest),
    ).flat();
  const [watching, other, fresh] = ['198.18.0.1', '198.18.0.2', '198.18.0.3'];

  it('conforms for two hours after it, and G stands for who goes on watching', () => {
    const attack = every({ from: 7_000, to: 7_060, step: 0.01 }, (second) => [
      { second, path: '/page/a', ip: watching },
    ]);
    // As many as these would be copiers if they did not conform.
    const many = home(other, 0, 7_800);
    const few = home(watching, 0, 7_800, true, 2);
    const { suspects } = judgeStream([...many, ...few, ...attack], { startMs });
    const [suspect, ...more] = [...suspects.values()];
    expect(more).toEqual([]);
    // Two hours behind the only manifest that they asked for.
    expect(suspect).toMatchObject({ cidr: `${watching}/32`, rule: 'S1_flood', verifiedViewers: 2 });
  });

  it('does not conform if it begins more than a minute after the change, without a manifest', () => {
    const late = home(fresh, 600 + 61, 1_800, false);
    const { suspects } = judgeStream([...late, ...home(watching, 0, 1_800)], { startMs });
    expect(rulesOf(suspects)).toEqual({ [`${fresh}/32`]: 'S7_non_player' });
  });
});
