import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { AGENT_CHARS_MAX, AGENT_RULES, judgeAgent } from '../../../lambdas/core/edge/agent';
import { CRAWLERS, type Crawler } from '../../../lambdas/core/edge/agent-rule';
import { NETWORK_RULES } from '../../../lambdas/core/edge/network';
import { DEVICES, type Device, type HitClass } from '../../../lambdas/core/edge/classes';

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0';
const WINDOWS = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`;

/** One agent for each rule, made up or commonly known. */
const CASES: readonly (readonly [rule: string, hitClass: HitClass, agent: string])[] = [
  ['A001_no_agent', 'malformed', ''],
  ['A001_no_agent', 'malformed', '-'],
  ['A002_control_characters', 'malformed', 'Mozilla/5.0 (Windows NT 10.0)\u0007'],
  ['A003_injection', 'malformed', '${jndi:ldap://192.0.2.1/a}'],
  ['A004_template_leftover', 'malformed', 'Mozilla/5.0 {{ agent }}'],
  ['A005_browser_stub', 'malformed', 'Mozilla/5.0'],
  ['A101_names_checked_crawler', 'declared_bot', 'Mozilla/5.0 (compatible; Googlebot/2.1)'],
  ['A201_restreamer', 'tool', 'Lavf/60.16.100'],
  [
    'A202_apple_media',
    'player',
    'AppleCoreMedia/1.0.0.21E219 (iPhone; U; CPU OS 17_4 like Mac OS X)',
  ],
  ['A203_android_media', 'player', 'LiveApp/4.1 (Linux;Android 14) AndroidXMedia3/1.4.1'],
  ['A204_okhttp_alone', 'player', 'okhttp/4.12.0'],
  ['A205_media_player', 'player', 'VLC/3.0.20 LibVLC/3.0.20'],
  ['A206_television', 'player', 'Roku/DVP-12.5 (12.5.0.4178)'],
  ['A207_console', 'player', `Mozilla/5.0 (PlayStation; PlayStation 5/6.00) ${CHROME}`],
  ['A208_speaker', 'player', 'Linux UPnP/1.0 Sonos/99.9-1 (ZPS99)'],
  ['A209_says_podcast_app', 'player', 'Earshot/3.0 (+http://earshot.example/; iOS podcast app)'],
  ['A301_headless_browser', 'tool', WINDOWS.replace('Chrome', 'HeadlessChrome')],
  ['A302_command_line', 'tool', 'curl/8.4.0'],
  ['A303_http_library', 'tool', 'python-requests/2.31.0'],
  ['A304_downloader', 'tool', 'yt-dlp/2026.01.01'],
  ['A305_load_or_attack', 'tool', 'k6/0.50.0'],
  ['A401_bot_word', 'declared_bot', 'Mozilla/5.0 (compatible; ExampleBot/1.0)'],
  ['A402_fetch_word', 'declared_bot', 'Example-LinkChecker 1.0'],
  ['A403_contact', 'declared_bot', `${WINDOWS} (+https://example.com/why)`],
  ['A404_web_address', 'declared_bot', 'Thing/1.0 (https://example.com/thing)'],
  ['A405_feed_reader', 'declared_bot', 'Paperboy/2.0 (17 subscribers)'],
  ['A406_listed_bot', 'declared_bot', 'Amazon CloudFront'],
  ['A407_listed_bot_any_case', 'declared_bot', `${WINDOWS} sparkler/2`],
  ['A408_compatible_with_nothing', 'declared_bot', 'Mozilla/5.0 (compatible; Voyager/1.0)'],
  ['A409_agent_after_browser', 'declared_bot', `${WINDOWS} ExampleAgent`],
  ['A601_podcast_or_radio_app', 'player', 'Example Radio/4.2'],
  [
    'A602_mobile_platform',
    'browser',
    `Mozilla/5.0 (Linux; Android 14; K) ${CHROME} Mobile Safari/537.36`,
  ],
  ['A603_feature_phone', 'browser', 'Example-X100/1.0 Profile/MIDP-2.0 Configuration/CLDC-1.1'],
  ['A604_desktop_platform', 'browser', WINDOWS],
  ['A605_old_browser', 'browser', 'Lynx/2.9.0 libwww-FM/2.14'],
  ['A701_product_alone', 'tool', 'Thingamajig/1.4.2'],
  ['A702_words_only', 'malformed', 'thingamajig'],
  ['A703_no_known_shape', 'malformed', '(;;)/'],
];

describe('each rule', () => {
  it.each(CASES)('%s gives %s for %j', (rule, hitClass, agent) => {
    const verdict = judgeAgent(agent);
    expect([verdict.rule, verdict.class]).toEqual([rule, hitClass]);
  });

  it('has a case, so that no rule is dead and none is unknown', () => {
    const tested = new Set(CASES.map(([rule]) => rule));
    expect(AGENT_RULES.map(({ id }) => id)).toEqual([...tested]);
  });

  it('carries a date and a source, because a list without them cannot be checked again', () => {
    for (const { since, source } of AGENT_RULES) {
      expect(since).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(source).not.toBe('');
    }
  });
});

