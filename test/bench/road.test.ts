import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../../bench/candidates';
import { EDGES, LOG_FIELDS } from '../../bench/edge-log-data';
import { eveningSeconds, steadySeconds } from '../../bench/road-crowd';
import { makeLaneFinder } from '../../bench/road-input';
import { INTAKE_FLOOR, INTAKE_GOAL, renderRoad } from '../../bench/road-results';
import { ROAD_QUICK, type RoadResults, runRoad } from '../../bench/road.bench';
import { bundleChild } from '../../bench/candidates';

describe('the benchmark of the road', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnout-road-test-'));
  let results: RoadResults;

  beforeAll(() => {
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = folder;
    try {
      results = runRoad(ROAD_QUICK);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  test('plays intake and tally, and parses apart', () => {
    expect(results.rows.map(({ id }) => id)).toEqual([
      ...['parse-16-0', 'intake-16-0', 'intake-64-0', 'tally-16-0', 'tally-64-1'],
    ]);
    const [parse, ...others] = results.rows;
    expect(parse).toMatchObject({ lines: 400, packetsPerLine: 0 });
    for (const { lines, median, packetsPerLine } of others) {
      expect(lines).toBeGreaterThan(0);
      expect(median).toBeGreaterThan(0);
      expect(packetsPerLine).toBeGreaterThan(0);
    }
  });

  test('64 lanes are more packets than 16', () => {
    const [, few, many] = results.rows;
    expect(many!.packetsPerLine).toBeGreaterThan(few!.packetsPerLine * 2);
  });

  test('the shares of tally make a whole', () => {
    for (const { stages } of results.stages) {
      expect(stages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
    }
  });

  test('RESULTS.md states goal and floor beside what was measured', () => {
    const text = renderRoad(results);
    for (const n of [INTAKE_GOAL, INTAKE_FLOOR]) expect(text).toContain(n.toLocaleString('en-US'));
    for (const { sha256 } of results.inputs) expect(text).toContain(sha256);
    expect(text).not.toContain('NaN');
  });

  test('leaves nothing behind', () => {
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a packet that is missing is an error, and no fast result', () => {
    const child = bundleChild(folder, 'road-child');
    const shape = { folder, seed: 1, lanes: 16, viewers: 60, contents: 1 };
    runChild(child, ['write-tally', JSON.stringify({ ...shape, seconds: 6, packetShards: 4 })]);
    const run = [JSON.stringify({ folder, lanes: 16, warmBatches: 0 })];
    expect(runChild(child, ['tally', ...run]).answer).toMatchObject({ lines: 120 });
    const batch = readdirSync(folder).find((name) => name.startsWith('batch-'))!;
    rmSync(join(folder, batch));
    expect(() => runChild(child, ['tally', ...run])).toThrow('other contents than a recount');
  });
});

describe('a steady event', () => {
  const options = { seed: 4, viewers: 90, contents: 2, seconds: 12 };

  test('has a manifest and a segment of each viewer in 6 s', () => {
    const seconds = [...steadySeconds(options)];
    expect(seconds).toHaveLength(12);
    const rows = seconds.slice(6).flat();
    expect(rows).toHaveLength(180);
    expect(rows.filter((row) => row.includes('.m3u8'))).toHaveLength(90);
    for (const row of rows) expect(row.split('\t')).toHaveLength(LOG_FIELDS.length);
    const edges = new Set(rows.map((row) => row.split('\t')[6]));
    expect(edges.size).toBeGreaterThan(EDGES.length / 2);
  });

  test('plays only the viewers of the lanes that are asked for', () => {
    const laneOf = makeLaneFinder(64);
    const isPlayed = (ip: string) => laneOf(ip) < 16;
    for (const row of [...steadySeconds({ ...options, isPlayed })].flat()) {
      expect(laneOf(row.split('\t')[1]!)).toBeLessThan(16);
    }
    const never = () => [...steadySeconds({ ...options, isPlayed: () => false })];
    expect(never).toThrow('is played');
  });
});

test('an evening comes second by second', () => {
  const seconds = [...eveningSeconds({ seed: 4, viewers: 300, seconds: 5 })];
  expect(seconds).toHaveLength(5);
  seconds.forEach((rows, second) => {
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(Math.floor(Number(row.split('\t')[0])) % 60).toBe(second);
  });
});

test('the crowd imports nothing of what is measured', () => {
  const text = readFileSync(join(__dirname, '../../bench/road-crowd.ts'), 'utf8');
  const names = [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name!);
  expect(names.filter((name) => !name.startsWith('./edge-log'))).toEqual([]);
});
