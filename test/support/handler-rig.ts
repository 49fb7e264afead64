/** The handlers with their real adapters, on services in memory, delivered to by hand. */
import { makeBlobStore } from '../../lambdas/adapters/blob-store';
import { makeJournalStore } from '../../lambdas/adapters/journal-store';
import { makeLaneStore } from '../../lambdas/adapters/lane-store';
import { makePacketWriter } from '../../lambdas/adapters/packet-writer';
import { makeQuarantine } from '../../lambdas/adapters/quarantine';
import { makeRecordReader } from '../../lambdas/adapters/record-reader';
import type { Facts, Telemetry } from '../../lambdas/adapters/telemetry';
import { makeViewsWriter } from '../../lambdas/adapters/views-writer';
import { makeWatchStore } from '../../lambdas/adapters/watch-store';
import { makeDays } from '../../lambdas/core/audience/day';
import { IntervalReader } from '../../lambdas/core/road/interval';
import { LANE_LIMITS } from '../../lambdas/core/road/lane';
import { type LaneHead, decodeHead } from '../../lambdas/core/road/lane-head';
import { type Packet, decodePacket } from '../../lambdas/core/road/packet';
import type { SourceRecord } from '../../lambdas/core/road/ports';
import { type IntakeDeps, makeIntake } from '../../lambdas/intake/intake';
import { type TallyDeps, makeTally } from '../../lambdas/tally/tally';
import { makeWatch } from '../../lambdas/watch/watch';
import type { FakeHooks } from '../sim/fake-call';
import { FakeDynamo } from '../sim/fake-dynamo';
import { FakeKinesis } from '../sim/fake-kinesis';
import type { FakeShard } from '../sim/fake-shard';
import { eventOf } from './lambda-event';
import { TEST_KEYS } from './road-in-memory';
import { NOON_MS, ROAD_SETTINGS } from './road-rows';

const LINES = 'lines';
const PACKETS = 'packets';
const STATE = 'State';
const VIEWS = 'Views';
export const RETENTION_MS = 7 * 86_400_000;

/** How much time is left of an invocation. */
export const leftMs = (ms: number) => ({ getRemainingTimeInMillis: () => ms });
const PLENTY = leftMs(60_000);

export class TelemetryLog implements Telemetry {
  readonly counts: Record<string, number> = {};
  readonly values: (readonly [string, number])[] = [];
  readonly errors: (readonly [string, Facts])[] = [];
  readonly warnings: string[] = [];
  flushed = 0;

  count(name: string, n: number): void {
    this.counts[name] = (this.counts[name] ?? 0) + n;
  }
  value(name: string, n: number): void {
    this.values.push([name, n]);
  }
  info(): void {}
  warn(message: string): void {
    this.warnings.push(message);
  }
  error(message: string, facts: Facts = {}): void {
    this.errors.push([message, facts]);
  }
  flush(): void {
    this.flushed += 1;
  }
}

export interface HandlerRigProps {
  readonly dynamo?: FakeHooks;
  readonly kinesis?: FakeHooks;
}

export class HandlerRig {
  nowMs = NOON_MS;
  readonly telemetry = new TelemetryLog();
  readonly dynamo: FakeDynamo;
  readonly kinesis: FakeKinesis;
  private readonly now = () => this.nowMs;
  private writers = 0;
  private tallied = 0;

  constructor({ dynamo = {}, kinesis = {} }: HandlerRigProps = {}) {
    this.dynamo = new FakeDynamo({ tables: [STATE, VIEWS], ...dynamo });
    this.kinesis = new FakeKinesis({
      streams: { [LINES]: 1, [PACKETS]: 1 },
      now: this.now,
      ...kinesis,
    });
  }

  /** Puts lines on the first stream; `seconds` pass before each. */
  putLines(datas: readonly (string | Uint8Array)[], seconds = 0): readonly SourceRecord[] {
    for (const data of datas) {
      this.nowMs += seconds * 1_000;
      const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
      this.kinesis.stream(LINES).put({ data: bytes, partitionKey: 'any', hashKey: undefined });
    }
    return this.lines.records.slice(-datas.length);
  }

  get lines(): FakeShard {
    return [...this.kinesis.stream(LINES).shards.values()][0]!;
  }

