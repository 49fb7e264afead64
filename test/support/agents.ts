/** User agents of well-known clients, and what the classifier makes of each. */

export interface Agent {
  readonly text: string;
  readonly device: string;
  readonly classOf: (ip: string) => string;
}

const always = (name: string) => () => name;

export const AGENTS: Readonly<Record<string, Agent>> = {
  /** What iPhones send for HLS. `Core` must not make a robot of it. */
  applecore: {
    text: 'AppleCoreMedia/1.0.0.20G75 (iPhone; U; CPU OS 16_6 like Mac OS X; en_us)',
    device: 'phone',
    classOf: always('player'),
  },
  appletv: {
    text: 'AppleCoreMedia/1.0.0.20M73 (Apple TV; U; CPU OS 16_6 like Mac OS X; en_us)',
    device: 'tv',
    classOf: always('player'),
  },
  roku: {
    text: 'Roku/DVP-12.5 (12.5.0.4178-E6)',
    device: 'tv',
    classOf: always('player'),
  },
  chrome: {
    text: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
    device: 'desktop',
    classOf: always('browser'),
  },
  firefox: {
    text: 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
    device: 'desktop',
    classOf: always('browser'),
  },
  safari: {
    text: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
    device: 'desktop',
    classOf: always('browser'),
  },
  iphone: {
    text: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1',
    device: 'phone',
    classOf: always('browser'),
  },
  edge: {
    text: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0',
    device: 'desktop',
    classOf: always('browser'),
  },
  /** A phone by its name, with `bot` in it. */
  cubot: {
    text: 'Mozilla/5.0 (Linux; Android 10; CUBOT P40) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36',
    device: 'phone',
    classOf: always('browser'),
  },
  /** 66.249.64.0/19 is the range that Google publishes for Googlebot. */
  googlebot: {
    text: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    device: 'other',
    classOf: (ip) => (ip.startsWith('66.249.') ? 'verified_crawler' : 'fake_crawler'),
  },
  mj12bot: {
    text: 'Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)',
    device: 'other',
    classOf: always('declared_bot'),
  },
  curl: { text: 'curl/8.4.0', device: 'other', classOf: always('tool') },
  python: { text: 'python-requests/2.31.0', device: 'other', classOf: always('tool') },
};
