/**
 * What the benchmark of the road runs in a process of its own: `node child.js MODE JSON`. Prints its
 * answer, and how long the handlers alone took.
 */
import { createHash } from 'node:crypto';
import type { KinesisStreamEvent } from 'aws-lambda';
import { decodePacket } from '../lambdas/core/road/packet';
import type { OutgoingPacket } from '../lambdas/core/road/ports';
import type { LaneCount } from '../lambdas/core/settings';
import { makeIntake } from '../lambdas/intake/intake';
import { makeTally } from '../lambdas/tally/tally';
import type { ChildAnswer } from './count-child';
import { checkCounts } from './road-answer';
import { makeEvent, shardIdOf } from './road-event';
import {
  type IntakeInput,
  type TallyInput,
  readBatches,
  readLog,
  writeIntakeInput,
  writeTallyInput,
} from './road-input';
import { MemoryPorts, TIME, intakeRules, settingsOf, tallyRules } from './road-ports';

export interface RoadRun {
  readonly folder: string;
  readonly lanes: LaneCount;
  /** batches before the clock starts: an environment lives for hours, and compiles in its first seconds */
  readonly warmBatches: number;
}

export interface RoadTold {
  /** while the clock ran */
  readonly lines: number;
  readonly packets: number;
  /** SHA-256 of all that was made, the warm-up included */
  readonly digest: string;
}

const MODES: Readonly<Record<string, (given: never) => unknown>> = {
  'write-intake': (input: IntakeInput) => writeIntakeInput(input),
  'write-tally': (input: TallyInput) => writeTallyInput(input),
  parse: parseEvents,
  intake: async (run: RoadRun) => (await takeIn(run)).told,
  'check-intake': checkIntake,
  tally: timeTally,
};

/** Time between begin and end alone, summed up. */
const timed = { wallMs: 0, cpuMs: 0 };

async function time<T>(isCounted: boolean, work: () => Promise<T> | T): Promise<T> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const made = await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  if (isCounted) {
    timed.wallMs += wallMs;
    timed.cpuMs += (user + system) / 1_000;
  }
  return made;
}

type Visit = (text: string, isCounted: boolean) => Promise<void>;

async function eachBatch({ folder, warmBatches }: RoadRun, visit: Visit): Promise<void> {
  let n = 0;
  for (const text of readBatches(folder)) {
    await visit(text, n >= warmBatches);
    n += 1;
  }
}

/** What Lambda's own runtime does before the handler is called. */
async function parseEvents(run: RoadRun): Promise<RoadTold> {
  const hash = createHash('sha256');
  let lines = 0;
  await eachBatch(run, async (text, isCounted) => {
    const { Records } = await time(isCounted, () => JSON.parse(text) as KinesisStreamEvent);
    if (isCounted) lines += Records.length;
    for (const { kinesis } of Records) hash.update(kinesis.data);
  });
  return { lines, packets: 0, digest: hash.digest('hex') };
}

async function takeIn(run: RoadRun): Promise<{ told: RoadTold; batches: OutgoingPacket[][] }> {
  const ports = new MemoryPorts();
  let nowMs = 0;
  const intake = makeIntake({
    ...intakeRules(settingsOf(run.lanes), () => nowMs),
    journals: ports.journals,
    packets: ports.packets,
  });
  const batches: OutgoingPacket[][] = [];
  let [lines, packets] = [0, 0];
  await eachBatch(run, async (text, isCounted) => {
    const event = JSON.parse(text) as KinesisStreamEvent;
    nowMs = arrivalOf(event);
    await time(isCounted, () => intake(event, TIME));
    const sent = ports.sent.splice(0);
    batches.push(sent);
    if (!isCounted) return;
    lines += event.Records.length;
    packets += sent.length;
  });
  const hash = createHash('sha256');
  for (const { data } of batches.flat()) hash.update(data);
  return { told: { lines, packets, digest: hash.digest('hex') }, batches };
}

/** The packets hold every line once, and what a tally makes of them is what a recount counts. */
async function checkIntake(run: RoadRun): Promise<RoadTold> {
  const { told, batches } = await takeIn(run);
  const log = readLog(run.folder);
  const sum = { lines: 0, hits: 0 };
  for (const { data } of batches.flat()) {
    const { ledger } = decodePacket(data);
    sum.lines += ledger.lines;
    sum.hits += ledger.hits;
  }
  const rows = log.toString('latin1').trimEnd().split('\n');
  const hits = rows.filter((row) => row.includes('\t')).length;
  if (sum.lines !== rows.length || sum.hits !== hits) {
    throw new Error(
      `packets have ${sum.lines} lines and ${sum.hits} hits, expected ${rows.length} and ${hits}`,
    );
  }
  const ports = new MemoryPorts();
  const tally = tallyOf(run, ports, () => 0);
  for (const [n, packets] of batches.entries()) {
    const records = packets.map(({ data }, at) => ({
      sequence: String(n * 1_000 + at + 1),
      data,
      arrivalMs: 0,
    }));
    await tally(makeEvent(shardIdOf(0), records), TIME);
  }
  checkCounts(ports.published, settingsOf(run.lanes), log);
  return told;
}

async function timeTally(run: RoadRun): Promise<RoadTold> {
  const ports = new MemoryPorts();
  let nowMs = 0;
  const tally = tallyOf(run, ports, () => nowMs);
  let [lines, packets] = [0, 0];
  await eachBatch(run, async (text, isCounted) => {
    const event = JSON.parse(text) as KinesisStreamEvent;
    nowMs = arrivalOf(event);
    await time(isCounted, () => tally(event, TIME));
    if (!isCounted) return;
    for (const { kinesis } of event.Records) {
      lines += decodePacket(Buffer.from(kinesis.data, 'base64')).ledger.lines;
    }
    packets += event.Records.length;
  });
  const digest = checkCounts(ports.published, settingsOf(run.lanes), readLog(run.folder));
  return { lines, packets, digest };
}

function tallyOf({ lanes }: RoadRun, ports: MemoryPorts, now: () => number) {
  return makeTally({
    ...tallyRules(settingsOf(lanes), now),
    lanes: ports.lanes,
    blobs: ports.blobs,
    views: ports.views,
  });
}

function arrivalOf({ Records }: KinesisStreamEvent): number {
  return Math.round(Records[0]!.kinesis.approximateArrivalTimestamp * 1_000);
}

async function main([mode = '', given = '{}']: readonly string[]): Promise<void> {
  const work = MODES[mode];
  if (work === undefined) {
    throw new Error(`expected ${Object.keys(MODES).join(', ')}, got ${mode}`);
  }
  const answer = await work(JSON.parse(given) as never);
  const told: ChildAnswer = { answer, ...timed };
  process.stdout.write(JSON.stringify(told), () => process.exit());
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
