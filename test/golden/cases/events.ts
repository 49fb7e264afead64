import { ARTICLE, DATE, after, play, times } from '../golden-case';
import type { GoldenCase } from '../golden-case';

const eventOf = (start: string, end: string) => ({
  events: [{ id: 'final', content: 'live', start: `${DATE}T${start}:00Z`, end: `${DATE}T${end}:00Z` }],
});

/** `count` viewers from 20:00:00, each its own address, one playlist and a segment each 6 s. */
const crowd = (count: number, segments: number) =>
  times(count, (n) =>
    play('20:00:00', { agent: 'chrome', ip: `198.51.100.${n + 1}`, segments }),
  ).flat();

/** The first `count` of the crowd go on, or come back. */
const more = (from: string, count: number, segments: number) =>
  times(count, (n) =>
    times(segments, (at) => `${after(from, 6 * at)} chrome 198.51.100.${n + 1} GET /live/${from}-${at}.ts 200`),
  ).flat();

export const EVENT_CASES: readonly GoldenCase[] = [
  {
    name: '42 minutes late',
    pins: ['E1_start_delay'],
    config: eventOf('20:00', '22:30'),
    lines: [
      // Before the announced start; a tool; a bounce: none of them starts the event.
      ...play('19:30:00', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
      ...play('20:10:00', { agent: 'curl', ip: '192.0.2.2', segments: 10 }),
      ...play('20:20:00', { agent: 'chrome', ip: '192.0.2.3', segments: 1 }),
      ...play('20:42:00', { agent: 'chrome', ip: '192.0.2.4', segments: 10 }),
    ],
    expect: {
      events: {
        final: {
          content: 'live',
          firstStartAt: '20:42:00',
          startDelaySeconds: 2520,
          starts: 1,
          attempts: 1,
          watchSeconds: 60,
          views: { view60: 1 },
          viewers: { gross: 3, verified: 1, unresolved: 1, invalid: { tool: 1 } },
        },
      },
    },
  },
  {
    name: 'nobody started: no delay can be told',
    pins: ['E1_start_delay'],
    config: eventOf('20:00', '20:30'),
    lines: [
      '20:00:00 chrome 192.0.2.1 GET /live/main.m3u8 503',
      ...play('20:30:00', { agent: 'chrome', ip: '192.0.2.4', segments: 10 }),
    ],
    expect: {
      events: {
        final: {
          firstStartAt: null,
          startDelaySeconds: null,
          turnedAway: { '5xx': 1 },
          viewers: { gross: 0 },
          peakConcurrency: 0,
          peakAt: null,
        },
      },
    },
  },
  {
    name: 'a start in the very moment of the announced one has no delay',
    pins: ['E1_start_delay'],
    config: eventOf('20:00', '20:30'),
    lines: play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
    expect: { events: { final: { firstStartAt: '20:00:00', startDelaySeconds: 0 } } },
  },
  {
    name: 'from 20 viewers to 14, 70 %, is an interruption; it lasts as long as the data',
    pins: ['E2_interruption'],
    config: eventOf('20:00', '20:30'),
    lines: [...crowd(20, 10), ...more('20:01:00', 14, 10)],
    // The last hits are of 20:01:54, the slot of which ends at 20:01:56.
    expect: {
      events: {
        final: {
          interruptions: [
            { at: '20:01:00', seconds: 56, fromViewers: 20, toViewers: 14, depthPercent: 30, recovered: false },
          ],
        },
      },
    },
  },
  {
    name: 'from 20 to 15 is none',
    pins: ['E2_interruption'],
    config: eventOf('20:00', '20:02'),
    lines: [...crowd(20, 10), ...more('20:01:00', 15, 10)],
    expect: { events: { final: { interruptions: [] } } },
  },
  {
    name: 'from 19 viewers to none is none: at least 20 must have been there',
    pins: ['E2_interruption'],
    config: eventOf('20:00', '20:03'),
    lines: [...crowd(19, 10), ...more('20:02:00', 19, 10)],
    expect: { events: { final: { interruptions: [] } } },
  },
  {
    name: 'from 90 viewers to 63, 70 % in whole numbers, is an interruption',
    pins: ['E2_interruption'],
    config: eventOf('20:00', '20:02'),
    lines: [...crowd(90, 10), ...more('20:01:00', 63, 10)],
    expect: {
      events: {
        final: {
          interruptions: [{ at: '20:01:00', seconds: 56, fromViewers: 90, toViewers: 63, depthPercent: 30 }],
        },
      },
    },
  },
  {
    name: 'a stream that is gone for a minute and comes back',
    pins: ['E2_interruption', 'S4_turned_away'],
    config: eventOf('20:00', '20:03'),
    lines: [
      ...crowd(30, 10),
      ...times(30, (n) => `20:01:00 chrome 198.51.100.${n + 1} GET /live/10.ts 503`),
      // 20 are back at 20:02:00 (67 %: not yet), all at 20:02:06.
      ...more('20:02:00', 20, 10),
      ...times(10, (n) =>
        times(9, (at) => `${after('20:02:06', 6 * at)} chrome 198.51.100.${n + 21} GET /live/${at}.ts 200`),
      ).flat(),
    ],
    expect: {
      events: {
        final: {
          interruptions: [
            { at: '20:01:00', seconds: 66, fromViewers: 30, toViewers: 0, depthPercent: 100, recovered: true },
          ],
          turnedAway: {},
          viewers: { verified: 30 },
        },
      },
    },
  },
  {
    name: 'a stream that dies for good while people reload is an interruption: errors are data too',
    pins: ['E2_interruption', 'S4_turned_away'],
    config: eventOf('20:00', '20:30'),
    lines: [
      ...crowd(20, 10),
      ...times(20, (n) =>
        times(30, (at) => `${after('20:01:00', 10 * at)} chrome 198.51.100.${n + 1} GET /live/10.ts 503`),
      ).flat(),
    ],
    // The last hits are of 20:05:50.
    expect: {
      events: {
        final: {
          interruptions: [{ at: '20:01:00',
              seconds: 292, fromViewers: 20, toViewers: 0, depthPercent: 100, recovered: false }],
          turnedAway: {},
        },
      },
    },
  },
  {
    name: 'an interruption ends with the event',
    pins: ['E2_interruption'],
    config: eventOf('20:00', '20:02'),
    lines: [...crowd(20, 10), ...more('20:03:00', 20, 10)],
    expect: {
      events: {
        final: { interruptions: [{ at: '20:01:00', seconds: 60, toViewers: 0, recovered: false }] },
      },
    },
  },
  {
    name: 'what was before the event is no level to fall from',
    pins: ['E2_interruption'],
    config: eventOf('20:01', '20:02'),
    lines: [...crowd(30, 10), ...more('20:01:00', 20, 10)],
    expect: { events: { final: { interruptions: [], peakConcurrency: 20, peakAt: '20:01:00' } } },
  },
  {
    name: 'a slow decline is one only when it takes 30 % in 30 s: the level looks back 15 slots',
    pins: ['E2_interruption'],
    config: eventOf('20:00', '20:03'),
    // 40 viewers, of whom two leave at 20:01:00 and two more each 6 s.
    lines: times(40, (n) =>
      play('20:00:00', {
        agent: 'chrome',
        ip: `198.51.100.${n + 1}`,
        segments: 10 + Math.floor(n / 2),
      }),
    ).flat(),
    // 10 fewer in 30 s: 34 to 24 at 20:01:42 is 70.6 %, 32 to 22 at 20:01:48 is 68.75 %.
    expect: { events: { final: { interruptions: [{ at: '20:01:48', fromViewers: 32 }] } } },
  },
  {
    name: 'a viewer of an event across 06:00 counts once',
    pins: ['E3_event_viewers', 'T3_broadcast_day'],
    config: eventOf('05:50', '06:10'),
    lines: [
      ...play('05:59:00', { agent: 'chrome', ip: '192.0.2.1', segments: 20 }),
      '06:00:00 chrome 192.0.2.1 GET /live/main.m3u8 200',
      // Verified on the first day only, and on the second only.
      ...play('05:59:48', { agent: 'chrome', ip: '192.0.2.2', segments: 3 }),
      ...play('05:59:54', { agent: 'chrome', ip: '192.0.2.3', segments: 3 }),
      '06:00:00 chrome 192.0.2.3 GET /live/main.m3u8 200',
    ],
    expect: {
      contents: { live: { record: { viewers: { gross: 6, verified: 4, unresolved: 2 } } } },
      events: { final: { viewers: { gross: 3, verified: 3 }, watchSeconds: 144 } },
    },
  },
  {
    name: 'an event across midnight',
    pins: ['E3_event_viewers', 'A5_average_minute_audience'],
    config: {
      events: [{ id: 'night', content: 'live', start: `${DATE}T23:59:00Z`, end: '2026-11-25T00:01:00Z' }],
    },
    lines: [
      ...play('23:59:30', { agent: 'chrome', ip: '192.0.2.1', segments: 10 }),
      ...play('2026-11-25T00:02:00Z', { agent: 'chrome', ip: '192.0.2.2', segments: 10 }),
    ],
    expect: {
      events: {
        night: {
          viewers: { gross: 1, verified: 1 },
          attempts: 1,
          starts: 1,
          watchSeconds: 60,
          averageMinuteAudience: 0.5,
          views: { view60: 1 },
        },
      },
    },
  },
  {
    name: 'only presence inside the event makes a viewer of it',
    pins: ['E3_event_viewers'],
    config: eventOf('20:01', '20:02'),
    lines: [
      ...play('20:00:48', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
      ...play('20:00:50', { agent: 'chrome', ip: '192.0.2.2', segments: 2 }),
      ...play('20:02:00', { agent: 'chrome', ip: '192.0.2.3', segments: 2 }),
      ...play('20:01:58', { agent: 'chrome', ip: '192.0.2.4', segments: 2 }),
    ],
    // The first leaves at 20:01:00. The second and the last have one slot each inside.
    expect: { events: { final: { viewers: { verified: 2 }, watchSeconds: 4, starts: 1 } } },
  },
  {
    name: 'an event of a page has its readers',
    pins: ['E3_event_viewers', 'V2_page_view'],
    config: {
      contents: [ARTICLE],
      events: [{ id: 'news', content: 'article', start: `${DATE}T20:00:00Z`, end: `${DATE}T21:00:00Z` }],
    },
    lines: [
      '19:59:59 chrome 192.0.2.1 GET /article/one 200',
      '20:00:00 chrome 192.0.2.2 GET /article/one 200',
      '20:00:10 chrome 192.0.2.2 GET /article/one 200',
      '20:30:00 chrome 192.0.2.3 GET /article/one 404',
      '21:00:00 chrome 192.0.2.4 GET /article/one 200',
    ],
    expect: {
      events: { news: { viewers: { gross: 1, verified: 1 }, views: { pageView30: 1 }, turnedAway: { '4xx': 1 } } },
    },
  },
];
