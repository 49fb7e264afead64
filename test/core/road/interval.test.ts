import { gzipSync } from 'node:zlib';
import { BAD_LINES, LINE_BYTES_MAX } from '../../../lambdas/core/edge/bad-line';
import { CONTENTS_MAX } from '../../../lambdas/core/edge/content-table';
import {
  type Interval,
  IntervalReader,
  RECORD_BYTES_MAX,
} from '../../../lambdas/core/road/interval';
import { encodePacket } from '../../../lambdas/core/road/packet';
import type { SourceRecord } from '../../../lambdas/core/road/ports';
import { parseConfig } from '../../../lib/config';
import { renderRealtime } from '../../support/edge-lines';
import { Prng, seeds } from '../../support/prng';
import { randomAudience } from '../../support/random-audience';
import { TEST_KEYS } from '../../support/road-in-memory';
import { NOON_MS, ROAD_SETTINGS, networkIp, recordsOf, rowOf } from '../../support/road-rows';

/**
 * Goal: every line of an interval leaves under exactly one outcome, and equal records make equal packets,
 * whoever reads them and whatever was read before. Method: good lines, good lines damaged, and garbage,
 * with the lines counted by a split of their own; readers that have read other things.
 */

const HOME = 3;
const makeReader = (settings = ROAD_SETTINGS) =>
  new IntervalReader({ settings, lanes: settings.lanes, keys: TEST_KEYS });
const shared = makeReader();
const read = (records: readonly SourceRecord[]) => shared.read(records, HOME);
const outcomeOf = (datas: readonly (string | Uint8Array)[]) => {
  const { lines, hits, bad } = read(recordsOf(datas));
  return { lines, hits, bad: Object.fromEntries(bad) };
};

/** All packets of an interval as text, so that equal ones are equal. */
function textOf({ packets }: Interval): string[] {
  const identity = { shardId: 'shardId-000000000003', previous: 1, ordinal: 2 };
  return [...packets].map(([lane, facts]) =>
    Buffer.from(encodePacket({ ...identity, lane }, 16, facts)).toString('base64'),
  );
}

/** Lines by the words of docs/ROAD.md, without the reader. */
function countLines(records: readonly SourceRecord[]): number {
  return records.reduce((sum, { data }) => {
    if (data.length > RECORD_BYTES_MAX) return sum + 1;
    const lines = Buffer.from(data)
      .toString('latin1')
      .split('\n')
      .filter((line) => line !== '');
    return sum + Math.max(1, lines.length);
  }, 0);
}

function expectBalance(interval: Interval, records: readonly SourceRecord[]): void {
  const ledgers = [...interval.packets].map(([lane, { ledger }]) => ({ lane, ...ledger }));
  const sum = (pick: (ledger: (typeof ledgers)[number]) => number) =>
    ledgers.reduce((total, ledger) => total + pick(ledger), 0);
  const badOf = (ledger: (typeof ledgers)[number]) =>
    ledger.bad.reduce((n, [, lines]) => n + lines, 0);
  for (const ledger of ledgers) {
    expect(ledger.lines).toBe(ledger.hits + badOf(ledger));
    if (ledger.lane !== HOME) expect(ledger.bad).toEqual([]);
    for (const [reason, n] of ledger.bad) {
      expect(BAD_LINES).toContain(reason);
      expect(n).toBeGreaterThan(0);
    }
  }
  expect(sum(({ lines }) => lines)).toBe(countLines(records));
  expect(sum(({ lines }) => lines)).toBe(interval.lines);
  expect(sum(({ hits }) => hits)).toBe(interval.hits);
  expect(sum(badOf)).toBe([...interval.bad.values()].reduce((n, lines) => n + lines, 0));
  const cellHits = [...interval.packets.values()].flatMap(({ cells }) =>
    cells.flatMap(({ counts }) => counts.map(([, n]) => n)),
  );
  expect(cellHits.reduce((n, hits) => n + hits, 0)).toBe(interval.hits);
}

function someGarbage(prng: Prng): Uint8Array {
  const row = Buffer.from(`${rowOf({ ip: networkIp(prng.int(40)) })}\n`);
  return prng.pick([
    () => row,
    () => row.subarray(0, prng.int(row.length)),
    () => {
      const damaged = Buffer.from(row);
      for (let n = prng.between(1, 8); n > 0; n -= 1)
        damaged[prng.int(damaged.length)] = prng.int(256);
      return damaged;
    },
    () => Buffer.concat([row, prng.bool(0.5) ? Buffer.from('\n\n') : row, row.subarray(0, 40)]),
    () => Uint8Array.from({ length: prng.int(600) }, () => prng.int(256)),
    () =>
      Buffer.from(
        prng.pick(['', '\n', '\n\n\n', '\t', '\t'.repeat(300), '-\n', '#Fields: x\n', '\r\n']),
      ),
    () => Buffer.from(prng.shuffle(row.toString().split('\t')).join('\t')),
    () => Buffer.from(row.toString().replace(/\t/g, prng.pick([' ', '\t\t', ',']))),
    () => Buffer.alloc(LINE_BYTES_MAX + prng.between(-1, 1), prng.pick([9, 65, 255])),
  ])();
}

