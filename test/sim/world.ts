import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { makeBlobStore } from '../../lambdas/adapters/blob-store';
import { makeJournalStore } from '../../lambdas/adapters/journal-store';
import { makeLaneStore } from '../../lambdas/adapters/lane-store';
import { makePacketWriter } from '../../lambdas/adapters/packet-writer';
import { makeQuarantine } from '../../lambdas/adapters/quarantine';
import { makeRecordReader } from '../../lambdas/adapters/record-reader';
import type { Telemetry } from '../../lambdas/adapters/telemetry';
import { makeViewerKeys } from '../../lambdas/adapters/viewer-key';
import { makeViewsWriter } from '../../lambdas/adapters/views-writer';
import { type Days, makeDays } from '../../lambdas/core/audience/day';
import { IntervalReader } from '../../lambdas/core/road/interval';
import { LANE_LIMITS } from '../../lambdas/core/road/lane';
import type { Settings } from '../../lambdas/core/settings';
import { makeIntake } from '../../lambdas/intake/intake';
import { makeTally } from '../../lambdas/tally/tally';
import type { Prng } from '../support/prng';
import { FakeDynamo } from './fake-dynamo';
import { FakeKinesis } from './fake-kinesis';
import type { FakeShard } from './fake-shard';
import { type Faults, makeFaultyClient } from './faulty-client';
import { type Environment, type Handler, Poller } from './poller';
import { Task, settled } from './tasks';

export const [EDGE_LINES, VIEWER_PACKETS, STATE, VIEWS] = ['lines', 'packets', 'State', 'Views'];

const RETENTION_MS = 7 * 86_400_000;
const KEYS = makeViewerKeys(new TextEncoder().encode('a secret of the simulation'));

/** A blob is gone when another tally committed while this one loaded: the batch comes again. */
const EXPECTED =
  /slow down|answer was lost|ms left, expected|was written by others|blob .* is not stored/;

/** After so many steps a night calms down. */
const CALM_AFTER = 15_000;

export interface WorldProps {
  readonly prng: Prng;
  readonly settings: Settings;
  /** lines as records, in the order in which they arrive */
  readonly rows: readonly string[];
  readonly startMs: number;
  readonly faults: Faults;
  readonly crashPercent: number;
  readonly zombiePercent: number;
  readonly rewindPercent: number;
  /** of 100 steps: a shard of one of the streams is split or merged */
  readonly reshardPercent: number;
}

/** A night of the road: real handlers and adapters, on services in memory, with everything going wrong. */
export class World {
  readonly dynamo: FakeDynamo;
  readonly kinesis: FakeKinesis;
  private nowMs: number;
  private pollers: { readonly poller: Poller; readonly isOver: () => boolean }[] = [];
  private readonly shardsSeen: Record<string, number> = { [EDGE_LINES]: 0, [VIEWER_PACKETS]: 0 };
  private readonly zombies: Task[] = [];
  private readonly delayed: { steps: number; call: () => Promise<unknown> }[] = [];
  private readonly idle = {
    [EDGE_LINES]: [] as Environment[],
    [VIEWER_PACKETS]: [] as Environment[],
  };
  private readonly reader: IntervalReader;
  private readonly days: Days;
  private put = 0;
  private steps = 0;
  private writers = 0;
  readonly counts = new Map<string, number>();
  /** failures that nothing in the world explains */
  readonly errors = new Set<string>();

  constructor(private readonly props: WorldProps) {
    const { prng, settings, startMs } = props;
    this.nowMs = startMs;
    this.dynamo = new FakeDynamo({ tables: [STATE, VIEWS], pageItemsMax: prng.pick([2, 100]) });
    this.kinesis = new FakeKinesis({
      streams: { [EDGE_LINES]: prng.between(1, 3), [VIEWER_PACKETS]: prng.between(1, 3) },
      now: () => this.nowMs,
      recordsPerReadMax: prng.pick([3, 10_000]),
    });
    this.days = makeDays(settings.timeZone, settings.dayStartHour);
    this.reader = new IntervalReader({ settings, lanes: settings.lanes, keys: KEYS });
  }

  /** Plays until all is counted. Throws if the night does not end. */
  async playToTheEnd(stepsMax: number): Promise<void> {
    const { prng } = this.props;
    for (; this.steps < stepsMax; this.steps += 1) {
      await this.putSome();
      await this.putDelayed();
      if (prng.next() * 100 < this.props.reshardPercent) this.reshard();
      if (prng.bool(0.01)) this.nowMs += prng.between(-3_600_000, 3_700_000);
      this.nowMs += prng.int(200);
      const busy = this.busyPollers();
      if (this.zombies.length > 0 && (busy.length === 0 || prng.bool(0.2))) {
        await this.stepZombie();
      } else if (busy.length > 0) await prng.pick(busy).step();
      else if (this.put === this.props.rows.length && this.delayed.length === 0) return;
    }
    const left = [...this.busyPollers().map(String), `${this.zombies.length} zombies`];
    throw new Error(`the night has not ended after ${stepsMax} steps: ${left.join('; ')}`);
  }

  private async putSome(): Promise<void> {
    const { prng, rows } = this.props;
    if (this.put === rows.length || !prng.bool(0.3)) return;
    const some = rows.slice(this.put, this.put + prng.between(1, 20));
    this.put += some.length;
    const Records = some.map((row) => ({
      Data: new TextEncoder().encode(row),
      PartitionKey: String(prng.int(1_000)),
    }));
    await this.kinesis.send(new PutRecordsCommand({ StreamName: EDGE_LINES, Records }));
  }

