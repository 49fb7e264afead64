import type { JournalStore } from '../../lambdas/core/road/ports';
import { IntervalReader } from '../../lambdas/core/road/interval';
import { decodeJournal } from '../../lambdas/core/road/journal';
import { INTERVAL_BYTES_MAX } from '../../lambdas/core/road/source';
import { failureOf } from '../contract/world';
import { HandlerRig, leftMs } from '../support/handler-rig';
import { NOON_MS, ROAD_SETTINGS, networkIp, rowOf } from '../support/road-rows';
import { TEST_KEYS } from '../support/road-in-memory';

/**
 * Goal: whatever becomes of an invocation of intake, each interval is forwarded whole and as promised. Method:
 * the handler with its adapters on services in memory; invocations that fail at a known place, and
 * redeliveries with other boundaries; what arrives is counted by tally.
 */

const rows = (n: number) =>
  Array.from({ length: n }, (_, at) => rowOf({ ip: networkIp(at % 40), tMs: NOON_MS - at }));

/** A stream of packets that is out of order as long as it is told. */
function brokenStream() {
  const state = { isBroken: true };
  const before = ({ operation }: { operation: string }) => {
    if (state.isBroken && operation === 'PutRecords') throw new Error('the stream is away');
  };
  return { state, hooks: { kinesis: { before } } };
}

