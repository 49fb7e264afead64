import { Audience } from '../../../lambdas/core/audience/audience';
import {
  mergeState,
  restoreState,
  serialiseState,
} from '../../../lambdas/core/audience/lane-state';
import { ContentTable } from '../../../lambdas/core/edge/content-table';
import { decodeBlob, encodeBlob } from '../../../lambdas/core/road/lane-blob';
import { UNBOUNDED } from '../../../lambdas/core/road/unbounded';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import { DAYS, NO_HASH, type SeenViewer, entriesOf } from '../../support/lane-entries';
import { Prng, seeds } from '../../support/prng';

/** Goal: a blob gives back the entries that it was made of, and who is gone. Method: random ones, and damage. */

const DAY = 20_781;

function emptyAudience(): Audience {
  const contents = new ContentTable(DEFAULT_SETTINGS);
  return new Audience({ contents, days: DAYS, viewerHash: NO_HASH, limits: UNBOUNDED });
}

function someBlob(prng: Prng) {
  const viewers = Array.from({ length: prng.int(12) }, (_, n): SeenViewer => {
    const [atSecond, playsSeconds] = [prng.int(80_000), prng.pick([0, 6, 600])];
    return { key: n * 7, content: prng.pick(['live', 'b', 'c']), atSecond, playsSeconds };
  });
  const audience = emptyAudience();
  mergeState(audience, entriesOf(DAY, viewers));
  const entries: number[] = [];
  audience.table.each((entry) => entries.push(entry));
  const gone = Array.from({ length: prng.int(4) }, () => ({
    keyHi: prng.int(2 ** 32),
    keyLo: prng.int(2 ** 32),
    content: audience.contents.numberOf(prng.pick(['gone', 'live']), 'stream', 6_000),
  }));
  const bytes = encodeBlob(audience, entries, gone);
  const named = gone.map(({ content, ...key }) => ({
    ...key,
    id: audience.contents.list[content]!.id,
  }));
  return { audience, named, bytes };
}

describe('encodeBlob and decodeBlob', () => {
  it.each(seeds(60))('keep entries and who is gone, under other numbers (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const { audience, named, bytes } = someBlob(prng);
    const other = emptyAudience();
    for (const id of prng.shuffle(['c', 'x', 'gone'])) other.contents.numberOf(id, 'stream', 6_000);
    const { gone, entries } = decodeBlob(other.contents, bytes);
    restoreState(other, entries);
    expect(Buffer.compare(serialiseState(other), serialiseState(audience))).toBe(0);
    expect(
      gone.map(({ content, ...key }) => ({ ...key, id: other.contents.list[content]!.id })),
    ).toEqual(named);
  });

  it.each(seeds(10))('do not read what is damaged (SEED=%i)', (seed) => {
    const { bytes } = someBlob(new Prng(seed));
    const whyNot = (damaged: Uint8Array) => {
      const audience = emptyAudience();
      try {
        restoreState(audience, decodeBlob(audience.contents, damaged).entries);
        return 'is a blob';
      } catch (error) {
        return String(error);
      }
    };
    for (let length = 0; length < bytes.length; length += 1) {
      expect(whyNot(bytes.subarray(0, length))).toMatch(/^Error: blob ends at byte/);
    }
    expect(whyNot(Uint8Array.of(...bytes, 0))).toBe('Error: blob has bytes behind its end');
    expect(whyNot(bytes.map((byte, n) => (n === 3 ? 2 : byte)))).toBe(
      'Error: blob: byte 3 is 2, expected 1',
    );
  });
});
