import { renderTable } from '../../bin/commands/recount-output';
import { textWidth } from '../../bin/commands/text-table';
import type { Report } from '../../lambdas/core/audience/report';
import { Prng } from '../support/prng';
import { contentReport, eventReport, figure, report } from './recount-report';

const TEN_CLOCK = '2026-11-24T20:10:00Z';
const NIGHT = report({
  ledger: {
    lines: 1_234_567,
    hits: 1_234_000,
    bad: { bad_status: 67, too_few_fields: 500 },
    duplicate: 0,
    late: 0,
    lost: 0,
    overBound: 0,
  },
  contents: {
    'd111.cloudfront.net/live/main': contentReport({
      hits: { player: 1_200_000, tool: 34_000 },
      outcomes: { '4xx': 34_000, served: 1_200_000 },
      turnedAway: { '4xx': 12, neverAsked: 3 },
      peakAt: TEN_CLOCK,
      record: {
        attempts: figure(73_000_000, 1_000, { tool: 30_000, suspect: 4_000 }, 12),
        starts: figure(9, 0, {}, 1),
        view30: figure(3),
        viewers: figure(8_000_000, 5),
        watchSeconds: figure(360_000),
        peakConcurrency: figure(8_000_000.2),
        averageMinuteAudience: figure(7.25),
      },
    }),
  },
  events: {
    interview: eventReport({
      viewers: figure(5),
      firstStartAt: '2026-11-24T20:42:00Z',
      startDelaySeconds: 2_520,
      interruptions: [
        {
          at: '2026-11-24T20:50:00Z',
          seconds: 40,
          fromViewers: 1_000,
          toViewers: 20,
          depthPercent: 98,
          recovered: true,
        },
      ],
      record: { attempts: figure(6), starts: figure(5, 1), view30: figure(3) },
    }),
  },
});

describe('renderTable', () => {
  it('shows every figure with its split, and the ledger', () => {
    expect(renderTable(NIGHT, { columns: 100 })).toBe(
      `Definition turnout 1.0.0, classifier 2026-11-24
Broadcast day from 06:00 UTC, block status 409, 1,024 session ids
Window: the first line to the last
verified: a conforming player, never a proven human. upper = verified + unresolved

stream d111.cloudfront.net/live/main
  2026-11-24T20:00:00Z to 2026-11-24T21:00:00Z
                                 gross  refusedByUs  invalid  unresolved     verified        upper
  attempts                  73,035,012           12   34,000       1,000   73,000,000   73,001,000
  starts                            10            1        0           0            9            9
  view30                             3            0        0           0            3            3
  viewers                    8,000,005            0        0           5    8,000,000    8,000,005
  watch hours                    100.0          0.0      0.0         0.0        100.0        100.0
  peak (10 s)              8,000,000.2          0.0      0.0         0.0  8,000,000.2  8,000,000.2
  average-minute audience         7.25         0.00     0.00        0.00         7.25         7.25
  peak at 2026-11-24T20:10:00Z
  turned away: 4xx 12, neverAsked 3
  hits by class: player 1,200,000, tool 34,000
  outcomes: 4xx 34,000, served 1,200,000

event interview
  2026-11-24T20:00:00Z to 2026-11-24T22:00:00Z
  content live
            gross  refusedByUs  invalid  unresolved  verified  upper
  attempts      6            0        0           0         6      6
  starts        6            0        0           1         5      6
  view30        3            0        0           0         3      3
  viewers       5            0        0           0         5      5
  first verified start: 2026-11-24T20:42:00Z, 2,520.0 s (42.0 min) late
  interruptions: 1
                          seconds   from  to   depth  recovered
    2026-11-24T20:50:00Z       40  1,000  20  98.0 %        yes
  turned away: none

ledger
  lines 1,234,567, hits 1,234,000, bad 567
  duplicate 0, late 0, lost 0, over bound 0
  bad: bad_status 67, too_few_fields 500
`,
    );
  });

  it('says so when there is nothing', () => {
    const text = renderTable(report(), { columns: 100 });
    expect(text).toContain('No content has hits in this window.\n');
    expect(text).toContain('  lines 0, hits 0, bad 0\n');
    expect(text).toContain('  bad: none\n');
  });

  it('tells an event that never began, and one on time', () => {
    const lines = (parts: Parameters<typeof eventReport>[0]) =>
      renderTable(report({ events: { e: eventReport(parts) } }), { columns: 100 });
    expect(lines({})).toContain('  first verified start: never\n  interruptions: none\n');
    expect(lines({ firstStartAt: TEN_CLOCK, startDelaySeconds: 0 })).toContain('Z, 0.0 s late\n');
    expect(lines({ firstStartAt: TEN_CLOCK, startDelaySeconds: 119.9 })).toContain('119.9 s late');
    expect(lines({ firstStartAt: TEN_CLOCK, startDelaySeconds: 120 })).toContain('(2.0 min) late');
  });

  it.each([
    [19, 19, ''],
    [20, 20, ''],
    [21, 20, 'and 1 more contents, see --json\n'],
    [1_520, 20, 'and 1,500 more contents, see --json\n'],
  ])('of %i contents shows %i', (count, shown, more) => {
    const contents = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`c${n}`, contentReport()]),
    );
    const text = renderTable(report({ contents }), { columns: 100 });
    expect(text.match(/^stream c/gm)).toHaveLength(shown);
    expect(/^and .*\n/m.exec(text)?.[0] ?? '').toBe(more);
  });

  it.each([
    [20, 20, ''],
    [21, 20, 'and 1 more events, see --json\n'],
  ])('of %i events shows %i', (count, shown, more) => {
    const events = Object.fromEntries(
      Array.from({ length: count }, (_, n) => [`e${n}`, eventReport()]),
    );
    const text = renderTable(report({ events }), { columns: 100 });
    expect(text.match(/^event e/gm)).toHaveLength(shown);
    expect(/^and .*\n/m.exec(text)?.[0] ?? '').toBe(more);
  });

  it.each([
    [10, 10, ''],
    [11, 10, '    and 1 more, see --json\n'],
  ])('of %i interruptions shows %i', (count, shown, more) => {
    const [interruption] = NIGHT.events['interview']!.interruptions;
    const interruptions = Array.from({ length: count }, () => interruption!);
    const text = renderTable(report({ events: { e: eventReport({ interruptions }) } }), {
      columns: 100,
    });
    expect(text.match(/98\.0 %/g)).toHaveLength(shown);
    expect(/^ +and .*\n/m.exec(text)?.[0] ?? '').toBe(more);
  });

  it('puts the most watched first: by upper viewers, then verified, then id', () => {
    const viewers = (verified: number, unresolved: number) =>
      contentReport({ record: { viewers: figure(verified, unresolved) } });
    const contents = {
      d: viewers(1, 1),
      c: viewers(1, 1),
      b: viewers(2, 0),
      a: contentReport(),
      w: contentReport({ record: { newViewers: figure(3) } }),
    };
    const text = renderTable(report({ contents }), { columns: 100 });
    expect([...text.matchAll(/^stream (.)/gm)].map((match) => match[1])).toEqual([...'wbcda']);
  });

  it('shows figures that are not split, and those it does not know', () => {
    const content = contentReport({
      record: { later: figure(4) },
      averageMinuteAudience: 2.5,
    });
    const text = renderTable(report({ contents: { a: content } }), { columns: 100 });
    expect(text).toMatch(/^ {2}average-minute audience +- +- +- +- +2\.50 +-$/m);
    expect(text).toMatch(/^ {2}later +4 +0 +0 +0 +4 +4$/m);
  });

  it('keeps ids from repainting the terminal', () => {
    const contents = { '/\u001b[2J\u202e\n\u0007': contentReport() };
    const text = renderTable(report({ contents }), { columns: 100 });
    expect(text).toContain('stream /?[2J???\n');
  });

  it('puts columns that do not fit below, and cuts no number', () => {
    const text = renderTable(NIGHT, { columns: 50 });
    expect(text).toContain('73,035,012');
    expect(text).toContain('73,001,000');
    expect(widest(text)).toBeLessThanOrEqual(50);
  });

  it.each([
    [0, 100],
    [39, 40],
    [40, 40],
    [41, 41],
    [99, 99],
    [100, 100],
    [101, 100],
    [1_000, 100],
    [NaN, 100],
  ])('keeps within a terminal of %i columns: %i', (columns, most) => {
    expect(widest(renderTable(wideReport(), { columns }))).toBe(most);
  });

  it.each(Array.from({ length: 80 }, (_, seed) => seed))(
    'is never wider than the terminal (SEED=%i)',
    (seed) => {
      const prng = new Prng(seed);
      const columns = prng.between(40, 120);
      const text = renderTable(anyReport(prng), { columns });
      expect(widest(text)).toBeLessThanOrEqual(Math.min(100, columns));
      expect(text).not.toMatch(/ \n|NaN|undefined|\n\n\n/);
    },
  );
});

