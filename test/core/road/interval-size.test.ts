import { IntervalReader } from '../../../lambdas/core/road/interval';
import {
  PACKET_BYTES_MAX,
  type PacketFacts,
  encodePacket,
} from '../../../lambdas/core/road/packet';
import { INTERVAL_BYTES_MAX } from '../../../lambdas/core/road/source';
import type { OracleLine } from '../../reference/oracle-line';
import { TEST_KEYS } from '../../support/road-in-memory';
import { NOON_MS, ROAD_SETTINGS, recordsOf, rowOf } from '../../support/road-rows';

/**
 * Goal: whatever one batch has for one lane, it fits a record of the second stream, and what was left
 * out is counted. Method: the worst batches that an interval can hold, all from one network; hits are
 * counted by the number of rows.
 */

const identity = { shardId: 'shardId-000000000003', previous: 1_700_000_000_000, ordinal: 2 ** 42 };

function readOne(rows: readonly string[]): { bytes: number; facts: PacketFacts; lane: number } {
  const size = rows.reduce((sum, row) => sum + row.length, 0);
  expect(size).toBeLessThanOrEqual(INTERVAL_BYTES_MAX);
  const reader = new IntervalReader({ settings: ROAD_SETTINGS, lanes: 16, keys: TEST_KEYS });
  const { packets, lines, hits } = reader.read(recordsOf(rows), 0);
  const lanes = [...packets].filter(([, { ledger }]) => ledger.lines > 0);
  expect(lanes).toHaveLength(1);
  const [[lane, facts]] = lanes as [[number, PacketFacts]];
  expect([lines, hits, facts.ledger.lines, facts.ledger.hits]).toEqual(Array(4).fill(rows.length));
  return { bytes: encodePacket({ ...identity, lane }, 16, facts).length, facts, lane };
}

/** Rows up to `max`, or as many as an interval holds. */
function fill(make: (n: number) => Partial<OracleLine>, max = 3_000): string[] {
  const rows: string[] = [];
  let bytes = 0;
  for (let n = 0; n < max; n += 1) {
    const row = rowOf(make(n));
    bytes += row.length;
    if (bytes > INTERVAL_BYTES_MAX) break;
    rows.push(row);
  }
  return rows;
}

const cellHitsOf = ({ cells }: PacketFacts) =>
  cells.reduce((sum, { counts }) => sum + counts.reduce((n, [, hits]) => n + hits, 0), 0);

const longName = (n: number) => `/${`${n}`.padStart(5, '0')}${'x'.repeat(480)}`;
const agentOf = (n: number) => `Mozilla/5.0 Chrome/130.0 Safari/537.36 ${n}`;

describe('a packet', () => {
  it.each([
    ['pages with the longest ids, one viewer', (n: number) => ({ path: longName(n) })],
    [
      'pages with the longest ids, one viewer each',
      (n: number) => ({ path: longName(n), userAgent: agentOf(n) }),
    ],
    [
      'ids that are three bytes a character',
      (n: number) => ({ path: `/${n}${'\u20ac'.repeat(300)}`, userAgent: agentOf(n) }),
    ],
    ['edge locations', (n: number) => ({ edge: `FRA${n}-${'P'.repeat(900)}` })],
    ['edge locations and pages', (n: number) => ({ edge: `FRA${n}`, path: `/news/${n}` })],
    ['minutes of pages', (n: number) => ({ tMs: NOON_MS - n * 60_000, path: `/news/${n}` })],
    ['broadcast days', (n: number) => ({ tMs: NOON_MS - n * 86_400_000, path: longName(n) })],
    ['viewers', (n: number) => ({ userAgent: agentOf(n) })],
    ['viewers of pages', (n: number) => ({ userAgent: agentOf(n), path: `/news/${n}` })],
    ['visits of one viewer', (n: number) => ({ tMs: NOON_MS - n * 1_801_000, status: '503' })],
  ])('of a batch full of %s fits a record', (_, make: (n: number) => Partial<OracleLine>) => {
    const rows = fill(make);
    const { bytes, facts } = readOne(rows);
    expect(bytes).toBeLessThanOrEqual(PACKET_BYTES_MAX);
    const { overflow } = facts.ledger;
    // A hit that has no cell is over; one that has a cell may be over because of its viewer.
    expect(rows.length - cellHitsOf(facts)).toBeLessThanOrEqual(overflow);
    expect(overflow).toBeLessThanOrEqual(2 * rows.length);
  });

  it('keeps all where all has room, and says so', () => {
    const rows = fill((n) => ({ userAgent: agentOf(n) }), 5_000);
    const { facts } = readOne(rows);
    expect(facts.ledger.overflow).toBe(0);
    expect(cellHitsOf(facts)).toBe(rows.length);
  });

  it.each([
    [1_023, 0],
    [1_024, 0],
    [1_025, 1],
    [4_096, 4_096 - 1_024],
  ])('of %i viewers, where 1,024 have room, leaves out %i', (viewers, over) => {
    const reader = new IntervalReader({
      settings: ROAD_SETTINGS,
      lanes: 16,
      keys: TEST_KEYS,
      entriesMax: 1_024,
    });
    const rows = fill((n) => ({ userAgent: agentOf(n) }), viewers);
    const [facts] = [...reader.read(recordsOf(rows), 0).packets.values()];
    expect(facts!.ledger).toMatchObject({ lines: viewers, hits: viewers, overflow: over });
    expect(cellHitsOf(facts!)).toBe(viewers);
  });

  it.each([
    [4_095, 0],
    [4_096, 0],
    [4_097, 1],
    [6_000, 6_000 - 4_096],
  ])('of %i minutes, where 4,096 cells have room, leaves out %i', (minutes, over) => {
    const rows = fill((n) => ({ tMs: NOON_MS - n * 60_000, path: '/robots.txt' }), minutes);
    const { facts } = readOne(rows);
    expect(facts.ledger).toMatchObject({ hits: minutes, overflow: over });
    expect(facts.cells).toHaveLength(minutes - over);
  });

  it('leaves out the cells with the fewest hits', () => {
    const rows = fill((n) => ({ tMs: NOON_MS - (n % 4_200) * 60_000, path: '/robots.txt' }), 8_000);
    const { facts } = readOne(rows);
    // 3,800 minutes have two hits, 400 have one: of those 104 have no room.
    expect(facts.cells).toHaveLength(4_096);
    expect(facts.ledger.overflow).toBe(104);
  });
});
