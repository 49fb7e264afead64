import { decodeBatch, encodeBatch } from '../../../lambdas/core/guard/suspect-batch';
import {
  SUSPECT_RULES,
  type Neighbour,
  type Suspect,
  type SuspectBatch,
} from '../../../lambdas/core/guard/suspect';
import { Prng, seeds } from '../../support/prng';

/** Goal: enforce reads what tally wrote, or throws. Method: random batches there and back; bytes damaged. */
const NOON = Date.UTC(2026, 10, 24, 12);

function suspect(n: number, prng = new Prng(n)): Suspect {
  const firstAtMs = NOON + prng.int(1e6);
  const count = () => prng.pick([0, 1, 127, 128, prng.int(1e9)]);
  return {
    cidr: prng.pick([
      `198.51.${(n >> 8) & 255}.${n & 255}/32`,
      `2001:db8:0:${n.toString(16)}::/64`,
    ]),
    rule: prng.pick(SUSPECT_RULES),
    ...{ firstAtMs, sinceAtMs: firstAtMs + prng.int(1e5), lastAtMs: firstAtMs + prng.int(1e5) },
    ...{ attackHits: count(), verifiedViewers: count() },
    evidence: {
      ...{ windowSeconds: prng.pick([10, 60, 3_000]), hits: count(), explained: count() },
      ...{ refused: count(), manifests: count(), media: count(), pages: count() },
      ...{ failed: count(), denied: count(), agents: prng.int(130), urls: prng.int(257) },
    },
  };
}

const neighbour = (n: number): Neighbour => ({
  cidr: `203.0.${(n >> 8) & 255}.${n & 255}/32`,
  verifiedViewers: n % 900,
});

const list = <Item>(length: number, make: (n: number) => Item) =>
  Array.from({ length }, (_, n) => make(n));

function batchOf(
  suspects: number,
  neighbours: number | undefined,
  own: Partial<SuspectBatch> = {},
) {
  return {
    ...{ lane: 3, version: 77, atMs: NOON, isSettled: true, laneViewers: 12_345 },
    laneRefused: 321,
    suspects: list(suspects, (n) => suspect(n)),
    neighbours: neighbours === undefined ? undefined : list(neighbours, neighbour),
    ...own,
  };
}

/** Parts put together, as who reads them does. */
function join(parts: readonly Uint8Array[]): SuspectBatch {
  const [first, ...rest] = parts.map(decodeBatch);
  const { continues, ...batch } = first!;
  expect([continues, ...rest.map((part) => part.continues)]).toEqual([
    false,
    ...rest.map(() => batch.neighbours !== undefined),
  ]);
  return {
    ...batch,
    suspects: [batch, ...rest].flatMap(({ suspects }) => suspects),
    neighbours: batch.neighbours && [batch, ...rest].flatMap(({ neighbours }) => neighbours ?? []),
  };
}

describe('a batch as bytes', () => {
  it.each<[number, number | undefined, number]>([
    [0, undefined, 1],
    [0, 0, 1],
    [1, undefined, 1],
    [2_000, 0, 1],
    [2_001, undefined, 2],
    [4_001, 5, 3],
    [1, 4_000, 1],
    [1, 4_001, 2],
    [0, 8_001, 3],
    [8_192, 8_192, 5],
  ])(
    'of %i suspects and %p neighbours has %i parts, and is read as it was',
    (many, near, parts) => {
      const batch = batchOf(many, near);
      const encoded = encodeBatch(batch);
      expect(encoded).toHaveLength(parts);
      expect(join(encoded)).toEqual(batch);
      // An item of DynamoDB holds 400 KB with its keys.
      for (const { length } of encoded) expect(length).toBeLessThan(390_000);
    },
  );

  it.each(seeds(50))('is read as it was (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const batch = batchOf(0, prng.pick([undefined, 0, 3]), {
      ...{ lane: prng.int(512), version: prng.int(1e12), isSettled: prng.bool(0.5) },
      ...{ laneViewers: prng.int(1e7), laneRefused: prng.int(1e5) },
      ...{ suspects: list(prng.int(9), (n) => suspect(n, prng)) },
    });
    expect(join(encodeBatch(batch))).toEqual(batch);
  });

  it('of before F3 asked for refused viewers has none', () => {
    const told = batchOf(3, 2, { laneViewers: 12_345, laneRefused: 0 });
    const [now] = encodeBatch(told);
    const text = Buffer.from(now!);
    // laneViewers is two bytes, laneRefused the one behind them.
    const at = text.indexOf(Buffer.from([0xb9, 0x60, 0]), 4) + 2;
    expect(at).toBeGreaterThan(4);
    const before = Uint8Array.from([...text.subarray(0, at), ...text.subarray(at + 1)]);
    before[3] = 1;
    expect(decodeBatch(before)).toEqual({ ...told, continues: false });
  });

  const [bytes] = encodeBatch(batchOf(2, 1));

  it('that ends early, or goes on, is none', () => {
    for (let length = 0; length < bytes!.length; length += 1) {
      expect(() => decodeBatch(bytes!.subarray(0, length))).toThrow('suspect batch ends at byte');
    }
    expect(() => decodeBatch(Uint8Array.of(...bytes!, 0))).toThrow('bytes behind its end');
  });

  it.each([
    [0, 0x55, 'suspect batch: byte 0 is 85, expected 84'],
    [3, 3, 'suspect batch: version is 3, expected 1 or 2'],
    [3, 0, 'suspect batch: version is 0, expected 1 or 2'],
  ])('with byte %i made %i is none', (at, byte, message) => {
    const damaged = Uint8Array.from(bytes!, (it, n) => (n === at ? byte : it));
    expect(() => decodeBatch(damaged)).toThrow(message);
  });

  it('with a rule, or a sort of neighbours, that is none is none', () => {
    const [one] = encodeBatch(batchOf(0, undefined));
    const strange = Uint8Array.from(one!, (it, n) => (n === one!.length - 2 ? 3 : it));
    expect(() => decodeBatch(strange)).toThrow('sort of neighbours is 3, expected 0 to 2');
    const told = { ...suspect(1), cidr: '192.0.2.7/32', rule: SUSPECT_RULES[0] };
    const [whole] = encodeBatch(batchOf(0, undefined, { suspects: [told] }));
    const at = Buffer.from(whole!).indexOf('/32') + 3;
    expect(whole![at]).toBe(0);
    const ruled = Uint8Array.from(whole!, (it, n) => (n === at ? SUSPECT_RULES.length : it));
    expect(() => decodeBatch(ruled)).toThrow('suspect 192.0.2.7/32 has a rule that is none');
  });
});