/** The traps that published lists fall into: each of these is taken for a bot by at least one. */
describe('people whom bot lists take for bots', () => {
  it.each([
    [
      'a phone whose maker ends in bot',
      `Mozilla/5.0 (Linux; Android 13; CUBOT X70) ${CHROME} Mobile Safari/537.36`,
    ],
    ['the same in another order', 'CUBOT_X70/1.0'],
    [
      'a phone whose model is a bot word',
      `Mozilla/5.0 (Linux; Android 9; My Spider Bot 5) ${CHROME} Mobile Safari/537.36`,
    ],
    [
      'such a model beside a build',
      'Dalvik/2.1.0 (Linux; U; Android 9; en-us; Crawler 7 Build/PPR1.1)',
    ],
    [
      'the core of AppleCoreMedia',
      'AppleCoreMedia/1.0.0.20K71 (Apple TV; U; CPU OS 16_0 like Mac OS X; en_us)',
    ],
    ['an app around okhttp', 'LiveApp/5.3.1 okhttp/4.9.3'],
    ['a television with bars', 'RokuOS/3.0.0|Roku 9999X|STB|RokuOS 9.4.0 4200'],
    ['a television with empty brackets', 'Mozilla/5.0 (Linux armv7l; U;) HbbTV/1.5.1 (;;;;;)'],
    [
      'a browser in an app',
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/1.0]`,
    ],
    ['an app of the system library', 'LiveApp/12 CFNetwork/1496.0.7 Darwin/23.5.0'],
    ['a scanner app on a phone', 'Page%20Scanner/12 CFNetwork/1496.0.7 Darwin/23.5.0'],
    ['an app that names its page', 'Earshot/0.2 Android https://earshot.example'],
  ])('%s', (_what, agent) => {
    expect(['player', 'browser']).toContain(judgeAgent(agent).class);
  });
});

describe('bots that pose as people', () => {
  it.each([
    [
      'as a phone, in a second bracket',
      `Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${CHROME} Mobile Safari/537.36 (compatible; ExampleBot/2.1)`,
    ],
    [
      'as a phone, behind the model',
      `Mozilla/5.0 (Linux; Android 8.0; Pixel 2 Build/OPD3; ExampleBot) ${CHROME}`,
    ],
    ['as a browser, behind it', `${WINDOWS} https://example.com/monitoring`],
    ['with an address to write to', `${WINDOWS} (crawl-admin at example dot com)`],
  ])('%s', (_what, agent) => {
    expect(judgeAgent(agent).class).toBe('declared_bot');
  });
});

describe('the crawler that an agent claims to be', () => {
  const claims: Readonly<Record<Crawler, string>> = {
    googlebot: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    bing: 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    duckduckbot: 'DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)',
    duckassistbot: 'DuckAssistBot/1.2; (+http://duckduckgo.com/duckassistbot.html)',
    openai: 'Mozilla/5.0 (compatible; GPTBot/1.1; +https://openai.com/gptbot)',
    perplexity: 'Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)',
    pingdom: 'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)',
    statuscake: 'StatusCake_Example',
  };

  it.each(CRAWLERS)('%s', (crawler) => {
    expect(judgeAgent(claims[crawler]).crawler).toBe(crawler);
  });

  it('is the first of the list when it names two, so that the answer is one', () => {
    expect(judgeAgent('bingbot/2.0 Googlebot/2.1').crawler).toBe('googlebot');
  });

  it.each(['Mozilla/5.0 (compatible; ExampleBot/1.0)', 'AdsBot-Google', WINDOWS])(
    'is none for %s: its addresses are not in the list',
    (agent) => {
      expect(judgeAgent(agent).crawler).toBeNull();
    },
  );
});

describe('the device', () => {
  const agents: Readonly<Record<Device, string>> = {
    other: 'curl/8.4.0',
    phone: `Mozilla/5.0 (Linux; Android 14; K) ${CHROME} Mobile Safari/537.36`,
    tablet: 'Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1',
    desktop: WINDOWS,
    tv: `Mozilla/5.0 (Web0S; Linux/SmartTV) ${CHROME} Safari/537.36`,
    console: 'Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/601.6',
    speaker: 'Linux UPnP/1.0 Sonos/99.9-1 (ZPS99)',
    wearable: 'atc/1.0 watchOS/10.0 model/Watch7,1',
    car: 'Mozilla/5.0 (X11; GNU/Linux) AppleWebKit/537.36 QtCarBrowser Safari/537.36',
  };

  it.each(DEVICES)('%s', (device) => {
    expect(judgeAgent(agents[device]).device).toBe(device);
  });
});

describe('length', () => {
  it('reads the agent up to the limit and not beyond', () => {
    const filler = 'x'.repeat(AGENT_CHARS_MAX - ' curlbot'.length);
    expect(judgeAgent(`${filler} curlbot`).rule).toBe('A401_bot_word');
    expect(judgeAgent(`${filler}x curlbot`).rule).not.toBe('A401_bot_word');
  });

  // A pattern that tries all splits of a text would take seconds on one of these.
  it.each([
    'a',
    ' ',
    '(',
    ';',
    '/',
    '@a.',
    'www.',
    'Android 9; ',
    'bot',
    '%',
    '${',
    'Mozilla/5.0 (',
  ])('a flood of %j costs milliseconds', (piece) => {
    const agent = `Mozilla/5.0 (Linux; Android 9; ${piece.repeat(AGENT_CHARS_MAX)}`;
    judgeAgent(agent);
    const startedAt = performance.now();
    judgeAgent(agent);
    judgeAgent(piece.repeat(AGENT_CHARS_MAX));
    expect(performance.now() - startedAt).toBeLessThan(100);
  });
});

describe('docs/CLASSIFICATION.md', () => {
  const page = readFileSync(join(__dirname, '../../../docs/CLASSIFICATION.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([AN]\d{3}_\w+)` \|.*\| (\S+) \|$/gm)];

  it('lists the rules of the code, in the order of the code, and no other', () => {
    const code = [...AGENT_RULES.map(({ id }) => id), ...NETWORK_RULES];
    expect(rows.map(([, id]) => id)).toEqual(code);
  });

  it('gives the class and the date of the code', () => {
    for (const { id, class: hitClass, since } of AGENT_RULES) {
      const row = rows.find(([, listed]) => listed === id)![0];
      expect(row).toContain(`| \`${hitClass}\` | ${since} |`);
    }
  });
});