const widest = (text: string) => Math.max(...text.split('\n').map(textWidth));

/** Its title takes all the room there is. */
function wideReport(): Report {
  return report({ contents: { ['x'.repeat(200)]: contentReport() } });
}

/** Names of strangers and numbers up to the largest exact one. */
function anyReport(prng: Prng): Report {
  const letters = ['a', '/', '.', ' ', 'é', '漢', '🎉', '\u001b', '\n', '-', 'word'];
  const name = () =>
    Array.from({ length: prng.between(1, prng.pick([3, 20, 150])) }, () => prng.pick(letters)).join(
      '',
    );
  const number = () => prng.int(prng.pick([2, 1_000, 1e7, Number.MAX_SAFE_INTEGER / 4]));
  const tally = () =>
    Object.fromEntries(Array.from({ length: prng.int(12) }, () => [name(), number()]));
  const anyFigure = () => figure(number(), number(), tally(), number());
  const names = ['attempts', 'view30', 'viewers', 'watchSeconds', 'averageMinuteAudience'];
  const record = () =>
    Object.fromEntries(names.filter(() => prng.bool(0.6)).map((key) => [key, anyFigure()]));
  const interruptions = () =>
    Array.from({ length: prng.int(13) }, () => ({
      at: TEN_CLOCK,
      seconds: number(),
      fromViewers: number(),
      toViewers: number(),
      depthPercent: prng.next() * 100,
      recovered: prng.bool(0.5),
    }));
  const bad = tally();
  return report({
    window: { from: prng.pick([null, TEN_CLOCK]), to: null },
    ledger: { ...NIGHT.ledger, bad, late: number() },
    contents: Object.fromEntries(
      Array.from({ length: prng.int(30) }, () => [
        name(),
        contentReport({ hits: tally(), turnedAway: tally(), record: record(), peakAt: TEN_CLOCK }),
      ]),
    ),
    events: Object.fromEntries(
      Array.from({ length: prng.int(4) }, () => [
        name(),
        eventReport({
          content: name(),
          firstStartAt: prng.pick([null, TEN_CLOCK]),
          startDelaySeconds: number(),
          interruptions: interruptions(),
          record: record(),
        }),
      ]),
    ),
  });
}
