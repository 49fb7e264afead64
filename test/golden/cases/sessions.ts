import { ARTICLE, LIVE, after, play, times } from '../golden-case';
import type { GoldenCase } from '../golden-case';

const who = (n: number) => `chrome 192.0.2.${n}`;
const WITH_ENTRY = { contents: [{ ...LIVE, entry: ['/show'] }] };

export const SESSION_CASES: readonly GoldenCase[] = [
  {
    name: 'exactly 30 minutes of silence are one session, a millisecond more two',
    pins: ['S1_silence', 'S2_attempt'],
    lines: [
      `20:00:00.000 ${who(1)} GET /live/main.m3u8 200`,
      `20:30:00.000 ${who(1)} GET /live/main.m3u8 200`,
      `20:00:00.000 ${who(2)} GET /live/main.m3u8 200`,
      `20:30:00.001 ${who(2)} GET /live/main.m3u8 200`,
    ],
    expect: { contents: { live: { record: { attempts: { unresolved: 3 } } } } },
  },
  {
    name: '304 keeps a session alive, HEAD and an asset do not',
    pins: ['S1_silence', 'H5_relevant'],
    lines: [
      `20:00:00 ${who(1)} GET /live/main.m3u8 200`,
      `20:20:00 ${who(1)} GET /live/main.m3u8 304`,
      `20:40:00 ${who(1)} GET /live/main.m3u8 200`,
      `20:00:00 ${who(2)} GET /live/main.m3u8 200`,
      `20:20:00 ${who(2)} HEAD /live/main.m3u8 200`,
      `20:20:00 ${who(2)} GET /live/logo.png 200`,
      `20:40:00 ${who(2)} GET /live/main.m3u8 200`,
    ],
    expect: { contents: { live: { record: { attempts: { unresolved: 3 } } } } },
  },
  {
    name: 'a late line joins two sessions',
    pins: ['S1_silence', 'S3_start'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
      ...play('20:40:00', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
      `20:20:00 ${who(1)} GET /live/main.m3u8 500`,
    ],
    expect: { contents: { live: { attempts: 1, starts: 1, viewers: 1, watchSeconds: 24 } } },
  },
  {
    name: 'a reload storm is one attempt, in its first minute, whatever the answers',
    pins: ['S2_attempt'],
    lines: times(200, (n) => `${after('20:00:50', n * 0.5)} ${who(1)} GET /live/main.m3u8 503`),
    expect: {
      contents: { live: { record: { attempts: { unresolved: 1 } }, turnedAway: { '5xx': 1 } } },
      minutes: {
        live: {
          '20:00': { hits: 20, turnedAway: { '5xx': 1 }, record: { attempts: { unresolved: 1 } } },
          '20:01': { hits: 120, turnedAway: {}, record: { attempts: { gross: 0 } } },
        },
      },
    },
  },
  {
    name: 'media without a manifest is a start and no attempt',
    pins: ['S2_attempt', 'S3_start'],
    lines: [`20:00:00 ${who(1)} GET /live/0.ts 200`],
    expect: {
      contents: { live: { record: { attempts: { gross: 0 }, starts: { unresolved: 1 } } } },
    },
  },
  {
    name: 'a start is credited to the first media that was delivered',
    pins: ['S3_start', 'T4_minute'],
    lines: [
      `20:00:58 ${who(1)} GET /live/main.m3u8 200`,
      `20:00:59 ${who(1)} GET /live/0.ts 503`,
      `20:01:00 ${who(1)} GET /live/0.ts 200`,
      `20:01:06 ${who(1)} GET /live/1.ts 200`,
    ],
    expect: {
      contents: { live: { starts: 1, turnedAway: {} } },
      minutes: { live: { '20:00': { attempts: 1, starts: 0 }, '20:01': { starts: 1 } } },
    },
  },
  {
    name: 'an error is forgiven by a start within 60.000 s, not by one after 60.001 s',
    pins: ['S4_turned_away'],
    lines: [
      `20:00:00.000 ${who(1)} GET /live/main.m3u8 503`,
      `20:00:30.000 ${who(1)} GET /live/0.ts 200`,
      `20:00:00.000 ${who(2)} GET /live/main.m3u8 503`,
      `20:01:00.000 ${who(2)} GET /live/0.ts 200`,
      `20:00:00.000 ${who(3)} GET /live/main.m3u8 503`,
      `20:01:00.001 ${who(3)} GET /live/0.ts 200`,
    ],
    expect: { contents: { live: { turnedAway: { '5xx': 1 }, record: { starts: { gross: 3 } } } } },
  },
  {
    name: 'an error after a start turns nobody away',
    pins: ['S4_turned_away'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
      `20:10:00 ${who(1)} GET /live/100.ts 503`,
      `20:10:05 ${who(1)} GET /live/100.ts 503`,
    ],
    expect: { contents: { live: { turnedAway: {}, starts: 1 } } },
  },
  {
    name: 'after 30 minutes of silence an error turns away again',
    pins: ['S4_turned_away', 'S1_silence'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 2 }),
      `20:40:00 ${who(1)} GET /live/main.m3u8 404`,
    ],
    expect: { contents: { live: { turnedAway: { '4xx': 1 }, starts: 1, attempts: 2 } } },
  },
  {
    name: 'each cause: refused, 4xx, 5xx, hung up with status 000',
    pins: ['S4_turned_away', 'H2_outcome'],
    lines: [
      `20:00:00 ${who(1)} GET /live/main.m3u8 409`,
      `20:00:00 ${who(2)} GET /live/main.m3u8 403`,
      `20:00:00 ${who(3)} GET /live/main.m3u8 502`,
      `20:00:00 ${who(4)} GET /live/main.m3u8 000`,
      `20:00:00 ${who(5)} GET /live/main.m3u8 200 detail=ClientHungUpRequest`,
    ],
    expect: {
      contents: { live: { turnedAway: { refusedByUs: 1, '4xx': 1, '5xx': 1, hungUp: 2 } } },
    },
  },
  {
    name: 'the first error names the cause; at one millisecond the first of the list does',
    pins: ['S4_turned_away'],
    lines: [
      `20:00:00.000 ${who(1)} GET /live/main.m3u8 503`,
      `20:00:00.001 ${who(1)} GET /live/main.m3u8 404`,
      `20:00:00.000 ${who(2)} GET /live/a.m3u8 000`,
      `20:00:00.000 ${who(2)} GET /live/b.m3u8 503`,
      `20:00:00.000 ${who(2)} GET /live/c.m3u8 404`,
      `20:00:00.000 ${who(3)} GET /live/a.m3u8 000`,
      `20:00:00.000 ${who(3)} GET /live/b.m3u8 503`,
    ],
    expect: { contents: { live: { turnedAway: { '5xx': 2, '4xx': 1 } } } },
  },
  {
    name: 'a missing favicon turns nobody away from a page',
    pins: ['S4_turned_away', 'H3_object'],
    config: { contents: [{ ...ARTICLE, paths: ['/article/**', '/favicon.ico'] }] },
    lines: [
      `20:00:00 ${who(1)} GET /article/one 200`,
      `20:00:01 ${who(1)} GET /favicon.ico 404`,
      `20:00:01 ${who(2)} GET /favicon.ico 404`,
      `20:00:01 ${who(3)} GET /article/gone 404`,
    ],
    expect: {
      contents: { article: { turnedAway: { '4xx': 1 }, hits: { browser: 4 }, starts: 1, attempts: 1, record: { attempts: { gross: 2 } } } },
    },
  },
  {
    name: 'an error at 05:59:50 is not forgiven by a start on the new day',
    pins: ['S4_turned_away', 'T3_broadcast_day'],
    lines: [
      `05:59:50 ${who(1)} GET /live/main.m3u8 503`,
      `06:00:10 ${who(1)} GET /live/main.m3u8 200`,
      `06:00:10 ${who(1)} GET /live/0.ts 200`,
      `06:00:16 ${who(1)} GET /live/1.ts 200`,
    ],
    expect: {
      contents: {
        live: { turnedAway: { '5xx': 1 }, starts: 1, attempts: 1, record: { attempts: { gross: 2 } } },
      },
    },
  },
  {
    name: 'a late segment takes a turnedAway back',
    pins: ['S4_turned_away'],
    lines: [
      `20:00:00 ${who(1)} GET /live/main.m3u8 503`,
      `20:05:00 ${who(1)} GET /live/9.ts 200`,
      `19:59:00 ${who(1)} GET /live/0.ts 200`,
    ],
    expect: { contents: { live: { turnedAway: {} } } },
  },
  {
    name: 'the grey screen: an entry, and nothing ever asked',
    pins: ['S5_never_asked'],
    config: WITH_ENTRY,
    lines: [
      // Alone, credited to its own minute; twice is once.
      `20:00:00 ${who(1)} GET /show 200`,
      `20:01:00 ${who(1)} GET /show 200`,
      // A playlist was asked for, but nothing was played.
      `20:00:00 ${who(2)} GET /show 200`,
      `20:00:01 ${who(2)} GET /live/main.m3u8 200`,
      // Started, hours later in the same session or at once.
      `20:00:00 ${who(3)} GET /show 200`,
      `20:25:00 ${who(3)} GET /live/0.ts 200`,
      // An error is the better cause.
      `20:00:00 ${who(4)} GET /show 200`,
      `20:00:01 ${who(4)} GET /live/main.m3u8 503`,
      // The entry itself failed.
      `20:00:00 ${who(5)} GET /show 503`,
      // No entry, no grey screen.
      `20:00:00 ${who(6)} GET /live/main.m3u8 200`,
      // HEAD touches nobody.
      `20:00:00 ${who(7)} HEAD /show 200`,
    ],
    expect: {
      contents: { live: { turnedAway: { neverAsked: 2, '5xx': 2 } } },
      minutes: { live: { '20:00': { turnedAway: { neverAsked: 2, '5xx': 2 } }, '20:01': { turnedAway: {} } } },
    },
  },
  {
    name: 'who asks with one agent and plays with another never asked: a known error',
    pins: ['S5_never_asked', 'I1_viewer'],
    config: WITH_ENTRY,
    lines: [
      '20:00:00 iphone 192.0.2.1 GET /show 200',
      ...play('20:00:01', { agent: 'applecore', ip: '192.0.2.1', segments: 5 }),
    ],
    expect: { contents: { live: { turnedAway: { neverAsked: 1 }, starts: 1 } } },
  },
  {
    name: 'bots and tools are never turned away',
    pins: ['S6_invalid_not_turned_away'],
    config: WITH_ENTRY,
    lines: [
      '20:00:00 curl 192.0.2.1 GET /live/main.m3u8 503',
      '20:00:00 mj12bot 192.0.2.2 GET /live/main.m3u8 404',
      '20:00:00 googlebot 192.0.2.3 GET /live/main.m3u8 409',
      '20:00:00 python 192.0.2.4 GET /show 200',
    ],
    expect: { contents: { live: { turnedAway: {}, record: { attempts: { gross: 3 } } } } },
  },
];
