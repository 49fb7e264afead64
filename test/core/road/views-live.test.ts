import type { ViewsItem } from '../../../lambdas/core/road/ports';
import { liveOf } from '../../../lambdas/core/road/views-live';

const AT = Date.parse('2026-11-24T20:15:00Z');

/** Concurrency of 1 at 20:14:58, then 2, 3, 4 ... at each slot of the next minute up to 20:15:10. */
const slots: ViewsItem[] = [
  item('s:live#0', 'm#2026-11-24T20:14', [['s29_2', 1]]),
  item('s:live#1', 'm#2026-11-24T20:15', [
    ['s0_2', 2],
    ['s1_2', 3],
    ['s2_2', 1],
  ]),
  item('s:live#0', 'm#2026-11-24T20:15', [
    ['s2_2', 3],
    ['s3_2', 5],
    ['s4_2', 6],
    ['s5_2', 7],
    ['f3_2', 99],
  ]),
];

const lastHits = (...seconds: number[]) =>
  item(
    's:live#0',
    'now',
    seconds.map((at, lane) => [`l${lane}`, AT + at * 1_000]),
  );

/**
 * Goal: a terminal shows a moment of which all is known, and the sums of a report. Method: items as they
 * stand while an event goes on; both sides of the moment from which a slot is full.
 */
describe('the concurrency of liveOf', () => {
  const at = (nowSeconds: number, ...more: ViewsItem[]) => {
    const live = liveOf([...slots, ...more], AT + nowSeconds * 1_000)['live']!;
    const atMs = live.concurrencyAtMs;
    return [live.concurrency, atMs === undefined ? undefined : (atMs - AT) / 1_000];
  };

  it('is that of the latest slot that has ended', () => {
    expect(at(8)).toEqual([5, 6]);
    expect(at(7.999)).toEqual([4, 4]);
    expect(at(2)).toEqual([2, 0]);
    expect(at(1.999)).toEqual([1, -2]);
    expect(at(-3)).toEqual([0, undefined]);
  });

  it('stays with the last slot that has anyone', () => {
    expect(at(3_600)).toEqual([7, 10]);
    const bot = item('s:live#0', 'm#2026-11-24T20:16', [['s0_5', 1]]);
    expect(at(3_600, bot)).toEqual([0, 60]);
    const gone = item('s:live#1', 'm#2026-11-24T20:16', [['s0_5', -1]]);
    expect(at(3_600, bot, gone)).toEqual([7, 10]);
  });

  it('waits for every lane that is not quiet', () => {
    expect(at(3_600, lastHits(9))).toEqual([5, 6]);
    expect(at(3_600, lastHits(9, 6))).toEqual([4, 4]);
    expect(at(3_600, lastHits(9, 5.999))).toEqual([3, 2]);
    expect(at(3_600, lastHits(12, 2.001))).toEqual([2, 0]);
    expect(at(3_600, lastHits(12, 2))).toEqual([7, 10]);
  });
});

describe('the sums of liveOf', () => {
  const hour = (pk: string, ...values: [string, number][]) => item(pk, 'h#2026-11-24T20', values);

  it('are verified figures of all hours and groups, sessions of all causes, hits of bots', () => {
    const items = [
      hour('s:live#0', ['f0_2', 5], ['f0_1', 9], ['f1_2', 4], ['t0', 1], ['t4', 2], ['f3_2', 99]),
      hour('s:live#1', ['f0_2', 1], ['f2_2', 3], ['f6_2', 2], ['h1_4', 50], ['h2_4', 7]),
      item('s:live#0', 'h#2026-11-24T21', [
        ['f0_2', 1],
        ['t2', 1],
        ['h8_5', 1],
      ]),
      // Minutes say the same again, and are not added.
      item('s:live#0', 'm#2026-11-24T20:15', [
        ['f0_2', 5],
        ['t0', 1],
      ]),
    ];
    expect(liveOf(items, AT)).toEqual({
      live: {
        kind: 'stream',
        concurrency: 0,
        concurrencyAtMs: undefined,
        view60: 2,
        attempts: 7,
        starts: 4,
        turnedAway: 4,
        viewers: 3,
        bots: 8,
      },
    });
  });

  it('have the names of a report', () => {
    const page = hour('p:live#0', ['f0_2', 1], ['f4_2', 3]);
    expect(Object.keys(liveOf([page], AT))).toEqual(['live']);
    const both = liveOf([page, hour('s:live#0', ['f0_2', 2])], AT);
    expect(Object.keys(both)).toEqual(['live', 'live (page)']);
    expect(both['live (page)']).toMatchObject({ kind: 'page', attempts: 1, view60: 0 });
  });
});

function item(pk: string, sk: string, values: [string, number][]): ViewsItem {
  return { pk, sk, values: new Map(values) };
}
