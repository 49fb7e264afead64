import { emptyJournal } from '../../../lambdas/core/road/journal';
import {
  INTERVAL_BYTES_MAX,
  expiredUnread,
  homeLaneOf,
  splitRecords,
} from '../../../lambdas/core/road/source';
import { recordsOf, sequenceOf } from '../../support/road-rows';

/** Goal: both sides of the limits by which records of a shard become intervals. */

describe('homeLaneOf', () => {
  it.each([
    ['shardId-000000000000', 16, 0],
    ['shardId-000000000015', 16, 15],
    ['shardId-000000000016', 16, 0],
    ['shardId-000000004711', 512, 4711 - 9 * 512],
  ])('of %s of %i lanes', (shardId, lanes, lane) => {
    expect(homeLaneOf(shardId, lanes)).toBe(lane);
  });

  it.each(['', 'shard', 'shardId-', 'shardId-12a', 'shardId'])('throws at %p', (shardId) => {
    expect(() => homeLaneOf(shardId, 16)).toThrow(
      `shard is called ${shardId}, expected shardId-<number>`,
    );
  });
});

describe('splitRecords', () => {
  const half = INTERVAL_BYTES_MAX / 2;
  it.each([
    ['nothing', [], []],
    ['one', [1], [[1]]],
    ['as much as fits', [half, half], [[half, half]]],
    ['one byte more', [half, half + 1], [[half], [half + 1]]],
    [
      'what fills up again',
      [half, half, 1, 2],
      [
        [half, half],
        [1, 2],
      ],
    ],
    [
      'one record beyond the limit',
      [1, INTERVAL_BYTES_MAX + 1, 1],
      [[1], [INTERVAL_BYTES_MAX + 1], [1]],
    ],
    ['empty records', [0, 0, 0], [[0, 0, 0]]],
  ])('cuts %s', (_, sizes, expected) => {
    const records = recordsOf(sizes.map((size) => new Uint8Array(size)));
    const parts = splitRecords(records);
    expect(parts.map((part) => part.map(({ data }) => data.length))).toEqual(expected);
    expect(parts.flat()).toEqual(records);
  });
});

describe('expiredUnread', () => {
  const retentionMs = 1_000_000;
  const nowMs = 1_800_000_000_000;
  /** How old the last record read and the first of the batch are, and whether there is one between. */
  const ask = (readMs: number, firstMs: number, first = 11) =>
    expiredUnread(
      {
        ...emptyJournal(16),
        cut: {
          to: sequenceOf(10),
          records: 1,
          lines: 1,
          arrivalMs: nowMs - readMs,
          lanesWith: [0],
        },
      },
      recordsOf([''], { arrivalMs: nowMs - firstMs, from: first })[0]!,
      { now: () => nowMs, retentionMs },
    );

  it.each([
    [retentionMs + 1, 950_001, true],
    [retentionMs, 950_001, false],
    [retentionMs + 1, 950_000, false],
    [5 * retentionMs, 999_999, true],
    [5 * retentionMs, 0, false],
  ])('if the last read is %i ms old and the next %i: %p', (readMs, firstMs, expected) => {
    expect(ask(readMs, firstMs)).toBe(expected);
  });

  it('is never so where the batch begins with what was read before', () => {
    expect(ask(retentionMs + 1, 999_999, 10)).toBe(false);
    expect(ask(retentionMs + 1, 999_999, 11)).toBe(true);
  });

  it('is never so at the beginning of a shard', () => {
    const [first] = recordsOf([''], { arrivalMs: nowMs - 999_999 });
    expect(expiredUnread(emptyJournal(16), first!, { now: () => nowMs, retentionMs })).toBe(false);
  });
});
