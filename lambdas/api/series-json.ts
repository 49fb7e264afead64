import { MINUTE_FIGURES, causeAt } from '../core/audience/content-tally';
import { isoOf, viewNames } from '../core/audience/figure-record';
import { SLOT_SECONDS } from '../core/audience/rules';
import { BUCKET, BUCKETS, FIGURE } from '../core/audience/viewer-figures';
import { CAUSES, CLASSES, type Kind, PERSON_CLASSES } from '../core/edge/classes';
import type { ViewsItem } from '../core/road/ports';
import { type Period, makeSeriesRow, sumOf } from '../core/road/views-series';
import { type Fragment, JsonBytes, fragmentOf } from './json-bytes';
import { type MinuteItems, periodsOfMinutes } from './minute-items';
import type { SeriesRows } from './series-answer';

/**
 * The JSON of a page of figures, byte for byte what JSON.stringify makes of its rows: test/api/series-json.test.ts.
 * A day of minutes has some hundred thousand numbers; as objects they would take three times as long.
 */
export function writeSeries(
  about: { readonly kind: Kind },
  found: SeriesRows,
  next: string | undefined,
): Uint8Array<ArrayBuffer> {
  const rows = 'minutes' in found ? found.minutes : 'periods' in found ? found.periods : [];
  const out = new JsonBytes(rows.length * ROW_BYTES);
  out.text(`${JSON.stringify(about).slice(0, -1)},"rows":`);
  if ('minutes' in found) writeMinutes(found.minutes, about.kind, out);
  else if ('periods' in found) writePeriods(found.periods, about.kind, out);
  else out.text(JSON.stringify(found.values));
  out.text(next === undefined ? '}' : `,"next":${JSON.stringify(next)}}`);
  return out.end();
}

/** What a row of a busy minute takes, about. */
const ROW_BYTES = 1_600;

interface FigurePlace {
  /** of its buckets among the figures */
  readonly at: number;
  readonly times: number;
  readonly name: Fragment;
}

/** In the order of makeRecords. */
const PLACES: Readonly<Record<'page' | 'stream', readonly FigurePlace[]>> = {
  page: placesOf(true),
  stream: placesOf(false),
};

function placesOf(isPage: boolean): FigurePlace[] {
  const place = (name: string, figure: number, n: number, times = 1): FigurePlace => ({
    ...{ at: figure * BUCKETS, times },
    name: fragmentOf(`${n === 0 ? '' : '},'}"${name}":{"gross":`),
  });
  const views = viewNames(isPage);
  const first = [
    place('attempts', FIGURE.attempts, 0),
    place('starts', FIGURE.starts, 1),
    place('newViewers', FIGURE.viewers, 2),
    ...views.map((name, n) => place(name, FIGURE.view + n, 3 + n)),
  ];
  if (isPage) return first;
  return [...first, place('watchSeconds', FIGURE.watchSlots, first.length, SLOT_SECONDS)];
}

const TEXT = {
  ...{ open: fragmentOf('['), close: fragmentOf(']'), comma: fragmentOf(',') },
  ...{ from: fragmentOf('{"from":"'), to: fragmentOf('","to":"'), hits: fragmentOf('","hits":') },
  ...{ turnedAway: fragmentOf(',"turnedAway":{'), record: fragmentOf('},"record":{') },
  ...{ refusedByUs: fragmentOf(',"refusedByUs":'), invalid: fragmentOf(',"invalid":{') },
  ...{ unresolved: fragmentOf('},"unresolved":'), verified: fragmentOf(',"verified":') },
  ...{ lower: fragmentOf(',"lower":'), upper: fragmentOf(',"upper":') },
  ...{ concurrencyMax: fragmentOf('}},"concurrencyMax":'), end: fragmentOf('}') },
  endOfPage: fragmentOf('}}}'),
};
const CAUSE_TEXT = CAUSES.map((cause) => [`"${cause}":`, `,"${cause}":`].map(fragmentOf));
const CLASS_TEXT = CLASSES.slice(PERSON_CLASSES).map((name) =>
  [`"${name}":`, `,"${name}":`].map(fragmentOf),
);

function writePeriods(periods: readonly Period[], kind: Kind, out: JsonBytes): void {
  const write = makeWrite(kind, out);
  out.put(TEXT.open);
  for (const [n, period] of periods.entries()) {
    if (n > 0) out.put(TEXT.comma);
    write(period);
  }
  out.put(TEXT.close);
}

function makeWrite(kind: Kind, out: JsonBytes): (period: Period) => void {
  const places = PLACES[kind === 'page' ? 'page' : 'stream'];
  const writeTime = makeWriteTime(out);
  return (period) => {
    if (isPlain(period.figures)) writePeriod(period, { places, writeTime }, out);
    else out.text(JSON.stringify(makeSeriesRow(period, kind)));
  };
}

interface WrittenRow {
  readonly items: readonly ViewsItem[];
  /** none of a minute in which all is zero */
  readonly bytes: Uint8Array;
}