describe('IntervalReader', () => {
  it.each(seeds(100))('puts every line under exactly one outcome (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const records = recordsOf(Array.from({ length: prng.between(1, 40) }, () => someGarbage(prng)));
    expectBalance(read(records), records);
  });

  it.each(seeds(40))('makes the same packets whatever it read before (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const { config, lines } = randomAudience(prng);
    const settings = parseConfig({ ...config, events: [], lanes: 16 });
    const arrivalMs = lines.reduce((ms, { tMs }) => Math.max(ms, tMs), 0);
    const rows = prng
      .shuffle(lines)
      .map((line) => renderRealtime(line, 'x', config.realtimeFields));
    const records = recordsOf(rows, { arrivalMs });
    const entriesMax = prng.pick([2, 10, 8_192]);
    const make = () => new IntervalReader({ settings, lanes: 16, keys: TEST_KEYS, entriesMax });
    const one = make();
    const other = make();
    for (let n = prng.int(4); n > 0; n -= 1) {
      other.read(prng.shuffle(records).slice(0, prng.int(records.length + 1)), prng.int(16));
    }
    expect(textOf(other.read(records, HOME))).toEqual(textOf(one.read(records, HOME)));
  });

  it('makes the same packets after more edge locations than it tells apart', () => {
    const rowsOf = (prefix: string, n: number) =>
      recordsOf(Array.from({ length: n }, (_, at) => rowOf({ edge: `${prefix}${at}-P1` })));
    const records = rowsOf('NEW', 1_000);
    for (const before of [0, 1_047, 1_048, 1_049, 3_500, 4_097]) {
      const reader = makeReader();
      reader.read(rowsOf('OLD', before), HOME);
      const { edges } = [...reader.read(records, HOME).packets.values()].find(
        (p) => p.edges.length > 0,
      )!;
      expect([before, edges.length]).toEqual([before, 1_000]);
    }
  });

  it('goes on when it has met more contents than it can number', () => {
    const [stream] = ROAD_SETTINGS.contents;
    // Configured contents stand in for a hundred thousand pages that were read before.
    const contents = Array.from({ length: CONTENTS_MAX / 2 - 10 }, (_, n) => ({
      ...stream!,
      id: `live${n}`,
      paths: [`/live${n}/**`],
    }));
    const settings = { ...ROAD_SETTINGS, contents };
    const reader = makeReader(settings);
    const pagesOf = (batch: number) =>
      recordsOf(Array.from({ length: 8 }, (_, n) => rowOf({ path: `/news/${batch}-${n}` })));
    const expected = textOf(makeReader(settings).read(pagesOf(3), HOME));
    for (const batch of [1, 2, 4, 5]) expect(reader.read(pagesOf(batch), HOME).hits).toBe(8);
    expect(textOf(reader.read(pagesOf(3), HOME))).toEqual(expected);
  });

  it.each([
    [60_000, { lines: 1, hits: 1, bad: {} }],
    [60_001, { lines: 1, hits: 0, bad: { future: 1 } }],
    [-86_400_000 * 300, { lines: 1, hits: 1, bad: {} }],
  ])('of a line whose clock is %i ms ahead of its arrival', (ahead, expected) => {
    const arrivalMs = NOON_MS + 789;
    const records = recordsOf([rowOf({ tMs: arrivalMs + ahead })], { arrivalMs });
    const { lines, hits, bad } = read(records);
    expect({ lines, hits, bad: Object.fromEntries(bad) }).toEqual(expected);
  });

  it.each([
    ['no byte', '', { bad_record: 1 }, 0],
    ['a newline alone', '\n', { bad_record: 1 }, 0],
    ['newlines alone', '\n\n\n', { bad_record: 1 }, 0],
    ['one line without a newline', rowOf(), {}, 1],
    ['one line', `${rowOf()}\n`, {}, 1],
    ['three lines and empty ones between', `\n${rowOf()}\n\n\n${rowOf()}\n${rowOf()}`, {}, 3],
    ['a good and a damaged line', `${rowOf()}\ndamaged\n`, { too_few_fields: 1 }, 1],
  ])('of a record with %s', (_, data, bad, hits) => {
    expect(outcomeOf([data])).toEqual({
      lines: Math.max(1, hits + Object.keys(bad).length),
      hits,
      bad,
    });
  });

  it.each([
    [RECORD_BYTES_MAX - 1, { lines: 2, hits: 2, bad: {} }],
    [RECORD_BYTES_MAX, { lines: 2, hits: 2, bad: {} }],
    [RECORD_BYTES_MAX + 1, { lines: 1, hits: 0, bad: { bad_record: 1 } }],
    [10 * RECORD_BYTES_MAX, { lines: 1, hits: 0, bad: { bad_record: 1 } }],
  ])('of a record of %i bytes', (bytes, expected) => {
    const rows = `${rowOf()}\n${rowOf()}\n`;
    expect(outcomeOf([rows.padEnd(bytes, '\n')])).toEqual(expected);
  });

  it.each([
    [LINE_BYTES_MAX - 1, { lines: 1, hits: 1, bad: {} }],
    [LINE_BYTES_MAX, { lines: 1, hits: 1, bad: {} }],
    [LINE_BYTES_MAX + 1, { lines: 1, hits: 0, bad: { too_long: 1 } }],
    [RECORD_BYTES_MAX, { lines: 1, hits: 0, bad: { too_long: 1 } }],
  ])('of a line of %i bytes', (bytes, expected) => {
    expect(outcomeOf([`${rowOf()}\t`.padEnd(bytes, 'x')])).toEqual(expected);
  });

  it.each([
    ['10 MiB of tabs', Buffer.alloc(10 * 1_048_576, '\t'), { bad_record: 1 }],
    ['1 MiB of tabs', Buffer.alloc(1_048_576, '\t'), { too_long: 1 }],
    ['64 KiB of tabs', Buffer.alloc(65_536, '\t'), { bad_timestamp: 1 }],
    ['bytes that are no UTF-8', Buffer.alloc(1_000, 0xff), { too_few_fields: 1 }],
    ['zeros', Buffer.alloc(1_000), { too_few_fields: 1 }],
    ['a line in which a field is no UTF-8', Buffer.from(rowOf({ country: 'D\xff' }), 'latin1'), {}],
    ['a path that is no UTF-8', Buffer.from(rowOf({ path: '/\xff\xfe\x80' }), 'latin1'), {}],
  ])('counts %s, and the lines around it as if it were not there', (_, poison, bad) => {
    const others = Array.from({ length: 50 }, (__, n) =>
      rowOf({ ip: networkIp(n), tMs: NOON_MS + n }),
    );
    const clean = read(recordsOf(others));
    const records = recordsOf([...others.slice(0, 20), poison, ...others.slice(20)]);
    const got = read(records);
    expectBalance(got, records);
    expect(Object.fromEntries(got.bad)).toEqual(bad);
    expect(got.hits - clean.hits).toBe(Object.keys(bad).length === 0 ? 1 : 0);
    if (Object.keys(bad).length === 0) return;
    const [, ...rest] = withoutHome(clean);
    expect(withoutHome(got).slice(1)).toEqual(rest);
  });

  it('counts a gzip bomb as what it is as bytes', () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1_048_576));
    expect(bomb.length).toBeLessThan(RECORD_BYTES_MAX);
    const records = recordsOf([rowOf(), bomb, rowOf()]);
    const got = read(records);
    expectBalance(got, records);
    expect(got.hits).toBe(2);
    expect(got.lines).toBe(countLines(records));
  });

  it('says of lost records how many they were and until when, also when none is left', () => {
    const upToMs = NOON_MS + 5_000;
    const records = recordsOf([rowOf()], { arrivalMs: NOON_MS });
    const some = shared.read(records, HOME, { lost: 4, upToMs }).packets.get(HOME)!;
    expect(some).toMatchObject({
      firstArrivalMs: NOON_MS,
      lastArrivalMs: upToMs,
      ledger: { lost: 4 },
    });
    const none = shared.read([], HOME, { lost: 5, upToMs });
    expect([...none.packets.keys()]).toEqual([HOME]);
    expect(none.packets.get(HOME)).toMatchObject({
      firstArrivalMs: upToMs,
      lastArrivalMs: upToMs,
      ledger: { lines: 0, hits: 0, lost: 5 },
    });
  });
});

function withoutHome({ packets }: Interval): unknown[] {
  return [...packets].filter(([lane]) => lane !== HOME).map(([, facts]) => facts);
}
