import { recountText } from '../../lambdas/core/recount';
import type { Report } from '../../lambdas/core/audience/report';
import { parseConfig } from '../../lib/config';
import { makeCrowd } from '../../local/crowd/crowd';
import type { Crowd, CrowdLine, CrowdOptions, Outage, Truth } from '../../local/crowd/crowd';
import { countSlowly } from '../reference/oracle';
import { seeds } from '../support/prng';
import { stripZeros } from '../support/strip-zeros';
import { oracleSettings } from '../support/twin-config';
import type { TwinConfig } from '../support/twin-config';
import { bytesOf, crowdOptions, fieldsOf, linesOf, oracleLineOf } from './crowd-lines';

const OUTAGES: readonly (Outage | undefined)[] = [
  undefined,
  { fromSecond: 40, seconds: 50, shape: '5xx' },
  { fromSecond: 70, seconds: 90, shape: 'timeouts' },
  { fromSecond: 0, seconds: 100, shape: '404', reloads: true },
  { fromSecond: 60, seconds: 80, shape: 'still', reloads: true },
];
const outageOf = (seed: number) => OUTAGES[seed % OUTAGES.length];

/** 05:57, so that the border of the broadcast day falls into the event. */
const DAWN_MS = Date.parse('2026-11-24T05:57:00Z');

interface Made {
  readonly crowd: Crowd;
  readonly lines: readonly CrowdLine[];
  readonly truth: Truth;
}

function make(options: Partial<CrowdOptions> & { seed: number }, count?: number): Made {
  const crowd = makeCrowd(crowdOptions(options));
  const lines = linesOf(crowd, count);
  return { crowd, lines, truth: crowd.truth() };
}

const recount = ({ config }: Crowd, lines: readonly CrowdLine[]): Report =>
  recountText(bytesOf(lines), parseConfig(config));

/** The report, and what truth says it has to be. */
function expectEqual({ ledger, contents }: Report, truth: Truth): void {
  expect(contents).toEqual(truth.contents);
  expect(ledger.bad).toEqual(truth.bad);
  const { lines, overBound } = ledger;
  expect({ lines, overBound }).toEqual({ lines: truth.lines, overBound: 0 });
}

/**
 * Goal: what the generator meant is what is counted from its lines. Method: truth, which has seen no
 * line, and the core, which has seen nothing else, must agree on every figure of every content.
 */
describe('truth and recountText', () => {
  it.each(seeds(30))('agree, with and without an outage (SEED=%i)', (seed) => {
    const { crowd, lines, truth } = make({ seed, outage: outageOf(seed) });
    expectEqual(recount(crowd, lines), truth);
  });

  it.each(seeds(2))(
    'agree on an evening with pauses of more than half an hour (SEED=%i)',
    (seed) => {
      const { crowd, lines, truth } = make({ seed, minutes: 75, viewers: 10 });
      expectEqual(recount(crowd, lines), truth);
    },
  );

  it.each(seeds(3))('agree across the border of a broadcast day (SEED=%i)', (seed) => {
    const outage = outageOf(seed);
    const { crowd, lines, truth } = make({ seed, minutes: 6, startAtMs: DAWN_MS, outage });
    expectEqual(recount(crowd, lines), truth);
    // Who watches across the border is counted on both sides.
    const evening = make({ seed, minutes: 6, outage });
    expect(truth.contents.live!.viewers).toBeGreaterThan(evening.truth.contents.live!.viewers);
  });

  it.each(seeds(1))('agree on a crowd of 1,000 (SEED=%i)', (seed) => {
    const { crowd, lines, truth } = make({
      seed,
      viewers: 1500,
      minutes: 3,
      outage: outageOf(seed),
    });
    expectEqual(recount(crowd, lines), truth);
  });

  it.each(seeds(6))('agree on what was taken before it was stopped (SEED=%i)', (seed) => {
    const crowd = makeCrowd(crowdOptions({ seed, outage: outageOf(seed) }));
    const all = linesOf(crowd);
    for (const share of [0.05, 0.4, 0.9]) {
      const lines = linesOf(crowd, Math.ceil(all.length * share));
      expectEqual(recount(crowd, lines), crowd.truth());
    }
  });

  it('agree on one line, and truth on none', () => {
    const { crowd, lines, truth } = make({ seed: 2 }, 1);
    expectEqual(recount(crowd, lines), truth);
    const nothing = { lines: 0, bad: {}, hits: {}, contents: {} };
    expect(makeCrowd(crowdOptions({ seed: 2 })).truth()).toEqual(nothing);
  });

  it('can be asked while lines are taken', () => {
    const crowd = makeCrowd(crowdOptions({ seed: 6, outage: OUTAGES[1] }));
    const taken: CrowdLine[] = [];
    for (const line of crowd.lines()) {
      taken.push(line);
      if (taken.length % 400 === 0) expectEqual(recount(crowd, taken), crowd.truth());
    }
  });
});

