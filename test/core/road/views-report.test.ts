import type { ReportOptions } from '../../../lambdas/core/audience/make-report';
import { classifierOf } from '../../../lambdas/core/edge/classifier';
import { detectFormat } from '../../../lambdas/core/edge/format';
import { SHIPPED_FILES } from '../../../lambdas/core/edge/network-lists';
import { Recount } from '../../../lambdas/core/recount';
import type { ViewsItem } from '../../../lambdas/core/road/ports';
import { ledgerQueries, queriesOf } from '../../../lambdas/core/road/views-query';
import { makeViewsReport } from '../../../lambdas/core/road/views-report';
import { parseConfig } from '../../../lib/config';
import { countSlowly } from '../../reference/oracle';
import type { OracleLine } from '../../reference/oracle';
import { renderRealtime } from '../../support/edge-lines';
import { Prng, seeds } from '../../support/prng';
import { randomAudience } from '../../support/random-audience';
import { stripZeros } from '../../support/strip-zeros';
import type { TwinConfig } from '../../support/twin-config';
import { oracleSettings } from '../../support/twin-config';
import { LANES, type WrittenViews, viewsOf } from '../../support/views-of-recount';

const HOUR_MS = 3_600_000;

/** A third as configured, a third without any content configured, a third beyond its bounds. */
function countSeed(seed: number) {
  const prng = new Prng(seed);
  const { config, lines } = randomAudience(prng);
  const changes = [
    {},
    { contents: [], events: [] },
    { thresholds: { ...config.thresholds, viewersPerAddressMax: 1, waitingPerAddressMax: 1 } },
  ][seed % 3]!;
  // A page that has the name of a stream, where both are named by their paths.
  const page = lines.find(({ path }) => path.startsWith('/live1/'));
  const all = page === undefined ? lines : [...lines, { ...page, path: '/live1' }];
  const recount = count({ ...config, ...changes }, all, seed);
  const firstMs = Math.min(...all.map(({ tMs }) => tMs));
  return { prng, config, lines: all, recount, firstMs };
}

function count(config: TwinConfig, lines: readonly OracleLine[], key: number): Recount {
  const settings = parseConfig(config);
  const recount = new Recount({ settings, key: new Uint8Array(16).fill(key) });
  const rows = lines.map((line, n) => renderRealtime(line, `id-${n}`, config.realtimeFields));
  const input = new TextEncoder().encode(`${rows.join('\n')}\nno line\n`);
  recount.begin(detectFormat(input, settings.realtimeFields)!);
  recount.feed(input);
  recount.end();
  return recount;
}

function reportOf({ settings }: Recount, views: WrittenViews, options: ReportOptions) {
  const classifier = classifierOf(SHIPPED_FILES);
  const { items, contents, ledger } = views;
  return makeViewsReport(items, contents, ledger, { settings, classifier, options });
}

/** What recount says, but for events. */
function expected(recount: Recount, options: ReportOptions) {
  const { definition, window, ledger, contents } = recount.report(options);
  return { definition, window, state: 'provisional', ledger, contents };
}

/** Hours near the data, open on one side now and then. */
function wholeHours(prng: Prng, firstMs: number): ReportOptions {
  const fromMs = (Math.floor(firstMs / HOUR_MS) + prng.between(-1, 2)) * HOUR_MS;
  const toMs = fromMs + prng.between(1, 3) * HOUR_MS;
  return prng.pick([{ fromMs, toMs }, { fromMs, toMs }, { fromMs }, { toMs }]);
}

/**
 * Goal: AWS and recount say the same, to the byte. Method: random audiences are counted by recount; a
 * writer of the test's own puts what the viewers contribute into items of several lane groups; their
 * report must be recount's.
 */
