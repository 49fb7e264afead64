import { type Snapshot, balanceRoad } from '../../../lambdas/core/road/balance';
import { type Chain, makeChain } from '../../../lambdas/core/road/chain';
import { type Journal, emptyJournal } from '../../../lambdas/core/road/journal';
import type { LaneHead } from '../../../lambdas/core/road/lane-head';

/** Goal: watch tells what is missing from what is under way. Method: roads of two shards, minute by minute. */

const NOW_MS = 1_795_000_000_000;
const [A, B] = ['shardId-000000000000', 'shardId-000000000001'];

const journalOf = (lines: number, promised?: number): Journal => ({
  ...emptyJournal(16),
  last: Array<number>(16).fill(1),
  lines,
  cut:
    promised === undefined
      ? undefined
      : { to: '9', records: 1, lines: promised, arrivalMs: NOW_MS, lanesWith: [0] },
});

const headOf = (chains: Record<string, Partial<Chain>>): LaneHead => ({
  rules: { lanes: 16, timeZone: 'UTC', dayStartHour: 6, pagesPerDayMax: 800 },
  newestArrivalMs: NOW_MS,
  outbox: undefined,
  chains: new Map(Object.entries(chains).map(([id, chain]) => [id, { ...makeChain(), ...chain }])),
  days: new Map(),
});

const balance = (
  journals: Record<string, Journal>,
  heads: readonly LaneHead[],
  before?: Snapshot,
) => balanceRoad(new Map(Object.entries(journals)), new Map(heads.entries()), before, NOW_MS);

describe('balanceRoad', () => {
  it('finds nothing on a road on which all is folded', () => {
    const journals = { [A]: journalOf(100, 20), [B]: journalOf(7) };
    const heads = [
      headOf({ [A]: { lines: 90 } }),
      headOf({ [A]: { lines: 30 }, [B]: { lines: 7 } }),
    ];
    const first = balance(journals, heads);
    expect(first).toMatchObject({ openHoles: [], forwardedLines: 127, foldedLines: 127 });
    expect(balance(journals, heads, first.snapshot)).toMatchObject({
      openHoles: [],
      unfolded: new Map(),
      surplus: new Map(),
    });
  });

  it('finds nothing on an empty road', () => {
    expect(balance({}, [])).toEqual({
      openHoles: [],
      unfolded: new Map(),
      surplus: new Map(),
      forwardedLines: 0,
      foldedLines: 0,
      snapshot: { atMs: NOW_MS, forwarded: {}, folded: {}, holes: [] },
    });
  });

  it('tells lines as missing only if they were forwarded a minute before', () => {
    const heads = [headOf({ [A]: { lines: 60 } })];
    const first = balance({ [A]: journalOf(90, 10) }, heads);
    expect(first.unfolded).toEqual(new Map());
    // 50 more lines came meanwhile; of the 100 of a minute ago 40 are missing.
    const second = balance({ [A]: journalOf(100, 50) }, heads, first.snapshot);
    expect(second.unfolded).toEqual(new Map([[A, 40]]));
    const folded = (lines: number) => [headOf({ [A]: { lines } })];
    const third = { [A]: journalOf(150) };
    expect(balance(third, folded(149), second.snapshot).unfolded).toEqual(new Map([[A, 1]]));
    expect(balance(third, folded(150), second.snapshot).unfolded).toEqual(new Map());
  });

  it('tells lines that were folded twice only if they were a minute before', () => {
    const heads = [headOf({ [A]: { lines: 101 } })];
    const first = balance({ [A]: journalOf(60, 40) }, heads);
    expect(first.surplus).toEqual(new Map());
    // Journals are read before heads: what came in between is no surplus a minute later.
    expect(balance({ [A]: journalOf(101) }, heads, first.snapshot).surplus).toEqual(new Map());
    expect(balance({ [A]: journalOf(100) }, heads, first.snapshot).surplus).toEqual(
      new Map([[A, 1]]),
    );
  });

  it('leaves out what lanes folded before a journal began anew', () => {
    const heads = [headOf({ [A]: { lines: 5 } }), headOf({ [A]: { lines: 1_000 } })];
    const cut = { to: '9', records: 1, lines: 2, arrivalMs: NOW_MS, lanesWith: [0] };
    // Since then only lane 0 got something.
    const promised = { ...emptyJournal(16), cut };
    expect(balance({ [A]: promised }, heads).foldedLines).toBe(5);
    const last = promised.last.map((_, lane) => (lane === 0 ? NOW_MS : 0));
    expect(balance({ [A]: { ...promised, last, cut: undefined } }, heads).foldedLines).toBe(5);
    expect(balance({ [A]: { ...promised, cut: undefined } }, heads).foldedLines).toBe(0);
  });

  it('tells lines as counted twice only if they were a minute before', () => {
    const heads = [headOf({ [A]: { lines: 101 } })];
    const journals = { [A]: journalOf(100) };
    // Chains are read after the journals, so what was under way is no surplus.
    const first = balance(journals, heads);
    expect(first.surplus).toEqual(new Map());
    expect(balance(journals, heads, first.snapshot).surplus).toEqual(new Map([[A, 1]]));
    expect(balance({ [A]: journalOf(101) }, heads, first.snapshot).surplus).toEqual(new Map());
  });

  it('keeps shards apart: what one has too much another may lack', () => {
    const journals = { [A]: journalOf(10), [B]: journalOf(10) };
    const heads = [headOf({ [A]: { lines: 15 }, [B]: { lines: 5 } })];
    const { snapshot } = balance(journals, heads);
    expect(balance(journals, heads, snapshot).unfolded).toEqual(new Map([[B, 5]]));
  });

  it('tells a hole only if it was open a minute before, in the same lane and as wide', () => {
    const open = (from: number, to: number) => [headOf({ [A]: { holes: [[from, to]] } })];
    const first = balance({}, open(3, 7));
    expect(first.openHoles).toEqual([]);
    expect(balance({}, open(3, 7), first.snapshot).openHoles).toEqual([`0 ${A} 3-7`]);
    expect(balance({}, open(3, 6), first.snapshot).openHoles).toEqual([]);
    expect(balance({}, [headOf({}), ...open(3, 7)], first.snapshot).openHoles).toEqual([]);
  });

  it.each([
    [999, 999],
    [1_000, 1_000],
    [1_001, 1_000],
    [50_000, 1_000],
  ])('of %i holes remembers %i, the same ones each minute', (n, kept) => {
    const holes = Array.from({ length: n }, (_, at): [number, number] => [2 * at, 2 * at + 1]);
    const first = balance({}, [headOf({ [A]: { holes } })]);
    expect(first.snapshot.holes).toHaveLength(kept);
    const second = balance({}, [headOf({ [A]: { holes: holes.reverse() } })], first.snapshot);
    expect(second.openHoles).toHaveLength(kept);
    // The snapshot is one item of at most 400 KB.
    expect(JSON.stringify(second.snapshot).length).toBeLessThan(200_000);
  });
});
