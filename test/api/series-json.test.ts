import { JsonBytes, fragmentOf } from '../../lambdas/api/json-bytes';
import { groupMinutes } from '../../lambdas/api/minute-items';
import { type SeriesRows, makeRows } from '../../lambdas/api/series-answer';
import { writeSeries } from '../../lambdas/api/series-json';
import { MINUTE_FIGURES } from '../../lambdas/core/audience/content-tally';
import { CLASSES, type Kind, OUTCOMES } from '../../lambdas/core/edge/classes';
import type { ViewsItem } from '../../lambdas/core/road/ports';
import { contentPk, minuteSk } from '../../lambdas/core/road/views-item';
import type { Period } from '../../lambdas/core/road/views-series';
import { Prng } from '../support/prng';

const MINUTE = Date.UTC(2026, 10, 24) / 60_000;
const seed = Number(process.env['SEED'] ?? 1);

/** The slow way: rows as objects. */
function slowText(about: { readonly kind: Kind }, found: SeriesRows, next?: string): string {
  const rows = makeRows(found, about.kind);
  return JSON.stringify({ ...about, rows, ...(next !== undefined && { next }) });
}

const fastText = (...given: Parameters<typeof writeSeries>) =>
  Buffer.from(writeSeries(...given)).toString('utf8');

function somePeriod(random: Prng, from: number, most: number): Period {
  const some = () => (random.between(0, 2) === 0 ? random.between(0, most) : 0);
  const figures = Float64Array.from({ length: MINUTE_FIGURES }, some);
  const hits = Float64Array.from({ length: CLASSES.length * OUTCOMES.length }, some);
  const to = from + random.pick([1, 60, 1_440, 1_500]);
  return { from, to, figures, hits, concurrencyMax: random.pick([undefined, 0, some()]) };
}

/** A period in which one figure has this number. */
function periodWith(count: number, at = 2): Period {
  const figures = new Float64Array(MINUTE_FIGURES);
  figures[at] = count;
  const hits = Float64Array.of(count);
  return { from: MINUTE, to: MINUTE + 1, figures, hits, concurrencyMax: count };
}

describe('writeSeries', () => {
  it.each(['stream', 'page'] as const)('writes a %s as JSON.stringify does', (kind) => {
    const random = new Prng(seed);
    for (let round = 0; round < 40; round += 1) {
      const most = random.pick([1, 9, 10, 4_000, 99_999_999]);
      const periods = Array.from({ length: random.between(0, 30) }, (_, n) =>
        somePeriod(random, MINUTE - 90 + 17 * n, most),
      );
      const about = { id: 'Köln "final"', kind, event: { start: 'now' } };
      const next = random.pick([undefined, 'a"b']);
      expect(fastText(about, { periods }, next)).toBe(slowText(about, { periods }, next));
    }
  });

  it.each([
    [0, 'nothing'],
    [1e8, 'the last count whose sums are whole'],
    [1e8 + 1, 'the first above it'],
    [2 ** 53 * 4, 'what is no longer exact'],
    [-1, 'less than nothing, while a correction is on its way'],
    [0.25, 'a part'],
  ])('writes %d as JSON.stringify does: %s', (count) => {
    for (const at of [0, 1, 2, 3, MINUTE_FIGURES - 1]) {
      const found = { periods: [periodWith(count, at)] };
      const about = { kind: 'stream' as const };
      expect(fastText(about, found, undefined)).toBe(slowText(about, found));
    }
  });

  it('writes rows of a dimension as they are', () => {
    const values = [{ from: 'a', to: 'b', value: 'Zürich', hits: 3 }];
    const about = { kind: 'page' as const };
    expect(fastText(about, { values }, 'n')).toBe(slowText(about, { values }, 'n'));
  });

  // The table: some minutes of one to three lane groups, of which each round changes some, to zero too.
  it.each(['stream', 'page'] as const)(
    'writes minutes of a %s anew if they changed, and never else',
    (kind) => {
      const random = new Prng(seed);
      const about = { kind };
      let copied = 0;
      for (let table = 0; table < 20; table += 1) {
        const groups = random.between(1, 3);
        const held = new Map<string, ViewsItem>();
        for (let round = 0; round < 12; round += 1) {
          for (let n = random.between(0, 6); n > 0; n -= 1) {
            const [minute, group] = [random.between(0, 8), random.between(0, groups - 1)];
            const zero = random.between(0, 3) === 0;
            const of = (most: number) => (zero ? 0 : random.between(0, most));
            const names = ['f0_2', 'f1_0', 't0', 'h0_4', 's3_2'];
            const values = new Map(
              names.map((name) => [name, of(random.pick([3, 10 ** 9]))] as const),
            );
            held.set(`${minute} ${group}`, {
              pk: contentPk(`${kind[0]}:a`, group),
              sk: minuteSk(MINUTE + minute),
              values,
            });
          }
          const items = [...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
          const minutes = groupMinutes(items);
          const found = { minutes };
          expect(fastText(about, found, undefined)).toBe(slowText(about, found));
          copied += minutes.length;
        }
      }
      expect(copied).toBeGreaterThan(1_000);
    },
  );

  it('has room for a page in which every figure is long', () => {
    const full = (from: number): Period => ({
      ...periodWith(0),
      ...{ from, to: from + 1, concurrencyMax: 99_999_999 },
      figures: new Float64Array(MINUTE_FIGURES).fill(99_999_999),
    });
    const found = { periods: Array.from({ length: 200 }, (_, n) => full(MINUTE + n)) };
    expect(fastText({ kind: 'stream' }, found, undefined)).toBe(
      slowText({ kind: 'stream' }, found),
    );
  });
});

describe('JsonBytes', () => {
  const NUMBERS = [0, -0, 1, 9, 10, 99, 100, 999_999_999, 1_000_000_000, 2 ** 31 - 1, 2 ** 31];
  it.each([...NUMBERS, 2 ** 53, 1e21, -7, 0.5])('writes the number %d', (n) => {
    const out = new JsonBytes(0);
    out.number(n);
    expect(Buffer.from(out.end()).toString()).toBe(JSON.stringify(n));
  });

  it('writes fragments of any length one after the other, beyond what was expected', () => {
    const out = new JsonBytes(0);
    let expected = '';
    for (let length = 0; length <= 252; length += 1) {
      const text = 'é'.repeat(length >> 1) + 'x'.repeat(length % 2);
      out.put(fragmentOf(text));
      expected += text;
    }
    expect(Buffer.from(out.end()).toString()).toBe(expected);
  });

  it('refuses a fragment for which there may be no room', () => {
    expect(() => fragmentOf('x'.repeat(253))).toThrow('got 253 bytes, expected at most 252');
  });
});