describe('makeViewsReport', () => {
  it.each(seeds(60))('is the report of recount (SEED=%i)', (seed) => {
    const { prng, recount, firstMs } = countSeed(seed);
    const views = viewsOf(recount, prng);
    const all = [{}, { minutes: true }, { ...wholeHours(prng, firstMs), minutes: prng.bool(0.5) }];
    for (const options of all) {
      const report = reportOf(recount, views, options);
      const wanted = expected(recount, options);
      expect(report).toEqual(wanted);
      expect(JSON.stringify(report)).toBe(JSON.stringify(wanted));
    }
  });

  it.each(seeds(30))('in a window of any minutes has `by` of whole hours (SEED=%i)', (seed) => {
    const { prng, recount, firstMs } = countSeed(seed);
    const fromMs = firstMs + prng.between(-5, 60) * 60_000;
    const toMs = fromMs + prng.between(0, 90) * 60_000 + prng.between(1, 60_000);
    const options = { fromMs, toMs, minutes: true };
    const views = viewsOf(recount, prng);
    const report = reportOf(recount, views, options);
    const hours = expected(recount, {
      fromMs: Math.floor(fromMs / HOUR_MS) * HOUR_MS,
      toMs: Math.ceil(toMs / HOUR_MS) * HOUR_MS,
    });
    const wanted = Object.entries(expected(recount, options).contents).map(([id, content]) => [
      id,
      { ...content, by: hours.contents[id]!.by },
    ]);
    expect(report.contents).toEqual(Object.fromEntries(wanted));
  });

  it.each(seeds(10))('is what the slow twin counts (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const { config, lines } = randomAudience(prng);
    const recount = count(config, lines, seed);
    const fromMs = Math.floor(lines[0]!.tMs / HOUR_MS) * HOUR_MS;
    const window = prng.bool(0.5) ? undefined : { fromMs, toMs: fromMs + HOUR_MS };
    const options = { ...window, minutes: true };
    const { contents } = reportOf(recount, viewsOf(recount, prng), options);
    const slow = countSlowly(lines, oracleSettings(config, window));
    const known = Object.entries(contents).filter(([id]) => id in slow.contents);
    expect(stripZeros(Object.fromEntries(known))).toEqual(stripZeros(slow.contents));
  });

  it('is made of audiences that meet everything', () => {
    const met = new Set<string>();
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { prng, recount } = countSeed(seed);
      const views = viewsOf(recount, prng);
      const report = reportOf(recount, views, {});
      for (const [name, { kind, record }] of Object.entries(report.contents)) {
        met.add(kind);
        if (name.endsWith('(page)')) met.add('one name');
        if (record['peakConcurrency']?.verified) met.add('peak');
      }
      if (report.ledger.overBound > 0) met.add('over bound');
      if (report.ledger.bad['too_few_fields'] === 1) met.add('bad');
      for (const { pk, sk, values } of views.items) {
        if ([...values.keys()].some((name) => /^s\d/.test(name)))
          met.add(`viewers of ${pk.at(-1)}`);
        if ([...values.values()].some((value) => Number(value) < 0)) met.add(`below zero ${sk[0]}`);
      }
    }
    const kinds = ['stream', 'page', 'one name', 'peak', 'over bound', 'bad'];
    expect([...met]).toEqual(expect.arrayContaining(kinds));
    expect([...met].filter((what) => what.startsWith('viewers of')).length).toBeGreaterThan(1);
    expect([...met]).toEqual(expect.arrayContaining(['below zero m', 'below zero h']));
  });

  it('says how many hits found no room, and only then', () => {
    const { recount, prng } = countSeed(1);
    const views = viewsOf(recount, prng);
    const overflow = (n: number) => ({
      ...views,
      ledger: [...views.ledger, item('ledger#3', 'h#2026-11-24T09', [['overflow', n]])],
    });
    expect(reportOf(recount, overflow(0), {}).ledger).not.toHaveProperty('overflow');
    expect(reportOf(recount, overflow(7), {}).ledger).toEqual({
      ...expected(recount, {}).ledger,
      overflow: 7,
    });
  });

  it('knows a content by its key if no item names it', () => {
    const { recount, prng } = countSeed(1);
    const views = viewsOf(recount, prng);
    expect(reportOf(recount, { ...views, contents: [] }, {})).toEqual(expected(recount, {}));
  });
});

