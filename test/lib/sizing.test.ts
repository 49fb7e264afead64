import { LANE_COUNTS, type LaneCount } from '../../lambdas/core/settings';
import { lanesFor, LINES_PER_SECOND_MAX, linesPerSecondOf } from '../../lambdas/core/sizing';
import { parseConfig } from '../../lib/config';
import { pipelineOf, SHARD_PACKETS_PER_SECOND_MAX } from '../../lib/pipeline';
import { problemsOf } from './config-support';
import { resourceOf, synthTemplate } from './stack-support';

/**
 * Goal: who says how many viewers come learns before the first deploy whether they can be carried, and
 * gets streams and tables for them. Method: both sides of each limit.
 */
const WARM = 'WarmThroughput';
/** Viewers of 6 s segments that make exactly so many lines a second: half a line each. */
const viewersOf = (lines: number) => lines * 2;
const expecting = (viewers: number, lanes: LaneCount, more: object = {}) => ({
  lanes,
  expected: { viewers, ...more },
});

describe('linesPerSecondOf', () => {
  it.each([
    [{ viewers: 1, segmentSeconds: 6, requestsPerSegment: 2 }, 1], // half a line is one
    [{ viewers: 8_000, segmentSeconds: 6, requestsPerSegment: 2 }, 4_000],
    [{ viewers: 8_000, segmentSeconds: 2, requestsPerSegment: 2 }, 12_000],
    [{ viewers: 8_000, segmentSeconds: 6, requestsPerSegment: 4 }, 8_000],
    [{ viewers: 8_001, segmentSeconds: 6, requestsPerSegment: 2 }, 4_001],
  ])('of %j are %i', (audience, lines) => {
    expect(linesPerSecondOf(audience)).toBe(lines);
  });
});

describe('lanesFor', () => {
  it.each([
    [1, 16],
    [4_000, 16],
    [4_001, 64],
    [100_000, 64],
    [100_001, 256],
    [500_000, 256],
    [500_001, 512],
    [2_000_000, 512],
    [2_000_001, undefined],
  ])('%i lines/s are %p', (lines, lanes) => {
    expect(lanesFor(lines)).toBe(lanes);
  });
});

describe('expected', () => {
  it.each(LANE_COUNTS)('is held by %i lanes up to what they carry', (lanes) => {
    const viewers = viewersOf(LINES_PER_SECOND_MAX[lanes]);
    expect(problemsOf(expecting(viewers, lanes)).where).toEqual([]);
    expect(problemsOf(expecting(viewers + 1, lanes)).where).toEqual([
      lanes === 512 ? 'expected' : 'lanes',
    ]);
  });

  it('names lines, viewers, and the next number of lanes that will do', () => {
    expect(problemsOf(expecting(300_000, 16)).text).toContain(
      'lanes: expected at least 256 for 150,000 lines/s of 300,000 viewers, got 16',
    );
    expect(problemsOf({ expected: { viewers: 8_001 } }).text).toContain('at least 64');
    expect(problemsOf(expecting(5_000_000, 64, { segmentSeconds: 2 })).text).toContain(
      'expected: expected an audience of at most 2,000,000 lines/s, what 512 lanes carry, got 7,500,000 lines/s of 5,000,000 viewers',
    );
  });

  it.each([
    [{}, 'expected.viewers'],
    [{ viewers: 0 }, 'expected.viewers'],
    [{ viewers: 40_000_001 }, 'expected.viewers'],
    [{ viewers: 1.5 }, 'expected.viewers'],
    [{ viewers: 1, segmentSeconds: 0.4 }, 'expected.segmentSeconds'],
    [{ viewers: 1, requestsPerSegment: 65 }, 'expected.requestsPerSegment'],
    [{ viewers: 1, edgeStream: 'ON_DEMAND' }, 'expected.edgeStream'],
    [{ viewers: 1, viewer: 1 }, 'expected'],
  ])('may not be %j', (expected, where) => {
    expect(problemsOf({ lanes: 512, expected }).where).toContain(where);
  });

  it('is not needed', () => {
    expect(parseConfig({}).expected).toBeUndefined();
  });
});

