import type { AgentRule } from './agent-rule';

const SINCE = '2026-11-24';

/**
 * Players, read before any bot rule: generic bot words hit them (`core` in AppleCoreMedia, `bot` in
 * CUBOT, shapes that are common on televisions), and a view lost here is lost for good.
 */
export const PLAYER_RULES: readonly AgentRule[] = [
  {
    id: 'A201_restreamer',
    since: SINCE,
    source: 'ffmpeg: libavformat sends Lavf/<version>; it copies streams, nobody looks at it',
    class: 'tool',
    pattern: /\bLavf\b|\blibavformat\b|\bffmpeg\b/i,
    reads: 'whole',
  },
  {
    id: 'A202_apple_media',
    since: SINCE,
    source: 'Apple: AVFoundation, QuickTime, iTunes and AirPlay name themselves',
    class: 'player',
    pattern: /\bAppleCoreMedia\b|\bQuickTime\b|^iTunes\b|\bAirPlay\/|^Podcasts\/|^Music\/\d/,
    reads: 'whole',
  },
  {
    id: 'A203_android_media',
    since: SINCE,
    source: 'Android: ExoPlayer, media3, the stagefright and Nex players name themselves',
    class: 'player',
    pattern: /ExoPlayer|\bmedia3\b|AndroidXMedia3|\bstagefright\b|\bNexPlayer|\bUnityPlayer\//i,
    reads: 'whole',
  },
  {
    id: 'A204_okhttp_alone',
    since: SINCE,
    source: 'standards: many Android players send only the name of their HTTP library',
    class: 'player',
    pattern: /^okhttp\/\d[\w.-]*$/i,
    reads: 'whole',
  },
  {
    id: 'A205_media_player',
    since: SINCE,
    source: 'makers of the players: product names at the start of a word',
    class: 'player',
    pattern:
      /(?:\b|_)(?:VLC|LibVLC|Kodi|XBMC|(?:lib)?mpv|MPlayer2?|SMPlayer|NSPlayer|WMPlayer|WMFSDK|Windows-Media-Player|foobar2000|Winamp|GStreamer|Totem|Rhythmbox|Banshee|Amarok|Clementine|Audacious|MusicBee|AIMP|PotPlayer|MPC-HC|RealPlayer|RealMedia|Plex|Infuse|Emby|Jellyfin|IINA|MediaGo|MediaMonkey|BSPlayer|GOM|KMPlayer|DAAP)(?:\b|_)/i,
    reads: 'bare',
  },
  {
    id: 'A206_television',
    since: SINCE,
    source: 'HbbTV, CE-HTML and makers: platform names of televisions, sticks and set-top boxes',
    class: 'player',
    pattern:
      /\bRoku|\bTizen (?:\d[\d.]*)?.*\bTV\b|\bLinux; Tizen\b(?!.*\bMobile\b)|\bWeb0S\b|\bwebOS\.TV|\bWEBOS\d|\bSMART-?_?TV|SmartTV|SmartHub|HbbTV|hdplus|\bNET ?TV\b|\bNETRANGE|\bCE-HTML\b|\bCrKey\b|Apple ?TV\b|Apple ?TV\d|tvOS\b|\bGoogle ?TV\b|\bAndroid ?TV\b|\bVIDAA\b|\bViera\b|\bBRAVIA\b|\bAQUOS|\bAFT[A-Z]{1,4}\w*\b|\bFire ?TV\b|\b_?TV_|\bDTV\b|\bSTB\b|\bset-top\b|\bMi ?TV\b|InettvBrowser|Hybridcast|\bMaple ?20\d\d|\bNetCast\b|\bTSBNetTV|\bPhilipsTV|\bDLNADOC|\bOMI\/\d|\b(?:DIRECTV|Chromecast|Dreambox|Enigma2|Freebox|Boxee|PopcornHour|MAG\d{3})\b|\bTV Safari\b|Safari\/[\d.]+ TV\b|\bTV\w*\/\d/i,
    reads: 'whole',
  },
  {
    id: 'A207_console',
    since: SINCE,
    source: 'Sony, Microsoft, Nintendo, Nvidia: device names in the agent',
    class: 'player',
    pattern:
      /\bPlay ?Station|\bPS[2-5P]\b|\bXbox\b|\bNintendo|\bWii\b|\bOUYA\b|\bSHIELD(?: Android TV| Tablet)?\b/i,
    reads: 'whole',
  },
  {
    id: 'A208_speaker',
    since: SINCE,
    source: 'Sonos, Amazon, Apple, Google, Bose, UPnP: device names in the agent',
    class: 'player',
    pattern:
      /\bSonos\b|\bAlexa(?:MediaPlayer|Service)|\bAEO[A-Z]{2}\b|\bHomePod|\bAudioAccessory|\bGoogle-?Home\b|\bBose\/|\bUPnP\/1\.|\bSqueeze(?:box|lite|play)|^(?:Amazon|Sonos);[\w-]+;/i,
    reads: 'whole',
  },
  {
    id: 'A209_says_podcast_app',
    since: SINCE,
    source: 'OPAWG user-agents: listening apps that say so, beside an address as crawlers give it',
    class: 'player',
    pattern: /\bpodcast (?:app|player|client)\b|\bpodcatcher\b/i,
    reads: 'whole',
  },
];