describe('queriesOf and ledgerQueries', () => {
  it.each(seeds(10))('ask for all that a report needs (SEED=%i)', (seed) => {
    const { prng, recount, firstMs } = countSeed(seed);
    const views = viewsOf(recount, prng);
    const options = prng.bool(0.3) ? {} : wholeHours(prng, firstMs);
    const keys = views.contents.map(({ sk }) => sk);
    const asked = queriesOf(keys, LANES, options).flatMap((query) => answer(views.items, query));
    const ledger = ledgerQueries(LANES).flatMap((query) => answer(views.ledger, query));
    const report = reportOf(recount, { ...views, items: asked, ledger }, options);
    expect(report).toEqual(expected(recount, options));
  });

  it('ask for the minutes and hours of a window and no others', () => {
    const window = {
      fromMs: Date.parse('2026-11-24T20:15:59Z'),
      toMs: Date.parse('2026-11-24T22:00:00Z'),
    };
    const ranges = [
      ['m#2026-11-24T20:15', 'm#2026-11-24T21:59'],
      ['h#2026-11-24T20', 'h#2026-11-24T21'],
      ['c#2026-11-24T20', 'c#2026-11-24T21'],
      ['e#2026-11-24T20', 'e#2026-11-24T21'],
      ['now', 'now'],
    ];
    const of = (lanes: number) =>
      queriesOf(['s:live'], lanes, window).map(({ pk, from, to }) => [pk, from, to]);
    expect(of(16)).toEqual(ranges.map((range) => ['s:live#0', ...range]));
    expect(of(17)).toEqual(
      ['s:live#0', 's:live#1'].flatMap((pk) => ranges.map((range) => [pk, ...range])),
    );
    const next = { ...window, toMs: window.toMs + 1 };
    expect(queriesOf(['s:live'], 16, next).map(({ to }) => to)).toEqual([
      'm#2026-11-24T22:00',
      'h#2026-11-24T22',
      'c#2026-11-24T22',
      'e#2026-11-24T22',
      'now',
    ]);
    expect(ledgerQueries(1, window)).toEqual([
      { pk: 'ledger#0', from: 'h#2026-11-24T20', to: 'h#2026-11-24T21' },
    ]);
  });

  it('ask nothing of a window without a minute', () => {
    const atMs = Date.parse('2026-11-24T20:00:00Z');
    const empty = { fromMs: atMs, toMs: atMs };
    expect(queriesOf(['s:live'], 1, empty)).toEqual([{ pk: 's:live#0', from: 'now', to: 'now' }]);
    expect(ledgerQueries(1, empty)).toEqual([]);
  });
});

/** A counter that the report does not read could be wrong for ever. */
describe('a counter that is wrong is noticed (canaries)', () => {
  const all = [2, 3].map((seed) => {
    const { prng, recount } = countSeed(seed);
    return { recount, views: viewsOf(recount, prng) };
  });

  // Not every slot is the highest of its minute: one that is wrong by much is noticed.
  it.each([
    ['m#', /^f/, 1],
    ['m#', /^t/, 1],
    ['m#', /^h/, 1],
    ['m#', /^s\d+_2/, 1_000],
    ['h#', /^k/, 1],
    ['h#', /^d/, 1],
    ['c#', /^c/, 1],
    ['e#', /^e/, 1],
    ['now', /^oh/, 1],
    ['now', /^os/, 1],
  ])('%s %s', (sort, name, n) => {
    let noticed = 0;
    for (const { recount, views } of all) {
      const textOf = (items: readonly ViewsItem[]) =>
        JSON.stringify(reportOf(recount, { ...views, items }, { minutes: true }));
      const before = textOf(views.items);
      for (const [at, one] of [...views.items.entries()].filter(([, { sk }]) =>
        sk.startsWith(sort),
      )) {
        const key = [...one.values.keys()].find((own) => name.test(own));
        if (key === undefined || noticed === 20) continue;
        const values = new Map(one.values).set(key, Number(one.values.get(key)) + n);
        expect(textOf(views.items.with(at, { ...one, values })) === before).toBe(false);
        noticed += 1;
      }
    }
    expect(noticed).toBeGreaterThan(0);
  });
});

describe('items that nobody of this definition wrote', () => {
  const { recount } = countSeed(3);
  const read = (...items: ViewsItem[]) =>
    reportOf(recount, { items, contents: [], ledger: [] }, {}).contents;
  const at = 'm#2026-11-24T20:00';

  it.each([
    ['attribute f8_0', item('s:live#0', at, [['f8_0', 1]])],
    ['attribute s30_0', item('s:live#0', at, [['s30_0', 1]])],
    ['attribute h9_0', item('s:live#0', at, [['h9_0', 1]])],
    ['attribute cDE_8', item('s:live#0', 'c#2026-11-24T20', [['cDE_8', 1]])],
    ['f0_2 is the text x, expected a number', item('s:live#0', at, [['f0_2', 'x']])],
    ['s:live#0: got an item x#1', item('s:live#0', 'x#1', [])],
    ['got live as the name of a content', item('live#0', at, [])],
  ])('are refused: %s', (message, wrong) => {
    expect(() => read(wrong)).toThrow(message);
  });

  it('but the last of each list is read', () => {
    const last = item('s:a#b#0', at, [
      ['f7_9', 1],
      ['t4', 1],
      ['h8_5', 1],
      ['s29_9', 1],
    ]);
    expect(read(last)['a#b']).toMatchObject({
      outcomes: { other: 1 },
      turnedAway: { neverAsked: 1 },
      record: { view120: { invalid: { suspect: 1 } } },
    });
  });
});

function item(pk: string, sk: string, values: [string, number | string][]): ViewsItem {
  return { pk, sk, values: new Map(values) };
}

function answer(items: readonly ViewsItem[], query: { pk: string; from: string; to: string }) {
  return items.filter(({ pk, sk }) => pk === query.pk && query.from <= sk && sk <= query.to);
}
