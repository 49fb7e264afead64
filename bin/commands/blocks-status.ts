import type { StoredSet } from '../../lambdas/adapters/guard-reader';
import { isInSet } from '../../lambdas/core/guard/set-truth';
import { formatWhole, plainText } from './text-table';

/** What the last pass of enforce said; what it leaves out nobody knows. */
export interface PassStatus {
  readonly atMs: number;
  readonly mode: string;
  /** suspects and blocks that found no room */
  readonly overflow: number | undefined;
}

export function parseStatus(body: string | undefined): PassStatus | undefined {
  if (body === undefined) return undefined;
  const json = JSON.parse(body) as Readonly<Record<string, unknown>>;
  const { atMs, mode, overflow } = json;
  if (typeof atMs !== 'number' || typeof mode !== 'string') return undefined;
  return { atMs, mode, overflow: typeof overflow === 'number' ? overflow : undefined };
}

/** What sets hold, as WAF had it when it was looked at last. */
export interface SetCounts {
  /** entries of ours */
  readonly ours: number;
  /** entries of others */
  readonly foreign: number;
  /** to be added or removed by the next calls */
  readonly waiting: number;
  /** sets with entries of ours */
  readonly sets: number;
}

export function countSets(sets: readonly StoredSet[]): SetCounts {
  let [ours, foreign, waiting, used] = [0, 0, 0, 0];
  for (const { truth } of sets) {
    let own = 0;
    for (const record of truth.records.values()) {
      if (isInSet(record) && record.block !== undefined) own += 1;
      if (record.state === 'foreign') foreign += 1;
      if (record.state === 'adding' || record.state === 'removing') waiting += 1;
    }
    ours += own;
    if (own > 0) used += 1;
  }
  return { ours, foreign, waiting, sets: used };
}

export function passText(status: PassStatus | undefined, nowMs: number): string {
  if (status === undefined) return 'last pass: none yet';
  const { atMs, mode } = status;
  return `last pass: ${timeText(atMs)}, ${lengthText(nowMs - atMs)} ago, in mode ${plainText(mode)}`;
}

export function overflowText(status: PassStatus | undefined): string {
  const { overflow } = status ?? {};
  return overflow === undefined ? 'not told by the last pass' : formatWhole(overflow);
}

/** `2026-11-24T20:15:03Z` */
export function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** In the largest unit and the one below it: `2d 3h`, `1h 0m`, `9m 30s`, `0s` */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24];
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${seconds % 60}s` : `${seconds}s`;
}

/** Of an ARN what tells people apart: `assumed-role/Operators/jane`. */
export function authorText(author: string): string {
  const [arn, , , , , ...rest] = author.split(':');
  return plainText(arn === 'arn' && rest.length > 0 ? rest.join(':') : author);
}
