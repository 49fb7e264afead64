import { makeCrowd } from '../../local/crowd/crowd';
import type { Outage } from '../../local/crowd/crowd';
import type { OracleLine } from '../reference/oracle';
import { crowdOptions, linesOf } from './crowd-lines';
import { gapsOf, isDelivered, isManifest, isMedia, isPerson, watch } from './crowd-watch';

describe('on a long evening', () => {
  const { viewers, truth } = watch({ seed: 2, viewers: 60, minutes: 75 });
  const people = viewers.filter(([first]) => isPerson(first!));

  it('people return, and some after the silence that ends a session', () => {
    const gaps = people.map((own) => Math.max(0, ...gapsOf(own)));
    expect(gaps.filter((gap) => gap > 60_000).length).toBeGreaterThan(3);
    expect(gaps.filter((gap) => gap > 30 * 60_000).length).toBeGreaterThan(0);
    // A second session is a second start of the same viewer.
    const { starts, viewers: counted } = truth.contents.live!;
    expect(starts).toBeGreaterThan(counted);
  });

  it('some stay to the end, the others leave bit by bit', () => {
    const last = people.filter((own) => own.some(isDelivered)).map((own) => own.at(-1)!.tMs);
    const endMs = Math.max(...last);
    const stayed = last.filter((tMs) => tMs > endMs - 15_000).length;
    expect(stayed).toBeGreaterThan(last.length * 0.15);
    expect(stayed).toBeLessThan(last.length * 0.7);
  });
});

describe('an outage', () => {
  const during = (outage: Outage) => {
    const { known, viewers, crowd, truth } = watch({ seed: 9, viewers: 300, minutes: 5, outage });
    const fromMs = crowd.startAtMs + outage.fromSecond * 1000;
    const toMs = fromMs + outage.seconds * 1000;
    const inside = known.filter(
      ({ tMs, host }) => tMs >= fromMs && tMs < toMs && /live|backup/.test(host),
    );
    const people = viewers.filter(([first]) => isPerson(first!));
    const lateStarts = people.filter((own) => {
      const start = own.find(isDelivered);
      return (
        own[0]!.tMs >= fromMs && own[0]!.tMs < toMs && start !== undefined && start.tMs >= toMs
      );
    });
    const gaveUp = people.filter(
      (own) =>
        own[0]!.tMs < fromMs &&
        own.some(isDelivered) &&
        own.at(-1)!.tMs < toMs &&
        own.at(-1)!.tMs > fromMs,
    );
    return { inside, lateStarts, gaveUp, turnedAway: truth.contents.live!.turnedAway };
  };
  const quiet = watch({ seed: 9, viewers: 300, minutes: 5 }).truth.contents.live!.turnedAway;
  const shareOf = (lines: readonly OracleLine[], fits: (line: OracleLine) => boolean) =>
    lines.filter(fits).length / lines.length;

  it('of 5xx fails manifests and segments, and turns people away', () => {
    const { inside, lateStarts, gaveUp, turnedAway } = during({
      fromSecond: 50,
      seconds: 60,
      shape: '5xx',
    });
    const fails = ({ status }: OracleLine) => status.startsWith('5');
    expect(shareOf(inside.filter(isManifest), fails)).toBeGreaterThan(0.6);
    expect(inside.filter(isMedia).some(fails)).toBe(true);
    expect(turnedAway['5xx']).toBeGreaterThan(quiet['5xx']! + 20);
    expect(lateStarts.length).toBeGreaterThan(5);
    expect(gaveUp.length).toBeGreaterThan(5);
  });

  it('of timeouts answers manifests, and lets segments hang', () => {
    const { inside, lateStarts, turnedAway } = during({
      fromSecond: 50,
      seconds: 60,
      shape: 'timeouts',
    });
    const served = ({ status }: OracleLine) => status === '200' || status === '304';
    const hangs = ({ status }: OracleLine) => status === '504' || status === '000';
    expect(shareOf(inside.filter(isManifest), served)).toBeGreaterThan(0.8);
    expect(shareOf(inside.filter(isMedia), hangs)).toBeGreaterThan(0.5);
    expect(turnedAway['5xx']! + turnedAway['hungUp']!).toBeGreaterThan(
      quiet['5xx']! + quiet['hungUp']! + 20,
    );
    expect(lateStarts.length).toBeGreaterThan(2);
  });

  it('that lasts for no time is none', () => {
    const outage = { fromSecond: 50, seconds: 0, shape: '5xx' } as const;
    const crowd = makeCrowd(crowdOptions({ seed: 9, outage }));
    expect(linesOf(crowd)).toEqual(linesOf(makeCrowd(crowdOptions({ seed: 9 }))));
  });
});
