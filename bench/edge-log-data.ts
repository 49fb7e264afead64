/** What the synthetic edge log is made of: real shapes of agents, networks, places. */

/** CloudFront's canonical order, of autumn 2026; a copy on purpose, so that a mistake in one shows. */
export const ALL_FIELDS: readonly string[] = (
  'timestamp c-ip s-ip time-to-first-byte sc-status sc-bytes cs-method cs-protocol cs-host ' +
  'cs-uri-stem cs-bytes x-edge-location x-edge-request-id x-host-header time-taken ' +
  'cs-protocol-version c-ip-version cs-user-agent cs-referer cs-cookie cs-uri-query ' +
  'x-edge-response-result-type x-forwarded-for ssl-protocol ssl-cipher x-edge-result-type ' +
  'fle-encrypted-fields fle-status sc-content-type sc-content-len sc-range-start sc-range-end ' +
  'c-port x-edge-detailed-result-type c-country cs-accept-encoding cs-accept ' +
  'cache-behavior-path-pattern cs-headers cs-header-names cs-headers-count ' +
  'primary-distribution-id primary-distribution-dns-name origin-fbl origin-lbl asn ' +
  'cmcd-encoded-bitrate cmcd-buffer-length cmcd-buffer-starvation cmcd-content-id ' +
  'cmcd-object-duration cmcd-deadline cmcd-measured-throughput cmcd-next-object-request ' +
  'cmcd-next-range-request cmcd-object-type cmcd-playback-rate ' +
  'cmcd-requested-maximum-throughput cmcd-streaming-format cmcd-session-id cmcd-stream-type ' +
  'cmcd-startup cmcd-top-bitrate cmcd-version r-host sr-reason x-edge-mqcs ' +
  'distribution-tenant-id connection-id viewer-request-log-data viewer-response-log-data'
).split(' ');

/** What Turnout asks CloudFront for. */
export const LOG_FIELDS: readonly string[] = (
  'timestamp c-ip sc-status cs-method cs-host cs-uri-stem x-edge-location ' +
  'cs-user-agent cs-uri-query sc-content-type sc-range-start sc-range-end ' +
  'x-edge-detailed-result-type c-country asn cmcd-object-duration cmcd-object-type ' +
  'cmcd-session-id'
).split(' ');

/** CloudFront's standard log, version 1. */
export const STANDARD_FIELDS: readonly string[] = (
  'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) ' +
  'cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header ' +
  'cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher ' +
  'x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port ' +
  'time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start ' +
  'sc-range-end'
).split(' ');

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

/** Play the stream. */
export const PLAYER_AGENTS: readonly string[] = [
  'AppleCoreMedia/1.0.0.20G75 (iPhone; U; CPU OS 16_6 like Mac OS X; en_us)',
  'AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5_1 like Mac OS X; de_de)',
  'AppleCoreMedia/1.0.0.22B83 (iPhone; U; CPU OS 18_1 like Mac OS X; en_gb)',
  'AppleCoreMedia/1.0.0.22B83 (iPad; U; CPU OS 18_1 like Mac OS X; fr_fr)',
  'AppleCoreMedia/1.0.0.20M73 (Apple TV; U; CPU OS 16_6 like Mac OS X; en_us)',
  'AppleCoreMedia/1.0.0.23H420 (Macintosh; U; Intel Mac OS X 14_6; en_us)',
  'ExampleTV/5.12.0 (Linux;Android 14) ExoPlayerLib/2.19.1',
  'ExampleTV/5.11.3 (Linux;Android 13) ExoPlayerLib/2.18.7',
  'ExampleTV/6.0.1 (Linux;Android 15) AndroidXMedia3/1.4.1',
  'Roku/DVP-12.5 (12.5.0.4178-E6)',
  'Roku/DVP-14.0 (14.0.4.4805-C2)',
  `Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) ${WEBKIT} 94.0.4606.31/7.0 TV Safari/537.36`,
  `Mozilla/5.0 (Web0S; Linux/SmartTV) ${WEBKIT} Chrome/94.0.4606.128 Safari/537.36 WebAppManager`,
  `Mozilla/5.0 (X11; Linux aarch64) ${WEBKIT} Chrome/114.0.5735.289 Safari/537.36 CrKey/1.56.500000`,
  'VLC/3.0.20 LibVLC/3.0.20',
];

/** Read the pages and play the stream. */
export const BROWSER_AGENTS: readonly string[] = [
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/130.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/128.0.0.0 Safari/537.36 OPR/114.0.0.0`,
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Version/17.6 Safari/605.1.15`,
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Version/18.1 Safari/605.1.15`,
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/130.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 13; CUBOT P80) ${WEBKIT} Chrome/129.0.0.0 Mobile Safari/537.36`,
  `Mozilla/5.0 (Linux; Android 14; SM-S918B) ${WEBKIT} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`,
  `Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) ${SAFARI} Version/17.6 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${SAFARI} Version/18.1 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) ${SAFARI} Version/17.6 Mobile/15E148 Safari/604.1`,
];

/** Walk the pages, or draw segments without playing. */
export const BOT_AGENTS: readonly string[] = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)',
  `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/130.0.0.0 Safari/537.36`,
  'curl/8.5.0',
  'python-requests/2.32.3',
  'Go-http-client/2.0',
];

/** Networks of people, and those of data centres, by autonomous system. */
export const PEOPLE_ASNS = [3320, 7922, 3215, 2856, 7018, 21928, 12322, 6830, 4134, 55836] as const;
export const DATACENTRE_ASNS = [16509, 14061, 24940] as const;

/** Edge location and the country of most of its viewers. */
export const EDGES: readonly (readonly [edge: string, country: string])[] = [
  ['FRA56-P4', 'DE'],
  ['FRA60-P1', 'DE'],
  ['TXL50-P2', 'DE'],
  ['MUC50-P1', 'DE'],
  ['DUS51-P2', 'NL'],
  ['AMS58-P3', 'NL'],
  ['CDG52-P1', 'FR'],
  ['MRS52-P3', 'FR'],
  ['LHR61-P7', 'GB'],
  ['LHR50-P2', 'GB'],
  ['MAN51-P1', 'GB'],
  ['DUB56-P1', 'IE'],
  ['MAD56-P2', 'ES'],
  ['MXP63-P3', 'IT'],
  ['ZRH55-P1', 'CH'],
  ['VIE50-P3', 'AT'],
  ['WAW51-P2', 'PL'],
  ['ARN56-P1', 'SE'],
  ['IAD89-P2', 'US'],
  ['JFK50-P6', 'US'],
  ['ORD58-P1', 'US'],
  ['DFW57-P3', 'US'],
  ['LAX50-P5', 'US'],
  ['SFO53-P2', 'US'],
  ['GRU3-P3', 'BR'],
  ['NRT57-P4', 'JP'],
  ['BOM78-P9', 'IN'],
  ['SYD62-P1', 'AU'],
];

export const RENDITIONS = ['1080p', '720p', '480p', '360p', '240p'] as const;
/** Bytes of one segment of each rendition. */
export const SEGMENT_BYTES = [3_900_000, 2_250_000, 1_050_000, 600_000, 330_000] as const;

/** Pages of the site beside the page with the player. */
export const PAGES = ['/', '/schedule', '/news/line-up', '/help/how-to-watch', '/imprint'] as const;
export const ASSETS = ['/static/app.js', '/static/app.css', '/img/stage.jpg'] as const;
