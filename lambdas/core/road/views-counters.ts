import { MINUTE_FIGURES } from '../audience/content-tally';
import { SLOT_SECONDS } from '../audience/rules';
import { BUCKET, BUCKETS, FIGURES } from '../audience/viewer-figures';
import { CAUSES, CLASSES, DEVICES, OUTCOMES } from '../edge/classes';
import type { ViewsItem } from './ports';
import { STATUS_SK, contentOfPk, timeOfSk } from './views-item';

/**
 * Counters of Views (docs/ROAD.md) as numbers in rows. A row of a minute: figures and causes as in a
 * ContentTally, hits by class and outcome, slots by bucket. A row of an hour begins alike, and has the
 * figures by class and by device instead of slots.
 */
export const SLOTS_PER_MINUTE = 60 / SLOT_SECONDS;
const HIT_AT = MINUTE_FIGURES;
const HIT_PLACES = CLASSES.length * OUTCOMES.length;
const SLOT_AT = HIT_AT + HIT_PLACES;
const MINUTE_PLACES = SLOT_AT + SLOTS_PER_MINUTE * BUCKETS;
const CLASS_AT = HIT_AT + HIT_PLACES;
const DEVICE_AT = CLASS_AT + CLASSES.length * FIGURES;
const HOUR_PLACES = DEVICE_AT + DEVICES.length * FIGURES;

const SHARED_NAMES = [
  ...pairs('f', FIGURES, BUCKETS),
  ...CAUSES.map((_, n) => `t${n}`),
  ...pairs('h', CLASSES.length, OUTCOMES.length),
];
const MINUTE_NAMES = placesOf([...SHARED_NAMES, ...pairs('s', SLOTS_PER_MINUTE, BUCKETS)]);
const HOUR_NAMES = placesOf([
  ...SHARED_NAMES,
  ...pairs('k', CLASSES.length, FIGURES),
  ...pairs('d', DEVICES.length, FIGURES),
]);
/** What a minute has beside who was there slot by slot, and of those the verified: a third of the attributes. */
export const MINUTE_SERIES_NAMES: readonly string[] = [
  ...SHARED_NAMES,
  ...Array.from({ length: SLOTS_PER_MINUTE }, (_, slot) => `s${slot}_${BUCKET.verified}`),
];
const COUNTER = /^[fthskd]\d/;
const COUNTRY = /^c([A-Z]{2})_(\d+)$/;
const LAST_HIT = /^l\d+$/;

/** What stands in Views of one content, the lane groups added up. */
export class ContentCounters {
  /** rows by minute since the epoch */
  readonly minutes = new Map<number, Float64Array>();
  /** rows by hour since the epoch, as are the next two */
  readonly hours = new Map<number, Float64Array>();
  /** then by two letters: verified figures */
  readonly countries = new Map<number, Map<string, Float64Array>>();
  /** then by edge location: hits */
  readonly edges = new Map<number, Map<string, number>>();
  /** hits and slots that the bounds did not place (B1_address) */
  overHits = 0;
  overSlots = 0;
  /** time of the last hit of each lane that has had one, ms since the epoch */
  readonly lastHitsAtMs: number[] = [];

  private readonly makeMinute = makeRows(MINUTE_PLACES);
  private readonly makeHour = makeRows(HOUR_PLACES);

  add(item: ViewsItem): void {
    const { pk, sk, values } = item;
    if (sk === STATUS_SK) this.addStatus(item);
    else if (sk.startsWith('m#')) addRow(item, this.minutes, MINUTE_NAMES, this.makeMinute);
    else if (sk.startsWith('h#')) addRow(item, this.hours, HOUR_NAMES, this.makeHour);
    else if (sk.startsWith('c#')) {
      const countries = within(this.countries, timeOfSk(sk), () => new Map());
      for (const [name, value] of values) {
        const [, country, figure] = COUNTRY.exec(name) ?? [];
        if (country === undefined) continue;
        const figures = within(countries, country, () => new Float64Array(FIGURES));
        if (figures[Number(figure)] === undefined) throw unknownError(item, name);
        figures[Number(figure)]! += numberOf(item, name, value);
      }
    } else if (sk.startsWith('e#')) {
      const edges = within(this.edges, timeOfSk(sk), () => new Map());
      for (const [name, value] of values) {
        if (!name.startsWith('e')) continue;
        const edge = name.slice(1);
        edges.set(edge, (edges.get(edge) ?? 0) + numberOf(item, name, value));
      }
    } else throw new Error(`${pk}: got an item ${sk}, expected m#, h#, c#, e# or ${STATUS_SK}`);
  }

