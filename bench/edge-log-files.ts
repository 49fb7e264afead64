/** The requests of bench/edge-log.ts as CloudFront writes them: real-time and standard logs. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type EdgeLogOptions, type EdgeRequest, makeRequests } from './edge-log';
import { STANDARD_FIELDS } from './edge-log-data';

/** The lines of a request in each form, without line end. */
export type Render = (request: EdgeRequest, n: number) => string;

function stem({ path, query }: EdgeRequest): string {
  return query === '-' ? path : `${path}?${query}`; // real-time logs repeat the query there
}

/** The fields that Turnout asks for (LOG_FIELDS). */
export const renderRealtime: Render = (r) =>
  `${(r.tMs / 1_000).toFixed(3)}\t${r.ip}\t${r.status}\t${r.method}\t${r.host}\t` +
  `${stem(r)}\t${r.edge}\t${r.agent}\t${r.query}\t${r.contentType}\t${r.rangeStart}\t` +
  `${r.rangeEnd}\t${r.detail}\t${r.country}\t${r.asn}\t${r.objectDuration}\t${r.objectType}\t` +
  r.sessionId;

/** All fields (ALL_FIELDS). */
export const renderAllFields: Render = (r, n) => {
  const id = requestId(n);
  const hit = r.detail === 'Hit' ? 'Hit' : 'Miss';
  const version = r.ip.includes(':') ? 'IPv6' : 'IPv4';
  const names = 'host%0Auser-agent%0Aaccept%0Aaccept-encoding%0A';
  const cmcd = r.sessionId === '-' ? '-' : '4500';
  return [
    ...[(r.tMs / 1_000).toFixed(3), r.ip, '203.0.113.200', '0.012', r.status, r.bytes, r.method],
    ...['https', r.host, stem(r), 284, r.edge, id, 'd111111abcdef8.cloudfront.net', '0.025'],
    ...['HTTP/2.0', version, r.agent, '-', '-', r.query, hit, '-', 'TLSv1.3'],
    ...['TLS_AES_128_GCM_SHA256', hit, '-', '-', r.contentType, r.bytes, r.rangeStart, r.rangeEnd],
    ...[40_000 + (n % 20_000), r.detail, r.country, 'gzip,%20deflate,%20br', '*/*', '*'],
    ...[`host:${r.host}%0Aaccept:*/*%0A`, names, 4, 'EXAMPLE1234567'],
    ...['d111111abcdef8.cloudfront.net', '-', '-', r.asn, cmcd, '-', '-', '-', r.objectDuration],
    ...['-', '-', '-', '-', r.objectType, '-', '-', '-', r.sessionId, '-', '-', '-', '-', '-', '-'],
    ...['-', '-', '-', '-', '-'],
  ].join('\t');
};

let second = -1;
let secondText = '';

/** The standard log (STANDARD_FIELDS): whole seconds; its Host header stands in x-host-header. */
export const renderStandard: Render = (r, n) => {
  const at = Math.floor(r.tMs / 1_000);
  if (at !== second) {
    second = at;
    secondText = new Date(at * 1_000).toISOString().slice(0, 19).replace('T', '\t');
  }
  const hit = r.detail === 'Hit' ? 'Hit' : 'Miss';
  return (
    `${secondText}\t${r.edge}\t${r.bytes}\t${r.ip}\t${r.method}\td111111abcdef8.cloudfront.net\t` +
    `${r.path}\t${r.status}\t-\t${r.agent}\t${r.query}\t-\t${hit}\t${requestId(n)}\t${r.host}\t` +
    `https\t284\t0.025\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\t${hit}\tHTTP/2.0\t-\t-\t` +
    `${40_000 + (n % 20_000)}\t0.012\t${r.detail}\t${r.contentType}\t${r.bytes}\t` +
    `${r.rangeStart}\t${r.rangeEnd}`
  );
};

function requestId(n: number): string {
  const hex = Math.imul(n + 1, 0x9e3779b1) >>> 0;
  return `${hex.toString(36).padStart(8, 'k')}J3xY0w9Zt5Qm1Vb7Rc2Ns8Lf4Hd6Pg==${n % 10}qQ==`;
}

export interface LogFiles {
  readonly realtime: string;
  readonly allFields: string;
  /** the real-time lines of the requests of allFields: its answer must be theirs */
  readonly short: string;
  readonly standard: string;
  /** real-time lines of a longer evening, where what a process takes to begin weighs little */
  readonly long: string;
  readonly lines: number;
  readonly longLines: number;
  readonly allFieldsLines: number;
  readonly bytes: {
    readonly realtime: number;
    readonly allFields: number;
    readonly standard: number;
  };
  /** SHA-256 of the real-time file */
  readonly sha256: string;
}

const BUFFER_CHARS = 65_536;

export interface LogOptions extends EdgeLogOptions {
  /** the file with all 71 fields has lines twice as long, so it may end earlier (default: lines) */
  readonly allFieldsLines?: number | undefined;
  /** lines of the longer evening (default: lines) */
  readonly longLines?: number | undefined;
}

/** Writes the same requests in three forms. Memory holds the viewers, not the log. */
export function writeLogs(folder: string, options: LogOptions): LogFiles {
  const open = (name: string, render: Render) => makeLogWriter(join(folder, name), render);
  const realtime = open('realtime.log', renderRealtime);
  const allFields = open('all-fields.log', renderAllFields);
  const short = open('short.log', renderRealtime);
  const standard = open('standard.log', renderStandard);
  const long = open('long.log', renderRealtime);
  const longLines = Math.max(options.longLines ?? 0, options.lines);
  standard.text(`#Version: 1.0\n#Fields: ${STANDARD_FIELDS.join(' ')}\n`);
  const allFieldsLines = Math.min(options.allFieldsLines ?? options.lines, options.lines);
  let n = 0;
  for (const request of makeRequests({ ...options, lines: longLines })) {
    long.line(request, n);
    if (n < options.lines) {
      realtime.line(request, n);
      standard.line(request, n);
    }
    if (n < allFieldsLines) {
      allFields.line(request, n);
      short.line(request, n);
    }
    n += 1;
  }
  const [main, all, old] = [realtime.end(), allFields.end(), standard.end()];
  return {
    realtime: main.path,
    allFields: all.path,
    short: short.end().path,
    standard: old.path,
    long: long.end().path,
    lines: Math.min(n, options.lines),
    longLines: n,
    allFieldsLines,
    bytes: { realtime: main.bytes, allFields: all.bytes, standard: old.bytes },
    sha256: main.sha256,
  };
}

function makeLogWriter(path: string, render: Render) {
  const file = openSync(path, 'w');
  const hash = createHash('sha256');
  let buffer = '';
  let bytes = 0;
  const flush = () => {
    const chunk = Buffer.from(buffer, 'latin1');
    writeSync(file, chunk);
    hash.update(chunk);
    bytes += chunk.length;
    buffer = '';
  };
  return {
    text: (text: string) => {
      buffer += text;
      if (buffer.length >= BUFFER_CHARS) flush();
    },
    line(request: EdgeRequest, n: number) {
      this.text(`${render(request, n)}\n`);
    },
    end: () => {
      flush();
      closeSync(file);
      return { path, bytes, sha256: hash.digest('hex') };
    },
  };
}
