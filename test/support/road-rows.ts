/** Edge lines as records of the first stream, for tests that need a few of a certain sort. */
import type { SourceRecord } from '../../lambdas/core/road/ports';
import type { Settings } from '../../lambdas/core/settings';
import { parseConfig } from '../../lib/config';
import { AGENTS } from './agents';
import { renderRealtime } from './edge-lines';
import type { OracleLine } from '../reference/oracle-line';

export const ROAD_SETTINGS: Settings = parseConfig({
  contents: [
    { id: 'live', kind: 'stream', paths: ['/live/**'], segmentSeconds: 6 },
    { id: 'page', kind: 'page', paths: ['/page/**'] },
  ],
  lanes: 16,
});

export const NOON_MS = Date.parse('2026-11-24T12:00:00Z');

const LINE: OracleLine = {
  tMs: NOON_MS,
  ip: '198.18.0.1',
  status: '200',
  method: 'GET',
  host: 'a.example.org',
  path: '/live/v/1.m4s',
  userAgent: AGENTS['chrome']!.text,
  class: 'browser',
  country: 'DE',
  device: 'desktop',
  edge: 'FRA56-P1',
};

/** A line of a person who gets a segment, but for what is said. */
export function rowOf(facts: Partial<OracleLine> = {}): string {
  return renderRealtime({ ...LINE, ...facts }, 'id', ROAD_SETTINGS.realtimeFields);
}

export interface RecordOptions {
  /** @default a second after noon */
  readonly arrivalMs?: number;
  /** The sequence number of the first. @default 1 */
  readonly from?: number;
}

/** One record for each; sequence numbers rise by one, and all have 20 digits. */
export function recordsOf(
  datas: readonly (string | Uint8Array)[],
  { arrivalMs = NOON_MS + 1_000, from = 1 }: RecordOptions = {},
): SourceRecord[] {
  return datas.map((data, n) => ({
    sequence: sequenceOf(from + n),
    data: typeof data === 'string' ? new TextEncoder().encode(data) : data,
    arrivalMs,
  }));
}

export const sequenceOf = (n: number) => String(10n ** 19n + BigInt(n));

/** Addresses of other networks (/20), from 10.0.0.0/8. */
export const networkIp = (n: number, host = 1) =>
  `10.${(n >> 4) & 255}.${(n & 15) << 4}.${host & 255}`;
