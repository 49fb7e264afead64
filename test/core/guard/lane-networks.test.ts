import { LaneGuard, type ViewerLookup } from '../../../lambdas/core/guard/lane-guard';
import { rhythmOf } from '../../../lambdas/core/guard/rules';
import { SLOT_MS, type SourceCell } from '../../../lambdas/core/guard/source-cells';
import { cell } from '../../support/guard-facts';

/**
 * Goal: a network of bots is told also where its keyed hash is that of one in which people watch, and one in which
 * people watch never is. Method: a lane whose hashes are all alike, people and bots by hand.
 */
const FROM = 897_000_000;
const BOTS = 0xcb007100; // 203.0.113.0
const HOME = 0xc6336407; // 198.51.100.7
const BOTS_BEGIN = 60;

interface Night {
  /** Whose source has media; their presence lasts until a slot. @default all, without an end */
  readonly homes?: readonly { readonly lo: number; readonly until?: number }[];
  /** slots (after the first) in whose fold others had committed before */
  readonly lost?: readonly number[];
  /** in which the commit failed, and the packets came again */
  readonly failed?: readonly number[];
  /** in which a packet had no room for all */
  readonly cut?: readonly number[];
  readonly slots?: number;
  /** of the lane when the guard begins. @default 100 */
  readonly version?: number;
}

/** The CIDRs that were told. */
function play(night: Night) {
  const { homes = [{ lo: HOME }], lost = [], failed = [], cut = [], slots = 90 } = night;
  let slotNow = FROM;
  const endMs = ({ until = Infinity }: { until?: number }) =>
    Math.min(slotNow + 1, FROM + until + 1) * SLOT_MS;
  const lookup: ViewerLookup = {
    behind: () => ({ now: 0, recent: 0 }),
    // All of the lane have one hash, so all of them are in every network.
    isWatched: (_network, _atMs, before = Infinity) => homes.some((home) => endMs(home) < before),
    conforming: () => homes.length,
  };
  const guard = new LaneGuard({ lane: 0, rhythm: rhythmOf(6_000) });
  const told = new Set<string>();
  let { version = 100 } = night;
  for (let n = 0; n < slots; n += 1) {
    slotNow = FROM + n;
    const slot = slotNow;
    const cells: SourceCell[] = homes
      .filter(({ until = Infinity }) => n <= until)
      .map(({ lo }) => cell({ lo, slot, hits: 2, manifests: 1, media: 1, address: 1 }));
    for (let bot = 0; n >= BOTS_BEGIN && bot < 4; bot += 1) {
      const lo = BOTS + ((4 * n + bot) % 256);
      cells.push(cell({ lo, slot, hits: 1, asks: 1, pages: 1, hosted: 1, address: 2 }));
    }
    version += lost.includes(n) ? 2 : 1;
    const step = {
      version,
      newestMs: slot * SLOT_MS + 1_999,
      mediaHits: 9,
      isCut: cut.includes(n),
    };
    let { batch } = guard.fold(cells, lookup, step);
    if (failed.includes(n)) {
      guard.untell();
      ({ batch } = guard.fold([], lookup, { ...step, known: cells }));
    }
    for (const { cidr } of batch?.suspects ?? []) told.add(cidr);
  }
  return [...told];
}

const NETWORK = ['203.0.113.0/24'];

describe('networks of a lane', () => {
  it('are told where nobody watches, whoever has their hash', () => {
    expect(play({})).toEqual(NETWORK);
  });

  it.each([
    ['in the same /24', { lo: BOTS + 255 }],
    ['in the same /20', { lo: 0xcb007fff }],
  ])('are not told where somebody watches %s', (_, home) => {
    expect(play({ homes: [{ lo: HOME }, home] })).toEqual([]);
  });

  it('are not told where somebody watched and left before the guard could see it', () => {
    // Presence that ended within a minute of the first fold may be of anybody.
    expect(play({ homes: [{ lo: HOME, until: 28 }] })).toEqual([]);
    expect(play({ homes: [{ lo: HOME, until: 29 }] })).toEqual(NETWORK);
    // Of a lane that nobody had before it has seen all, if there was room.
    const first = { version: 0, homes: [{ lo: HOME, until: 28 }] };
    expect([play(first), play({ ...first, cut: [0] })]).toEqual([NETWORK, []]);
  });

  // Bots begin in slot 60; from 30 slots after the loss on the guard is sure again.
  it.each<[string, Night]>([
    ['others had the lane', { lost: [64] }],
    ['sources had no room in a packet', { cut: [64] }],
    ['others had it, and a commit failed of it', { failed: [64], lost: [65] }],
  ])('are told by no hash until a minute after %s', (_, night) => {
    expect(play({ ...night, slots: 93 })).toEqual([]);
    expect(play({ ...night, slots: 98 })).toEqual(NETWORK);
  });

  it('are told after a commit that failed and was made again', () => {
    expect(play({ failed: [62, 70] })).toEqual(NETWORK);
  });
});
