/** One viewer on one content and broadcast day, as sets: presence, sessions, group. Rules P, S, G. */
import { isUnder } from './oracle-line';
import type { OracleContent, OracleLine, OracleObject } from './oracle-line';

export const SLOT_MS = 2000;

export interface OracleHit {
  readonly line: OracleLine;
  readonly object: OracleObject;
  readonly outcome: string;
  readonly delivered: boolean;
}

export interface OracleSession {
  readonly attemptAtMs?: number;
  readonly startAtMs?: number;
  readonly turnedAway?: { readonly cause: string; readonly atMs: number };
  readonly isRefused: boolean;
}

export interface OracleDay {
  readonly class: string;
  readonly country: string;
  readonly device: string;
  /** Of the viewer; a session that was refused throughout is apart. */
  readonly group: 'invalid' | 'unresolved' | 'verified';
  /** Ascending. */
  readonly slots: readonly number[];
  readonly sessions: readonly OracleSession[];
  /** Times of delivered pages, ascending. */
  readonly pagesMs: readonly number[];
}

export const CLASS_ORDER = [
  'player',
  'browser',
  'declared_bot',
  'verified_crawler',
  'fake_crawler',
  'tool',
  'datacentre',
  'malformed',
  'suspect',
];
const PERSONS = ['player', 'browser'];
const ERRORS = ['refusedByUs', '4xx', '5xx', 'hungUp'];
const SILENCE_MS = 30 * 60_000;
const START_WITHIN_MS = 60_000;

interface DayRules {
  readonly content: OracleContent;
  /** Names the day of a time. */
  readonly dayOf: (tMs: number) => string;
  readonly pagesPerDayMax: number;
}

/** `hits` are the relevant ones of one viewer on one content. */
export function daysOf(hits: readonly OracleHit[], rules: DayRules): OracleDay[] {
  const { content, dayOf } = rules;
  const days = new Set<string>();
  for (const hit of hits) {
    days.add(dayOf(hit.line.tMs));
    for (const slot of slotsOf(hit, content)) days.add(dayOf(slot * SLOT_MS));
  }
  return [...days].sort().map((day) => {
    const own = hits.filter((hit) => dayOf(hit.line.tMs) === day);
    // A hit just before the border may prove presence only behind it.
    const slotsIn = (hit: OracleHit) =>
      slotsOf(hit, content).filter((slot) => dayOf(slot * SLOT_MS) === day);
    const touching = hits.filter((hit) => own.includes(hit) || slotsIn(hit).length > 0);
    return dayFrom(own, touching, fillHoles(new Set(hits.flatMap(slotsIn)), content), rules);
  });
}

function dayFrom(
  own: readonly OracleHit[],
  touching: readonly OracleHit[],
  slots: readonly number[],
  rules: DayRules,
): OracleDay {
  const { content } = rules;
  const ranks = touching.map((hit) => CLASS_ORDER.indexOf(hit.line.class));
  const topClass = CLASS_ORDER[Math.max(...ranks)]!;
  const countries = touching.map((hit) => hit.line.country).filter((country) => country !== '');
  const pages = own.filter((hit) => hit.object === 'page' && hit.delivered);
  const isPerson = PERSONS.includes(topClass);
  return {
    class: topClass,
    country: countries.sort()[0] ?? 'ZZ',
    device: touching[0]!.line.device,
    group: isPerson ? groupOfPerson(own, slots, rules) : 'invalid',
    slots,
    sessions: sessionsOf(own).map((session) => judgeSession(session, isPerson, content)),
    pagesMs: pages.map((hit) => hit.line.tMs).sort((a, b) => a - b),
  };
}

/** G3_player, G4_reader, G5_unresolved */
function groupOfPerson(
  own: readonly OracleHit[],
  slots: readonly number[],
  { content, pagesPerDayMax }: DayRules,
): 'unresolved' | 'verified' {
  if (content.kind === 'page') {
    const times = own
      .filter((hit) => hit.object === 'page' && hit.delivered)
      .map(({ line }) => line.tMs)
      .sort((a, b) => a - b);
    const views = times.filter((t, n) => n === 0 || t - times[n - 1]! > 30_000).length;
    return views >= 1 && views <= pagesPerDayMax ? 'verified' : 'unresolved';
  }
  const s = Math.ceil(content.segmentSeconds / 2);
  const asked = own.some((hit) => hit.object === 'manifest');
  return asked && slots.length >= s + Math.ceil(s / 2) ? 'verified' : 'unresolved';
}

