/** What one viewer did on one content in one broadcast day, in sets that any order of acts gives. */
import type { Act } from './act';
import type { Answer } from './answer';

export const SLOT_MS = 2000;

/** S1_silence */
const SILENCE_MS = 30 * 60_000;
/** S4_turned_away */
const START_WITHIN_MS = 60_000;
/** P3_hole: one segment of 6 s. */
const HOLE_SLOTS_MAX = 3;
/** V2_page_view */
const DOUBLE_CLICK_MS = 30_000;

export type Cause = 'refusedByUs' | '4xx' | '5xx' | 'hungUp' | 'neverAsked';
const ERRORS: readonly Answer['outcome'][] = ['refusedByUs', '4xx', '5xx', 'hungUp'];

/** A stretch of acts without a longer silence. Times are of the first of each; Infinity is never. */
export interface Visit {
  fromMs: number;
  toMs: number;
  askedAtMs: number;
  startedAtMs: number;
  enteredAtMs: number;
  errorAtMs: number;
  /** position in ERRORS of the first error; of errors at one moment the lowest */
  error: number;
  isRefused: boolean;
}

export class ViewerTruth {
  readonly visits: Visit[] = [];
  /** Times of pages that arrived. */
  readonly pagesMs: number[] = [];
  hasAsked = false;
  private slots = new Uint32Array(8);

  /** `firstSlot`: no slot of the crowd lies before it. */
  constructor(private readonly firstSlot: number) {}

  /** Takes a relevant act of this day. */
  take({ atMs, wanted, answer, isDelivered }: Act): void {
    const isAsking = wanted.object === 'manifest' || wanted.object === 'page';
    if (isAsking) this.hasAsked = true;
    if (isDelivered && wanted.object === 'page') this.pagesMs.push(atMs);
    const error = ERRORS.indexOf(answer.outcome);
    const visit = this.visitAt(atMs);
    if (isAsking && atMs < visit.askedAtMs) visit.askedAtMs = atMs;
    if (isDelivered && atMs < visit.startedAtMs) visit.startedAtMs = atMs;
    if (wanted.object === 'entry' && atMs < visit.enteredAtMs) visit.enteredAtMs = atMs;
    if (error !== -1) addError(visit, atMs, error);
    if (answer.outcome !== 'refusedByUs') visit.isRefused = false;
  }

  /** Media was there for this slot. */
  addSlot(slot: number): void {
    const n = slot - this.firstSlot;
    if (n >> 5 >= this.slots.length) {
      const larger = new Uint32Array(2 * ((n >> 5) + 1));
      larger.set(this.slots);
      this.slots = larger;
    }
    this.slots[n >> 5]! |= 1 << (n & 31);
  }

  /** All slots, ascending, holes of a segment filled. */
  presence(): number[] {
    const present: number[] = [];
    const { slots, firstSlot } = this;
    for (let n = 0; n < slots.length * 32; n += 1) {
      if ((slots[n >> 5]! & (1 << (n & 31))) === 0) continue;
      const slot = firstSlot + n;
      const last = present.at(-1);
      if (last !== undefined && slot - last - 1 <= HOLE_SLOTS_MAX) {
        for (let hole = last + 1; hole < slot; hole += 1) present.push(hole);
      }
      present.push(slot);
    }
    return present;
  }

  /** Pages, where those that follow within 30 s of each other are one. */
  pageViews(): number {
    const times = [...this.pagesMs].sort((a, b) => a - b);
    return times.filter((t, n) => n === 0 || t - times[n - 1]! > DOUBLE_CLICK_MS).length;
  }

  /** The visit that an act belongs to, widened to hold it: the one near enough, or several made one. */
  private visitAt(atMs: number): Visit {
    let found: Visit | undefined;
    for (let n = this.visits.length - 1; n >= 0; n -= 1) {
      const visit = this.visits[n]!;
      if (atMs - visit.toMs > SILENCE_MS || visit.fromMs - atMs > SILENCE_MS) continue;
      if (atMs < visit.fromMs) visit.fromMs = atMs;
      if (atMs > visit.toMs) visit.toMs = atMs;
      if (found !== undefined) {
        unite(visit, found);
        this.visits.splice(this.visits.indexOf(found), 1);
      }
      found = visit;
    }
    if (found === undefined) this.visits.push((found = newVisit(atMs)));
    return found;
  }
}

function newVisit(atMs: number): Visit {
  return {
    fromMs: atMs,
    toMs: atMs,
    askedAtMs: Infinity,
    startedAtMs: Infinity,
    enteredAtMs: Infinity,
    errorAtMs: Infinity,
    error: ERRORS.length,
    isRefused: true,
  };
}

/** S4_turned_away, S5_never_asked, of a person; undefined if the visit ended in neither. */
export function causeOf(visit: Visit): Cause | undefined {
  const { errorAtMs, startedAtMs, enteredAtMs, error } = visit;
  if (errorAtMs < Infinity) {
    if (startedAtMs <= errorAtMs + START_WITHIN_MS) return undefined;
    return ERRORS[error] as Cause;
  }
  return enteredAtMs < Infinity && startedAtMs === Infinity ? 'neverAsked' : undefined;
}

function addError(visit: Visit, atMs: number, error: number): void {
  if (atMs < visit.errorAtMs) visit.error = error;
  else if (atMs === visit.errorAtMs) visit.error = Math.min(visit.error, error);
  visit.errorAtMs = Math.min(visit.errorAtMs, atMs);
}

function unite(into: Visit, visit: Visit): void {
  addError(into, visit.errorAtMs, visit.error);
  into.fromMs = Math.min(into.fromMs, visit.fromMs);
  into.toMs = Math.max(into.toMs, visit.toMs);
  into.askedAtMs = Math.min(into.askedAtMs, visit.askedAtMs);
  into.startedAtMs = Math.min(into.startedAtMs, visit.startedAtMs);
  into.enteredAtMs = Math.min(into.enteredAtMs, visit.enteredAtMs);
  into.isRefused = into.isRefused && visit.isRefused;
}
