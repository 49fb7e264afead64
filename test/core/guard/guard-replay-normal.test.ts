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
 * Goal: what people and players do is no attack. Method: each of it as a small stream of lines; beside each a
 * flood, so that nobody is spared only because the guard sleeps.
 */
const FLOOD: readonly Request[] = every({ from: 20, to: 40, step: 0.1 }, (second) => [
  { second, path: '/page/a', ip: '203.0.113.200' },
]);

function suspectsBeside(requests: readonly Request[], config?: object): Record<string, string> {
  return rulesOf(
    judgeStream([...requests, ...FLOOD], config === undefined ? {} : { config }).suspects,
  );
}

const ONLY_THE_FLOOD = { '203.0.113.200/32': 'S1_flood' };

/** 24 players of each of ten browsers, behind one address. */
const crowdBehind = (ip: string, to: number, from = 0): Request[] =>
  Array.from({ length: 240 }, (_, n) =>
    hlsPlayer({ from: from + (n % 60) / 10, to, ip, agent: browser(n % 10) }),
  ).flat();

const page = (
  second: number,
  assets: number,
  own: Partial<Request> = {},
  name = 'a',
): Request[] => [
  { second, path: `/page/${name}`, ...own },
  ...every({ to: assets, step: 1 }, (n) => [
    { second: second + 0.2 + n / 60, path: `/static/${name}/${n}.js`, ...own },
  ]),
];

/** People who come at kick-off: the page with its assets, and the stream. */
const arrival = (second: number, own: Partial<Request>): Request[] => [
  ...page(second, 20, own),
  ...hlsPlayer({ from: second + 1, to: 40, ...own }),
];

const paused = (playlists: readonly string[], step: number, query?: (n: number) => string) => [
  ...hlsPlayer({ to: 30 }),
  ...every({ from: 30, to: 330, step }, (second, n) =>
    playlists.map((path) => ({
      ...{ second, path },
      ...(query !== undefined && { query: query(n) }),
    })),
  ),
];

const lowLatency = (to: number): Request[] => [
  { second: 0, path: '/live/main.m3u8' },
  ...every({ from: 0.2, to, step: 1 / 3 }, (second, n) => {
    const query = `_HLS_msn=${Math.floor(n / 12)}&_HLS_part=${n % 12}`;
    return ['v720', 'audio'].flatMap((track) => [
      { second, path: `/live/${track}.m3u8`, query },
      { second: second + 0.1, path: `/live/${track}/part${n}.m4s` },
    ]);
  }),
];

const dash = (own: Partial<Request>, from: number, to: number, hasManifest = true): Request[] => [
  ...(hasManifest ? [{ second: from, path: '/live/a.mpd', ...own }] : []),
  { second: from + 0.1, path: '/live/v720/init.mp4', ...own },
  { second: from + 0.1, path: '/live/audio/init.mp4', ...own },
  ...every({ from: from + 0.2, to, step: 6 }, (second, n) => [
    { second, path: `/live/v720/${n}.m4s`, ...own },
    { second, path: `/live/audio/${n}.m4s`, ...own },
  ]),
];

