import type { Kind } from '../edge/classes';
import { fnv1a } from '../edge/values';

/** Keys and attribute names of the Views table; docs/ROAD.md has them as a table. */

/** No item is written by more lanes than this. */
export const LANES_PER_ITEM = 16;
/** Counters in one update: DynamoDB takes 300 operators and 4 KB of expression. */
export const ADDS_PER_UPDATE_MAX = 250;
/** Updates of one item in one version; the fence is version x PARTS_MAX + part. */
export const PARTS_MAX = 64;

const MINUTE_LIVES_SECONDS = 400 * 86_400;

export function groupOfLane(lane: number): number {
  return Math.floor(lane / LANES_PER_ITEM);
}

export function groupsOf(lanes: number): number {
  return Math.ceil(lanes / LANES_PER_ITEM);
}

/** A sort key holds 1,024 bytes; a character is at most 3 of them, and ids from logs have up to 512. */
const KEY_CHARS_MAX = 320;

/**
 * `s:<id>` or `p:<id>`, the name of a content in keys. Of an id that is too long the beginning and a hash;
 * the item in `contents` has all of it.
 */
export function contentKey(kind: Kind, id: string): string {
  if (id.length <= KEY_CHARS_MAX || !/[^ -~]/.test(id)) return `${kind[0]}:${id}`;
  const bytes = new TextEncoder().encode(id);
  const half = bytes.length >> 1;
  const hashes = [fnv1a(bytes, 0, half), fnv1a(bytes, half, bytes.length)];
  const end = hashes.map((hash) => hash.toString(16).padStart(8, '0')).join('');
  return `${kind[0]}:${id.slice(0, KEY_CHARS_MAX - 17)}~${end}`;
}

export function contentPk(key: string, group: number): string {
  return `${key}#${group}`;
}

/** The name of a content in a partition key of its own; an id may hold # as well. */
export function contentOfPk(pk: string): string {
  return pk.slice(0, pk.lastIndexOf('#'));
}

export function fenceName(lane: number): string {
  return `L${lane}`;
}

/** Of the item of a minute: how many updates it has had. Whoever read it knows by that whether it has changed. */
export const REVISION_NAME = 'v';

export function isMinuteSk(sk: string): boolean {
  return sk.startsWith('m#');
}

/** `m#2026-11-24T20:15`, from minutes since the epoch. */
export function minuteSk(minute: number): string {
  return `m#${new Date(minute * 60_000).toISOString().slice(0, 16)}`;
}

/** `h#2026-11-24T20` (or c#, e#), from hours since the epoch. */
export function hourSk(sort: 'h' | 'c' | 'e', hour: number): string {
  return `${sort}#${new Date(hour * 3_600_000).toISOString().slice(0, 13)}`;
}

/** Minutes (m#) or hours (the others) since the epoch of a sort key. */
export function timeOfSk(sk: string): number {
  return sk.startsWith('m#')
    ? Date.parse(`${sk.slice(2)}:00Z`) / 60_000
    : Date.parse(`${sk.slice(2)}:00:00Z`) / 3_600_000;
}

export function minuteExpiresAt(minute: number): number {
  return minute * 60 + MINUTE_LIVES_SECONDS;
}

export const STATUS_SK = 'now';
export const CONTENTS_PK = 'contents';
export const ledgerPk = (group: number) => `ledger#${group}`;
export const freshnessPk = (group: number) => `lanes#${group}`;
