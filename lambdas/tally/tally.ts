import type { Context, KinesisStreamEvent } from 'aws-lambda';
import { decodeBatch } from '../adapters/kinesis-event';
import type { Telemetry } from '../adapters/telemetry';
import type { AudienceLimits } from '../core/audience/audience';
import type { Days } from '../core/audience/day';
import { forEachParallel } from '../adapters/parallel';
import { Lane } from '../core/road/lane';
import type { LaneSuspects } from '../core/road/lane-suspects';
import { type LaneRules, blobsOf } from '../core/road/lane-head';
import { DamagedPacket } from '../core/road/damaged-packet';
import { decodeOutbox } from '../core/road/outbox';
import { type Packet, checkLanes, decodePacket } from '../core/road/packet';
import type {
  BlobStore,
  LaneStore,
  Quarantine,
  ViewsUpdate,
  ViewsWriter,
} from '../core/road/ports';
import type { SuspectWriter } from '../adapters/suspect-store';
import type { Rhythm } from '../core/guard/rules';
import type { SuspectBatch } from '../core/guard/suspect';
import { overHitsOf } from '../core/road/changes';
import { streamChangesOf } from '../core/road/stream-changes';

export interface TallyDeps {
  readonly rules: LaneRules;
  readonly limits: AudienceLimits;
  readonly days: Days;
  /** name of the stream of packets, for the quarantine */
  readonly stream: string;
  readonly lanes: LaneStore;
  readonly blobs: BlobStore;
  readonly views: ViewsWriter;
  readonly quarantine: Quarantine;
  /** Left out: nobody is judged. */
  readonly guard?: { readonly rhythm: Rhythm; readonly suspects: SuspectWriter } | undefined;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  /** differs between all that write at once */
  readonly writer: string;
  /** bytes of viewers kept in memory between invocations */
  readonly atHandBytesMax: number;
}

/** How often another writer of a lane may come between before the batch is given back. */
const CONFLICTS_MAX = 5;
/** With less time left lanes are given back rather than cut off. */
const TIME_LEFT_MS_MIN = 10_000;
/** Lanes whose reads and writes are under way at once. */
const LANES_AT_ONCE = 4;

/** In the order of CAUSES. */
const TURNED_AWAY = [
  'TurnedAwayByUs',
  'TurnedAwayClientError',
  'TurnedAwayServerError',
  'TurnedAwayHungUp',
  'TurnedAwayNeverAsked',
] as const;

/** At most 2.5 MB each. */
const GUARDS_MAX = 128;

/** Of this process; with its own name it names a fold. */
let foldsMade = 0;

type Time = Pick<Context, 'getRemainingTimeInMillis'>;

/** Makes the tally handler: docs/ROAD.md, "Tally". What throws is redelivered, which is harmless. */
export function makeTally(deps: TallyDeps) {
  const { telemetry } = deps;
  const atHand = new Map<number, Lane>();
  const guards = new Map<number, LaneSuspects>();

  const countLane = async (given: readonly Packet[], lane: number): Promise<void> => {
    let packets = given;
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX;) {
      const before = atHand.get(lane) ?? (await loadLane(deps, lane, guards.get(lane)));
      keepGuard(guards, lane, before.suspects);
      // Nobody else is to meet it half folded; it comes back when all of it is written.
      atHand.delete(lane);
      try {
        const after = await foldLane(deps, before, packets, lane);
        if (after !== undefined) {
          if (!after.isCrowded) atHand.set(lane, after);
          return;
        }
        conflicts += 1;
        before.suspects?.untell();
        telemetry.count('LaneConflicts', 1);
      } catch (error) {
        before.suspects?.untell();
        if (!(error instanceof DamagedPacket)) throw error;
        await keepApart(deps, error);
        packets = packets.filter((packet) => packet !== error.packet);
        if (packets.length === 0) return;
      }
    }
    throw new Error(`lane ${lane} was written by others ${CONFLICTS_MAX + 1} times`);
  };

  /** The lanes used last stay at hand, as many as there is room for. */
  const makeRoom = () => {
    let bytes = 0;
    for (const [lane, { bytesUsed }] of [...atHand].reverse()) {
      bytes += bytesUsed;
      if (bytes > deps.atHandBytesMax) atHand.delete(lane);
    }
  };

  return async (event: KinesisStreamEvent, context: Time): Promise<void> => {
    try {
      const lanes = await packetsByLane(deps, event);
      // A flooded lane waits for the others, and not they for it.
      const inOrder = [...lanes].sort(([, a], [, b]) => a.bytes - b.bytes);
      const errors: unknown[] = [];
      await forEachParallel(inOrder, LANES_AT_ONCE, async ([lane, { packets }]) => {
        try {
          checkTime(context);
          await countLane(packets, lane);
        } catch (error) {
          // The others are counted all the same; what they did is done when the batch comes again.
          telemetry.error('lane was not counted', { lane, error });
          errors.push(error);
        }
      });
      if (errors.length > 0) throw errors[0];
    } finally {
      makeRoom();
      telemetry.flush();
    }
  };
}

