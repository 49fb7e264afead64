import type { AgentRule } from './agent-rule';
import declared from './data/declared-bots.json';
import { BOT_WORD } from './rules-bot-words';

const SINCE = '2026-11-24';

/** Programs that fetch for a programmer, a tester or an attacker. Read before the lists of bots. */
export const TOOL_RULES: readonly AgentRule[] = [
  {
    id: 'A301_headless_browser',
    since: SINCE,
    source: 'makers: browsers that are driven by a program say so unless told to hide it',
    class: 'tool',
    pattern:
      /Headless|PhantomJS|SlimerJS|Puppeteer|Playwright|Selenium|WebDriver|\bCypress\/|\bjsdom\b|\bHtmlUnit|\bNightmare\b|\bSplash\b.*Version/i,
    reads: 'bare',
  },
  {
    id: 'A302_command_line',
    since: SINCE,
    source: 'makers: curl, wget and their like',
    class: 'tool',
    pattern:
      /^curl\b|\blibcurl\b|\bPycURL|^Wget|\bHTTPie\/|^aria2\/|^Axel\b|^lftp\/|^xh\/|^git\/|^git-|^SVN\/|^rclone\//i,
    reads: 'bare',
  },
  {
    id: 'A303_http_library',
    since: SINCE,
    source: 'makers of HTTP libraries: the name that is sent when a program gives none',
    class: 'tool',
    pattern:
      /\bpython\b|\bpython-|\baiohttp\b|\bhttpx\b|\burllib|\brequests\/\d|\bGo-http-client\b|\bGo \d[\d.]+ package http\b|\bJava\/\d|\bJakarta Commons|\bHttp-?Client\b|\bHttpURLConnection|\blibwww-?perl\b|\bLWP\b|\bPerl\b|\baxios\b|\bnode(?:-|\.js|js\b|$)|\bundici\b|\bgot\b.*\bgithub|\bsuperagent\b|\bRuby\b|\bFaraday\b|\bHTTParty\b|\bRest-?(?:Sharp|Client)\b|\bGuzzle|^PHP\b|\bIndy Library\b|\bWinHttp|\bWinInet|\breqwest\b|\bhyper\/\d|\bureq\/|\bakka-http|\bpekko-http|\bvert\.x|\bJersey\/|\bMechanize|\bDart\/\d|\blibsoup\b|\blibhttp\b|\bcpp-httplib|\bPostman|\binsomnia\/|\bApache-|\bAHC\/|-CryptoAPI\b|\bMicrosoft (?:BITS|URL Control|Data Access)|\bDeno\/|\bBun\/|\bElixir|\bhackney\/|\bcolly\b|-requests\b/i,
    reads: 'bare',
  },
  {
    id: 'A304_downloader',
    since: SINCE,
    source: 'makers: programs that copy files, streams or sites to disk',
    class: 'tool',
    pattern:
      /torrent\b|\bTransmission\/|\byt-dlp\b|\byoutube-dl\b|\bstreamlink\b|\bN_m3u8DL|\bHTTrack|\bWebCopier|\bWebZIP|\bSiteSucker|\bOffline Explorer|\bTeleport Pro|\bGetRight\/|\bJDownloader|\bFlashGet|\bDownload ?(?:er|Master|Express|Ninja|Accelerator)\b|(?<!Android)\bDownload ?Manager\b|File ?Downloader|^PRDownloader/i,
    reads: 'bare',
  },
  {
    id: 'A305_load_or_attack',
    since: SINCE,
    source: 'makers: load generators and vulnerability scanners under their own name',
    class: 'tool',
    pattern:
      /\bk6\/|\bJMeter|\bGatling|\bwrk\d?\b|\bApacheBench|^ab\/|\bSiege\/|^hey\/|\bvegeta\b|\bLocust\b|\bArtillery\b|\bNmap\b|\bNikto\b|\bsqlmap|\bmasscan|\bzgrab|\bNuclei\b|\bWPScan|\bAcunetix|\bNessus|\bOpenVAS|\bDirBuster|\bgobuster|\bffuf\b|\bferoxbuster|\bBurp ?Suite|\bMorfeus|\bZmEu\b|\bMirai\b|^Hello,? [Ww]orld/i,
    reads: 'bare',
  },
];