describe('nobody is suspected', () => {
  it.each<[string, () => readonly Request[]]>([
    ['HLS of 6 s, with audio apart', () => hlsPlayer({ to: 180 })],
    ['HLS of 2 s that is not configured', () => hlsPlayer({ to: 180, length: 2 })],
    [
      'a player that tries again after our errors, and then plays',
      () => [
        ...every({ to: 60, step: 1.5 }, (second) => [
          { second, path: '/live/main.m3u8', status: '503' },
        ]),
        ...hlsPlayer({ from: 60, to: 180 }),
      ],
    ],
    ['240 players of ten agents behind one address', () => crowdBehind('198.18.0.9', 60)],
    ['as many behind an address of a carrier', () => crowdBehind('100.64.3.4', 60)],
    [
      'kick-off: 200 homes within 5 s, each with a page and its assets',
      () =>
        every({ to: 200, step: 1 }, (n) =>
          arrival(n / 40, { ip: `198.18.${n >> 8}.${n & 255}`, agent: browser(n) }),
        ),
    ],
    [
      'kick-off: 60 people of 20 agents behind one address within 5 s',
      () => every({ to: 60, step: 1 }, (n) => arrival(n / 12, { agent: browser(n % 20) })),
    ],
    [
      'seeks: ten in half a minute',
      () => [
        ...hlsPlayer({ to: 90 }),
        ...every({ from: 20, to: 50, step: 3 }, (second, n) => [
          { second, path: '/live/v720.m3u8' },
          ...[0, 1, 2].map((k) => ({
            second: second + 0.1,
            path: `/live/v720/${900 * n + k}.m4s`,
          })),
        ]),
      ],
    ],
    ['DASH, whose manifest is asked for once', () => dash({}, 0, 300)],
    [
      'DASH on the way: another address, and no manifest again',
      () => [...dash({}, 0, 60), ...dash({ ip: '198.18.0.2' }, 60, 200, false)],
    ],
    [
      'a player on pause that goes on polling its playlists',
      () => paused(['/live/v720.m3u8', '/live/audio.m3u8'], 6),
    ],
    [
      'segments that answer 404 for a minute',
      () => [
        ...hlsPlayer({ to: 30 }),
        ...every({ from: 30, to: 90, step: 3 }, (second, n) => [
          { second, path: '/live/v720.m3u8' },
          ...[0, 1].map((k) => ({
            ...{ second: second + k, path: `/live/v720/${20 + n}.m4s`, status: '404' },
          })),
        ]),
      ],
    ],
    [
      'who comes while segments answer 404',
      () => [
        { second: 0, path: '/live/main.m3u8' },
        ...every({ to: 60, step: 3 }, (second, n) => [
          { second, path: '/live/v720.m3u8' },
          ...[0, 1].map((k) => ({
            ...{ second: second + k, path: `/live/v720/${n}.m4s`, status: '404' },
          })),
        ]),
      ],
    ],
    [
      'a page with 60 assets, and one more with some',
      () => [...page(0, 60), ...page(6, 15, {}, 'b')],
    ],
    [
      'beacons by POST every 5 s, while it plays and on pause',
      () => [
        ...hlsPlayer({ to: 60 }),
        ...every({ to: 300, step: 5 }, (second) => [
          { second, path: '/beacon', method: 'POST' },
          { second, path: '/sessions/77/beat', method: 'POST', status: '204' },
        ]),
      ],
    ],
    [
      'signed paths of one viewer, whose token changes each minute',
      () =>
        hlsPlayer({ to: 180 }).map((it) => ({
          ...it,
          query: `token=${Math.floor(it.second / 60)}`,
        })),
    ],
    [
      'a reader of many pages',
      () => every({ to: 120, step: 8 }, (second, n) => page(second, n === 0 ? 40 : 5, {}, `p${n}`)),
    ],
  ])('of %s', (_, make) => {
    expect(suspectsBeside(make())).toEqual(ONLY_THE_FLOOD);
  });

  it.each<[string, () => readonly Request[]]>([
    ['parts of a third of a second', () => lowLatency(60)],
    [
      'a pause, its playlist asked for three times a second',
      () =>
        paused(['/live/v720.m3u8'], 1 / 3, (n) => `_HLS_msn=${n}`).map((it) =>
          it.path.endsWith('m4s')
            ? { ...it, path: it.path.replace(/(\d+)\.m4s/, 'part$1.m4s') }
            : it,
        ),
    ],
  ])('of LL-HLS: %s', (_, make) => {
    expect(suspectsBeside(make(), LOW_LATENCY)).toEqual(ONLY_THE_FLOOD);
  });

  it('over the change of broadcast days', () => {
    // Days begin at 6 o'clock, so at second 60 all viewers are new ones. Then one alone asks.
    const startMs = Date.parse('2026-11-25T05:59:00Z');
    const ip = '198.18.0.9';
    const most = Array.from({ length: 240 }, (_, n) =>
      hlsPlayer({ from: 4 + n / 240, to: 100, ip, agent: browser(n % 10) }),
    ).flat();
    const alone = hlsPlayer({ from: 0, to: 100, ip, agent: browser(0) });
    const { suspects } = judgeStream([...most, ...alone, ...FLOOD], { startMs });
    expect(rulesOf(suspects)).toEqual(ONLY_THE_FLOOD);
  });
});

describe('our own failure', () => {
  /** Reloads: 90 requests in a minute by one person. */
  const reloads = (manifest: string, media: string): Request[] =>
    every({ to: 120, step: 2 }, (second, n) => [
      { second, path: '/live/main.m3u8', status: manifest },
      { second: second + 1, path: '/live/v720.m3u8', status: manifest },
      ...(media === ''
        ? []
        : [{ second: second + 1.2, path: `/live/v720/${n}.m4s`, status: media }]),
    ]);

  it.each([
    ['answers 503', '503', ''],
    ['answers 504', '504', ''],
    ['lets people hang up', '000', ''],
    ['lets media time out', '200', '504'],
    ['lets media hang', '200', '000'],
    ['has no media', '200', '404'],
  ])('that %s makes nobody a suspect', (_, manifest, media) => {
    expect(suspectsBeside(reloads(manifest, media))).toEqual(ONLY_THE_FLOOD);
  });

  it('is what saves them: who asks as often and is served, while others watch, is suspected', () => {
    const others = hlsPlayer({ to: 120, ip: '198.18.0.9' });
    expect(suspectsBeside([...reloads('200', ''), ...others])).toEqual({
      ...ONLY_THE_FLOOD,
      '198.18.0.1/32': 'S2_manifest',
    });
    const instead = reloads('200', '200').map((it) => ({
      ...it,
      path: it.path.endsWith('m4s') ? '/live/v720.m3u8' : it.path,
    }));
    expect(suspectsBeside([...instead, ...others])).toHaveProperty(['198.18.0.1/32']);
  });
});

describe('refused hits', () => {
  const refused = (perSecond: number, to: number): Request[] =>
    every({ to, step: 1 / perSecond }, (second) => [
      { second, path: '/live/main.m3u8', status: '409' },
    ]);

  it('make nobody a suspect, however many', () => {
    expect(suspectsBeside(refused(100, 30))).toEqual(ONLY_THE_FLOOD);
  });

  it('of a probe make nobody a suspect', () => {
    const probes = every({ to: 30, step: 1 }, (second) => [
      { second, path: '/.env', status: '409' },
    ]);
    expect(suspectsBeside(probes)).toEqual(ONLY_THE_FLOOD);
    const served = probes.map((it) => ({ ...it, status: '404' }));
    expect(suspectsBeside(served)).toHaveProperty(['198.18.0.1/32'], 'S6_probe');
  });
});
