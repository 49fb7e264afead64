/** From viewers to the figures of one content, in the names of `turnout recount --json`. */
import type { ContentBook, ViewerDay } from './truth';
import { SLOT_MS, causeOf } from './viewer-truth';

type Counts = Readonly<Record<string, number>>;

export interface TruthRecord {
  readonly gross: number;
  readonly refusedByUs: number;
  readonly invalid: Counts;
  readonly unresolved: number;
  readonly verified: number;
  readonly lower: number;
  readonly upper: number;
}

export interface TruthDimension {
  readonly attempts: number;
  readonly starts: number;
  readonly viewers: number;
  readonly views: Counts;
  readonly watchSeconds: number;
}

export interface TruthContent {
  readonly kind: 'stream' | 'page';
  readonly from: string;
  readonly to: string;
  readonly hits: Counts;
  readonly outcomes: Counts;
  readonly attempts: number;
  readonly starts: number;
  readonly turnedAway: Counts;
  readonly views: Counts;
  readonly viewers: number;
  /** Of streams, as the next three. */
  readonly watchSeconds?: number;
  readonly peakConcurrency?: number;
  readonly peakAt?: string | null;
  readonly averageMinuteAudience?: number;
  readonly record: Readonly<Record<string, TruthRecord>>;
  readonly by: {
    readonly class: Readonly<Record<string, TruthDimension>>;
    readonly country: Readonly<Record<string, TruthDimension>>;
    readonly device: Readonly<Record<string, TruthDimension>>;
    readonly edge: Readonly<Record<string, { readonly hits: number }>>;
  };
}

const MINUTE_MS = 60_000;
const VIEW_SECONDS = [2, 30, 60, 120] as const;
/** A4_peak */
const PEAK_SLOTS = 5;
/** G3_player: one and a half segments of 6 s. */
const PLAYER_SLOTS_MIN = 5;
/** G4_reader */
const PAGE_VIEWS_MAX = 800;
const PERSONS: readonly string[] = ['player', 'browser'];

/** `refusedByUs`, `unresolved`, `verified`, or the name of an invalid class. */
type Group = string;
type Sum = Map<Group, number>;

/** One viewer's day, worked out. */
interface Judged {
  readonly client: ViewerDay['client'];
  readonly group: Group;
  readonly slots: readonly number[];
  /** What the group is credited with, by figure. */
  readonly figures: Counts;
  /** G1_refused: attempts of sessions that were refused throughout, which is a group of its own. */
  readonly refusedAttempts: number;
}

export function contentTruth(kind: 'stream' | 'page', book: ContentBook): TruthContent {
  const turnedAway: Record<string, number> = {};
  const judged = book.viewers.map((viewer) => judge(kind, viewer, turnedAway));
  const lastSlotMs =
    judged.reduce((last, { slots }) => Math.max(last, slots.at(-1) ?? 0), 0) * SLOT_MS;
  const fromMs = Math.floor(book.firstMs / MINUTE_MS) * MINUTE_MS;
  const toMs = (Math.floor(Math.max(book.lastMs, lastSlotMs) / MINUTE_MS) + 1) * MINUTE_MS;
  const views = kind === 'page' ? ['pageView30'] : VIEW_SECONDS.map((n) => `view${n}`);
  const names = ['attempts', 'starts', 'viewers', ...views];
  if (kind === 'stream') names.push('watchSeconds');
  const sums = new Map(names.map((name) => [name, sumOf(judged, name)]));
  const record: Record<string, TruthRecord> = {};
  for (const [name, sum] of sums) record[name] = recordOf(sum);
  const peak = peakOf(judged, fromMs / SLOT_MS, toMs / SLOT_MS);
  if (kind === 'stream') {
    record['peakConcurrency'] = recordOf(peak.sum, PEAK_SLOTS);
    record['averageMinuteAudience'] = recordOf(sums.get('watchSeconds')!, (toMs - fromMs) / 1000);
  }
  const verified = (name: string) => record[name]!.verified;
  return {
    kind,
    from: isoOf(fromMs),
    to: isoOf(toMs),
    hits: Object.fromEntries(book.hits),
    outcomes: Object.fromEntries(book.outcomes),
    attempts: verified('attempts'),
    starts: verified('starts'),
    turnedAway,
    views: Object.fromEntries(views.map((name) => [name, verified(name)])),
    viewers: verified('viewers'),
    ...(kind === 'stream' && {
      watchSeconds: verified('watchSeconds'),
      peakConcurrency: verified('peakConcurrency'),
      peakAt: peak.slot === undefined ? null : isoOf(peak.slot * SLOT_MS),
      averageMinuteAudience: verified('averageMinuteAudience'),
    }),
    record,
    by: {
      class: dimension(judged, views, ({ client }) => client.class),
      country: dimension(judged, views, ({ client }) => client.country || 'ZZ', 'verified'),
      device: dimension(judged, views, ({ client }) => client.device, 'verified'),
      edge: Object.fromEntries([...book.edges].map(([edge, hits]) => [edge, { hits }])),
    },
  };
}

