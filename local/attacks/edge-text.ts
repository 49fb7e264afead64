/** Lines as CloudFront delivers them to Kinesis, in the columns of local/crowd/act.ts. */

/** One request and what the edge answered. One object is used for all of them. */
export interface Ask {
  method: 'GET' | 'HEAD' | 'POST';
  host: string;
  path: string;
  /** `-`: none */
  query: string;
  status: string;
  detail: string;
  contentType: string;
  /** as `0-1`; empty: all */
  range: string;
  /** The columns of CMCD, with tabs; NO_CMCD if none are sent. */
  cmcd: string;
}

export const NO_CMCD = '-\t-\t-';
export const LIVE_HOST = 'live.example.com';
export const PAGE_HOST = 'www.example.com';
export const HLS = 'application/vnd.apple.mpegurl';
export const HTML = 'text/html;%20charset=utf-8';

export function makeAsk(): Ask {
  return {
    method: 'GET',
    host: PAGE_HOST,
    path: '/',
    query: '-',
    status: '200',
    detail: 'Hit',
    contentType: HTML,
    range: '',
    cmcd: NO_CMCD,
  };
}

/** A plain GET that is answered from the cache. */
export function setAsk(ask: Ask, host: string, path: string, contentType: string): void {
  ask.method = 'GET';
  ask.host = host;
  ask.path = path;
  ask.query = '-';
  ask.status = '200';
  ask.detail = 'Hit';
  ask.contentType = contentType;
  ask.range = '';
  ask.cmcd = NO_CMCD;
}

export function setAnswer(ask: Ask, status: string, detail: string, contentType: string): void {
  ask.status = status;
  ask.detail = detail;
  ask.contentType = contentType;
  ask.range = '';
}

/** 000 to 999, as they stand behind the seconds. */
const MILLISECONDS = Array.from({ length: 1000 }, (_, ms) => String(ms).padStart(3, '0'));

export interface Asker {
  readonly address: string;
  readonly edgeAndAgent: string;
  readonly countryAndAsn: string;
}

export function renderAsk(ask: Ask, atMs: number, asker: Asker): string {
  const { query, range } = ask;
  const dash = range.indexOf('-');
  const first = range === '' ? '-' : range.slice(0, dash);
  const last = range === '' ? '-' : range.slice(dash + 1);
  return (
    `${Math.floor(atMs / 1000)}.${MILLISECONDS[atMs % 1000]}\t${asker.address}\t${ask.status}\t${ask.method}\t` +
    // The stem of real-time logs holds the query as well.
    `${ask.host}\t${ask.path}${query === '-' ? '' : `?${query}`}\t${asker.edgeAndAgent}\t${query}\t` +
    `${ask.contentType}\t${first}\t${last}\t${ask.detail}\t${asker.countryAndAsn}\t${ask.cmcd}\n`
  );
}
