/**
 * Plays an event through the real handlers and adapters on the doubles of test/sim, batched by the
 * windows of lib/pipeline.ts, and counts what the services would count.
 */
import type { KinesisStreamEvent } from 'aws-lambda';
import { makeBlobStore } from '../lambdas/adapters/blob-store';
import { makeJournalStore } from '../lambdas/adapters/journal-store';
import { makeLaneStore } from '../lambdas/adapters/lane-store';
import { makePacketWriter } from '../lambdas/adapters/packet-writer';
import { makeViewsReader } from '../lambdas/adapters/views-reader';
import { makeViewsWriter } from '../lambdas/adapters/views-writer';
import type { LaneCount } from '../lambdas/core/settings';
import { makeIntake } from '../lambdas/intake/intake';
import { makeTally } from '../lambdas/tally/tally';
import { SCALES } from '../lib/pipeline';
import { FakeDynamo } from '../test/sim/fake-dynamo';
import { FakeKinesis } from '../test/sim/fake-kinesis';
import { START_MS, makeChance } from './edge-log';
import { compareWithRecount, makeRecount } from './road-answer';
import { eveningSeconds, steadySeconds } from './road-crowd';
import { EdgeShards, makeEvent } from './road-event';
import { LOG_DELAY_MS, POLL_SECONDS, makeLaneFinder } from './road-input';
import { TIME, intakeRules, settingsOf, tallyRules } from './road-ports';
import { Meter, type UnitsOfKind, makeRoundTrips } from './units-meter';

export interface UnitsPlan {
  readonly name: string;
  readonly seed: number;
  readonly lanes: LaneCount;
  /** of the whole event, at a time */
  readonly viewers: number;
  readonly event: 'steady' | 'evening';
  /** of a steady event */
  readonly contents: number;
  /** before anything is counted */
  readonly warmSeconds: number;
  readonly seconds: number;
  /** lanes from the first on whose viewers are played; the others would be like them */
  readonly lanesPlayed: number;
}

/** Counted in `seconds` of event time, of what was played. */
export interface UnitsPlayed {
  readonly lines: number;
  readonly lineBytes: number;
  readonly kinds: readonly UnitsOfKind[];
  readonly readUnits: number;
  readonly packets: number;
  readonly packetBytes: number;
  readonly payloadUnits: number;
  readonly functions: Readonly<Record<'intake' | 'tally', FunctionUse>>;
}

export interface FunctionUse {
  readonly invocations: number;
  /** of the handler; the doubles are in it, the SDK is not */
  readonly cpuMs: number;
  /** round trips that waited for one another */
  readonly roundTrips: number;
}

const [STATE, VIEWS, PACKETS] = ['State', 'Views', 'packets'];

/** Throws if what stands in Views in the end is not what a recount of all lines counts. */
export async function playUnits(plan: UnitsPlan): Promise<UnitsPlayed> {
  const { lanes, seed, warmSeconds, seconds } = plan;
  const scale = SCALES[lanes];
  const road = makeRoad(lanes);
  const shards = new EdgeShards(scale.edgeShards, makeChance(seed));
  const recount = makeRecount(settingsOf(lanes));
  const versionSeconds = scale.tallyWindowSeconds + POLL_SECONDS;
  let [second, lines, lineBytes] = [0, 0, 0];
  for (const rows of rowsOf(plan)) {
    if (second === warmSeconds) {
      road.reset();
      lines = lineBytes = 0;
    }
    second += 1;
    road.nowMs = START_MS + second * 1_000 + LOG_DELAY_MS;
    const bytes = Buffer.from(rows.map((row) => `${row}\n`).join(''), 'latin1');
    lines += rows.length;
    lineBytes += bytes.length;
    if (rows.length > 0) recount.feed(bytes);
    for (const event of shards.deal(rows, road.nowMs)) await road.takeIn(event);
    if (second % versionSeconds === 0) await road.foldAll(scale.tallyBatchSize);
  }
  if (second !== warmSeconds + seconds || second % versionSeconds > 0) {
    throw new Error(`${second} s are played, expected versions of ${versionSeconds} s`);
  }
  const played = { lines, lineBytes, ...road.told() };
  compareWithRecount(await road.items(), settingsOf(lanes), recount);
  return played;
}

