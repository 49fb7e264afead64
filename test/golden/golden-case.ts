/**
 * The form of a golden case: a few lines, written short, and the figures that VIEW_DEFINITION.md
 * gives for them, worked out by hand. Expected figures are never taken from the code.
 *
 * A short line is `TIME AGENT ADDRESS METHOD PATH STATUS [key=value ...]`. TIME is a UTC time of
 * 2026-11-24 (`20:00:00.500`) or a whole ISO time. Keys: `host`, `cc` (country), `edge`, `sid`,
 * `ot`, `od` (CMCD session id, object type, object duration in ms), `detail` (the edge's detailed
 * result), `range` (`0-1`), `type` (content type), `asn`, `class` (if it is not the agent's). A line
 * that begins with `raw ` goes to the reader as it stands; the oracle does not see it.
 */
import {
  REALTIME_FIELDS,
  W3C_HEADER,
  combinedLine,
  renderJson,
  renderRealtime,
  renderW3c,
} from '../support/edge-lines';
import type { OracleLine } from '../reference/oracle';
import { AGENTS } from '../support/agents';
import type { TwinConfig, TwinContent, TwinWindow } from '../support/twin-config';

export interface GoldenCase {
  readonly name: string;
  /** Rules of VIEW_DEFINITION.md that this case would catch a change of. */
  readonly pins: readonly string[];
  /** Over one stream, `live`, at /live/. */
  readonly config?: Partial<TwinConfig>;
  /** @default 'realtime' */
  readonly format?: 'realtime' | 'w3c' | 'json' | 'combined';
  readonly window?: { readonly from: string; readonly to: string };
  readonly lines: readonly string[];
  readonly expect: Expected;
  /** Why the oracle cannot judge the case. */
  readonly noOracle?: string;
}

/**
 * Every figure named is compared and none else; what a report leaves out is 0. The maps turnedAway,
 * invalid, bad, hits and outcomes are compared whole. A time may be short, as in lines.
 */
export interface Expected {
  readonly ledger?: object;
  readonly contents?: Readonly<Record<string, object>>;
  readonly events?: Readonly<Record<string, object>>;
  /** By content and minute. */
  readonly minutes?: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

export const DATE = '2026-11-24';

export const LIVE: TwinContent = { id: 'live', kind: 'stream', paths: ['/live/**'] };
export const ARTICLE: TwinContent = { id: 'article', kind: 'page', paths: ['/article/**'] };

export function configOf(golden: GoldenCase): TwinConfig {
  return { contents: [LIVE], ...golden.config, realtimeFields: REALTIME_FIELDS };
}

export function windowOf({ window }: GoldenCase): TwinWindow | undefined {
  return window && { fromMs: timeOf(window.from), toMs: timeOf(window.to) };
}

/** The hits among the short lines. */
export function oracleLinesOf(golden: GoldenCase): OracleLine[] {
  return golden.lines.filter((line) => !line.startsWith('raw ')).map(lineOf);
}

/** The log as the reader gets it. Equal short lines are one line, logged twice. */
export function textOf(golden: GoldenCase): string {
  const ids = new Map<string, string>();
  const render = { realtime: renderRealtime, w3c: renderW3c, json: renderJson, combined: combinedLine };
  const lines = golden.lines.map((short) => {
    if (short.startsWith('raw ')) return short.slice('raw '.length);
    const id = ids.get(short) ?? `EXAMPLE-${ids.size + 1}==`;
    ids.set(short, id);
    return render[golden.format ?? 'realtime'](lineOf(short), id);
  });
  if (golden.format === 'w3c') lines.unshift(W3C_HEADER);
  return lines.map((line) => `${line}\n`).join('');
}

export function lineOf(short: string): OracleLine {
  const [time, agentName, ip, method, target, status, ...rest] = short.split(' ');
  const agent = AGENTS[agentName!];
  if (agent === undefined || status === undefined) throw new Error(`not a short line: ${short}`);
  const [path, query] = target!.split('?');
  const keys: Record<string, string> = {};
  for (const pair of rest) keys[pair.slice(0, pair.indexOf('='))] = pair.slice(pair.indexOf('=') + 1);
  const [rangeStart, rangeEnd] = (keys['range'] ?? '').split('-');
  return {
    tMs: timeOf(time!),
    ip: ip!,
    status,
    method: method!,
    host: keys['host'] ?? 'live.example.org',
    path: path!,
    ...(query !== undefined && { query }),
    userAgent: agent.text,
    class: keys['class'] ?? agent.classOf(ip!),
    country: keys['cc'] ?? '',
    device: agent.device,
    edge: keys['edge'] ?? 'FRA56-P1',
    ...(keys['sid'] !== undefined && { sessionId: keys['sid'] }),
    ...(keys['ot'] !== undefined && { objectType: keys['ot'] }),
    ...(keys['od'] !== undefined && { objectDurationMs: Number(keys['od']) }),
    ...(keys['detail'] !== undefined && { detailedResult: keys['detail'] }),
    ...(keys['asn'] !== undefined && { asn: keys['asn'] }),
    ...(keys['type'] !== undefined && { contentType: keys['type'] }),
    ...(keys['range'] !== undefined && {
      rangeStart: Number(rangeStart),
      rangeEnd: Number(rangeEnd),
    }),
  };
}

export function timeOf(time: string): number {
  const iso = time.includes('T') ? time : `${DATE}T${time.length === 5 ? `${time}:00` : time}Z`;
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw new Error(`not a time: ${time}`);
  return ms;
}

/** The short time, or with a date when it is not that of the cases. */
function shortTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return iso.startsWith(DATE) ? iso.slice(11, 23) : iso;
}

export interface Play {
  readonly agent: string;
  readonly ip: string;
  /** Segments, one each `every` seconds. */
  readonly segments: number;
  /** @default 6 */
  readonly every?: number;
  /** @default '/live/' */
  readonly folder?: string;
  readonly keys?: string;
}

/** A playlist at `from`, and segments from the same moment on. */
export function play(from: string, play: Play): string[] {
  const folder = play.folder ?? '/live/';
  const keys = play.keys === undefined ? '' : ` ${play.keys}`;
  const who = `${play.agent} ${play.ip}`;
  return [
    `${from} ${who} GET ${folder}main.m3u8 200${keys}`,
    ...times(play.segments, (n) => {
      const time = shortTime(timeOf(from) + n * (play.every ?? 6) * 1000);
      return `${time} ${who} GET ${folder}${n}.ts 200${keys}`;
    }),
  ];
}

export function times<T>(count: number, make: (n: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

/** The time `seconds` after `from`, short. */
export function after(from: string, seconds: number): string {
  return shortTime(timeOf(from) + Math.round(seconds * 1000));
}