describe('truth and the oracle', () => {
  it.each(seeds(20))('agree, with and without an outage (SEED=%i)', (seed) => {
    const startAtMs = seed % 4 === 0 ? DAWN_MS : crowdOptions({ seed }).startAtMs;
    const { crowd, lines, truth } = make({ seed, viewers: 25, startAtMs, outage: outageOf(seed) });
    const known = lines.map(oracleLineOf).filter((line) => line !== undefined);
    const report = countSlowly(known, oracleSettings(crowd.config as unknown as TwinConfig));
    const contents = Object.fromEntries(
      Object.entries(report.contents).map(([id, content]) => [id, { ...content, minutes: [] }]),
    );
    const expected = Object.fromEntries(
      Object.entries(truth.contents).map(([id, content]) => [id, { ...content, minutes: [] }]),
    );
    expect(stripZeros(contents)).toEqual(stripZeros(expected));
    expect(known.length).toBe(sum(truth.hits));
  });
});

describe('truth', () => {
  it.each(seeds(20))('puts every line under one class or one reason (SEED=%i)', (seed) => {
    const { lines, truth } = make({ seed, outage: outageOf(seed) });
    expect(truth.lines).toBe(lines.length);
    expect(sum(truth.hits) + sum(truth.bad)).toBe(lines.length);
    const { live, 'event-page': page } = truth.contents;
    expect(sum(live!.hits) + sum(page!.hits)).toBe(sum(truth.hits));
    for (const { hits, outcomes, by } of [live!, page!]) {
      expect(sum(outcomes)).toBe(sum(hits));
      expect(Object.values(by.edge).reduce((total, edge) => total + edge.hits, 0)).toBe(sum(hits));
    }
    const bad = lines.map(({ line }) => fieldsOf(line)).filter((read) => !read.ok);
    expect(countBy(bad.map(({ reason }) => reason))).toEqual(truth.bad);
  });

  it.each(seeds(10))('has figures that add up (SEED=%i)', (seed) => {
    const { truth } = make({ seed, viewers: 100, outage: outageOf(seed) });
    const { record, views } = truth.contents.live!;
    for (const { gross, refusedByUs, invalid, unresolved, verified, lower, upper } of Object.values(
      record,
    )) {
      expect(gross).toBeCloseTo(refusedByUs + sum(invalid) + unresolved + verified, 6);
      expect([lower, upper]).toEqual([verified, expect.closeTo(verified + unresolved, 6)]);
    }
    expect(views['view2']).toBeGreaterThan(views['view120']!);
    expect(views['view120']).toBeGreaterThan(0);
  });
});

/** A comparison that nothing can break would show nothing. */
describe('the comparison finds what it is for (canaries)', () => {
  const { crowd, lines, truth } = make({ seed: 11, viewers: 60 });
  const wrong = (changed: readonly CrowdLine[]) => {
    const report = recount(crowd, changed);
    return () => expectEqual(report, truth);
  };

  it('holds for the lines as they are, in any order', () => {
    expect(wrong(lines)).not.toThrow();
    expect(wrong([...lines].reverse())).not.toThrow();
  });

  it.each([0, 17, 400, 1500])('fails if line %i is lost', (lost) => {
    expect(wrong(lines.filter(({ n }) => n !== lost))).toThrow();
  });

  it.each([0, 17, 400, 1500])('fails if line %i comes twice', (doubled) => {
    expect(wrong([...lines, lines[doubled]!])).toThrow();
  });

  it.each<[string, (line: string) => string]>([
    ['a segment becomes an asset', (line) => line.replace(/\.(ts|m4s)\t/, '.bin\t')],
    ['a viewer changes its agent', (line) => line.replace('Mozilla/5.0', 'Mozilla/5.1')],
    ['a status changes', (line) => line.replace('\t200\tGET', '\t503\tGET')],
    ['a country changes', (line) => line.replace('\tDE\t', '\tAT\t')],
    [
      'a line is late by a minute',
      (line) => line.replace(/^1\d{9}/, (s) => String(Number(s) - 60)),
    ],
  ])('fails if %s', (_, change) => {
    const at = lines.findIndex(({ line }) => change(line) !== line && fieldsOf(line).ok);
    const changed = lines.map((one, n) => (n < at + 40 ? { ...one, line: change(one.line) } : one));
    expect(at).toBeGreaterThanOrEqual(0);
    expect(wrong(changed)).toThrow();
  });
});

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
