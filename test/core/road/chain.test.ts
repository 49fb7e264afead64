import { type Chain, makeChain, placePacket } from '../../../lambdas/core/road/chain';
import { Prng, seeds } from '../../support/prng';

/**
 * Goal: each packet of a lane is applied exactly once, in whatever order and however often it comes, and
 * what is missing is known exactly. Method: the plain model is the set of the ordinals applied; holes
 * are worked out anew from it after each packet.
 */

interface Sent {
  readonly previous: number;
  readonly ordinal: number;
}

/** The packets that one lane gets of a shard: only some of its intervals have something for it. */
function somePackets(prng: Prng): Sent[] {
  const sent: Sent[] = [];
  let ordinal = 0;
  let previous = 0;
  for (let n = prng.between(1, 12); n > 0; n -= 1) {
    ordinal += prng.pick([1, 1, 2, 5, 1_700_000_000_000]);
    sent.push({ previous, ordinal });
    previous = ordinal;
  }
  return sent;
}

/** Runs of packets that are missing below the last that was applied, by the model. */
function holesOf(sent: readonly Sent[], applied: ReadonlySet<number>): [number, number][] {
  const last = Math.max(0, ...applied);
  const holes: [number, number][] = [];
  let from = 0;
  let missing = 0;
  for (const { ordinal } of sent) {
    if (ordinal > last) break;
    if (!applied.has(ordinal)) missing = ordinal;
    else {
      if (missing > 0) holes.push([from, missing]);
      missing = 0;
      from = ordinal;
    }
  }
  return holes;
}

const inOrder = ({ holes }: Chain) => [...holes].sort(([a], [b]) => a - b);

describe('placePacket', () => {
  it.each(seeds(300))('applies each packet once in any order (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const sent = somePackets(prng);
    const copies = sent.flatMap((packet) => Array<Sent>(prng.between(1, 3)).fill(packet));
    const delivered = prng.bool(0.3) ? copies : prng.shuffle(copies);
    const chain = makeChain();
    const applied = new Set<number>();
    for (const { previous, ordinal } of delivered) {
      expect(placePacket(chain, previous, ordinal)).toBe(!applied.has(ordinal));
      applied.add(ordinal);
      expect(inOrder(chain)).toEqual(holesOf(sent, applied));
      expect(chain.last).toBe(Math.max(...applied));
    }
    expect(chain).toMatchObject({ last: sent.at(-1)!.ordinal, holes: [] });
  });

  it.each(seeds(100))('knows exactly what was lost (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const sent = somePackets(prng);
    const lost = new Set(sent.filter(() => prng.bool(0.3)).map(({ ordinal }) => ordinal));
    const chain = makeChain();
    const rest = prng.shuffle(sent.filter(({ ordinal }) => !lost.has(ordinal)));
    for (const { previous, ordinal } of [...rest, ...rest]) placePacket(chain, previous, ordinal);
    const isIn = (ordinal: number) =>
      chain.holes.some(([from, to]) => ordinal > from && ordinal <= to);
    for (const { ordinal } of sent) {
      if (ordinal <= chain.last)
        expect([ordinal, isIn(ordinal)]).toEqual([ordinal, lost.has(ordinal)]);
    }
  });

  it.each([
    ['the first', 1, [[0, 10]]],
    ['one in the middle', 2, [[10, 11]]],
    ['the last, of which nobody knows yet', 4, []],
  ])('leaves the hole of one lost packet: %s', (_, lost, holes) => {
    const sent = [
      { previous: 0, ordinal: 10 },
      { previous: 10, ordinal: 11 },
      { previous: 11, ordinal: 30 },
      { previous: 30, ordinal: 31 },
    ];
    const chain = makeChain();
    sent.forEach(({ previous, ordinal }, n) => {
      if (n + 1 !== lost) placePacket(chain, previous, ordinal);
    });
    expect(chain.holes).toEqual(holes);
  });

  it('takes one ordinal of a hole and leaves what lies on both sides of it', () => {
    const chain: Chain = { ...makeChain(), last: 50, holes: [[10, 40]] };
    expect(placePacket(chain, 20, 30)).toBe(true);
    expect(inOrder(chain)).toEqual([
      [10, 20],
      [30, 40],
    ]);
    // Both sides of each border.
    expect([10, 30, 41, 50].map((ordinal) => placePacket(chain, 0, ordinal))).toEqual(
      Array(4).fill(false),
    );
    expect(placePacket(chain, 10, 20)).toBe(true);
    expect(placePacket(chain, 30, 40)).toBe(true);
    expect(chain.holes).toEqual([]);
  });
});