/** Its viewers are not counted, and its place in the chain stays a hole, which is alarmed. */
async function keepApart({ stream, quarantine, telemetry }: TallyDeps, error: DamagedPacket) {
  const { lane, shardId, ordinal, days } = error.packet;
  const sequence = `packet ${ordinal} to lane ${lane}`;
  const data = Buffer.concat(days.map(({ entries }) => entries));
  await quarantine.keep({ stream, shardId, sequence, reason: error.message, data });
  telemetry.count('PacketsQuarantined', 1);
  telemetry.error('packet is damaged', { shardId, sequence, error });
}

/** The packets of a batch by lane. What is no packet is kept apart, and costs itself alone. */
async function packetsByLane(deps: TallyDeps, event: KinesisStreamEvent) {
  const { shardId, records } = decodeBatch(event);
  const lanes = new Map<number, { packets: Packet[]; bytes: number }>();
  for (const { sequence, data } of records) {
    let packet: Packet;
    try {
      packet = decodePacket(data);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await deps.quarantine.keep({ stream: deps.stream, shardId, sequence, reason, data });
      deps.telemetry.count('PacketsQuarantined', 1);
      deps.telemetry.error('record is no packet', { shardId, sequence, reason });
      continue;
    }
    checkLanes(packet, deps.rules.lanes);
    const known = lanes.get(packet.lane);
    if (known === undefined) lanes.set(packet.lane, { packets: [packet], bytes: data.length });
    else {
      known.packets.push(packet);
      known.bytes += data.length;
    }
  }
  return lanes;
}

/** The guards of the lanes used last stay, also when another process has had the lane meanwhile. */
function keepGuard(
  guards: Map<number, LaneSuspects>,
  lane: number,
  suspects: LaneSuspects | undefined,
): void {
  if (suspects === undefined) return;
  guards.delete(lane);
  guards.set(lane, suspects);
  for (const other of guards.keys()) {
    if (guards.size <= GUARDS_MAX) return;
    guards.delete(other);
  }
}

/** Loads a head. Whoever wrote it may have died before its outbox was published: it is published again. */
async function loadLane(
  deps: TallyDeps,
  lane: number,
  suspects: LaneSuspects | undefined,
): Promise<Lane> {
  const { rules, limits, days, guard } = deps;
  const stored = await deps.lanes.load(lane);
  const loaded = new Lane({ lane, rules, limits, days, guard, suspects }, stored);
  if (stored === undefined) return loaded;
  const { outboxBlob } = loaded;
  const outbox =
    outboxBlob === undefined
      ? stored.outbox
      : await deps.blobs.get(lane, outboxBlob.id, outboxBlob.bytes);
  await deps.views.publish(decodeOutbox(outbox), { lane, version: stored.version });
  deps.telemetry.count('OutboxesRedone', 1);
  return loaded;
}

