import {
  type Journal,
  completeCut,
  decodeJournal,
  emptyJournal,
  encodeJournal,
  planBatch,
} from '../../../lambdas/core/road/journal';
import { Prng, seeds } from '../../support/prng';

/**
 * Goal: a journal says after any restart what was forwarded and what was promised. Method: random
 * journals there and back; batches on either side of each border of a promise.
 */

const ARRIVAL_MS = Date.parse('2026-11-24T20:00:00Z');

function someJournal(prng: Prng): Journal {
  const lanes = prng.pick([16, 64, 256, 512]);
  const ordinal = prng.pick([0, 1, prng.int(1_000), ARRIVAL_MS + prng.int(1_000_000)]);
  const share = prng.next();
  const numbers = Array.from({ length: lanes }, (_, lane) => lane);
  return {
    lanes,
    done: ordinal === 0 ? '' : `496${'7'.repeat(prng.int(54))}`,
    ordinal,
    lines: prng.pick([0, prng.int(1_000), 2 ** 50]),
    last: numbers.map(() => (ordinal === 0 || prng.bool(0.3) ? 0 : prng.between(1, ordinal))),
    cut: prng.bool(0.2)
      ? undefined
      : {
          to: `497${'3'.repeat(53)}`,
          records: prng.int(10_000),
          lines: prng.int(100_000),
          arrivalMs: ARRIVAL_MS,
          lanesWith: numbers.filter(() => prng.bool(share)),
        },
  };
}

describe('encodeJournal and decodeJournal', () => {
  it.each(seeds(100))('keep everything (SEED=%i)', (seed) => {
    const journal = someJournal(new Prng(seed));
    expect(decodeJournal(encodeJournal(journal), journal.lanes)).toEqual(journal);
  });

  it('fit two write units at 512 lanes that all get something', () => {
    const lanes = 512;
    const all = Array.from({ length: lanes }, (_, lane) => lane);
    let journal: Journal = { ...emptyJournal(lanes), done: '4'.repeat(56) };
    const cut = { to: '5'.repeat(56), records: 5_000, lines: 5_000, lanesWith: all };
    // Some lanes get nothing for half an hour.
    journal = completeCut({ ...journal, cut: { ...cut, arrivalMs: ARRIVAL_MS } });
    const later = { ...cut, arrivalMs: ARRIVAL_MS + 1_800_000 };
    expect(encodeJournal({ ...completeCut({ ...journal, cut: later }), cut: later }).length)
      // Beside it stand keys, version and time of expiry.
      .toBeLessThan(2_048 - 200);
  });

  it('say what is wrong with another number of lanes', () => {
    const bytes = encodeJournal(emptyJournal(16));
    expect(() => decodeJournal(bytes, 64)).toThrow(
      'journal is of 16 lanes, expected 64: lanes cannot change',
    );
  });

  it.each(seeds(10))('do not read what is damaged (SEED=%i)', (seed) => {
    const journal = someJournal(new Prng(seed));
    const bytes = encodeJournal(journal);
    const read = (damaged: Uint8Array) => () => decodeJournal(damaged, journal.lanes);
    const isRead = Array.from(bytes, (_, length) => {
      try {
        return read(bytes.subarray(0, length))() !== undefined;
      } catch (error) {
        return !/^Error: journal/.test(String(error));
      }
    });
    expect(isRead).not.toContain(true);
    expect(read(Uint8Array.of(...bytes, 0))).toThrow('journal has bytes behind its end');
    for (const at of [0, 1, 2, 3]) {
      expect(read(bytes.map((byte, n) => (n === at ? byte + 1 : byte)))).toThrow(
        `journal: byte ${at} is`,
      );
    }
  });
});

describe('planBatch', () => {
  const promised: Journal = {
    ...emptyJournal(16),
    done: '1000',
    ordinal: 7,
    cut: { to: '1010', records: 4, lines: 4, arrivalMs: ARRIVAL_MS, lanesWith: [1] },
  };
  const redo = { redo: { after: '1000', upTo: '1010' }, newAfter: '1010' };
  const behind = { redo: undefined, newAfter: '1010' };

  it.each([
    ['long before what is done (fewer digits)', '999', redo],
    ['with the last that is done', '1000', redo],
    ['with the first of the promise', '1001', redo],
    ['with the last of the promise', '1010', redo],
    ['right behind the promise', '1011', behind],
    ['far behind it (more digits)', '10000', behind],
  ])('of a batch that begins %s', (_, first, plan) => {
    expect(planBatch(promised, first)).toEqual(plan);
  });

  it('makes a promise again if what lies behind it may have expired unread', () => {
    expect(planBatch(promised, '1011', true)).toEqual(redo);
  });

  it('has nothing to make again without a promise', () => {
    const { done } = promised;
    expect(planBatch({ ...promised, cut: undefined }, '1')).toEqual({
      redo: undefined,
      newAfter: done,
    });
    expect(planBatch(emptyJournal(16), '1', true)).toEqual({ redo: undefined, newAfter: '' });
  });
});

describe('completeCut', () => {
  const lanesWith = [0, 3];
  const cut = { to: '30', records: 2, lines: 5, arrivalMs: ARRIVAL_MS, lanesWith };
  const journal: Journal = { ...emptyJournal(16), done: '20', ordinal: 4, lines: 100, cut };

  it('moves what was promised to what is done', () => {
    const last = Array<number>(16).fill(0);
    for (const lane of lanesWith) last[lane] = ARRIVAL_MS;
    expect(completeCut(journal)).toEqual({
      lanes: 16,
      done: '30',
      ordinal: ARRIVAL_MS,
      lines: 105,
      last,
      cut: undefined,
    });
  });

  it('leaves a journal without a promise as it is', () => {
    expect(completeCut(emptyJournal(16))).toEqual(emptyJournal(16));
  });

  it.each([
    ['later than the last ordinal', ARRIVAL_MS - 1, ARRIVAL_MS],
    ['at the last ordinal', ARRIVAL_MS, ARRIVAL_MS + 1],
    ['before it, since the clock went back', ARRIVAL_MS + 5_000, ARRIVAL_MS + 5_001],
  ])('counts ordinals up, from the time of arrival: %s', (_, ordinal, expected) => {
    expect(completeCut({ ...journal, ordinal }).ordinal).toBe(expected);
  });

  it('begins again above all ordinals of a journal that expired in a quiet month', () => {
    let before = emptyJournal(16);
    for (let n = 0; n < 1_000; n += 1) {
      before = completeCut({
        ...before,
        cut: { ...cut, arrivalMs: ARRIVAL_MS + Math.floor(n / 10) },
      });
    }
    const arrivalMs = ARRIVAL_MS + 30 * 86_400_000;
    const after = completeCut({ ...emptyJournal(16), cut: { ...cut, arrivalMs } });
    expect(after.ordinal).toBeGreaterThan(before.ordinal);
  });
});
