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
    ...(prng.bool(0.7) && {
      origin: {
        asn: prng.pick([0, 64_500, 2 ** 32 - 1]),
        content: prng.pick(['', 'final', 'ŝtreamo']),
      },
    }),
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

  it('of before has no origins, and of before F3 no refused viewers', () => {
    const known = list(20, (n) => suspect(n)).find(({ origin }) => origin === undefined)!;
    const own = { laneViewers: 12_345, laneRefused: 0, suspects: [known] };
    const told = batchOf(0, undefined, own);
    const text = Buffer.from(encodeBatch(told)[0]!);
    // laneViewers is two bytes; laneRefused, contents and suspects are the three behind them.
    const at = text.indexOf(Buffer.from([0xb9, 0x60, 0, 0, 1]), 4) + 2;
    expect(at).toBeGreaterThan(4);
    // The last of the suspect, in front of two bytes that say that there are no neighbours.
    const origin = text.length - 3;
    const without = (version: number, ...places: number[]) => {
      const bytes = Uint8Array.from([...text].filter((_, n) => !places.includes(n)));
      bytes[3] = version;
      return bytes;
    };
    for (const bytes of [without(2, at + 1, origin), without(1, at, at + 1, origin)]) {
      expect(decodeBatch(bytes)).toEqual({ ...told, continues: false });
    }
  });

  it('leaves origins out whose contents have too long names, and stays an item', () => {
    const named = (n: number) => `/${String(n).padStart(8_000, 'x')}`;
    const suspects = list(2_000, (n) => ({
      ...suspect(n),
      origin: { asn: 64_500, content: named(n) },
    }));
    const [bytes, ...more] = encodeBatch(batchOf(0, 0, { suspects }));
    expect(more).toEqual([]);
    expect(bytes!.length).toBeLessThan(390_000);
    const read = decodeBatch(bytes!).suspects;
    expect(read.slice(0, 8)).toEqual(suspects.slice(0, 8));
    expect(read.slice(8)).toEqual(suspects.slice(8).map((one) => ({ ...one, origin: undefined })));
  });

  it('with a content that is not there is none', () => {
    const told = { ...suspect(1), origin: { asn: 1, content: 'final' } };
    const [whole] = encodeBatch(batchOf(0, undefined, { suspects: [told] }));
    // The position, the network, no neighbours.
    const strange = Uint8Array.from(whole!, (it, n) => (n === whole!.length - 4 ? 2 : it));
    expect(() => decodeBatch(strange)).toThrow('suspect batch has content 1, expected below 1');
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
    [3, 4, 'suspect batch: version is 4, expected 1 to 3'],
    [3, 0, 'suspect batch: version is 0, expected 1 to 3'],
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
