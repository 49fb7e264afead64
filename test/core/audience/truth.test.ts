import { recountText } from '../../../lambdas/core/recount';
import type { EventReport, Report } from '../../../lambdas/core/audience/report';
import { parseConfig } from '../../../lib/config';
import { makeCrowd } from '../../support/crowd';
import type { Crowd, CrowdOptions } from '../../support/crowd';
import { renderRealtime } from '../../support/edge-lines';
import { Prng } from '../../support/prng';

const FIELDS = [
  ...'timestamp c-ip sc-status cs-method cs-host cs-uri-stem x-edge-location'.split(' '),
  ...'cs-user-agent sc-content-type x-edge-detailed-result-type c-country'.split(' '),
];

/**
 * Goal: the figures are near what people did, not only what the definition says. Method: an evening
 * that knows its play intervals is logged as an edge would, and counted from the log.
 */
describe('a live evening', () => {
  it.each([
    [2, 1],
    [4, 2],
    [6, 3],
    [6, 4],
  ] as const)('with segments of %i s is counted as it was (seed %i)', (segmentSeconds, seed) => {
    const people = segmentSeconds === 2 ? 200 : 400;
    const crowd = makeCrowd(new Prng(seed), { people, segmentSeconds });
    const { truth } = crowd;
    const report = recount(crowd);
    const event = report.events['final']!;
    expect(percentOff(event.averageMinuteAudience!, truth.averageMinuteAudience)).toBeLessThan(1);
    expect(percentOff(event.peakConcurrency!, truth.peak)).toBeLessThan(1);
    expect(meanPercentOff(crowd, report)).toBeLessThan(1);
    expect(percentOff(event.views['view60']!, truth.view60)).toBeLessThan(3);
    const { turnedAway } = event;
    const turned = Object.values(turnedAway).reduce((sum, n) => sum + n, 0);
    expect(turned).toBe(truth.turnedAway);
    expect(report.contents['article']!.views['pageView30']).toBe(truth.readers);
    expect(event.viewers.verified).toBeLessThanOrEqual(truth.viewers);
    expect(event.viewers.upper).toBe(truth.viewers);
  });

  it('loses people behind a carrier NAT without session ids, and says how many', () => {
    const { event, crowd } = evening({ people: 400, segmentSeconds: 6, natShare: 0.1 });
    const lostPercent = 100 - (100 * event.viewers.upper) / crowd.truth.viewers;
    const audience = event.averageMinuteAudience! / crowd.truth.averageMinuteAudience;
    console.info(
      `10 % behind one NAT: viewers -${lostPercent.toFixed(1)} %, ` +
        `average-minute audience ${((audience - 1) * 100).toFixed(1)} %`,
    );
    // A tenth of the people becomes one viewer.
    expect(lostPercent).toBeGreaterThan(5);
    expect(lostPercent).toBeLessThan(15);
    expect(audience).toBeLessThan(1);
  });

  it('counts people who change networks twice, but their time once', () => {
    const { event, crowd } = evening({ people: 400, segmentSeconds: 6, roamingShare: 0.1 });
    const gainedPercent = (100 * event.viewers.upper) / crowd.truth.viewers - 100;
    const audience = event.averageMinuteAudience! / crowd.truth.averageMinuteAudience;
    console.info(
      `10 % change networks: viewers +${gainedPercent.toFixed(1)} %, ` +
        `average-minute audience ${((audience - 1) * 100).toFixed(1)} %`,
    );
    expect(gainedPercent).toBeGreaterThan(2);
    expect(gainedPercent).toBeLessThan(12);
    // Who asks for no playlist at the new address would be unresolved; players poll, so few are.
    expect(Math.abs(audience - 1)).toBeLessThan(0.02);
  });
});

function evening(options: CrowdOptions): { event: EventReport; crowd: Crowd } {
  const crowd = makeCrowd(new Prng(6), options);
  return { event: recount(crowd).events['final']!, crowd };
}

function recount({ config, lines }: Crowd): Report {
  const rows = lines.map((line, n) => `${renderRealtime(line, String(n), FIELDS)}\n`);
  const settings = parseConfig({ ...config, realtimeFields: FIELDS });
  return recountText(new TextEncoder().encode(rows.join('')), settings, { minutes: true });
}

function percentOff(counted: number, truth: number): number {
  return Math.abs(counted / truth - 1) * 100;
}

/** Mean over the minutes of the event, each against its own truth, weighted by audience. */
function meanPercentOff({ truth, fromMs, toMs }: Crowd, report: Report): number {
  const seconds = new Map(
    report.contents['live']!.minutes!.map(({ minute, record }) => [
      Date.parse(minute),
      record['watchSeconds']?.verified ?? 0,
    ]),
  );
  let [off, total] = [0, 0];
  for (let atMs = fromMs; atMs < toMs; atMs += 60_000) {
    const at = (atMs - fromMs) / 1000;
    const really = truth.concurrency.subarray(at, at + 60).reduce((sum, n) => sum + n, 0);
    off += (seconds.get(atMs) ?? 0) - really;
    total += really;
  }
  return (Math.abs(off) / total) * 100;
}
