/** Batches for the benchmarks of intake and tally, as files: the JSON that Lambda hands over. */
import { closeSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { KinesisStreamEvent } from 'aws-lambda';
import { CACHE_SIZES } from '../lambdas/core/edge/hit-reader';
import { Scanner, hashNetwork } from '../lambdas/core/edge/scanner';
import { makeAddressWords, parseAddress } from '../lambdas/core/edge/values';
import type { LaneCount } from '../lambdas/core/settings';
import { makeIntake } from '../lambdas/intake/intake';
import { SCALES } from '../lib/pipeline';
import { START_MS, makeChance, makeRequests } from './edge-log';
import { renderRealtime } from './edge-log-files';
import { steadySeconds } from './road-crowd';
import { EdgeShards, makeEvent, shardIdOf } from './road-event';
import { KEYS, MemoryPorts, TIME, intakeRules, settingsOf } from './road-ports';

/** A line is in the stream so long after its request. */
export const LOG_DELAY_MS = 3_000;
/** A poll of a shard, besides the batching window. */
export const POLL_SECONDS = 1;
const DAMAGED = 'damaged';
const LOG = 'lines.log';

export interface InputTold {
  readonly lines: number;
  readonly batches: number;
  /** of the lines */
  readonly sha256: string;
}

export interface IntakeInput {
  readonly folder: string;
  readonly seed: number;
  readonly batches: number;
  readonly linesPerBatch: number;
  readonly viewers: number;
  /** lines of the event before the first batch: everybody comes then */
  readonly skipped: number;
}

/** Full batches of one shard; the last line of each is damaged. */
export function writeIntakeInput(input: IntakeInput): InputTold {
  const { folder, seed, batches, linesPerBatch, viewers, skipped } = input;
  const log = makeLog(folder);
  const shards = new EdgeShards(1, makeChance(seed));
  const linesMax = skipped + batches * linesPerBatch;
  let rows: string[] = [];
  let n = 0;
  let written = 0;
  for (const request of makeRequests({ seed, lines: linesMax, viewers })) {
    n += 1;
    if (n <= skipped) continue;
    rows.push(rows.length < linesPerBatch - 1 ? renderRealtime(request, n) : DAMAGED);
    if (rows.length < linesPerBatch) continue;
    log.add(rows);
    writeBatch(folder, written, shards.batch(0, rows, request.tMs + LOG_DELAY_MS));
    written += 1;
    rows = [];
  }
  return { lines: batches * linesPerBatch, batches: written, sha256: log.end() };
}

export interface TallyInput {
  readonly folder: string;
  readonly seed: number;
  readonly lanes: LaneCount;
  /** of the whole event */
  readonly viewers: number;
  readonly contents: number;
  readonly seconds: number;
  /** only these shards of the second stream are played, from the first on */
  readonly packetShards: number;
}

/** The batches that shards of the second stream give a tally, by the windows of lib/pipeline.ts. */
export async function writeTallyInput(input: TallyInput): Promise<InputTold> {
  const { folder, seed, lanes, contents, seconds, packetShards } = input;
  const scale = SCALES[lanes];
  const lanesPerShard = lanes / scale.packetShards;
  const lanesPlayed = packetShards * lanesPerShard;
  const log = makeLog(folder);
  const ports = new MemoryPorts();
  let nowMs = START_MS;
  const intake = makeIntake({
    ...intakeRules(settingsOf(lanes), () => nowMs),
    journals: ports.journals,
    packets: ports.packets,
  });
  const shards = new EdgeShards(scale.edgeShards, makeChance(seed));
  const laneOf = makeLaneFinder(lanes);
  const crowd = steadySeconds({
    ...{ seed, contents, seconds },
    viewers: Math.round((input.viewers * lanesPlayed) / lanes),
    isPlayed: (ip) => laneOf(ip) < lanesPlayed,
  });
  const versionSeconds = scale.tallyWindowSeconds + POLL_SECONDS;
  let [second, lines, batches, sequence] = [0, 0, 0, 0];
  for (const rows of crowd) {
    second += 1;
    nowMs = START_MS + second * 1_000 + LOG_DELAY_MS;
    lines += rows.length;
    log.add(rows);
    for (const event of shards.deal(rows, nowMs)) await intake(event, TIME);
    if (second % versionSeconds > 0 && second < seconds) continue;
    const sent = ports.sent.splice(0);
    for (let shard = 0; shard < packetShards; shard += 1) {
      const own = sent.filter(({ lane }) => Math.floor(lane / lanesPerShard) === shard);
      const records = own.map(({ data }) => {
        sequence += 1;
        return { sequence: String(sequence).padStart(56, '4'), data, arrivalMs: nowMs };
      });
      const event = makeEvent(shardIdOf(shard), records, 'turnout-viewer-packets');
      writeBatch(folder, batches, event);
      batches += 1;
    }
  }
  return { lines, batches, sha256: log.end() };
}

/** The batches of a folder in order, as text. */
export function* readBatches(folder: string): Generator<string> {
  const files = readdirSync(folder).filter((name) => name.startsWith('batch-'));
  for (const file of files.sort()) yield readFileSync(join(folder, file), 'utf8');
}

export function readLog(folder: string): Buffer {
  return readFileSync(join(folder, LOG));
}

/** The lane of an address, as intake finds it. */
export function makeLaneFinder(lanes: number): (ip: string) => number {
  const hash = new Scanner(CACHE_SIZES).makeDailyHash(KEYS);
  const address = makeAddressWords();
  return (ip) => {
    const bytes = Buffer.from(ip, 'latin1');
    if (!parseAddress(bytes, 0, bytes.length, address)) throw new Error(`${ip} is no address`);
    const { isV4, words } = address;
    return isV4
      ? hashNetwork(hash, 0xffff, words[3]!) % lanes
      : hashNetwork(hash, words[0]!, words[1]!) % lanes;
  };
}

function writeBatch(folder: string, n: number, event: KinesisStreamEvent): void {
  const name = `batch-${String(n).padStart(6, '0')}.json`;
  writeFileSync(join(folder, name), JSON.stringify(event));
}

function makeLog(folder: string) {
  const file = openSync(join(folder, LOG), 'w');
  const hash = createHash('sha256');
  return {
    add(rows: readonly string[]) {
      if (rows.length === 0) return;
      const bytes = Buffer.from(`${rows.join('\n')}\n`, 'latin1');
      hash.update(bytes);
      writeSync(file, bytes);
    },
    end() {
      closeSync(file);
      return hash.digest('hex');
    },
  };
}