describe('intake', () => {
  it('lets one malformed record of 5,000 cost one record', async () => {
    const rig = new HandlerRig();
    const good = rows(5_000);
    good[4_321] = 'GET / HTTP/1.1';
    await rig.makeIntake()(rig.putLines(good));
    await rig.tallyAll();
    expect(rig.telemetry.counts).toMatchObject({
      LinesReceived: 5_000,
      LinesHit: 4_999,
      LinesBad: 1,
      RecordsBad: 0,
    });
    expect(rig.ledger).toEqual({ lines: 5_000, hits: 4_999, bad_too_few_fields: 1 });
  });

  it('counts lines as hit or bad, and records that hold none as bad records', async () => {
    const rig = new HandlerRig();
    const intake = rig.makeIntake();
    await intake(rig.putLines([...rows(3), '', 'x', '\n', `${rowOf()}\n${rowOf()}`]));
    await intake(rig.putLines([...rows(2), '\t'.repeat(100)]));
    const { LinesReceived, LinesHit, LinesBad, RecordsBad } = rig.telemetry.counts;
    expect([LinesReceived, LinesHit, LinesBad, RecordsBad]).toEqual([11, 7, 4, 2]);
    expect(rig.telemetry.flushed).toBe(2);
  });

  it.each([
    [4_999, 0],
    [5_000, 1],
  ])('with %i ms left begins %i intervals, and the redelivery does the rest', async (ms, sent) => {
    const rig = new HandlerRig();
    const records = rig.putLines([rowOf()]);
    const first = rig.makeIntake()(records, leftMs(ms));
    if (sent === 0)
      expect((await failureOf(first)).message).toBe(
        `${ms} ms left, expected 5000: the rest is redelivered`,
      );
    else await first;
    expect(rig.packets).toHaveLength(sent);
    expect(rig.telemetry.flushed).toBe(1);
    await rig.makeIntake()(records);
    await rig.tallyAll();
    expect(rig.ledger).toMatchObject({ lines: 1, hits: 1 });
  });

  it('gives back what time is too short for, interval by interval', async () => {
    const rig = new HandlerRig();
    const large = `${rowOf()}\n`.padEnd(INTERVAL_BYTES_MAX / 4, '\n');
    const records = rig.putLines(Array<string>(12).fill(large));
    const intake = rig.makeIntake();
    let asked = 0;
    const time = { getRemainingTimeInMillis: () => ((asked += 1) > 2 ? 1_000 : 60_000) };
    expect((await failureOf(intake(records, time))).message).toMatch(/^1000 ms left/);
    expect(rig.packets.map(({ ledger }) => ledger.lines)).toEqual([4, 4]);
    await intake(records);
    await rig.tallyAll();
    expect(rig.ledger).toMatchObject({ lines: 12, hits: 12 });
    expect(await rig.holes()).toEqual([]);
  });

  it.each([
    ['the same batch', 1, 10, 0],
    ['a longer batch', 1, 15, 0],
    ['a batch that begins earlier', 0, 15, 0],
    ['a shorter batch', 1, 3, 1],
    ['a batch that begins later', 6, 15, 1],
    ['a batch that ends before the promise began', 0, 1, 1],
  ])('sends a promised interval again as it was, from %s', async (_, from, to, reads) => {
    const { state, hooks } = brokenStream();
    const rig = new HandlerRig(hooks);
    const records = rig.putLines(rows(15), 1);
    state.isBroken = false;
    await rig.makeIntake()(records.slice(0, 1));
    state.isBroken = true;
    expect((await failureOf(rig.makeIntake()(records.slice(1, 10)))).message).toBe(
      'the stream is away',
    );
    state.isBroken = false;
    await rig.makeIntake()(records.slice(from, to));
    expect(rig.telemetry.counts['IntervalsRedone']).toBe(1);
    expect(rig.kinesis.calls.get('GetRecords') ?? 0).toBe(reads);
    const promised = rig.packets.filter(({ ordinal }) => ordinal === records[9]!.arrivalMs);
    expect(promised.reduce((sum, { ledger }) => sum + ledger.lines, 0)).toBe(9);
    await rig.makeIntake()(records.slice(5));
    await rig.tallyAll();
    expect(rig.ledger).toMatchObject({ lines: 15, hits: 15 });
    expect(await rig.holes()).toEqual([]);
  });

  it('makes the same packets of a promise, byte by byte', async () => {
    const rig = new HandlerRig();
    const records = rig.putLines(rows(200));
    await rig.makeIntake()(records);
    const first = rig.packetRecords.map(({ data }) => Buffer.from(data).toString('hex'));
    await rig.makeIntake()(records.slice(7, 60));
    const again = rig.packetRecords.slice(first.length);
    expect(again.map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(first);
    expect(rig.telemetry.counts).toMatchObject({ IntervalsRedone: 1, LinesReceived: 200 });
    await rig.tallyAll();
    expect(rig.ledger).toMatchObject({ lines: 200, duplicate: first.length });
  });

  it('goes on with the journal at hand, and loads it again when another has written it', async () => {
    const rig = new HandlerRig();
    const [one, other] = [rig.makeIntake(), rig.makeIntake()];
    const records = rig.putLines(rows(30));
    await one(records.slice(0, 10));
    const loads = rig.dynamo.calls.get('GetItem');
    await one(records.slice(10, 15));
    expect(rig.dynamo.calls.get('GetItem')).toBe(loads);
    await other(records.slice(10, 20));
    await one(records.slice(10, 30));
    expect(rig.telemetry.counts['JournalConflicts']).toBe(1);
    await rig.tallyAll();
    expect(rig.ledger).toMatchObject({ lines: 30, hits: 30 });
    expect(await rig.holes()).toEqual([]);
  });

  it.each([
    [5, undefined],
    [6, 'journal of shardId-000000000000 was written by others 6 times'],
  ])('gives a batch back after more than five conflicts: %i', async (conflicts, message) => {
    const rig = new HandlerRig();
    let refused = 0;
    const journals: JournalStore = {
      load: (shardId) => rig.journals.load(shardId),
      save: async (shardId, journal) => {
        refused += 1;
        return refused > conflicts && rig.journals.save(shardId, journal);
      },
    };
    const work = rig.makeIntake({ journals })(rig.putLines([rowOf()]));
    if (message === undefined) await work;
    else expect((await failureOf(work)).message).toBe(message);
    expect(rig.telemetry.counts['JournalConflicts']).toBe(conflicts);
    expect(rig.packets).toHaveLength(message === undefined ? 1 : 0);
  });

  it.each(['shard-7', 'shardId-', 'x'])(
    'says that a shard must not be called %s',
    async (shardId) => {
      const rig = new HandlerRig();
      const work = rig.makeIntake()(rig.putLines([rowOf()]), leftMs(60_000), shardId);
      expect((await failureOf(work)).message).toMatch(/^shard .*shardId-/);
      expect(rig.telemetry.flushed).toBe(1);
    },
  );

  it('stops at a journal of another number of lanes', async () => {
    const rig = new HandlerRig();
    const records = rig.putLines(rows(2));
    await rig.makeIntake()(records.slice(0, 1));
    const work = rig.makeIntake({ lanes: 64 })(records.slice(1));
    expect((await failureOf(work)).message).toMatch(/^journal is of 16 lanes, expected 64/);
  });

  it('sends what was promised when another key would send other lanes, and says so', async () => {
    const { state, hooks } = brokenStream();
    const rig = new HandlerRig(hooks);
    const records = rig.putLines(rows(8));
    await failureOf(rig.makeIntake()(records));
    state.isBroken = false;
    const stored = await rig.journals.load(rig.lines.id);
    const { lanesWith } = decodeJournal(stored!.body, 16).cut!;
    const reader = new IntervalReader({
      settings: ROAD_SETTINGS,
      lanes: 16,
      keys: { ...TEST_KEYS, lane: new Uint8Array(16).fill(99) },
    });
    await rig.makeIntake({ reader })(records);
    expect(rig.packets.map(({ lane }) => lane)).toEqual(lanesWith);
    expect(rig.telemetry.errors.map(([message]) => message)).toEqual([
      'interval has lanes that were not promised',
    ]);
    await rig.tallyAll();
    expect(await rig.holes()).toEqual([]);
  });
});