/** Folds, commits, publishes; undefined if another writer committed first. */
async function foldLane(
  deps: TallyDeps,
  before: Lane,
  packets: readonly Packet[],
  lane: number,
): Promise<Lane | undefined> {
  const { blobs, telemetry, rules, limits, days, guard } = deps;
  const { fresh, duplicates } = before.place(packets);
  for (const [day, stored] of before.missingDays(fresh)) {
    const loaded = new Map<string, Uint8Array>();
    await forEachParallel(blobsOf(stored), LANES_AT_ONCE, async ({ id, bytes }) => {
      loaded.set(id, await blobs.get(lane, id, bytes));
    });
    before.restoreDay(day, loaded);
  }
  // A name for each fold: one whose commit failed may still be on its way with other bytes.
  foldsMade += 1;
  const writer = `${deps.writer}${foldsMade}`;
  const { writes, head, updates, removed, batch } = before.fold(fresh, duplicates, writer);
  await forEachParallel(writes, LANES_AT_ONCE, ({ id, data, expiresAtSeconds }) =>
    blobs.put(lane, id, data, expiresAtSeconds),
  );
  if (!(await deps.lanes.save(lane, head))) return undefined;
  if (batch !== undefined) await tellSuspects(deps, batch);
  await deps.views.publish(updates, { lane, version: head.version });
  account(deps, fresh, duplicates, updates);
  // Nobody names them now; what a crash leaves behind expires.
  await forEachParallel(removed, LANES_AT_ONCE, async ({ id, bytes }) => {
    await blobs.remove(lane, id, bytes).catch((error: unknown) => {
      telemetry.warn('blob could not be removed; it expires', { lane, id, error });
    });
  });
  return new Lane({ lane, rules, limits, days, guard }, head, before);
}

/** Counting does not wait for the guard: who goes on is told again within seconds. */
async function tellSuspects({ guard, telemetry }: TallyDeps, batch: SuspectBatch): Promise<void> {
  telemetry.count('SuspectsTold', batch.suspects.length);
  try {
    await guard?.suspects.put(batch);
  } catch (error) {
    telemetry.count('SuspectsUntold', batch.suspects.length);
    telemetry.error('suspects could not be told', { lane: batch.lane, error });
  }
}

function account(
  { telemetry, now }: TallyDeps,
  fresh: readonly Packet[],
  duplicates: readonly Packet[],
  updates: readonly ViewsUpdate[],
): void {
  const nowMs = now();
  telemetry.count('PacketsFolded', fresh.length);
  telemetry.count('PacketsDuplicate', duplicates.length);
  telemetry.count('ItemsPublished', updates.length);
  const overBound = overHitsOf(updates);
  if (overBound > 0) telemetry.count('OverBound', overBound);
  const dropped = fresh.reduce((sum, packet) => sum + packet.sourcesDropped, 0);
  if (dropped > 0) telemetry.count('SourcesDropped', dropped);
  for (const { firstArrivalMs, ledger } of fresh) {
    // Of the line that waited longest.
    if (ledger.lines > 0) telemetry.value('LineToCountMs', nowMs - firstArrivalMs, 'Milliseconds');
  }
  accountStreams(telemetry, updates);
}

/**
 * Figures that a fold changed: who dies behind its commit leaves them out, Views do not. Also zeros,
 * because alarms compute with them, and a metric that is missing makes the sum missing.
 */
function accountStreams(telemetry: Telemetry, updates: readonly ViewsUpdate[]): void {
  const { watchSeconds, attempts, starts, turnedAway } = streamChangesOf(updates);
  telemetry.count('WatchSecondsVerified', watchSeconds.verified);
  telemetry.count('WatchSecondsUnresolved', watchSeconds.unresolved);
  telemetry.count('WatchSecondsInvalid', watchSeconds.invalid);
  telemetry.count('Attempts', attempts);
  telemetry.count('Starts', starts);
  TURNED_AWAY.forEach((name, cause) => telemetry.count(name, turnedAway[cause]!));
}

function checkTime(time: Time): void {
  const left = time.getRemainingTimeInMillis();
  if (left < TIME_LEFT_MS_MIN) {
    throw new Error(`${left} ms left, expected ${TIME_LEFT_MS_MIN}: the rest is redelivered`);
  }
}