function rowsOf(plan: UnitsPlan) {
  const { lanes, lanesPlayed, viewers } = plan;
  const seconds = plan.warmSeconds + plan.seconds;
  if (plan.event === 'evening') {
    if (lanesPlayed < lanes) throw new Error('an evening is played with all lanes');
    return eveningSeconds({ seed: plan.seed, viewers, seconds });
  }
  const laneOf = makeLaneFinder(lanes);
  return steadySeconds({
    ...{ seed: plan.seed, contents: plan.contents, seconds },
    viewers: Math.round((viewers * lanesPlayed) / lanes),
    isPlayed: (ip) => laneOf(ip) < lanesPlayed,
  });
}

function makeRoad(lanes: LaneCount) {
  const clock = { nowMs: START_MS };
  const now = () => clock.nowMs;
  const settings = settingsOf(lanes);
  const trips = makeRoundTrips();
  const meter = new Meter();
  const dynamo: FakeDynamo = new FakeDynamo({
    tables: [STATE, VIEWS],
    before: trips.wait,
    after: (call) => meter.take(call, dynamo),
  });
  const streams = { [PACKETS]: SCALES[lanes].packetShards };
  const kinesis = new FakeKinesis({ streams, now, before: trips.wait });
  const intake = makeIntake({
    ...intakeRules(settings, now),
    journals: makeJournalStore(dynamo, STATE, now),
    packets: makePacketWriter({ kinesis, stream: PACKETS, lanes, ...NO_PATIENCE }),
  });
  const tally = makeTally({
    ...tallyRules(settings, now),
    lanes: makeLaneStore(dynamo, STATE),
    blobs: makeBlobStore(dynamo, STATE),
    views: makeViewsWriter({ dynamo, table: VIEWS }),
  });
  const use = { intake: newUse(), tally: newUse() };
  let before = { ...kinesis.put };
  const run = async (name: keyof typeof use, event: KinesisStreamEvent) => {
    const cpu = process.cpuUsage();
    const tripsBefore = trips.count();
    await (name === 'intake' ? intake : tally)(event, TIME);
    const { user, system } = process.cpuUsage(cpu);
    use[name].invocations += 1;
    use[name].cpuMs += (user + system) / 1_000;
    use[name].roundTrips += trips.count() - tripsBefore;
  };
  return Object.assign(clock, {
    takeIn: (event: KinesisStreamEvent) => run('intake', event),
    async foldAll(batchSize: number) {
      for (const shard of kinesis.stream(PACKETS).shards.values()) {
        while (shard.records.length > 0) {
          const records = shard.records.splice(0, batchSize);
          await run('tally', makeEvent(shard.id, records, PACKETS));
        }
      }
    },
    reset() {
      meter.reset();
      Object.assign(use, { intake: newUse(), tally: newUse() });
      before = { ...kinesis.put };
    },
    told: () => ({
      kinds: meter.kinds(),
      readUnits: meter.readUnits,
      packets: kinesis.put.records - before.records,
      packetBytes: kinesis.put.bytes - before.bytes,
      payloadUnits: kinesis.put.payloadUnits - before.payloadUnits,
      functions: use,
    }),
    async items() {
      const reader = makeViewsReader(dynamo, VIEWS);
      const partitions = new Set(dynamo.items(VIEWS).map(({ pk }) => pk!.S!));
      return (await Promise.all([...partitions].map((pk) => reader.query(pk, ' ', '~')))).flat();
    },
  });
}

const newUse = () => ({ invocations: 0, cpuMs: 0, roundTrips: 0 });

const NO_PATIENCE = {
  pause: async () => {
    throw new Error('nothing is refused here');
  },
  random: () => 0,
};
