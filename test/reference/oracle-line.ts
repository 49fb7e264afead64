/** What one line means to the oracle: content, object, outcome and viewer. Rules H1 to I2. */

/** A line as its writer knew it. The oracle takes class and device as given. */
export interface OracleLine {
  readonly tMs: number;
  readonly ip: string;
  readonly status: string;
  readonly method: string;
  readonly host: string;
  /** Without the query, which tells the oracle nothing. */
  readonly path: string;
  readonly query?: string;
  /** Decoded. */
  readonly userAgent: string;
  readonly class: string;
  /** Empty if the log has none. */
  readonly country: string;
  readonly device: string;
  readonly edge: string;
  readonly sessionId?: string;
  readonly objectDurationMs?: number;
  /** CMCD `ot` */
  readonly objectType?: string;
  readonly detailedResult?: string;
  readonly rangeStart?: number;
  readonly rangeEnd?: number;
  readonly contentType?: string;
  /** Tells the oracle nothing: the class is given. */
  readonly asn?: string;
}

export interface OracleContent {
  readonly id: string;
  readonly kind: 'stream' | 'page';
  /** Empty: any host. */
  readonly hosts: readonly string[];
  readonly pathPrefixes: readonly string[];
  readonly segmentSeconds: number;
  /** Media under one of these prefixes are parts of segments. */
  readonly parts?: { readonly pathPrefixes: readonly string[]; readonly seconds: number };
  /** Whole paths. They belong to the content wherever they lie. */
  readonly entryPaths: readonly string[];
}

export type OracleObject = 'asset' | 'manifest' | 'media' | 'init' | 'entry' | 'page';

const MANIFESTS = ['m3u8', 'mpd'];
const MEDIA = 'ts m4s m4v m4a mp4 aac cmfv cmfa ac3 ec3 mp3 webm'.split(' ');
const PAGES = 'html htm xhtml shtml php asp aspx jsp cfm'.split(' ');

/** The first content in configured order whose host and path fit. */
export function contentOf(
  line: OracleLine,
  contents: readonly OracleContent[],
): OracleContent | undefined {
  return contents.find(
    ({ hosts, pathPrefixes, entryPaths }) =>
      (hosts.length === 0 || hosts.includes(line.host)) &&
      (isUnder(line.path, pathPrefixes) || entryPaths.includes(line.path)),
  );
}

export function isUnder(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path.startsWith(prefix));
}

/** H2_outcome */
export function outcomeOf(line: OracleLine, blockStatus: number): string {
  const { status, detailedResult } = line;
  if (status === String(blockStatus)) return 'refusedByUs';
  if (status === '000' || status === '499') return 'hungUp';
  if (detailedResult === 'ClientHungUpRequest' || detailedResult === 'ClientCommError') {
    return 'hungUp';
  }
  if (/^2\d\d$/.test(status) || status === '304') return 'served';
  if (/^4\d\d$/.test(status)) return '4xx';
  if (/^5\d\d$/.test(status)) return '5xx';
  return 'other';
}

/** H3_object */
export function objectOf(line: OracleLine, content: OracleContent): OracleObject {
  if (content.entryPaths.includes(line.path)) return 'entry';
  const file = line.path.split('/').at(-1)!;
  const extension = file.includes('.') ? file.split('.').at(-1)! : '';
  if (content.kind === 'page') {
    const { contentType } = line;
    if (contentType !== undefined && !/html/.test(contentType)) return 'asset';
    return extension === '' || PAGES.includes(extension) ? 'page' : 'asset';
  }
  if (line.objectType !== undefined) {
    if (line.objectType === 'm') return 'manifest';
    if (line.objectType === 'i') return 'init';
    return ['a', 'v', 'av'].includes(line.objectType) ? 'media' : 'asset';
  }
  if (MANIFESTS.includes(extension)) return 'manifest';
  if (!MEDIA.includes(extension)) return 'asset';
  return file.split(/[^a-z]+/).includes('init') ? 'init' : 'media';
}

/** H4_delivered */
export function isDelivered(line: OracleLine, outcome: string): boolean {
  if (line.method !== 'GET' || outcome !== 'served') return false;
  if (line.status !== '200' && line.status !== '206') return false;
  if (line.rangeStart === undefined || line.rangeEnd === undefined) return true;
  return line.rangeEnd - line.rangeStart + 1 > 2;
}

/** H5_relevant */
export function isRelevant(line: OracleLine, object: OracleObject): boolean {
  return line.method === 'GET' && object !== 'asset';
}

/** I1_viewer and I2_session_id, as readable text. */
export function viewerOf(line: OracleLine, sessionIdsMax: number): string {
  const pair = `${networkOf(line.ip)} ${line.userAgent}`;
  const length = [...(line.sessionId ?? '')].length;
  if (length < 8 || length > 64) return pair;
  return `${pair} sid ${fnv1a(line.sessionId!) % sessionIdsMax}`;
}

/** The IPv4 address, or the first four groups of the IPv6 address. */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const groups = ipv6Groups(ip);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (!isMapped) return groups.slice(0, 4).join(':');
  const [high, low] = [groups[6]!, groups[7]!];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function ipv6Groups(ip: string): number[] {
  const [head, tail] = ip.split('::');
  const before = groupsOf(head!);
  const after = tail === undefined ? [] : groupsOf(tail);
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<number>(zeros).fill(0), ...after];
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const bytes = group.split('.').map(Number);
    return [bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!];
  });
}

/** FNV-1a, 32 bits, over the UTF-8 bytes. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = ((hash ^ BigInt(byte)) * 0x01000193n) % 2n ** 32n;
  }
  return Number(hash);
}