/** Agents that name a platform people hold in their hands. Read after bots and tools. */
export const PEOPLE_RULES: readonly AgentRule[] = [
  {
    id: 'A601_podcast_or_radio_app',
    since: SINCE,
    source: 'OPAWG user-agents: listening apps name themselves, often without a platform',
    class: 'player',
    pattern:
      /^(?!Mozilla|Opera).*(?:pod(?:cast|cat|kick|bean|verse|guru|vine)|\bpod\b|radio|\bmusic|player|tuner|\baudio|\bsong|\w(?:cast|pod|fm)\b|(?<!-)\bfm\b|\bstreams?\b|\bvideo|\btv\b|iptv|\btivi|\bott\b)/i,
    reads: 'bare',
  },
  {
    id: 'A602_mobile_platform',
    since: SINCE,
    source: 'makers: names of mobile systems and of the libraries that only they have',
    class: 'browser',
    pattern:
      /Android|\bAdr \d|^A\/\d[\d.]*\/|\bDalvik\/|iPhone|iPad|\biPod|\biOS\b|\biOS\d|\bCFNetwork\/|\bDarwin\/|\bokhttp\/|watch ?OS|\bWatch\d|\bKAIOS|Windows (?:Phone|CE|Mobile)|Symb(?:ian|OS)|Series ?60|\bS60\b|BlackBerry|\bBB10\b|\bPlayBook|\bTizen|\bBada\b|Sailfish|\bwebOS|hpwOS|Palm(?:OS|Source)?\b|Fuchsia|Harmony|\bMeeGo|Maemo|\bFBAN\/|\bUCBrowser\/|\bUCWEB\/|\(Mobile;|\(Tablet;|\bSilk\//i,
    reads: 'whole',
  },
  {
    id: 'A603_feature_phone',
    since: SINCE,
    source: 'WAP and Java ME profiles, i-mode and the browsers of feature phones',
    class: 'browser',
    pattern:
      /\bMIDP|\bCLDC|\bWAP|UP\.(?:Browser|Link)|Obigo|NetFront|\bMAUI\b|Teleca|\bDoCoMo\/|\bKDDI|\bJ-PHONE|SoftBank\/|Vodafone\/|\bBREW\b|\bMMP\/|Openwave|\bNokia|SonyEricsson|^(?:SAMSUNG|LG|LGE|MOT|SIE|SEC|PHILIPS|ALCATEL|ZTE|HUAWEI|LENOVO|PANTECH|SAGEM|SHARP)[-_/ ]|\bNucleus\b|\bMTK\b|\bGarmin\b|\bCUBOT/i,
    reads: 'whole',
  },
  {
    id: 'A604_desktop_platform',
    since: SINCE,
    source: 'browser engines: a browser names its system in brackets, an office program likewise',
    class: 'browser',
    pattern:
      /\bMicrosoft Office\b|\bWindows(?: NT|;| \d|\/)|\bWin(?:dows)? ?(?:32|64|9[58]|NT|2000|XP|7|8|10|11)\b|Macintosh|\bMac(?: OS|OS|_PowerPC)|\bX11\b|\(Linux\b|\bLinux (?:x86_64|i[3-6]86|arm|aarch64|mips|ppc)|\bCrOS\b|\b(?:Free|Open|Net|Dragonfly)BSD|\bSunOS|\bOS\/2\b|\bBeOS\b|\bHaiku\b|\bAmiga|\bRISC OS\b|\bOpenVMS\b|\bIRIX\b|\bHP-UX\b/i,
    reads: 'whole',
  },
  {
    id: 'A605_old_browser',
    since: SINCE,
    source: 'browsers of before 2010 and text browsers, which name themselves without a platform',
    class: 'browser',
    pattern:
      /\bMSIE \d|\bTrident\/|^Mozilla\/[1-4]\.\d+.*\[\w\w|Netscape|^(?:Lynx|Links|E?Links|w3m|Konqueror|iCab|OmniWeb|Dillo|NetSurf|Amaya|IBrowse|Mosaic|NCSA|Opera)\b|\b(?:Konqueror|Galeon|Epiphany|Camino|Firefox|Presto|Gecko)\/\d/i,
    reads: 'whole',
  },
];

/** What is left: nothing says a person, nothing says a bot. MRC counts unknown agents as invalid. */
export const REST_RULES: readonly AgentRule[] = [
  {
    id: 'A701_product_alone',
    since: SINCE,
    source: 'MRC invalid traffic: non-browser user agents. A product and its version, no platform',
    class: 'tool',
    pattern: /^[^\s/]{2,60}(?: [\w.-]{1,30}){0,3}[/ ]v?\d[\w.+-]*(?:\s|$)/,
    reads: 'whole',
  },
  {
    id: 'A702_words_only',
    since: SINCE,
    source: 'MRC invalid traffic: unknown user agents. A word or two, no product and no platform',
    class: 'malformed',
    pattern: /^[^/;()]{1,80}$/,
    reads: 'whole',
  },
  {
    id: 'A703_no_known_shape',
    since: SINCE,
    source: 'MRC invalid traffic: unknown user agents',
    class: 'malformed',
    pattern: /^/,
    reads: 'whole',
  },
];
