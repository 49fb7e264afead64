import {
  type CostRow,
  eventCost,
  minuteUnits,
  standingCost,
  sumOf,
  webAclCost,
} from '../../lib/event-cost';
import { type Expected, loadOf } from '../../lib/event-load';
import { PRICES } from '../../lib/prices';
import { exemptList } from '../../lambdas/core/guard/exempt';
import type { LaneCount } from '../../lambdas/core/settings';
import { QUIET } from '../sim/faulty-client';
import { BLOCKS, GuardWorld, guardSettings } from '../sim/guard-world';
import { HandlerRig } from '../support/handler-rig';
import { Prng } from '../support/prng';
import { NOON_MS, ROAD_SETTINGS, networkIp, rowOf } from '../support/road-rows';
import { textOf } from '../support/source-files';

/**
 * Goal: what is told of costs is what was counted. Method: the two steady events of bench/RESULTS.md are reckoned
 * again, and what runs each minute is counted on the services in memory.
 */

const RESULTS = textOf('bench/RESULTS.md');

const steady = (viewers: number, contents: number): Expected => ({
  ...{ viewers, contents, segmentSeconds: 6, requestsPerSegment: 2, edgeStream: 'on_demand' },
});

const EVENTS: readonly (readonly [string, Expected, LaneCount])[] = [
  ['1,000 lines/s, steady', steady(3_000, 1), 16],
  ['100,000 lines/s, steady', steady(300_000, 2), 64],
];

/** A figure of a row of the page, by column. */
function measured(event: string, row: string, column: number): number {
  const page = RESULTS.slice(RESULTS.indexOf(`### ${event}\n`));
  const line = page.split('\n').find((text) => text.startsWith(`| ${row}`))!;
  return Number(line.split('|')[column]!.replace(/[,* ]/g, ''));
}

describe.each(EVENTS)('the load of %s', (event, expected, lanes) => {
  const { writes, linesPerSecond, edgeShards } = loadOf(expected, lanes);
  const UNITS = 3;

  it('has the write units that were counted', () => {
    const state = ['heads', 'changed viewers', 'journals'].map((row) =>
      measured(event, row, UNITS),
    );
    const sum = state.reduce((total, n) => total + n, 0);
    expect(Math.abs(writes.state / sum - 1)).toBeLessThan(0.02);
    expect(Math.abs(writes.views / measured(event, 'Views', UNITS) - 1)).toBeLessThan(0.02);
  });

  it('has its lines and shards', () => {
    expect(linesPerSecond).toBe(expected.viewers / 3);
    expect(RESULTS).toContain(`${lanes} lanes, ${edgeShards} source shards`);
  });

  it('costs what was counted, and the fee of CloudFront', () => {
    const rows = eventCost(expected, lanes, 2);
    const perMillion = (sumOf(rows) / (linesPerSecond * 7_200)) * 1e6;
    const beyond = perMillion - PRICES.realtimeLine * 1e6;
    const told = measured(event, '**together**', 2);
    expect(Math.abs(beyond / told - 1)).toBeLessThan(0.04);
  });
});

const only = (rows: readonly CostRow[], what: RegExp) =>
  rows.filter((row) => what.test(`${row.service} ${row.what}`));

describe('eventCost', () => {
  it('grows with the hours and nothing else', () => {
    const [two, four] = [2, 4].map((hours) => eventCost(steady(3_000, 1), 16, hours));
    expect(sumOf(four!)).toBeCloseTo(2 * sumOf(two!), 9);
  });

  it('of provisioned shards is by shards and payload units, not by bytes', () => {
    const rows = eventCost({ ...steady(2_000, 1), edgeStream: 'provisioned' }, 16, 1);
    // 667 lines/s, 1,000 with headroom: one shard of 1,000.
    expect(only(rows, /stream of lines, 1 shards/)[0]!.usd).toBeCloseTo(0.015, 9);
    expect(only(rows, /lines in$/)[0]!.usd).toBeCloseTo(2.4 * 0.014, 9);
    expect(only(rows, /lines out/)).toEqual([]);
  });

  it('asks of the web ACL 0.60 for a million requests', () => {
    expect(webAclCost(steady(3_000, 1), 1).usd).toBeCloseTo(3.6 * 0.6, 9);
  });
});

describe('standingCost', () => {
  it('is mostly shards of packets, by the hour, when there are many', () => {
    const standing = { lanes: 64, edgeStream: 'on_demand', edgeShards: 4, sets: 16 } as const;
    const [few, many] = [4, 32].map((packetShards) => standingCost({ ...standing, packetShards }));
    expect(sumOf(many!) - sumOf(few!)).toBeCloseTo(28 * 730 * 0.015, 6);
    expect(only(many!, /32 shards/)[0]!.usd / sumOf(many!)).toBeGreaterThan(0.5);
  });
});

/** Thirteen minutes of enforce are played, on a machine that may be busy. */
jest.setTimeout(60_000);

describe('minuteUnits', () => {
  it.each([
    [16, 6, 2],
    [64, 6, 2],
    [16, 2, 1],
  ] as const)('of enforce, %i lanes, %i + %i sets, are those that it reads', async (...given) => {
    const [lanes, setsV4, setsV6] = given;
    const world = new GuardWorld({
      ...{ prng: new Prng(1), settings: { ...guardSettings({ setsV4, setsV6 }), lanes } },
      ...{ exempt: exemptList('own', []), faults: QUIET, sizeMax: 10_000, stepMs: 5 },
      ...{ wafPercent: 0, crashPercent: 0, zombiePercent: 0, slowPercent: 0 },
    });
    await world.play(180_000);
    const count = () =>
      [world.dynamo.readUnits, world.dynamo.writeUnits].map((m) => m.get(BLOCKS)!);
    const before = count();
    await world.play(600_000);
    const [reads, writes] = count().map((n, at) => (n - before[at]!) / 10);
    const told = minuteUnits({ lanes, edgeShards: 4, sets: 2 * (setsV4 + setsV6) });
    expect(Math.abs(told.enforceReads / reads! - 1)).toBeLessThan(0.02);
    expect(writes).toBeLessThanOrEqual(told.writes - 2);
  });

  it('of watch are those that it reads', async () => {
    const rig = new HandlerRig();
    const rows = Array.from({ length: 400 }, (_, n) =>
      rowOf({ ip: networkIp(n % 64), tMs: NOON_MS }),
    );
    await rig.makeIntake()(rig.putLines(rows));
    await rig.tallyAll();
    const watch = rig.makeWatch();
    await watch();
    const before = rig.dynamo.readUnits.get('State')!;
    await watch();
    const reads = rig.dynamo.readUnits.get('State')! - before;
    const told = minuteUnits({ lanes: ROAD_SETTINGS.lanes, edgeShards: 1, sets: 16 });
    expect(Math.abs(told.watchReads / reads - 1)).toBeLessThan(0.1);
  });
});