/** The figures of one viewer's day; adds its visits that were turned away. */
function judge(
  kind: 'stream' | 'page',
  { client, truth }: ViewerDay,
  turnedAway: Record<string, number>,
): Judged {
  const slots = truth.presence();
  const pageViews = truth.pageViews();
  const isPerson = PERSONS.includes(client.class);
  const isVerified =
    kind === 'page'
      ? pageViews >= 1 && pageViews <= PAGE_VIEWS_MAX
      : truth.hasAsked && slots.length >= PLAYER_SLOTS_MIN;
  const group = !isPerson ? client.class : isVerified ? 'verified' : 'unresolved';
  let attempts = 0;
  let refusedAttempts = 0;
  let starts = 0;
  for (const visit of truth.visits) {
    if (visit.askedAtMs < Infinity && visit.isRefused) refusedAttempts += 1;
    else if (visit.askedAtMs < Infinity) attempts += 1;
    if (visit.startedAtMs < Infinity) starts += 1;
    const cause = isPerson ? causeOf(visit) : undefined;
    if (cause !== undefined) turnedAway[cause] = (turnedAway[cause] ?? 0) + 1;
  }
  const watchSeconds = slots.length * (SLOT_MS / 1000);
  const figures: Record<string, number> = {
    attempts,
    starts,
    viewers: watchSeconds > 0 || pageViews > 0 ? 1 : 0,
    pageView30: pageViews,
    watchSeconds,
  };
  for (const seconds of VIEW_SECONDS) figures[`view${seconds}`] = watchSeconds >= seconds ? 1 : 0;
  return { client, group, slots, figures, refusedAttempts };
}

function sumOf(judged: readonly Judged[], name: string): Sum {
  const total: Sum = new Map();
  const add = (group: Group, count: number) => {
    if (count > 0) total.set(group, (total.get(group) ?? 0) + count);
  };
  for (const { group, figures, refusedAttempts } of judged) {
    add(group, figures[name]!);
    if (name === 'attempts') add('refusedByUs', refusedAttempts);
  }
  return total;
}

/** The first five slots in which most verified viewers are there, and who else is. */
function peakOf(
  judged: readonly Judged[],
  fromSlot: number,
  toSlot: number,
): { slot: number | undefined; sum: Sum } {
  const verified = new Int32Array(toSlot - fromSlot);
  for (const { group, slots } of judged) {
    if (group === 'verified') for (const slot of slots) verified[slot - fromSlot]! += 1;
  }
  let most = 0;
  let slot: number | undefined;
  for (let n = 0; n + PEAK_SLOTS <= verified.length; n += 1) {
    const sum = verified.subarray(n, n + PEAK_SLOTS).reduce((total, count) => total + count, 0);
    if (sum > most) [most, slot] = [sum, fromSlot + n];
  }
  const sum: Sum = new Map();
  if (slot === undefined) return { slot, sum };
  for (const { group, slots } of judged) {
    const count = slots.filter((one) => one >= slot && one < slot + PEAK_SLOTS).length;
    if (count > 0) sum.set(group, (sum.get(group) ?? 0) + count);
  }
  return { slot, sum };
}

/** Each group to two decimals; gross and upper are sums of what is printed. */
function recordOf(sum: Sum, divisor = 1): TruthRecord {
  const value = (group: Group) => hundredths(sum.get(group) ?? 0, divisor);
  const invalid = [...sum.keys()]
    .filter((group) => !['refusedByUs', 'unresolved', 'verified'].includes(group))
    .map((group) => [group, value(group)] as const)
    // What rounds to nothing is not printed.
    .filter(([, count]) => count > 0);
  const [refused, unresolved, verified] = [
    value('refusedByUs'),
    value('unresolved'),
    value('verified'),
  ];
  const gross = invalid.reduce(
    (total, [, count]) => total + count,
    refused + unresolved + verified,
  );
  return {
    gross: gross / 100,
    refusedByUs: refused / 100,
    invalid: Object.fromEntries(invalid.map(([group, count]) => [group, count / 100])),
    unresolved: unresolved / 100,
    verified: verified / 100,
    lower: verified / 100,
    upper: (verified + unresolved) / 100,
  };
}

/** count / divisor in hundredths, halves up, without a binary fraction in between. */
function hundredths(count: number, divisor: number): number {
  return Math.floor((200 * count + divisor) / (2 * divisor));
}

/** A6_dimensions */
function dimension(
  judged: readonly Judged[],
  views: readonly string[],
  keyOf: (judged: Judged) => string,
  only?: Group,
): Record<string, TruthDimension> {
  const lists = new Map<string, Judged[]>();
  for (const one of judged) {
    const list = lists.get(keyOf(one));
    if (list === undefined) lists.set(keyOf(one), [one]);
    else list.push(one);
  }
  const all: Record<string, TruthDimension> = {};
  for (const [key, list] of lists) {
    const count = (name: string) =>
      [...sumOf(list, name)]
        .filter(([group]) => only === undefined || group === only)
        .reduce((total, [, n]) => total + n, 0);
    const figures = {
      attempts: count('attempts'),
      starts: count('starts'),
      viewers: count('viewers'),
      watchSeconds: count('watchSeconds'),
    };
    const seen = Object.fromEntries(views.map((name) => [name, count(name)]));
    const counts = [...Object.values(figures), ...Object.values(seen)];
    if (counts.some((n) => n > 0)) all[key] = { ...figures, views: seen };
  }
  return all;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
