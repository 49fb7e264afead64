import { DATE, after, play, times } from '../golden-case';
import type { GoldenCase } from '../golden-case';

const VIEWER = { agent: 'chrome', ip: '192.0.2.10' };

export const TIME_CASES: readonly GoldenCase[] = [
  {
    name: 'a line belongs to the millisecond that the edge logged',
    pins: ['T1_line_time'],
    lines: [
      '20:00:59.998 chrome 192.0.2.10 GET /live/main.m3u8 200',
      '20:00:59.999 chrome 192.0.2.10 GET /live/0.ts 200',
      '20:01:05.999 chrome 192.0.2.10 GET /live/1.ts 200',
    ],
    // 59.999 s is nearer to the slot of 20:01:00 than to that of 20:00:58.
    expect: {
      contents: { live: { attempts: 1, starts: 1, watchSeconds: 12 } },
      minutes: {
        live: {
          '20:00': { hits: 2, attempts: 1, starts: 1, newViewers: 0, watchSeconds: 0 },
          '20:01': { hits: 1, attempts: 0, starts: 0, newViewers: 1, watchSeconds: 12 },
        },
      },
    },
  },
  {
    name: 'half a slot is rounded up: 58.999 s is still the old minute, 59.000 s the new one',
    pins: ['T2_slot'],
    lines: [
      '20:00:58.999 chrome 192.0.2.10 GET /live/main.m3u8 200',
      '20:00:58.999 chrome 192.0.2.10 GET /live/0.ts 200',
      '20:01:04.999 chrome 192.0.2.10 GET /live/1.ts 200',
      '20:00:59.000 chrome 192.0.2.11 GET /live/main.m3u8 200',
      '20:00:59.000 chrome 192.0.2.11 GET /live/0.ts 200',
      '20:01:05.000 chrome 192.0.2.11 GET /live/1.ts 200',
    ],
    // The first: slots :58 | :00 :02 :04 :06 :08. The second: :00 to :10.
    expect: {
      contents: { live: { watchSeconds: 24, viewers: 2 } },
      minutes: {
        live: {
          '20:00': { watchSeconds: 2, newViewers: 1 },
          '20:01': { watchSeconds: 22, newViewers: 1 },
        },
      },
    },
  },
  {
    name: 'a viewer who watches across 06:00 begins anew: two starts, and no view30 from 18 s + 18 s',
    pins: ['T3_broadcast_day', 'A2_viewers', 'V1_view'],
    lines: [
      ...play('05:59:42', { ...VIEWER, segments: 6 }),
      '06:00:00 chrome 192.0.2.10 GET /live/main.m3u8 200',
    ],
    expect: {
      contents: {
        live: { attempts: 2, starts: 2, viewers: 2, watchSeconds: 36, views: { view2: 2, view30: 0 } },
      },
      minutes: { live: { '05:59': { starts: 1 }, '06:00': { starts: 1, attempts: 1 } } },
    },
  },
  {
    name: 'who asks for no playlist after 06:00 is unresolved on the new day',
    pins: ['T3_broadcast_day', 'G3_player'],
    lines: play('05:59:42', { ...VIEWER, segments: 6 }),
    expect: {
      contents: {
        live: {
          attempts: 1,
          starts: 1,
          viewers: 1,
          record: { viewers: { gross: 2, verified: 1, unresolved: 1 }, starts: { gross: 2 } },
        },
      },
    },
  },
  {
    name: 'midnight of UTC cuts nothing',
    pins: ['T3_broadcast_day', 'V1_view'],
    lines: play('23:59:30', { ...VIEWER, segments: 10 }),
    // The 60th second is in the slot 58 s later, 00:00:28.
    expect: {
      contents: {
        live: { attempts: 1, starts: 1, viewers: 1, watchSeconds: 60, views: { view60: 1 } },
      },
    },
  },
  {
    name: 'the day begins at 06:00 of New York, 11:00 UTC in November',
    pins: ['T3_broadcast_day'],
    config: { timeZone: 'America/New_York' },
    lines: [
      ...play('05:59:42', { ...VIEWER, segments: 6 }),
      ...play('10:59:42', { agent: 'chrome', ip: '192.0.2.11', segments: 6 }),
    ],
    expect: {
      contents: {
        live: {
          attempts: 2,
          starts: 2,
          views: { view2: 2, view30: 1 },
          record: { viewers: { gross: 3, verified: 2, unresolved: 1 }, starts: { gross: 3 } },
        },
      },
    },
  },
  {
    name: 'the day begins at 06:00 of Kolkata, 00:30 UTC',
    pins: ['T3_broadcast_day'],
    config: { timeZone: 'Asia/Kolkata' },
    lines: play('00:29:42', { ...VIEWER, segments: 6 }),
    expect: { contents: { live: { starts: 1, record: { viewers: { gross: 2 } } } } },
  },
  {
    name: 'a day may begin at another hour',
    pins: ['T3_broadcast_day'],
    config: { dayStartHour: 20 },
    lines: play('19:59:42', { ...VIEWER, segments: 6 }),
    expect: { contents: { live: { record: { viewers: { gross: 2 } } } } },
  },
  {
    name: 'the day on which Berlin leaves summer time ends at 05:00 UTC, not at 04:00',
    pins: ['T3_broadcast_day'],
    config: { timeZone: 'Europe/Berlin' },
    lines: [
      ...play('2026-10-25T03:59:42Z', { ...VIEWER, segments: 6 }),
      ...play('2026-10-25T04:59:42Z', { agent: 'chrome', ip: '192.0.2.11', segments: 6 }),
    ],
    expect: {
      contents: { live: { views: { view30: 1 }, record: { viewers: { gross: 3 } } } },
    },
  },
  {
    name: 'an hour that summer time skips begins the day at the jump',
    pins: ['T3_broadcast_day'],
    config: { timeZone: 'Europe/Berlin', dayStartHour: 2 },
    // At 01:00 UTC the clock of Berlin goes from 02:00 to 03:00.
    lines: play('2027-03-28T00:59:42Z', { ...VIEWER, segments: 6 }),
    expect: { contents: { live: { record: { viewers: { gross: 2 } } } } },
  },
  {
    name: 'a window sums what was credited to its minutes, and filters no line',
    pins: ['T4_minute', 'A5_average_minute_audience'],
    window: { from: '20:01', to: '20:02' },
    lines: play('20:00:00', { ...VIEWER, segments: 20 }),
    // The playlist, the start and the 60th second lie before, the 120th inside.
    expect: {
      contents: {
        live: {
          hits: { browser: 10 },
          attempts: 0,
          starts: 0,
          newViewers: 0,
          views: { view2: 0, view30: 0, view60: 0, view120: 1 },
          watchSeconds: 60,
          peakConcurrency: 1,
          peakAt: '20:01:00',
          averageMinuteAudience: 1,
          from: '20:01:00',
          to: '20:02:00',
        },
      },
    },
  },
  {
    name: 'a viewer is new in the minute of the first slot only',
    pins: ['T4_minute', 'A2_viewers'],
    window: { from: '20:00', to: '20:01' },
    lines: play('20:00:00', { ...VIEWER, segments: 20 }),
    expect: {
      contents: { live: { attempts: 1, starts: 1, newViewers: 1, watchSeconds: 60 } },
    },
  },
  {
    name: 'the order of lines changes nothing',
    pins: ['T1_line_time', 'P2_union', 'S1_silence'],
    lines: [...play('20:00:00', { ...VIEWER, segments: 10 })].reverse(),
    expect: {
      contents: {
        live: { attempts: 1, starts: 1, viewers: 1, watchSeconds: 60, views: { view60: 1 } },
      },
      minutes: { live: { '20:00': { attempts: 1, starts: 1, newViewers: 1, view60: 1 } } },
    },
  },
  {
    name: 'doubled lines are two hits and one presence',
    pins: ['H1_hit', 'P2_union'],
    lines: [
      ...play('20:00:00', { ...VIEWER, segments: 10 }),
      ...play('20:00:00', { ...VIEWER, segments: 10 }),
    ],
    expect: {
      ledger: { lines: 22, hits: 22, bad: {} },
      contents: {
        live: { hits: { browser: 22 }, attempts: 1, starts: 1, viewers: 1, watchSeconds: 60 },
      },
    },
  },
  {
    name: 'without a late line view30 is credited to the second minute',
    pins: ['V1_view', 'T4_minute'],
    lines: play('20:00:42', { ...VIEWER, segments: 5 }),
    // The 15th slot is that of 20:01:10.
    expect: { minutes: { live: { '20:00': { view30: 0 }, '20:01': { view30: 1 } } } },
  },
  {
    name: 'two late lines move the credit of view30 to the first minute',
    pins: ['V1_view', 'T4_minute'],
    lines: [
      ...play('20:00:42', { ...VIEWER, segments: 5 }),
      ...times(2, (n) => `${after('20:00:18', 6 * n)} chrome 192.0.2.10 GET /live/late${n}.ts 200`),
    ],
    // 6 slots from 20:00:18, then the 9th from 20:00:42 on is that of 20:00:58.
    expect: {
      contents: { live: { views: { view30: 1 }, watchSeconds: 42 } },
      minutes: { live: { '20:00': { view30: 1 }, '20:01': { view30: 0 } } },
    },
  },
  {
    name: 'the event night of the cases has a date',
    pins: ['T1_line_time', 'A5_average_minute_audience'],
    lines: [`${DATE}T20:00:00.000Z chrome 192.0.2.10 GET /live/main.m3u8 200`],
    expect: { contents: { live: { from: '20:00:00', to: '20:01:00', attempts: 0 } } },
  },
];
