import type { Device } from './classes';

/**
 * Tokens of device families, most telling first: a television that runs Android says both, and a
 * tablet browser that asks for the desktop site cannot be told from a desktop at all.
 */
const FAMILIES: readonly (readonly [Device, RegExp])[] = [
  [
    'tv',
    /\bRoku|\bWeb0S\b|\bwebOS\.TV|SMART-?_?TV|SmartHub|HbbTV|\bNET ?TV\b|NETRANGE|CE-HTML|CrKey|Apple ?TV|tvOS|\bGoogle ?TV\b|\bAndroid ?TV\b|VIDAA|\bViera\b|BRAVIA|AQUOS|\bAFT[A-Z]\w*\b|Fire ?TV|\b_?TV_|\bDTV\b|\bSTB\b|\bMi ?TV\b|InettvBrowser|Hybridcast|\bMaple ?20\d\d|NetCast|\bOMI\/\d|Chromecast|\bTV Safari\b|Safari\/[\d.]+ TV\b|Tizen.*\bTV\b|SMARTTV|\bTV\b(?=[^(]*\))|\bKodi\/|\bXBMC\//i,
  ],
  ['console', /\bPlay ?Station|\bPS[2-5P]\b|\bXbox\b|\bNintendo|\bWii\b|\bOUYA\b|\bSHIELD\b/i],
  [
    'speaker',
    /\bSonos\b(?!.*ICRU_)|AlexaMediaPlayer|\bAEO[A-Z]{2}\b|HomePod|AudioAccessory|Google-?Home\b|\bBose\/|Squeeze(?:box|lite)/i,
  ],
  [
    'wearable',
    /watch ?OS|\bWatch\d|Wear ?OS|\bSM-R[0-9]{3}|\bGarmin\b|\bMobile VR\b|\bQuest\b|OculusBrowser/i,
  ],
  [
    'car',
    /CarPlay|Android Automotive|\bTesla\/|QtCarBrowser|\bPolestar|\bAutomotive\b|\bCarBrowser/i,
  ],
  [
    'tablet',
    /\biPad|\bTablet\b(?! PC)|PlayBook|\bKindle|\bKF[A-Z]{3,5}\b|\bSilk\/|\bTouchPad\b|Android(?!.*\bMobile\b)(?=.*AppleWebKit)/i,
  ],
  [
    'phone',
    /iPhone|\biPod|\biPh\d|Android|\bAdr \d|\bDalvik\/|\bMobile\b|Windows (?:Phone|CE|Mobile)|Symb(?:ian|OS)|Series ?60|BlackBerry|\bBB10\b|KAIOS|\bMIDP\b|\bCLDC\b|\bBada\b|Palm|UP\.Browser|UCWEB|\bWAP\d?\b|Obigo|DoCoMo\/|KDDI|\bNokia|SonyEricsson|\bokhttp\/|ExoPlayer|\bTizen|\biOS\b|\bCFNetwork\//i,
  ],
  [
    'desktop',
    /\bWindows|\bWin(?:32|64|9[58])\b|Macintosh|\bMac ?OS|\bX11\b|\bCrOS\b|\bLinux\b|BSD\b|\bSunOS|\bMSIE \d|\bOS\/2\b/i,
  ],
];

/** CFNetwork does not name the device; these marks of a Mac stand beside it. */
const MAC_APP = /\bDarwin\/.*(?:x86_64|i386|arm64|Power|Mac)|\bMac(?:Book|mini|Pro)/i;

export function judgeDevice(agent: string): Device {
  if (MAC_APP.test(agent)) return 'desktop';
  for (const [device, tokens] of FAMILIES) if (tokens.test(agent)) return device;
  return 'other';
}
