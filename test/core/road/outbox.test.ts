import { decodeOutbox, encodeOutbox } from '../../../lambdas/core/road/outbox';
import type { ViewsUpdate } from '../../../lambdas/core/road/ports';
import { Prng, seeds } from '../../support/prng';

/** Goal: whoever publishes an outbox again publishes the same. Method: random updates there and back, and damage. */

const NAMES = ['f0_2', 's29_8', 'cDE_4', 'eFRA56-P1', 'L511', '', 'n\u00e4her \u{1f3a5}'];

function someUpdates(prng: Prng): ViewsUpdate[] {
  const list = <Item>(max: number, make: () => Item) =>
    Array.from({ length: prng.int(max) }, () => make());
  return list(5, () => ({
    pk: prng.pick(['s:live#0', 'p:a.example.org/#news#31', 'contents']),
    sk: prng.pick(['now', 'm#2026-11-24T20:15', 's:live']),
    add: list(
      8,
      () => [prng.pick(NAMES), prng.pick([1, -1, 63, -64, 2 ** 40, -(2 ** 40)])] as const,
    ),
    set: list(
      4,
      () => [prng.pick(NAMES), prng.pick<number | string>([0, 2 ** 41, '', 'text'])] as const,
    ),
    expiresAtSeconds: prng.pick([0, 1_800_000_000]),
    isFenced: prng.bool(0.5),
  }));
}

describe('encodeOutbox and decodeOutbox', () => {
  it.each(seeds(100))('keep everything (SEED=%i)', (seed) => {
    const updates = someUpdates(new Prng(seed));
    expect(decodeOutbox(encodeOutbox(updates))).toEqual(updates);
  });

  it('make no bytes of no updates', () => {
    expect(encodeOutbox([])).toHaveLength(0);
    expect(decodeOutbox(new Uint8Array(0))).toEqual([]);
  });

  it.each(seeds(10))('do not read what is damaged (SEED=%i)', (seed) => {
    const [first] = someUpdates(new Prng(seed));
    const bytes = encodeOutbox([
      first ?? { pk: 'p', sk: 's', add: [], set: [], expiresAtSeconds: 0, isFenced: true },
    ]);
    const whyNot = (damaged: Uint8Array) => {
      try {
        return decodeOutbox(damaged).length;
      } catch (error) {
        return String(error);
      }
    };
    for (let length = 1; length < bytes.length; length += 1) {
      expect(whyNot(bytes.subarray(0, length))).toMatch(/^Error: outbox ends at byte/);
    }
    expect(whyNot(Uint8Array.of(...bytes, 0))).toBe('Error: outbox has bytes behind its end');
    expect(whyNot(bytes.map((byte, n) => (n === 3 ? 2 : byte)))).toBe(
      'Error: outbox: byte 3 is 2, expected 1',
    );
  });
});