  private async putDelayed(): Promise<void> {
    for (let n = this.delayed.length - 1; n >= 0; n -= 1) {
      this.delayed[n]!.steps -= 1;
      if (this.delayed[n]!.steps >= 0) continue;
      const [due] = this.delayed.splice(n, 1);
      await due!.call();
    }
  }

  /** Shards with something to do. A child may be read before its parent has come to its end. */
  private busyPollers(): Poller[] {
    for (const name of [EDGE_LINES, VIEWER_PACKETS]) {
      const { shards } = this.kinesis.stream(name);
      for (const shard of [...shards.values()].slice(this.shardsSeen[name])) {
        const poller = this.makePoller(name, shard);
        this.pollers.push({ poller, isOver: () => shard.closed !== undefined && !poller.hasWork });
      }
      this.shardsSeen[name] = shards.size;
    }
    this.pollers = this.pollers.filter(({ isOver }) => !isOver());
    return this.pollers.flatMap(({ poller }) => (poller.hasWork ? [poller] : []));
  }

  private makePoller(name: string, shard: FakeShard): Poller {
    const { prng, zombiePercent, rewindPercent } = this.props;
    // Small limits make a run long, and one that dies at every hundredth call would never end.
    const crashPercent = () => this.props.crashPercent / (this.steps > CALM_AFTER ? 20 : 1);
    const make = name === EDGE_LINES ? () => this.makeIntake() : () => this.makeTally();
    return new Poller({
      ...{ prng, shard, crashPercent, zombiePercent, rewindPercent },
      environments: this.idle[name]!,
      batchMax: prng.pick([3, 12, 60]),
      makeEnvironment: () => this.makeEnvironment(make),
      zombies: this.zombies,
      failed: (error) => this.judgeError(error),
    });
  }

  /** What the world does to a run is no fault of it; anything else is. */
  private judgeError(error: unknown): void {
    const text = String(error);
    if (!EXPECTED.test(text)) this.errors.add(text);
  }

  private async stepZombie(): Promise<void> {
    const { prng } = this.props;
    const n = prng.int(this.zombies.length);
    const zombie = this.zombies[n]!;
    await zombie.step(prng);
    if (zombie.isDone || prng.bool(0.05)) this.zombies.splice(n, 1);
  }

  private reshard(): void {
    const { prng } = this.props;
    const stream = this.kinesis.stream(prng.pick([EDGE_LINES, VIEWER_PACKETS]));
    const open = [...stream.shards.values()]
      .filter(({ closed }) => closed === undefined)
      .sort((a, b) => (a.firstHashKey < b.firstHashKey ? -1 : 1));
    if (open.length > 1 && prng.bool(0.5)) {
      const n = prng.int(open.length - 1);
      stream.merge(open[n]!.id, open[n + 1]!.id);
    } else if (open.length < 5) stream.split(prng.pick(open).id);
  }

  private makeEnvironment(make: () => (current: () => Task) => Handler): Environment {
    const environment = { task: new Task() } as { task: Task; handler: Handler };
    environment.handler = make()(() => environment.task);
    return environment;
  }

  private makeIntake(): (current: () => Task) => Handler {
    const { lanes } = this.props.settings;
    return (task) => {
      const { dynamo, kinesis, patience } = this.clients(task);
      return makeIntake({
        lanes,
        retentionMs: RETENTION_MS,
        reader: this.reader,
        journals: makeJournalStore(dynamo, STATE, this.now),
        records: makeRecordReader(kinesis, EDGE_LINES, patience),
        packets: makePacketWriter({ kinesis, stream: VIEWER_PACKETS, lanes, ...patience }),
        telemetry: this.telemetry,
        now: this.now,
      });
    };
  }

  private makeTally(): (current: () => Task) => Handler {
    const { lanes, timeZone, dayStartHour, thresholds } = this.props.settings;
    return (task) => {
      const { dynamo, patience } = this.clients(task);
      this.writers += 1;
      return makeTally({
        rules: { lanes, timeZone, dayStartHour, pagesPerDayMax: thresholds.pagesPerDayMax },
        limits: { ...thresholds, ...LANE_LIMITS },
        days: this.days,
        stream: VIEWER_PACKETS,
        lanes: makeLaneStore(dynamo, STATE),
        blobs: makeBlobStore(dynamo, STATE, patience),
        views: makeViewsWriter({ dynamo, table: VIEWS, ...patience }),
        quarantine: makeQuarantine(dynamo, STATE, this.now),
        telemetry: this.telemetry,
        now: this.now,
        writer: `w${this.writers}`,
        atHandBytesMax: this.props.prng.pick([0, 1e9]),
      });
    };
  }

  private readonly now = () => this.nowMs;

  private clients(task: () => Task) {
    const { prng, faults } = this.props;
    const delay = (call: () => Promise<unknown>) =>
      void this.delayed.push({ steps: prng.int(400), call });
    const how = { task, prng, faults, delay };
    return {
      dynamo: makeFaultyClient(this.dynamo, how),
      kinesis: makeFaultyClient(this.kinesis, how),
      patience: { pause: () => task().gate(), random: () => prng.next() },
    };
  }

  private readonly telemetry: Telemetry = {
    count: (name, n) => void this.counts.set(name, (this.counts.get(name) ?? 0) + n),
    value: () => {},
    info: () => {},
    warn: () => {},
    error: () => {},
    flush: () => {},
  };

  /** For whoever looks at what is left: all that was begun stands still. */
  readonly settled = settled;
}
