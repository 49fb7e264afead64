import { LIVE, after, play, times } from '../golden-case';
import type { GoldenCase } from '../golden-case';

const VIEWER = { agent: 'chrome', ip: '192.0.2.10' };
const media = (time: string, file: string, keys = '') =>
  `${time} chrome 192.0.2.10 GET /live/${file} 200${keys === '' ? '' : ` ${keys}`}`;

export const PRESENCE_CASES: readonly GoldenCase[] = [
  {
    name: 'a segment proves its own length: 6 s unless configured',
    pins: ['P1_media_proves'],
    config: {
      contents: [
        LIVE,
        { id: 'slow', kind: 'stream', paths: ['/slow/**'], segmentSeconds: 10 },
        { id: 'fast', kind: 'stream', paths: ['/fast/**'], segmentSeconds: 2 },
      ],
    },
    lines: [
      ...play('20:00:00', { ...VIEWER, segments: 1 }),
      ...play('20:00:00', { ...VIEWER, segments: 1, folder: '/slow/' }),
      ...play('20:00:00', { ...VIEWER, segments: 1, folder: '/fast/' }),
    ],
    expect: {
      contents: {
        live: { record: { watchSeconds: { unresolved: 6 } } },
        slow: { record: { watchSeconds: { unresolved: 10 } } },
        fast: { record: { watchSeconds: { unresolved: 2 } } },
      },
    },
  },
  {
    name: 'a CMCD duration counts if above 0 and at most the segment length',
    pins: ['P1_media_proves'],
    lines: [
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200 od=4000',
      '20:00:00 chrome 192.0.2.2 GET /live/0.ts 200 od=0',
      '20:00:00 chrome 192.0.2.3 GET /live/0.ts 200 od=6000',
      '20:00:00 chrome 192.0.2.4 GET /live/0.ts 200 od=6001',
      '20:00:00 chrome 192.0.2.5 GET /live/0.ts 200 od=999',
      '20:00:00 chrome 192.0.2.6 GET /live/0.ts 200 od=1000',
    ],
    // 4 + 6 + 6 + 6 + 0 + 2: 999 ms are less than half a slot.
    expect: {
      contents: {
        live: {
          record: {
            watchSeconds: { unresolved: 24 },
            starts: { unresolved: 6 },
            viewers: { unresolved: 5 },
          },
        },
      },
    },
  },
  {
    name: 'a start-up burst of three segments proves one',
    pins: ['P2_union'],
    lines: [
      media('20:00:00', 'main.m3u8'),
      media('20:00:00', '0.ts'),
      media('20:00:00', '1.ts'),
      media('20:00:00', '2.ts'),
      media('20:00:06', '3.ts'),
    ],
    expect: { contents: { live: { watchSeconds: 12, starts: 1, viewers: 1 } } },
  },
  {
    name: 'two renditions of one segment count once',
    pins: ['P2_union'],
    lines: [
      media('20:00:00', 'main.m3u8'),
      media('20:00:00', '720p/0.ts'),
      media('20:00:06', '720p/1.ts'),
      media('20:00:06', '1080p/1.ts'),
      media('20:00:12', '1080p/2.ts'),
    ],
    expect: { contents: { live: { watchSeconds: 18 } } },
  },
  {
    name: 'audio beside video proves nothing new',
    pins: ['P2_union'],
    lines: [
      media('20:00:00', 'main.m3u8'),
      ...times(5, (n) => media(after('20:00:00', 6 * n), `v/${n}.m4s`, 'ot=v')),
      ...times(5, (n) => media(after('20:00:00', 6 * n), `a/${n}.m4s`, 'ot=a')),
    ],
    expect: { contents: { live: { watchSeconds: 30, views: { view30: 1 }, hits: { browser: 11 } } } },
  },
  {
    name: 'a backup stream on another host is the same content',
    pins: ['P2_union', 'A2_viewers'],
    config: { contents: [{ ...LIVE, hosts: ['a.example.org', 'b.example.org'] }] },
    lines: [
      ...play('20:00:00', { ...VIEWER, segments: 5, keys: 'host=a.example.org' }),
      ...play('20:00:30', { ...VIEWER, segments: 5, keys: 'host=b.example.org' }),
      ...play('20:00:00', { ...VIEWER, segments: 5, keys: 'host=c.example.org' }),
    ],
    expect: {
      ledger: { hits: 18 },
      contents: {
        live: { viewers: 1, attempts: 1, starts: 1, watchSeconds: 60, views: { view60: 1 }, hits: { browser: 12 } },
      },
    },
  },
  {
    name: 'LL-HLS: 12 parts of 1 s prove 12 s',
    pins: ['P1_media_proves', 'P2_union'],
    config: {
      contents: [{ ...LIVE, segmentSeconds: 4, parts: { paths: ['/live/part/**'], seconds: 1 } }],
    },
    lines: [
      media('20:00:00', 'main.m3u8'),
      ...times(12, (n) => media(after('20:00:00', n), `part/${n}.m4s`)),
    ],
    expect: { contents: { live: { watchSeconds: 12, starts: 1, viewers: 1 } } },
  },
  {
    name: 'LL-HLS: the whole segment beside its parts proves its own length',
    pins: ['P1_media_proves'],
    config: {
      contents: [{ ...LIVE, segmentSeconds: 4, parts: { paths: ['/live/part/**'], seconds: 1 } }],
    },
    lines: ['20:00:00 chrome 192.0.2.1 GET /live/0.m4s 200', '20:00:00 chrome 192.0.2.2 GET /live/part/0.m4s 200'],
    // 4 s; and 1 s from 0, which is rounded up to one slot.
    expect: { contents: { live: { record: { watchSeconds: { unresolved: 6 } } } } },
  },
  {
    name: 'a hole of exactly one segment is filled',
    pins: ['P3_hole'],
    lines: [media('20:00:00', 'main.m3u8'), media('20:00:00', '0.ts'), media('20:00:12', '2.ts')],
    expect: { contents: { live: { watchSeconds: 18 } } },
  },
  {
    name: 'a hole of one slot more is not',
    pins: ['P3_hole'],
    lines: [media('20:00:00', 'main.m3u8'), media('20:00:00', '0.ts'), media('20:00:14', '2.ts')],
    expect: { contents: { live: { watchSeconds: 12 } } },
  },
  {
    name: 'segments of 5 s: a hole of 3 slots is filled, of 4 not',
    pins: ['P3_hole', 'T2_slot'],
    config: { contents: [{ ...LIVE, segmentSeconds: 5 }] },
    lines: [
      // 0 s to 5 s: slots 0 to 2 (2.5 is rounded up). 12 s: from slot 6.
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200',
      '20:00:12 chrome 192.0.2.1 GET /live/1.ts 200',
      '20:00:00 chrome 192.0.2.2 GET /live/0.ts 200',
      '20:00:14 chrome 192.0.2.2 GET /live/1.ts 200',
    ],
    // 3 + 3 + 3 slots, and 3 + 3.
    expect: { contents: { live: { record: { watchSeconds: { gross: 30, verified: 0 } } } } },
  },
  {
    name: 'segments of half a second: a hole of one slot is filled all the same',
    pins: ['P3_hole'],
    config: { contents: [{ ...LIVE, segmentSeconds: 0.5 }] },
    lines: [
      '20:00:00.500 chrome 192.0.2.1 GET /live/0.ts 200',
      '20:00:04.500 chrome 192.0.2.1 GET /live/1.ts 200',
      '20:00:00.500 chrome 192.0.2.2 GET /live/0.ts 200',
      '20:00:06.500 chrome 192.0.2.2 GET /live/1.ts 200',
    ],
    // 0.5 s to 1 s is the slot 0. Slots 0 and 2 are joined, 0 and 3 are not.
    expect: { contents: { live: { record: { watchSeconds: { gross: 10 } } } } },
  },
  {
    name: 'what a segment proves beyond 06:00 belongs to the next day',
    pins: ['P4_day_border', 'T3_broadcast_day'],
    lines: [media('05:59:57', 'main.m3u8'), media('05:59:57', '0.ts')],
    // Slots 05:59:58, 06:00:00, 06:00:02.
    expect: {
      contents: { live: { record: { viewers: { unresolved: 2 }, watchSeconds: { unresolved: 6 }, starts: { unresolved: 1 } } } },
      minutes: { live: { '05:59': { hits: 2 }, '06:00': { hits: 0 } } },
    },
  },
  {
    name: 'a hole is not filled across 06:00',
    pins: ['P4_day_border', 'P3_hole'],
    lines: [
      media('05:59:48', 'main.m3u8'),
      media('05:59:48', '0.ts'),
      media('06:00:00', '2.ts'),
      '19:59:48 chrome 192.0.2.11 GET /live/main.m3u8 200',
      '19:59:48 chrome 192.0.2.11 GET /live/0.ts 200',
      '20:00:00 chrome 192.0.2.11 GET /live/2.ts 200',
    ],
    // 6 + 6 s unresolved for the first, 18 s verified for the second.
    expect: { contents: { live: { record: { watchSeconds: { unresolved: 12, verified: 18 } } } } },
  },
];
