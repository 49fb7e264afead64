import { attackersCounted, compareAttack } from '../../bin/commands/start-attack-compare';
import { attackFigures, guardLines } from '../../bin/commands/start-attack-truth';
import { countedOf } from '../../bin/commands/start-compare';
import type { GuardReport } from '../../bin/commands/start-guard-report';
import { TollBook } from '../../bin/commands/start-toll';
import { recountText } from '../../lambdas/core/recount';
import type { ViewsReport } from '../../lambdas/core/road/views-report';
import { parseConfig } from '../../lib/config';
import { mixEvent } from '../../local/attacks/mix-event';

const event = mixEvent({
  seed: 5,
  viewers: 60,
  minutes: 2,
  startAtMs: Date.parse('2026-03-03T19:00:00Z'),
  crowd: 'exact',
  shapes: [{ shape: 'home-devices', addresses: 40 }],
});
const settings = parseConfig(event.config);
const lines = [...event.lines()];
const truth = event.truth().crowd!;
const recount = recountText(Buffer.from(lines.map(({ line }) => line).join('')), settings);

/** What Views say where the guard took nobody out is what a recount says, but for events. */
function viewsReport(): Loose<ViewsReport> {
  const { definition, window, ledger, contents } = structuredClone(recount);
  return { definition, window, ledger, contents } as Loose<ViewsReport>;
}

/** To be changed by tests. */
type Loose<T> = T extends object ? { -readonly [Name in keyof T]: Loose<T[Name]> } : T;
type Damage = (report: Loose<ViewsReport>) => void;

const live = truth.contents.live!;
const beyond = recount.contents['live']!.starts - live.starts;

describe('compareAttack', () => {
  const pathsOf = (report: ViewsReport) =>
    compareAttack({ truth, recount, report }).map(({ path }) => path);

  it('finds lines of crowd and attack equal to their recount, and the crowd in it', () => {
    expect(beyond).toBeGreaterThan(3); // or these attackers are no test
    expect(pathsOf(viewsReport())).toEqual([]);
  });

  it('lets the guard take attackers out, down to the truth of the crowd and not below', () => {
    const report = viewsReport();
    report.contents['live']!.starts = live.starts;
    expect(pathsOf(report)).toEqual([]);
    report.contents['live']!.starts = live.starts - 1;
    expect(pathsOf(report)).toEqual(['contents.live.starts']);
  });

  it.each<[string, Damage]>([
    ['ledger.lines', (it) => (it.ledger.lines += 1)],
    ['ledger.hits', (it) => (it.ledger.hits -= 1)],
    ['ledger.bad.bad_status', (it) => (it.ledger.bad['bad_status'] = 3)],
    ['ledger.late', (it) => (it.ledger.late = 1)],
    ['ledger.lost', (it) => (it.ledger.lost = 1)],
    ['ledger.overflow', (it) => (it.ledger.overflow = 1)],
    ['ledger.overBound', (it) => (it.ledger.overBound = 1)],
    ['contents.live.hits.player', (it) => (it.contents['live']!.hits.player! += 1)],
    ['contents.live.outcomes.served', (it) => (it.contents['live']!.outcomes.served! -= 1)],
    ['contents.live.gross.view30', (it) => (it.contents['live']!.record['view30']!.gross += 1)],
    ['contents.event-page.viewers', (it) => (it.contents['event-page']!.viewers = 0)],
    ['contents.live.view60', (it) => (it.contents['live']!.views['view60'] = 0)],
    ['contents.live', (it) => delete it.contents['live']],
  ])('finds what is wrong with %s', (path, damage) => {
    const report = viewsReport();
    damage(report);
    expect(pathsOf(report)).toContain(path);
  });
});

describe('the truth of the lines so far', () => {
  /** At how many of the first lines it is that of other lines, by who sent the last. */
  function amissBehind(who: 'crowd' | 'attack'): number {
    let [amiss, crowdLines] = [0, 0];
    for (const { n, isAttack } of event.lines()) {
      if (!isAttack) crowdLines += 1;
      const isAsked = isAttack === (who === 'attack') && n % 10 === 0;
      if (isAsked && event.truth().crowd!.lines !== crowdLines) amiss += 1;
      if (n > 5_000) return amiss;
    }
    return amiss;
  }

  it('is theirs behind a line of the crowd, where the feed stops', () => {
    expect(amissBehind('crowd')).toBe(0);
  });

  it('is not behind a line of the attack (canary)', () => {
    expect(amissBehind('attack')).toBeGreaterThan(0);
  });
});

