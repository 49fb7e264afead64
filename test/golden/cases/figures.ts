import { ARTICLE, LIVE, after, play, times } from '../golden-case';
import type { GoldenCase } from '../golden-case';

const read = (time: string, n = 1) => `${time} chrome 192.0.2.${n} GET /article/one 200`;

export const FIGURE_CASES: readonly GoldenCase[] = [
  {
    name: 'view2, view30, view60 and view120 need 1, 15, 30 and 60 slots',
    pins: ['V1_view', 'A1_watch_seconds'],
    lines: [
      // 2 x (n - 1) s and 2 x n s of one viewer each, behind a manifest.
      ...[14, 15, 29, 30, 59, 60].flatMap((slots) => [
        `20:00:00 chrome 192.0.2.${slots} GET /live/main.m3u8 200`,
        ...times(slots, (n) => `${after('20:00:00', 2 * n)} chrome 192.0.2.${slots} GET /live/${n}.ts 200 od=2000`),
      ]),
    ],
    expect: {
      contents: {
        live: { views: { view2: 6, view30: 5, view60: 3, view120: 1 }, watchSeconds: 414 },
      },
    },
  },
  {
    name: 'each view is credited to the minute of its own slot',
    pins: ['V1_view', 'T4_minute'],
    lines: play('20:00:30', { agent: 'chrome', ip: '192.0.2.1', segments: 20 }),
    // The 1st slot is 20:00:30, the 15th 20:00:58, the 30th 20:01:28, the 60th 20:02:28.
    expect: {
      minutes: {
        live: {
          '20:00': { view2: 1, view30: 1, view60: 0, watchSeconds: 30 },
          '20:01': { view2: 0, view30: 0, view60: 1, watchSeconds: 60 },
          '20:02': { view60: 0, view120: 1, watchSeconds: 30 },
        },
      },
    },
  },
  {
    name: 'seconds add up over a pause, in slot order',
    pins: ['V1_view', 'A1_watch_seconds'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 4 }),
      ...play('22:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 4 }),
    ],
    expect: {
      contents: { live: { viewers: 1, attempts: 2, starts: 2, views: { view2: 1, view30: 1 }, watchSeconds: 48 } },
      minutes: { live: { '20:00': { view30: 0 }, '22:00': { view30: 1, newViewers: 0 } } },
    },
  },
  {
    name: 'double clicks (COUNTER): 29 s are one view, 35 s two',
    pins: ['V2_page_view'],
    config: { contents: [ARTICLE] },
    lines: [read('10:01:00', 1), read('10:01:29', 1), read('10:01:00', 2), read('10:01:35', 2)],
    expect: { contents: { article: { views: { pageView30: 3 }, viewers: 2, starts: 2, attempts: 2 } } },
  },
  {
    name: 'double clicks: 30.000 s are one view, 30.001 s two',
    pins: ['V2_page_view'],
    config: { contents: [ARTICLE] },
    lines: [read('10:01:00.000', 1), read('10:01:30.000', 1), read('10:01:00.000', 2), read('10:01:30.001', 2)],
    expect: { contents: { article: { views: { pageView30: 3 } } } },
  },
  {
    name: 'double clicks: each follows the one before, and the first gets the credit',
    pins: ['V2_page_view', 'T4_minute'],
    config: { contents: [ARTICLE] },
    lines: [read('10:00:50'), read('10:01:15'), read('10:01:40'), read('10:02:30')],
    expect: {
      contents: { article: { views: { pageView30: 2 } } },
      minutes: { article: { '10:00': { pageView30: 1 }, '10:01': { pageView30: 0 }, '10:02': { pageView30: 1 } } },
    },
  },
  {
    name: 'double clicks count per viewer and content, whatever the page, and only deliveries',
    pins: ['V2_page_view', 'H4_delivered'],
    config: { contents: [ARTICLE, { ...ARTICLE, id: 'other', paths: ['/other/**'] }] },
    lines: [
      read('10:01:00'),
      '10:01:10 chrome 192.0.2.1 GET /article/two 200',
      '10:01:10 chrome 192.0.2.1 GET /other/one 200',
      // Neither delivers, so they join nothing.
      '10:01:35 chrome 192.0.2.1 GET /article/two 304',
      '10:01:35 chrome 192.0.2.1 GET /article/two 500',
      '10:02:00 chrome 192.0.2.1 GET /article/two 200',
    ],
    expect: { contents: { article: { views: { pageView30: 2 } }, other: { views: { pageView30: 1 } } } },
  },
  {
    name: 'the windows of IAB: by broadcast day it is 3 viewers',
    pins: ['A2_viewers', 'T3_broadcast_day', 'V2_page_view'],
    config: { contents: [ARTICLE], dayStartHour: 0 },
    lines: [
      read('2026-11-23T22:00:00Z'),
      read('2026-11-24T03:00:00Z'),
      read('2026-11-24T22:15:00Z'),
      read('2026-11-25T23:15:00Z'),
    ],
    expect: { contents: { article: { viewers: 3, views: { pageView30: 4 }, starts: 4 } } },
  },
  {
    name: 'average-minute audience is watch seconds over the window, two decimals',
    pins: ['A5_average_minute_audience', 'A1_watch_seconds'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 10 }),
      // A hit alone makes the window three minutes long.
      '20:02:59.999 chrome 192.0.2.1 GET /live/logo.png 200',
    ],
    expect: {
      contents: {
        live: { averageMinuteAudience: 0.33, watchSeconds: 60, from: '20:00:00', to: '20:03:00' },
      },
    },
  },
  {
    name: 'the window of a content reaches to its last credited minute',
    pins: ['A5_average_minute_audience', 'T4_minute'],
    lines: play('20:00:54', { agent: 'chrome', ip: '192.0.2.1', segments: 2, every: 4 }),
    // The last hit is of 20:00:58, the last slot of 20:01:02. 10 s over 120 s.
    expect: {
      contents: {
        live: { from: '20:00:00', to: '20:02:00', watchSeconds: 10, averageMinuteAudience: 0.08 },
      },
    },
  },
  {
    name: 'concurrency is viewers who have the slot; the peak is the average of 10 s',
    pins: ['A3_concurrency', 'A4_peak'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
      ...play('20:00:06', { agent: 'chrome', ip: '192.0.2.2', segments: 2 }),
    ],
    // By slot from 20:00:00: 1 1 1 2 2 2 1 1 1. From :02 and :04 five sum to 8.
    expect: {
      contents: {
        live: { peakConcurrency: 1.6, peakAt: '20:00:02', record: { peakConcurrency: { verified: 1.6, gross: 1.6 } } },
      },
      minutes: { live: { '20:00': { concurrencyMax: 2 } } },
    },
  },
  {
    name: 'the record of the peak shows the other groups at that window',
    pins: ['A4_peak'],
    lines: [
      ...times(3, (n) => play('20:00:00', { agent: 'chrome', ip: `192.0.2.${n + 1}`, segments: 5 })).flat(),
      ...times(4, (n) => play('20:00:00', { agent: 'curl', ip: `192.0.2.${n + 1}`, segments: 1 })).flat(),
      '20:00:06 firefox 192.0.2.1 GET /live/1.ts 200',
      // A crowd of tools later on is no peak.
      ...times(9, (n) => play('21:00:00', { agent: 'curl', ip: `192.0.2.${n + 101}`, segments: 5 })).flat(),
    ],
    // 20:00:00 to :10: three verified; four tools for 3 of 5 slots; one unresolved for 2 of 5.
    expect: {
      contents: {
        live: {
          peakConcurrency: 3,
          peakAt: '20:00:00',
          record: {
            peakConcurrency: { verified: 3, unresolved: 0.4, invalid: { tool: 2.4 }, gross: 5.8, upper: 3.4 },
          },
        },
      },
      minutes: { live: { '20:00': { concurrencyMax: 3 }, '21:00': { concurrencyMax: 0 } } },
    },
  },
  {
    name: 'dimensions: verified figures by country and device, all by class, hits by edge',
    pins: ['A6_dimensions', 'C2_country'],
    lines: [
      ...play('20:00:00', { agent: 'applecore', ip: '192.0.2.1', segments: 5, keys: 'cc=DE edge=FRA56-P1' }),
      ...play('20:00:00', { agent: 'roku', ip: '192.0.2.2', segments: 5, keys: 'cc=US edge=IAD12-P3' }),
      ...play('20:00:00', { agent: 'roku', ip: '192.0.2.3', segments: 1, keys: 'cc=US edge=IAD12-P3' }),
      ...play('20:00:00', { agent: 'curl', ip: '192.0.2.4', segments: 5, keys: 'cc=US edge=IAD12-P3' }),
    ],
    expect: {
      contents: {
        live: {
          by: {
            class: {
              player: { attempts: 3, starts: 3, viewers: 3, watchSeconds: 66, views: { view2: 3, view30: 2 } },
              tool: { attempts: 1, starts: 1, viewers: 1, watchSeconds: 30, views: { view30: 1 } },
            },
            country: { DE: { viewers: 1, watchSeconds: 30 }, US: { viewers: 1, watchSeconds: 30 } },
            device: { phone: { viewers: 1 }, tv: { viewers: 1, views: { view30: 1 } } },
            edge: { 'FRA56-P1': { hits: 6 }, 'IAD12-P3': { hits: 14 } },
          },
        },
      },
    },
  },
  {
    name: 'gross is the sum of the groups, in every figure',
    pins: ['A1_watch_seconds', 'G5_unresolved', 'G1_refused'],
    config: { contents: [LIVE] },
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 5 }),
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.2', segments: 1 }),
      ...play('20:00:00', { agent: 'mj12bot', ip: '192.0.2.3', segments: 5 }),
      '20:00:00 chrome 192.0.2.4 GET /live/main.m3u8 409',
    ],
    expect: {
      contents: {
        live: {
          record: {
            attempts: { gross: 4, refusedByUs: 1, invalid: { declared_bot: 1 }, unresolved: 1, verified: 1, lower: 1, upper: 2 },
            watchSeconds: { gross: 66, refusedByUs: 0, invalid: { declared_bot: 30 }, unresolved: 6, verified: 30 },
            viewers: { gross: 3, lower: 1, upper: 2 },
          },
        },
      },
    },
  },
];