/** The words and marks by which bots declare themselves, then the published lists. */
export const BOT_RULES: readonly AgentRule[] = [
  {
    id: 'A401_bot_word',
    since: SINCE,
    source: 'robots say what they are: bot, crawler, spider, scraper (CUBOT is a maker of phones)',
    class: 'declared_bot',
    pattern: BOT_WORD,
    reads: 'bare',
  },
  {
    id: 'A402_fetch_word',
    since: SINCE,
    source: 'services that fetch on their own say for what: check, monitor, archive, preview, scan',
    class: 'declared_bot',
    pattern:
      /^(?!.*\bCFNetwork\/).*(?:fetch(?:er|ing|or)?\b|monitor(?:ing)?\b|check(?:er|s|ing)?\b|valid(?:ator|ation)|previews?\b|archiv(?:er|e|ing)|index(?:er|ing)\b|scan(?:ner|ning|s)?\b|analy[sz]er\b|analytics\b|pars(?:er|ing)\b|prob(?:e|er|ing)\b|uptime|ping(?:er)?\b|look-?up\b|audit(?:or|ing)?\b|inspector\b|diagnostic|observatory|prerender|thumbnail|screenshot|headers?check|survey|research(?:er)?\b|classifier|recon\b|fingerprint|synthetic|webhook|link ?(?:expander|resolver|unfurl)|image-?proxy|retriever|\bseo(?!ul)|prospect(?:ing|or))/i,
    reads: 'bare',
  },
  {
    id: 'A403_contact',
    since: SINCE,
    source: 'custom of crawlers: an address where to complain, as +http:// or by mail',
    class: 'declared_bot',
    pattern:
      /\+ ?(?:https?:|mailto:|www\.)|compatible;[^)]*(?:https?:\/\/|www\.)|[\w.+-]{2,40}(?:@| ?\[at\] ?| at )[\w-]{2,40}(?:\.| ?\[dot\] ?| dot )[a-z]{2,}\b/i,
    reads: 'bare',
  },
  {
    id: 'A404_web_address',
    since: SINCE,
    source:
      'custom of crawlers: the address of their page. Apps of people also name theirs, beside a platform or as players',
    class: 'declared_bot',
    pattern:
      /^(?!(?!Mozilla).*(?:\biOS\b|iPhone|iPad|Android|macOS|Windows NT|pod|radio|music|player|audio|\bfm\b|xbmc))(?!.*Embedded Web Browser).*(?:https?:\/\/|(?<![\w.-])www\.)/i,
    reads: 'bare',
  },
  {
    id: 'A405_feed_reader',
    since: SINCE,
    source: 'feed readers fetch on a timer for many, and say for how many subscribers',
    class: 'declared_bot',
    pattern:
      /\b\d* ?subscribers?\b|\bfeed[ -]?(?:fetch|pars|read|burner|bin)|\brss\b|\bnews ?(?:gator|blur|reader)/i,
    reads: 'bare',
  },
  {
    id: 'A406_listed_bot',
    since: SINCE,
    source: 'crawler-user-agents 1.60.0 (MIT), corrected: data/declared-bots.json',
    class: 'declared_bot',
    pattern: oneOf(declared.exactCase, ''),
    reads: 'bare',
  },
  {
    id: 'A407_listed_bot_any_case',
    since: SINCE,
    source: 'isbot 5.2.3 (Unlicense), corrected: data/declared-bots.json',
    class: 'declared_bot',
    pattern: oneOf(declared.anyCase, 'i'),
    reads: 'bare',
  },
  {
    id: 'A408_compatible_with_nothing',
    since: SINCE,
    source: 'a browser that says "compatible" names its engine and system; a bot just its name',
    class: 'declared_bot',
    pattern:
      /^Mozilla\/\d\.\d+ ?\((?!.*(?:; U;|MSIE|Konqueror|Windows|Linux|Mac|X11|Android|Trident|Gecko\/|BSD|Nokia|Symbian|BlackBerry|iPhone|iPad|iPod))[^()]*\)?$|^Mozilla\/\d\.\d+ (?!Linux|Windows|Mac|Opera|Android|X11|Safari|AppleWebKit)[\w .-]+(?:\/[\d.]+)?$/i,
    reads: 'bare',
  },
  {
    id: 'A409_agent_after_browser',
    since: SINCE,
    source: 'programs that copy a browser and put their own name (Agent, Google-...) behind it',
    class: 'declared_bot',
    pattern:
      /\w(?:Agent|Tool|Tools|Engine|Advisor)\b(?:[/ ][\d.]+)?(?:[;)]|$)|\bGoogle-[A-Z]\w+|\b\w+-Google\b|\bKHTML, like Gecko; (?:compatible; )?[\w -]+(?:\/[\d.]+)?\)/,
    reads: 'bare',
  },
];

/** The patterns in one. Most begin at a word; said once, that keeps the search off the other places. */
function oneOf(patterns: readonly string[], flags: string): RegExp {
  const isWord = (pattern: string) => /^\\b\w/.test(pattern) && !pattern.includes('|');
  const words = patterns.filter(isWord).map((pattern) => pattern.slice(2));
  const others = patterns.filter((pattern) => !isWord(pattern)).map((pattern) => `(?:${pattern})`);
  return new RegExp([`\\b(?:${words.join('|')})`, ...others].join('|'), flags);
}