describe('attackersCounted', () => {
  it('says what is beyond the crowd, and nothing where nothing is', () => {
    expect(attackersCounted(truth, truth)).toEqual({});
    const more = attackersCounted(truth, countedOf(truth, viewsReport()));
    expect(more['live']).toMatchObject({ starts: beyond });
    expect(Object.values(more['live']!).every((value) => value > 0)).toBe(true);
  });
});

describe('the figures for people', () => {
  const guard: GuardReport = {
    mode: 'block',
    attackRequests: { served: 250, refused: 750 },
    fall: { beforePerSecond: 1_204, afterPerSecond: 29, percent: 97.59 },
    offenders: 40,
    offendersBlocked: 39,
    viewersBlocked: 0,
    viewersRefused: 0,
    suspects: { attack: 39, others: 2, viewers: 1 },
    excess: {
      ...{ hits: 200, suspects: 42 },
      byNetwork: [{ name: 64_500, hits: 150, suspects: 30 }],
      byContent: [{ name: 'final', hits: 50, suspects: 12 }],
    },
    blocks: { block: 41, count: 0 },
    updateCalls: 6,
    overflow: 0,
    latency: { p50: 4_100, p99: 8_000, first: 6_000, last: null, sets: [] },
    collateral: 0,
    attackersCounted: {},
  };

  it('shows attackers beside the crowd, and says what the guard did', () => {
    const report = viewsReport();
    const facts = { truth, recount, report, counted: countedOf(truth, report) };
    const lines = [...attackFigures(facts, 100), ...guardLines(guard, 100)];
    const text = lines.join('\n').replace(/ +/g, ' ');
    expect(text).toContain(`starts ${live.starts} ${live.starts + beyond} +${beyond}`);
    expect(text).not.toContain('lower');
    for (const part of [
      'offenders blocked 39 of 40',
      '750 of 1,000, 75.0%',
      '1,204/s before the first block, 29/s from 15 s after it on: 97.6% less',
      'most of the excess from AS64500 75 %, for final 25 %',
      'p50 4.1 s, p99 8.0 s',
      '6.0 s to the first, - to the last',
    ]) {
      expect(text).toContain(part);
    }
    report.contents['live']!.starts = live.starts - 1;
    const worse = { ...facts, counted: countedOf(truth, report) };
    expect(attackFigures(worse, 100).join('\n')).toMatch(/starts .* lower/);
    const nobody = guardLines({ ...guard, offenders: 0, offendersBlocked: 0 }, 100).join('\n');
    expect(nobody).not.toMatch(/offenders|attack requests/);
    const grown = { beforePerSecond: 10, afterPerSecond: 29, percent: -190 };
    const ofGrown = guardLines({ ...guard, fall: grown }, 100)
      .join('\n')
      .replace(/\s+/g, ' ');
    expect(ofGrown).toContain('29/s from 15 s after it on');
    expect(ofGrown).not.toContain('less');
    expect(guardLines({ ...guard, fall: null }, 100).join('\n')).not.toContain('let by');
    const quiet = { hits: 0, suspects: 0, byNetwork: [], byContent: [] };
    expect(guardLines({ ...guard, excess: quiet }, 100).join('\n')).not.toContain('the excess');
  });
});

describe('TollBook', () => {
  it('counts each request of the attack under what its line says', () => {
    let asked = 0;
    const toll = new TollBook(settings);
    const judge = toll.watch(() => ((asked += 1) % 3 === 0 ? 'refused' : 'served'));
    let attack = 0;
    let refused = 0;
    let viewers = 0;
    for (const line of event.lines(judge)) {
      toll.take(line);
      const is409 = line.line.split('\t')[settings.realtimeFields.indexOf('sc-status')] === '409';
      if (line.isAttack) attack += 1;
      if (line.isAttack && is409) refused += 1;
      if (line.isViewer && is409) viewers += 1;
    }
    expect(refused).toBeGreaterThan(100);
    expect([toll.served + toll.refused, toll.refused]).toEqual([attack, refused]);
    expect(toll.viewersRefused).toBeGreaterThan(viewers * 0.9);
    expect(toll.viewersRefused).toBeLessThanOrEqual(viewers);
  });

  it('does not hold the guard to account for whom somebody else turned away', () => {
    const toll = new TollBook(settings);
    let turnedAway = 0;
    for (const line of event.lines(toll.watch(() => 'served'))) {
      toll.take(line);
      if (line.isViewer && line.line.includes('\t409\t')) turnedAway += 1;
    }
    expect(turnedAway).toBeGreaterThan(0); // or the crowd is no test
    expect([toll.refused, toll.viewersRefused]).toEqual([0, 0]);
  });
});