/** Rows by the first of the items that they were made of. Of items that are read anew all is forgotten. */
const WRITTEN = new WeakMap<ViewsItem, WrittenRow>();

function writtenOf({ items }: MinuteItems): Uint8Array | undefined {
  const row = WRITTEN.get(items[0]!);
  const isSame = row?.items.length === items.length && items.every((it, n) => it === row.items[n]);
  return isSame ? row.bytes : undefined;
}

/** Minutes that were written before and have not changed since are copied. */
function writeMinutes(minutes: readonly MinuteItems[], kind: Kind, out: JsonBytes): void {
  const written = minutes.map(writtenOf);
  const news = periodsOfMinutes(
    minutes.filter((_, n) => written[n] === undefined),
    kind,
  );
  const newOf = new Map(news.map((period) => [period.from, period]));
  const write = makeWrite(kind, out);
  let rows = 0;
  const begin = () => {
    if (rows > 0) out.put(TEXT.comma);
    rows += 1;
  };
  out.put(TEXT.open);
  for (const [n, { minute, items }] of minutes.entries()) {
    const bytes = written[n];
    const period = newOf.get(minute);
    if (period !== undefined || (bytes !== undefined && bytes.length > 0)) begin();
    if (bytes !== undefined) {
      out.copy(bytes);
      continue;
    }
    const from = out.length;
    if (period !== undefined) write(period);
    WRITTEN.set(items[0]!, { items, bytes: out.slice(from) });
  }
  out.put(TEXT.close);
}

/** Counts of which no sum leaves the whole numbers. Others are rare enough to be made of objects. */
function isPlain(figures: Float64Array): boolean {
  for (let n = 0; n < MINUTE_FIGURES; n += 1) {
    const count = figures[n]!;
    if (!(count >= 0 && count <= COUNT_MAX && Math.floor(count) === count)) return false;
  }
  return true;
}

const COUNT_MAX = 1e8;

interface PeriodText {
  readonly places: readonly FigurePlace[];
  readonly writeTime: (minute: number) => void;
}

function writePeriod(
  { from, to, figures, hits, concurrencyMax }: Period,
  { places, writeTime }: PeriodText,
  out: JsonBytes,
): void {
  out.put(TEXT.from);
  writeTime(from);
  out.put(TEXT.to);
  writeTime(to);
  out.put(TEXT.hits);
  out.number(sumOf(hits));
  out.put(TEXT.turnedAway);
  writeCounts(figures, causeAt(0), CAUSE_TEXT, { times: 1, out });
  out.put(TEXT.record);
  for (const place of places) writeRecord(figures, place, out);
  if (concurrencyMax === undefined) return out.put(TEXT.endOfPage);
  out.put(TEXT.concurrencyMax);
  out.number(concurrencyMax);
  out.put(TEXT.end);
}

function writeRecord(figures: Float64Array, { at, times, name }: FigurePlace, out: JsonBytes) {
  let gross = 0;
  for (let n = at; n < at + BUCKETS; n += 1) gross += figures[n]!;
  const unresolved = figures[at + BUCKET.unresolved]! * times;
  const verified = figures[at + BUCKET.verified]! * times;
  out.put(name);
  out.number(gross * times);
  out.put(TEXT.refusedByUs);
  out.number(figures[at + BUCKET.refusedByUs]! * times);
  out.put(TEXT.invalid);
  writeCounts(figures, at + BUCKET.invalid, CLASS_TEXT, { times, out });
  out.put(TEXT.unresolved);
  out.number(unresolved);
  out.put(TEXT.verified);
  out.number(verified);
  out.put(TEXT.lower);
  out.number(verified);
  out.put(TEXT.upper);
  out.number(unresolved + verified);
}

/** Those that are not zero, by name. */
function writeCounts(
  figures: Float64Array,
  at: number,
  names: readonly (readonly Fragment[])[],
  { times, out }: { readonly times: number; readonly out: JsonBytes },
): void {
  let isFirst = true;
  for (let n = 0; n < names.length; n += 1) {
    const count = figures[at + n]!;
    if (count === 0) continue;
    out.put(names[n]![isFirst ? 0 : 1]!);
    out.number(count * times);
    isFirst = false;
  }
}

/** As isoOf: the hour is written out once, its minutes are at hand. */
function makeWriteTime(out: JsonBytes): (minute: number) => void {
  let last = NaN;
  let text = TEXT.open;
  return (minute) => {
    const hour = Math.floor(minute / 60);
    if (hour !== last) {
      last = hour;
      text = fragmentOf(isoOf(hour * 3_600_000).slice(0, -'00:00Z'.length));
    }
    out.put(text);
    out.put(MINUTE_TEXT[minute - hour * 60]!);
  };
}

const MINUTE_TEXT = Array.from({ length: 60 }, (_, minute) =>
  fragmentOf(`${String(minute).padStart(2, '0')}:00Z`),
);
