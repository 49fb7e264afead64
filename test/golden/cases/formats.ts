import { ARTICLE, LIVE, play } from '../golden-case';
import type { GoldenCase } from '../golden-case';

const ON_HOST = { contents: [{ ...LIVE, hosts: ['live.example.org'] }] };
const FIVE = play('20:00:00', { agent: 'applecore', ip: '192.0.2.10', segments: 5 });
const FIVE_COUNTED = {
  ledger: { lines: 6, hits: 6, bad: {} },
  contents: {
    live: {
      hits: { player: 6 },
      outcomes: { served: 6 },
      attempts: 1,
      starts: 1,
      viewers: 1,
      watchSeconds: 30,
      views: { view2: 1, view30: 1, view60: 0 },
      by: { edge: { 'FRA56-P1': { hits: 6 } }, device: { phone: { viewers: 1 } } },
    },
  },
};

export const FORMAT_CASES: readonly GoldenCase[] = [
  {
    name: 'real-time lines: the host is cs-host',
    pins: ['H1_hit', 'T1_line_time'],
    config: ON_HOST,
    lines: FIVE,
    expect: FIVE_COUNTED,
  },
  {
    name: 'standard lines (W3C): the host is x-host-header, header lines are no lines',
    pins: ['H1_hit', 'T1_line_time'],
    format: 'w3c',
    config: ON_HOST,
    lines: FIVE,
    expect: FIVE_COUNTED,
  },
  {
    name: 'standard lines v2 (JSON)',
    pins: ['H1_hit', 'T1_line_time'],
    format: 'json',
    config: ON_HOST,
    lines: FIVE,
    expect: FIVE_COUNTED,
  },
  {
    name: 'combined lines of Apache and nginx, which tell no host',
    pins: ['H1_hit', 'T1_line_time'],
    format: 'combined',
    config: { contents: [ARTICLE] },
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /article/one 200',
      '20:00:20 chrome 192.0.2.10 GET /article/one?from=home 200',
      '20:00:40 cubot 2001:db8::1 GET /article/one 200',
      '20:00:40 curl 192.0.2.11 GET /article/one 200',
      '20:00:41 chrome 192.0.2.12 HEAD /article/one 200',
      '20:00:41 chrome 192.0.2.12 GET /article/two 499',
    ],
    expect: {
      ledger: { lines: 6, hits: 6, bad: {} },
      contents: {
        article: {
          hits: { browser: 5, tool: 1 },
          viewers: 2,
          views: { pageView30: 2 },
          turnedAway: { hungUp: 1 },
          record: { viewers: { gross: 3, invalid: { tool: 1 } } },
        },
      },
    },
  },
  {
    name: 'the query in the stem of a real-time line belongs to no path',
    pins: ['H3_object', 'P2_union'],
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/main.m3u8?token=a.ts 200',
      '20:00:00 chrome 192.0.2.10 GET /live/0.ts?token=b.m3u8 200',
      '20:00:06 chrome 192.0.2.10 GET /live/1.ts?x=1 200',
      '20:00:06 chrome 192.0.2.10 GET /live/1.ts?x=2 200',
    ],
    expect: { contents: { live: { attempts: 1, starts: 1, watchSeconds: 12 } } },
  },
  {
    name: 'CMCD in the query stands in for fields that the log has not',
    pins: ['I2_session_id', 'P1_media_proves', 'H3_object'],
    format: 'w3c',
    noOracle: 'the oracle reads no query',
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /live/0?CMCD=od%3D4000%2Cot%3Dv%2Csid%3D%22aaaaaaaa-0001%22 200',
      '20:00:00 chrome 192.0.2.10 GET /live/0?CMCD=od%3D4000%2Cot%3Dv%2Csid%3D%22aaaaaaaa-0002%22 200',
    ],
    expect: {
      contents: { live: { record: { viewers: { unresolved: 2 }, watchSeconds: { unresolved: 8 } } } },
    },
  },
];