/** P1_media_proves: the slots that one hit proves, whatever the day. */
function slotsOf(hit: OracleHit, content: OracleContent): number[] {
  if (content.kind !== 'stream' || hit.object !== 'media' || !hit.delivered) return [];
  const { tMs } = hit.line;
  const slots = [];
  const end = halfUp((tMs + durationMs(hit.line, content)) / SLOT_MS);
  for (let slot = halfUp(tMs / SLOT_MS); slot <= end - 1; slot += 1) slots.push(slot);
  return slots;
}

function durationMs(line: OracleLine, content: OracleContent): number {
  const segmentMs = Math.round(content.segmentSeconds * 1000);
  const told = line.objectDurationMs ?? 0;
  if (told > 0 && told <= segmentMs) return told;
  const { parts } = content;
  if (parts !== undefined && isUnder(line.path, parts.pathPrefixes)) {
    return Math.round(parts.seconds * 1000);
  }
  return segmentMs;
}

/** P3_hole */
function fillHoles(proven: ReadonlySet<number>, content: OracleContent): number[] {
  const holeMax = Math.max(1, halfUp(content.segmentSeconds / 2));
  const sorted = [...proven].sort((a, b) => a - b);
  const filled = new Set(sorted);
  for (let n = 1; n < sorted.length; n += 1) {
    const missing = sorted[n]! - sorted[n - 1]! - 1;
    if (missing > holeMax) continue;
    for (let slot = sorted[n - 1]! + 1; slot < sorted[n]!; slot += 1) filled.add(slot);
  }
  return [...filled].sort((a, b) => a - b);
}

/** S1_silence */
function sessionsOf(hits: readonly OracleHit[]): OracleHit[][] {
  const sessions: OracleHit[][] = [];
  for (const hit of [...hits].sort((a, b) => a.line.tMs - b.line.tMs)) {
    const last = sessions.at(-1);
    const isSame = last !== undefined && hit.line.tMs - last.at(-1)!.line.tMs <= SILENCE_MS;
    if (isSame) last.push(hit);
    else sessions.push([hit]);
  }
  return sessions;
}

/** S2_attempt to S6, on the hits of one session in order of time. */
function judgeSession(
  hits: readonly OracleHit[],
  isPerson: boolean,
  content: OracleContent,
): OracleSession {
  const asks = content.kind === 'page' ? 'page' : 'manifest';
  const plays = content.kind === 'page' ? 'page' : 'media';
  const attempt = hits.find((hit) => hit.object === asks);
  const delivered = hits.filter((hit) => hit.object === plays && hit.delivered);
  const turnedAway = isPerson ? turnedAwayOf(hits, delivered) : undefined;
  return {
    ...(attempt !== undefined && { attemptAtMs: attempt.line.tMs }),
    ...(delivered.length > 0 && { startAtMs: delivered[0]!.line.tMs }),
    ...(turnedAway !== undefined && { turnedAway }),
    isRefused: hits.every((hit) => hit.outcome === 'refusedByUs'),
  };
}

function turnedAwayOf(
  hits: readonly OracleHit[],
  delivered: readonly OracleHit[],
): { cause: string; atMs: number } | undefined {
  const errors = hits.filter((hit) => ERRORS.includes(hit.outcome));
  if (errors.length > 0) {
    const atMs = errors[0]!.line.tMs;
    if (delivered.some((hit) => hit.line.tMs <= atMs + START_WITHIN_MS)) return undefined;
    const first = errors.filter((hit) => hit.line.tMs === atMs).map((hit) => hit.outcome);
    return { cause: ERRORS.find((cause) => first.includes(cause))!, atMs };
  }
  const entry = hits.find((hit) => hit.object === 'entry');
  if (entry === undefined || delivered.length > 0) return undefined;
  return { cause: 'neverAsked', atMs: entry.line.tMs };
}

export function halfUp(x: number): number {
  return Math.floor(x + 0.5);
}
