import { realtimeLine } from '../../support/edge-lines';
import { ARTICLE, LIVE, play } from '../golden-case';
import type { GoldenCase } from '../golden-case';

/** A good hit, to be broken in one field. */
const GOOD = {
  timestamp: '1795550400.000',
  'c-ip': '192.0.2.10',
  'sc-status': '200',
  'cs-method': 'GET',
  'cs-host': 'live.example.org',
  'cs-uri-stem': '/live/main.m3u8',
  'cs-user-agent': 'curl/8.4.0',
  'x-edge-location': 'FRA56-P1',
};
const broken = (field: string, value: string) =>
  `raw ${realtimeLine({ ...GOOD, [field]: value })}`;

export const HIT_CASES: readonly GoldenCase[] = [
  {
    name: 'lines = hits + bad, each bad line under one reason',
    pins: ['H1_hit'],
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/main.m3u8 200',
      'raw too\tfew\tfields',
      broken('timestamp', 'yesterday'),
      broken('c-ip', '192.0.2.999'),
      broken('sc-status', 'fine'),
      '20:00:01 chrome 192.0.2.10 GET /robots.txt 200',
    ],
    // The last line is a hit of no content.
    expect: {
      ledger: {
        lines: 6,
        hits: 2,
        bad: { too_few_fields: 1, bad_timestamp: 1, bad_address: 1, bad_status: 1 },
        overBound: 0,
      },
      contents: { live: { hits: { browser: 1 } } },
    },
  },
  {
    name: 'a malformed escape is text, not a bad line',
    pins: ['H1_hit', 'I1_viewer'],
    lines: [
      broken('cs-user-agent', 'curl/8.4.0%'),
      broken('cs-user-agent', 'curl/8.4.0%zz%2'),
      broken('cs-uri-stem', '/live/%e0%a4.ts'),
      broken('cs-uri-stem', '/live/100%.ts?a=%'),
    ],
    noOracle: 'raw lines',
    expect: { ledger: { lines: 4, hits: 4, bad: {} }, contents: { live: { outcomes: { served: 4 } } } },
  },
  {
    name: 'each status has one outcome',
    pins: ['H2_outcome'],
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/a.m3u8 200',
      '20:00:00 chrome 192.0.2.10 GET /live/b.m3u8 206',
      '20:00:00 chrome 192.0.2.10 GET /live/c.m3u8 204',
      '20:00:00 chrome 192.0.2.10 GET /live/d.m3u8 304',
      '20:00:00 chrome 192.0.2.10 GET /live/e.m3u8 409',
      '20:00:00 chrome 192.0.2.10 GET /live/f.m3u8 409 detail=ClientHungUpRequest',
      '20:00:00 chrome 192.0.2.10 GET /live/g.m3u8 000',
      '20:00:00 chrome 192.0.2.10 GET /live/h.m3u8 499',
      '20:00:00 chrome 192.0.2.10 GET /live/i.m3u8 200 detail=ClientHungUpRequest',
      '20:00:00 chrome 192.0.2.10 GET /live/j.m3u8 503 detail=ClientCommError',
      '20:00:00 chrome 192.0.2.10 GET /live/k.m3u8 403',
      '20:00:00 chrome 192.0.2.10 GET /live/l.m3u8 404',
      '20:00:00 chrome 192.0.2.10 GET /live/m.m3u8 500',
      '20:00:00 chrome 192.0.2.10 GET /live/n.m3u8 302',
      '20:00:00 chrome 192.0.2.10 GET /live/o.m3u8 101',
    ],
    expect: {
      contents: {
        live: {
          outcomes: { served: 4, refusedByUs: 2, hungUp: 4, '4xx': 2, '5xx': 1, other: 2 },
        },
      },
    },
  },
  {
    name: 'another block status makes 409 an ordinary error',
    pins: ['H2_outcome'],
    config: { blockStatus: 429 },
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/main.m3u8 409',
      '20:00:00 chrome 192.0.2.11 GET /live/main.m3u8 429',
    ],
    expect: {
      contents: {
        live: {
          outcomes: { '4xx': 1, refusedByUs: 1 },
          turnedAway: { '4xx': 1, refusedByUs: 1 },
          record: { attempts: { gross: 2, refusedByUs: 1, unresolved: 1 } },
        },
      },
    },
  },
  {
    name: 'DASH: an mpd is a manifest, an init file no media, m4s is media',
    pins: ['H3_object'],
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/main.mpd 200',
      '20:00:00 chrome 192.0.2.10 GET /live/v1/init.mp4 200',
      '20:01:00 chrome 192.0.2.10 GET /live/v1/seg-1.m4s 200',
      '20:01:06 chrome 192.0.2.10 GET /live/v1/seg-2.m4s 200',
    ],
    expect: {
      contents: { live: { attempts: 1, starts: 1, watchSeconds: 12, viewers: 1 } },
      minutes: { live: { '20:00': { attempts: 1, starts: 0 }, '20:01': { starts: 1 } } },
    },
  },
  {
    name: 'every media extension proves presence',
    pins: ['H3_object', 'P1_media_proves'],
    lines: 'ts m4s m4v m4a mp4 aac cmfv cmfa ac3 ec3 mp3 webm'
      .split(' ')
      .map((extension, n) => `20:00:00 chrome 192.0.2.${n + 1} GET /live/0.${extension} 200`),
    expect: { contents: { live: { record: { starts: { unresolved: 12 } } } } },
  },
  {
    name: 'what the player says of the object wins over the extension',
    pins: ['H3_object'],
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/now 200 ot=m',
      '20:00:00 chrome 192.0.2.10 GET /live/head.mp4 200 ot=i',
      '20:00:00 chrome 192.0.2.10 GET /live/text.mp4 200 ot=c',
      '20:00:00 chrome 192.0.2.10 GET /live/chunk-1 200 ot=v',
      '20:00:00 chrome 192.0.2.10 GET /live/chunk-a1 200 ot=a',
      '20:00:06 chrome 192.0.2.10 GET /live/init.mp4 200 ot=av',
    ],
    // Media: two at 20:00:00, one at 20:00:06.
    expect: {
      contents: { live: { attempts: 1, starts: 1, watchSeconds: 12, hits: { browser: 6 } } },
    },
  },
  {
    name: 'a page has no extension or one of a page, and is HTML as far as the log says',
    pins: ['H3_object', 'H5_relevant'],
    config: { contents: [ARTICLE] },
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /article/one 200',
      '20:00:00 chrome 192.0.2.11 GET /article/two.html 200 type=text/html',
      '20:00:00 chrome 192.0.2.12 GET /article/three.php 200',
      '20:00:00 chrome 192.0.2.13 GET /article/data 200 type=application/json',
      '20:00:00 chrome 192.0.2.14 GET /article/logo.png 200',
      '20:00:00 chrome 192.0.2.15 GET /article/feed.xml 200',
    ],
    expect: {
      contents: {
        article: { hits: { browser: 6 }, attempts: 3, starts: 3, viewers: 3, views: { pageView30: 3 } },
      },
    },
  },
  {
    name: 'an entry path is an entry whatever its extension',
    pins: ['H3_object', 'S5_never_asked'],
    config: { contents: [{ ...LIVE, entry: ['/live/join.json', '/show'] }] },
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/join.json 200',
      '20:00:00 chrome 192.0.2.11 GET /show 200',
      '20:00:00 chrome 192.0.2.12 GET /live/other.json 200',
    ],
    expect: { contents: { live: { hits: { browser: 3 }, turnedAway: { neverAsked: 2 } } } },
  },
  {
    name: 'HEAD delivers nothing and touches nobody',
    pins: ['H4_delivered', 'H5_relevant'],
    lines: [
      '20:00:00 chrome 192.0.2.10 HEAD /live/main.m3u8 200',
      '20:00:00 chrome 192.0.2.10 HEAD /live/0.ts 200',
      '20:00:00 chrome 192.0.2.11 HEAD /live/0.ts 404',
    ],
    expect: {
      contents: {
        live: {
          hits: { browser: 3 },
          outcomes: { served: 2, '4xx': 1 },
          turnedAway: {},
          record: { attempts: { gross: 0 }, starts: { gross: 0 }, viewers: { gross: 0 } },
        },
      },
    },
  },
  {
    name: 'POST and assets are hits and no more',
    pins: ['H5_relevant'],
    lines: [
      '20:00:00 chrome 192.0.2.10 POST /live/main.m3u8 200',
      '20:00:00 chrome 192.0.2.10 OPTIONS /live/main.m3u8 204',
      '20:00:00 chrome 192.0.2.10 GET /live/logo.png 200',
      '20:00:00 chrome 192.0.2.10 GET /live/key.bin 403',
    ],
    expect: {
      contents: {
        live: { hits: { browser: 4 }, turnedAway: {}, record: { attempts: { gross: 0 } } },
      },
    },
  },
  {
    name: '304 delivers nothing',
    pins: ['H4_delivered'],
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/main.m3u8 304',
      '20:00:00 chrome 192.0.2.10 GET /live/0.ts 304',
      '20:00:06 chrome 192.0.2.10 GET /live/1.ts 304',
    ],
    expect: {
      contents: {
        live: {
          outcomes: { served: 3 },
          turnedAway: {},
          record: { attempts: { unresolved: 1 }, starts: { gross: 0 }, watchSeconds: { gross: 0 } },
        },
      },
    },
  },
  {
    name: 'a range of 2 bytes is never a view, one of 3 bytes is media',
    pins: ['H4_delivered'],
    lines: [
      '20:00:00 applecore 192.0.2.10 GET /live/0.mp4 206 range=0-1',
      '20:00:00 applecore 192.0.2.10 GET /live/1.mp4 206 range=5-5',
      '20:00:00 applecore 192.0.2.11 GET /live/0.mp4 206 range=0-2',
    ],
    expect: {
      contents: {
        live: { record: { starts: { unresolved: 1 }, watchSeconds: { gross: 6 } }, turnedAway: {} },
      },
    },
  },
  {
    name: 'a segment that the viewer broke off delivers nothing',
    pins: ['H2_outcome', 'H4_delivered'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.10', segments: 2 }),
      '20:00:12 chrome 192.0.2.10 GET /live/2.ts 200 detail=ClientHungUpRequest',
      '20:00:18 chrome 192.0.2.10 GET /live/3.ts 000',
    ],
    expect: { contents: { live: { watchSeconds: 12, turnedAway: {}, outcomes: { served: 3, hungUp: 2 } } } },
  },
  {
    name: 'a redirect to a segment delivers nothing and turns nobody away',
    pins: ['H2_outcome', 'H4_delivered', 'S4_turned_away'],
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/main.m3u8 302',
      '20:00:00 chrome 192.0.2.10 GET /live/0.ts 302',
    ],
    expect: {
      contents: {
        live: { outcomes: { other: 2 }, turnedAway: {}, record: { starts: { gross: 0 } } },
      },
    },
  },
];
