import { realtimeLine } from '../../support/edge-lines';
import { ARTICLE, play, times } from '../golden-case';
import type { GoldenCase } from '../golden-case';

const SIX_AGENTS = ['applecore', 'appletv', 'roku', 'chrome', 'firefox', 'safari'];

const GOOD = {
  timestamp: '1795550400.000',
  'c-ip': '192.0.2.10',
  'sc-status': '200',
  'cs-method': 'GET',
  'cs-host': 'live.example.org',
  'cs-uri-stem': '/live/0.ts',
};

export const VIEWER_CASES: readonly GoldenCase[] = [
  {
    name: '10 requests by 6 agents behind one IPv4 address are 6 viewers',
    pins: ['I1_viewer', 'A2_viewers'],
    config: { contents: [ARTICLE] },
    lines: times(10, (n) => `20:00:0${n} ${SIX_AGENTS[n % 6]} 192.0.2.10 GET /article/one 200`),
    expect: { contents: { article: { viewers: 6, views: { pageView30: 6 }, attempts: 6 } } },
  },
  {
    name: 'two addresses of one IPv6 /64 are one viewer, of two /64 two',
    pins: ['I1_viewer'],
    config: { contents: [ARTICLE] },
    lines: [
      '20:00:00 chrome 2001:db8:1:2::1 GET /article/one 200',
      '20:00:10 chrome 2001:db8:1:2:ffff:ffff:ffff:ffff GET /article/one 200',
      '20:00:20 chrome 2001:db8:1:3::1 GET /article/one 200',
    ],
    expect: { contents: { article: { viewers: 2, views: { pageView30: 2 } } } },
  },
  {
    name: 'an IPv4-mapped IPv6 address is the IPv4 address, however written',
    pins: ['I1_viewer'],
    config: { contents: [ARTICLE] },
    lines: [
      '20:00:00 chrome 192.0.2.10 GET /article/one 200',
      '20:00:10 chrome ::ffff:192.0.2.10 GET /article/one 200',
      '20:00:20 chrome 0:0:0:0:0:ffff:c000:020a GET /article/one 200',
      '20:00:20 chrome ::ffff:192.0.2.11 GET /article/one 200',
    ],
    expect: { contents: { article: { viewers: 2, views: { pageView30: 2 } } } },
  },
  {
    name: 'one user agent, escaped in two ways, is one viewer',
    pins: ['I1_viewer'],
    noOracle: 'raw lines',
    lines: [
      `raw ${realtimeLine({ ...GOOD, 'cs-user-agent': 'AppleCoreMedia/1.0.0.20G75%20(iPhone;%20U)' })}`,
      `raw ${realtimeLine({ ...GOOD, 'cs-user-agent': 'AppleCoreMedia/1.0.0.20G75%20%28iPhone;%20U%29' })}`,
      `raw ${realtimeLine({ ...GOOD, 'cs-user-agent': 'AppleCoreMedia/1.0.0.20G75%20%28iPhone%3b%20U%29' })}`,
    ],
    expect: { contents: { live: { hits: { player: 3 }, record: { viewers: { gross: 1 } } } } },
  },
  {
    name: 'one person at two addresses is two viewers',
    pins: ['I1_viewer'],
    config: { contents: [ARTICLE] },
    lines: [
      '20:00:00 iphone 192.0.2.10 GET /article/one 200',
      '20:00:10 iphone 198.51.100.10 GET /article/one 200',
    ],
    expect: { contents: { article: { viewers: 2 } } },
  },
  {
    name: 'behind a carrier NAT session ids tell viewers of one agent apart',
    pins: ['I2_session_id'],
    lines: [
      ...play('20:00:00', { agent: 'applecore', ip: '100.64.0.1', segments: 5, keys: 'sid=aaaaaaaa-0001' }),
      ...play('20:00:00', { agent: 'applecore', ip: '100.64.0.1', segments: 5, keys: 'sid=aaaaaaaa-0002' }),
      ...play('20:00:00', { agent: 'applecore', ip: '100.64.0.1', segments: 5, keys: 'sid=aaaaaaaa-0003' }),
    ],
    expect: {
      contents: {
        live: { viewers: 3, starts: 3, attempts: 3, watchSeconds: 90, views: { view30: 3 } },
      },
    },
  },
  {
    name: 'without session ids the same three are one viewer',
    pins: ['I1_viewer', 'I2_session_id'],
    lines: times(3, () => play('20:00:00', { agent: 'applecore', ip: '100.64.0.1', segments: 5 })).flat(),
    expect: { contents: { live: { viewers: 1, starts: 1, watchSeconds: 30, hits: { player: 18 } } } },
  },
  {
    name: 'a session id has 8 to 64 characters, others are none',
    pins: ['I2_session_id'],
    lines: [
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200 sid=1234567',
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200',
      '20:00:00 chrome 192.0.2.2 GET /live/0.ts 200 sid=12345678',
      '20:00:00 chrome 192.0.2.2 GET /live/0.ts 200',
      `20:00:00 chrome 192.0.2.3 GET /live/0.ts 200 sid=${'a'.repeat(64)}`,
      '20:00:00 chrome 192.0.2.3 GET /live/0.ts 200',
      `20:00:00 chrome 192.0.2.4 GET /live/0.ts 200 sid=${'a'.repeat(65)}`,
      '20:00:00 chrome 192.0.2.4 GET /live/0.ts 200',
    ],
    // 1, 2, 2 and 1 viewers.
    expect: { contents: { live: { record: { viewers: { unresolved: 6 } } } } },
  },
  {
    name: 'ids are told apart only modulo sessionIdsMax',
    pins: ['I2_session_id'],
    config: { sessionIdsMax: 1 },
    lines: [
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200 sid=aaaaaaaa',
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200 sid=bbbbbbbb',
      '20:00:00 chrome 192.0.2.1 GET /live/0.ts 200 sid=cccccccc',
    ],
    expect: { contents: { live: { record: { viewers: { unresolved: 1 } } } } },
  },
  {
    name: 'the known agents have their classes',
    pins: ['C1_class', 'G2_invalid'],
    lines: [
      ...['applecore', 'appletv', 'roku', 'chrome', 'firefox', 'safari', 'iphone', 'cubot'].flatMap(
        (agent) => play('20:00:00', { agent, ip: '198.51.100.7', segments: 2 }),
      ),
      ...['mj12bot', 'googlebot', 'curl', 'python'].flatMap((agent) =>
        play('20:00:00', { agent, ip: '192.0.2.66', segments: 2 }),
      ),
    ],
    expect: {
      contents: {
        live: {
          hits: { player: 9, browser: 15, declared_bot: 3, fake_crawler: 3, tool: 6 },
          viewers: 8,
          starts: 8,
          record: {
            viewers: { gross: 12, invalid: { declared_bot: 1, fake_crawler: 1, tool: 2 } },
            starts: { gross: 12, verified: 8 },
          },
        },
      },
    },
  },
  {
    name: 'AppleCoreMedia is a player, not a robot by its `Core`',
    pins: ['C1_class'],
    lines: play('20:00:00', { agent: 'applecore', ip: '192.0.2.10', segments: 5 }),
    expect: { contents: { live: { hits: { player: 6 }, viewers: 1, views: { view30: 1 } } } },
  },
  {
    name: 'a CUBOT phone is no bot',
    pins: ['C1_class'],
    lines: play('20:00:00', { agent: 'cubot', ip: '192.0.2.10', segments: 5 }),
    expect: {
      contents: {
        live: {
          hits: { browser: 6 },
          viewers: 1,
          by: { device: { phone: { viewers: 1, watchSeconds: 30 } } },
        },
      },
    },
  },
  {
    // 66.249.64.0/19 is a range that Google publishes for Googlebot; 192.0.2.0/24 is nobody's.
    name: 'Googlebot is verified by its published range, and fake from anywhere else',
    pins: ['C1_class', 'G2_invalid'],
    config: { contents: [ARTICLE] },
    lines: [
      '20:00:00 googlebot 66.249.66.1 GET /article/one 200',
      '20:00:00 googlebot 192.0.2.66 GET /article/one 200',
    ],
    expect: {
      contents: {
        article: {
          hits: { verified_crawler: 1, fake_crawler: 1 },
          viewers: 0,
          record: { viewers: { gross: 2, invalid: { verified_crawler: 1, fake_crawler: 1 } } },
        },
      },
    },
  },
  {
    // AS24940 is a hosting network.
    name: 'the class of a viewer is the highest of its relevant hits',
    pins: ['C1_class', 'I1_viewer', 'G2_invalid'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.10', segments: 5 }),
      '20:00:30 chrome 192.0.2.10 GET /live/main.m3u8 200 asn=24940 class=datacentre',
    ],
    expect: {
      contents: {
        live: {
          hits: { browser: 6, datacentre: 1 },
          viewers: 0,
          record: { viewers: { gross: 1, invalid: { datacentre: 1 } } },
          by: { class: { datacentre: { viewers: 1, starts: 1, watchSeconds: 30 } } },
        },
      },
    },
  },
  {
    name: 'a hit that is not relevant does not raise the class',
    pins: ['C1_class', 'H5_relevant'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.10', segments: 5 }),
      '20:00:30 chrome 192.0.2.10 GET /live/logo.png 200 asn=24940 class=datacentre',
      '20:00:30 chrome 192.0.2.10 HEAD /live/main.m3u8 200 asn=24940 class=datacentre',
    ],
    expect: { contents: { live: { hits: { browser: 6, datacentre: 2 }, viewers: 1 } } },
  },
  {
    name: 'the country is the alphabetically first, ZZ if none is known',
    pins: ['C2_country', 'A6_dimensions'],
    lines: [
      ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.10', segments: 2, keys: 'cc=DE' }),
      '20:00:12 chrome 192.0.2.10 GET /live/main.m3u8 200 cc=AT',
      '20:00:12 chrome 192.0.2.10 GET /live/logo.png 200 cc=AA',
      ...play('20:00:00', { agent: 'roku', ip: '192.0.2.11', segments: 2 }),
    ],
    expect: {
      contents: {
        live: {
          by: {
            country: {
              AT: { viewers: 1, starts: 1, attempts: 1, watchSeconds: 12, views: { view2: 1 } },
              ZZ: { viewers: 1, watchSeconds: 12 },
              DE: { viewers: 0 },
              AA: { viewers: 0 },
            },
            device: { desktop: { viewers: 1 }, tv: { viewers: 1 } },
          },
        },
      },
    },
  },
  {
    name: 'a country holds for one day only',
    pins: ['C2_country', 'T3_broadcast_day'],
    lines: [
      ...play('05:00:00', { agent: 'chrome', ip: '192.0.2.10', segments: 2, keys: 'cc=AT' }),
      ...play('07:00:00', { agent: 'chrome', ip: '192.0.2.10', segments: 2, keys: 'cc=DE' }),
    ],
    expect: {
      contents: { live: { by: { country: { AT: { viewers: 1 }, DE: { viewers: 1 } } } } },
    },
  },
];
