import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { LANE_COUNTS } from '../../lambdas/core/settings';
import { LINES_PER_SECOND_MAX } from '../../lambdas/core/sizing';
import { parseConfig } from '../../lib/config';
import { pipelineOf, SHARD_PACKETS_PER_SECOND_MAX } from '../../lib/pipeline';
import { problemsOf } from './config-support';

const ROOT = join(__dirname, '../..');

describe('lanes', () => {
  it.each(LANE_COUNTS)('may be %i', (lanes) => {
    expect(parseConfig({ lanes }).lanes).toBe(lanes);
  });
  it.each([0, 1, 15, 17, 32, 128, 511, 513, 1_024, '16', null, [16]])('may not be %p', (lanes) => {
    expect(problemsOf({ lanes })).toMatchObject({ where: ['lanes'] });
  });
  it('are 16 when nothing is said', () => {
    expect(parseConfig({}).lanes).toBe(16);
  });
  it('are named in the error', () => {
    expect(problemsOf({ lanes: 32 }).text).toContain(
      'lanes: expected one of 16, 64, 256, 512, got 32',
    );
  });
});

describe('pipelineOf', () => {
  const pipelines = LANE_COUNTS.map(
    (lanes) => [lanes, pipelineOf(parseConfig({ lanes }))] as const,
  );

  it('is this without a configuration', () => {
    const exactlyOnce = {
      parallelizationFactor: 1,
      retryAttempts: -1,
      maxRecordAgeSeconds: -1,
      startingPosition: 'TRIM_HORIZON',
      bisectOnError: false,
    };
    expect(pipelineOf(parseConfig({}))).toEqual({
      lanes: 16,
      streams: {
        edgeLines: { mode: 'ON_DEMAND', shards: 4, retentionHours: 168 },
        viewerPackets: { mode: 'PROVISIONED', shards: 4, retentionHours: 168 },
      },
      functions: {
        intake: { entry: 'lambdas/intake/handler.ts', memoryMb: 1_769, timeoutSeconds: 60 },
        tally: { entry: 'lambdas/tally/handler.ts', memoryMb: 3_008, timeoutSeconds: 120 },
        watch: { entry: 'lambdas/watch/handler.ts', memoryMb: 1_024, timeoutSeconds: 50 },
        enforce: { entry: 'lambdas/enforce/handler.ts', memoryMb: 1_769, timeoutSeconds: 60 },
        control: { entry: 'lambdas/control/handler.ts', memoryMb: 512, timeoutSeconds: 20 },
        api: { entry: 'lambdas/api/handler.ts', memoryMb: 1_769, timeoutSeconds: 29 },
      },
      eventSources: {
        intake: { batchSize: 5_000, windowSeconds: 1, ...exactlyOnce },
        tally: { batchSize: 500, windowSeconds: 2, ...exactlyOnce },
      },
      blocksSource: {
        ...exactlyOnce,
        batchSize: 1_000,
        windowSeconds: 1,
        retryAttempts: 2,
        maxRecordAgeSeconds: 60,
      },
    });
  });

  it.each(pipelines)('%i lanes: never gives up, skips or cuts a batch', (_, { eventSources }) => {
    for (const source of Object.values(eventSources)) {
      expect(source).toMatchObject({
        parallelizationFactor: 1,
        retryAttempts: -1,
        maxRecordAgeSeconds: -1,
        bisectOnError: false,
      });
    }
  });

  it.each(pipelines)('%i lanes: stays within what Lambda takes', (_, pipeline) => {
    const sources = [...Object.values(pipeline.eventSources), pipeline.blocksSource];
    for (const { batchSize, windowSeconds } of sources) {
      expect(batchSize).toBeLessThanOrEqual(10_000);
      // A window of 0 is refused above 10 records.
      expect(windowSeconds).toBeGreaterThanOrEqual(1);
      expect(windowSeconds).toBeLessThanOrEqual(300);
    }
    for (const { entry, memoryMb, timeoutSeconds } of Object.values(pipeline.functions)) {
      expect(existsSync(join(ROOT, entry))).toBe(true);
      expect(memoryMb).toBeLessThanOrEqual(10_240);
      expect(timeoutSeconds).toBeLessThanOrEqual(900);
    }
    expect(pipeline.functions.watch.timeoutSeconds).toBeLessThan(60);
  });

  it.each(pipelines)('%i lanes: no lane lies across two shards', (lanes, { streams }) => {
    expect(Number.isInteger(lanes / streams.viewerPackets.shards)).toBe(true);
    expect(Math.log2(streams.viewerPackets.shards) % 1).toBe(0);
  });

  it.each(pipelines)('%i lanes: a shard gets at most 500 packets/s', (lanes, pipeline) => {
    const { edgeLines, viewerPackets } = pipeline.streams;
    const batchesPerSecond = edgeLines.shards / pipeline.eventSources.intake.windowSeconds;
    const packetsPerSecond = (batchesPerSecond * lanes) / viewerPackets.shards;
    expect(packetsPerSecond).toBeLessThanOrEqual(SHARD_PACKETS_PER_SECOND_MAX);
    // The window decides when tally is called: what comes in it, and in a second of polling, fits.
    const { batchSize, windowSeconds } = pipeline.eventSources.tally;
    expect(packetsPerSecond * (windowSeconds + 1)).toBeLessThanOrEqual(batchSize);
  });

  it.each(pipelines)('%i lanes: the edge stream takes the lines promised', (lanes, pipeline) => {
    const { shards } = pipeline.streams.edgeLines;
    expect(shards * 1_000).toBeGreaterThanOrEqual(LINES_PER_SECOND_MAX[lanes]);
    // What one shard brings in a window and a second of polling fits into a batch.
    const { batchSize, windowSeconds } = pipeline.eventSources.intake;
    const linesPerShard = LINES_PER_SECOND_MAX[lanes] / shards;
    expect(linesPerShard * (windowSeconds + 1)).toBeLessThanOrEqual(batchSize);
  });
});

describe('docs/CONFIGURATION.md', () => {
  it('promises what the pipeline is made for', () => {
    const text = readFileSync(join(ROOT, 'docs/CONFIGURATION.md'), 'utf8').replaceAll('\n', ' ');
    const numbers = LANE_COUNTS.map((lanes) => LINES_PER_SECOND_MAX[lanes]);
    const [small, ...others] = numbers.map((n) => n.toLocaleString('en-US'));
    expect(text).toContain(`16 up to ${small} lines/s`);
    for (const [n, lines] of others.entries()) {
      expect(text).toContain(`${LANE_COUNTS[n + 1]} up to ${lines}`);
    }
  });
});
