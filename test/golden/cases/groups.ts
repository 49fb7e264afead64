import { ARTICLE, LIVE, after, play, times } from '../golden-case';
import type { GoldenCase } from '../golden-case';

/** Page views of their own: more than 30 s apart, all before 06:00. */
const page = (n: number) => `${after('20:00:00', 40 * n)} chrome 192.0.2.1 GET /article/${n} 200`;

export const GROUP_CASES: readonly GoldenCase[] = [
  {
    name: 'a session that was refused throughout is refusedByUs, whatever its class',
    pins: ['G1_refused', 'S4_turned_away'],
    lines: [
      '20:00:00 chrome 192.0.2.1 GET /live/main.m3u8 409',
      '20:00:05 chrome 192.0.2.1 GET /live/main.m3u8 409',
      '20:00:00 curl 192.0.2.2 GET /live/main.m3u8 409',
      // Not throughout.
      '20:00:00 chrome 192.0.2.3 GET /live/main.m3u8 409',
      '20:00:05 chrome 192.0.2.3 GET /live/main.m3u8 200',
      '20:00:00 curl 192.0.2.4 GET /live/main.m3u8 409',
      '20:00:05 curl 192.0.2.4 GET /live/main.m3u8 200',
      // What is not relevant does not rescue.
      '20:00:00 chrome 192.0.2.5 GET /live/main.m3u8 409',
      '20:00:00 chrome 192.0.2.5 GET /live/logo.png 200',
    ],
    expect: {
      contents: {
        live: {
          turnedAway: { refusedByUs: 3 },
          record: {
            attempts: { gross: 5, refusedByUs: 3, unresolved: 1, invalid: { tool: 1 }, verified: 0 },
          },
        },
      },
    },
  },
  {
    name: 'of two sessions of one viewer the refused one is apart',
    pins: ['G1_refused', 'S1_silence'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
      '20:40:00 chrome 192.0.2.1 GET /live/main.m3u8 409',
    ],
    expect: {
      contents: {
        live: {
          attempts: 1,
          viewers: 1,
          turnedAway: { refusedByUs: 1 },
          record: { attempts: { gross: 2, refusedByUs: 1, verified: 1 } },
          by: { class: { browser: { attempts: 2 } }, device: { desktop: { attempts: 1 } } },
        },
      },
    },
  },
  {
    name: 'a tool that plays like a player is invalid all the same',
    pins: ['G2_invalid', 'A6_dimensions'],
    lines: play('20:00:00', { agent: 'curl', ip: '192.0.2.1', segments: 10 }),
    expect: {
      contents: {
        live: {
          attempts: 0,
          starts: 0,
          viewers: 0,
          watchSeconds: 0,
          peakConcurrency: 0,
          peakAt: null,
          averageMinuteAudience: 0,
          record: {
            viewers: { gross: 1, invalid: { tool: 1 }, lower: 0, upper: 0 },
            view60: { gross: 1, invalid: { tool: 1 } },
            watchSeconds: { gross: 60, invalid: { tool: 60 } },
          },
          by: { class: { tool: { viewers: 1, watchSeconds: 60, views: { view60: 1 } } } },
        },
      },
    },
  },
  {
    name: 'one and a half segments are verified, a slot less is not',
    pins: ['G3_player', 'G5_unresolved'],
    lines: [
      // 6 s are 3 slots, so 5 are needed. 6 s + 4 s, and 6 s + 2 s.
      '20:00:00 chrome 192.0.2.1 GET /live/main.m3u8 200',
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200',
      '20:00:06 chrome 192.0.2.1 GET /live/1.ts 200 od=4000',
      '20:00:00 chrome 192.0.2.2 GET /live/main.m3u8 200',
      '20:00:00 chrome 192.0.2.2 GET /live/0.ts 200',
      '20:00:06 chrome 192.0.2.2 GET /live/1.ts 200 od=2000',
    ],
    expect: {
      contents: {
        live: {
          viewers: 1,
          watchSeconds: 10,
          record: {
            viewers: { gross: 2, verified: 1, unresolved: 1, lower: 1, upper: 2 },
            watchSeconds: { unresolved: 8 },
          },
        },
      },
    },
  },
  {
    name: 'segments of 4 s need 3 slots, of 5 s 5, of 2 s 2, of 3 s 3',
    pins: ['G3_player'],
    config: {
      contents: [2, 3, 4, 5].map((seconds) => ({
        ...LIVE,
        id: `s${seconds}`,
        paths: [`/s${seconds}/**`],
        segmentSeconds: seconds,
      })),
    },
    // All play 20:00:00 to 20:00:04 (2 slots), :06 (3), :08 (4) and :10 (5).
    lines: [2, 3, 4, 5].flatMap((seconds) =>
      [2, 3, 4, 5].flatMap((slots) => [
        `20:00:00 chrome 192.0.2.${slots} GET /s${seconds}/main.m3u8 200`,
        ...times(slots, (n) => `${after('20:00:00', 2 * n)} chrome 192.0.2.${slots} GET /s${seconds}/${n}.ts 200 od=2000`),
      ]),
    ),
    expect: {
      contents: {
        s2: { viewers: 4 },
        s3: { viewers: 3 },
        s4: { viewers: 3 },
        s5: { viewers: 1 },
      },
    },
  },
  {
    name: 'one segment shows no player: the bounce',
    pins: ['G3_player', 'G5_unresolved'],
    lines: play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 1 }),
    expect: {
      contents: {
        live: {
          viewers: 0,
          starts: 0,
          attempts: 0,
          record: { viewers: { unresolved: 1, upper: 1 }, starts: { unresolved: 1 }, attempts: { unresolved: 1 } },
        },
      },
    },
  },
  {
    name: 'media without a manifest shows no player, however long',
    pins: ['G3_player', 'G5_unresolved'],
    lines: times(20, (n) => `${after('20:00:00', 6 * n)} chrome 192.0.2.1 GET /live/${n}.ts 200`),
    expect: {
      contents: { live: { viewers: 0, record: { view120: { unresolved: 1 }, watchSeconds: { unresolved: 120 } } } },
    },
  },
  {
    name: 'a manifest that failed was asked for; one asked for late verifies the whole day',
    pins: ['G3_player'],
    lines: [
      '20:00:00 chrome 192.0.2.1 GET /live/main.m3u8 503',
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200',
      '20:00:06 chrome 192.0.2.1 GET /live/1.ts 200',
      '20:00:00 chrome 192.0.2.2 GET /live/0.ts 200',
      '20:00:06 chrome 192.0.2.2 GET /live/1.ts 200',
      '22:00:00 chrome 192.0.2.2 GET /live/main.m3u8 200',
    ],
    expect: { contents: { live: { viewers: 2, starts: 2, attempts: 2, turnedAway: {} } } },
  },
  {
    name: '800 page views a day are a reader',
    pins: ['G4_reader'],
    config: { contents: [ARTICLE] },
    lines: times(800, page),
    // 40 s apart: no double click, and one session.
    expect: { contents: { article: { viewers: 1, starts: 1, attempts: 1, views: { pageView30: 800 } } } },
  },
  {
    name: '801 are not',
    pins: ['G4_reader', 'G5_unresolved'],
    config: { contents: [ARTICLE] },
    lines: times(801, page),
    expect: {
      contents: { article: { viewers: 0, record: { viewers: { unresolved: 1 }, pageView30: { unresolved: 801 } } } },
    },
  },
  {
    name: '800 page views logged twice are still 800',
    pins: ['G4_reader', 'P2_union'],
    config: { contents: [ARTICLE] },
    lines: [...times(800, page), ...times(800, page)],
    expect: { contents: { article: { viewers: 1, hits: { browser: 1600 } } } },
  },
];
