import { makeCrowd } from '../../local/crowd/crowd';
import type { Outage } from '../../local/crowd/crowd';
import type { OracleLine } from '../reference/oracle';
import { crowdOptions, linesOf } from './crowd-lines';
import {
  gapsOf,
  isDelivered,
  isManifest,
  isMedia,
  isPerson,
  renditionOf,
  watch,
} from './crowd-watch';

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

/** Each person of a crowd, for the time in which the stream is not there. */
describe.each(['404', 'still'] as const)('a stream that begins late (%s)', (shape) => {
  const seconds = 400;
  const late = (reloads: boolean) => {
    const outage = { fromSecond: 0, seconds, shape, reloads } as const;
    const watched = watch({ seed: 12, viewers: 200, minutes: 10, outage });
    const beginAtMs = watched.crowd.startAtMs + seconds * 1000;
    const isWaiting = ({ tMs }: OracleLine) => tMs < beginAtMs;
    const waiting = watched.known.filter((line) => isWaiting(line) && isPerson(line));
    return { ...watched, beginAtMs, isWaiting, waiting };
  };
  const { waiting, viewers, beginAtMs, truth, isWaiting, crowd } = late(true);

  it('brings nobody any media, nor does anybody ask for a segment', () => {
    expect(waiting.length).toBeGreaterThan(3_000);
    expect(waiting.filter(isMedia)).toEqual([]);
  });

  it('answers playlists as its name says', () => {
    const playlists = waiting.filter(isManifest);
    const good = playlists.filter(({ status }) => /^(200|304)$/.test(status)).length;
    const missing = playlists.filter(({ status }) => status === '404').length;
    // Some meet other trouble on every evening.
    expect((shape === '404' ? missing : good) / playlists.length).toBeGreaterThan(0.8);
    expect(shape === '404' ? good : missing).toBeLessThan(playlists.length * 0.02);
  });

  it('is waited for, and watched in the end', () => {
    const patient = viewers.filter(
      (own) => own.filter((one) => isWaiting(one) && isManifest(one)).length > 20,
    );
    const seen = patient.filter((own) => own.some((one) => !isWaiting(one) && isDelivered(one)));
    expect(seen.length).toBeGreaterThan(20);
    expect(truth.contents.live!.viewers).toBeGreaterThan(40);
  });

  it('lets people reload the page, but for those whose page asks by itself', () => {
    const pages = waiting.filter(({ path }) => path === '/final').length;
    const early = waiting.filter(({ tMs }) => tMs > crowd.startAtMs + 120_000);
    expect(pages).toBeGreaterThan(100);
    expect(early.some(({ path }) => path === '/final')).toBe(true);
    const calm = late(false).waiting.filter(({ path }) => path === '/final').length;
    expect(calm).toBeLessThan(pages / 2);
  });

  it('is asked for in the rhythm of players', () => {
    const gaps = viewers
      .filter((own) => isPerson(own[0]!))
      .flatMap((own) => {
        const path = own.find(isManifest)?.path;
        const asked = own.filter(
          (line) => isWaiting(line) && (shape === '404' ? line.path === path : renditionOf(line)),
        );
        return gapsOf(asked);
      });
    const near = (ms: number) => gaps.filter((gap) => Math.abs(gap - ms) < ms * 0.12).length;
    if (shape === 'still') {
      // Half of a target duration, and on its way some milliseconds.
      expect(near(3_000) / gaps.length).toBeGreaterThan(0.6);
      return;
    }
    for (const ms of [1_000, 2_000, 4_000, 8_000]) expect(near(ms)).toBeGreaterThan(20);
    expect(near(8_000)).toBeGreaterThan(near(6_000) * 1.5);
  });

  it('is played from the moment on at which it begins', () => {
    const first = Math.min(
      ...viewers
        .flat()
        .filter(isDelivered)
        .map(({ tMs }) => tMs),
    );
    expect(first).toBeGreaterThanOrEqual(beginAtMs);
    expect(first).toBeLessThan(beginAtMs + 10_000);
  });
});

describe('a stream that stands still in the middle', () => {
  const outage = { fromSecond: 120, seconds: 120, shape: 'still', reloads: true } as const;
  const { known, viewers, crowd } = watch({ seed: 13, viewers: 200, minutes: 7, outage });
  const [fromMs, toMs] = [120_000, 240_000].map((ms) => crowd.startAtMs + ms) as [number, number];

  it('has media before and after, and none while it stands', () => {
    const inside = (a: number, b: number) =>
      known.filter((line) => isDelivered(line) && line.tMs >= a && line.tMs < b).length;
    expect(inside(fromMs - 30_000, fromMs)).toBeGreaterThan(200);
    // What was under way is brought to its end, with the tries behind a request that hung up.
    expect(inside(fromMs + 2_000, toMs)).toBeLessThan(5);
    expect(inside(fromMs + 30_000, toMs)).toBe(0);
    expect(inside(toMs, toMs + 30_000)).toBeGreaterThan(200);
  });

  it('is polled by whoever watched, two playlists where sound is apart', () => {
    const people = viewers.filter(([first]) => isPerson(first!));
    const polls = people.map((own) =>
      own.filter((one) => isManifest(one) && one.tMs >= fromMs + 8_000 && one.tMs < toMs),
    );
    const many = polls.filter((own) => own.length > 20);
    const two = many.filter((own) => own.some(({ path }) => path.includes('/audio/')));
    expect(many.length).toBeGreaterThan(50);
    expect(two.length / many.length).toBeGreaterThan(0.25);
    expect(two.length / many.length).toBeLessThan(0.6);
  });
});