  private addStatus(item: ViewsItem): void {
    for (const [name, value] of item.values) {
      if (name === 'oh') this.overHits += numberOf(item, name, value);
      else if (name === 'os') this.overSlots += numberOf(item, name, value);
      else if (LAST_HIT.test(name)) this.lastHitsAtMs.push(numberOf(item, name, value));
    }
  }
}

/** Adds up items of contents, by the names of contents in keys; items may come in any order. */
export function sumItems(items: readonly ViewsItem[]): Map<string, ContentCounters> {
  const contents = new Map<string, ContentCounters>();
  for (const item of items) {
    within(contents, contentOfPk(item.pk), () => new ContentCounters()).add(item);
  }
  return contents;
}

/** Figures and causes of a row. */
export function figuresOfRow(row: Float64Array): Float64Array {
  return row.subarray(0, MINUTE_FIGURES);
}

/** Hits of a row: class * OUTCOMES.length + outcome. */
export function hitsOfRow(row: Float64Array): Float64Array {
  return row.subarray(HIT_AT, HIT_AT + HIT_PLACES);
}

/** Who has a slot of a minute, by bucket; `slot` is 0 to 29. */
export function slotOfRow(minuteRow: Float64Array, slot: number): Float64Array {
  return minuteRow.subarray(SLOT_AT + slot * BUCKETS, SLOT_AT + (slot + 1) * BUCKETS);
}

/** One number of `slotOfRow`. */
export function bucketOfSlot(minuteRow: Float64Array, slot: number, bucket: number): number {
  return minuteRow[SLOT_AT + slot * BUCKETS + bucket]!;
}

export function classOfRow(hourRow: Float64Array, n: number): Float64Array {
  return hourRow.subarray(CLASS_AT + n * FIGURES, CLASS_AT + (n + 1) * FIGURES);
}

export function deviceOfRow(hourRow: Float64Array, n: number): Float64Array {
  return hourRow.subarray(DEVICE_AT + n * FIGURES, DEVICE_AT + (n + 1) * FIGURES);
}

/** Corrections bring counters back to zero: such a minute was never credited. */
export function isZero(row: Float64Array): boolean {
  for (let n = 0; n < row.length; n += 1) if (row[n] !== 0) return false;
  return true;
}

/** The value of a key, made when it is asked for the first time. */
export function within<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/** Rows of zeros, side by side in blocks that get longer: a buffer for each of a day would keep the collector busy. */
function makeRows(places: number): () => Float64Array {
  let rows = 0;
  let block = new Float64Array(0);
  let at = 0;
  return () => {
    if (at === block.length) {
      rows = Math.min(BLOCK_ROWS_MAX, Math.max(1, 2 * rows));
      block = new Float64Array(rows * places);
      at = 0;
    }
    at += places;
    return block.subarray(at - places, at);
  };
}

const BLOCK_ROWS_MAX = 64;

function addRow(
  item: ViewsItem,
  rows: Map<number, Float64Array>,
  names: ReadonlyMap<string, number>,
  makeRow: () => Float64Array,
): void {
  const time = timeOfSk(item.sk);
  let row = rows.get(time);
  if (row === undefined) rows.set(time, (row = makeRow()));
  const sum = row;
  // A day of minutes has some hundred thousand: no pair is made of each.
  item.values.forEach((value, name) => {
    const place = names.get(name);
    if (place === undefined) {
      if (COUNTER.test(name)) throw unknownError(item, name);
    } else if (typeof value === 'number') sum[place]! += value;
    else throw textError(item, name, value);
  });
}

/** A counter that is passed over would make figures too small without a word. */
function unknownError({ pk, sk }: ViewsItem, name: string): Error {
  return new Error(`${pk} ${sk}: got attribute ${name}, expected a counter of this definition`);
}

function numberOf(item: ViewsItem, name: string, value: number | string): number {
  if (typeof value === 'number') return value;
  throw textError(item, name, value);
}

function textError({ pk, sk }: ViewsItem, name: string, value: string): Error {
  return new Error(`${pk} ${sk}: attribute ${name} is the text ${value}, expected a number`);
}

function pairs(sort: string, outer: number, inner: number): string[] {
  return Array.from(
    { length: outer * inner },
    (_, n) => `${sort}${Math.floor(n / inner)}_${n % inner}`,
  );
}

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, place) => [name, place]));
}
