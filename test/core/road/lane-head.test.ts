import { KINDS } from '../../../lambdas/core/edge/classes';
import {
  type BlobRef,
  type LaneHead,
  type LaneRules,
  blobsOf,
  checkRules,
  decodeHead,
  encodeHead,
} from '../../../lambdas/core/road/lane-head';
import { Prng, seeds } from '../../support/prng';

/** Goal: a head names the same state after any restart. Method: random heads there and back, and damage. */

const RULES: LaneRules = {
  lanes: 16,
  timeZone: 'Europe/Berlin',
  dayStartHour: 6,
  pagesPerDayMax: 800,
};

function someHead(prng: Prng): LaneHead {
  const list = <Item>(max: number, make: () => Item) =>
    Array.from({ length: prng.int(max + 1) }, () => make());
  const blob = (): BlobRef => ({ id: `${prng.int(1e9)}d-w1`, bytes: prng.int(1e7) });
  const time = () => 1_795_000_000_000 + prng.int(1e9);
  return {
    rules: {
      ...RULES,
      timeZone: prng.pick(['UTC', 'Australia/Lord_Howe']),
      lanes: prng.pick([16, 512]),
    },
    newestArrivalMs: prng.pick([0, time()]),
    outbox: prng.bool(0.5) ? blob() : undefined,
    chains: new Map(
      list(4, () => [
        `shardId-${String(prng.int(1e6)).padStart(12, '0')}`,
        {
          last: time(),
          lines: prng.int(1e9),
          arrivalMs: time(),
          holes: list(3, (): [number, number] => [prng.int(1e9), 1e9 + prng.int(1e9)]),
        },
      ]),
    ),
    days: new Map(
      list(3, () => [
        20_000 + prng.int(100),
        {
          sealed: list(3, blob),
          base: prng.bool(0.5) ? blob() : undefined,
          deltas: list(8, blob),
          keyLimits: [prng.pick([0xffffffff, 0, prng.int(2 ** 32)]), 0xffffffff] as const,
          over: list(3, () => ({
            id: prng.pick(['live', '', '\u{1f3a5}/x']),
            kind: prng.pick(KINDS),
            segmentMs: 6_000,
            hits: prng.int(1e9),
            slots: prng.int(1e9),
          })),
        },
      ]),
    ),
  };
}

function whyNot(bytes: Uint8Array): string {
  try {
    decodeHead(bytes);
    return 'is a head';
  } catch (error) {
    return String(error);
  }
}

describe('encodeHead and decodeHead', () => {
  it.each(seeds(100))('keep everything (SEED=%i)', (seed) => {
    const head = someHead(new Prng(seed));
    expect(decodeHead(encodeHead(head))).toEqual(head);
  });

  it.each(seeds(10))('do not read what is damaged (SEED=%i)', (seed) => {
    const bytes = encodeHead(someHead(new Prng(seed)));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(whyNot(bytes.subarray(0, length))).toMatch(/^Error: lane head ends at byte/);
    }
    expect(whyNot(Uint8Array.of(...bytes, 0))).toBe('Error: lane head has bytes behind its end');
    expect(whyNot(bytes.map((byte, n) => (n === 3 ? 2 : byte)))).toBe(
      'Error: lane head: byte 3 is 2, expected 1',
    );
  });
});

describe('blobsOf', () => {
  const blob = (id: string) => ({ id, bytes: 1 });
  const rest = { keyLimits: [0, 0] as const, over: [] };

  it('names the sealed first, and the newest last', () => {
    const day = { sealed: [blob('1'), blob('2')], base: blob('3'), deltas: [blob('4'), blob('5')] };
    expect(blobsOf({ ...day, ...rest }).map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5']);
    expect(blobsOf({ sealed: [], base: undefined, deltas: [], ...rest })).toEqual([]);
  });
});

describe('checkRules', () => {
  it('takes the rules that it counted with', () => {
    expect(() => checkRules(RULES, { ...RULES })).not.toThrow();
  });

  it('takes another bound of pages, which the lane goes on without', () => {
    expect(() => checkRules(RULES, { ...RULES, pagesPerDayMax: 5 })).not.toThrow();
  });

  it.each([
    [{ lanes: 64 }, 'lanes is 64, but this deployment has counted with 16'],
    [{ timeZone: 'UTC' }, 'timeZone is UTC, but this deployment has counted with Europe/Berlin'],
    [{ dayStartHour: 7 }, 'dayStartHour is 7, but this deployment has counted with 6'],
  ])('stops at %p', (change, message) => {
    expect(() => checkRules(RULES, { ...RULES, ...change })).toThrow(
      `${message}: it cannot change; set it back, or deploy another stack`,
    );
  });
});
