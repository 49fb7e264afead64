/**
 * User agents of the players, browsers, televisions and robots that come to a live event, with the
 * class and device family that docs/CLASSIFICATION.md gives them. Written from that page, not taken
 * from the classifier: test/local/crowd-agents.test.ts holds the two together.
 */
export type AgentClass =
  'player' | 'browser' | 'declared_bot' | 'fake_crawler' | 'tool' | 'malformed';

export interface CrowdAgent {
  /** As the client sends it, decoded; empty if it sends none. */
  readonly text: string;
  readonly class: AgentClass;
  readonly device: string;
}

/** One agent for each version that stands for `*` in the text. */
function versions(
  agentClass: AgentClass,
  device: string,
  text: string,
  list: readonly (string | number)[] = [''],
): CrowdAgent[] {
  return list.map((version) => ({
    text: text.replaceAll('*', String(version)),
    class: agentClass,
    device,
  }));
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

const PHONES = [
  ...versions(
    'player',
    'phone',
    'AppleCoreMedia/1.0.0.* (iPhone; U; CPU OS 18_1_1 like Mac OS X; en_us)',
    ['22B91', '22A3354', '21H16', '21G93'],
  ),
  ...versions(
    'browser',
    'phone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS * like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    ['17_6_1', '18_0', '18_0_1', '18_1', '18_1_1'],
  ),
  ...versions(
    'browser',
    'phone',
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/*.0.0.0 Mobile Safari/537.36`,
    range(124, 131),
  ),
  ...versions(
    'browser',
    'phone',
    `Mozilla/5.0 (Linux; Android 14; *) ${WEBKIT} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`,
    ['SM-S928B', 'SM-A546B', 'SM-G991U'],
  ),
  // A phone by its name, with `bot` in it.
  ...versions(
    'browser',
    'phone',
    `Mozilla/5.0 (Linux; Android 10; CUBOT P40) ${WEBKIT} Chrome/*.0.0.0 Mobile Safari/537.36`,
    [112, 128],
  ),
  ...versions('player', 'phone', 'FinalApp/* (Linux;Android 14) ExoPlayerLib/2.19.1', [
    '3.2.0',
    '3.2.1',
    '3.3.0',
  ]),
  ...versions('player', 'phone', 'FinalApp/4.0 (Linux;Android 15) AndroidXMedia3/1.*', [
    '3.1',
    '4.0',
    '4.1',
  ]),
  ...versions('player', 'phone', 'okhttp/*', ['4.9.3', '4.12.0']),
];

const TABLETS = [
  ...versions(
    'player',
    'tablet',
    'AppleCoreMedia/1.0.0.* (iPad; U; CPU OS 17_6 like Mac OS X; de_de)',
    ['21G93', '22B91'],
  ),
  ...versions(
    'browser',
    'tablet',
    `Mozilla/5.0 (Linux; Android 13; SM-X700) ${WEBKIT} Chrome/*.0.0.0 Safari/537.36`,
    range(128, 130),
  ),
  ...versions(
    'browser',
    'tablet',
    `Mozilla/5.0 (Linux; Android 11; KFTRWI) ${WEBKIT} Silk/128.2.* like Chrome/128.0.6613.187 Safari/537.36`,
    ['4', '7'],
  ),
];

const DESKTOPS = [
  ...versions(
    'browser',
    'desktop',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/*.0.0.0 Safari/537.36`,
    range(122, 131),
  ),
  ...versions(
    'browser',
    'desktop',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/*.0.0.0`,
    range(127, 131),
  ),
  ...versions(
    'browser',
    'desktop',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:*.0) Gecko/20100101 Firefox/*.0',
    range(128, 133),
  ),
  ...versions(
    'browser',
    'desktop',
    'Mozilla/5.0 (X11; Linux x86_64; rv:*.0) Gecko/20100101 Firefox/*.0',
    range(130, 133),
  ),
  ...versions(
    'browser',
    'desktop',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/* Safari/605.1.15',
    ['17.5', '17.6', '18.0', '18.1'],
  ),
  ...versions(
    'browser',
    'desktop',
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/*.0.0.0 Safari/537.36`,
    [129, 130],
  ),
  ...versions('player', 'other', 'VLC/3.0.* LibVLC/3.0.*', [20, 21]),
];

const TELEVISIONS = [
  ...versions(
    'player',
    'tv',
    `Mozilla/5.0 (SMART-TV; LINUX; Tizen *) ${WEBKIT} 94.0.4606.31/7.0 TV Safari/537.36`,
    ['6.5', '7.0', '8.0'],
  ),
  ...versions(
    'player',
    'tv',
    `Mozilla/5.0 (Web0S; Linux/SmartTV) ${WEBKIT} Chrome/*.0.0.0 Safari/537.36 WebAppManager`,
    [87, 94, 108],
  ),
  ...versions('player', 'tv', 'Roku/DVP-* (14.0.4.2806-AB)', ['13.0', '14.0']),
  ...versions(
    'player',
    'tv',
    'AppleCoreMedia/1.0.0.* (Apple TV; U; CPU OS 17_6 like Mac OS X; en_us)',
    ['21M71', '22J580'],
  ),
  ...versions('player', 'tv', 'Dalvik/2.1.0 (Linux; U; Android 9; * Build/PS7484)', [
    'AFTKA',
    'AFTMM',
  ]),
  ...versions(
    'player',
    'tv',
    `Mozilla/5.0 (Linux; Android 12.0; Build/STTL.240206.002) ${WEBKIT} Chrome/*.0.0.0 Safari/537.36 CrKey/1.56.500000 DeviceType/SmartSpeaker`,
    [125],
  ),
  ...versions(
    'player',
    'tv',
    `Mozilla/5.0 (Linux; Andr0id 9; BRAVIA 4K VH2) ${WEBKIT} Chrome/*.0.0.0 Safari/537.36 HbbTV/1.5.1 (; Sony; BRAVIA; PKG; 2021;)`,
    [88],
  ),
];

const CONSOLES = [
  ...versions(
    'player',
    'console',
    'Mozilla/5.0 (PlayStation; PlayStation 5/*) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15',
    ['9.60', '10.00'],
  ),
  ...versions(
    'player',
    'console',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) ${WEBKIT} Chrome/*.0.0.0 Safari/537.36 Edge/44.18363.8131`,
    [64],
  ),
];

/** By share: the first numbers are out of 100. */
const SHARES: readonly (readonly [number, readonly CrowdAgent[]])[] = [
  [40, PHONES],
  [7, TABLETS],
  [30, DESKTOPS],
  [20, TELEVISIONS],
  [3, CONSOLES],
];

export const PEOPLE_AGENTS: readonly CrowdAgent[] = SHARES.flatMap(([, agents]) => agents);

/** The agents of each of 100 people; pick a list, then one of it. */
export const AGENT_LISTS: readonly (readonly CrowdAgent[])[] = SHARES.flatMap(([share, agents]) =>
  Array.from({ length: share }, () => agents),
);

const one = (agentClass: AgentClass, text: string, device = 'other'): CrowdAgent => ({
  text,
  class: agentClass,
  device,
});

/** Robots that say what they are. */
export const DECLARED_BOTS: readonly CrowdAgent[] = [
  one('declared_bot', 'Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)'),
  one('declared_bot', 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)'),
  one('declared_bot', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'),
  one('declared_bot', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'),
];

/** Names of crawlers whose operators publish their addresses; none of ours is among those. */
export const FAKE_CRAWLERS: readonly CrowdAgent[] = [
  one('fake_crawler', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
  one('fake_crawler', 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)'),
];

export const TOOLS: readonly CrowdAgent[] = [
  one('tool', 'curl/8.5.0'),
  one('tool', 'Wget/1.21.4'),
  one('tool', 'python-requests/2.32.3'),
  one('tool', 'Go-http-client/2.0'),
  one('tool', 'axios/1.7.7'),
];

/** Programs that copy a stream: they ask as a player does, and nobody looks. */
export const RESTREAMERS: readonly CrowdAgent[] = [
  one('tool', 'Lavf/60.16.100'),
  one('tool', 'streamlink/6.11.0'),
];

export const HEADLESS: readonly CrowdAgent[] = [
  one(
    'tool',
    `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/131.0.0.0 Safari/537.36`,
    'desktop',
  ),
];

export const NO_AGENT: readonly CrowdAgent[] = [
  one('malformed', ''),
  one('malformed', 'Mozilla/5.0'),
];

/** What machines in a data centre call themselves. */
export const POSED_BROWSERS: readonly CrowdAgent[] = DESKTOPS.filter(
  (agent) => agent.class === 'browser',
);

/** CloudFront's table for URL-encoded values, which leaves most of ASCII alone. */
export function escapeAgent(text: string): string {
  if (text === '') return '-';
  return text.replace(/[^!$&()*+,\-./0-9:;=?@A-Z_a-z]/gu, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
