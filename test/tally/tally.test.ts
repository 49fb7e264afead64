import type { BlobStore, LaneStore } from '../../lambdas/core/road/ports';
import type { TallyDeps } from '../../lambdas/tally/tally';
import { decodePacket, encodePacket } from '../../lambdas/core/road/packet';
import { failureOf } from '../contract/world';
import { HandlerRig, leftMs } from '../support/handler-rig';
import { NOON_MS, networkIp, rowOf } from '../support/road-rows';

/**
 * Goal: what fails in one lane or packet costs that one alone, for as long as it fails, and nothing in the
 * end. Method: the handler with its adapters on services in memory; batches of packets that intake made,
 * with one thing out of order at a time.
 */

/** Packets of some lanes, from one batch of intake. */
async function forwarded(rig: HandlerRig, networks = 12): Promise<void> {
  const rows = Array.from({ length: networks * 3 }, (_, n) =>
    rowOf({ ip: networkIp(n % networks), tMs: NOON_MS + n }),
  );
  await rig.makeIntake()(rig.putLines(rows));
}

const garbage = (sequence: string, data: Uint8Array) => ({ sequence, data, arrivalMs: NOON_MS });

describe('tally', () => {
  it('keeps apart what is no packet, once however often it comes, and counts the others', async () => {
    const rig = new HandlerRig();
    await forwarded(rig);
    const [first, ...rest] = rig.packetRecords;
    const version1 = Uint8Array.from(first!.data, (byte, n) => (n === 3 ? 1 : byte));
    const poison = [
      garbage('70', new Uint8Array(0)),
      garbage('71', Buffer.from('x'.repeat(1_000))),
      garbage('72', first!.data.subarray(0, first!.data.length - 1)),
      garbage('73', Uint8Array.of(...first!.data, 0)),
      garbage('74', version1),
    ];
    const tally = rig.makeTally();
    await tally([first!, ...poison, ...rest]);
    for (let n = 0; n < 3; n += 1) await tally([...poison, first!]);
    expect(rig.ledger).toEqual({ lines: 36, hits: 36, duplicate: 3 });
    const notes = rig.stateItems('quarantine');
    expect(notes.map(({ sk }) => sk!.S!.split('#').at(-1)).sort()).toEqual([
      '70',
      '71',
      '72',
      '73',
      '74',
    ]);
    const [, text] = notes.sort((a, b) => (a['sk']!.S! < b['sk']!.S! ? -1 : 1));
    expect(text).toMatchObject({
      sk: { S: 'packets#shardId-000000000000#71' },
      reason: { S: 'packet: byte 0 is 120, expected 84' },
      bytes: { N: '1000' },
    });
    // Whatever came may hold addresses: what it was meant to be is all that is kept.
    expect(Buffer.from(text!['begin']!.B!).toString()).toBe('xxxxxxxx');
    expect(rig.telemetry.counts['PacketsQuarantined']).toBe(20);
  });

  it('keeps apart a packet whose viewers are damaged, and leaves its place in the chain open', async () => {
    const rig = new HandlerRig();
    await forwarded(rig);
    const [first, ...rest] = rig.packetRecords;
    const packet = decodePacket(first!.data);
    const damaged = packet.days.map(({ day, entries }) => ({
      day,
      entries: entries.subarray(0, entries.length - 1),
    }));
    const data = encodePacket(packet, packet.lanes, { ...packet, days: damaged });
    const tally = rig.makeTally();
    for (let n = 0; n < 2; n += 1) await tally([{ ...first!, data }, ...rest]);
    const { lines, hits } = packet.ledger;
    expect(rig.ledger).toMatchObject({ lines: 36 - lines, hits: 36 - hits });
    expect(rig.stateItems('quarantine')).toHaveLength(1);
    // Whole again, it is counted: nothing of the damaged one was.
    await tally([first!]);
    expect(rig.ledger).toMatchObject({ lines: 36, hits: 36 });
  });

  it('stops at viewers in a format of tomorrow, which somebody can read', async () => {
    const rig = new HandlerRig();
    await forwarded(rig);
    const [first] = rig.packetRecords;
    const packet = decodePacket(first!.data);
    const later = packet.days.map(({ day, entries }) => ({
      day,
      entries: Uint8Array.from(entries, (byte, n) => (n === 3 ? 2 : byte)),
    }));
    const data = encodePacket(packet, packet.lanes, { ...packet, days: later });
    const error = await failureOf(rig.makeTally()([{ ...first!, data }]));
    expect(String(error)).toContain('state has version 2, expected 1');
    expect(rig.stateItems('quarantine')).toEqual([]);
  });

  it('counts the other lanes when one fails, and that one when it no longer does', async () => {
    const rig = new HandlerRig();
    await forwarded(rig);
    await rig.tallyAll();
    await forwarded(rig);
    const broken = rig.packets[0]!.lane;
    const away: BlobStore = {
      ...rig.blobs,
      async get(lane, id, bytes) {
        if (lane === broken) throw new Error(`blob ${id} is not stored`);
        return rig.blobs.get(lane, id, bytes);
      },
    };
    const before = rig.ledger['lines']!;
    const own = rig.packets.filter(({ lane }) => lane === broken).at(-1)!.ledger.lines;
    const records = rig.packetRecords.slice(rig.packetRecords.length / 2);
    const tally = rig.makeTally({ blobs: away });
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expect((await failureOf(tally(records))).message).toMatch(/^blob .* is not stored$/);
      expect(rig.ledger['lines']).toBe(before + 36 - own);
      expect(rig.telemetry.errors).toHaveLength(attempt);
    }
    expect(rig.telemetry.errors[0]).toMatchObject(['lane was not counted', { lane: broken }]);
    await rig.makeTally()(records);
    expect(rig.ledger).toMatchObject({ lines: before + 36, hits: before + 36 });
    expect(await rig.holes()).toEqual([]);
  });

  it.each([
    [64, 3, 'packet is for lane 3 of 64, expected lanes: 16'],
    [16, 16, 'packet is for lane 16 of 16, expected lanes: 16'],
  ])(
    'stops at a packet for %i lanes (lane %i), and counts nothing',
    async (lanes, lane, message) => {
      const rig = new HandlerRig();
      await forwarded(rig);
      const packet = rig.packets[0]!;
      const foreign = garbage('70', encodePacket({ ...packet, lane }, lanes, packet));
      expect((await failureOf(rig.makeTally()([...rig.packetRecords, foreign]))).message).toMatch(
        message,
      );
      expect(rig.ledger).toEqual({});
      expect(rig.stateItems('quarantine')).toEqual([]);
      expect(rig.telemetry.flushed).toBe(2);
    },
  );

  it.each([
    [9_999, false],
    [10_000, true],
  ])('with %i ms left begins a lane: %p', async (ms, isBegun) => {
    const rig = new HandlerRig();
    await forwarded(rig);
    const work = rig.makeTally()(rig.packetRecords, leftMs(ms));
    if (isBegun) await work;
    else {
      const { message } = await failureOf(work);
      expect(message).toBe('9999 ms left, expected 10000: the rest is redelivered');
    }
    expect(rig.ledger['lines'] ?? 0).toBe(isBegun ? 36 : 0);
    if (isBegun) return;
    await rig.makeTally()(rig.packetRecords);
    expect(rig.ledger).toEqual({ lines: 36, hits: 36 });
  });

  it.each([
    [5, undefined],
    [6, 'was written by others 6 times'],
  ])('gives a lane back after more than five conflicts: %i', async (conflicts, message) => {
    const rig = new HandlerRig();
    await forwarded(rig, 1);
    let refused = 0;
    const lanes: LaneStore = {
      load: (lane) => rig.heads.load(lane),
      save: async (lane, head) => {
        refused += 1;
        return refused > conflicts && rig.heads.save(lane, head);
      },
    };
    const work = rig.makeTally({ lanes })(rig.packetRecords);
    if (message === undefined) await work;
    else expect((await failureOf(work)).message).toMatch(message);
    expect(rig.telemetry.counts['LaneConflicts']).toBe(conflicts);
    expect(rig.ledger['lines'] ?? 0).toBe(message === undefined ? 3 : 0);
  });

  it('drops what it holds at hand when another has written the lane, and counts once', async () => {
    const rig = new HandlerRig();
    const [one, other] = [rig.makeTally(), rig.makeTally()];
    await forwarded(rig, 1);
    await one(rig.packetRecords.slice(0, 1));
    await forwarded(rig, 1);
    await other(rig.packetRecords.slice(1, 2));
    await forwarded(rig, 1);
    await one(rig.packetRecords.slice(1, 3));
    expect(rig.telemetry.counts).toMatchObject({ LaneConflicts: 1, PacketsDuplicate: 1 });
    expect(rig.ledger).toEqual({ lines: 9, hits: 9, duplicate: 1 });
  });

  it('publishes again the outbox of whoever died after the commit', async () => {
    let isBroken = true;
    const before = ({ operation }: { operation: string }) => {
      if (isBroken && operation === 'UpdateItem') throw new Error('the table is away');
    };
    const rig = new HandlerRig({ dynamo: { before } });
    await forwarded(rig);
    await failureOf(rig.makeTally()(rig.packetRecords));
    expect(rig.ledger).toEqual({});
    isBroken = false;
    await rig.makeTally()(rig.packetRecords);
    expect(rig.ledger).toMatchObject({ lines: 36, hits: 36 });
  });

  it('goes on when a blob that nobody names cannot be removed: it expires', async () => {
    const rig = new HandlerRig();
    const blobs: BlobStore = {
      ...rig.blobs,
      remove: async () => {
        throw new Error('the table is away');
      },
    };
    const tally = rig.makeTally({ blobs });
    for (let n = 0; n < 3; n += 1) {
      await forwarded(rig);
      await rig.tallyAll(tally);
    }
    expect(rig.ledger).toEqual({ lines: 108, hits: 108 });
    expect(new Set(rig.telemetry.warnings)).toEqual(
      new Set(['blob could not be removed; it expires']),
    );
    for (const item of rig.stateItems(`blob#${rig.packets[0]!.lane}`)) {
      expect(Number(item['expiresAt']!.N) * 1_000).toBeGreaterThan(NOON_MS + 10 * 86_400_000);
    }
  });

  it('measures how long a line waited, and not of packets without lines', async () => {
    const rig = new HandlerRig();
    await forwarded(rig, 1);
    const packet = rig.packets[0]!;
    const ledger = { lines: 0, hits: 0, bad: [], overflow: 0, lost: 0 };
    const identity = { ...packet, previous: packet.ordinal, ordinal: packet.ordinal + 1 };
    const empty = encodePacket(identity, 16, { ...packet, ledger, cells: [], days: [] });
    rig.nowMs += 1_234;
    await rig.makeTally()([...rig.packetRecords, garbage('70', empty)]);
    expect(rig.telemetry.values).toEqual([['LineToCountMs', 1_234]]);
  });

  it.each<[string, Partial<TallyDeps>, boolean]>([
    ['all', { atHandBytesMax: 1e9 }, true],
    ['none', { atHandBytesMax: 0 }, false],
  ])('keeps %s of the lanes at hand between invocations', async (_, deps, isKept) => {
    const rig = new HandlerRig();
    const tally = rig.makeTally(deps);
    for (let n = 0; n < 3; n += 1) {
      await forwarded(rig);
      await rig.tallyAll(tally);
    }
    const lanes = (await rig.laneHeads()).size;
    expect(rig.telemetry.counts['OutboxesRedone'] ?? 0).toBe(isKept ? 0 : 2 * lanes);
    expect(rig.ledger).toEqual({ lines: 108, hits: 108 });
  });

  it('keeps as many lanes as there is room for, those used last', async () => {
    const rig = new HandlerRig();
    await forwarded(rig, 40);
    const records = [
      ...new Map(rig.packetRecords.map((record, n) => [rig.packets[n]!.lane, record])).values(),
    ];
    expect(records.length).toBeGreaterThan(8);
    const loads: number[] = [];
    const lanes: LaneStore = {
      load: (lane) => {
        loads.push(lane);
        return rig.heads.load(lane);
      },
      save: (lane, head) => rig.heads.save(lane, head),
    };
    const tally = rig.makeTally({ lanes, atHandBytesMax: 20_000 });
    for (const record of records) await tally([record]);
    loads.length = 0;
    // Again in the order from the last to the first: those at hand are not loaded.
    for (const record of [...records].reverse()) await tally([record]);
    const missed = loads.length;
    expect(missed).toBeGreaterThan(0);
    expect(missed).toBeLessThan(records.length);
    expect(loads).toEqual(
      records
        .slice(0, missed)
        .reverse()
        .map((record) => rig.packets[rig.packetRecords.indexOf(record)]!.lane),
    );
  });
});