  get packetRecords(): readonly SourceRecord[] {
    return [...this.kinesis.stream(PACKETS).shards.values()][0]!.records;
  }

  get packets(): Packet[] {
    return this.packetRecords.map(({ data }) => decodePacket(data));
  }

  /** What has expired is gone. */
  trimLines(beforeMs: number): void {
    this.kinesis.stream(LINES).trim(beforeMs);
  }

  makeIntake(deps: Partial<IntakeDeps> = {}) {
    const { lanes } = ROAD_SETTINGS;
    const patience = { pause: async () => {}, random: () => 0.5 };
    const intake = makeIntake({
      lanes,
      retentionMs: RETENTION_MS,
      reader: new IntervalReader({ settings: ROAD_SETTINGS, lanes, keys: TEST_KEYS }),
      journals: this.journals,
      records: makeRecordReader(this.kinesis, LINES, patience),
      packets: makePacketWriter({ kinesis: this.kinesis, stream: PACKETS, lanes, ...patience }),
      telemetry: this.telemetry,
      now: this.now,
      ...deps,
    });
    return (records: readonly SourceRecord[], time = PLENTY, shardId = this.lines.id) =>
      intake(eventOf(shardId, records), time);
  }

  makeTally(deps: Partial<TallyDeps> = {}) {
    const { lanes, timeZone, dayStartHour, thresholds } = ROAD_SETTINGS;
    this.writers += 1;
    const tally = makeTally({
      rules: { lanes, timeZone, dayStartHour, pagesPerDayMax: thresholds.pagesPerDayMax },
      limits: { ...thresholds, ...LANE_LIMITS },
      days: makeDays(timeZone, dayStartHour),
      stream: PACKETS,
      lanes: this.heads,
      blobs: this.blobs,
      views: makeViewsWriter({ dynamo: this.dynamo, table: VIEWS }),
      quarantine: makeQuarantine(this.dynamo, STATE, this.now),
      telemetry: this.telemetry,
      now: this.now,
      writer: `w${this.writers}`,
      atHandBytesMax: 1e9,
      ...deps,
    });
    return (records: readonly SourceRecord[], time = PLENTY) =>
      tally(eventOf('shardId-000000000000', records), time);
  }

  makeWatch() {
    return makeWatch({
      lanes: ROAD_SETTINGS.lanes,
      journals: this.journals,
      heads: this.heads,
      store: makeWatchStore(this.dynamo, STATE, this.now),
      telemetry: this.telemetry,
      now: this.now,
    });
  }

  /** Tally gets every packet that it did not get yet. */
  async tallyAll(tally = this.makeTally()): Promise<void> {
    const records = this.packetRecords.slice(this.tallied);
    this.tallied += records.length;
    if (records.length > 0) await tally(records);
  }

  get journals() {
    return makeJournalStore(this.dynamo, STATE, this.now);
  }

  get heads() {
    return makeLaneStore(this.dynamo, STATE);
  }

  get blobs() {
    return makeBlobStore(this.dynamo, STATE);
  }

  async laneHeads(): Promise<Map<number, LaneHead>> {
    const heads = new Map<number, LaneHead>();
    for (let lane = 0; lane < ROAD_SETTINGS.lanes; lane += 1) {
      const stored = await this.heads.load(lane);
      if (stored !== undefined) heads.set(lane, decodeHead(stored.body));
    }
    return heads;
  }

  /** Holes of all chains. */
  async holes(): Promise<readonly (readonly [number, number])[]> {
    const heads = [...(await this.laneHeads()).values()];
    return heads.flatMap(({ chains }) => [...chains.values()].flatMap(({ holes }) => holes));
  }

  /** Counters of the ledger, over all hours and lanes. */
  get ledger(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const { pk, sk, ...attributes } of this.dynamo.items(VIEWS)) {
      if (!pk!.S!.startsWith('ledger#') || sk!.S! < 'h#2020') continue;
      for (const [name, { N }] of Object.entries(attributes)) {
        if (!/^L\d/.test(name)) sums[name] = (sums[name] ?? 0) + Number(N);
      }
    }
    return sums;
  }

  stateItems(pk: string) {
    return this.dynamo.items(STATE).filter((item) => item['pk']!.S === pk);
  }
}