describe('the edge stream', () => {
  const edgeOf = (viewers: number, lanes: LaneCount, edgeStream: string) =>
    pipelineOf(parseConfig(expecting(viewers, lanes, { edgeStream }))).streams.edgeLines;

  it.each([
    ['on_demand', { mode: 'ON_DEMAND', shards: 150 }],
    ['warm', { mode: 'ON_DEMAND', shards: 150, warmMiBps: 75 }],
    ['provisioned', { mode: 'PROVISIONED', shards: 75 }],
  ])('for 50,000 lines/s is, %s', (edgeStream, expected) => {
    const stream = edgeOf(viewersOf(50_000), 64, edgeStream);
    expect(stream).toEqual({ ...expected, retentionHours: 168 });
  });

  it.each(LANE_COUNTS)('of %i lanes takes the lines, and its packets fit', (lanes) => {
    for (const share of [0.001, 0.3, 1]) {
      const lines = LINES_PER_SECOND_MAX[lanes] * share;
      const json = expecting(viewersOf(lines), lanes, { edgeStream: 'provisioned' });
      const { streams, eventSources } = pipelineOf(parseConfig(json));
      expect(streams.edgeLines.shards * 1_000).toBeGreaterThanOrEqual(lines);
      const batches = streams.edgeLines.shards / eventSources.intake.windowSeconds;
      const packets = (batches * lanes) / streams.viewerPackets.shards;
      expect(packets).toBeLessThanOrEqual(SHARD_PACKETS_PER_SECOND_MAX);
    }
  });

  it('is provisioned in the template without what only on demand knows', () => {
    const json = expecting(viewersOf(50_000), 64, { edgeStream: 'provisioned' });
    const stream = resourceOf(
      synthTemplate(json),
      'AWS::Kinesis::Stream',
      'TurnoutEdgeLinesStream',
    ).Properties;
    expect(stream).toMatchObject({
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      ShardCount: 75,
    });
    expect(stream).not.toHaveProperty('RecordDistributionStrategy');
    expect(stream).not.toHaveProperty('WarmThroughputMiBps');
  });

  it('is warm in the template, and so is State where a new table would not do', () => {
    const at = (lines: number, lanes: LaneCount) => {
      const json = expecting(viewersOf(lines), lanes, { edgeStream: 'warm' });
      const template = synthTemplate(json);
      const table = (id: string) =>
        resourceOf(template, 'AWS::DynamoDB::GlobalTable', `TurnoutTables${id}`).Properties;
      const stream = resourceOf(template, 'AWS::Kinesis::Stream', 'TurnoutEdgeLinesStream');
      return [stream.Properties['WarmThroughputMiBps'], table('State')[WARM], table('Views')];
    };
    const [small, none] = at(50_000, 64);
    expect([small, none]).toEqual([75, undefined]);
    const [large, state, views] = at(100_000, 64);
    expect([large, state]).toEqual([150, { WriteUnitsPerSecond: 5_500 }]);
    expect(views).not.toHaveProperty(WARM);
  });
});

describe('the table State', () => {
  const unitsOf = (lines: number, edgeStream: string) =>
    pipelineOf(parseConfig(expecting(viewersOf(lines), 512, { edgeStream }))).stateWriteUnits;

  it.each([
    [72_727, undefined], // 4,000 units, what a new table takes
    [72_729, 4_001],
    [100_000, 5_500],
    [727_272, 40_000],
    [2_000_000, 40_000], // the quota of a table
  ])('is prepared for %i lines/s with %p units', (lines, units) => {
    expect(unitsOf(lines, 'warm')).toBe(units);
    expect(unitsOf(lines, 'provisioned')).toBe(units);
    expect(unitsOf(lines, 'on_demand')).toBeUndefined();
  });
});
