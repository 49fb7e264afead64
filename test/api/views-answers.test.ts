import { type NamedContent, findContent } from '../../lambdas/api/content-name';
import { answerSeries } from '../../lambdas/api/series-answer';
import { answerRecord } from '../../lambdas/api/views-answers';
import type { ViewsSource } from '../../lambdas/api/views-source';
import { makeDays } from '../../lambdas/core/audience/day';
import type { DimensionRow, SeriesRow, Step } from '../../lambdas/core/road/views-series';
import { countedAudience } from '../support/counted-audience';
import { seeds } from '../support/prng';
import { sourceOf } from '../support/views-memory';

/**
 * Goal: a figure of the API is that of a recount of the same lines. Method: random audiences in zones of all sorts
 * are counted by recount; their items are asked by the API, page by page; each answer must be recount's.
 */
const HOUR_MS = 3_600_000;
type Rows = readonly (SeriesRow | DimensionRow)[];

async function contentsOf(source: ViewsSource, names: readonly string[]) {
  return Promise.all(names.map((name) => findContent(name, undefined, source.findKey)));
}

/** All pages, each of so many periods. */
async function seriesOf(
  source: ViewsSource,
  content: NamedContent,
  wish: Partial<Parameters<typeof answerSeries>[2]> & { readonly step: Step },
): Promise<Rows> {
  const rows: (SeriesRow | DimensionRow)[] = [];
  let after: string | undefined = '';
  while (after !== undefined) {
    const page: Awaited<ReturnType<typeof answerSeries>> = await answerSeries(source, content, {
      ...{ limit: 7, ...wish, after },
    });
    rows.push(...page.rows);
    after = page.next;
  }
  return rows;
}

describe('answerRecord', () => {
  it.each(seeds(8))('is what recount says of each content (SEED=%i)', async (seed) => {
    const { recount, items, prng, firstMs } = countedAudience(seed);
    const source = sourceOf(items, recount.settings);
    const fromMs = (Math.floor(firstMs / HOUR_MS) + prng.between(-1, 1)) * HOUR_MS;
    const window = { fromMs, toMs: fromMs + prng.between(1, 3) * HOUR_MS };
    for (const wish of [{}, window, { fromMs }, { toMs: window.toMs }]) {
      const report = recount.report(wish);
      const names = Object.keys(recount.report({}).contents);
      for (const [n, content] of (await contentsOf(source, names)).entries()) {
        const answer = await answerRecord(source, content, wish);
        const wanted = report.contents[names[n]!] ?? null;
        expect(JSON.stringify(answer.content)).toBe(JSON.stringify(wanted));
        expect(answer.definition).toEqual(report.definition);
        expect([answer.window, answer.state]).toEqual([report.window, 'provisional']);
      }
    }
  });
});

describe('answerSeries', () => {
  it.each(seeds(6))('has the minutes of recount (SEED=%i)', async (seed) => {
    const { recount, items, prng, firstMs } = countedAudience(seed);
    const source = sourceOf(items, recount.settings);
    const fromMs = firstMs + prng.between(-5, 60) * 60_000;
    for (const wish of [{}, { fromMs, toMs: fromMs + prng.between(1, 90) * 60_000 }]) {
      const { contents } = recount.report({ ...wish, minutes: true });
      const names = Object.keys(recount.report({}).contents);
      for (const [n, content] of (await contentsOf(source, names)).entries()) {
        const rows = await seriesOf(source, content, { ...wish, step: 'minute' });
        const minutes = contents[names[n]!]?.minutes ?? [];
        expect(rows.map(({ from: minute, to, ...row }) => (void to, { minute, ...row }))).toEqual(
          minutes,
        );
      }
    }
  });

  it.each(seeds(6))('has hours and broadcast days of recount (SEED=%i)', async (seed) => {
    const { recount, items } = countedAudience(seed);
    const source = sourceOf(items, recount.settings);
    const names = Object.keys(recount.report({}).contents);
    for (const [n, content] of (await contentsOf(source, names)).entries()) {
      for (const step of ['hour', 'day'] as const) {
        const rows = (await seriesOf(source, content, { step, limit: 2 })) as SeriesRow[];
        expect(rows.length).toBeGreaterThan(0);
        for (const { from, to, ...row } of rows) {
          const window = { fromMs: Date.parse(from), toMs: Date.parse(to) };
          const wanted = recount.report(window).contents[names[n]!]!;
          const { peakConcurrency, averageMinuteAudience, ...record } = wanted.record;
          void [peakConcurrency, averageMinuteAudience];
          expect(row.record).toEqual(record);
          expect(row.turnedAway).toEqual(wanted.turnedAway);
          expect(row.hits).toBe(Object.values(wanted.hits).reduce((sum, hits) => sum + hits, 0));
        }
      }
    }
  });

  it.each(seeds(6))('has the dimensions of recount, by hour (SEED=%i)', async (seed) => {
    const { recount, items } = countedAudience(seed);
    const source = sourceOf(items, recount.settings);
    const names = Object.keys(recount.report({}).contents);
    for (const [n, content] of (await contentsOf(source, names)).entries()) {
      for (const dimension of ['country', 'device', 'edge'] as const) {
        const rows = (await seriesOf(source, content, {
          ...{ step: 'hour', dimension, limit: 1 },
        })) as DimensionRow[];
        const periods = new Set(rows.map(({ from }) => from));
        for (const from of periods) {
          const window = { fromMs: Date.parse(from), toMs: Date.parse(from) + HOUR_MS };
          const { by } = recount.report(window).contents[names[n]!]!;
          const own = rows
            .filter((row) => row.from === from)
            .map(({ from: start, to, value, ...figures }) => (void [start, to], [value, figures]));
          expect(Object.fromEntries(own)).toEqual(by[dimension]);
        }
      }
    }
  });

  it.each(seeds(4))('tells days that add up to the hours (SEED=%i)', async (seed) => {
    const { recount, items } = countedAudience(seed);
    const source = sourceOf(items, recount.settings);
    const days = makeDays(recount.settings.timeZone, recount.settings.dayStartHour);
    const [content] = await contentsOf(source, Object.keys(recount.report({}).contents));
    const hitsBy = async (step: 'hour' | 'day') => {
      const rows = await seriesOf(source, content!, { step, dimension: 'edge' });
      const sums: Record<string, number> = {};
      for (const row of rows) {
        const { startMs } = days.at(Date.parse(row.from));
        const name = `${startMs} ${(row as DimensionRow).value}`;
        sums[name] = (sums[name] ?? 0) + (row as { readonly hits: number }).hits;
      }
      return sums;
    };
    expect(await hitsBy('day')).toEqual(await hitsBy('hour'));
  });
});
